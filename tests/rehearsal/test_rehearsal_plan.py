"""The folder of the made-up event is one that a director could have written without a mistake."""

from __future__ import annotations

import csv
import datetime as dt
import io

import numpy as np
import pytest

from homestretch.errors import PlanError
from homestretch.folder.entrants import parse_entrants
from homestretch.folder.event_toml import parse_event
from homestretch.folder.gpx import parse_gpx
from homestretch.race.event import Event
from homestretch.rehearsal.day import Day, day
from homestretch.rehearsal.mats import DEVICES
from homestretch.rehearsal.plan import RehearsalPlan, plan


@pytest.fixture(scope="module")
def event(small_plan: RehearsalPlan) -> Event:
    event, problems = parse_event(small_plan.event_toml, {"jchip": "tcp-server"})
    assert problems == []
    assert event is not None
    return event


def test_the_three_files_are_without_a_fault(event: Event, small_plan: RehearsalPlan) -> None:
    course, problems = parse_gpx(small_plan.course_gpx.encode(), 42195.0)
    assert course is not None
    assert problems == []
    assert course.distance_m[-1] == 42195.0
    entrants = parse_entrants(small_plan.entrants_csv.encode(), event)
    assert entrants.problems == ()
    assert entrants.counts.races == {"marathon": 200, "half": 300}


def test_the_full_folder_is_without_a_fault() -> None:
    whole = plan()
    event, _ = parse_event(whole.event_toml)
    entrants = parse_entrants(whole.entrants_csv.encode(), event)
    assert entrants.problems == ()
    assert (entrants.counts.rows, entrants.counts.chips) == (10_000, 10_000)


def test_both_races_share_points_at_their_own_distances(event: Event) -> None:
    shared = [point.id for point in event.points if len(point.distance_m) == 2]
    assert shared == ["start", "5k", "10k", "15k", "mile-25", "finish", "mile-8"]
    finish = event.find_point("finish")
    assert finish is not None
    assert finish.distance_m == {"marathon": 42195.0, "half": 21097.5}


def test_the_wheelchairs_have_an_earlier_gun_and_the_sweep_follows_the_last_wave(
    event: Event,
) -> None:
    waves = [wave for race in event.races for wave in race.waves]
    first = min(waves, key=lambda wave: wave.gun_at)
    assert first.division == "wheelchair"
    assert event.sweep is not None
    assert event.sweep.start_at > max(wave.gun_at for wave in waves)
    assert np.isclose(event.sweep.pace_s_per_km * 1.609344, 948.0)


def test_the_devices_of_the_plan_are_those_of_the_day(event: Event) -> None:
    named = [device for point in event.points for device in point.devices]
    assert named == [device.name for device in DEVICES]


def test_the_plan_and_the_truth_are_about_the_same_people(
    small: Day, small_plan: RehearsalPlan, event: Event
) -> None:
    entrants = parse_entrants(small_plan.entrants_csv.encode(), event).entrants
    told = {(entrant.bib, entrant.race) for entrant in entrants}
    assert told == set(zip(small.truth.bibs, small.truth.race, strict=True))
    chairs = {entrant.bib for entrant in entrants if entrant.division == "wheelchair"}
    assert chairs == small.truth.wheelchairs
    assert {entrant.bib for entrant in entrants if entrant.role == "pacer"} == small.truth.pacers


def test_names_are_many_and_consents_differ() -> None:
    rows = list(csv.DictReader(io.StringIO(plan().entrants_csv)))
    names = {(row["First Name"], row["Last Name"]) for row in rows}
    assert len(names) > 9000
    for column in ("Show As", "Companions", "Photos", "Sex", "State"):
        assert len({row[column] for row in rows}) > 1, column
    assert {row["Show As"] for row in rows} == {"name", "initials", "hidden", ""}
    assert any(row["First Marathon"] == "yes" for row in rows)
    assert any(not row["Last Name"].isascii() for row in rows)


def test_a_date_of_birth_gives_the_age_that_the_field_has(event: Event) -> None:
    leap_day = plan(3, dt.date(2028, 2, 29), marathon=120, half=80)
    then, problems = parse_event(leap_day.event_toml)
    assert problems == []
    entrants = parse_entrants(leap_day.entrants_csv.encode(), then).entrants
    ages = [entrant.age for entrant in entrants]
    assert all(age is not None and 16 <= age <= 85 for age in ages)
    assert event.date == "2026-05-03"


def test_a_field_too_small_for_the_day_is_refused_with_a_hint() -> None:
    with pytest.raises(PlanError, match="at least 120"):
        plan(1, marathon=50)
    with pytest.raises(PlanError, match="at least 80"):
        day(1, half=3)
