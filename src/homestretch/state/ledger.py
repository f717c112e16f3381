"""Who is where: one status for every entrant at every moment, from passings and from what people said.

Nobody leaves the ledger by withdrawing: somebody takes over (a bus, a tent, themselves) and a closing
fact says so. A ruling (DNS, DNF, DSQ) is a result: it closes nothing for somebody who is still out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from homestretch.facts import AnyFact, Ruled, Sighting, TakenOver, Withdrawn
from homestretch.race.event import Event
from homestretch.state.columns import Columns
from homestretch.state.places import find_points, points_by_place
from homestretch.state.snapshot import (
    NEVER,
    OPEN,
    Bools,
    FlagNow,
    Floats,
    Ints,
    Mark,
    Points,
    Roster,
    Status,
)
from homestretch.store import Logged

_TAKEN: dict[str, Status] = {
    "bus": Status.RIDING,
    "care": Status.IN_CARE,
    "self": Status.LEFT,
    "home": Status.HOME,
    "vehicle": Status.MOVED_UP,
}


@dataclass(slots=True)
class Said:
    """What people said of one row, in the order of the law (seen_at, fact id)."""

    taken: list[tuple[Logged, TakenOver]] = field(default_factory=list)
    withdrawn: list[tuple[Logged, Withdrawn]] = field(default_factory=list)
    ruled: list[tuple[Logged, Ruled]] = field(default_factory=list)
    seen: list[tuple[Logged, Sighting]] = field(default_factory=list)


def said_of_rows(
    columns: Columns, roster: Roster, void: frozenset[int], until: int
) -> dict[int, Said]:
    """Everything that people said up to ``until`` of entrants who are known, by row."""
    found: dict[int, Said] = {}

    def of(logged: Logged, fact: AnyFact, bib: str) -> Said | None:
        row = roster.row_of_bib.get(bib)
        if row is None or logged.seq in void or fact.seen_at > until:
            return None
        return found.setdefault(row, Said())

    for logged, taken in columns.of_kind(TakenOver):
        if said := of(logged, taken, taken.bib):
            said.taken.append((logged, taken))
    for logged, withdrawn in columns.of_kind(Withdrawn):
        if said := of(logged, withdrawn, withdrawn.bib):
            said.withdrawn.append((logged, withdrawn))
    for logged, ruled in columns.of_kind(Ruled):
        if said := of(logged, ruled, ruled.bib):
            said.ruled.append((logged, ruled))
    for logged, sighting in columns.of_kind(Sighting):
        if said := of(logged, sighting, sighting.bib):
            said.seen.append((logged, sighting))
    return found


def carried_spans(said: dict[int, Said]) -> dict[int, list[tuple[int, int]]]:
    """row -> [from, until) in which reads of the chip prove nothing: somebody had taken them over."""
    far = np.iinfo(np.int64).max
    spans: dict[int, list[tuple[int, int]]] = {}
    for row, words in said.items():
        since = None
        for _, taken in words.taken:
            carried = taken.taken_by not in ("road", "vehicle")
            if carried and since is None:
                since = taken.seen_at
            elif not carried and since is not None:
                spans.setdefault(row, []).append((since, taken.seen_at))
                since = None
        if since is not None:
            spans.setdefault(row, []).append((since, far))
    return spans


@dataclass(slots=True)
class Proofs:
    """(n,) the newest proof that a row was on the course: when, where, at which mat; and the finish."""

    at: Ints
    metres: Floats
    column: Ints
    finish_at: Ints
    finish_seq: Ints
    seen_by_a_person: Bools


def find_proofs(
    event: Event,
    roster: Roster,
    points: Points,
    passed_at: Ints,
    evidence: Ints,
    said: dict[int, Said],
) -> Proofs:
    """Proofs from passings and sightings; a person who saw a bib at its finish proves that it is home."""
    n = len(roster.race)
    rows = np.arange(n)
    counts = passed_at.copy()
    starts = np.flatnonzero(roster.start_point >= 0)
    before = counts[starts, roster.start_point[starts]] < roster.gun_at[starts]
    counts[starts[before], roster.start_point[starts[before]]] = NEVER
    if counts.shape[1]:
        column = counts.argmax(axis=1)
        at = counts[rows, column]
        metres = np.where(at >= 0, np.nan_to_num(points.distance_m[roster.race, column]), 0.0)
        column = np.where(at >= 0, column, NEVER)
    else:
        column, at, metres = np.full(n, NEVER), np.full(n, NEVER), np.zeros(n)
    finish = np.full(n, NEVER, np.int64)
    finish_seq = np.full(n, NEVER, np.int64)
    ends = np.flatnonzero(roster.end_point >= 0)
    finish[ends] = passed_at[ends, roster.end_point[ends]]
    finish_seq[ends] = evidence[ends, roster.end_point[ends]]
    proofs = Proofs(at, metres, column, finish, finish_seq, np.zeros(n, np.bool_))
    known = points_by_place(event)
    mats = [point.id for point in event.points if point.kind == "mat"]
    for row, words in said.items():
        for logged, sighting in words.seen:
            _take_sighting(proofs, roster, row, logged, sighting, known, mats, event)
    return proofs


def _take_sighting(
    proofs: Proofs,
    roster: Roster,
    row: int,
    logged: Logged,
    sighting: Sighting,
    known: dict[str, list[int]],
    mats: list[str],
    event: Event,
) -> None:
    race = event.races[roster.race[row]].id
    proofs.seen_by_a_person[row] = True
    positions = find_points(known, sighting.place)
    at_the_end = roster.end_point[row] in positions and sighting.seen_at > roster.gun_at[row]
    if at_the_end and proofs.finish_at[row] < 0:
        proofs.finish_at[row] = sighting.seen_at
        proofs.finish_seq[row] = logged.seq
    point = event.find_point(mats[positions[-1]] if positions else sighting.place)
    if sighting.seen_at > proofs.at[row]:
        proofs.at[row] = sighting.seen_at
        if point is not None and race in point.distance_m:
            proofs.metres[row] = max(point.distance_m[race], proofs.metres[row])


@dataclass(slots=True)
class Ledger:
    """(n,) status and marks, who has whom, and which fact decided."""

    status: npt.NDArray[np.int8]
    marks: Ints
    keeper: dict[int, str]
    seq: Ints
    ruled_out: Bools
    """not ranked: DNF, DSQ or moved up, or after the stop without a ruling"""


def make_ledger(
    event: Event,
    roster: Roster,
    points: Points,
    proofs: Proofs,
    said: dict[int, Said],
    flag: FlagNow,
) -> Ledger:
    """Everybody's status from the proofs, then what people said."""
    n = len(roster.race)
    status = np.full(n, Status.ENTERED, np.int8)
    status[proofs.at >= 0] = Status.STARTED
    finished = proofs.finish_at >= 0
    status[finished] = Status.FINISHED
    cutoff = np.full(n, NEVER, np.int64)
    ends = np.flatnonzero(roster.end_point >= 0)
    cutoff[ends] = points.cutoff_at[roster.race[ends], roster.end_point[ends]]
    status[finished & (cutoff >= 0) & (proofs.finish_at > cutoff)] = Status.FINISHED_LATE
    marks = np.where(~roster.competes, int(Mark.OUT_OF_COMPETITION), 0).astype(np.int64)
    marks[proofs.seen_by_a_person] |= Mark.SEEN_BY_A_PERSON
    ledger = Ledger(status, marks, {}, proofs.finish_seq.copy(), np.zeros(n, np.bool_))
    for row, words in said.items():
        _take_over(ledger, row, words, proofs)
        _withdraw(ledger, row, words, proofs)
        _rule(ledger, row, words)
    if flag.state == "stopped":
        late = finished & (proofs.finish_at > flag.since_at) & _concerned(event, roster, flag)
        ledger.marks[late] |= Mark.AFTER_STOP
        for row in np.flatnonzero(late).tolist():
            if not _counts_after_stop(said.get(row)):
                ledger.ruled_out[row] = True
    return ledger


