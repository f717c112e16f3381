"""How a bib is misread: the probability of each string that may be seen when this bib is worn.

Hands, belts and folds hide digits at the ends, more rarely within; digits that look alike are taken for
each other. The shares are those measured on race photos (docs/photos.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import exp, pi, sqrt
from typing import Final, NamedTuple

EXACT: Final = 0.88
ONE_END, TWO_ENDS = 0.022, 0.004
"""One or two digits hidden, for each end."""
INNER: Final = 0.006
"""One digit within is lost."""
GAP: Final = 0.1
"""One digit is lost where there is room for it."""
SUBSTITUTED: Final = 0.03
"""One digit is taken for another."""
SURELY, SURE_DOUBT = 0.98, 0.4
"""Where the recogniser itself is so sure of the string, so much of that."""
ADDED: Final = 0.006
"""An edge or a fold is taken for one digit more, for each end."""
BARE: Final = 0.25
"""A side with less paper than so much of a digit's width is bare:"""
P_BARE_HIDDEN, P_BARE_OPEN = 0.5, 0.15
"""so often where a digit is hidden there, and where none is."""
SHEET: Final = 2.6
"""Paper that goes farther is maybe a white shirt."""
OFF_CENTRE: Final = 0.4
"""Standard deviation of how far a whole number stands from the middle of its sheet, twice, in digits' widths;"""
P_ELSEWHERE: Final = 0.5
"""so often the sheet is not what it was taken for,"""
ELSEWHERE: Final = 6.0
"""and anything within so many digits' widths is as likely."""
END_WEIGHT: Final = 2.0
"""A digit at an end is so many times as likely to be misread as one within."""
NO_BIB_DIGITS: Final = (0.0, 0.24, 0.28, 0.2, 0.2, 0.05, 0.03)
"""So often a number that is no bib has so many digits."""
USUAL: Final = {
    1: (0.5, frozenset(["1", "3", "5", "8"])),
    2: (0.5, frozenset(["10", "11", "12", "15", "20", "21", "25", "30", "35", "40", "42", "50"])),
    3: (0.2, frozenset(["100", "111"])),
    4: (0.5, frozenset(map(str, range(1970, 2050)))),
}
"""By the number of digits: so many of those are one of these. Distances and years; legs and fences are read as ones."""
ALIKE: Final = (
    "08",
    "06",
    "09",
    "17",
    "14",
    "27",
    "38",
    "39",
    "35",
    "56",
    "68",
    "69",
    "89",
    "49",
    "59",
)
ALIKE_WEIGHT: Final = 5.0


class Ends(NamedTuple):
    """How well the paper beside a number fits: all of it is there, something is hidden at its left, at its right,
    at both."""

    whole: float = 1.0
    left: float = 1.0
    right: float = 1.0
    both: float = 1.0


UNKNOWN: Final = Ends()


def weigh_ends(margins: Sequence[float], sheet: Sequence[float] = ()) -> Ends:
    """What the paper at the left and right of a number (``SeenNumber.margins``) says of its ends: a hand that
    hides a digit hides the paper between the digits too. Where there is paper at both sides, how far the sheet goes
    (``SeenNumber.sheet``) says more: numbers stand in its middle, so one that does not goes on."""
    if len(margins) != 2:
        return UNKNOWN
    centred = _weigh_sheet(sheet)
    no_left, no_right = (margin < BARE for margin in margins)
    if sheet and not (no_left or no_right):
        return centred
    left = P_BARE_HIDDEN if no_left else 1 - P_BARE_HIDDEN
    right = P_BARE_HIDDEN if no_right else 1 - P_BARE_HIDDEN
    left_open = P_BARE_OPEN if no_left else 1 - P_BARE_OPEN
    right_open = P_BARE_OPEN if no_right else 1 - P_BARE_OPEN
    return Ends(
        left_open * right_open * centred.whole,
        left * right_open * centred.left,
        left_open * right * centred.right,
        left * right * centred.both,
    )


def _weigh_sheet(sheet: Sequence[float]) -> Ends:
    """Densities of how much farther the sheet goes at the right than at the left, in digits' widths."""
    if len(sheet) != 2 or min(sheet) < BARE or max(sheet) > SHEET:
        return UNKNOWN
    more_at_right = sheet[1] - sheet[0]

    def density(digits: float) -> float:
        away = (more_at_right - digits) / OFF_CENTRE
        normal = exp(-(away**2) / 2) / (OFF_CENTRE * sqrt(2 * pi))
        return (1 - P_ELSEWHERE) * normal + P_ELSEWHERE / ELSEWHERE

    return Ends(density(0), density(-1), density(1), density(0))


def p_seen(text: str, bib: str, gap: int = 0, ends: Ends = UNKNOWN, p_text: float = 0.0) -> float:
    """Probability that ``text`` is read when ``bib`` is worn and something of it is read. Where the digits
    stand apart before digit ``gap``, one that is hidden there is no surprise; nor is one at an end without paper.
    ``p_text`` is how sure the recogniser is of it."""
    if gap and len(bib) == len(text) + 1 and bib[:gap] + bib[gap + 1 :] == text:
        return GAP * ends.whole
    if text == bib:
        return EXACT * ends.whole
    more = len(text) - len(bib)
    if more == 0:
        doubt = SURE_DOUBT if p_text >= SURELY else 1.0
        return _p_substituted(text, bib) * doubt * ends.whole
    if more == 1:
        return ADDED * 0.1 * (text.endswith(bib) + text.startswith(bib)) * ends.whole
    at_right, at_left = ends.right * bib.startswith(text), ends.left * bib.endswith(text)
    if more == -1:
        return ONE_END * (at_right + at_left) + _p_inner(text, bib) * ends.whole
    if more == -2 and len(text) >= 2:
        return TWO_ENDS * (at_right + at_left + ends.both * (bib[1:-1] == text))
    return 0.0


def _p_inner(text: str, bib: str) -> float:
    inner = range(1, len(bib) - 1)
    lost = sum(bib[:at] + bib[at + 1 :] == text for at in inner)
    return INNER * lost / len(inner) if lost else 0.0


def _p_substituted(text: str, bib: str) -> float:
    other = [at for at in range(len(bib)) if text[at] != bib[at]]
    if len(other) != 1:
        return 0.0
    at = other[0]
    weights = [END_WEIGHT if i in (0, len(bib) - 1) else 1.0 for i in range(len(bib))]
    return SUBSTITUTED * weights[at] / sum(weights) * p_taken_for(bib[at], text[at])


@lru_cache(maxsize=128)
def p_taken_for(digit: str, other: str) -> float:
    """Probability that a digit that was misread was taken for this other one."""
    return _weight(digit, other) / sum(_weight(digit, d) for d in "0123456789" if d != digit)


def p_no_bib(text: str) -> float:
    """Probability that a number that is no bib is this one."""
    digits = len(text)
    if digits >= len(NO_BIB_DIGITS):
        return 0.0
    share, usual = USUAL.get(digits, (0.0, frozenset()))
    one_of_these = (text in usual) / max(len(usual), 1)
    return NO_BIB_DIGITS[digits] * (share * one_of_these + (1 - share) * 10.0**-digits)


def _weight(digit: str, other: str) -> float:
    return ALIKE_WEIGHT if digit + other in ALIKE or other + digit in ALIKE else 1.0
