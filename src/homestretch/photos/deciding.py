"""Who is in the picture: what was read, times who was expected there then.

For every number that was seen: each expected bib has a prior and the probability, through the channel, of
what was read; beside them stand "a bib that nobody expected" with ``P_ANOTHER`` and "no bib at all" with
``P_NO_BIB``. One bib is worn by one person, so numbers are settled from the surest on, and who has a number does
not get a second one.

    posterior(bib) ∝ prior(bib) · Σ q(s) · 10^len(s) · P(s | bib)
    posterior(another) ∝ P_ANOTHER · Σ q(s) · P(len(s), ends | another)
    posterior(no bib) ∝ P_NO_BIB · Σ q(s) · 10^len(s) · P(s | no bib)

q(s) is the recogniser's probability of the string s; dividing it by what it would be for digits at random
(10^-len) makes a likelihood of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from homestretch.photos.boxes import is_same_place, list_joined
from homestretch.photos.channel import (
    EXACT,
    GAP,
    ONE_END,
    TWO_ENDS,
    Ends,
    p_no_bib,
    p_seen,
    weigh_ends,
)
from homestretch.photos.values import Box, SeenNumber

P_ANOTHER: Final = 0.08
"""A bib of somebody whom nobody expected there then."""
P_NO_BIB: Final = 0.3
"""No bib: a year, a clock, a distance, a sponsor's telephone."""
P_EXPECTED: Final = 1 - P_ANOTHER - P_NO_BIB
P_MISREAD: Final = 0.04
"""Where the whole start list may be there, another bib is only what was misread."""
WORDS: Final = 2
P_WORDS_BIB, P_WORDS_OTHER = 0.08, 0.5
"""A line with so many other characters is a line of words, "CITY RUN 2019": so often with a bib in it, and with
another number."""
P_BACKGROUND: Final = 0.02
"""Prior of all of the start list together that were not expected there; they must be read whole."""
UNTIMED_MOST: Final = 0.94
"""Nobody is tagged by itself whom only the start list knows: a person says so first."""
AUTO, TAGGED, REVIEW = 0.95, 0.8, 0.2
"""Posterior from which a picture is tagged by itself, counts as tagged where one answer is asked for, and is
put to a person."""
TAKEN_SHARE: Final = 0.02
"""Of the prior of a bib that is already in the picture so much is left for a second place."""
RIVALS: Final = 3


class Decision(StrEnum):
    """What becomes of a candidate."""

    TAGGED = "tagged"
    REVIEW = "review"
    NOTHING = "nothing"


class Rival(NamedTuple):
    """Another bib that could have been meant, with its posterior."""

    bib: str
    p: float


class Candidate(NamedTuple):
    """A bib that may be in the picture. ``box`` is where it was seen, ``read`` what stood there,
    ``expected`` whether the bib was expected there then."""

    bib: str
    p: float
    box: Box
    read: str
    rivals: tuple[Rival, ...]
    expected: bool

    @property
    def decision(self) -> Decision:
        """What becomes of it."""
        if self.p >= AUTO:
            return Decision.TAGGED
        return Decision.REVIEW if self.p >= REVIEW else Decision.NOTHING


class Expected(NamedTuple):
    """Who may be in the picture. ``weights`` gives each bib that is expected there then a positive weight;
    ``others`` are all other bibs of the start list, believed only where they are read whole."""

    weights: Mapping[str, float]
    others: Collection[str] = frozenset()


def decide(seen: Sequence[SeenNumber], expected: Expected) -> list[Candidate]:
    """The likeliest bib for each number that was seen, each bib once, the surest first."""
    seen = [*seen, *list_joined(tuple(seen))]
    lengths = _lengths(expected)
    total = sum(expected.weights.values())
    prior = {bib: P_EXPECTED * w / total for bib, w in expected.weights.items() if w > 0}
    left = list(range(len(seen)))
    found: list[Candidate] = []
    while left:
        posteriors = {at: _posterior(seen[at], prior, expected, lengths) for at in left}
        at = max(left, key=lambda at: (max(posteriors[at].values(), default=0.0), -at))
        left.remove(at)
        ranked = sorted(posteriors[at].items(), key=lambda item: (-item[1], item[0]))
        if not ranked:
            continue
        bib, p = ranked[0]
        rivals = tuple(Rival(b, q) for b, q in ranked[1 : RIVALS + 1] if q >= 0.005)
        found.append(
            Candidate(bib, p, seen[at].box, seen[at].text, rivals, bib in expected.weights)
        )
        if p >= REVIEW:  # a part of it, or what it is a part of, is no second number
            left = [other for other in left if not is_same_place(seen[other], seen[at])]
        if bib in prior:
            prior[bib] *= 1 - p * (1 - TAKEN_SHARE)
    return _once(found)


