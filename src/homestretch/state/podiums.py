"""Who could still change a podium, and until when: by hard bounds, never by a guess.

A podium is final once nothing but an official's word can change it. Nobody comes to the line sooner than the fastest
plausible pace allows from the last mat that read them, so whoever cannot be there in time is none of its rivals; all
others are, until they are accounted for, because every mat misses some runners.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from homestretch.race.event import Event
from homestretch.race.groups import age_group
from homestretch.state.roster import fastest_s_per_km
from homestretch.state.snapshot import NEVER, Bools, Ints, Mark, Roster, State, Status

CLOSE_MS = 1_000
"""Of two who come within a second, another reader of the same line may tell another order."""
BY_HAND_MS = 120_000
"""A finish that a person wrote down may be off by so much."""
NO_LIMIT = int(np.iinfo(np.int64).max) // 4
_UNFINISHED = (Status.ENTERED, Status.STARTED, Status.IN_CARE)
_NO_OWN_START = int(Mark.NO_START_READ | Mark.START_BEFORE_GUN)
RELAY = "relay"


@dataclass(frozen=True, slots=True)
class Category:
    """Entrants who are ranked together for an award. ``key`` names them in facts (``marathon/f/40-44``); ``rows``
    (k,) are theirs; ``sex``, ``group`` and ``division`` say who they are, ``relay`` that they are teams, each by the
    row of its last leg."""

    key: str
    race: int
    rows: Ints
    by_net: bool
    sex: str = ""
    group: str = ""
    division: str = ""
    relay: bool = False


@dataclass(frozen=True, slots=True)
class Podium:
    """A category's first places, and whoever could still change them; all rows (k,).

    ``first``: by place. ``coming``: on the course, and could be at the line in time, the earliest first, up to
    ``until_at`` (UTC ms, NEVER without any). ``unread``: the time to be in time is over, and nobody can say whether
    they came unread, or a start read may still come. ``unseen``: of them nothing has been seen at all. ``asked``:
    what is known of them is not settled: a question, a finish written down by hand, two within a second.
    ``full``: every place of the podium is taken.
    """

    category: Category
    first: Ints
    coming: Ints
    until_at: int
    unread: Ints
    unseen: Ints
    asked: Ints
    full: bool

    @property
    def final(self) -> bool:
        """Nothing but an official's word can change it."""
        return not any(len(x) for x in (self.coming, self.unread, self.unseen, self.asked))


def list_categories(event: Event, roster: Roster) -> tuple[Category, ...]:
    """Every category in which somebody is entered, race by race: sexes, their age groups, divisions, relay teams."""
    return tuple(
        category
        for number in range(len(event.races))
        for category in _list_of_race(event, roster, number)
    )


def _list_of_race(event: Event, roster: Roster, number: int) -> Iterator[Category]:
    race = event.races[number]
    by_net = race.places_by == "net"
    groups_by_net = (race.groups_by or race.places_by) == "net"
    first, after = np.searchsorted(roster.race, [number, number + 1])  # the roster is in this order
    rows = np.arange(first, after)
    ranked = rows[roster.competes[first:after]]
    sexes = np.array(roster.sex[first:after], np.str_)[roster.competes[first:after]]
    ages = roster.age[ranked]
    for sex in ("f", "m", "x"):
        of_sex = sexes == sex
        if of_sex.any():
            yield Category(f"{race.id}/{sex}", number, ranked[of_sex], by_net, sex)
        groups: dict[str, list[int]] = {}
        for age in np.unique(ages[of_sex]).tolist():
            groups.setdefault(age_group(age), []).append(age)
        for name, of_group in groups.items():
            if name:
                mine = ranked[of_sex & np.isin(ages, of_group)]
                yield Category(f"{race.id}/{sex}/{name}", number, mine, groups_by_net, sex, name)
    yield from _list_apart(roster, race.id, rows, number, by_net=by_net)


def _list_apart(
    roster: Roster, race: str, rows: Ints, number: int, *, by_net: bool
) -> Iterator[Category]:
    """The divisions and the relay teams of a race."""
    here = slice(int(rows[0]), int(rows[-1]) + 1) if len(rows) else slice(0)
    runs = np.array(roster.role[here], np.str_) == "runner"
    divisions = np.array(roster.division[here], np.str_)
    legs = roster.leg[here]
    alone = runs & (legs == NEVER)
    for division in sorted(set(np.unique(divisions[alone]).tolist()) - {""}):
        mine = rows[alone & (divisions == division)]
        yield Category(f"{race}/{division}", number, mine, by_net, division=division)
    relay = runs & (legs != NEVER)
    if relay.any():
        last = rows[relay & (legs == legs[relay].max())]
        yield Category(f"{race}/{RELAY}", number, last, by_net=False, relay=True)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """(n,) UTC ms: the earliest at the line, and the latest at the start that the mats allow."""

    finish_at: Ints
    start_at: Ints


