"""Pictures of one burst are of the same people: who is read whole in one is looked for in the others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from homestretch.photos.camera import Due
from homestretch.photos.deciding import AUTO, TAGGED, Expected
from homestretch.photos.judging import Judged, Shot, judge, raise_sure
from homestretch.photos.values import Box, SeenNumber

DUE = {"25k": {str(bib): Due(at * 20_000, 40.0) for at, bib in enumerate(range(3600, 3800))}}
"""Two hundred people with neighbouring numbers, one every 20 seconds."""
BOX = Box(0.4, 0.4, 0.1, 0.05)


def shot(name: str, text: str, taken_at: int, camera: str = "a") -> Shot:
    return Shot(name, "25k", camera, taken_at, (SeenNumber(BOX, ((text, 0.999),)),))


def a_known_clock(camera: str = "a") -> list[Shot]:
    """Twenty pictures that tell the clock."""
    those = list(DUE["25k"].items())[:200:10]
    return [shot(f"{camera}{bib}", bib, one.at, camera) for bib, one in those]


def judged(*more: Shot) -> dict[str, Judged]:
    return {one.photo: one for one in judge([*a_known_clock(), *a_known_clock("b"), *more], DUE)}


def p_of(bib: str, one: Judged) -> float:
    return next((found.p for found in one.candidates if found.bib == bib), 0.0)


def test_a_hidden_digit_is_found_by_the_picture_before_it_in_the_burst() -> None:
    at = DUE["25k"]["3714"].at
    whole, hidden = shot("whole", "3714", at), shot("hidden", "371", at + 1_000)
    assert p_of("3714", judged(hidden)["hidden"]) < TAGGED
    both = judged(whole, hidden)
    assert p_of("3714", both["hidden"]) >= TAGGED
    assert p_of("3714", both["whole"]) >= AUTO


def test_only_the_same_camera_within_three_seconds_is_a_burst() -> None:
    at = DUE["25k"]["3714"].at
    hidden = shot("hidden", "371", at + 1_000)
    alone = p_of("3714", judged(hidden)["hidden"])
    for other in (shot("later", "3714", at + 5_000), shot("another", "3714", at, "b")):
        assert abs(p_of("3714", judged(other, hidden)["hidden"]) - alone) < 0.02


def test_who_is_read_in_one_picture_is_no_witness_for_another_number_in_the_next() -> None:
    at = DUE["25k"]["3714"].at
    both = judged(shot("whole", "3714", at), shot("other", "3716", at + 1_000))
    assert p_of("3714", both["other"]) == 0.0
    assert p_of("3716", both["other"]) >= AUTO


@given(
    st.dictionaries(st.integers(100, 130).map(str), st.floats(0.1, 9), min_size=1),
    st.dictionaries(st.integers(100, 130).map(str), st.floats(0.95, 1)),
)
def test_those_of_the_burst_get_most_of_the_prior_and_nobody_new_is_expected(
    weights: dict[str, float], sure: dict[str, float]
) -> None:
    raised = raise_sure(Expected(weights), sure)
    there = set(weights) & set(sure)
    assert (raised is None) == (not there)
    if raised is not None:
        assert set(raised.weights) == set(weights)
        assert sum(raised.weights[bib] for bib in there) >= 0.799 * sum(raised.weights.values())
        assert all(raised.weights[bib] == weights[bib] for bib in set(weights) - there)
