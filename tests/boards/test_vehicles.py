"""Vehicles on the boards: who leads and sweeps is everybody's, everything else control's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest

from homestretch.boards.home import HomeChoices, rows
from homestretch.boards.ribbon import make_ribbon
from homestretch.boards.vehicles import STAFF, VehicleRow, VehicleTable
from homestretch.picture import Picture
from homestretch.race.privacy import Role, Viewer
from homestretch.web.render import board_key, live_parts, make_board
from tests.boards.days import ALL, LEAD_S_PER_KM, MINUTE_MS, Wanted, make_picture

PUBLIC, DIRECTOR = Viewer(), Viewer("director")


def with_tracks(picture: Picture, **changed: dict[str, Any]) -> Picture:
    """The same Picture with something else known of vehicles, by name (an underscore for a dash)."""
    tracks = tuple(
        replace(track, **changed.get(track.name.replace("-", "_"), {}))
        for track in picture.state.vehicles
    )
    return replace(picture, state=replace(picture.state, vehicles=tracks))


def table(picture: Picture, viewer: Viewer = DIRECTOR) -> VehicleTable:
    found = rows(picture, viewer, HomeChoices()).vehicles
    assert found is not None
    return found


def row(picture: Picture, name: str) -> VehicleRow:
    (found,) = [one for one in table(picture).vehicles if one.name == name]
    return found


def names(picture: Picture, viewer: Viewer) -> list[str]:
    return [mark.name for mark in make_ribbon(picture, viewer).vehicles]


def text_of(picture: Picture, viewer: Viewer) -> dict[str, str]:
    key = board_key("home", {})
    return live_parts(key, make_board(key, picture, viewer), viewer)


def test_the_lead_car_is_where_its_phone_put_it_and_everybody_sees_it() -> None:
    picture = make_picture(Wanted(minutes=100))
    (lead,) = make_ribbon(picture, PUBLIC).vehicles
    assert (lead.name, lead.kind, lead.age_ms) == ("lead-car", "lead", MINUTE_MS)
    assert lead.at_m == pytest.approx(99 * MINUTE_MS / LEAD_S_PER_KM, abs=30)
    said = text_of(picture, PUBLIC)
    assert "Small green car: lead-car at" in said["live-legend"]
    assert "heard 1 min ago" in said["live-legend"]
    assert "is-lead" in said["live-ribbon"]


def test_marshals_and_buses_are_on_the_ribbon_for_staff_alone() -> None:
    picture = make_picture(Wanted(minutes=100))
    at = {"distance_m": 5000.0, "placed_at": picture.now - 1000, "stale": False}
    picture = with_tracks(picture, bus_1=at, bike_7=at)
    for role in get_args(Role):
        shown = names(picture, Viewer(role))
        assert shown == (["lead-car", "bus-1", "bike-7"] if role in STAFF else ["lead-car"]), role


def test_a_vehicle_that_is_silent_leaves_the_ribbon_and_stays_in_the_table() -> None:
    picture = make_picture(Wanted(minutes=100))
    old = picture.now - 6 * MINUTE_MS
    silent = with_tracks(picture, lead_car={"placed_at": old, "seen_at": old, "stale": True})
    assert names(silent, DIRECTOR) == []
    assert row(silent, "lead-car").stale
    assert "6 min ago" in text_of(silent, DIRECTOR)["live-vehicles"]


def test_no_vehicle_is_on_the_ribbon_before_the_first_gun_or_once_everybody_is_home() -> None:
    early = make_picture(Wanted(minutes=-15))
    at = {"distance_m": 0.0, "placed_at": early.now}
    assert names(with_tracks(early, lead_car=at), DIRECTOR) == []
    over = make_picture(ALL["finished"])
    assert over.state.over
    assert names(with_tracks(over, lead_car={"placed_at": over.now}), DIRECTOR) == []


def test_the_table_says_where_each_is_how_old_that_is_and_how_its_phone_is() -> None:
    picture = make_picture(Wanted(minutes=100))
    assert [one.name for one in table(picture).vehicles] == ["sweep", "lead-car", "bus-1", "bike-7"]
    sweep, bus, bike = (row(picture, name) for name in ("sweep", "bus-1", "bike-7"))
    assert (sweep.race, sweep.stale, sweep.off_m) == ("Marathon", False, None)
    assert picture.state.sweep is not None
    assert sweep.at_m == pytest.approx(picture.state.sweep.distance_m, abs=0.1)
    assert (bus.at_m, bus.battery, bus.stale) == (None, 0.31, True)
    assert bus.off_m is not None
    assert bus.off_m > 300
    assert (bike.seen_at, bike.heard_at, bike.at_m) == (None, None, None)
    said = text_of(picture, DIRECTOR)["live-vehicles"]
    for words in ("31 %", "off the course", "1 h 40 min ago", "nothing heard yet", "not known"):
        assert words in said, words


def test_what_was_left_out_and_names_that_the_plan_does_not_know_are_said() -> None:
    picture = make_picture(Wanted(minutes=100))
    picture = with_tracks(picture, lead_car={"jumped": 3, "repeated": 12})
    picture = replace(picture, state=replace(picture.state, unknown_vehicles={"van": 4}))
    left_out = row(picture, "lead-car").left_out
    assert left_out == (
        "12 only repeated the position before",
        "3 farther away than anybody drives",
    )
    said = text_of(picture, DIRECTOR)["live-vehicles"]
    assert "4 fixes of “van”" in said


@pytest.mark.parametrize("role", [role for role in get_args(Role) if role not in STAFF])
def test_nobody_but_director_and_control_sees_the_table(role: Role) -> None:
    picture = make_picture(Wanted(minutes=100))
    assert rows(picture, Viewer(role), HomeChoices()).vehicles is None
    assert text_of(picture, Viewer(role))["live-vehicles"] == ""


def test_a_phone_that_talks_without_a_new_position_is_said_to_live() -> None:
    picture = make_picture(Wanted(minutes=100))
    talking = with_tracks(
        picture,
        lead_car={
            "seen_at": picture.now - 9 * MINUTE_MS,
            "heard_at": picture.now - 2 * MINUTE_MS,
            "stale": True,
        },
    )
    said = text_of(talking, DIRECTOR)["live-vehicles"]
    assert "9 min ago<br>its phone 2 min ago" in said
