"""What other systems were told, as control sees it: how each is now, and the alarms that went out."""

from __future__ import annotations

from homestretch.boards import Choices
from homestretch.boards.devices import DevicesBoard
from homestretch.boards.devices import rows as devices
from homestretch.facts import Delivered
from homestretch.race.privacy import Viewer
from homestretch.state.tellings import MOST
from tests.boards.pictures import picture_of
from tests.state.days import Day, a_day, at


def board(day: Day, now: str) -> DevicesBoard:
    return devices(picture_of(day, now), Viewer("control"), Choices())


def test_a_receiver_is_as_it_was_said_last() -> None:
    day = a_day()
    failing = Delivered(
        seen_at=at("08:00"),
        to="club",
        outcome="failing",
        tries=3,
        waiting=7,
        reason="it answers 500",
    )
    day.add(failing)
    day.add(
        Delivered(
            seen_at=at("08:00"),
            to="alert-1",
            outcome="sent",
            alarm="Nobody is read at 10K.",
            tries=2,
        )
    )
    day.add(Delivered(seen_at=at("09:00"), to="club", outcome="back", tries=12))
    (alert, club) = board(day, "08:30").receivers
    assert (club.name, club.failing, club.reason, club.waiting) == (
        "club",
        True,
        "it answers 500",
        7,
    )
    assert (alert.name, alert.failing) == ("alert-1", False)
    (sent,) = board(day, "08:30").alarms_sent
    assert (sent.to, sent.words, sent.tries) == ("alert-1", "Nobody is read at 10K.", 2)
    assert not board(day, "09:30").receivers[1].failing
    assert board(day, "07:30").receivers == ()


def test_a_receiver_that_failed_long_ago_is_not_forgotten_for_all_the_newer_alarms() -> None:
    day = a_day()
    day.add(Delivered(seen_at=at("08:00"), to="club", outcome="failing", reason="it answers 500"))
    for minute in range(MOST + 5):
        words = f"Nobody is read at point {minute}."
        day.add(Delivered(seen_at=at("08:01") + minute, to="alert-1", outcome="sent", alarm=words))
    found = board(day, "09:00")
    assert [one.name for one in found.receivers] == ["alert-1", "club"]
    assert found.receivers[1].failing
    assert len(found.alarms_sent) == MOST
    assert found.alarms_sent[0].words == f"Nobody is read at point {MOST + 4}."
