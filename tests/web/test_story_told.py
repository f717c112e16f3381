"""A story from the desk to the world and back, through a real keeper: asked, answered by a private link, published,
taken down by anybody, held."""

from __future__ import annotations

import itertools
import re
from html import unescape

from homestretch.facts import Held, StoryAsked, StoryWritten, TakedownAsked
from homestretch.store.links import new_link
from homestretch.stories.values import story_id
from homestretch.web.newsstand import FRESH_S, Newsstand
from tests.aside import run
from tests.boards.kinds import list_faults
from tests.boards.pictures import person
from tests.state.days import Day, a_day, at
from tests.web.kept_day import KeptDay, kept_day

NOW, FAR = "15:00", "+1 06:00"
STORY = story_id("last", ["e13"])
PAGE = f"/day/stories/{STORY}"


def everybody_home() -> Day:
    day = a_day()
    for bib, minutes in (("12", 0), ("13", 30)):
        day.entrant(bib, age=40)
        day.read(bib, "start", "07:00:20")
        day.read(bib, "10k", "08:00")
        day.read(bib, "half", "09:10")
        day.read(bib, "30k", "10:30")
        day.read(bib, "finish", f"12:{10 + minutes}")
    return day


async def desk(day: KeptDay, said_at: int, do: str, **fields: str) -> str:
    answer = await day.post(
        "/day/desk/stories", "desk", story=STORY, do=do, at=str(said_at), **fields
    )
    assert answer.status_code == 200, answer.text
    assert list(list_faults(answer.text)) == []
    await day.settle()
    return answer.text


async def answer(day: KeptDay, words: str) -> str:
    link, token = new_link("e13", "own", created_at=at(NOW), expires_at=at(FAR))
    day.people.put_links([link])
    opened = await day.client.get(f"/day/me/{token}", follow_redirects=False)
    assert opened.status_code == 303, opened.text
    shown = re.search(r'name="seen" value="([0-9a-f ]*)"', (await day.client.get("/day/me")).text)
    seen = shown[1] if shown else ""
    fields = {"do": "answer", "entrant": "e13", "story": STORY, "answer": words, "seen": seen}
    page = await day.client.post("/day/me", data=fields)
    await day.settle()
    return page.text


def test_a_story_goes_from_the_desk_to_the_world_and_is_gone_when_anybody_says_so() -> None:
    async def ask() -> None:
        people = [person("12", "Ada Amberlow"), person("13", "Bela Coldwell")]
        async with kept_day(everybody_home(), NOW, *people) as day:
            # Every look is a new one, so that no test waits.
            looks = itertools.count(0.0, 2 * FRESH_S)
            day.application.state.newsstand = Newsstand(lambda: next(looks))
            at_ms = itertools.count(at(NOW) - 1000)
            later_ms = itertools.count(at(NOW) + 1)
            assert 'href="/day/desk/stories"' in (await day.get("/day/desk", "desk")).text
            assert "Bela Coldwell" in (await day.get("/day/desk/stories", "desk")).text
            assert (await day.get(PAGE)).status_code == 404
            assert "Not published" in await desk(day, next(at_ms), "publish")
            assert "Asked." in await desk(day, next(at_ms), "ask", entrant="e13", channel="qr")
            assert "has not answered" in await desk(day, next(at_ms), "publish")
            quote = {
                "part": "quote",
                "speaker": "Bela",
                "text": "The river was on my left all day.",
            }
            assert "Kept" in await desk(day, next(at_ms), "write", **quote)
            assert "Kept: yes" in await answer(day, "yes")
            assert "Published" in await desk(day, next(at_ms), "publish")
            page = (await day.get(PAGE)).text
            assert "Bela Coldwell" in page
            assert "The river was on my left all day." in page
            assert "12:40:00" in page

            taken = await day.client.post(
                f"{PAGE}/takedown", data={"text": "That is not so.", "who": "A reader"}
            )
            assert taken.status_code == 200
            await day.settle()
            for path in (PAGE, f"{PAGE}.json", f"{PAGE}/card.svg"):
                assert (await day.get(path)).status_code == 410, path
            assert "It was taken down." in unescape((await day.get(PAGE)).text)
            seen = (await day.get(f"/day/desk/stories?story={STORY}", "desk")).text
            assert "That is not so." in unescape(seen)
            assert "Published" in await desk(day, next(later_ms), "publish")
            assert (await day.get(PAGE)).status_code == 200
            await day.client.post(f"{PAGE}/takedown", data={"text": "Once more."})
            await day.settle()
            assert (await day.get(PAGE)).status_code == 200

            await desk(day, next(later_ms), "hold", entrant="e13", text="as the family asked")
            assert (await day.get(PAGE)).status_code == 404
            facts = [one.fact for one in day.log.read_since(0).others]
            (held,) = [fact for fact in facts if isinstance(fact, Held)]
            assert held.text_ref
            assert "family" not in repr(facts)
            assert sum(isinstance(fact, StoryAsked) for fact in facts) == 1
            assert sum(isinstance(fact, TakedownAsked) for fact in facts) == 2
            assert all(fact.text_ref for fact in facts if isinstance(fact, StoryWritten))

    run(ask())


def test_a_no_takes_a_page_down_and_nobody_takes_down_what_was_never_published() -> None:
    async def ask() -> None:
        people = [person("12", "Ada Amberlow"), person("13", "Bela Coldwell")]
        async with kept_day(everybody_home(), NOW, *people) as day:
            looks = itertools.count(0.0, 2 * FRESH_S)
            day.application.state.newsstand = Newsstand(lambda: next(looks))
            at_ms = itertools.count(at(NOW) - 1_000_000, 1000)
            gone = await day.client.post(f"{PAGE}/takedown", data={"text": "x"})
            assert gone.status_code == 404
            await desk(day, next(at_ms), "ask", entrant="e13", channel="e-mail")
            page = await answer(day, "yes")
            assert "may we tell this?" in page
            await desk(day, next(at_ms), "publish")
            assert (await day.get(PAGE)).status_code == 200
            assert "Kept: no" in await answer(day, "no")
            assert (await day.get(PAGE)).status_code == 410
            assert re.search(
                r"Bela Coldwell.{0,20}said no", unescape(await desk(day, next(at_ms), "publish"))
            )
            wrong = await day.client.post(
                "/day/me", data={"do": "answer", "entrant": "e12", "story": STORY, "answer": "yes"}
            )
            assert "not open here" in unescape(wrong.text) or wrong.status_code == 403

    run(ask())
