"""The lantern: the last runner on the road, in one sentence that calls people to the line."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec
import numpy as np

from homestretch.boards.ahead import (
    end_m,
    find_gone,
    find_next_start,
    find_unseen,
    last_home_between,
    speaks_ahead,
)
from homestretch.boards.axis import on_road, zone
from homestretch.boards.people import read_at_point, shown
from homestretch.boards.ribbon import Ribbon
from homestretch.boards.words import (
    FROM_FORECAST,
    FROM_PACE_SO_FAR,
    say_about,
    say_are,
    say_minutes,
    say_people,
)
from homestretch.picture import Picture
from homestretch.race.clock import say_distance, say_time
from homestretch.race.privacy import Viewer
from homestretch.state.snapshot import NEVER, Ints, Mark, Status

Tone: TypeAlias = Literal["waiting", "coming", "unseen", "home"]

CALL_M = 4_500.0
CALL_PEOPLE = 100
"""So near and so few: people are called to the line. Both only ever fall, so that a call, once made, is
kept until the runner is home or not expected any more."""
FAR_MIN = 60.0
"""so far from the line the pace of the last leg tells nothing worth a time of day"""


class LanternLine(msgspec.Struct, frozen=True, kw_only=True):
    """``words`` is the sentence, ``basis`` what it rests on; the interval (UTC ms) is when the last
    runner is expected at the line, none while that is more than an hour away. ``call`` calls people to the
    finish, when it is time. ``tone`` says which of the day's moods it is: nobody is last yet, somebody is
    coming, the last who were expected are home and somebody has not been seen, everybody is home."""

    words: str
    basis: str = ""
    call: str = ""
    tone: Tone = "waiting"
    from_at: int | None = None
    until_at: int | None = None


def make_lantern_line(picture: Picture, viewer: Viewer, ribbon: Ribbon) -> LanternLine:
    """The lantern's sentence as this viewer may read it: never a name, never a bib."""
    state = picture.state
    if state.over:
        return LanternLine(words="Everybody is home.", basis=_last_home(picture), tone="home")
    waits, next_at = find_next_start(picture)
    if waits:
        return _still_to_start(picture, next_at)
    if state.lantern == NEVER:
        return _empty_road(picture)
    rows = np.array([state.lantern])
    if find_gone(picture, rows)[0]:
        return _nobody_expected(picture, viewer)
    call = _call(picture, float((end_m(picture, rows) - state.position_m[rows])[0]))
    if not speaks_ahead(picture, state.lantern) or find_unseen(picture, rows)[0]:
        return _last_proof(picture, viewer, call)
    return _on_the_way(picture, viewer, ribbon, call)


def _on_the_way(picture: Picture, viewer: Viewer, ribbon: Ribbon, call: str) -> LanternLine:
    expected = last_home_between(picture)
    margin = _say_margin(ribbon)
    if expected is None:
        return _last_proof(picture, viewer, call)
    from_at, until_at, minutes = expected
    if minutes > FAR_MIN:
        words = "The last runner is more than an hour from the line."
        others = f"{say_are(len(on_road(picture)))} on the road"
        basis = f"{margin}; {others}" if margin else others
        return LanternLine(words=words, basis=basis, call=call, tone="coming")
    if shown(picture, viewer, picture.state.lantern).hidden:
        words = f"The last runner is {_zone_words(picture, picture.state.lantern)}."
        return LanternLine(words=words, call=call, tone="coming")
    rests_on = FROM_PACE_SO_FAR if picture.forecast is None else FROM_FORECAST
    return LanternLine(
        words=f"The last runner is {say_about(minutes)} from the line.",
        basis=f"{margin}; {rests_on}" if margin else rests_on,
        call=call,
        tone="coming",
        from_at=from_at,
        until_at=until_at,
    )


def _say_margin(ribbon: Ribbon) -> str:
    if ribbon.lantern is None:
        return ""
    if ribbon.lantern.behind_sweep:
        return "behind the sweep"
    ahead = ribbon.lantern.ahead_min
    return "" if ahead is None else f"{say_minutes(ahead)} ahead of the sweep"


def _call(picture: Picture, left_m: float) -> str:
    still = int(np.count_nonzero(~find_gone(picture, on_road(picture))))
    if left_m > CALL_M or still > CALL_PEOPLE or picture.state.quiet.any():
        return ""
    if still == 1:
        return "Come to the finish. One runner is still on the road, in the same race that the winner ran."
    return (
        f"Come to the finish. {say_people(still)} are still on the road, "
        "and each of them started the same race that the winner did."
    )


