"""The paper beside a number, measured in pictures that are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from homestretch.photos.lattice import DIGITS, find_gap, list_runs
from homestretch.photos.margins import REACH, find_paper
from homestretch.photos.opening import Pixels

DIGIT, TALL = 20, 30
LEFT, RIGHT = 100, 100 + 4 * DIGIT
QUAD = np.array([[LEFT, 40], [RIGHT, 40], [RIGHT, 80], [LEFT, 80]], float)


def a_bib(paper: int, ink: int, left: float = 1.0, right: float = 1.0) -> Pixels:
    """Four bars for digits on paper that goes on for so many digits' widths at both sides, before grey."""
    picture = np.full((120, 300, 3), 128, np.uint8)
    picture[30:90, round(LEFT - left * DIGIT) : round(RIGHT + right * DIGIT)] = paper
    for digit in range(4):
        begin = LEFT + digit * DIGIT
        picture[45 : 45 + TALL, begin : begin + DIGIT - 6] = ink
    return picture


@pytest.mark.parametrize(("paper", "ink"), [(250, 20), (30, 240)])
def test_paper_at_both_sides_is_measured_in_digits_whatever_its_colour(
    paper: int, ink: int
) -> None:
    left, right = find_paper(a_bib(paper, ink), QUAD, 4).margins
    assert left == pytest.approx(1.0, abs=0.2)
    assert right == pytest.approx(1.3, abs=0.2)


def test_under_a_hand_there_is_no_paper_and_a_wide_sheet_is_measured_up_to_the_reach() -> None:
    hand = a_bib(250, 20, left=0.5, right=3)
    hand[20:100, RIGHT - 5 : RIGHT + 60] = (190, 150, 120)
    left, right = find_paper(hand, QUAD, 4).margins
    assert left == pytest.approx(0.5, abs=0.2)
    assert right < 0.25
    assert find_paper(a_bib(250, 20, right=4), QUAD, 4).margins[1] == pytest.approx(REACH, abs=0.35)


@pytest.mark.parametrize("patch", [(190, 150, 120), (128, 128, 128), (250, 250, 250)])
def test_the_sheet_goes_on_beyond_what_hides_a_digit_and_ends_where_it_ends(
    patch: tuple[int, int, int],
) -> None:
    covered = a_bib(250, 20)
    covered[38:82, RIGHT - DIGIT - 2 : RIGHT + 2] = patch
    three = QUAD.copy()
    three[1:3, 0] = RIGHT - DIGIT
    left, right = find_paper(covered, three, 3).sheet
    assert right - left == pytest.approx(1.2, abs=0.35)
    left, right = find_paper(a_bib(250, 20), QUAD, 4).sheet
    assert right - left == pytest.approx(0.2, abs=0.3)
    assert find_paper(covered[:, : RIGHT - DIGIT + 30], three, 3).sheet[0] == pytest.approx(
        1, abs=0.3
    )


def test_where_ink_and_paper_are_one_colour_nothing_is_said() -> None:
    assert find_paper(a_bib(200, 195), QUAD, 4).margins == ()


def test_the_other_characters_of_a_line_are_counted_beside_its_number() -> None:
    greedy = ["R", "", "U", "U", "N", " ", "2", "", "0", "1", "9"]
    lattice = np.full((len(greedy), 11), 0.01)
    for at, letter in enumerate(greedy):
        lattice[at, DIGITS.index(letter) + 1 if letter in DIGITS and letter else 0] = 0.9
    [run] = list_runs(lattice / lattice.sum(axis=1, keepdims=True), greedy)
    assert run.beside == 3


@pytest.mark.parametrize(("apart", "gap"), [(3, 0), (8, 1)])
def test_two_digits_that_stand_far_apart_have_one_between_them(apart: int, gap: int) -> None:
    lattice = np.full((apart + 3, 11), 0.01)
    lattice[:, 0] = 0.9
    for at, digit in ((1, 8), (1 + apart, 1)):
        lattice[at, [0, digit + 1]] = 0.01, 0.9
    assert find_gap(lattice / lattice.sum(axis=1, keepdims=True)) == gap
