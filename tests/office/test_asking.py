"""A question reaches who is asked by a channel that the event has, once, and nobody who may not be asked."""

from __future__ import annotations

import fcntl
import itertools
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from homestretch.boards.asked_words import WORDS, say_sent
from homestretch.boards.editing import BOARD, EditingBoard, EditingChoices
from homestretch.errors import PlanError
from homestretch.facts import AskSent, FactId, Held, StoryAsked, TakenOver, received
from homestretch.folder.asking import ASKING, EXAMPLE, check_asking, find_asking
from homestretch.live import Live
from homestretch.office.asking import LOCK, Asked, send_questions, send_trial
from homestretch.office.exports import make_picture
from homestretch.office.posting_questions import find_number
from homestretch.office.question_letters import write_letter, write_text
from homestretch.race.clock import Moment
from homestretch.race.entrant import Person
from homestretch.race.privacy import Viewer
from homestretch.server.asking import FIRST_WAIT_S, Asker
from homestretch.state.told import StoryWord
from homestretch.store.keys import token_hash
from homestretch.store.memory import MemoryLog, MemoryPeople
from homestretch.store.opening import Store
from homestretch.stories.values import story_id
from homestretch.stories.waiting import Waiting
from homestretch.web.spoken import find_speech
from tests.aside import run
from tests.boards.pictures import person
from tests.emulators.mail import MailServer
from tests.herald.receiver import Receiver
from tests.state.days import at
from tests.web.test_story_told import everybody_home

NOW = Moment(at("15:00"), at("15:00"))
MOMENTS = itertools.count(NOW.event_at, 1000)
STORY = story_id("last", ["e13"])
# Of Apprise itself, on Pythons that still have the module that it looks for.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
MAIL = """\
pages = "http://race.example"
[e-mail]
server = "smtp://desk:a%40b@127.0.0.1:{port}"
from = "Spring Race <stories@race.example>"
"""
TEXT = '[text]\nservice = "json://127.0.0.1:{port}/?:to={{phone}}"\n'
BELA = person("13", "Bela Coldwell", called="Bel", email="bela@home.example", phone="+1 (555) 010-0")  # fmt: skip


@pytest.fixture
def mail() -> Iterator[MailServer]:
    found = MailServer(("desk", "a@b"))
    found.start()
    yield found
    found.stop()


@pytest.fixture
def folder(tmp_path: Path, mail: MailServer) -> Path:
    (tmp_path / ASKING).write_text(MAIL.format(port=mail.port))
    return tmp_path


def asked(channel: str = "e-mail", who: Person = BELA) -> Store:
    """The day, everybody at home, and a question to the last of them."""
    store = Store(MemoryLog(), MemoryPeople())
    store.log.append(everybody_home().items)
    store.people.put_persons([person("12", "Ada Amberlow"), who])
    ask(store, channel, "14:00")
    return store


def send(store: Store, folder: Path) -> Asked:
    """A second later than the last time."""
    now = next(MOMENTS)
    return send_questions(store, folder, Moment(now, now))


def ask(store: Store, channel: str, when: str | int) -> None:
    fact = StoryAsked(seen_at=at(when), story=STORY, entrant="e13", channel=channel)  # type: ignore[arg-type]  # of the test  # fmt: skip
    store.log.append([received(fact, "key-desk", at(when))])


def outcomes(store: Store) -> list[tuple[str, str]]:
    facts = [one.fact for one in store.log.read_since(0).others]
    return [(fact.outcome, fact.reason) for fact in facts if isinstance(fact, AskSent)]


def test_a_letter_arrives_once_with_a_link_that_opens_and_without_anybody_elses_name(
    folder: Path, mail: MailServer
) -> None:
    store = asked()
    assert send(store, folder).sent == 1
    assert send(store, folder) == (0, 0, 0, ())
    (letter,) = mail.got
    assert (letter["To"], letter["From"]) == ("bela@home.example", "Spring Race <stories@race.example>")  # fmt: skip
    assert letter["Message-ID"].endswith("@race.example>")
    text = letter.get_content()
    assert text.startswith("Hello Bel,")
    assert "cannot be called back" in text
    assert "Saying nothing is no." in text
    assert "Amberlow" not in text
    (token,) = re.findall(r"http://race\.example/day/me/(\S+)", text)
    link = store.people.find_link(token_hash(token))
    assert link is not None
    assert (link.entrant, link.holds(NOW.wall_at)) == ("e13", True)
    assert outcomes(store) == [("sent", "")]
    log = repr([one.fact for one in store.log.read_since(0).others])
    assert token not in log
    assert "home.example" not in log


