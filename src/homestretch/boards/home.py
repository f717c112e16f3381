"""The event's home: who started, who is on the road, who is home, what is open, and each timing point."""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.boards import EVERYBODY, Board, BoardKind, Choices, PageNumber
from homestretch.boards.course_map import CourseMap, make_course_map
from homestretch.boards.frame import make_frame
from homestretch.boards.ledger import Ledger, ListName, make_ledger, opened_by_itself, to_decide
from homestretch.boards.people import keeps_ledger
from homestretch.boards.reads import UnusedReads, make_unused_reads
from homestretch.boards.vehicles import VehicleTable, make_vehicle_table
from homestretch.errors import RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER, Status

OFF_COURSE = (Status.RIDING, Status.IN_CARE, Status.LEFT, Status.HOME, Status.DNF, Status.DSQ)


class HomeChoices(Choices, frozen=True, kw_only=True):
    """``list`` opens the people behind a count, for those who keep the ledger (``none``: not even the list
    that opens by itself); ``whole`` shows all of it at once, to print."""

    list: ListName = ""
    page: PageNumber = 1
    whole: bool = False


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """The ledger as numbers: entered = started + not_seen + did_not_start, and
    started = on_course + finished + off_course, at every moment."""

    entered: int
    started: int
    on_course: int
    finished: int
    off_course: int
    not_seen: int
    did_not_start: int


class RaceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One race: its counts and its first gun (UTC ms)."""

    id: str
    name: str
    distance_m: float
    gun_at: int
    counts: Counts


class PointRow(msgspec.Struct, frozen=True, kw_only=True):
    """One timing point. ``silent_since_at``: somebody is due there at constant pace and nothing has been
    heard since (NEVER: nothing at all); None while it is not silent."""

    id: str
    name: str
    distances_m: tuple[tuple[str, float], ...]
    passed: int
    last_read_at: int
    silent_since_at: int | None
    lifted: bool


class StationRow(msgspec.Struct, frozen=True):
    """A place without mats where people see runners, with a page of its own."""

    id: str
    name: str
    distances_m: tuple[tuple[str, float], ...]


class HomeBoard(Board, frozen=True, kw_only=True):
    """``open_questions``: how many things a person must still find out or decide; ``open_people``: how many
    ride or are in care, whom somebody has, but without a closing word. The ledger and the reads are for
    those who keep the ledger."""

    counts: Counts
    open_questions: int
    open_people: int
    races: tuple[RaceRow, ...]
    points: tuple[PointRow, ...]
    stations: tuple[StationRow, ...]
    course: CourseMap | None
    vehicles: VehicleTable | None
    ledger: Ledger | None
    reads: UnusedReads | None


def rows(picture: Picture, viewer: Viewer, choices: HomeChoices) -> HomeBoard:
    """The home board; RefusedError when a list is asked for by somebody who does not keep the ledger."""
    if choices.list and not keeps_ledger(viewer):
        raise RefusedError(
            said("The people behind a count are shown to those who keep the ledger only."),
            said("Open this page with your own link from the director."),
        )
    state, keeps = picture.state, keeps_ledger(viewer)
    frame = make_frame(picture, viewer)
    return HomeBoard(
        frame=frame,
        counts=_make_counts(state.counts, _count_crossed(picture)),
        open_questions=len(to_decide(picture, viewer)),
        open_people=state.counts.get(Status.RIDING, 0) + state.counts.get(Status.IN_CARE, 0),
        races=_list_races(picture),
        points=_list_points(picture),
        stations=tuple(
            StationRow(point.id, point.name, tuple(point.distance_m.items()))
            for point in picture.event.points
            if point.kind == "station"
        ),
        course=None if choices.wall else make_course_map(picture, frame.ribbon),
        vehicles=None if choices.wall else make_vehicle_table(picture, viewer),
        ledger=_open_ledger(picture, viewer, choices) if keeps else None,
        reads=make_unused_reads(picture) if keeps else None,
    )


def _open_ledger(picture: Picture, viewer: Viewer, choices: HomeChoices) -> Ledger:
    opened = {"none": "", "": "" if choices.wall else opened_by_itself(picture)}
    return make_ledger(
        picture,
        viewer,
        opened.get(choices.list, choices.list),
        choices.page,
        whole=choices.whole,
    )


def _count_crossed(picture: Picture, race: int | None = None) -> int:
    """How many crossed the line and were then taken into a bus or into care: they have finished."""
    state = picture.state
    crossed = (state.gun_ms != NEVER) & np.isin(state.status, (Status.RIDING, Status.IN_CARE))
    if race is not None:
        crossed &= state.roster.race == race
    return int(np.count_nonzero(crossed))


def _make_counts(counts: dict[Status, int], crossed: int) -> Counts:
    def number(*of: Status) -> int:
        return sum(counts.get(status, 0) for status in of)

    not_seen, did_not_start = number(Status.ENTERED), number(Status.DNS)
    entered = sum(counts.values())
    return Counts(
        entered=entered,
        started=entered - not_seen - did_not_start,
        on_course=number(Status.STARTED, Status.MOVED_UP),
        finished=number(Status.FINISHED, Status.FINISHED_LATE) + crossed,
        off_course=number(*OFF_COURSE) - crossed,
        not_seen=not_seen,
        did_not_start=did_not_start,
    )


def _list_races(picture: Picture) -> tuple[RaceRow, ...]:
    return tuple(
        RaceRow(
            id=race.id,
            name=race.name,
            distance_m=race.distance_m,
            gun_at=min((wave.gun_at for wave in race.waves), default=NEVER),
            counts=_make_counts(counts, _count_crossed(picture, position)),
        )
        for position, (race, counts) in enumerate(
            zip(picture.event.races, picture.state.race_counts, strict=True)
        )
    )


def _list_points(picture: Picture) -> tuple[PointRow, ...]:
    points, races = picture.state.points, picture.event.races
    found = []
    for column, (point, name) in enumerate(zip(points.ids, points.names, strict=True)):
        silent = bool(points.silent[column]) and not points.lifted[column]
        found.append(
            PointRow(
                id=point,
                name=name,
                distances_m=tuple(
                    (race.id, float(points.distance_m[position, column]))
                    for position, race in enumerate(races)
                    if not np.isnan(points.distance_m[position, column])
                ),
                passed=int(points.passed[column]),
                last_read_at=int(points.last_read_at[column]),
                silent_since_at=int(points.heard_at[column]) if silent else None,
                lifted=bool(points.lifted[column]),
            )
        )
    return tuple(found)


def pulse(picture: Picture, _: HomeChoices) -> object:
    """Somebody changed status or passed a point, or control said something."""
    state = picture.state
    return tuple(state.counts.values()), state.points.passed.tobytes(), state.flags


BOARD = BoardKind(
    pulse=pulse,
    name="home",
    path="/{event}",
    who=EVERYBODY,
    choices=HomeChoices,
    rows=rows,
    template="home.html",
)
