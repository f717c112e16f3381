"""Devices: what each source sent, whether it is there, what it says of itself."""

from __future__ import annotations

from homestretch.facts import ClockChecked, DeviceStatus, Marker, Unreadable
from homestretch.state.snapshot import NEVER, Device
from tests.state.days import Day, a_day, at


def device(day: Day, source: str, now: str = "12:00") -> Device:
    (found,) = [d for d in day.state(now).state.devices if d.source == source]
    return found


def a_running_day() -> Day:
    day = a_day()
    day.entrant("1")
    day.read("1", "10k", "07:50:00", "07:50:01", source="jchip:10K-1")
    day.read("1", "10k-2", "07:50:02", source="jchip:10K-2")
    return day


def test_a_source_has_its_reads_its_points_and_its_last_word() -> None:
    found = device(a_running_day(), "jchip:10K-1")
    assert (found.reads, found.points, found.places) == (2, (1,), ("10k",))
    assert (found.last_seen_at, found.last_heard_at) == (at("07:50:01"), at("07:50:01"))
    assert found.connected is None


def test_a_second_device_of_a_point_is_known_by_its_number() -> None:
    assert device(a_running_day(), "jchip:10K-2").points == (1,)


def test_reads_of_the_last_five_minutes_are_counted_by_their_arrival() -> None:
    day = a_running_day()
    day.read("1", "10k", "07:51:00", source="jchip:10K-1", late_s=3600)
    assert device(day, "jchip:10K-1", "07:52").recent == 2
    assert device(day, "jchip:10K-1", "08:52").recent == 1
    assert device(day, "jchip:10K-1", "12:00").recent == 0


def test_who_came_and_went_is_gone_since_then_and_why() -> None:
    day = a_running_day()
    for when, here, errors in (("07:00", True, ()), ("08:10", False, ("it fell silent",))):
        day.add(
            DeviceStatus(seen_at=at(when), of="jchip:10K-1", connected=here, errors=errors),
            "intake",
        )
    found = device(day, "jchip:10K-1")
    assert (found.connected, found.connected_at) == (False, at("08:10"))
    assert found.errors == ("it fell silent",)
    assert device(day, "jchip:10K-1", "08:00").connected is True


def test_what_a_device_says_of_itself_does_not_hide_whether_it_is_there() -> None:
    day = a_running_day()
    day.add(DeviceStatus(seen_at=at("07:00"), of="jchip:10K-1", connected=True), "intake")
    day.add(DeviceStatus(seen_at=at("07:30"), of="jchip:10K-1", battery=0.4, reading=True), "x")
    found = device(day, "jchip:10K-1")
    assert found.connected is True
    assert found.status is not None
    assert (found.status.battery, found.status.reading) == (0.4, True)


def test_a_device_that_has_read_nobody_yet_is_known_by_its_connection() -> None:
    day = a_day()
    day.add(
        DeviceStatus(seen_at=at("06:30"), of="ipico:box", place="finish", connected=True), "intake"
    )
    found = device(day, "ipico:box")
    assert (found.reads, found.points, found.places) == (0, (4,), ("finish",))
    assert (found.last_seen_at, found.last_heard_at) == (NEVER, at("06:30"))


def test_clock_marks_and_what_was_unreadable_are_told_by_source() -> None:
    day = a_running_day()
    day.add(ClockChecked(seen_at=at("07:01"), of="jchip:10K-1", offset_ms=1500), "jchip:10K-1")
    day.add(ClockChecked(seen_at=at("07:02"), of="jchip:10K-1", offset_ms=-40), "jchip:10K-1")
    day.add(Marker(seen_at=at("07:00"), place="start", label="gun"), "jchip:10K-1")
    day.add(Unreadable(seen_at=0, reason="neither", text_ref="a"), "jchip:10K-1", 1)
    day.add(Unreadable(seen_at=0, reason="neither", text_ref="b"), "jchip:10K-1", 2)
    found = device(day, "jchip:10K-1")
    assert (found.offset_ms, found.offset_at) == (-40, at("07:02"))
    assert (found.markers, found.unreadable) == (1, (("neither", 2),))
