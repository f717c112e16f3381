"""What the keys of stations, tents and desks may say at the JSON door beyond the others."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from homestretch.race.privacy import Role
from homestretch.readers.json_door import Batch, read_batch

AT = 1_777_826_700_000
SOURCE = "http:key-1"


def say(role: Role, station: str = "", **item: Any) -> Batch:
    body = msgspec.json.encode({"items": [{"seq": 1, "seen_at": AT, **item}]})
    return read_batch(body, AT, SOURCE, role, "key-1", station)


def taken(**more: str) -> dict[str, str]:
    return {"kind": "taken-over", "bib": "17", "taken_by": "bus", "keeper": "Bus 2", **more}


def test_a_station_hands_somebody_over_at_its_own_place_alone() -> None:
    assert not say("station", "mile-18", **taken(place="Mile 18")).refused
    for wrong in (taken(place="finish"), taken(), taken(place="mile-18", taken_by="vehicle")):
        assert say("station", "mile-18", **wrong).refused, wrong


@pytest.mark.parametrize("role", ["station", "medical", "desk", "sweep"])
def test_who_is_not_control_takes_back_only_what_the_same_page_of_the_same_key_said(
    role: Role,
) -> None:
    struck = {"kind": "struck", "number": 1, "digest": 1, "device": "takeover"}
    assert not say(role, **struck, source=f"{SOURCE}/takeover").refused
    for source in (SOURCE, "http:key-2/takeover", f"{SOURCE}/radio", "mat:finish"):
        assert "only what it said itself" in say(role, **struck, source=source).refused[0].reason


def test_a_driver_takes_people_on_board_and_lets_them_off_and_carries_nobody_ahead() -> None:
    assert not say("sweep", "sweep", **taken(keeper="sweep")).refused
    for taken_by in ("home", "care", "road", "self"):
        assert not say("sweep", "sweep", **taken(taken_by=taken_by)).refused
    for wrong in (taken(keeper=""), taken(taken_by="vehicle")):
        assert say("sweep", "sweep", **wrong).refused, wrong
    for kind in ("ruled", "flag", "read"):
        assert say("sweep", "sweep", kind=kind).refused


@pytest.mark.parametrize("role", ["control", "director"])
def test_control_takes_back_whatever_was_said(role: Role) -> None:
    struck = {"kind": "struck", "number": 1, "digest": 1, "source": "mat:finish"}
    assert not say(role, **struck).refused


@pytest.mark.parametrize("role", ["announcer", "photographer", "device"])
def test_nobody_else_takes_anybody_over_or_anything_back(role: Role) -> None:
    assert say(role, **taken(place="mile-18")).refused
    struck = {"kind": "struck", "number": 1, "digest": 1, "source": SOURCE}
    assert say(role, **struck).refused


def test_a_point_calls_for_help_from_its_own_place_and_cannot_answer_itself() -> None:
    assert not say("station", "mile-18", kind="help-called", place="mile-18").refused
    assert not say("station", "mile-18", kind="help-called", place="").refused
    assert say("station", "mile-18", kind="help-called", place="finish").refused
    heard = {"kind": "help-heard", "source": f"{SOURCE}/station", "number": 1, "digest": 1}
    assert say("station", "mile-18", **heard).refused
    for role in ("control", "medical"):
        assert not say(role, **heard).refused  # type: ignore[arg-type]  # a role
    assert say("director", **heard).refused
    for role in ("announcer", "desk", "device", "photographer"):
        assert say(role, kind="help-called", place="mile-18").refused  # type: ignore[arg-type]  # a role
