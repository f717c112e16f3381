"""Measures the clock check on the real day and writes docs/evidence/clocks.md and clocks.json.

The real files are in the folder named by HOMESTRETCH_DATA (default ../shared/data). One mat at a time is made wrong; what is written down is counts, seconds and names of mats.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import msgspec
import numpy as np

from homestretch.clocks import ClockFinding, Reads, Watched, check_clocks, course_shape
from homestretch.clocks.expected import find_lateness
from homestretch.clocks.explaining import all_beside
from homestretch.clocks.steps import find_floor
from homestretch.clocks.watched import make_sheet
from homestretch.playing.replay_file import load_past_race
from homestretch.rehearsal.replay_times import PastRace
from homestretch.state.snapshot import NEVER, Floats, Ints

ROOT = Path(__file__).resolve().parents[1]
PAGE, RESULT = (ROOT / "docs" / "evidence" / f"clocks.{kind}" for kind in ("md", "json"))
BEGIN, END = "<!-- figures: written by scripts/measure_clocks.py -->", "<!-- end of figures -->"
QUIET = ("5k", "10k", "15k", "20k", "half")
MOMENTS = (0.2, 0.5, 0.8)
SHIFTS_S = (15, -15, 30, -30, 120, -120)
PASSINGS = (1000, 3000)
GROWN_BY = 2500
AROUND, MARGIN = 0.1, 4 / 3
POOL = "splits_pool.parquet"
DAY = "clock_chicago2023.parquet"


@dataclass(frozen=True)
class Day:
    """A past day with times to the millisecond: (n, m) seconds, NaN where nothing was read."""

    names: list[str]
    metres: Floats
    time_s: Floats

    def watched(self, time_s: Floats, reads: Reads | None = None) -> Watched:
        """What the check gets to see of times like these."""
        known = ~np.isnan(time_s)
        at = np.where(known, np.rint(1000 * np.where(known, time_s, 0.0)), NEVER).astype(np.int64)
        source: Ints = np.where(known, np.arange(len(self.names)), NEVER)
        race: Ints = np.zeros(len(time_s), np.int64)
        return Watched(at, source, self.metres[None, :], race, reads, tuple(self.names))


class Shifted(msgspec.Struct, frozen=True):
    """One mat, one moment, one shift: after how many passings it was found, and with what."""

    mat: str
    moment: float
    shift_s: float
    passings: int | None
    found_s: float | None
    error_s: float | None
    others: int
    """proposals beside the right one, whenever looked"""


class Floor(msgspec.Struct, frozen=True):
    """One mat around one moment of the undisturbed day, seconds: what a step must exceed to be seen, and the
    largest that seems to be there."""

    mat: str
    moment: float
    limit_s: float
    honest_s: float


class Measured(msgspec.Struct, frozen=True):
    """Everything that was measured."""

    shifted: list[Shifted]
    unshifted_checks: int
    unshifted_proposals: int
    hours_found: int
    hours: int
    apart_worst_s: float
    apart_missed: int
    aparts: int
    pool: dict[str, list[str]]
    cpu_s: float
    cpu_with_a_step_s: float
    floors: list[Floor]


def load_day(past: PastRace, seed: int = 1) -> Day:
    """The day, with a part of a second drawn for each time: files know whole seconds."""
    part = np.random.default_rng(seed).random(past.clock_ms.shape)
    time_s = np.where(past.clock_ms == NEVER, np.nan, past.clock_ms / 1000.0 + part)
    names = [point.name for point in past.points]
    return Day(names, np.array([point.distance_m for point in past.points]), time_s)


def shift_all(day: Day) -> Iterator[Shifted]:
    """Every mat, moment and shift in turn."""
    for mat in range(len(day.names)):
        for moment in MOMENTS:
            for shift in SHIFTS_S:
                yield shift_one(day, mat, moment, shift)


def shift_one(day: Day, mat: int, moment: float, shift_s: float) -> Shifted:
    """Looked at after 1,000 and 3,000 passings whose runners have come to the next mat, and at the
    end of the day; the first right proposal counts."""
    true_s = day.time_s
    from_s = float(np.nanquantile(true_s[:, mat], moment))
    wrong = true_s.copy()
    wrong[true_s[:, mat] >= from_s, mat] += shift_s
    next_mat = {0: 2, len(day.names) - 1: mat}.get(mat, mat + 1)
    seen = np.sort(true_s[true_s[:, mat] >= from_s, next_mat])
    seen = seen[~np.isnan(seen)]
    others, right, passings = 0, None, None
    for count in (*(one for one in PASSINGS if one < len(seen)), len(seen)):
        now = seen[count - 1]
        found = check_clocks(day.watched(np.where(true_s <= now, wrong, np.nan)))
        for one in found:
            if one.point != mat:
                others += 1
            elif right is None:
                right, passings = one, count
        if right is not None:
            break
    return Shifted(
        day.names[mat],
        moment,
        shift_s,
        passings,
        None if right is None else -right.offset_ms / 1000,
        None if right is None else right.error_ms / 1000,
        others,
    )


def grow(day: Day) -> tuple[int, list[ClockFinding]]:
    """The undisturbed day, looked at after every 2,500 passings at all mats together."""
    order = np.sort(day.time_s[~np.isnan(day.time_s)])
    found: list[ClockFinding] = []
    moments = order[GROWN_BY - 1 :: GROWN_BY]
    for now in moments:
        found += check_clocks(day.watched(np.where(day.time_s <= now, day.time_s, np.nan)))
    return len(moments), found


def shift_hours(day: Day) -> tuple[int, int]:
    """(found, tried): each mat an hour late or early from the start; right means that one proposal alone."""
    right = tried = 0
    for mat in range(len(day.names)):
        for hour_s in (3600, -3600):
            time_s = day.time_s.copy()
            time_s[:, mat] += hour_s
            found = check_clocks(day.watched(time_s))
            tried += 1
            right += [(one.point, one.offset_ms) for one in found] == [(mat, -1000 * hour_s)]
    return right, tried


def find_floors(day: Day) -> list[Floor]:
    """Of every mat and moment, on the whole day."""
    sheet = make_sheet(day.watched(day.time_s), [])
    besides = all_beside(sheet)
    found = []
    for mat, name in enumerate(day.names):
        lateness = find_lateness(sheet, mat, besides)
        if lateness is not None:
            found += [
                Floor(name, moment, *find_floor(lateness, moment, AROUND)) for moment in MOMENTS
            ]
    return found


def split_devices(day: Day, common: int = 50, apart_s: float = 0.5) -> tuple[float, int, int]:
    """(worst error, missed, tried): a mat's reads on two devices, ``common`` chips read by both."""
    worst, missed, tried = 0.0, 0, 0
    rng = np.random.default_rng(5)
    for mat in range(len(day.names)):
        rows = np.flatnonzero(~np.isnan(day.time_s[:, mat]))
        for _ in range(3):
            both = np.sort(rng.choice(rows, common, replace=False))
            first = np.sort(np.union1d(both, rng.choice(rows, len(rows) // 2, replace=False)))
            second = np.sort(np.union1d(both, np.setdiff1d(rows, first)))
            at_s = np.concatenate([day.time_s[first, mat], day.time_s[second, mat] + apart_s])
            at_s += rng.normal(0.0, 0.15, len(at_s))
            reads = Reads(
                np.concatenate([first, second]),
                np.full(len(at_s), mat),
                np.repeat([mat, 99], [len(first), len(second)]),
                np.rint(1000 * at_s).astype(np.int64),
            )
            found = [o for o in check_clocks(day.watched(day.time_s, reads)) if o.kind == "apart"]
            tried += 1
            missed += not found
            worst = max([worst, *(abs(abs(o.offset_ms) / 1000 - apart_s) for o in found)])
    return worst, missed, tried


def look_at_pool(folder: Path) -> dict[str, list[str]]:
    """Undisturbed editions with replay's starts: what is proposed as they grow, and with the year before as
    the earlier edition."""
    import pyarrow.parquet as pq

    table = pq.read_table(folder / POOL)
    names = sorted(set(zip(table["race"].to_pylist(), table["year"].to_pylist(), strict=True)))
    said: dict[str, list[str]] = {}
    before: tuple[str, Day] | None = None
    for race, year in names:
        past = load_past_race(folder / POOL, f"{race} {year}", 42195.0)
        day = load_day(past)
        heard = (~np.isnan(day.time_s)).mean(axis=0) > 0.3
        day = Day(
            [name for name, there in zip(day.names, heard, strict=True) if there],
            day.metres[heard],
            day.time_s[:, heard],
        )
        order = np.sort(day.time_s[~np.isnan(day.time_s)])
        found: list[str] = []
        for share in (0.25, 0.5, 0.75, 1.0):
            now = order[int(share * (len(order) - 1))]
            part = day.watched(np.where(day.time_s <= now, day.time_s, np.nan))
            found += [_said(day, one) for one in check_clocks(part)]
        if before is not None and before[0] == race and before[1].names == day.names:
            shape = course_shape(before[1].watched(before[1].time_s))
            again = check_clocks(day.watched(day.time_s), shape)
            found += [f"against the year before: {_said(day, one)}" for one in again]
        said[f"{race} {year}"] = sorted(set(found))
        before = (race, day)
    return said


def _said(day: Day, one: ClockFinding) -> str:
    return f"{one.kind} {day.names[one.point]} {one.offset_ms / 1000:+.0f} s"


def measure(folder: Path) -> Measured:
    """All of it; some ten minutes of one core."""
    day = load_day(load_past_race(folder / DAY, "", 42195.0))
    whole = day.watched(day.time_s)
    check_clocks(whole)
    began = process_time()
    check_clocks(whole)
    cpu = process_time() - began
    wrong = day.time_s.copy()
    wrong[wrong[:, 3] > np.nanmedian(wrong[:, 3]), 3] += 30.0
    began = process_time()
    check_clocks(day.watched(wrong))
    with_a_step = process_time() - began
    checks, proposals = grow(day)
    print(checks, proposals, flush=True)
    right, hours = shift_hours(day)
    worst, missed, aparts = split_devices(day)
    print(right, hours, worst, missed, aparts, flush=True)
    pool = look_at_pool(folder)
    print(pool, flush=True)
    shifted = []
    for one in shift_all(day):
        shifted.append(one)
        print(one, flush=True)
    return Measured(
        shifted, checks, len(proposals), right, hours, worst, missed, aparts, pool, cpu, with_a_step,
        find_floors(day),
    )  # fmt: skip


def page_of(found: Measured) -> str:
    """The figures as Markdown."""
    inside = [
        abs(one.found_s - one.shift_s) <= one.error_s
        for one in found.shifted
        if one.found_s is not None and one.error_s is not None
    ]
    lines = [
        "| what | figure |",
        "|---|---|",
        (
            f"| the undisturbed day, looked at {found.unshifted_checks} times while it grew: proposals |"
            f" {found.unshifted_proposals} |"
        ),
        (
            f"| an hour from the start, one mat in turn: found, and nothing else |"
            f" {found.hours_found} of {found.hours} |"
        ),
        (
            f"| two devices 0.5 s apart, 50 chips read by both: not found | {found.apart_missed} of"
            f" {found.aparts} |"
        ),
        f"| the same: worst error | {found.apart_worst_s:.2f} s |",
        f"| steps found | {len(inside)} of {len(found.shifted)} |",
        f"| of these with the truth within the stated 90 % error | {100 * np.mean(inside):.0f} % |",
        (
            f"| steps with a proposal for another mat, at any look |"
            f" {sum(one.others > 0 for one in found.shifted)} of {len(found.shifted)} |"
        ),
        f"| CPU of one check of the whole day, 48,000 runners | {found.cpu_s:.2f} s |",
        f"| the same with a step to find and to explain | {found.cpu_with_a_step_s:.2f} s |",
        "",
        (
            "After how many passings a step is found, for a step when 20, 50 and 80 % of the field had passed"
            " (1,000, 3,000, the rest of the day; a dash: never):"
        ),
        "",
        "| mat | " + " | ".join(f"{shift:+d} s" for shift in SHIFTS_S) + " |",
        "|---" * (len(SHIFTS_S) + 1) + "|",
    ]
    for mat in dict.fromkeys(one.mat for one in found.shifted):
        cells = []
        for shift in SHIFTS_S:
            of_cell = [o for o in found.shifted if (o.mat, o.shift_s) == (mat, shift)]
            cells.append(", ".join(_passings(one) for one in of_cell))
        lines.append(f"| {mat} | " + " | ".join(cells) + " |")
    lines += _lines_of_floors(found)
    lines += ["", "Undisturbed editions, starts by replay's rule, at four moments of each:", ""]
    lines += ["| edition | proposals |", "|---|---|"]
    lines += [f"| {name} | {'; '.join(said) or 'none'} |" for name, said in found.pool.items()]
    return "\n".join(lines)


def _lines_of_floors(found: Measured) -> list[str]:
    """Why small steps are not found: what the undisturbed day itself shows."""
    floors = {(one.mat, one.moment): one for one in found.floors}
    missing = [one for one in found.shifted if one.passings is None]
    small = sum(abs(one.shift_s) < MARGIN * floors[one.mat, one.moment].limit_s for one in missing)
    lines = [
        "",
        (
            "Why others are not found: what a step must exceed there at every length that is compared, and in"
            f" brackets the largest that the undisturbed day itself shows within {100 * AROUND:.0f} % of the"
            f" field around it, in seconds. Of the {len(missing)} steps that were not found {small} are smaller"
            " than that limit or less than a third larger (a part of a step passes for what is usual):"
        ),
        "",
        "| mat | " + " | ".join(f"at {100 * moment:.0f} %" for moment in MOMENTS) + " |",
        "|---" * (len(MOMENTS) + 1) + "|",
    ]
    for mat in dict.fromkeys(one.mat for one in found.floors):
        cells = [floors[mat, moment] for moment in MOMENTS]
        said = [f"{one.limit_s:.1f} ({one.honest_s:.1f})" for one in cells]
        lines.append(f"| {mat} | {' | '.join(said)} |")
    return lines


def _passings(one: Shifted) -> str:
    if one.passings is None:
        return "–"
    return f"{one.passings:,}" if one.passings in PASSINGS else "day"


def main() -> int:
    """Measure and write both files."""
    folder = Path(os.environ.get("HOMESTRETCH_DATA") or ROOT.parent / "shared" / "data")
    found = measure(folder)
    RESULT.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    head, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    text = f"{head}{BEGIN}\n\n{page_of(found)}\n\n{END}{rest.split(END)[1]}"
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
