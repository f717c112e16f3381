"""Companions of the made-up day: the two who meet, in time and by name; what comes late ends in the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from homestretch.companions.finding import find
from homestretch.companions.following import Following, find_doubled, rows_and_mats, times_of
from homestretch.companions.together import Companions
from homestretch.companions.values import Field
from homestretch.race.event import Event
from homestretch.rehearsal.course import MATS
from homestretch.rehearsal.day import Day, day
from homestretch.state.snapshot import NEVER, Mark, State
from tests.boards.days import Wanted, make_picture
from tests.companions.fields import METRES, field_of, join

MILE_25 = next(at for at, mat in enumerate(MATS) if mat.id == "mile-25")


@pytest.fixture(scope="module")
def made() -> Day:
    """The day of the demo."""
    return day(1)


def until(made: Day, race: str, at: int) -> tuple[list[str], Field]:
    """Bibs of a race, and what its mats had read by a moment (UTC ms)."""
    truth = made.truth
    rows = [row for row, of in enumerate(truth.race) if of == race]
    metres = np.array(
        [np.nan if (m := getattr(mat, f"{race}_m")) is None else m for mat in MATS], dtype=float
    )
    columns = [c for c in np.argsort(metres) if np.isfinite(metres[c])]
    read_at = truth.read_at[np.ix_(rows, columns)]
    known = (read_at >= 0) & (read_at <= at)
    times_s = np.where(known, (read_at - truth.gun_at.min()) / 1000.0, np.nan)
    return [truth.bibs[row] for row in rows], Field(times_s, metres[columns])


def pairs_of(bibs: list[str], field: Field) -> dict[tuple[str, ...], float]:
    """Pairs outside packs, by bibs, with the metres of the first mat together."""
    pairs = find(field).pairs
    return {
        tuple(sorted((bibs[i], bibs[j]))): float(field.metres[since])
        for i, j, since, pack in zip(pairs.i, pairs.j, pairs.since, pairs.pack, strict=True)
        if not pack
    }


def test_the_two_who_meet_are_found_before_mile_25_with_the_point_since_which(made: Day) -> None:
    truth = made.truth
    row = truth.row_of(truth.meeting.bibs[0])
    before = int(truth.crossed_at[row, MILE_25]) - 1
    found = pairs_of(*until(made, "marathon", before))
    assert found[tuple(sorted(truth.meeting.bibs))] == 25_000.0


@pytest.mark.parametrize("race", ["marathon", "half"])
def test_on_the_day_of_the_demo_everybody_side_by_side_is_found_and_nobody_else(
    made: Day, race: str
) -> None:
    truth = made.truth
    bibs, field = until(made, race, 2**62)
    found = pairs_of(bibs, field)
    real = {tuple(sorted(pair)) for pair in (*truth.pairs, truth.meeting.bibs)}
    mine = {pair for pair in real if set(pair) <= set(bibs)}
    assert found.keys() - real == set()
    assert len(mine - found.keys()) <= 1


def with_reads(state: State, share: float, seed: int) -> State:
    """The state when a part of all reads has not come yet."""
    passed_at = state.passed_at.copy()
    passed_at[np.random.default_rng(seed).random(passed_at.shape) > share] = NEVER
    return replace(state, passed_at=passed_at, last_seq=state.last_seq - 1)


@pytest.fixture(scope="module")
def ended() -> tuple[Event, State]:
    picture = make_picture(Wanted(marathon=300, half=300, minutes=900))
    passed_at = picture.state.passed_at.copy()
    # People of these days run as evenly as clocks; real ones stray on every leg.
    strays = np.random.default_rng(1).normal(0.0, 30_000.0, passed_at.shape).cumsum(axis=1)
    passed_at[passed_at != NEVER] += strays[passed_at != NEVER].astype(np.int64)
    row, other = (picture.state.roster.row_of_bib[bib] for bib in ("102", "104"))
    passed_at[other] = np.where(passed_at[row] == NEVER, NEVER, passed_at[row] + 400)
    passed_at[other, -1] += 700
    return picture.event, replace(picture.state, passed_at=passed_at, marks=picture.state.marks & 0)


def same(one: Companions, other: Companions) -> bool:
    columns = ("i", "j", "score", "together", "gaps_s", "pack", "group_size")
    return one.races == other.races and all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name == "gaps_s")
        for name in columns
    )


def test_reads_that_come_late_or_wrong_end_in_what_the_whole_day_gives_at_once(
    ended: tuple[Event, State],
) -> None:
    event, state = ended
    at_once = Following().look(event, state, anew=True)
    following = Following()
    for seed, share in enumerate((0.3, 0.6, 0.5, 0.9)):
        following.look(event, with_reads(state, share, seed), anew=seed % 2 == 0)
    assert same(following.look(event, state, anew=True), at_once)
    named = {
        (state.roster.bibs[i], state.roster.bibs[j])
        for i, j in zip(at_once.i, at_once.j, strict=True)
    }
    assert ("102", "104") in named


def test_a_minute_after_the_last_read_nothing_is_reckoned_with_any_more(
    ended: tuple[Event, State],
) -> None:
    event, state = ended
    newest = int(state.passed_at.max())
    following = Following()
    following.look(event, replace(state, now=newest + 1000), anew=True)
    later = replace(state, now=newest + 61_000)
    at_once = Following().look(event, replace(state, now=newest + 10**9), anew=True)
    found = following.look(event, later, anew=True)
    assert np.array_equal(found.score, at_once.score)


def test_who_was_carried_ahead_has_no_companions(ended: tuple[Event, State]) -> None:
    event, state = ended
    marks = state.marks.copy()
    marks[state.roster.row_of_bib["104"]] |= int(Mark.MOVED_UP)
    found = Following().look(event, replace(state, marks=marks), anew=True)
    assert state.roster.row_of_bib["104"] not in {*found.i.tolist(), *found.j.tolist()}


def test_a_race_that_has_not_begun_and_one_with_a_single_mat_are_answered() -> None:
    picture = make_picture(Wanted(marathon=20, half=20, minutes=-30))
    found = Following().look(picture.event, picture.state, anew=True)
    assert len(found.i) == 0
    rows, mats = rows_and_mats(picture.state, 1)
    assert np.isnan(times_of(picture.state, rows, mats, 0.0)).all()


def test_two_chips_on_one_person_are_for_the_timers(made: Day) -> None:
    field = field_of(300, seed=4, holes=0.0)
    times_s = field.times_s + np.random.default_rng(1).random(field.times_s.shape)
    times_s[1] = times_s[0] + 0.3 + 0.02 * np.random.default_rng(2).random(len(METRES))
    join(times_s, 2, 3, first=0)
    pairs = find(Field(times_s, METRES)).pairs
    doubled = find_doubled(pairs)
    assert {(int(i), int(j)) for i, j in zip(pairs.i[doubled], pairs.j[doubled], strict=True)} == {
        (0, 1)
    }
    bibs, day_field = until(made, "marathon", 2**62)
    assert not find_doubled(find(day_field).pairs).any()
    assert len(bibs) == len(day_field.times_s)