def _find_bounds(event: Event, state: State) -> _Bounds:
    roster, points = state.roster, state.points
    paces = {
        (race, division): fastest_s_per_km(event.races[race], division)
        for race, division in set(zip(roster.race.tolist(), roster.division, strict=True))
    }
    pace = np.array(
        [paces[key] for key in zip(roster.race.tolist(), roster.division, strict=True)], np.float64
    )
    length_m = np.array([race.distance_m for race in event.races])[roster.race]
    earliest = roster.gun_at + np.where(roster.leg == NEVER, length_m * pace, 0.0)
    opens_ms = np.array([race.start_open_min * 60_000 for race in event.races])[roster.race]
    latest = (roster.gun_at + opens_ms).astype(np.float64)
    for column in range(len(points.ids)):
        metres = points.distance_m[roster.race, column]
        read = (state.passed_at[:, column] != NEVER) & np.isfinite(metres)
        at = state.passed_at[:, column]
        earliest = np.where(read, np.maximum(earliest, at + (length_m - metres) * pace), earliest)
        behind = read & (metres > 0)
        latest = np.where(behind, np.minimum(latest, at - metres * pace), latest)
    return _Bounds(np.floor(earliest).astype(np.int64), np.ceil(latest).astype(np.int64))


def find_podiums(event: Event, state: State) -> tuple[Podium, ...]:
    """The podium of every category as of a state."""
    bounds = _find_bounds(event, state)
    questioned: Bools = np.zeros(len(state.status), np.bool_)
    questioned[[asked.row for asked in state.questions if asked.row != NEVER]] = True
    return tuple(
        _find_podium(event, state, category, bounds, questioned)
        for category in list_categories(event, state.roster)
    )


def places_of(state: State, category: Category) -> Ints:
    """(k,) the places of a category's rows, NEVER for who has none."""
    if category.relay or category.division:
        return state.place_apart[category.rows]
    return (state.place_group if category.group else state.place_sex)[category.rows]


def _find_podium(
    event: Event, state: State, category: Category, bounds: _Bounds, questioned: Bools
) -> Podium:
    rows, place = category.rows, places_of(state, category)
    most = event.awards.podium
    on_it = (place != NEVER) & (place <= most)
    first = rows[on_it][np.argsort(place[on_it], kind="stable")]
    elapsed = (state.net_ms if category.by_net else state.gun_ms)[rows]
    full = len(first) >= most
    limit_ms = int(elapsed[on_it].max()) if full else NO_LIMIT
    coming, until_at, unread, unseen = _find_rivals(event, state, category, bounds, limit_ms)
    asked = _find_unsettled(state, category, bounds, limit_ms, questioned)
    return Podium(category, first, coming, until_at, unread, unseen, asked, full)


def _find_rivals(
    event: Event, state: State, category: Category, bounds: _Bounds, limit_ms: int
) -> tuple[Ints, int, Ints, Ints]:
    """(coming, until when, unread, unseen) of those of the category without a finish."""
    rows, roster = category.rows, state.roster
    status, marks = state.status[rows], state.marks[rows]
    out = np.isin(status, _UNFINISHED) & (state.finish_at[rows] == NEVER)
    out &= (marks & int(Mark.RULED_BUT_OUT | Mark.MOVED_UP)) == 0
    own = (state.start_at[rows] != NEVER) & ((marks & _NO_OWN_START) == 0)
    latest = np.where(own, state.start_at[rows], bounds.start_at[rows])
    base = latest if category.by_net else roster.gun_at[rows]
    in_time = out & (bounds.finish_at[rows] - base <= limit_ms)
    opens_ms = round(event.races[category.race].start_open_min * 60_000)
    may_start = (status == Status.ENTERED) & (roster.gun_at[rows] + opens_ms >= state.now)
    deadline = base + limit_ms
    comes = in_time & ((status != Status.ENTERED) | may_start) & (deadline >= state.now)
    comes |= in_time & may_start
    unseen = in_time & (status == Status.ENTERED) & ~comes
    coming = rows[comes]
    until_at = int(deadline[comes].max(initial=NEVER)) if limit_ms < NO_LIMIT else NEVER
    order = np.argsort(bounds.finish_at[coming], kind="stable")
    return coming[order], until_at, rows[in_time & ~comes & ~unseen], rows[unseen]


def _find_unsettled(
    state: State, category: Category, bounds: _Bounds, limit_ms: int, questioned: Bools
) -> Ints:
    """Rows with a finish of whom something may still be learnt that changes the podium."""
    rows, place = category.rows, places_of(state, category)
    elapsed = (state.net_ms if category.by_net else state.gun_ms)[rows]
    finish_at, marks = state.finish_at[rows], state.marks[rows]
    done = (elapsed != NEVER) & (finish_at != NEVER)
    near = done & (elapsed <= limit_ms)
    found = near & questioned[rows]
    end = np.maximum(state.roster.end_point[rows], 0)
    read = (
        state.evidence[rows, end] != NEVER
        if state.evidence.shape[1]
        else np.zeros(len(rows), np.bool_)
    )
    found |= done & ~read & (elapsed - BY_HAND_MS <= limit_ms)
    if category.by_net:
        shortest = finish_at - bounds.start_at[rows]
        found |= done & ((marks & _NO_OWN_START) != 0) & (shortest <= limit_ms) & (place != 1)
    by_time = np.flatnonzero(done & (place != NEVER))
    by_time = by_time[np.argsort(elapsed[by_time], kind="stable")]
    close = np.flatnonzero(np.diff(elapsed[by_time]) < CLOSE_MS)
    close = close[(elapsed[by_time][close] <= limit_ms)]
    found[by_time[close]] = found[by_time[close + 1]] = True
    ranked = np.maximum(place, 0)
    shared = (place != NEVER) & (np.bincount(ranked)[ranked] > 1)
    unsettled: Ints = rows[found & ~shared]
    return unsettled
