"""Facts to state: the whole fold on one screen. Recomputed each time; nothing is invalidated.

What changes rarely (plan, entrants, chips) is kept as long as no fact of these kinds has come; the rest
is whole-array work on the reads. The result depends on the set of facts and ``now``, never on arrival.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from homestretch.facts import Flag, Gun, Hidden, MatLifted, Moved, Struck
from homestretch.race.event import Event, Plan
from homestretch.state.calls import list_calls
from homestretch.state.clocks import corrected_times
from homestretch.state.columns import Columns
from homestretch.state.corrections import list_corrections
from homestretch.state.counting import count_unreadable, race_counts_of, unknown_places
from homestretch.state.devices import list_devices
from homestretch.state.doubted import DoubtsKept, Ran
from homestretch.state.elapsed import elapsed, tie_keys
from homestretch.state.entries import list_entries
from homestretch.state.field import FieldKept
from homestretch.state.flag import Flags, make_flags
from homestretch.state.held_reads import find_held_reads
from homestretch.state.kernels import heard
from homestretch.state.ledger import is_over, make_ledger
from homestretch.state.lookup import Lookup, rows_of_reads
from homestretch.state.marks import mark
from homestretch.state.packets import PacketsKept, find_calls
from homestretch.state.passings import (
    FUTURE_TOLERANCE_MS,
    Passings,
    ReadsIn,
    find_passings,
    make_rows,
)
from homestretch.state.photos import list_photos
from homestretch.state.proofs import find_proofs
from homestretch.state.questions import list_questions, waits_for_a_place
from homestretch.state.ranking import Rivals, rank
from homestretch.state.read_values import HeldReads, ReadColumns, Use
from homestretch.state.result_words import list_result_words, list_shared
from homestretch.state.roads import list_zones
from homestretch.state.roster import find_guns, make_points
from homestretch.state.rows import Rows
from homestretch.state.said import FAR_AT, Spans, carried_spans, is_carried, listen, moved_up_at
from homestretch.state.sayings import Saying, list_sayings
from homestretch.state.sightings import SightingsKept
from homestretch.state.snapshot import (
    NEVER,
    Ints,
    Points,
    Roster,
    State,
    Status,
    Unused,
)
from homestretch.state.story_words import list_held, list_story_words
from homestretch.state.sweep import SweepLine, track_sweep
from homestretch.state.tellings import list_deliveries
from homestretch.state.uses import find_use, list_newest
from homestretch.state.vehicles import Tracks
from homestretch.state.voided import StruckReads, struck_ids, struck_others
from homestretch.state.where import find_where


@dataclass(frozen=True, slots=True)
class _Shape:
    """What follows from plan, entrants, chips, guns and flags alone."""

    version: tuple[int, ...]
    plan: Plan
    void: frozenset[int]
    struck_reads: StruckReads
    roster: Roster
    rivals: Rivals
    twins: list[tuple[int, int]]
    strange_guns: int
    flags: Flags
    lookup: Lookup
    rows: Rows
    line: SweepLine | None
    tracks: Tracks


class Fold:
    """Folds one event's columns. It remembers what is a pure function of rare facts, and of the last fold
    what became of each read: a column as long as the log, which no State carries away."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._shape: _Shape | None = None
        self._last: tuple[_Shape, Passings, int] | None = None
        self._field = FieldKept()
        self._packets, self._sightings, self._doubts = PacketsKept(), SightingsKept(), DoubtsKept()

    def find_plan(self) -> Plan | None:
        """The plan that holds, unless none was loaded."""
        shape = self._shape or self._shaped(FAR_AT)
        return shape.plan if shape else None

    def find_uses(self, seqs: Sequence[int]) -> list[Use | None]:
        """What became of the reads at some positions of the log when the state was asked for last."""
        if self._last is None:
            return [None] * len(seqs)
        shape, passings, _ = self._last
        event, reads = shape.plan.event, self._read_columns()
        return [
            find_use(event, shape.roster, shape.lookup, shape.rows, passings, reads, seq)
            for seq in seqs
        ]

    def list_newest(self, reason: Unused, most: int) -> list[int]:
        """Log positions of the newest reads of which this became, the newest first."""
        if self._last is None:
            return []
        return list_newest(self._last[1], self._read_columns(), reason, most)

    def list_sayings(self, most: int, before: int, bib: str) -> list[Saying]:
        """The newest words that people said, as of the state that was asked for last."""
        if self._shape is None:
            return []
        roster = self._shape.roster
        row = roster.find_row(bib) if bib else None
        entrant = "" if row is None else roster.entrants[row]
        return list_sayings(self.columns, self._shape.void, most, before, bib, entrant)

    def find_held_reads(self) -> HeldReads | None:
        """The reads behind the state that was asked for last, for whoever compares devices."""
        if self._last is None:
            return None
        shape, passings, _ = self._last
        columns, reads = self.columns, self._read_columns()
        return find_held_reads(
            shape.roster,
            shape.lookup,
            shape.flags.as_planned(shape.rows.metres),
            passings,
            columns.symbols,
            reads,
            columns.read("source"),
        )

    def _read_columns(self) -> ReadColumns:
        assert self._last is not None
        columns, (shape, _, until) = self.columns, self._last
        at = corrected_times(columns, shape.void, columns.read("seen_at"), until)
        return ReadColumns(columns.read("seq"), columns.read("chip"), columns.read("place"), at)

    def state(self, now: int) -> State | None:
        """The state at ``now`` (UTC ms); None before a plan was loaded.

        Plan, entries and chips hold for the whole day, whenever they were said; of everything else only
        what was seen up to ``now`` (and a little more, because clocks differ).
        """
        until = now + FUTURE_TOLERANCE_MS
        shape = self._shaped(until)
        if shape is None:
            return None
        event, roster, columns = shape.plan.event, shape.roster, self.columns
        said, flags = listen(columns, roster, shape.void, until), shape.flags
        carried = carried_spans(said.of_row)
        ahead = moved_up_at(said.of_row)
        reads = self._reads_in(shape, carried, ahead, until)
        points = _heard(columns, event, shape, reads, until)
        planned = flags.as_planned(shape.rows.metres)
        passings = find_passings(roster, reads, shape.lookup, shape.rows, now)
        self._last = (shape, passings, until)
        evidence = _positions(columns, passings.winner)
        proofs = find_proofs(
            event, roster, points, passings.at, evidence, said.of_row, carried, flags.planned_to_m
        )
        open_ms = shape.rows.open_ms[roster.race]
        ledger = make_ledger(roster, points, proofs, said, flags, open_ms)
        mark(ledger, event, roster, points, passings, proofs, flags)
        where = find_where(event, roster, points, passings.at, proofs, ledger, flags, now)
        points.silent[:] = where.silent
        points.passed[:] = (passings.at >= 0).sum(axis=0)
        start_at, gun_ms, net_ms = elapsed(roster, passings, proofs, ledger)
        ranked = (gun_ms >= 0) & ~ledger.ruled_out
        ties = tie_keys(reads, passings, roster, proofs)
        shared = list_shared(columns, roster, shape.void, until)
        places = rank(shape.rivals, roster, gun_ms, net_ms, ranked, ties, shared)
        counts = {status: int((ledger.status == status).sum()) for status in Status}
        unused = np.bincount(passings.unused, minlength=len(Unused))
        sweep = track_sweep(columns, event, shape.line, shape.void, now)
        over = is_over(ledger, roster, flags, open_ms, now)
        packets = self._packets.find(columns, roster, shape.void, shape.version)
        return State(
            now=now,
            last_seq=columns.last_seq,
            roster=roster,
            points=points,
            passed_at=passings.at,
            evidence=evidence,
            start_at=start_at,
            finish_at=proofs.finish_at,
            gun_ms=gun_ms,
            net_ms=net_ms,
            status=ledger.status,
            marks=ledger.marks,
            keeper=ledger.keeper,
            held_by=ledger.held_by,
            collected=packets.collected,
            to_call=find_calls(roster, packets.collected, ledger.status, open_ms, flags, now),
            status_seq=ledger.seq,
            last_point=proofs.column,
            last_proof_at=proofs.at,
            last_proof_m=proofs.metres,
            last_proof_seq=proofs.seq,
            position_m=where.position_m,
            pace_s_per_km=where.pace_s_per_km,
            due_point=where.due_point,
            due_at=where.due_at,
            place=places.race,
            place_sex=places.sex,
            place_group=places.group,
            place_apart=places.apart,
            unused={reason: int(unused[reason]) for reason in Unused},
            unknown_places=unknown_places(columns, passings),
            unknown_chips=len(
                np.unique(columns.read("chip")[passings.unused == Unused.UNKNOWN_CHIP])
            ),
            unreadable=count_unreadable(columns, shape.strange_guns),
            sweep=sweep,
            vehicles=shape.tracks.follow(columns, shape.void, sweep, now),
            unknown_vehicles=shape.tracks.count_unknown(now),
            flags=flags.holding,
            quiet=flags.quiet,
            lantern=where.lantern,
            counts=counts,
            race_counts=race_counts_of(event, roster, ledger),
            devices=list_devices(columns, shape.lookup, shape.void, until),
            corrections=list_corrections(columns, shape.void, until),
            zones=list_zones(columns, event, points, shape.lookup, shape.void, until),
            questions=list_questions(
                ledger, proofs.at, shape.twins, (*said.of_nobody, *packets.of_nobody)
            ),
            entries=list_entries(columns.entered, roster, shape.void, until),
            doubted=self._doubts.find(
                columns,
                Ran(event, roster, passings.at, planned, {*carried, *ahead}),
                shape.void,
                until,
                shape.version,
            ),
            calls=list_calls(columns, roster, shape.void, until),
            held=list_held(columns, roster, shape.void, until),
            stories=list_story_words(columns, shape.void, until),
            ruled=frozenset(ledger.ruled),
            sightings=self._sightings.find(
                columns, event, roster, shape.void, carried, until, shape.version
            ),
            words=list_result_words(columns, roster, shape.void, until),
            over=over,
            settled=over and not waits_for_a_place(ledger).any(),
            deliveries=list_deliveries(columns, shape.void, until),
            photos=list_photos(columns, shape.void, until),
        )

    def _shaped(self, until: int) -> _Shape | None:
        """The shape that holds; a gun, a move or a strike that is still to come does not shape anything yet."""
        columns = self.columns
        rare = (Gun, Struck, Flag, Moved, Hidden)
        version = (columns.shape_version, *(columns.count_until(kind, until) for kind in rare))
        if self._shape is None or self._shape.version != version:
            struck = struck_ids(columns, until)
            void = struck_others(columns, struck)
            plan = columns.find_plan(void)
            if plan is None:
                return None
            guns = find_guns(columns, plan.event, void, until)
            field = self._field.find(columns, plan.event, void, guns, until)
            flags = make_flags(columns, plan.event, void, until)
            rows = make_rows(plan.event, field.roster, make_points(plan.event), flags.planned_to_m)
            self._shape = _Shape(
                version=version,
                plan=plan,
                void=void,
                struck_reads=StruckReads(struck),
                roster=field.roster,
                rivals=field.rivals,
                twins=field.twins,
                strange_guns=guns.strange,
                flags=flags,
                lookup=Lookup(plan.event, field.held, rows),
                rows=rows,
                line=self._line(plan),
                tracks=self._tracks(plan),
            )
        self._shape.lookup.extend(columns.symbols, columns.places)
        return self._shape

    def _line(self, plan: Plan) -> SweepLine | None:
        """The sweep's line; the one there is as long as course and sweep are planned as before."""
        before, sweep = self._shape, plan.event.sweep
        if sweep is None or len(plan.course.lat) < 2:
            return None
        if before is not None and (before.plan.course, before.plan.event.sweep) == (
            plan.course,
            sweep,
        ):
            return before.line
        return SweepLine(plan.course, sweep)

    def _tracks(self, plan: Plan) -> Tracks:
        """The vehicles' tracks; those that there are as long as the plan is as before."""
        before = self._shape
        return before.tracks if before is not None and before.plan == plan else Tracks(plan)

    def _reads_in(
        self, shape: _Shape, carried: Spans, ahead_at: dict[int, int], until: int
    ) -> ReadsIn:
        columns = self.columns
        seen_at = columns.read("seen_at")
        at = corrected_times(columns, shape.void, seen_at, until)
        return ReadsIn(
            chip=columns.read("chip"),
            place=columns.read("place"),
            at=at,
            seen_at=seen_at,
            source=columns.read("source"),
            source_rank=columns.source_ranks(),
            number=columns.read("number"),
            digest=columns.read("digest"),
            barred=_barred(columns, shape, at, carried),
            ahead_at=ahead_at,
        )


