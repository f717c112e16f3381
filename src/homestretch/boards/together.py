"""Who ran with whom, as far as both agreed: the one gate for it, and words that say no more than mats can know.

Only timing speaks here, so it is "side by side", never friends or strangers; where two met is told between two
timing points, and of a pack only its size.
"""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

import msgspec
import numpy as np

from homestretch.boards.people import keeps_ledger
from homestretch.boards.words import list_words, say_count
from homestretch.companions.together import Companions, SeenTogether
from homestretch.picture import Picture
from homestretch.race.clock import say_seconds
from homestretch.race.privacy import Shown, Viewer
from homestretch.race.saying import said, written
from homestretch.sharing import once_a_picture
from homestretch.showing import may_pair, shown
from homestretch.state.snapshot import FINISHERS, ON_THE_ROAD, Mark

APART_S = 30.0
"""From this on two who came together later are said to have been apart."""
MINUTES_S = 90.0
PUBLIC = Viewer()


class GapAt(msgspec.Struct, frozen=True, kw_only=True):
    """How far apart two were at a point that read both: the other one so many seconds later, negative: earlier, and
    the same in words; ``beside``: they were together there."""

    point: str
    name: str
    gap_s: float
    words: str
    beside: bool


class SeenBoth(msgspec.Struct, frozen=True, kw_only=True):
    """A point at which a person saw both, at a moment (UTC ms); ``evidence`` are positions of the log, for who keeps
    the ledger."""

    point: str
    name: str
    at: int
    evidence: tuple[int, ...]


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was beside a runner. ``since`` and ``until`` are points; ``since_name`` names the first for
    words; ``still``: side by side at the last point that knows both. ``words`` says it in a sentence, ``before``
    how far apart they were earlier, ``between`` says the two points between which they came together; ``finished_s``:
    seconds between them at the line, when both came there together. ``seen``: where people saw both, between mats
    or at one that missed one of them; ``score``: decades of odds."""

    who: Shown
    since: str
    since_name: str
    until: str
    still: bool
    words: str
    before: str
    between: str
    finished_s: float | None
    gaps: tuple[GapAt, ...]
    seen: tuple[SeenBoth, ...]
    score: float


def list_together(picture: Picture, viewer: Viewer, row: int) -> tuple[Together, ...]:
    """Who was beside the runner of a row, if both agreed to be shown so; the surest first."""
    found = picture.companions
    if found is None:
        return ()
    pairs = _by_row(picture, viewer).get(row, ())
    return tuple(_together(picture, viewer, found, k, row) for k in pairs)


def say_pack(picture: Picture, row: int) -> str:
    """``In a group of about 12.`` of somebody in a pack who agreed to be shown with companions; else empty."""
    found = picture.companions
    if found is None or not _agreed(picture, row):
        return ""
    sizes = found.group_size[((found.i == row) | (found.j == row)) & found.pack]
    if not len(sizes):
        return ""
    return said("In a group of about {count}.", count=say_count(int(sizes.max())))


def say_rate(picture: Picture, race: int, *, seen: bool = False) -> str:
    """How often chance does as much, by what this race itself has shown; empty while nothing was measured. ``seen``:
    people saw some of it."""
    of_race = picture.companions.races[race] if picture.companions else None
    if of_race is None or not of_race.runners:
        return ""
    rate = max(of_race.expected_false / of_race.runners, 1e-6)
    count = say_count(100 * round(0.01 / rate))
    if seen:
        return said(
            "Said from timing and what people saw: measured on this race, chance alone makes about"
            " one such pair in {count} runners.",
            count=count,
        )
    return said(
        "Said only from timing: measured on this race, chance alone makes about one such pair in"
        " {count} runners.",
        count=count,
    )


@once_a_picture
def _by_row(picture: Picture, _viewer: Viewer) -> dict[int, list[int]]:
    """Pairs that may be shown, by the row of each of both, the surest first. Who looks makes no difference: no
    role needs a pair that both did not agree to."""
    found = picture.companions
    assert found is not None  # asked for only with companions
    pairs: dict[int, list[int]] = {}
    odd = found.list_odd(picture.state.ruled)
    for k in np.flatnonzero(~found.pack)[np.argsort(-found.score[~found.pack], kind="stable")]:
        one, other = int(found.i[k]), int(found.j[k])
        if (one, other) not in odd and may_show(picture, one, other):
            pairs.setdefault(one, []).append(int(k))
            pairs.setdefault(other, []).append(int(k))
    return pairs


def may_show(picture: Picture, one: int, other: int) -> bool:
    """Whether two rows may be told to have been together: both agreed, both are shown to the public, neither
    said "not this person", and neither left the course (why is nobody's business)."""
    agreed = _agreed(picture, one) and _agreed(picture, other)
    return agreed and may_pair(picture, one, other)


def _agreed(picture: Picture, row: int) -> bool:
    state = picture.state
    person = picture.names.persons.get(state.roster.entrants[row])
    going = state.status[row] in (*ON_THE_ROAD, *FINISHERS)
    stops = bool(int(state.marks[row]) & Mark.SAID_TO_WITHDRAW)
    agreed = person is not None and person.companions
    return agreed and going and not stops and not shown(picture, PUBLIC, row).hidden


class _Places(NamedTuple):
    """A pair's points along the course: ``read`` columns of mats that read both, ``beside`` those of them where they
    were together, ``seen`` where people saw them together, and ``ends`` the first and last place of these: metres,
    point, name."""

    read: list[int]
    beside: list[int]
    seen: list[SeenTogether]
    ends: tuple[tuple[float, str, str], tuple[float, str, str]]


def _places(picture: Picture, found: Companions, k: int, race: int) -> _Places:
    points, planned = picture.state.points, picture.event.points
    read = [int(c) for c in np.argsort(points.distance_m[race]) if np.isfinite(found.gaps_s[k, c])]
    beside = [c for c in read if found.together[k, c]]
    seen = [one for one in found.seen if one.pair == k]
    race_id = picture.event.races[race].id
    at = [(float(points.distance_m[race, c]), points.ids[c], points.names[c]) for c in beside]
    at += [(planned[s.point].distance_m[race_id], planned[s.point].id, planned[s.point].name) for s in seen]  # fmt: skip
    return _Places(read, beside, seen, (min(at), max(at)))


def _together(picture: Picture, viewer: Viewer, found: Companions, k: int, row: int) -> Together:
    other = int(found.j[k]) if found.i[k] == row else int(found.i[k])
    points, race = picture.state.points, int(picture.state.roster.race[row])
    places = _places(picture, found, k, race)
    (since_m, since, since_name), (until_m, until, _) = places.ends
    metres = points.distance_m[race]
    still = all(metres[c] <= until_m for c in places.read)
    end = int(picture.state.roster.end_point[row])
    home = still and end in places.beside
    earlier = [c for c in places.read if metres[c] < since_m]
    before = _say_before(picture, found, k, earlier)
    return Together(
        who=shown(picture, viewer, other),
        since=since,
        since_name=since_name,
        until=until,
        still=still,
        words=_say(picture, found, k, places, on=still and not home, end=end),
        before=before,
        between=said(
            "They came together between {start} and {end}.",
            start=points.names[earlier[-1]], end=since_name,
        ) if before else "",
        finished_s=round(abs(float(found.gaps_s[k, end])), 1) if home and len(places.beside) > 1 else None,
        gaps=_list_gaps(picture, found, k, places, back=int(found.j[k]) == row),
        seen=_list_seen(picture, viewer, places.seen),
        score=round(float(found.score[k]), 1),
    )  # fmt: skip


def _list_gaps(
    picture: Picture, found: Companions, k: int, places: _Places, *, back: bool
) -> tuple[GapAt, ...]:
    points = picture.state.points
    return tuple(
        GapAt(
            point=points.ids[c],
            name=points.names[c],
            gap_s=(gap_s := round(float(found.gaps_s[k, c]) * (-1 if back else 1), 1)),
            words=_say_gap(gap_s),
            beside=c in places.beside,
        )
        for c in places.read
    )


def _say_gap(gap_s: float) -> str:
    """``0.6 s behind``, ``4 min ahead``, ``level``."""
    if not gap_s:
        return said("level")
    many = said("{number} s", number=written(f"{abs(gap_s):g}"))
    if abs(gap_s) >= MINUTES_S:
        many = say_seconds(round(gap_s))
    if gap_s > 0:
        return said("{time} behind", time=many)
    return said("{time} ahead", time=many)


def _list_seen(picture: Picture, viewer: Viewer, seen: list[SeenTogether]) -> tuple[SeenBoth, ...]:
    points = picture.event.points
    return tuple(
        SeenBoth(
            point=points[one.point].id,
            name=points[one.point].name,
            at=one.at,
            evidence=one.evidence if keeps_ledger(viewer) else (),
        )
        for one in seen
    )


def _say(
    picture: Picture, found: Companions, k: int, places: _Places, *, on: bool, end: int
) -> str:
    """By timing, and what people saw: ``Side by side at every timing point from 25K to Finish, never more than 2
    seconds apart there; seen together at Mile 24``."""
    points = picture.event.points
    names = list(dict.fromkeys(points[one.point].name for one in places.seen))
    if not places.beside:
        return said("Seen together at {points}", points=list_words(names))
    first, last = (places.read.index(places.beside[at]) for at in (0, -1))
    most_s = max(abs(float(found.gaps_s[k, c])) for c in places.beside)
    if places.beside == [end]:
        by_timing = _say_line(most_s)
    else:
        at = [picture.state.points.names[c] for c in places.beside]
        by_timing = _say_beside(at, last - first + 1, max(1, ceil(most_s)), on=on)
    if not names:
        return by_timing
    return said(
        "{by_timing}; seen together at {points}", by_timing=by_timing, points=list_words(names)
    )


def _say_line(gap_s: float) -> str:
    """Of two who are known to have been together at the finish alone: no more than what the line saw."""
    if gap_s < 1.0:
        return said("Crossed the line in the same second")
    return said("Crossed the line {seconds} apart", seconds=say_whole_seconds(gap_s))


def _say_beside(names: list[str], of: int, most_s: int, *, on: bool) -> str:
    """``Side by side at every timing point from 25K to Finish, never more than 2 seconds apart``."""
    seconds = say_whole_seconds(most_s)
    if len(names) == 1:
        return said(
            "Side by side at {point}, no more than {seconds} apart", point=names[0], seconds=seconds
        )
    where = said("from {start} to {end}", start=names[0], end=names[-1])
    if on:
        where = said("from {start} on", start=names[0])
    mats = said("{count} of {all} timing points", count=len(names), all=of)
    if len(names) == of:
        mats = said("every timing point")
    return said(
        "Side by side at {mats} {where}, never more than {seconds} apart there",
        mats=mats,
        where=where,
        seconds=seconds,
    )


def say_whole_seconds(gap_s: float) -> str:
    """``a second``, ``3 seconds``."""
    return said("a second") if round(gap_s) == 1 else said("{count} seconds", count=round(gap_s))


def _say_before(picture: Picture, found: Companions, k: int, earlier: list[int]) -> str:
    """``4 minutes apart at Half``: at the last point before they were together."""
    if not earlier:
        return ""
    gap_s = abs(float(found.gaps_s[k, earlier[-1]]))
    if gap_s < APART_S:
        return ""
    point = picture.state.points.names[earlier[-1]]
    if gap_s < MINUTES_S:
        return said("{count} seconds apart at {point}", count=round(gap_s), point=point)
    return said("{count} minutes apart at {point}", count=round(gap_s / 60), point=point)
