"""One switch on an entry stops everything that asks or tells of somebody, at once: a walk over every way out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from homestretch.boards import announcer, write_twin
from homestretch.boards.asking import ask_runner
from homestretch.boards.mine import show_own
from homestretch.boards.people import photos_of, stories_of
from homestretch.facts import FactId, Held
from homestretch.herald.happenings import Watch
from homestretch.herald.letters import write_letter
from homestretch.herald.outbox import Message
from homestretch.news.telling import Telling, may_still_tell
from homestretch.picture import Picture
from homestretch.race.hooks import HOOK_KINDS, Hook
from homestretch.race.privacy import Role, Viewer
from homestretch.showing import may_picture
from homestretch.state.snapshot import NEVER
from homestretch.state.told import HeldWord
from homestretch.stories.consent import why_not_ask
from homestretch.stories.finding import find_stories
from homestretch.stories.values import Story
from tests.aside import run
from tests.boards.kinds import list_faults
from tests.boards.pictures import person
from tests.news.test_followers import a_follower
from tests.state.days import at
from tests.stories.days import answering, picture_at, published
from tests.web.kept_day import kept_day
from tests.web.shelf import make_client
from tests.web.test_story_told import everybody_home

HOURS = 15.17
EVENT = "/three-rivers"


@pytest.fixture(scope="module")
def shown() -> Picture:
    """Both of the story were asked, said yes, agree to photos, and it is published."""
    picture = picture_at(7, 400, 300, HOURS)
    pair = find_stories(picture)[0]
    persons = dict(picture.names.persons)
    for entrant in pair.entrants:
        persons[entrant] = msgspec.structs.replace(persons[entrant], photos=True, stories="yes")
    return published(replace(picture, names=replace(picture.names, persons=persons)), pair)


@pytest.fixture(scope="module")
def pair(shown: Picture) -> Story:
    return find_stories(shown)[0]


def held(picture: Picture, *rows: int) -> Picture:
    words = tuple(HeldWord(FactId("desk", row, 1), row, picture.now, "key", None) for row in rows)
    state = replace(picture.state, held=words)
    return replace(picture, state=state, number=f"{picture.number}-held")


def ways_out(picture: Picture, story: Story) -> dict[str, Callable[[], bool]]:
    """Each way in which something may be asked or told of the first in a story, and whether it is now."""
    row, entrant = story.rows[0], story.entrants[0]
    bib = picture.state.roster.bibs[row]
    name = picture.names.persons[entrant].last
    other = picture.state.roster.bibs[story.rows[1]]
    client = make_client(picture)
    page = f"{EVENT}/stories/{story.id}"

    def names(address: str, role: str = "public") -> Callable[[], bool]:
        return lambda: name in client.get(address, {"x-role": role}).text

    def answers(address: str) -> Callable[[], bool]:
        return lambda: client.get(address).status_code == 200

    def own() -> bool:
        found = show_own(picture, picture.names.persons[entrant], "own")
        return found is not None and bool(found.questions)

    return {
        "the desk asks": lambda: why_not_ask(picture, row) == "",
        "the desk finds it": names(f"{EVENT}/desk/stories", "desk"),
        "the own page asks": own,
        "the own page leads to the certificate": lambda: bool(
            (one := show_own(picture, picture.names.persons[entrant], "own")) and one.day.certificate
        ),
        "story": names(page),
        "story, twin": names(f"{page}.json"),
        "story, card": answers(f"{page}/card.svg"),
        "story, press kit": answers(f"{page}/press-kit.zip"),
        "list of stories": lambda: story.id in client.get(f"{EVENT}/stories").text,
        "feed, RSS": lambda: story.id in client.get(f"{EVENT}/stories/feed.xml").text,
        "feed, JSON": lambda: story.id in client.get(f"{EVENT}/stories/feed.json").text,
        "oEmbed": answers(f"{EVENT}/oembed?url=http://event.test{page}"),
        "photos": lambda: photos_of(picture, row),
        "pictures that may be published": lambda: may_picture(picture, row),
        "stories of theirs": lambda: stories_of(picture, row) == "yes",
        "certificate": answers(f"{EVENT}/runners/{bib}/certificate"),
        "certificate, twin": answers(f"{EVENT}/runners/{bib}/certificate.json"),
        "certificate, led to": lambda: "/certificate" in client.get(f"{EVENT}/runners/{bib}").text,
        "announcer": lambda: name.encode() in write_twin(
            announcer.rows(picture, Viewer("announcer"), announcer.Choices())
        ),
        "who was beside the other": names(f"{EVENT}/runners/{other}"),
        "message to a phone": lambda: may_still_tell(picture, a_follower(entrant=entrant)),
        **{f"webhook, {role}": (lambda r=role: _is_in_letters(picture, r, bib)) for role in ("public", "announcer")},
    }  # fmt: skip


def _is_in_letters(picture: Picture, role: Role, bib: str) -> bool:
    hook = Hook(name="site", url="https://club.example/", kinds=HOOK_KINDS, role=role)
    for number, one in enumerate(Watch(HOOK_KINDS, list).look(picture)):
        message = Message(number, f"msg_{number}", one.kind, picture.now, (one,))
        body = write_letter(message, [str(number)], picture, hook) or b""
        if f'"bib":"{bib}"'.encode() in body:
            return True
    return False


def told(picture: Picture, story: Story) -> dict[str, bool]:
    return {way: ask() for way, ask in ways_out(picture, story).items()}


def test_the_switch_stops_every_way_out_at_once(shown: Picture, pair: Story) -> None:
    before = told(shown, pair)
    assert [way for way, is_open in before.items() if not is_open] == []
    stopped = told(held(shown, pair.rows[0]), pair)
    assert [way for way, is_open in stopped.items() if is_open] == []


def test_while_an_entry_is_held_its_times_and_the_ledger_stay(shown: Picture, pair: Story) -> None:
    picture, bib = held(shown, pair.rows[0]), shown.state.roster.bibs[pair.rows[0]]
    page = make_client(picture).get(f"{EVENT}/runners/{bib}")
    assert page.status_code == 200
    assert "15:05:0" in page.text
    assert _is_in_letters(picture, "control", bib)


def test_who_follows_is_told_nothing_while_it_is_held_and_nothing_of_it_afterwards(
    shown: Picture, pair: Story
) -> None:
    row, entrant = pair.rows[0], pair.entrants[0]
    passed = shown.state.passed_at.copy()
    passed[row, passed[row].argmax()] = NEVER
    earlier = replace(
        shown, state=replace(shown.state, passed_at=passed, finish_at=shown.state.finish_at * 0 + NEVER)
    )  # fmt: skip
    follower = a_follower(entrant=entrant)
    free, stopped = Telling(), Telling()
    assert free.tell(earlier, [follower]) == stopped.tell(earlier, [follower]) == ([], [])
    assert len(free.tell(shown, [follower])[0]) == 1
    assert stopped.tell(held(shown, row), [follower]) == ([], [])
    assert stopped.tell(shown, [follower]) == ([], [])


def test_the_question_of_timing_is_asked_of_nobody_whose_entry_or_whose_others_is_held(
    shown: Picture, pair: Story
) -> None:
    found = shown.companions
    assert found is not None
    row, other = pair.rows
    maybe = found.maybe[:0].copy().tolist()
    last = shown.state.passed_at.shape[1] - 1
    asked = replace(
        shown,
        companions=replace(found, maybe=np.array([*maybe, [row, other, 2, last]], found.maybe.dtype)),
    )  # fmt: skip
    assert ask_runner(asked, row)
    for stopped in pair.rows:
        assert ask_runner(held(asked, stopped), row) == ""


def test_the_switch_is_on_the_runners_page_for_who_may_use_it_and_is_taken_back_there() -> None:
    async def ask() -> None:
        people = [person("12", "Ada Amberlow"), person("13", "Bela Coldwell")]
        async with kept_day(everybody_home(), "15:00", *people) as day:
            sheet = "/day/runners/13/certificate"
            assert (await day.get(sheet)).status_code == 200
            for role in ("station", "announcer", "sweep"):
                refused = await day.post("/day/hold", role, do="hold", bib="13", at=str(at("14:59")))  # type: ignore[arg-type]  # a role  # fmt: skip
                assert refused.status_code == 403
                assert "/day/hold" not in (await day.get("/day/runners/13", role)).text
            done = await day.post(
                "/day/hold", "medical", do="hold", bib="13", text="a word", at=str(at("14:59"))
            )
            assert "nothing more is asked" in done.text
            assert list(list_faults(done.text)) == []
            await day.settle()
            assert (await day.get(sheet)).status_code == 404
            facts = [one.fact for one in day.log.read_since(0).others]
            (word,) = [fact for fact in facts if isinstance(fact, Held)]
            assert word.text_ref
            page = (await day.get("/day/runners/13", "desk")).text
            assert "Held since" in page
            twin = (await day.get("/day/runners/13.json", "desk")).json()
            back = await day.post(
                "/day/hold", "control", do="release", bib="13", fact=twin["holding"]["fact"], at=str(at("14:59"))
            )  # fmt: skip
            assert "held no longer" in back.text
            await day.settle()
            assert (await day.get(sheet)).status_code == 200
            assert (await day.get("/day/runners/13.json")).json()["holding"] is None

    run(ask())


def test_a_yes_of_both_does_not_open_what_is_held(shown: Picture, pair: Story) -> None:
    again = answering(held(shown, pair.rows[1]), pair, "yes", "yes", version=9)
    assert make_client(again).get(f"{EVENT}/stories/{pair.id}").status_code == 404
