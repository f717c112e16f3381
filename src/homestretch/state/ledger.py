"""Who is where: one status for every entrant at every moment, from passings and from what people said.

Nobody leaves the ledger by withdrawing: somebody takes over (a bus, a tent, themselves) and a closing
fact says so. A ruling (DNS, DNF, DSQ) is a result: it closes nothing for somebody who is still out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from homestretch.state.flag import Flags
from homestretch.state.proofs import Proofs
from homestretch.state.said import AllSaid, Said
from homestretch.state.snapshot import (
    FINISHERS,
    NEVER,
    ON_THE_ROAD,
    OPEN,
    Bools,
    Ints,
    Mark,
    Points,
    Roster,
    Status,
)

_TAKEN: dict[str, Status] = {
    "bus": Status.RIDING,
    "care": Status.IN_CARE,
    "self": Status.LEFT,
    "home": Status.HOME,
    "vehicle": Status.MOVED_UP,
}
CLOCKS_DIFFER_MS = 60_000
"""Who says to stop on a mat is read there by another clock: within a minute the word holds."""
FINAL = ("dns", "dnf", "dsq", "reinstated")
"""Verdicts on a result, of which the last holds."""
_SETTLING = ("dnf", "dsq", "reinstated", "other-course-settled")


@dataclass(slots=True)
class Ledger:
    """(n,) status and marks, who has whom, and which fact decided."""

    status: npt.NDArray[np.int8]
    marks: Ints
    keeper: dict[int, str]
    held_by: dict[int, str]
    seq: Ints
    ruled_out: Bools
    """not ranked: DNF, DSQ or moved up, or after the stop without a ruling"""
    ruled_after_stop: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))
    """finished after the stop, and ruled on"""
    ruled: set[int] = field(default_factory=set)
    """rows with a ruling that settles what was strange in their reads"""
    asked_at: dict[int, int] = field(default_factory=dict)
    """row -> when something was said of somebody whom nobody has seen on the course"""


def make_ledger(
    roster: Roster, points: Points, proofs: Proofs, said: AllSaid, flags: Flags, open_ms: Ints
) -> Ledger:
    """Everybody's status from the proofs, then what people said. ``open_ms`` (n,): how long after the gun the start is
    open."""
    n = len(roster.race)
    status = np.full(n, Status.ENTERED, np.int8)
    status[proofs.at >= 0] = Status.STARTED
    finished = proofs.finish_at >= 0
    stopped = finished & flags.was_stopped(roster.race, proofs.finish_at)
    status[finished] = Status.FINISHED
    cutoff = np.full(n, NEVER, np.int64)
    ends = np.flatnonzero(roster.end_point >= 0)
    cutoff[ends] = points.cutoff_at[roster.race[ends], roster.end_point[ends]]
    late = finished & (cutoff >= 0) & (proofs.finish_at > cutoff)
    late &= ~flags.was_quiet(roster.race, proofs.finish_at)
    status[late] = Status.FINISHED_LATE
    marks = np.where(~roster.competes, int(Mark.OUT_OF_COMPETITION), 0).astype(np.int64)
    marks[proofs.seen_by_a_person] |= Mark.SEEN_BY_A_PERSON
    marks[stopped] |= Mark.AFTER_STOP
    seq = np.where(finished, proofs.finish_seq, proofs.seq)
    ledger = Ledger(status, marks, {}, {}, seq, stopped.copy())
    ledger.ruled_after_stop = _counts_all(said) & stopped
    ledger.ruled_out &= ~ledger.ruled_after_stop
    for row, words in said.of_row.items():
        if stopped[row] and any(ruled.verdict == "count-after-stop" for _, ruled in words.ruled):
            ledger.ruled_out[row], ledger.ruled_after_stop[row] = False, True
        known = bool(proofs.at[row] >= 0)
        gun_at = int(roster.gun_at[row])
        _take_over(ledger, row, words, proofs, gun_at)
        _withdraw(ledger, row, words, proofs, gun_at)
        _rule(ledger, row, words, known)
    _rule_absent(ledger, roster, said, open_ms)
    return ledger


def _counts_all(said: AllSaid) -> bool:
    """Whether the director has ruled that everybody who finished after the stop counts."""
    return any(ruled.verdict == "count-after-stop" for _, ruled in said.of_everybody)


def _rule_absent(ledger: Ledger, roster: Roster, said: AllSaid, open_ms: Ints) -> None:
    """A ruling that everybody did not start concerns whom nobody had seen, nor said anything of, when their start
    had closed. Who is seen after all has started, and nobody needs to take it back."""
    for logged, ruled in said.of_everybody:
        if ruled.verdict == "dns":
            absent = ledger.status == Status.ENTERED
            absent &= roster.gun_at + open_ms <= ruled.seen_at
            absent[list(said.of_row)] = False
            ledger.status[absent] = Status.DNS
            ledger.seq[absent] = logged.seq


def _take_over(ledger: Ledger, row: int, words: Said, proofs: Proofs, gun_at: int) -> None:
    """Who finished and then rides, is in care or goes home has finished; who was carried ahead has not."""
    if not words.taken:
        return
    logged, last = words.taken[-1]
    if last.taken_by == "road" and proofs.at[row] < 0 and last.seen_at < gun_at:
        return  # let go before the start
    finished = ledger.status[row] in FINISHERS
    finish_at = int(proofs.finish_at[row])
    moved_up = any(not finished or at < finish_at for at in words.carried_ahead_at())
    if moved_up and _is_reinstated(words):
        moved_up = False
    if moved_up:
        ledger.ruled_out[row] = True
        ledger.marks[row] |= Mark.MOVED_UP
    if last.taken_by in ("bus", "care"):
        ledger.status[row] = _TAKEN[last.taken_by]
    elif finished:
        ledger.status[row] = Status.HOME if moved_up else ledger.status[row]
    elif last.taken_by == "road":
        ledger.status[row] = Status.MOVED_UP if moved_up else Status.STARTED
    else:
        ledger.status[row] = _TAKEN[last.taken_by]
    if last.taken_by in ("bus", "care") or not finished:
        ledger.seq[row] = logged.seq
    where = " at ".join(word for word in (last.keeper, last.place) if word)
    if ledger.status[row] in OPEN and where and last.taken_by != "road":
        ledger.keeper[row] = where
        ledger.held_by[row] = last.keeper
    if last.taken_by == "road":
        ledger.marks[row] |= Mark.SEEN_BY_A_PERSON
    proofs.at[row] = max(int(proofs.at[row]), last.seen_at)


def _is_reinstated(words: Said) -> bool:
    """Whether the last ruling after the last lift says that nothing was carried after all."""
    final = [ruled for _, ruled in words.ruled if ruled.verdict in FINAL]
    return bool(final) and final[-1].verdict == "reinstated"


def _withdraw(ledger: Ledger, row: int, words: Said, proofs: Proofs, gun_at: int) -> None:
    """Said to stop: open until somebody takes over; before the gun it is only a question."""
    if not words.withdrawn:
        return
    logged, last = words.withdrawn[-1]
    status = Status(ledger.status[row])
    if status not in (Status.ENTERED, *ON_THE_ROAD):
        return
    if last.seen_at < proofs.at[row] - CLOCKS_DIFFER_MS:
        return  # they ran on
    ledger.marks[row] |= Mark.SAID_TO_WITHDRAW
    ledger.seq[row] = logged.seq
    if status == Status.ENTERED and last.seen_at < gun_at:
        ledger.asked_at[row] = last.seen_at
        return
    if status == Status.ENTERED:
        ledger.status[row] = Status.STARTED
    proofs.at[row] = max(int(proofs.at[row]), last.seen_at)


def _rule(ledger: Ledger, row: int, words: Said, known: bool) -> None:
    """``known``: a mat or a person saw them on the course."""
    if any(ruled.verdict in _SETTLING for _, ruled in words.ruled):
        ledger.ruled.add(row)
    final = [(logged, ruled) for logged, ruled in words.ruled if ruled.verdict in FINAL]
    if not final or final[-1][1].verdict == "reinstated":
        return
    logged, last = final[-1]
    status = Status(ledger.status[row])
    if last.verdict == "dns":
        if status in OPEN or known:
            ledger.marks[row] |= Mark.CONTRADICTORY_RULING
            ledger.asked_at[row] = last.seen_at
            return
        ledger.status[row] = Status.DNS
        ledger.marks[row] &= ~int(Mark.SAID_TO_WITHDRAW)
    elif status == Status.ENTERED and last.verdict == "dnf":
        ledger.marks[row] |= Mark.CONTRADICTORY_RULING
        ledger.asked_at[row] = last.seen_at
        return
    else:
        ledger.ruled_out[row] = True
        if status in OPEN:
            ledger.marks[row] |= Mark.RULED_BUT_OUT
            return
        ledger.status[row] = Status.DNF if last.verdict == "dnf" else Status.DSQ
    ledger.seq[row] = logged.seq


def is_over(ledger: Ledger, roster: Roster, flags: Flags, open_ms: Ints, now: int) -> bool:
    """Nobody is out, somebody was, and nobody who is still expected can yet come to a start.

    ``open_ms`` (n,): how long after the gun the start is open.
    """
    expected = ledger.status == Status.ENTERED
    if np.isin(ledger.status, OPEN).any() or (expected | (ledger.status == Status.DNS)).all():
        return False
    expected &= ~flags.cancelled[roster.race]
    if flags.quiet[roster.race[expected]].any():
        return False  # a race that is held back has yet to start or to go on
    closes_at = roster.gun_at + open_ms
    return now > int(closes_at[expected].max(initial=NEVER))
