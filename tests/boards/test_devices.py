"""The devices' board: alarms with how each device is, and who may see it."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from homestretch.boards import Choices
from homestretch.boards.devices import DevicesBoard, rows
from homestretch.boards.frame import make_frame
from homestretch.errors import RefusedError
from homestretch.facts import ClockChecked, DeviceStatus, MatLifted
from homestretch.picture import Names, Picture
from homestretch.race.privacy import Role, Viewer
from tests.boards.pictures import picture_of
from tests.state.days import LINE, Day, a_day, at


def board(day: Day, now: str, role: Role = "control") -> DevicesBoard:
    state = day.state(now).state
    picture = Picture(
        number="1-1-1",
        now=at(now),
        event=msgspec.structs.replace(day.event, zone="America/New_York"),
        course=LINE,
        state=state,
        names=Names(version=1, persons={}, texts={}),
    )
    return rows(picture, Viewer(role), Choices())


def silent_10k() -> Day:
    """Twelve people have started and should have passed 10K by half past eight; nobody was read there."""
    day = a_day()
    for number in range(12):
        day.entrant(str(number))
        day.runs(str(number), start=f"07:01:{number:02}")
    return day


@pytest.mark.parametrize("role", get_args(Role))
def test_only_those_who_keep_the_ledger_see_the_devices(role: Role) -> None:
    if role in ("director", "control", "medical"):
        assert board(a_day(), "08:00", role).devices == ()
    else:
        with pytest.raises(RefusedError):
            board(a_day(), "08:00", role)


def test_a_point_that_nobody_was_ever_heard_from_alarms_without_a_time() -> None:
    (alarm,) = board(silent_10k(), "08:25").alarms
    assert (alarm.point, alarm.since_at, alarm.devices) == ("10k", None, ())


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ([{"connected": True}], "10k is connected and reads nobody"),
        (
            [{"connected": True}, {"connected": False, "errors": ("it fell silent",)}],
            "10k is gone since 07:31 (it fell silent)",
        ),
        ([{"connected": True}, {"reading": False}], "10k is there, and is told not to read"),
    ],
)
def test_a_reader_that_talks_and_reads_nobody_is_told_from_one_that_is_off(
    facts: list[dict[str, object]], words: str
) -> None:
    day = silent_10k()
    for minute, fact in enumerate(facts):
        when = at(f"07:3{minute}")
        day.add(DeviceStatus(seen_at=when, of="jchip:10K", place="10k", **fact), "intake")  # type: ignore[arg-type]  # as the cases say
    (alarm,) = board(day, "08:25").alarms
    assert alarm.devices == (words,)


def test_a_mat_that_was_lifted_alarms_nobody() -> None:
    day = silent_10k()
    day.add(MatLifted(seen_at=at("08:00"), place="10k"))
    assert board(day, "08:25").alarms == ()


def test_a_clock_that_is_off_by_more_than_anybody_would_see_is_marked() -> None:
    day = silent_10k()
    for source, offset_ms in (("jchip:a", 300), ("jchip:b", -90_000)):
        day.add(ClockChecked(seen_at=at("07:00"), of=source, offset_ms=offset_ms), source)
    found = {row.source: (row.clock_ms, row.clock_off) for row in board(day, "08:25").devices}
    assert found["jchip:a"] == (300, False)
    assert found["jchip:b"] == (-90_000, True)


def test_what_is_in_the_way_at_a_door_is_told_apart_from_the_devices() -> None:
    day = a_day()
    day.add(
        DeviceStatus(seen_at=at("07:00"), of="door:http", errors=("a wrong key, 3 times",)),
        "intake",
    )
    found = board(day, "07:10")
    assert found.troubles == (("http", "a wrong key, 3 times", at("07:00")),)
    assert found.devices == () or all(row.source != "door:http" for row in found.devices)


def test_a_place_that_the_plan_does_not_know_is_named_with_its_reads() -> None:
    day = silent_10k()
    day.read("1", "mat-7", "07:50", source="jchip:MAT-7")
    found = board(day, "08:25")
    assert [(place.words, place.count) for place in found.reads.places] == [("mat-7", 1)]
    (row,) = [row for row in found.devices if row.source == "jchip:MAT-7"]
    assert (row.points, row.unknown_places) == ((), ("mat-7",))


def test_those_who_keep_the_ledger_read_on_every_page_where_nobody_is_read() -> None:
    picture = picture_of(silent_10k(), "08:25")
    said = "Nobody is read at 10K, and runners are due."
    for role in get_args(Role):
        alarms = make_frame(picture, Viewer(role)).alarms
        assert alarms == ((said,) if role in ("director", "control", "medical") else ())
