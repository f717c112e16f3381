"""One runner: where they are, when they passed each point, and which read says so."""

from __future__ import annotations

from typing import TypedDict

import msgspec
import numpy as np

from homestretch.boards import EVERYBODY, Board, BoardKind, Choices, Text
from homestretch.boards.ahead import (
    find_unseen,
    is_forecast_of,
    positions,
    say_basis,
    speaks_ahead,
)
from homestretch.boards.axis import make_axis
from homestretch.boards.coming_home import (
    FinishAhead,
    NextRead,
    PaceLeg,
    find_finish,
    find_next_read,
    list_paces,
)
from homestretch.boards.frame import make_frame
from homestretch.boards.people import get_shown, keeps_ledger, read_at_point
from homestretch.boards.pictured import LOOKS_AFTER, OwnPhoto, list_own_photos
from homestretch.boards.result_row import find_protested
from homestretch.boards.ribbon import HereMark
from homestretch.boards.splits import Split, list_splits
from homestretch.boards.standing import Standing, find_declared, find_standing, find_status
from homestretch.boards.together import Together, list_together, say_pack, say_rate
from homestretch.boards.words import HOLDER_ROLES, ROLE_WORDS, WITHDREW, say_status
from homestretch.picture import Picture
from homestretch.race.event import Race
from homestretch.race.groups import age_group
from homestretch.race.privacy import Shown, Viewer
from homestretch.race.saying import said
from homestretch.state.snapshot import FINISHERS, NEVER, ON_THE_ROAD, Mark, State, Status

WALL = 5
"""splits on a wall"""
NEAREST_MS = 5 * 60_000
"""A time that has passed without a read is said without false exactness."""


class RunnerChoices(Choices, frozen=True, kw_only=True):
    """Whose page it is."""

    bib: Text


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """Where the runner is now: metres along the own course, and the pace from there to the next point."""

    at_m: float
    pace_s_per_km: float


class Unseen(msgspec.Struct, frozen=True, kw_only=True):
    """The runner was clearly due at ``due_point`` at about ``due_at`` (UTC ms) and was not read there.
    ``perhaps_missed`` while it is one point alone: every mat misses some runners."""

    due_point: str
    due_at: int
    perhaps_missed: bool


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """The switch on the entry, for who may use it: whether it is held, since when (UTC ms), and the word that holds
    it, as a strike names it."""

    held: bool = False
    since_at: int = NEVER
    fact: str = ""


class RunnerBoard(Board, frozen=True, kw_only=True):
    """``status`` is in words; times in milliseconds; places are 0 while there is none: in the race, the
    sex, the age group, the own ``division``. ``left_after`` names the last point that read who left the
    course. ``latest`` are the splits that a wall shows. ``finish`` and ``next_read`` are
    of who is on the road, ``paces`` of the legs so far, over ``length_m`` metres. ``opens_log`` tells that
    the viewer may open the reads behind the splits. ``together`` are those beside whom the runner was, when
    both agreed, ``pictures`` those with this bib, for who looks after pictures; ``pack`` says in how large a group;
    ``together_rate``: how often chance does as much. ``certificate``: there is one; ``holding`` is for who may hold the
    entry."""

    who: Shown
    race: str
    race_name: str
    wave: str
    gun_at: int
    status: str
    awaited: bool
    left_after: str
    on_road: bool
    finished: bool
    net_ms: int | None
    gun_ms: int | None
    place: int
    place_sex: int
    place_group: int
    place_division: int
    sex: str
    group: str
    division: str
    places_by: str
    standing: Standing
    splits: tuple[Split, ...]
    latest: tuple[Split, ...]
    where: Where | None
    basis: str
    finish: FinishAhead | None
    next_read: NextRead | None
    paces: tuple[PaceLeg, ...]
    length_m: float
    unseen: Unseen | None
    seen_at: int | None
    seen_at_point: str
    notes: tuple[str, ...]
    together: tuple[Together, ...]
    pack: str
    together_rate: str
    phone: str
    opens_log: bool
    certificate: bool
    holding: Holding | None
    pictures: tuple[OwnPhoto, ...] = ()


