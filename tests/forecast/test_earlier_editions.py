"""What an earlier edition showed of the course: learnt when all was over, kept as a file, believed at the next."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.folder.course_pace import LegPaces, read_paces, write_paces
from homestretch.forecast.courses import (
    LEAST_PEOPLE,
    CourseKnown,
    edition_of,
    known_from,
    learn_course,
)
from homestretch.forecast.forecaster import Forecaster
from homestretch.forecast.values import FINISH, MEDIAN
from tests.forecast.fields import GUN, MATS_M, a_marathon, made_up, runs_evenly

HILL = 0.06
"""By what share the legs from 25 km on take longer on this course."""


def kept(known: CourseKnown, race: str = "marathon") -> LegPaces:
    effects = known.effects
    return LegPaces(
        race, known.mats_m.tolist(), effects.curve.tolist(), effects.covariance.tolist()
    )


@pytest.fixture(scope="module")
def hilly() -> CourseKnown:
    """What an edition on a hard course showed."""
    found = learn_course(made_up(day=HILL))
    assert found is not None
    return found


def test_what_is_written_is_read_again(hilly: CourseKnown) -> None:
    (read,), problems = read_paces(write_paces([kept(hilly)]).encode())
    assert problems == ()
    again = known_from(read.mats_m, read.shares, read.covariance)
    assert again.holds_at(hilly.mats_m)
    assert np.allclose(again.effects.curve, hilly.effects.curve, atol=1e-8)
    assert np.allclose(again.effects.covariance, hilly.effects.covariance, atol=1e-12)


@given(st.binary(max_size=200))
def test_a_file_of_anything_is_named_and_never_an_exception(data: bytes) -> None:
    found, problems = read_paces(data)
    assert found == ()
    assert problems or data.strip() == b"[]"


@pytest.mark.parametrize(
    "change",
    [
        {"mats_m": [5000.0]},
        {"shares": [[0.0]]},
        {"shares": [[9.0] * 8] * 8},
        {"covariance": [[0.0]]},
    ],
)
def test_what_cannot_be_is_left_out_and_told(
    hilly: CourseKnown, change: dict[str, list[list[float]]]
) -> None:
    wrong = msgspec.structs.replace(kept(hilly), **change)
    found, problems = read_paces(write_paces([wrong, kept(hilly)]).encode())
    assert [one.race for one in found] == ["marathon"]
    assert len(problems) == 1


def test_the_first_runner_of_the_day_is_forecast_on_the_course_that_is_known(
    hilly: CourseKnown,
) -> None:
    day = a_marathon()
    day.entrant("1")
    runs_evenly(day, "1", 330.0, 21_097.5)
    state = day.state("09:05").state
    event = day.event
    race = event.races[0].id

    def finish_s(known: CourseKnown | None) -> int:
        forecaster = Forecaster(event, known={race: known} if known else None)
        forecast = forecaster.make(state)
        return int(forecast.in_s[0, FINISH, MEDIAN])

    moved = hilly._replace(mats_m=hilly.mats_m + 400.0)
    plain = finish_s(None)
    slower = finish_s(hilly) - plain
    ahead_s = 330.0 * (MATS_M[-1] - 25_000.0) / 1000.0
    assert 0.4 * HILL * ahead_s < slower < 1.5 * HILL * ahead_s
    assert finish_s(moved) == plain, "mats elsewhere: another course"


def test_an_event_that_is_over_is_an_edition_of_its_finishers() -> None:
    day = a_marathon()
    for number in range(1, 7):
        day.entrant(str(number))
    for number in range(1, 6):
        runs_evenly(day, str(number), 300.0 + 10.0 * number, MATS_M[-1])
    runs_evenly(day, "6", 400.0, 30_000.0)
    edition = edition_of(day.event, day.state("14:00").state, 0)
    assert edition is not None
    assert edition.sites_m.tolist() == list(MATS_M)
    assert edition.times.shape == (5, len(MATS_M)), "who did not finish says nothing"
    assert edition.times[0, -1] == pytest.approx(310.0 * MATS_M[-1] / 1000.0, abs=2.0)
    assert learn_course(edition) is None, f"fewer than {LEAST_PEOPLE}"
    empty = a_marathon()
    empty.entrant("1")
    assert edition_of(empty.event, empty.state(GUN).state, 0) is None
