"""Who ran with whom, as far as both agreed: the one gate for it, and words that say no more than mats can know.

Only timing speaks here, so it is "side by side", never friends or strangers; where two met is told between two
timing points, and of a pack only its size.
"""

from __future__ import annotations

from math import ceil

import msgspec
import numpy as np

from homestretch.boards.people import shown
from homestretch.boards.sharing import once_a_picture
from homestretch.boards.words import say_count
from homestretch.companions.together import Companions
from homestretch.picture import Picture
from homestretch.race.privacy import Shown, Viewer
from homestretch.race.saying import said
from homestretch.state.snapshot import FINISHERS, ON_THE_ROAD, Mark

APART_S = 30.0
"""From this on two who came together later are said to have been apart."""
MINUTES_S = 90.0
PUBLIC = Viewer()


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was beside a runner. ``since`` and ``until`` are points; ``since_name`` names the first for
    words; ``still``: side by side at the last point that read both. ``words`` says it in a sentence, ``before``
    how far apart they were earlier; ``finished_s``: seconds between them at the line, when both came there
    together."""

    who: Shown
    since: str
    since_name: str
    until: str
    still: bool
    words: str
    before: str
    finished_s: float | None


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


def say_rate(picture: Picture, race: int) -> str:
    """How often chance does as much, by what this race itself has shown; empty while nothing was measured."""
    of_race = picture.companions.races[race] if picture.companions else None
    if of_race is None or not of_race.runners:
        return ""
    rate = max(of_race.expected_false / of_race.runners, 1e-6)
    return said(
        "Said only from timing: measured on this race, chance alone makes about one such pair in"
        " {count} runners.",
        count=say_count(100 * round(0.01 / rate)),
    )


@once_a_picture
def _by_row(picture: Picture, _viewer: Viewer) -> dict[int, list[int]]:
    """Pairs that may be shown, by the row of each of both, the surest first. Who looks makes no difference: no
    role needs a pair that both did not agree to."""
    found = picture.companions
    assert found is not None  # asked for only with companions
    pairs: dict[int, list[int]] = {}
    for k in np.flatnonzero(~found.pack)[np.argsort(-found.score[~found.pack], kind="stable")]:
        one, other = int(found.i[k]), int(found.j[k])
        if may_show(picture, one, other):
            pairs.setdefault(one, []).append(int(k))
            pairs.setdefault(other, []).append(int(k))
    return pairs


def may_show(picture: Picture, one: int, other: int) -> bool:
    """Whether two rows may be told to have been together: both agreed, both are shown to the public, neither
    said "not this person", and neither left the course (why is nobody's business)."""
    if not (_agreed(picture, one) and _agreed(picture, other)):
        return False
    entrants = picture.state.roster.entrants
    first, second = (picture.names.persons[entrants[row]] for row in (one, other))
    return second.entrant not in first.not_with and first.entrant not in second.not_with


def _agreed(picture: Picture, row: int) -> bool:
    state = picture.state
    person = picture.names.persons.get(state.roster.entrants[row])
    going = state.status[row] in (*ON_THE_ROAD, *FINISHERS)
    stops = bool(int(state.marks[row]) & Mark.SAID_TO_WITHDRAW)
    agreed = person is not None and person.companions
    return agreed and going and not stops and not shown(picture, PUBLIC, row).hidden


def _together(picture: Picture, viewer: Viewer, found: Companions, k: int, row: int) -> Together:
    other = int(found.j[k]) if found.i[k] == row else int(found.i[k])
    points, race = picture.state.points, int(picture.state.roster.race[row])
    order = np.argsort(points.distance_m[race])
    read = [int(c) for c in order if np.isfinite(found.gaps_s[k, c])]
    beside = [c for c in read if found.together[k, c]]
    since, until = beside[0], beside[-1]
    still = until == read[-1]
    home = still and until == int(picture.state.roster.end_point[row])
    between = read[read.index(since) : read.index(until) + 1]
    most_s = max(1, ceil(max(abs(float(found.gaps_s[k, c])) for c in beside)))
    return Together(
        who=shown(picture, viewer, other),
        since=points.ids[since],
        since_name=points.names[since],
        until=points.ids[until],
        still=still,
        words=_say(
            [points.names[c] for c in beside], len(between), most_s, on=still and not home
        ),
        before=_say_before(picture, found, k, read[: read.index(since)]),
        finished_s=round(abs(float(found.gaps_s[k, until])), 1) if home and len(beside) > 1 else None,
    )  # fmt: skip


def _say(names: list[str], of: int, most_s: int, *, on: bool) -> str:
    """``Side by side at every timing point from 25K to Finish, never more than 2 seconds apart``."""
    seconds = said("a second") if most_s == 1 else said("{count} seconds", count=most_s)
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
