"""The fold as plain Python with dicts and lists: what one would write first, by the same rules.

It knows the rules that a day of one race without laps, relays and corrections needs: who carries a chip,
which point a place is, the day's window, the gun, the fastest plausible pace, the last read at the start
while it is open, the first elsewhere, ties by fact identity, legs that nobody can run, and a reason for
every read that is not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import NamedTuple

from homestretch.race.event import Event
from homestretch.state.snapshot import Unused

DAY_MS = 86_400_000
AHEAD_MS = 60_000


class DictRead(NamedTuple):
    """A read as the log has it."""

    chip: str
    place: str
    at: int
    source: str
    number: int
    digest: int


class DictEntrant(NamedTuple):
    """Who carries a chip: the row, and the gun."""

    row: int
    gun_at: int


class DictFolded(NamedTuple):
    """(row, column) -> position of the read that is the split, and (reads,) why each is (not) used."""

    winners: dict[tuple[int, int], int]
    reasons: list[Unused]


def dict_fold(
    event: Event, carriers: dict[str, DictEntrant], reads: Sequence[DictRead], now: int
) -> DictFolded:
    """Every split of the reads up to ``now``; ValueError when a row has a leg that nobody can run."""
    race = event.races[0]
    columns = {device: c for c, point in enumerate(event.points) for device in point.devices}
    metres = [point.distance_m[race.id] for point in event.points]
    pace = race.fastest_s_per_km
    least_ms = [floor(metre * pace) for metre in metres]
    guns = [entrant.gun_at for entrant in carriers.values()]
    opens, closes = min(guns) - DAY_MS, max(guns) + 2 * DAY_MS
    until = now + AHEAD_MS
    reasons = [Unused.REPEATED] * len(reads)
    first: dict[tuple[int, int], int] = {}
    starts: dict[int, list[int]] = {}
    gun_of: dict[int, int] = {}
    for i, (chip, place, at, source, number, digest) in enumerate(reads):
        column = columns.get(place)
        if column is None:
            reasons[i] = Unused.UNKNOWN_PLACE
            continue
        entrant = carriers.get(chip)
        if entrant is None:
            reasons[i] = Unused.UNKNOWN_CHIP
            continue
        row, gun_at = entrant
        if not opens <= at <= closes:
            reasons[i] = Unused.OTHER_DAY
        elif at > until:
            reasons[i] = Unused.FROM_THE_FUTURE
        elif at < gun_at + least_ms[column]:
            reasons[i] = Unused.TOO_FAST if column else Unused.BEFORE_THE_GUN
        elif column == 0:
            gun_of[row] = gun_at
            starts.setdefault(row, []).append(i)
        else:
            cell = (row, column)
            best = first.get(cell)
            if best is None:
                first[cell] = i
            else:
                other = reads[best]
                if at < other.at or (
                    at == other.at
                    and (source, number, digest) < (other.source, other.number, other.digest)
                ):
                    first[cell] = i
    _check_legs(first, reads, metres, pace)
    _settle_starts(event, starts, gun_of, first, reads, metres, reasons)
    for i in first.values():
        reasons[i] = Unused.USED
    return DictFolded(first, reasons)


def _check_legs(
    first: dict[tuple[int, int], int],
    reads: Sequence[DictRead],
    metres: list[float],
    pace: float,
) -> None:
    by_row: dict[int, list[tuple[float, int]]] = {}
    for (row, column), i in first.items():
        by_row.setdefault(row, []).append((metres[column], reads[i].at))
    for passed in by_row.values():
        passed.sort()
        reached = -1
        for metre, at in passed:
            least = at - floor(metre * pace)
            if least < reached:
                raise ValueError("a leg that nobody can run")
            reached = least


def _settle_starts(
    event: Event,
    starts: dict[int, list[int]],
    gun_of: dict[int, int],
    first: dict[tuple[int, int], int],
    reads: Sequence[DictRead],
    metres: list[float],
    reasons: list[Unused],
) -> None:
    race = event.races[0]
    open_ms, dead_ms = race.start_open_min * 60_000, int(event.dead_time_s * 1000)
    for row, mine in starts.items():
        latest = 2**62
        for column in range(1, len(metres)):
            i = first.get((row, column))
            if i is not None:
                latest = min(latest, reads[i].at - floor(metres[column] * race.fastest_s_per_km))
        closes = min(latest, gun_of[row] + open_ms)
        in_time = [i for i in mine if reads[i].at <= closes]
        for i in mine:
            if reads[i].at > closes:
                reasons[i] = Unused.AFTER_THE_START_CLOSED
        if not in_time:
            late = [i for i in mine if reads[i].at <= latest]
            begun = min((reads[i].at for i in late), default=0)
            in_time = [i for i in late if reads[i].at <= begun + dead_ms]
        if in_time:
            last = max(reads[i].at for i in in_time)
            first[row, 0] = min(
                (i for i in in_time if reads[i].at == last),
                key=lambda i: (reads[i].source, reads[i].number, reads[i].digest),
            )
