"""What people saw as further places where two were together: what it is worth, and that it ends in the batch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.companions.chance import measure
from homestretch.companions.finding import find
from homestretch.companions.pace import learn, run_rows
from homestretch.companions.planting_seen import WAYS, lines_by_chance, recall_seen
from homestretch.companions.seen import LINE_S, TAP_S, Seen, arrange, nobody_seen
from homestretch.companions.updating import Watch
from homestretch.companions.values import Field, Floats, Found
from tests.companions.fields import METRES, field_of, join
from tests.same import list_differences

LAST_LEG = len(METRES) - 2
HALFWAY, FURTHER, NEARLY = 0.3, 0.6, 0.9


def seen_of(
    field: Field, who: list[tuple[int, int, float, float]], error_s: float = LINE_S
) -> Seen:
    """Sightings (row, leg, part, clock seconds) of a field."""
    row, leg, part, at_s = (np.array(one) for one in zip(*who, strict=True))
    errors = np.full(len(row), error_s)
    return arrange(len(field.times_s), row, leg, part.astype(float), at_s.astype(float), errors)[0]


def on_the_way(times_s: Floats, row: int, leg: int, part: float) -> float:
    """When a runner was on a part of a leg, at an even pace."""
    return float(times_s[row, leg] + part * (times_s[row, leg + 1] - times_s[row, leg]))


def meeting_late() -> tuple[Field, list[tuple[int, int]]]:
    """A field in which eight pairs meet behind the last mat before the finish."""
    field = field_of(600, seed=11, minutes=90.0, holes=0.0)
    pairs = [(2 * k, 2 * k + 1) for k in range(8)]
    random = np.random.default_rng(1)
    for one, other in pairs:
        apart_s = 40.0 + np.cumsum(random.normal(0.0, 40.0, len(METRES))[::-1])[::-1]
        field.times_s[other] = field.times_s[one] + np.rint(apart_s)
        field.times_s[other, -1] = field.times_s[one, -1] + 1.0
    return field, pairs


def beside(
    field: Field, pairs: list[tuple[int, int]], parts: list[float]
) -> list[tuple[int, int, float, float]]:
    return [
        (row, LAST_LEG, part, on_the_way(field.times_s, one, LAST_LEG, part) + gap_s)
        for one, other in pairs
        for part in parts
        for row, gap_s in ((one, 0.0), (other, 0.0))
    ]


def named(found: Found) -> set[tuple[int, int]]:
    return set(zip(found.pairs.i.tolist(), found.pairs.j.tolist(), strict=True))


def test_who_meets_behind_the_last_mat_is_found_when_somebody_saw_both_and_else_is_not() -> None:
    field, pairs = meeting_late()
    assert not named(find(field)) & set(pairs)
    seen = seen_of(field, beside(field, pairs, [HALFWAY, FURTHER, NEARLY]))
    found = find(field, seen)
    assert len(named(found) & set(pairs)) >= 6
    assert named(found) <= set(pairs)
    places = {
        (int(k), float(part))
        for k, part in zip(found.pairs.beside.pair, found.pairs.beside.part, strict=True)
    }
    assert places == {
        (k, part) for k in range(len(found.pairs.i)) for part in (HALFWAY, FURTHER, NEARLY)
    }


def test_two_taps_say_less_than_one_entry_with_both() -> None:
    field, pairs = meeting_late()
    line, taps = (
        find(field, seen_of(field, beside(field, pairs, [HALFWAY, FURTHER, NEARLY]), error_s))
        for error_s in (LINE_S, TAP_S)
    )
    by_line, by_taps = (
        dict(zip(named_order(found), found.pairs.score, strict=True)) for found in (line, taps)
    )
    assert all(by_taps.get(pair, 0.0) < by_line[pair] for pair in set(pairs) & by_line.keys())


def test_a_sighting_of_one_alone_and_of_two_apart_makes_no_pair() -> None:
    field, pairs = meeting_late()
    one = [who for who in beside(field, pairs, [HALFWAY]) if who[0] % 2 == 0]
    apart = [
        (row, leg, part, at_s + 60.0 * (row % 2))
        for row, leg, part, at_s in beside(field, pairs, [HALFWAY, FURTHER, NEARLY])
    ]
    for who in (one, apart):
        assert named(find(field, seen_of(field, who))) == named(find(field))


def test_seen_at_a_mat_that_missed_one_of_them_counts_as_a_place() -> None:
    field = field_of(400, seed=2, minutes=20.0, holes=0.0)
    join(field.times_s, 0, 1, first=6)
    at_s = field.times_s[1, 7]
    field.times_s[1, 7] = np.nan
    without = find(field)
    found = find(field, seen_of(field, [(1, 7, 0.0, at_s)]))
    score = dict(zip(named_order(found), found.pairs.score, strict=True))
    before = dict(zip(named_order(without), without.pairs.score, strict=True))
    assert score[0, 1] > before.get((0, 1), -np.inf)
    assert found.pairs.beside.leg.tolist() == [7]
    assert min(found.pairs.beside.a.tolist() + found.pairs.beside.b.tolist()) == -1


def named_order(found: Found) -> list[tuple[int, int]]:
    return list(zip(found.pairs.i.tolist(), found.pairs.j.tolist(), strict=True))


def test_a_whole_field_seen_by_chance_makes_no_more_pairs_than_the_race_says() -> None:
    """Everybody of three fields in which nobody runs with anybody is tapped between the last two mats."""
    false = 0
    for seed in range(3):
        field = field_of(1500, seed, minutes=5.0, holes=0.0)
        random = np.random.default_rng(seed)
        who = [
            (
                row,
                LAST_LEG,
                HALFWAY,
                on_the_way(field.times_s, row, LAST_LEG, HALFWAY) + random.laplace(0.0, TAP_S),
            )
            for row in range(1500)
        ]
        false += len(find(field, seen_of(field, who, TAP_S)).pairs.i)
    assert false <= 1 + 3 * 1500 * 1e-4


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_reads_and_sightings_in_any_order_end_in_exactly_what_the_batch_finds(seed: int) -> None:
    field = field_of(60, seed, minutes=0.5)
    join(field.times_s, 0, 1, first=seed % 7, seed=seed)
    join(field.times_s, 0, 2, first=7, seed=seed + 1)
    random = np.random.default_rng(seed)
    rows, legs = random.integers(0, 12, 40), random.integers(3, len(METRES) - 1, 40)
    who = [
        (int(row), int(leg), part := float(random.choice([0.0, HALFWAY])), float(np.nan_to_num(on_the_way(field.times_s, row, leg, part), nan=35_000.0)) + float(random.integers(-3, 4)))
        for row, leg in zip(rows, legs, strict=True)
    ]  # fmt: skip
    seen = seen_of(field, who)
    model = learn(field.times_s, METRES)
    chance = measure(field.times_s, *run_rows(field.times_s, model), model, seen=seen)
    reads = np.argwhere(np.isfinite(field.times_s))
    watch = Watch(model, 60, 30_000.0)
    for at, k in enumerate(random.permutation(len(reads))):
        row, mat = reads[k].tolist()
        if (
            at % 100 == 50 and at < len(reads) // 2
        ):  # some of what was seen, some of it taken back later
            some = [one for one in who if random.random() < 0.5]
            watch.see(seen_of(field, some, TAP_S) if some else nobody_seen(60))
        if at == len(reads) * 3 // 4:
            watch.see(seen)
        watch.take(row, mat, float(field.times_s[row, mat]))
    found = watch.found(chance)
    assert list_differences(found, find(field, seen)) == []
    assert (
        list_differences(found, Watch.begin(model, field.times_s, 30_000.0, seen).found(chance))
        == []
    )


@pytest.mark.parametrize("runners", [0, 1, 2])
def test_nobody_seen_changes_nothing_and_small_fields_are_answered(runners: int) -> None:
    field = field_of(runners, seed=1)
    assert list_differences(find(field, nobody_seen(runners)), find(field)) == []


def test_planted_pairs_that_people_saw_are_counted_by_way_and_place() -> None:
    field = field_of(1600, seed=5, minutes=90.0, holes=0.0)
    cells = recall_seen(field, least=8)
    found = {
        (how, many): np.mean([c.recall for c in cells if (c.how, len(c.places_m)) == (how, many)])
        for how, many in WAYS
    }
    assert all(cell.plants == 8 and cell.low <= cell.recall <= cell.high for cell in cells)
    assert found["nobody", 0] < 0.2 < found["lines", 2]
    assert found["taps", 1] <= found["lines", 1] <= found["lines", 2]
    by_chance = lines_by_chance(field, 1)
    assert by_chance.lines > 200
    assert by_chance.above <= 0.01 * by_chance.lines
