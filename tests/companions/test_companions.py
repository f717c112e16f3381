"""Who was together: laws, and what is found of pairs that are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.companions.chance import FALSE_PER_RUNNER, measure
from homestretch.companions.finding import find
from homestretch.companions.groups import group
from homestretch.companions.pace import learn, run_rows
from homestretch.companions.planting import recall
from homestretch.companions.updating import Watch
from homestretch.companions.values import Field, Found
from tests.companions.fields import METRES, field_of, join


def same(one: Found, other: Found) -> bool:
    return one.packs == other.packs and all(
        np.array_equal(
            getattr(one.pairs, name), getattr(other.pairs, name), equal_nan=name == "gaps_s"
        )
        for name in one.pairs.__slots__
    )


@pytest.fixture(scope="module")
def crowd() -> Field:
    field = field_of(1200, seed=3, minutes=6.0)
    for k in range(25):
        join(field.times_s, 3 * k, 3 * k + 1, first=k % 6, seed=k)
    return field


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), wrong=st.floats(0.0, 0.3), known=st.floats(0.0, 1.0))
def test_reads_in_any_order_end_in_exactly_what_the_batch_finds(
    seed: int, wrong: float, known: float
) -> None:
    field = field_of(60, seed, minutes=0.5)
    join(field.times_s, 0, 1, first=seed % 7, seed=seed)
    join(field.times_s, 0, 2, first=seed % 5, seed=seed + 1)
    random = np.random.default_rng(seed)
    model = learn(field.times_s, METRES)
    chance = measure(field.times_s, *run_rows(field.times_s, model), model)
    rows, mats = np.nonzero(np.isfinite(field.times_s))
    order = random.permutation(len(rows))
    first = order[: int(known * len(order))]
    begun = np.full_like(field.times_s, np.nan)
    begun[rows[first], mats[first]] = field.times_s[rows[first], mats[first]]
    watch = Watch.begin(model, begun, 30_000.0) if known > 0.5 else Watch(model, 60, 30_000.0)
    for k in order[len(first) :] if known > 0.5 else order:
        row, mat = int(rows[k]), int(mats[k])
        if (
            random.random() < wrong
        ):  # a wrong time, corrected later, or a read that is taken back first
            watch.take(row, mat, float(field.times_s[row, mat] + random.integers(-5, 6)))
            if random.random() < 0.5:
                watch.take(row, mat, np.nan)
        watch.take(row, mat, float(field.times_s[row, mat]))
    anew = Watch.begin(model, field.times_s, 30_000.0).found(chance)
    assert same(watch.found(chance), anew)
    assert same(anew, find(field))


def test_many_reads_at_once_are_as_many_reads_one_by_one(crowd: Field) -> None:
    model = learn(crowd.times_s, METRES)
    chance = measure(crowd.times_s, *run_rows(crowd.times_s, model), model)
    rows, mats = np.nonzero(np.isfinite(crowd.times_s))
    order = np.random.default_rng(1).permutation(len(rows))
    watch = Watch(model, len(crowd.times_s), 30_000.0)
    watch.take_all(rows[order], mats[order], crowd.times_s[rows[order], mats[order]])
    assert same(watch.found(chance), find(crowd))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), by_s=st.integers(-20_000, 20_000))
def test_neither_the_order_of_rows_nor_the_hour_of_the_day_matters(seed: int, by_s: int) -> None:
    field = field_of(80, seed, minutes=0.5)
    join(field.times_s, 0, 1, first=2, seed=seed)
    found = find(field).pairs
    order = np.random.default_rng(seed).permutation(80)
    again = find(Field(field.times_s[order] + by_s, METRES)).pairs
    ends = np.sort(np.column_stack([order[again.i], order[again.j]]), axis=1)
    assert ends.tolist() == np.column_stack([found.i, found.j]).tolist()
    assert np.allclose(found.score, again.score)


def test_who_met_on_the_way_is_found_with_the_mat_since_which(crowd: Field) -> None:
    found = find(crowd).pairs
    since = {
        (int(i), int(j)): int(k) for i, j, k in zip(found.i, found.j, found.since, strict=True)
    }
    exact = [since.get((3 * k, 3 * k + 1)) == k % 6 for k in range(25)]
    assert sum((3 * k, 3 * k + 1) in since for k in range(25)) >= 23
    assert np.mean(exact) >= 0.8


def test_chance_makes_no_more_pairs_than_the_race_says() -> None:
    """Eight fields in which nobody runs with anybody."""
    fields = [field_of(1500, seed, minutes=5.0) for seed in range(8)]
    false = sum(len(find(field).pairs.i) for field in fields)
    assert false <= 1 + 8 * 1500 * FALSE_PER_RUNNER


def test_who_may_be_asked_is_unsure_and_hardly_anybody_where_nobody_runs_with_anybody() -> None:
    alone = [find(field_of(1000, seed, minutes=5.0)) for seed in range(3)]
    assert sum(len(found.maybe.i) for found in alone) <= 3
    field = field_of(1000, seed=3, minutes=5.0)
    for k in range(30):
        join(field.times_s, 3 * k, 3 * k + 1, first=7, seed=k)
    found = find(field)
    asked = set(zip(found.maybe.i.tolist(), found.maybe.j.tolist(), strict=True))
    assert asked
    assert not asked & set(zip(found.pairs.i.tolist(), found.pairs.j.tolist(), strict=True))
    real = {(3 * k, 3 * k + 1) for k in range(30)}
    assert len(asked - real) <= max(1, 0.2 * len(asked))


def test_planted_pairs_are_found_and_counted_by_cell() -> None:
    field = field_of(3000, seed=5, minutes=20.0)
    cells = recall(field, tuple("abcdefghi"), (0, 4, 5), least=12)
    assert [one.first for one in cells] == ["a"] * 4 + ["e"] * 4 + ["f"] * 4
    assert all(one.plants >= 9 and one.low <= one.recall <= one.high for one in cells)
    assert np.mean([one.recall for one in cells]) > 0.8


@pytest.mark.parametrize("mats", [1, 2, 3])
@pytest.mark.parametrize("runners", [0, 1, 2, 40])
def test_small_fields_and_few_mats_are_answered(runners: int, mats: int) -> None:
    field = field_of(runners, seed=1)
    found = find(Field(field.times_s[:, :mats], METRES[:mats]))
    assert len(found.pairs.i) == 0
    assert found.threshold > 0


def test_two_alone_who_run_side_by_side_all_the_way_are_found() -> None:
    field = field_of(2, seed=1, holes=0.0)
    join(field.times_s, 0, 1, first=0)
    found = find(field)
    assert (found.pairs.i.tolist(), found.pairs.j.tolist()) == ([0], [1])
    assert found.expected_false <= 0.001


def test_a_point_that_read_nobody_and_times_that_cannot_be_are_no_end_of_it(crowd: Field) -> None:
    times_s = crowd.times_s.copy()
    times_s[:, 3] = np.nan
    times_s[5, 4] = times_s[5, 5]
    times_s[7] = times_s[7, ::-1]
    times_s[9] = times_s[10]
    found = find(Field(times_s, METRES))
    assert np.isfinite(found.pairs.score).all()


def test_more_than_four_companions_are_a_pack_and_groups_are_all_with_all() -> None:
    pack = [(0, k) for k in range(1, 7)]
    trio, chain = [(10, 11), (10, 12), (11, 12)], [(20, 21), (21, 22)]
    ends = np.array(pack + trio + chain)
    scores = np.array([9.0] * 6 + [8.0, 7.5, 7.0] + [6.0, 5.0])
    packed, number, size, packs = group(ends[:, 0], ends[:, 1], scores, 30)
    assert packed.tolist() == [True] * 6 + [False] * 5
    assert packs == 1
    assert size.tolist() == [7] * 6 + [3] * 3 + [2, 2]
    assert len(set(number[6:9].tolist())) == 1
    assert number[9] != number[10]
