"""A camera whose clock is wrong: no tag by time before the clock is known, few wrong ones after."""

from __future__ import annotations

import random
from typing import NamedTuple

from homestretch.photos.camera import (
    ENOUGH,
    Due,
    Sample,
    expect,
    find_clock,
    known_without,
    list_samples,
)
from homestretch.photos.deciding import Decision, Expected, decide
from homestretch.photos.values import Box, SeenNumber

WRONG_S = 30 * 60
DUE = {str(1000 + n): Due(n * 6_000, 40.0) for n in range(1500)}
"""1,500 people, one every six seconds, each forecast to within 40 seconds; neighbours in number come together,
so that a wrong clock has the worst candidates."""


class Shot(NamedTuple):
    name: str
    taken_at: int
    bib: str
    seen: SeenNumber


def shots(count: int, seed: int) -> list[Shot]:
    """Pictures of one runner each by a camera 30 minutes behind; every third number is partly hidden."""
    rng = random.Random(seed)
    made = []
    for n in range(count):
        bib = str(rng.randrange(1350, 2450))
        there = DUE[bib].at + int(rng.gauss(0, 40_000))
        text = rng.choice([bib, bib, bib[:-1]])
        box = Box(0.4, 0.5, 0.1, 0.05)
        made.append(Shot(f"p{n}", there - WRONG_S * 1000, bib, SeenNumber(box, ((text, 0.99),))))
    return made


def test_thirty_minutes_wrong_makes_next_to_no_wrong_tags_once_ten_reads_are_in() -> None:
    samples: list[Sample] = []
    wrong = right = judged = 0
    for shot in shots(300, seed=8):
        clock = known_without(samples, {shot.name})
        found = decide([shot.seen], expect(DUE, shot.taken_at, clock, known=False))
        tags = [one for one in found if one.decision is Decision.TAGGED]
        if clock.is_known:
            judged += 1
            wrong += sum(one.bib != shot.bib for one in tags)
            right += sum(one.bib == shot.bib for one in tags)
        else:
            assert not tags
        samples += list_samples(
            shot.name, shot.taken_at, decide([shot.seen], Expected({}, frozenset(DUE))), DUE
        )
    assert judged > 250
    assert wrong / judged <= 0.05
    assert right / judged >= 0.5


def test_ten_reads_tell_a_clock_within_a_minute_and_say_so() -> None:
    samples = [
        Sample(f"p{n}", n * 60_000 - 3_660_000, n * 60_000 + (-1) ** n * 12_000, 20.0)
        for n in range(14)
    ]
    clock = find_clock([*samples, Sample("x", 0, 90_000, 20.0)])
    assert abs(clock.behind_s - 3660) <= 15
    assert clock.say() == "This camera is 61 minutes behind, from 14 reads."


def test_nine_reads_are_not_enough_and_reads_that_disagree_never_are() -> None:
    few = [Sample(f"p{n}", 0, 60_000, 20.0) for n in range(ENOUGH - 1)]
    assert not find_clock(few).is_known
    assert "1 more number" in find_clock(few).say()
    spread = [Sample(f"p{n}", 0, n * 600_000, 20.0) for n in range(40)]
    assert not find_clock(spread).is_known


def test_a_picture_says_nothing_of_the_clock_that_it_is_judged_by() -> None:
    samples = [Sample(f"p{n}", 0, 60_000, 20.0) for n in range(ENOUGH)]
    assert find_clock(samples).is_known
    assert not known_without(samples, {"p3"}).is_known