def rows(picture: Picture, viewer: Viewer, choices: RunnerChoices) -> RunnerBoard:
    """The page of one bib; NotFound when nobody has it or the entrant is hidden from this viewer."""
    state = picture.state
    row, who = get_shown(picture, viewer, choices.bib)
    status = find_status(picture, viewer, row)
    race, crossed = picture.event.races[int(state.roster.race[row])], _crossed(state, row)
    stops = bool(int(state.marks[row]) & Mark.SAID_TO_WITHDRAW) and not keeps_ledger(viewer)
    finished = crossed and status in (*FINISHERS, Status.RIDING, Status.IN_CARE)
    words = WITHDREW if stops else say_status(status, viewer.role, crossed_the_line=crossed)
    # When somebody was taken over is a proof, and health is nobody's business.
    told = keeps_ledger(viewer) or (status in ON_THE_ROAD and not stops)
    seen = _last_seen(picture, row, told=told, finished=finished)
    splits = list_splits(picture, viewer, row)
    return RunnerBoard(
        frame=make_frame(picture, viewer, None if stops else _here(picture, row, who)),
        who=who,
        race=race.id,
        race_name=race.name,
        wave=race.waves[int(state.roster.wave[row])].name if race.waves else "",
        gun_at=int(state.roster.gun_at[row]),
        status=words,
        left_after=_last_read(splits) if words == WITHDREW else "",
        on_road=status in ON_THE_ROAD and not stops,
        finished=finished,
        **_result(picture, race, row, finished),
        splits=splits,
        latest=_latest(splits),
        **_way(picture, row, stops),
        basis=say_basis(picture, row),
        paces=list_paces(splits),
        length_m=race.distance_m,
        seen_at=seen[0],
        seen_at_point=seen[1],
        notes=_list_notes(picture, viewer, row),
        **_find_together(picture, viewer, row),
        phone=picture.event.phone,
        opens_log=keeps_ledger(viewer),
        certificate=finished and not state.is_held(row),
        **_for_staff(picture, viewer, row),
    )


class _ForStaff(TypedDict):
    holding: Holding | None
    pictures: tuple[OwnPhoto, ...]


def _for_staff(picture: Picture, viewer: Viewer, row: int) -> _ForStaff:
    """What a page has for those alone who may hold an entry, or look after pictures."""
    return _ForStaff(
        holding=_find_holding(picture, row) if viewer.role in HOLDER_ROLES else None,
        pictures=list_own_photos(picture, row) if viewer.role in LOOKS_AFTER else (),
    )


def _crossed(state: State, row: int) -> bool:
    return int(state.finish_at[row]) != NEVER


def _find_holding(picture: Picture, row: int) -> Holding:
    for word in picture.state.held:
        if word.row == row:
            fact = f"{word.id.number} {word.id.digest} {word.id.source}"
            return Holding(held=True, since_at=word.said_at, fact=fact)
    return Holding()


def _last_seen(picture: Picture, row: int, *, told: bool, finished: bool) -> tuple[int | None, str]:
    """When and at which mat somebody was seen last; of who finished the others learn of the line alone, whatever
    became of them behind it."""
    state = picture.state
    if told:
        return _time(int(state.last_proof_at[row])), read_at_point(picture, row)
    if not finished:
        return None, ""
    at, end = int(state.finish_at[row]), int(state.roster.end_point[row])
    was_read = end != NEVER and int(state.passed_at[row, end]) == at
    return at, state.points.names[end] if was_read else ""


def _time(value: int) -> int | None:
    return None if value == NEVER else value


class _Way(TypedDict):
    awaited: bool
    where: Where | None
    unseen: Unseen | None
    finish: FinishAhead | None
    next_read: NextRead | None


def _way(picture: Picture, row: int, stops: bool) -> _Way:
    """Where the runner is and what is ahead; nothing of who has said to stop."""
    awaited = int(picture.state.status[row]) == Status.ENTERED
    if stops:
        return _Way(awaited=awaited, where=None, unseen=None, finish=None, next_read=None)
    return _Way(
        awaited=awaited,
        where=_where(picture, row),
        unseen=_unseen(picture, row),
        finish=find_finish(picture, row),
        next_read=find_next_read(picture, row),
    )


class _Result(TypedDict):
    net_ms: int | None
    gun_ms: int | None
    places_by: str
    standing: Standing
    place: int
    place_sex: int
    place_group: int
    place_division: int
    sex: str
    group: str
    division: str


def _result(picture: Picture, race: Race, row: int, finished: bool) -> _Result:
    """Times and every place that the runner has, and among whom: as they were declared, once they are."""
    standing = find_standing(picture, race)
    picture, row = find_declared(picture, race, row)
    state, roster = picture.state, picture.state.roster
    apart = roster.division[row] if roster.leg[row] == NEVER else ""
    return _Result(
        net_ms=_time(int(state.net_ms[row])) if finished else None,
        gun_ms=_time(int(state.gun_ms[row])) if finished else None,
        places_by=race.places_by,
        standing=standing,
        place=max(0, int(state.place[row])),
        place_sex=max(0, int(state.place_sex[row])),
        place_group=max(0, int(state.place_group[row])),
        place_division=max(0, int(state.place_apart[row])) if apart else 0,
        sex=roster.sex[row] or "",
        group=age_group(int(roster.age[row])),
        division=apart,
    )


class _Beside(TypedDict):
    together: tuple[Together, ...]
    pack: str
    together_rate: str


