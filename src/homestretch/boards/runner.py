"""One runner: where they are, when they passed each point, and which read says so."""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.boards import EVERYBODY, Board, BoardKind, Choices, Text
from homestretch.boards.ahead import expected_between, positions, speaks_ahead
from homestretch.boards.axis import make_axis
from homestretch.boards.frame import make_frame
from homestretch.boards.people import keeps_ledger, shown
from homestretch.boards.ribbon import HereMark
from homestretch.boards.words import ROLE_WORDS, WITHDREW, say_status
from homestretch.errors import NotFound
from homestretch.picture import Picture
from homestretch.race.privacy import STAFF, Shown, Viewer
from homestretch.state.snapshot import FINISHERS, NEVER, ON_THE_ROAD, Mark, Status


class RunnerChoices(Choices, frozen=True, kw_only=True):
    """Whose page it is."""

    bib: Text


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a split rests on: the moment of the read (UTC ms) and, for staff, its position in the log."""

    read_at: int
    seq: int | None


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """One point of the runner's course. Exactly one of these holds: it was passed (``passed_at``), the
    mat missed the runner (``missed``), it is ahead (with an interval, UTC ms, when one can be said)."""

    point: str
    name: str
    distance_m: float
    passed_at: int | None = None
    net_ms: int | None = None
    gun_ms: int | None = None
    leg_pace_s_per_km: float | None = None
    missed: bool = False
    expected_from_at: int | None = None
    expected_until_at: int | None = None
    evidence: Evidence | None = None


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """Where the runner is now at constant pace: metres along the own course, and the pace."""

    at_m: float
    pace_s_per_km: float


class RunnerBoard(Board, frozen=True, kw_only=True):
    """``status`` is in words; times in milliseconds; places are 0 while there is none. ``opens_log`` tells
    that the viewer may open the reads behind the splits."""

    who: Shown
    race: str
    race_name: str
    wave: str
    status: str
    on_road: bool
    finished: bool
    net_ms: int | None
    gun_ms: int | None
    place: int
    place_sex: int
    place_group: int
    places_by: str
    splits: tuple[Split, ...]
    where: Where | None
    seen_at: int | None
    seen_at_point: str
    notes: tuple[str, ...]
    phone: str
    opens_log: bool


def rows(picture: Picture, viewer: Viewer, choices: RunnerChoices) -> RunnerBoard:
    """The page of one bib; NotFound when nobody has it or the entrant is hidden from this viewer."""
    state = picture.state
    row = state.roster.find_row(choices.bib)
    who = shown(picture, viewer, row) if row is not None else None
    if row is None or who is None or who.hidden:
        raise NotFound(
            f"There is no runner's page for bib {choices.bib}.",
            "Check the number; some entrants have chosen not to be shown.",
        )
    status = Status(int(state.status[row]))
    race = picture.event.races[int(state.roster.race[row])]
    crossed = int(state.finish_at[row]) != NEVER
    stops = bool(int(state.marks[row]) & Mark.SAID_TO_WITHDRAW) and not keeps_ledger(viewer)
    finished = crossed and status in (*FINISHERS, Status.RIDING, Status.IN_CARE)
    point = int(state.last_point[row])
    # When somebody was taken over is a proof, and health is nobody's business.
    told = keeps_ledger(viewer) or (status in (*FINISHERS, *ON_THE_ROAD) and not stops)
    return RunnerBoard(
        frame=make_frame(picture, viewer, None if stops else _here(picture, row, who)),
        who=who,
        race=race.id,
        race_name=race.name,
        wave=race.waves[int(state.roster.wave[row])].name if race.waves else "",
        status=WITHDREW if stops else say_status(status, viewer.role, crossed_the_line=crossed),
        on_road=status in ON_THE_ROAD and not stops,
        finished=finished,
        net_ms=_time(int(state.net_ms[row])) if finished else None,
        gun_ms=_time(int(state.gun_ms[row])) if finished else None,
        place=max(0, int(state.place[row])),
        place_sex=max(0, int(state.place_sex[row])),
        place_group=max(0, int(state.place_group[row])),
        places_by=race.places_by,
        splits=_list_splits(picture, viewer, row),
        where=None if stops else _where(picture, row),
        seen_at=_time(int(state.last_proof_at[row])) if told else None,
        seen_at_point=state.points.names[point] if told and point != NEVER else "",
        notes=_list_notes(picture, viewer, row),
        phone=picture.event.phone,
        opens_log=keeps_ledger(viewer),
    )


def _time(value: int) -> int | None:
    return None if value == NEVER else value


def _where(picture: Picture, row: int) -> Where | None:
    position_m = float(picture.state.position_m[row])
    pace = float(picture.state.pace_s_per_km[row])
    if np.isnan(position_m) or np.isnan(pace) or not speaks_ahead(picture, row):
        return None
    return Where(at_m=round(position_m, 1), pace_s_per_km=round(pace, 1))


def _here(picture: Picture, row: int, who: Shown) -> HereMark | None:
    position_m = float(positions(picture, np.array([row]))[0])
    if np.isnan(position_m):
        return None
    offset_m = make_axis(picture).offset_m[int(picture.state.roster.race[row])]
    return HereMark(at_m=round(position_m + offset_m, 1), label=who.bib)


def _list_splits(picture: Picture, viewer: Viewer, row: int) -> tuple[Split, ...]:
    state, roster = picture.state, picture.state.roster
    distances = state.points.distance_m[int(roster.race[row])]
    columns = [int(column) for column in np.argsort(distances) if not np.isnan(distances[column])]
    if roster.leg[row] != NEVER:
        columns = [c for c in columns if _in_own_leg(picture, row, float(distances[c]))]
    reached_m = float(state.last_proof_m[row]) if state.last_proof_at[row] != NEVER else -1.0
    if state.finish_at[row] != NEVER:
        reached_m = float("inf")
    splits: list[Split] = []
    before: tuple[int, float] | None = None
    for column in columns:
        at, at_m = int(state.passed_at[row, column]), float(distances[column])
        if at != NEVER:
            splits.append(_passed(picture, viewer, row, column, at, at_m, before))
            before = (at, at_m)
        elif at_m < reached_m or _may_come(picture, row):
            splits.append(_not_passed(picture, row, column, at_m, missed=at_m < reached_m))
    return tuple(splits)


def _may_come(picture: Picture, row: int) -> bool:
    return Status(int(picture.state.status[row])) in (Status.ENTERED, *ON_THE_ROAD)


def _in_own_leg(picture: Picture, row: int, at_m: float) -> bool:
    roster = picture.state.roster
    distances = picture.state.points.distance_m[int(roster.race[row])]
    start, end = int(roster.start_point[row]), int(roster.end_point[row])
    first_m = float(distances[start]) if start != NEVER else 0.0
    last_m = float(distances[end]) if end != NEVER else float("inf")
    return first_m <= at_m <= last_m


def _passed(
    picture: Picture,
    viewer: Viewer,
    row: int,
    column: int,
    at: int,
    at_m: float,
    before: tuple[int, float] | None,
) -> Split:
    state = picture.state
    pace = None
    if before is not None and at_m > before[1]:
        pace = round((at - before[0]) / (at_m - before[1]), 1)
    start_at, is_start = int(state.start_at[row]), column == state.roster.start_point[row]
    seq = int(state.evidence[row, column])
    return Split(
        point=state.points.ids[column],
        name=state.points.names[column],
        distance_m=at_m,
        passed_at=at,
        net_ms=None if is_start or start_at == NEVER else at - start_at,
        gun_ms=None if is_start else at - int(state.roster.gun_at[row]),
        leg_pace_s_per_km=pace,
        evidence=Evidence(read_at=at, seq=seq if viewer.role in STAFF and seq != NEVER else None),
    )


def _not_passed(picture: Picture, row: int, column: int, at_m: float, *, missed: bool) -> Split:
    points = picture.state.points
    on_road = Status(int(picture.state.status[row])) in ON_THE_ROAD
    expected = expected_between(picture, row, at_m) if on_road and not missed else None
    return Split(
        point=points.ids[column],
        name=points.names[column],
        distance_m=at_m,
        missed=missed,
        expected_from_at=expected[0] if expected else None,
        expected_until_at=expected[1] if expected else None,
    )


_NOTES = (
    (Mark.NO_START_READ, "No read at the start: the net time counts from the gun."),
    (Mark.START_BEFORE_GUN, "Read at the start before the gun: the net time counts from the gun."),
    (
        Mark.AFTER_STOP,
        "Finished after the race was stopped; the director rules whether it is ranked.",
    ),
    (Mark.CHANGED_COURSE, "The course was changed on the day: it may have been another distance."),
)
_LEDGER_NOTES = (
    (Mark.IMPOSSIBLE_LEG, "A leg between two reads is faster than anybody runs."),
    (Mark.ON_ANOTHER_COURSE, "Read at a point of another course; waits for a ruling."),
    (Mark.SAID_TO_WITHDRAW, "Said to stop; nobody has taken over yet."),
    (Mark.READ_WHILE_CARRIED, "The chip was read while a vehicle carried the runner."),
    (Mark.CONTRADICTORY_RULING, "A ruling contradicts what was seen."),
    (Mark.RULED_BUT_OUT, "Ruled out, and still on the road."),
    (Mark.OVERDUE, "Overdue at the next point."),
    (Mark.AFTER_A_CUTOFF, "Passed a point after its cutoff."),
)


def _list_notes(picture: Picture, viewer: Viewer, row: int) -> tuple[str, ...]:
    marks, role = int(picture.state.marks[row]), picture.state.roster.role[row]
    notes = [words for mark, words in _NOTES if marks & mark]
    if role in ROLE_WORDS:
        notes.insert(0, f"Out of competition: {ROLE_WORDS[role]}.")
    if keeps_ledger(viewer):
        notes += [words for mark, words in _LEDGER_NOTES if marks & mark]
    return tuple(notes)


def pulse(picture: Picture, choices: RunnerChoices) -> object:
    """The runner was read, or their status changed."""
    state = picture.state
    row = state.roster.find_row(choices.bib)
    if row is None:
        return None
    return int(state.status[row]), state.passed_at[row].tobytes(), state.flags


BOARD = BoardKind(
    pulse=pulse,
    name="runner",
    path="/{event}/runners/{bib}",
    who=EVERYBODY,
    choices=RunnerChoices,
    rows=rows,
    template="runner.html",
)
