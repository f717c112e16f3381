"""Measures who is found together on a real day and on made-up ones, and writes docs/evidence/companions.md.

    python scripts/measure_companions.py

The real day is clock_chicago2023.parquet in the folder named by HOMESTRETCH_DATA (default ../shared/data). On it
nobody's companions are known: pairs are planted, and chance is measured by the lag null. On made-up days everybody's
are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from fit_rehearsal import data_folder

from homestretch.companions.chance import FALSE_PER_RUNNER
from homestretch.companions.finding import find
from homestretch.companions.pace import Habits
from homestretch.companions.planting import PLACES, THINNED, Cell, recall
from homestretch.companions.planting_seen import How, SeenCell, lines_by_chance, recall_seen
from homestretch.companions.riding import find_rides
from homestretch.companions.values import Field, Found
from homestretch.office.clock_times import read_clock_times
from homestretch.office.companions import PLANTED_AT, plant_in, search
from homestretch.rehearsal.course import MATS
from homestretch.rehearsal.day import day
from homestretch.rehearsal.truth import Truth

PAGE = Path(__file__).resolve().parent.parent / "docs" / "evidence" / "companions.md"
BEGIN, END = "<!-- figures: written by make evidence -->", "<!-- end of figures -->"
SEEDS = range(1, 21)
WITHOUT = (
    ("everything", Habits()),
    ("everybody as even as the others", Habits(even=0.0)),
    ("all starts alike", Habits(start_bins=1)),
    ("neither", Habits(even=0.0, start_bins=1)),
)
"""What the null knows, and what is left out of it."""


def main() -> int:
    """Writes the page."""
    field, mats = read_clock_times(data_folder() / "clock_chicago2023.parquet")
    text = "\n".join(
        [
            *day_lines(field),
            *recall_lines(field, mats),
            *seen_lines(field),
            *ride_lines(field, mats),
            *habit_lines(field, mats),
            *seed_lines(),
        ]
    )
    head, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    PAGE.write_text(f"{head}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")
    return 0


def tell(words: str) -> None:
    """Progress, beside what is written."""
    print(words, file=sys.stderr, flush=True)


def day_lines(field: Field) -> Iterator[str]:
    """What is found on the real day."""
    found, seconds = search(field)
    pairs = found.pairs
    beside = int((~pairs.pack).sum())
    last = found.threshold_last
    yield "### The real day"
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| runners | {len(field.times_s):,} |"
    yield f"| threshold, in decades of odds | {found.threshold:.2f} |"
    yield f"| for the last twentieth of the field | {last:.2f} |"
    yield f"| pairs above it | {len(pairs.i):,} |"
    yield f"| of these by chance, by the lag null | {found.expected_false:.1f} |"
    yield f"| pairs outside packs | {beside:,} |"
    yield f"| packs | {found.packs} |"
    yield f"| share of the field with a companion | {100 * _share(field, found):.1f} % |"
    yield f"| seconds on one core, calibration included | {seconds:.1f} |"
    yield ""
    tell("the real day")


def _share(field: Field, found: Found) -> float:
    free = ~found.pairs.pack
    return len(np.unique([found.pairs.i[free], found.pairs.j[free]])) / len(field.times_s)


def recall_lines(field: Field, mats: tuple[str, ...]) -> Iterator[str]:
    """Planted pairs, by the first mat together and the place in the field."""
    for name, cells in plant_in(field, mats).items():
        yield f"### Planted pairs that are found, {name}"
        yield ""
        yield "The share found, its interval at 95 %, and of how many; by the finish of the first of both."
        yield ""
        yield "| first mat together | " + " | ".join(PLACES) + " | since exact | within one mat |"
        yield "|---" * (len(PLACES) + 3) + "|"
        for first in dict.fromkeys(cell.first for cell in cells):
            row = [cell for cell in cells if cell.first == first]
            shares = " | ".join(_say(cell) for cell in row)
            weight = np.array([cell.plants * cell.recall for cell in row])
            exact, near = (
                float(np.nansum(weight * [getattr(cell, key) for cell in row]) / weight.sum())
                for key in ("since_exact", "since_near")
            )
            yield f"| {first} | {shares} | {100 * exact:.0f} % | {100 * near:.0f} % |"
        yield ""
        tell(name)


def _say(cell: Cell | SeenCell) -> str:
    return f"{cell.recall:.2f} ({cell.low:.2f} to {cell.high:.2f}, {cell.plants})"


def seen_lines(field: Field) -> Iterator[str]:
    """Planted pairs who meet behind the last but two mats, with and without somebody who saw them."""
    yield "### Seen by people"
    yield ""
    yield "Pairs planted from the last mat before the finish on: they meet on the leg before it. *Taps*: each bib by itself, its time wrong by Laplace's law (scale 3 s). *A line*: both bibs in one entry, if they were within 3 s of each other. Thresholds are those of the mats."  # fmt: skip
    yield ""
    for name, thinned in ((f"{len(field.times_s):,} runners", None), (f"{THINNED:,} runners", THINNED)):  # fmt: skip
        cells = recall_seen(field, thinned=thinned)
        yield f"| {name}: who saw them | " + " | ".join(PLACES) + " |"
        yield "|---" * (len(PLACES) + 1) + "|"
        for way in dict.fromkeys((cell.how, cell.places_m) for cell in cells):
            row = [cell for cell in cells if (cell.how, cell.places_m) == way]
            yield f"| {_say_way(*way)} | " + " | ".join(map(_say, row)) + " |"
        yield ""
        tell(f"seen, {name}")
    yield "A line makes a pair of two who only came by together there (the lag null, both bibs of everybody who does, in one entry):"  # fmt: skip
    yield ""
    yield "| one line at | such lines | above the threshold |"
    yield "|---|---|---|"
    for many in (1, 2):
        found = lines_by_chance(field, many)
        yield f"| {_say_places(found.places_m)} | {found.lines:,} | {found.above:,} |"  # fmt: skip
    yield ""


def _say_way(how: How, places_m: tuple[float, ...]) -> str:
    if how == "nobody":
        return "nobody"
    return f"{'taps' if how == 'taps' else 'a line'} at {_say_places(places_m)}"


def _say_places(places_m: tuple[float, ...]) -> str:
    return " and ".join(f"{metres / 1000:.0f} km" for metres in places_m)


RIDES = ((25.0, 6, 7), (25.0, 6, 8), (20.0, 7, 8), (15.0, 7, 9))
"""km/h, from which mat, to which mat; what lies between reads nobody."""
RIDERS, CARS = 3, 60
SLOW_S, NEAR_S = 4.5 * 3600, 300.0


def ride_lines(field: Field, mats: tuple[str, ...]) -> Iterator[str]:
    """Groups that came together as if in a vehicle: on the real day, and of planted ones."""
    real = {ride.rows for ride in find_rides(field.times_s, field.metres)}
    people = len({row for rows in real for row in rows})
    sizes = len(field.times_s), THINNED
    yield "### In a vehicle"
    yield ""
    yield f"Of {sizes[0]:,} runners of the real day {people} came ahead together so; whether in a vehicle nobody knows. Planted: {CARS} cars, each with {RIDERS} of the slower people who were within 5 minutes of each other at one mat and reach another one at some speed, their own pace after it; the share of which at least two are named together."  # fmt: skip
    yield ""
    yield f"| km/h | from | to | {sizes[0]:,} runners | {sizes[1]:,} runners |"
    yield "|---|---|---|---|---|"
    random = np.random.default_rng(1)
    for kmh, first, last in RIDES:
        shares = [_share_of_cars(field, size, kmh, first, last, random) for size in sizes]
        yield f"| {kmh:.0f} | {mats[first]} | {mats[last]} | {shares[0]:.2f} | {shares[1]:.2f} |"
    yield ""
    tell("in a vehicle")


def _share_of_cars(
    field: Field, size: int, kmh: float, first: int, last: int, random: np.random.Generator
) -> float:
    times_s = field.times_s[random.choice(len(field.times_s), size, replace=False)]
    slow = np.flatnonzero(times_s[:, -1] - times_s[:, 0] > SLOW_S)
    slow = slow[np.isfinite(times_s[slow][:, [first, last]]).all(axis=1)]
    cars = []
    for lead in random.choice(slow, CARS, replace=False).tolist():
        near = slow[np.abs(times_s[slow, first] - times_s[lead, first]) < NEAR_S]
        if len(near) < RIDERS:
            continue
        rows = random.choice(near, RIDERS, replace=False)
        drive_s = 60.0 + (field.metres[last] - field.metres[first]) / (kmh / 3.6)
        there_s = times_s[rows, first].max() + drive_s + random.uniform(0.0, 15.0, RIDERS)
        after_s = times_s[rows, last:] - times_s[rows, last : last + 1]
        times_s[rows, first + 1 : last] = np.nan
        times_s[rows, last:] = there_s[:, None] + after_s
        cars.append(set(rows.tolist()))
    found = [set(ride.rows) for ride in find_rides(times_s, field.metres)]
    return float(np.mean([any(len(car & ride) > 1 for ride in found) for car in cars]))


def habit_lines(field: Field, mats: tuple[str, ...]) -> Iterator[str]:
    """What each part of the null is worth: recall of the whole field at the same rate of chance."""
    firsts = tuple(mats.index(mat) for mat in PLANTED_AT if mat in mats)
    yield "### What makes the difference"
    yield ""
    yield "The whole field, the mean over the four places, at the same rate of chance:"
    yield ""
    yield "| the null knows | " + " | ".join(mats[first] for first in firsts) + " |"
    yield "|---" * (len(firsts) + 1) + "|"
    for name, habits in WITHOUT:
        cells = recall(field, mats, firsts, habits=habits)
        means = [np.mean([c.recall for c in cells if c.first == mats[at]]) for at in firsts]
        yield f"| {name} | " + " | ".join(f"{mean:.2f}" for mean in means) + " |"
        tell(name)
    yield ""


def seed_lines() -> Iterator[str]:
    """Made-up days: everybody's companions are known there."""
    rows, false, allowed = [], 0, 0.0
    for seed in SEEDS:
        truth = day(seed).truth
        real = {tuple(sorted(pair)) for pair in truth.pairs}
        met = tuple(sorted(truth.meeting.bibs))
        named: dict[tuple[str, ...], str] = {}
        runners = 0
        for race in ("marathon", "half"):
            bibs, field, names = _field_of(truth, race)
            runners += len(bibs)
            pairs = find(field).pairs
            ends = zip(pairs.i, pairs.j, pairs.since, pairs.pack, strict=True)
            named |= {
                tuple(sorted((bibs[i], bibs[j]))): names[since]
                for i, j, since, pack in ends
                if not pack
            }
        wrong = len(named.keys() - real - {met})
        false, allowed = false + wrong, allowed + FALSE_PER_RUNNER * runners
        rows.append((seed, len(real), len(real & named.keys()), named.get(met, "not found"), wrong))
        tell(f"seed {seed}")
    yield "### Made-up days"
    yield ""
    yield "Each day has pairs who run side by side from the start, and two who meet about mile 14."
    yield ""
    yield "| seed | side by side | of these found | the two who meet: since | false |"
    yield "|---|---|---|---|---|"
    for row in rows:
        yield "| " + " | ".join(map(str, row)) + " |"
    yield ""
    yield f"False pairs in {len(rows)} days: {false}; what the printed rate allows: {allowed:.0f}."


def _field_of(truth: Truth, race: str) -> tuple[list[str], Field, list[str]]:
    """Bibs, times and points of one race of a made-up day."""
    rows = [row for row, of in enumerate(truth.race) if of == race]
    metres = np.array([getattr(mat, f"{race}_m") or np.nan for mat in MATS], dtype=float)
    metres[0] = 0.0
    columns = [int(c) for c in np.argsort(metres) if np.isfinite(metres[c])]
    read_at = truth.read_at[np.ix_(rows, columns)]
    times_s = np.where(read_at >= 0, (read_at - truth.gun_at.min()) / 1000.0, np.nan)
    points = [truth.points[c] for c in columns]
    return [truth.bibs[row] for row in rows], Field(times_s, metres[columns]), points


if __name__ == "__main__":
    sys.exit(main())
