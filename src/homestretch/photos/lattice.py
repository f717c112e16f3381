"""From a recogniser's lattice to digit strings with their probability.

A lattice is what the recogniser says of a line of text, step by step from left to right: for each step a
probability of "nothing new" (the blank) and of each digit. Other characters count as blank, except where
they are what recognisers take a digit for. A prefix beam search sums over all ways to say the same string
(Hannun et al. 2014, "First-pass large vocabulary continuous speech recognition", algorithm 1, without a
language model).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Lattice: TypeAlias = NDArray[np.float64]
"""Steps × 11: blank, then the digits 0 to 9; each row sums to 1."""

BEAM: Final = 16
KEPT: Final = 10
LEAST: Final = 1e-4
GAP: Final = 1.6
"""So many times the usual distance of two digits is the place of a hidden one."""
PAIR_GAP: Final = 6.0
"""So many steps (of a line as high as the recogniser wants it) are between two digits alone, where usual are two to
four, when one is hidden between them."""
LONGEST: Final = 6
"""Digits of a bib, at most."""
DIGITS: Final = "0123456789"
LOOKS_LIKE: Final = {
    "O": 0, "o": 0, "D": 0, "Q": 0, "I": 1, "l": 1, "|": 1, "i": 1, "!": 1, "Z": 2, "z": 2,
    "S": 5, "s": 5, "b": 6, "G": 6, "B": 8, "g": 9, "q": 9,
}  # fmt: skip
"""Characters that a recogniser writes for a digit, and the digit."""


class Run(NamedTuple):
    """Neighbouring steps of a line that hold one number; ``first`` and ``last`` in shares of the line, ``beside``
    counts the other characters of the line."""

    lattice: Lattice
    first: float
    last: float
    beside: int = 0


def list_runs(lattice: Lattice, greedy: list[str]) -> list[Run]:
    """The numbers in a line. ``greedy`` is the likeliest character of each step ("" for the blank); a run
    ends at a character that is no digit and looks like none, and holds at least one true digit."""
    steps = len(greedy)
    runs = []
    begin = 0
    for at in range(steps + 1):
        if at < steps and (not greedy[at] or greedy[at] in DIGITS or greedy[at] in LOOKS_LIKE):
            continue
        if run := _run(lattice, greedy, begin, at):
            runs.append(run)
        begin = at + 1
    return runs


def _run(lattice: Lattice, greedy: list[str], begin: int, end: int) -> Run | None:
    written = [at for at in range(begin, end) if greedy[at]]
    digits = sum(greedy[at] in DIGITS for at in written)
    if digits == 0 or 2 * digits < len(written):
        return None
    first, last = max(begin, written[0] - 2), min(end, written[-1] + 3)
    steps = len(greedy)
    beside = _count(greedy) - _count(greedy[begin:end])
    return Run(lattice[first:last], first / steps, last / steps, beside)


def _count(greedy: list[str]) -> int:
    """Characters on the likeliest path: one that is repeated without a blank between is one."""
    before = ["", *greedy]
    return sum(bool(one.strip()) and one != last for last, one in zip(before, greedy, strict=False))


def list_strings(lattice: Lattice) -> list[tuple[str, float]]:
    """Digit strings with their probability, the likeliest first; the empty string is left out."""
    beams: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}
    for row in lattice:
        beams = _step(beams, row)
    found = [(text, ended + open_) for text, (ended, open_) in beams.items() if text]
    found = [(text, float(p)) for text, p in found if p >= LEAST and len(text) <= LONGEST]
    return sorted(found, key=lambda item: (-item[1], item[0]))[:KEPT]


def find_gap(lattice: Lattice) -> int:
    """Before which digit of the likeliest string a digit seems to be hidden, 0 where none: digits of a bib
    stand evenly, and one distance is that of two. Of two digits the distance itself tells it."""
    best = lattice.argmax(axis=1)
    centres = [(first + last) / 2 for first, last in _stretches(best)]
    apart = np.diff(centres)
    if len(apart) < 2:
        return int(len(apart) == 1 and float(apart[0]) >= PAIR_GAP)
    widest = int(apart.argmax())
    others = np.delete(apart, widest)
    return widest + 1 if apart[widest] >= GAP * float(np.median(others)) else 0


def _stretches(best: NDArray[np.intp]) -> list[tuple[int, int]]:
    """First and last step of each digit on the likeliest path."""
    found: list[tuple[int, int]] = []
    for at, symbol in enumerate(best):
        if symbol == 0:
            continue
        if found and found[-1][1] == at - 1 and best[at - 1] == symbol:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found


def _step(
    beams: dict[str, tuple[float, float]], row: NDArray[np.float64]
) -> dict[str, tuple[float, float]]:
    """One step on. A beam holds the probability of the string with a blank last, and with its digit last."""
    ended: dict[str, float] = defaultdict(float)
    open_: dict[str, float] = defaultdict(float)
    p_blank = float(row[0])
    digits = [(DIGITS[d], float(row[d + 1])) for d in np.flatnonzero(row[1:] > LEAST)]
    for text, (p_ended, p_open) in beams.items():
        ended[text] += p_blank * (p_ended + p_open)
        for digit, p in digits:
            if text[-1:] == digit:
                open_[text] += p * p_open
                open_[text + digit] += p * p_ended
            else:
                open_[text + digit] += p * (p_ended + p_open)
    both = {text: (ended[text], open_[text]) for text in {*ended, *open_}}
    best = sorted(both.items(), key=lambda item: (-sum(item[1]), item[0]))
    return dict(best[:BEAM])
