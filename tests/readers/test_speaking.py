"""For what a key speaks: its own point, its own vehicle, and nobody else's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from homestretch.facts import Ping, Sighting, Unreadable
from homestretch.race.privacy import Role
from homestretch.race.vehicles import find_vehicle
from homestretch.readers.json_door import Batch, read_items, split_batch
from homestretch.readers.speaking import Bound
from homestretch.state.places import make_ids
from tests.state.days import MARATHON_M, POINTS, Day, a_day, a_point, a_sweep, at, fold

ARCH = (
    a_point("start", 0.0, "ARCH", "S-1"),
    *POINTS[1:4],
    a_point("finish", MARATHON_M, "ARCH", "FINISH-1"),
    a_point("mile-25", 40_000.0, kind="station"),
)
DAY = a_day(points=ARCH, sweep=a_sweep())


def say(
    *items: dict[str, Any], role: Role = "device", station: str = "", label: str = "box"
) -> Batch:
    """What a key says, as the keeper reads it."""
    event = DAY.event
    named = [find_vehicle(event, name) for name in (station, label) if name]
    vehicle = next((found.name for found in named if found), "")
    bound = Bound(role, station, vehicle, make_ids(event))
    body = json.dumps({"items": [{"seq": 1, "seen_at": at("11:00"), **item} for item in items]})
    return read_items(split_batch(body.encode()), at("11:00"), f"http:{label}", label, bound)


def read(place: str, **more: Any) -> dict[str, Any]:
    return {"kind": "read", "chip": "C1", "place": place, **more}


def ping(vehicle: str) -> dict[str, Any]:
    return {"kind": "ping", "vehicle": vehicle, "lat": 40.0, "lon": -80.0}


@pytest.mark.parametrize(
    ("station", "place", "taken"),
    [
        ("finish", "finish", True),
        ("finish", "FINISH-1", True),
        ("finish", "finish_2", True),
        ("finish", "ARCH", True),
        ("start", "ARCH", True),
        ("finish", "a box that nobody has named yet", True),
        ("finish", "10K", False),
        ("10k", "finish", False),
        ("10k", "FINISH-1", False),
        ("10k", "finish-2", False),
        ("10k", "ARCH", False),
        ("10k", "mile-25", False),
        ("", "finish", True),
        ("", "10k", True),
    ],
)
def test_a_device_reads_at_the_point_that_its_key_was_made_for(
    station: str, place: str, taken: bool
) -> None:
    for item in (read(place), {"kind": "marker", "place": place}):
        found = say(item, station=station)
        assert (found.refused == []) == taken
        if not taken:
            assert found.refused[0].reason == f"This key speaks for one point. It is {station}."
            assert isinstance(found.heard[0].received.fact, Unreadable)
            assert found.heard[0].received.fact.reason == "This key speaks for one point."


def test_a_read_of_another_point_does_not_spoil_its_neighbours() -> None:
    found = say(read("finish"), read("10k", seq=2), read("finish", seq=3), station="10k")
    assert [refused.seq for refused in found.refused] == [1, 3]
    assert len(found.heard) == 3


@pytest.mark.parametrize(
    ("key", "vehicle", "taken"),
    [
        ({"label": "Sweep"}, "sweep", True),
        ({"label": "sweep"}, "van 7", False),
        ({"station": "sweep"}, "sweep", True),
        ({"station": "sweep"}, "van 7", False),
        ({"station": "10k"}, "sweep", False),
        ({"station": "10k", "label": "sweep"}, "sweep", False),
        ({"label": "a phone"}, "sweep", True),
    ],
)
def test_a_phone_pings_for_the_vehicle_that_its_key_names(
    key: dict[str, str], vehicle: str, taken: bool
) -> None:
    found = say(ping(vehicle), **key)
    assert (found.refused == []) == taken
    assert isinstance(found.heard[0].received.fact, Ping) == taken


def test_a_key_made_for_a_vehicle_reads_nowhere() -> None:
    found = say(read("finish"), station="sweep")
    assert found.refused[0].reason == "This key speaks for one vehicle. It is sweep."
    assert say(read("finish"), label="sweep").refused == [], "only its pings are bound by a label"


def test_control_speaks_for_every_place_and_vehicle() -> None:
    assert say(read("finish"), ping("sweep"), role="control").refused == []


@pytest.mark.parametrize("place", ["finish", "Finish", "FINISH-1", "ARCH", "finish-2"])
def test_a_sighting_at_the_finish_by_a_station_of_another_place_makes_no_finish(place: str) -> None:
    for station in ("mile-25", "start"):
        day = Day(DAY.event, items=[])
        day.entrant("1")
        day.runs("1", start="07:00:10", p30k="10:00")
        found = say(
            {"kind": "sighting", "bib": "1", "place": place}, role="station", station=station
        )
        assert "its own place" in found.refused[0].reason
        seen = fold([[*day.items, *(heard.received for heard in found.heard)]], at("12:00"))
        assert seen.finish("1") == ""


def test_a_station_sees_at_its_own_place_and_may_leave_its_name_out() -> None:
    for station, place in (("mile-25", "Mile-25"), ("finish", "finish"), ("finish", "")):
        found = say(
            {"kind": "sighting", "bib": "1", "place": place}, role="station", station=station
        )
        assert found.refused == []
        assert isinstance(found.heard[0].received.fact, Sighting)
