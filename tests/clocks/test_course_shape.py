"""What an earlier edition showed of the course: kept as a file, and believed only where the mats are the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.clocks import check_clocks, course_shape, fit_shape, list_bends
from homestretch.folder.course_shape import Bend, read_bends, write_bends
from tests.clocks.made import METRES, a_field

MADE = a_field(6)
BENDS = list_bends(course_shape(MADE.watched()), ["marathon"], METRES[None, :])
MAT = 5

metres = st.floats(0.0, 200_000.0).map(lambda place_m: round(place_m, 1))


@st.composite
def bends(draw: st.DrawFn) -> Bend:
    from_m, to_m = sorted(draw(st.lists(metres, min_size=2, max_size=2, unique=True)))
    race = draw(st.text("abc-1", min_size=1, max_size=8))
    difference = round(draw(st.floats(-1.9, 1.9)), 5)
    return Bend(race, draw(metres), from_m, to_m, difference)


@given(st.lists(bends(), max_size=5))
def test_what_is_written_is_read_again(there: list[Bend]) -> None:
    assert read_bends(write_bends(there).encode()) == (tuple(there), ())


@given(st.binary(max_size=200))
def test_a_file_of_anything_is_named_and_never_an_exception(data: bytes) -> None:
    found, problems = read_bends(data)
    assert found == ()
    assert problems
    assert {problem.severity for problem in problems} <= {"warning", "note", "error"}


def test_every_mat_has_its_difference_and_the_check_takes_it_from_the_file() -> None:
    read, _ = read_bends(write_bends(BENDS).encode())
    assert len(read) == len(METRES)
    shape = fit_shape(
        read, ["half", "marathon"], np.array([METRES[:5].tolist() + [np.nan] * 4, METRES])
    )
    assert {race for race, *_ in shape} == {1}
    watched = MADE.shifted(MAT, 130.0).watched()
    (found,) = check_clocks(watched, fit_shape(read, ["marathon"], METRES[None, :]))
    assert (found.kind, found.point) == ("offset", MAT)
    assert check_clocks(watched) == ()


@pytest.mark.parametrize(("moved_m", "there"), [(15.0, len(METRES)), (400.0, len(METRES) - 3)])
def test_a_mat_that_lies_elsewhere_today_is_no_measure_nor_are_those_beside_it(
    moved_m: float, there: int
) -> None:
    today = METRES.copy()
    today[MAT] += moved_m
    assert len(fit_shape(BENDS, ["marathon"], today[None, :])) == there


def test_beside_a_mat_that_is_silent_today_the_earlier_edition_says_nothing() -> None:
    silent = MADE.shifted(MAT, 130.0)
    silent.time_s[:, MAT + 1] = np.nan
    assert check_clocks(silent.watched(), fit_shape(BENDS, ["marathon"], METRES[None, :])) == ()


def test_another_course_of_the_same_race_shows_nothing() -> None:
    assert fit_shape(BENDS, ["marathon"], METRES[None, :] * 1.1 + 50.0) == {}
    bare = replace(MADE.watched(), race=np.zeros(0, np.int64), passed_at=np.zeros((0, 9), np.int64),
                   source=np.zeros((0, 9), np.int64))  # fmt: skip
    assert course_shape(bare) == {}