def _last_home(picture: Picture) -> str:
    last_at = int(picture.state.finish_at.max(initial=NEVER))
    if last_at == NEVER:
        return "Nobody is on the road, on a bus or in care."
    return f"The last runner crossed the line at {say_time(last_at, picture.event.zone_info)}."


def _still_to_start(picture: Picture, next_at: int | None) -> LanternLine:
    """Nobody is last while others are still to start."""
    zone_info = picture.event.zone_info
    when = "" if next_at is None else say_time(next_at, zone_info)
    out = len(on_road(picture))
    if not out:
        first = f" The first start is at {when}." if when else ""
        return LanternLine(words=f"Nobody is on the road yet.{first}")
    later = f"The next wave starts at {when}." if when else "Others are still to start."
    return LanternLine(words=f"{say_are(out)} on the road. {later}")


def _empty_road(picture: Picture) -> LanternLine:
    counts = picture.state.counts
    away = counts.get(Status.RIDING, 0) + counts.get(Status.IN_CARE, 0)
    if away:
        them = f"{say_people(away)} who left it {'is' if away == 1 else 'are'} not yet home"
        return LanternLine(words=f"The road is empty. {them}.", tone="coming")
    out = len(on_road(picture))
    if out:
        words = f"{say_are(out)} still out, "
        words += "not in the race any more." if out == 1 else "none of them in the race any more."
        return LanternLine(words=words, tone="coming")
    return LanternLine(words="Nobody has been seen on the road yet.")


def _nobody_expected(picture: Picture, viewer: Viewer) -> LanternLine:
    """The last runner who was expected is home; whoever is left has not been seen for too long."""
    state = picture.state
    gone = _list_gone(picture)
    first = int(gone[np.argmin(state.last_proof_at[gone])])
    since = say_time(int(state.last_proof_at[first]), picture.event.zone_info)
    place = "" if shown(picture, viewer, first).hidden else f"{_say_seen(picture, first)}, "
    them = (
        f"One person has not been seen since {place}{since}."
        if len(gone) == 1
        else f"{say_people(len(gone))} have not been seen where they were due, "
        f"one of them since {place}{since}."
    )
    last_at = int(state.finish_at.max(initial=NEVER))
    if last_at == NEVER:
        return LanternLine(words=them, tone="unseen")
    home = f"The last runner expected at the line came home at {say_time(last_at, picture.event.zone_info)}."
    return LanternLine(words=f"{home} {them}", tone="unseen")


def _list_gone(picture: Picture) -> Ints:
    """Rows of those on the road whom nobody expects any more; never who said to stop."""
    rows = on_road(picture)
    rows = rows[(picture.state.marks[rows] & int(Mark.SAID_TO_WITHDRAW)) == 0]
    gone: Ints = rows[find_gone(picture, rows)]
    return gone


def _last_proof(picture: Picture, viewer: Viewer, call: str) -> LanternLine:
    state, row = picture.state, picture.state.lantern
    seen_at, seen_m = int(state.last_proof_at[row]), float(state.last_proof_m[row])
    if shown(picture, viewer, row).hidden or seen_at == NEVER or np.isnan(seen_m):
        there = _zone_words(picture, row) if not np.isnan(state.position_m[row]) else "on the road"
        return LanternLine(words=f"The last runner is {there}.", call=call, tone="coming")
    at = say_time(seen_at, picture.event.zone_info)
    seen = "read" if read_at_point(picture, row) else "seen"
    return LanternLine(
        words=f"The last runner was last {seen} at {_say_seen(picture, row)}, at {at}.",
        basis=f"{say_people(len(on_road(picture)))} on the road",
        call=call,
        tone="coming",
    )


def _say_seen(picture: Picture, row: int) -> str:
    """Where somebody was seen last: the point, or how far into the race."""
    point = read_at_point(picture, row)
    return point or say_distance(float(picture.state.last_proof_m[row]), picture.event.units)


def _zone_words(picture: Picture, row: int) -> str:
    near_m, far_m = zone(picture, row)
    points, race = picture.state.points, int(picture.state.roster.race[row])
    names = {
        float(distance): name
        for distance, name in zip(points.distance_m[race], points.names, strict=True)
    }
    near = names.get(near_m, say_distance(near_m, picture.event.units))
    far = names.get(far_m, say_distance(far_m, picture.event.units))
    return f"between {near} and {far}"
