"""Words in a drawing never cover each other, whatever stands where."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.web.labels import EDGE, NUDGE, POLE, Words, place_along, place_flags, span

NAMES = [
    "start",
    "10K",
    "mile 25",
    "half marathon finish",
    "finish",
    "35K",
    "a bridge with a long name",
]
SHARES = st.floats(0.02, 0.98)


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), SHARES), max_size=25),
    st.floats(16, 90),
    st.integers(1, 2),
)
def test_names_under_the_road_never_overlap_and_never_leave_the_drawing(
    points: list[tuple[str, float]], width: float, lanes: int
) -> None:
    placed = place_along([Words(name, x) for name, x in points], width, lanes)
    assert all(abs(label.dx) <= NUDGE and label.lane < lanes for label in placed)
    for lane in range(lanes):
        spans = [
            tuple(edge + label.dx for edge in span(label.words, label.x, label.anchor, width))
            for label in placed
            if label.lane == lane
        ]
        assert all(low >= -EDGE and high <= width + EDGE for low, high in spans)
        for (low, high), (other_low, other_high) in combinations(sorted(spans), 2):
            assert high <= other_low or other_high <= low


MARATHON = {"Start": 0, "5K": 5, "10K": 10, "15K": 15, "Half": 21.1, "25K": 25, "30K": 30, "35K": 35, "Mile 25": 40.2, "Finish": 42.2}  # fmt: skip


@pytest.mark.parametrize(("width", "lanes"), [(20.0, 2), (39.0, 2), (50.0, 2), (64.0, 1)])
def test_the_point_beside_the_finish_has_its_name_at_every_size(width: float, lanes: int) -> None:
    points = [Words(name, 0.02 + 0.96 * km / 42.195) for name, km in MARATHON.items()]
    names = {label.words for label in place_along(points, width, lanes)}
    assert {"Mile 25", "Finish", "Half", "Start"} <= names
    assert width < 39 or names == set(MARATHON)


@given(st.lists(SHARES, max_size=12), st.floats(20, 90))
def test_the_two_ends_of_the_road_keep_their_names(inner: list[float], width: float) -> None:
    points = [Words("start", 0.02), *(Words("35K", x) for x in inner), Words("finish", 0.98)]
    words = [label.words for label in place_along(points, width)]
    assert words[0] == "start"
    assert words[-1] == "finish"


@given(SHARES, SHARES, st.sampled_from([20.0, 39.0]))
def test_car_and_lantern_never_cover_each_other_nor_each_others_pole(
    sweep: float, lantern: float, width: float
) -> None:
    wanted = [Words("sweep 15:48/mi", sweep), Words("last runner", lantern)]
    one, other = place_flags(wanted, width)
    low, high = span(one.words, one.x, one.anchor, width)
    other_low, other_high = span(other.words, other.x, other.anchor, width)
    if one.lane == other.lane:
        assert high <= other_low or other_high <= low
    upper, (lower_low, lower_high) = (
        (one, (other_low, other_high)) if one.lane < other.lane else (other, (low, high))
    )
    if one.lane != other.lane and abs(sweep - lantern) * width > 2 * POLE:
        assert not lower_low + POLE < upper.x * width < lower_high - POLE


@given(SHARES, SHARES, SHARES)
def test_the_three_flags_of_a_runners_page_stay_in_the_drawing_and_apart(
    a: float, b: float, c: float
) -> None:
    placed = place_flags(
        [Words("sweep 15:48/mi", a), Words("last runner", b), Words("4312", c)], 20.0
    )
    spans = {label: span(label.words, label.x, label.anchor, 20.0) for label in placed}
    for one, other in combinations(placed, 2):
        if one.lane == other.lane:
            (low, high), (other_low, other_high) = sorted((spans[one], spans[other]))
            assert high <= other_low or other_high <= low
    assert all(low >= 0 and high <= 20.0 for low, high in spans.values())