def _concerned(event: Event, roster: Roster, flag: FlagNow) -> Bools:
    if not flag.races:
        return np.ones(len(roster.race), np.bool_)
    return np.array([race.id in flag.races for race in event.races])[roster.race]


def _counts_after_stop(words: Said | None) -> bool:
    return words is not None and any(
        ruled.verdict == "count-after-stop" for _, ruled in words.ruled
    )


def _take_over(ledger: Ledger, row: int, words: Said, proofs: Proofs) -> None:
    if not words.taken:
        return
    moved_up = any(taken.taken_by == "vehicle" for _, taken in words.taken)
    ledger.ruled_out[row] |= moved_up
    logged, last = words.taken[-1]
    finished = ledger.status[row] in (Status.FINISHED, Status.FINISHED_LATE)
    if last.taken_by == "road":
        ledger.marks[row] |= Mark.SEEN_BY_A_PERSON
        if ledger.status[row] == Status.ENTERED:
            ledger.status[row] = Status.STARTED
        if moved_up:
            ledger.status[row] = Status.HOME if finished else Status.MOVED_UP
        return
    if finished and last.taken_by == "vehicle":
        ledger.status[row] = Status.HOME
    elif finished and last.taken_by in ("self", "home"):
        ledger.status[row] = Status.HOME if moved_up else ledger.status[row]
    else:
        ledger.status[row] = _TAKEN[last.taken_by]
        ledger.seq[row] = logged.seq
        ledger.keeper[row] = last.keeper
    if last.seen_at > proofs.at[row]:
        proofs.at[row] = last.seen_at


def _withdraw(ledger: Ledger, row: int, words: Said, proofs: Proofs) -> None:
    if not words.withdrawn:
        return
    logged, last = words.withdrawn[-1]
    if ledger.status[row] == Status.ENTERED:
        ledger.status[row] = Status.STARTED
    if ledger.status[row] in OPEN and not words.taken and last.seen_at >= proofs.at[row]:
        ledger.marks[row] |= Mark.SAID_TO_WITHDRAW
        ledger.seq[row] = logged.seq
        proofs.at[row] = last.seen_at


def _rule(ledger: Ledger, row: int, words: Said) -> None:
    final = [(logged, ruled) for logged, ruled in words.ruled if ruled.verdict in _FINAL]
    if not final or final[-1][1].verdict == "reinstated":
        return
    logged, last = final[-1]
    status = Status(ledger.status[row])
    if last.verdict == "dns":
        if status == Status.ENTERED:
            ledger.status[row] = Status.DNS
            ledger.seq[row] = logged.seq
        else:
            ledger.marks[row] |= Mark.CONTRADICTORY_RULING
        return
    ledger.ruled_out[row] = True
    if status in OPEN:
        ledger.marks[row] |= Mark.RULED_BUT_OUT
    elif status == Status.ENTERED and last.verdict == "dnf":
        ledger.marks[row] |= Mark.CONTRADICTORY_RULING
    else:
        ledger.status[row] = Status.DNF if last.verdict == "dnf" else Status.DSQ
        ledger.seq[row] = logged.seq


_FINAL = ("dns", "dnf", "dsq", "reinstated")
