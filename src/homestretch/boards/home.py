"""The event's home: who started, who is on the road, who is home, what is open, and each timing point."""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from homestretch.boards import EVERYBODY, Board, BoardKind, Choices, PageNumber
from homestretch.boards.course_map import CourseMap, make_course_map
from homestretch.boards.frame import make_frame
from homestretch.boards.people import LedgerEntry, keeps_ledger, ledger_entries
from homestretch.errors import RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.state.snapshot import NEVER, Status

PAGE = 100

ListName = Literal[
    "", "road", "bus", "care", "left", "home", "not-seen", "dns", "dnf", "dsq", "questions"
]

LISTS: dict[str, tuple[str, tuple[Status, ...]]] = {
    "road": ("on the road", (Status.STARTED, Status.MOVED_UP)),
    "bus": ("on the bus", (Status.RIDING,)),
    "care": ("in care", (Status.IN_CARE,)),
    "left": ("left on their own", (Status.LEFT,)),
    "home": ("home", (Status.HOME,)),
    "not-seen": ("not seen yet", (Status.ENTERED,)),
    "dns": ("did not start", (Status.DNS,)),
    "dnf": ("did not finish", (Status.DNF,)),
    "dsq": ("disqualified", (Status.DSQ,)),
}
"""The lists of the ledger: what each is called and which statuses are in it."""

OFF_COURSE = (Status.RIDING, Status.IN_CARE, Status.LEFT, Status.HOME, Status.DNF, Status.DSQ)


class HomeChoices(Choices, frozen=True, kw_only=True):
    """``list`` opens the people behind a count, for those who keep the ledger."""

    list: ListName = ""
    page: PageNumber = 1


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


class OpenCount(msgspec.Struct, frozen=True, kw_only=True):
    """A count of the ledger that opens its list."""

    list: str
    words: str
    count: int
    closed: bool


class QuestionRow(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person must decide or find out."""

    kind: str
    bib: str
    name: str
    since_at: int
    detail: str


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """The people behind the counts, for director and control. ``people`` is the list that was opened."""

    counts: tuple[OpenCount, ...]
    opened: str
    page: int
    pages: int
    people: tuple[LedgerEntry, ...]
    questions: tuple[QuestionRow, ...]


class HomeBoard(Board, frozen=True, kw_only=True):
    """``open_questions``: how many things a person must still find out or decide."""

    counts: Counts
    open_questions: int
    races: tuple[RaceRow, ...]
    points: tuple[PointRow, ...]
    course: CourseMap | None
    ledger: Ledger | None


def rows(picture: Picture, viewer: Viewer, choices: HomeChoices) -> HomeBoard:
    """The home board; RefusedError when a list is asked for by somebody who does not keep the ledger."""
    if choices.list and not keeps_ledger(viewer):
        raise RefusedError(
            "The people behind a count are shown to those who keep the ledger only.",
            "Open this page with your own link from the director.",
        )
    state = picture.state
    frame = make_frame(picture, viewer)
    return HomeBoard(
        frame=frame,
        counts=_make_counts(state.counts, _count_crossed(picture)),
        open_questions=len(state.questions),
        races=_list_races(picture),
        points=_list_points(picture),
        course=None if choices.wall else make_course_map(picture, frame.ribbon),
        ledger=_make_ledger(picture, viewer, choices) if keeps_ledger(viewer) else None,
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


def _make_ledger(picture: Picture, viewer: Viewer, choices: HomeChoices) -> Ledger:
    state = picture.state
    counts = [
        OpenCount(
            list=name,
            words=words,
            count=sum(state.counts.get(status, 0) for status in statuses),
            closed=name not in ("road", "bus", "care"),
        )
        for name, (words, statuses) in LISTS.items()
    ]
    counts.append(
        OpenCount(list="questions", words="questions", count=len(state.questions), closed=False)
    )
    _, statuses = LISTS.get(choices.list, ("", ()))
    found = np.flatnonzero(np.isin(state.status, statuses))
    found = found[np.argsort(state.last_proof_at[found], kind="stable")]
    asked = len(state.questions) if choices.list == "questions" else len(found)
    first = (choices.page - 1) * PAGE
    return Ledger(
        counts=tuple(counts),
        opened=choices.list,
        page=choices.page,
        pages=max(1, -(-asked // PAGE)),
        people=ledger_entries(picture, viewer, found[first : first + PAGE].tolist()),
        questions=_list_questions(picture, viewer, first) if choices.list == "questions" else (),
    )


def _list_questions(picture: Picture, viewer: Viewer, first: int) -> tuple[QuestionRow, ...]:
    found = []
    for question in picture.state.questions[first : first + PAGE]:
        entry, detail = None, question.detail
        if question.row != NEVER:
            (entry,) = ledger_entries(picture, viewer, [question.row])
            if picture.state.status[question.row] == Status.IN_CARE:
                detail = entry.keeper
        found.append(
            QuestionRow(
                kind=question.kind,
                bib=entry.who.bib if entry else "",
                name=entry.who.name if entry else "",
                since_at=question.since_at,
                detail=detail,
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
