"""What a follower is told: each point once, when it is new, and nothing of who is hidden or was not read."""

from __future__ import annotations

from homestretch.news.telling import Telling
from homestretch.race.entrant import Person
from homestretch.race.saying import say_again
from homestretch.web.spoken import find_speech
from tests.boards.pictures import picture_of
from tests.news.test_followers import a_follower
from tests.state.days import Day, a_day

ADA = Person(entrant="e1", first="Ada", last="One", display="name")


def a_start() -> Day:
    day = a_day()
    day.entrant("1", age=40)
    day.read("1", "start", "07:00:10")
    return day


def tell(telling: Telling, day: Day, now: str, person: Person = ADA) -> list[tuple[str, str]]:
    due, _ = telling.tell(picture_of(day, now, person), [a_follower()])
    return [(news.title, news.body) for _, news in due]


def test_whoever_begins_to_follow_is_told_what_comes_from_then_on_and_once() -> None:
    day, telling = a_start(), Telling()
    assert tell(telling, day, "07:01") == []
    day.read("1", "10k", "07:50")
    assert tell(telling, day, "07:51") == [("1 Ada One", "10K at 07:50.")]
    assert tell(telling, day, "07:52") == []
    day.runs("1", half="08:45", p30k="09:29", finish="10:30")
    assert tell(telling, day, "10:31") == [("1 Ada One", "At the finish at 10:30, 3:29:50 net.")]
    assert tell(telling, day, "10:32") == []


def test_what_is_told_is_said_again_in_the_followers_language() -> None:
    day, telling = a_start(), Telling()
    tell(telling, day, "07:01")
    day.runs("1", p10k="07:50")
    (first,) = telling.tell(picture_of(day, "07:51", ADA), [a_follower()])[0]
    day.runs("1", half="08:45", p30k="09:29", finish="10:30")
    (last,) = telling.tell(picture_of(day, "10:31", ADA), [a_follower()])[0]
    german = find_speech("de")
    bodies = [str(say_again(news, german).body) for _, news in (first, last)]
    assert bodies == ["10K um 07:50.", "Im Ziel um 10:30, netto 3:29:50."]


def test_what_a_mat_sends_late_is_no_news() -> None:
    day, telling = a_start(), Telling()
    assert tell(telling, day, "07:01") == []
    day.read("1", "10k", "07:50")
    assert tell(telling, day, "08:10") == []
    assert tell(telling, day, "08:11") == []


def test_nobody_is_told_that_somebody_was_not_read() -> None:
    day, telling = a_start(), Telling()
    assert [tell(telling, day, now) for now in ("07:01", "09:00", "12:00", "16:00")] == [[]] * 4


def test_whoever_is_hidden_or_erased_is_followed_by_nobody_any_more() -> None:
    day, telling, one = a_start(), Telling(), a_follower()
    assert tell(telling, day, "07:01") == []
    day.read("1", "10k", "07:50")
    hidden = Person(entrant="e1", first="Ada", last="One", display="hidden")
    for persons in ((hidden,), ()):
        assert telling.tell(picture_of(day, "07:51", *persons), [one]) == ([], [one])


def test_who_is_shown_by_initials_is_told_of_by_initials() -> None:
    day, telling = a_start(), Telling()
    person = Person(entrant="e1", first="Ada", last="One", display="initials")
    assert tell(telling, day, "07:01", person) == []
    day.read("1", "10k", "07:50")
    ((title, _),) = tell(telling, day, "07:51", person)
    assert title == "1 A. O."
