"""Places that lean: what two lines of one leaning bib share."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.photos.boxes import list_joined, merge_seen
from homestretch.photos.quads import Quad, area_of, as_quad, bounds_of, in_frame, shared_area
from homestretch.photos.values import Box, SeenNumber

SHARE = st.floats(0.05, 0.5)


def leaning(x: float, y: float, width: float, height: float, degrees: float) -> Quad:
    """A rectangle turned around the middle of the picture."""
    turn = math.radians(degrees)
    corners = as_quad(Box(x, y, width, height))
    about = [(u - 0.5, v - 0.5) for u, v in corners]
    a, b, c, d = [
        (
            0.5 + u * math.cos(turn) - v * math.sin(turn),
            0.5 + u * math.sin(turn) + v * math.cos(turn),
        )
        for u, v in about
    ]
    return a, b, c, d


def number(text: str, quad: Quad) -> SeenNumber:
    flat = tuple(value for point in quad for value in point)
    return SeenNumber(bounds_of(quad), ((text, 0.99),), 0, flat)


@given(SHARE, SHARE, SHARE, SHARE, st.floats(-90, 90))
def test_turning_both_changes_no_area_and_a_place_shares_all_with_itself(
    x: float, y: float, width: float, height: float, degrees: float
) -> None:
    one = leaning(x, y, width, height, degrees)
    assert area_of(one) == pytest.approx(width * height)
    assert shared_area(one, one) == pytest.approx(width * height)
    moved = leaning(x + width / 2, y, width, height, degrees)
    assert shared_area(one, moved) == pytest.approx(width * height / 2)
    assert shared_area(one, leaning(x + 2 * width, y, width, height, degrees)) == pytest.approx(0)


@given(SHARE, SHARE, SHARE, st.floats(-80, 80))
def test_along_a_line_what_follows_it_begins_at_one(
    x: float, width: float, height: float, degrees: float
) -> None:
    one = leaning(x, 0.4, width, height, degrees)
    seen = in_frame(leaning(x + width, 0.4, width / 2, height, degrees), one)
    assert (seen.x, seen.y) == pytest.approx((1.0, 0.0), abs=1e-6)
    assert (seen.width, seen.height) == pytest.approx((0.5, 1.0), abs=1e-6)


@pytest.mark.parametrize("degrees", [-25, 0, 15, 25])
def test_a_year_above_the_number_of_a_leaning_bib_is_another_number(degrees: float) -> None:
    bib = number("568", leaning(0.4, 0.5, 0.2, 0.06, degrees))
    year = number("1987", leaning(0.45, 0.455, 0.12, 0.03, degrees))
    assert sorted(one.text for one in merge_seen([bib, year])) == ["1987", "568"]


@pytest.mark.parametrize("degrees", [-25, 0, 25])
def test_a_leaning_number_that_a_hand_cuts_in_two_is_one(degrees: float) -> None:
    left = number("218", leaning(0.3, 0.5, 0.15, 0.06, degrees))
    right = number("1", leaning(0.5, 0.5, 0.05, 0.06, degrees))
    [joined] = list_joined((left, right))
    assert (joined.text, joined.gap) == ("2181", 3)