def _find_together(picture: Picture, viewer: Viewer, row: int) -> _Beside:
    """Beside whom the runner is, and how often chance does as much, if anything is said of it."""
    together, pack = list_together(picture, viewer, row), say_pack(picture, row)
    race, seen = int(picture.state.roster.race[row]), any(one.seen for one in together)
    rate = say_rate(picture, race, seen=seen) if together or pack else ""
    return _Beside(together=together, pack=pack, together_rate=rate)


def _last_read(splits: tuple[Split, ...]) -> str:
    return next((split.name for split in reversed(splits) if split.passed_at is not None), "")


def _latest(splits: tuple[Split, ...]) -> tuple[Split, ...]:
    """The five splits that end with the next one ahead, or with the finish."""
    read = [at for at, split in enumerate(splits) if split.passed_at is not None]
    end = min(len(splits), max(WALL, read[-1] + 2 if read else 0))
    return splits[max(0, end - WALL) : end]


def _where(picture: Picture, row: int) -> Where | None:
    position_m = float(positions(picture, np.array([row]))[0])
    forecast = picture.forecast if is_forecast_of(picture, row) else None
    pace = float((forecast or picture.state).pace_s_per_km[row])
    if np.isnan(position_m) or np.isnan(pace) or not speaks_ahead(picture, row):
        return None
    if find_unseen(picture, np.array([row]))[0]:
        return None
    return Where(at_m=round(position_m, 1), pace_s_per_km=round(pace, 1))


def _unseen(picture: Picture, row: int) -> Unseen | None:
    state = picture.state
    if not find_unseen(picture, np.array([row]))[0]:
        return None
    column = int(state.due_point[row])
    return Unseen(
        due_point=state.points.names[column] if column != NEVER else said("the finish"),
        due_at=(int(state.due_at[row]) + NEAREST_MS // 2) // NEAREST_MS * NEAREST_MS,
        perhaps_missed=not int(state.marks[row]) & Mark.OVERDUE,
    )


def _here(picture: Picture, row: int, who: Shown) -> HereMark | None:
    rows = np.array([row])
    position_m = float(positions(picture, rows)[0])
    if np.isnan(position_m):
        return None
    offset_m = make_axis(picture).offset_m[int(picture.state.roster.race[row])]
    return HereMark(
        at_m=round(position_m + offset_m, 1),
        label=who.bib,
        unseen=bool(find_unseen(picture, rows)[0]),
    )


_NOTES = (
    (Mark.NO_START_READ, said("No read at the start: the net time counts from the gun.")),
    (
        Mark.START_BEFORE_GUN,
        said("Read at the start before the gun: the net time counts from the gun."),
    ),
    (
        Mark.AFTER_STOP,
        said("Finished after the race was stopped; the director rules whether it is ranked."),
    ),
    (
        Mark.CHANGED_COURSE,
        said("The course was changed on the day: it may have been another distance."),
    ),
)
_LEDGER_NOTES = (
    (Mark.IMPOSSIBLE_LEG, said("A leg between two reads is faster than anybody runs.")),
    (
        Mark.LEFT_OUT_A_STRETCH,
        said("Not read on a stretch, and faster across it than on any other leg."),
    ),
    (Mark.ON_ANOTHER_COURSE, said("Read at a point of another course; waits for a ruling.")),
    (Mark.SAID_TO_WITHDRAW, said("Said to stop; nobody has taken over yet.")),
    (Mark.READ_WHILE_CARRIED, said("The chip was read while a vehicle carried the runner.")),
    (Mark.CONTRADICTORY_RULING, said("A ruling contradicts what was seen.")),
    (Mark.RULED_BUT_OUT, said("Ruled out, and still on the road.")),
    (Mark.OVERDUE, said("Overdue at the next point.")),
    (Mark.AFTER_A_CUTOFF, said("Passed a point after its cutoff.")),
)


def _list_notes(picture: Picture, viewer: Viewer, row: int) -> tuple[str, ...]:
    marks, role = int(picture.state.marks[row]), picture.state.roster.role[row]
    notes: list[str] = [words for mark, words in _NOTES if marks & mark]
    if role in ROLE_WORDS:
        notes.insert(0, said("Out of competition: {role}.", role=ROLE_WORDS[role]))
    if row in find_protested(picture):
        notes.insert(0, said("This result is under protest, which is not decided yet."))
    if keeps_ledger(viewer):
        notes += [words for mark, words in _LEDGER_NOTES if marks & mark]
    return tuple(notes)


def pulse(picture: Picture, choices: RunnerChoices) -> object:
    """The runner was read, or their status changed."""
    state = picture.state
    row = state.roster.find_row(choices.bib)
    if row is None:
        return None
    protested = row in find_protested(picture)
    return int(state.status[row]), state.passed_at[row].tobytes(), state.flags, protested


BOARD = BoardKind(
    pulse=pulse,
    name="runner",
    path="/{event}/runners/{bib}",
    who=EVERYBODY,
    choices=RunnerChoices,
    rows=rows,
    template="runner.html",
)