def test_a_text_message_goes_to_the_number_by_the_service_of_the_event(folder: Path) -> None:
    service = Receiver()
    service.start()
    try:
        with (folder / ASKING).open("a") as file:
            file.write(TEXT.format(port=service.port))
        store = asked("text")
        assert send(store, folder).sent == 1
        ((_, body),) = service.got
        told = msgspec.json.decode(body)
        assert told["to"] == "+15550100"
        assert told["message"].startswith("Bel, may we tell your story of")
        assert "/day/me/" in told["message"]
        assert len(told["message"]) < 320
        service.status = 500
        ask(store, "text", next(MOMENTS))
        assert send(store, folder).failing == 1
        assert outcomes(store) == [("sent", ""), ("failing", "service")]
    finally:
        service.stop()


@pytest.mark.parametrize("why", ["held", "in care", "no to all", "answered", "hidden", "erased", "by code"])  # fmt: skip
def test_nobody_is_asked_who_may_not_be_asked_now(folder: Path, mail: MailServer, why: str) -> None:
    changed = {
        "no to all": {"stories": "no"},
        "answered": {"story_answers": {STORY: "no-photo"}},
        "hidden": {"display": "hidden"},
    }.get(why, {})
    who = msgspec.structs.replace(BELA, **changed)
    store = asked("qr" if why == "by code" else "e-mail", who)
    match why:
        case "held":
            fact = Held(seen_at=at("14:30"), entrant="e13")
            store.log.append([received(fact, "key-desk", at("14:30"))])
        case "in care":
            taken = TakenOver(seen_at=at("14:30"), bib="13", taken_by="care", keeper="T1")
            store.log.append([received(taken, "key-medical", at("14:30"))])
        case "erased":
            store.people.erase("e13")
    assert send(store, folder) == (0, 0, 0, ())
    assert mail.got == []
    assert store.people.list_links("e13") == []


def test_what_a_server_does_not_take_is_said_and_its_link_opens_nothing(
    folder: Path, mail: MailServer
) -> None:
    store = asked()
    mail.stop()
    assert send(store, folder).failing == 1
    mail.start()
    mail.refuses.add("bela@")
    assert send(store, folder).left == 1
    mail.refuses.clear()
    mail.login = ("desk", "another")
    assert send(store, folder).left == 1
    mail.login = None
    assert not any(link.holds(NOW.wall_at) for link in store.people.list_links("e13"))
    assert send(store, folder).failing + len(mail.got) == 0  # no login is offered
    assert outcomes(store)[:3] == [("failing", "unreachable"), ("left", "not-taken"), ("left", "login")]  # fmt: skip
    mail.login = ("desk", "a@b")
    assert send(store, folder).sent == 1
    assert len(mail.got) == 1


def test_without_a_channel_or_an_address_the_desk_reads_why_and_asks_in_another_way(
    tmp_path: Path, folder: Path
) -> None:
    store = asked()
    (folder / ASKING).rename(folder / "away")
    assert send(store, folder).left == 1
    (folder / "away").rename(folder / ASKING)
    board = BOARD.rows(make_picture(store, NOW.event_at), Viewer("desk"), EditingChoices(story=STORY))  # fmt: skip
    assert isinstance(board, EditingBoard)
    assert board.opened is not None
    (one,) = board.opened.people
    assert (one.again, one.ways, one.called) == (True, ("qr", "e-mail", "text"), "Bel")
    assert one.went == "NOT SENT: the event sends no e-mail: asking.toml says how"
    nameless = asked(who=msgspec.structs.replace(BELA, email="", phone=""))
    assert send(nameless, folder).reasons == ("no-address",)
    ask(nameless, "text", next(MOMENTS))
    assert send(nameless, folder).reasons == ("no-texts",)
    wrong = asked(who=msgspec.structs.replace(BELA, email="bela at home"))
    assert send(wrong, folder).reasons == ("bad-address",)


def test_two_do_not_send_at_once(folder: Path, mail: MailServer) -> None:
    store, refused = asked(), []
    with (folder / LOCK).open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(PlanError, match="already"):
            send(store, folder)
        refused.append(len(mail.got))
    assert refused == [0]
    assert send(store, folder).sent == 1