def _barred(columns: Columns, shape: _Shape, at: Ints, carried: Spans) -> dict[int, Unused]:
    """Reads that are barred beforehand: made while somebody had taken the row over, or struck out."""
    barred: dict[int, Unused] = {}
    if carried:
        chip = columns.read("chip")
        of_carried = shape.lookup.may_be_of(set(carried))
        which = np.flatnonzero(of_carried[chip])
        for read, row in zip(
            which, rows_of_reads(shape.lookup, chip[which], at[which]), strict=True
        ):
            if is_carried(carried, int(row), int(at[read])):
                barred[int(read)] = Unused.WHILE_CARRIED
    barred.update(dict.fromkeys(shape.struck_reads.find(columns), Unused.STRUCK_OUT))
    return barred


def _heard(columns: Columns, event: Event, shape: _Shape, reads: ReadsIn, until: int) -> Points:
    """The mats with how often and until when each was heard."""
    points = make_points(event)
    found = heard(reads.place, reads.at, columns.read("received_at"), len(columns.symbols), until)
    for symbol in columns.places:
        count, newest, arrived = found[symbol]
        for column in shape.lookup.points_at(symbol):
            points.reads[column] += count
            points.last_read_at[column] = max(points.last_read_at[column], newest)
            points.heard_at[column] = max(points.heard_at[column], arrived)
    for logged, fact in columns.of_kind(MatLifted):
        if logged.seq not in shape.void and fact.seen_at <= until:
            points.lifted[shape.lookup.points_of(fact.place)] = True
    return points


def _positions(columns: Columns, winner: Ints) -> Ints:
    """(n, m) log positions of winning reads."""
    seq = columns.read("seq")
    if not len(seq):
        return winner
    return np.where(winner >= 0, seq[np.maximum(winner, 0)], NEVER)