def decide_without(seen: Sequence[SeenNumber]) -> list[Candidate]:
    """The same with nobody expected: what is read is believed, from two digits on."""
    found = [
        Candidate(
            one.text, one.p_text, one.box, one.text,
            tuple(Rival(text, p) for text, p in one.strings[1 : RIVALS + 1]), False,
        )
        for one in seen
        if len(one.text) >= 2
    ]  # fmt: skip
    return _once(sorted(found, key=lambda one: (-one.p, one.bib)))


def _once(found: list[Candidate]) -> list[Candidate]:
    """Each bib by its surest number."""
    best: dict[str, Candidate] = {}
    for one in sorted(found, key=lambda one: (-one.p, one.bib)):
        best.setdefault(one.bib, one)
    return list(best.values())


def _posterior(
    one: SeenNumber,
    prior: Mapping[str, float],
    expected: Expected,
    lengths: Mapping[int, Length],
) -> dict[str, float]:
    """Posterior of each bib that may have been read here; what is missing to 1 is another number."""
    joint: dict[str, float] = {}
    ends = weigh_ends(one.margins, one.sheet)
    in_words = one.beside >= WORDS
    alone = P_WORDS_BIB if in_words else 1 - P_WORDS_BIB
    for bib, p in prior.items():
        likely = sum(
            q * 10.0 ** len(s) * p_seen(s, bib, one.gap if s == one.text else 0, ends, q)
            for s, q in one.strings
        )
        if likely > 0:
            joint[bib] = p * likely * alone
    if expected.others:
        share = P_BACKGROUND if prior else P_EXPECTED
        each = share / len(expected.others)
        for text, q in one.strings:
            if text in expected.others and text not in prior:
                joint[text] = each * q * 10.0 ** len(text) * EXACT * ends.whole * alone
    other = sum(
        q * _p_other(s, lengths, ends, in_words, one.gap if s == one.text else 0)
        for s, q in one.strings
    )
    total = other + sum(joint.values())
    if total <= 0:
        return {}
    return {
        bib: p / total if bib in prior else min(p / total, UNTIMED_MOST) for bib, p in joint.items()
    }


class Length(NamedTuple):
    """Probability that a bib that nobody expected is read with so many digits: whole, with one digit hidden, or
    two."""

    whole: float = 0.0
    one_hidden: float = 0.0
    two_hidden: float = 0.0


def _p_other(
    text: str, lengths: Mapping[int, Length], ends: Ends, in_words: bool, gap: int
) -> float:
    """Probability of a string, its ends and the words beside it if no expected bib stands there, times what it
    would be for digits at random. No bib begins with a zero: its beginning is hidden."""
    length = lengths.get(len(text), Length())
    whole = 0.0 if text.startswith("0") else length.whole * ends.whole
    within = GAP * ends.whole if gap else 0.0
    one_hidden = length.one_hidden * (ONE_END * (ends.left + ends.right) + within)
    two_hidden = length.two_hidden * TWO_ENDS * (ends.left + ends.right + ends.both)
    alone = P_WORDS_BIB if in_words else 1 - P_WORDS_BIB
    no_bib = p_no_bib(text) * ends.whole * (P_WORDS_OTHER if in_words else 1 - P_WORDS_OTHER)
    return P_NO_BIB * no_bib * 10.0 ** len(text) + (whole + one_hidden + two_hidden) * alone


def _lengths(expected: Expected) -> dict[int, Length]:
    """What a bib that nobody expected may be: as long as those of the race, some of them partly hidden."""
    bibs = [*expected.weights, *expected.others]
    share = (P_ANOTHER if expected.weights else P_MISREAD) / max(len(bibs), 1)
    long = Counter(len(bib) for bib in bibs)
    return {
        digits: Length(
            share * EXACT * long[digits], share * long[digits + 1], share * long[digits + 2]
        )
        for digits in range(1, max(long, default=0) + 1)
    }