def test_no_letter_has_a_pronoun_or_another_name_in_any_language(folder: Path) -> None:
    picture = make_picture(asked(), NOW.event_at)
    nobody = msgspec.structs.replace(BELA, first="", called="", pronoun="she/her")
    for language in ("en", "de"):
        for write in (write_letter, write_text):
            letter = write(picture, nobody, "https://x.example/day/me/T", find_speech(language))
            said = set(re.findall(r"\w+", letter.text.lower()))
            assert not said & {"he", "she", "his", "her", "him", "er", "seine", "ihn", "bela"}
            assert "https://x.example/day/me/T" in letter.text
    german = write_letter(picture, BELA, "x", find_speech("de"))
    assert german.text.startswith("Hallo Bel,")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("pages = 1", "cannot be read"),
        ('pages = "race.example"', "no address"),
        ('pages = "https://r.example"\n[text]\nservice = "twilio://x"', "no place for the number"),
        ('pages = "https://r.example"\n[e-mail]\nserver = "http://x"\nfrom = "a@b.c"', "begins with"),
        ('pages = "https://r.example"\n[e-mail]\nserver = "smtp://x:y"\nfrom = "a@b.c"', "no address"),
        ('pages = "https://r.example"\n[e-mail]\nserver = "smtp://x"\nfrom = "nobody"', "sender"),
        ('pages = "https://r.example"\nmore = 1', "cannot be read"),
        ("\x00", "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_file_is_said(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / ASKING).write_text(text)
    with pytest.raises(PlanError, match=why):
        find_asking(tmp_path)
    (problem,) = check_asking(tmp_path)
    assert problem.severity == "error"


def test_the_example_of_the_docs_is_read(tmp_path: Path) -> None:
    (tmp_path / ASKING).write_text(EXAMPLE)
    found = find_asking(tmp_path)
    assert found is not None
    assert found.mail is not None
    assert (found.mail.port, found.mail.secure, found.mail.user) == (465, True, "user")
    assert EXAMPLE in Path("docs/stories.md").read_text(encoding="utf-8")


def test_a_trial_goes_to_the_organisers_own_address(folder: Path, mail: MailServer) -> None:
    assert send_trial(folder, "me@race.example", "Spring Race").outcome == "sent"
    assert mail.got[0]["Subject"] == "Spring Race"
    with pytest.raises(PlanError, match="No text message"):
        send_trial(folder, "+15550100", "Spring Race")


@pytest.mark.parametrize(
    ("phone", "number"), [("+49 (30) 12-34/5", "+493012345"), ("call me", ""), ("1;2", ""), ("", "")]
)  # fmt: skip
def test_a_number_is_digits_alone(phone: str, number: str) -> None:
    assert find_number(phone) == number


def test_the_server_sends_what_waits_by_itself_at_once_and_once(tmp_path: Path) -> None:
    store, ran = asked(), tmp_path / "ran"
    live = Live(store.log, store.people, lambda: NOW.event_at, lambda _: None)
    live.refresh()

    def command(*words: str) -> list[str]:
        code = f"open({str(ran)!r}, 'a').write({' '.join(words)!r} + chr(10))"
        return [sys.executable, "-S", "-c", code]

    async def work() -> None:
        asker = Asker(tmp_path, live, command, {})
        await asker.look()
        await asker.look()

    run(work())
    assert ran.read_text() == f"ask {tmp_path}\n"


def test_what_failed_is_tried_again_later_and_what_somebody_must_look_at_is_not() -> None:
    now_s = [0.0]
    live = Live(MemoryLog(), MemoryPeople(), lambda: 0, lambda _: None)
    asker = Asker(Path(), live, lambda *_: [], {}, lambda: now_s[0])
    word = StoryWord(FactId("desk", 1, 1), "story-asked", STORY, 5, "", "e13", "e-mail")
    failing, left = (
        StoryWord(FactId("asking", 2, 2), "ask-sent", STORY, 9, "", "e13", "e-mail", outcome=outcome, reason="refused")
        for outcome in ("failing", "left")
    )  # fmt: skip
    assert asker.is_due([Waiting(word, None)])
    asker._not_before_s = FIRST_WAIT_S
    assert not asker.is_due([Waiting(word, failing)])
    now_s[0] = FIRST_WAIT_S + 1
    assert asker.is_due([Waiting(word, failing)])
    assert not asker.is_due([Waiting(word, left)])
    assert say_sent(word, failing) == f"not sent yet, and tried again: {WORDS['refused']}"
