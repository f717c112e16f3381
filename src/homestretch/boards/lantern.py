"""The lantern: the last runner on the road, in one sentence that calls people to the line."""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.boards.ahead import expected_between
from homestretch.boards.axis import on_road, zone
from homestretch.boards.people import shown
from homestretch.boards.ribbon import Ribbon
from homestretch.boards.words import AT_CONSTANT_PACE, say_about, say_minutes, say_people
from homestretch.picture import Picture
from homestretch.race.clock import say_distance, say_time
from homestretch.race.privacy import Viewer
from homestretch.state.snapshot import NEVER, Status

CALL_MIN = 45.0
CALL_PEOPLE = 100
"""so near and so few: people are called to the line"""


class LanternLine(msgspec.Struct, frozen=True, kw_only=True):
    """``words`` is the sentence, ``basis`` what it rests on; the interval (UTC ms) is when the last
    runner is expected at the line. ``call`` calls people to the finish, when it is time. ``tone`` says
    which of the day's three moods it is: waiting, coming, home."""

    words: str
    basis: str = ""
    call: str = ""
    tone: str = "waiting"
    from_at: int | None = None
    until_at: int | None = None


def make_lantern_line(picture: Picture, viewer: Viewer, ribbon: Ribbon) -> LanternLine:
    """The lantern's sentence as this viewer may read it: never a name, never a bib."""
    state = picture.state
    if state.over:
        return LanternLine(words="Everybody is home.", basis=_last_home(picture), tone="home")
    if state.lantern == NEVER:
        return _empty_road(picture)
    row = state.lantern
    expected = expected_between(picture, row, _end_m(picture, row))
    if expected is None:
        return _last_proof(picture, viewer)
    left_m = _end_m(picture, row) - float(state.position_m[row])
    minutes = left_m * float(state.pace_s_per_km[row]) / 60_000
    call = _call(picture, minutes)
    if shown(picture, viewer, row).hidden:
        words = f"The last runner is {_zone_words(picture, row)}."
        return LanternLine(words=words, call=call, tone="coming")
    ahead = ribbon.lantern.ahead_min if ribbon.lantern else None
    margin = "" if ahead is None else f"{say_minutes(ahead)} ahead of the sweep, "
    return LanternLine(
        words=f"The last runner is {say_about(minutes)} from the line.",
        basis=f"{margin}{AT_CONSTANT_PACE}",
        call=call,
        tone="coming",
        from_at=expected[0],
        until_at=expected[1],
    )


def _call(picture: Picture, minutes: float) -> str:
    still = len(on_road(picture))
    if minutes > CALL_MIN or still > CALL_PEOPLE:
        return ""
    if still == 1:
        return "Come to the finish. One runner is still on the road, in the same race that the winner ran."
    return (
        f"Come to the finish. {say_people(still)} are still on the road, "
        "and each of them started the same race that the winner did."
    )


def _end_m(picture: Picture, row: int) -> float:
    roster = picture.state.roster
    race, column = int(roster.race[row]), int(roster.end_point[row])
    if column == NEVER:
        return picture.event.races[race].distance_m
    return float(picture.state.points.distance_m[race, column])


def _last_home(picture: Picture) -> str:
    last_at = int(picture.state.finish_at.max(initial=NEVER))
    if last_at == NEVER:
        return "Nobody is on the road, on a bus or in care."
    return f"The last runner crossed the line at {say_time(last_at, picture.event.zone_info)}."


def _empty_road(picture: Picture) -> LanternLine:
    counts = picture.state.counts
    away = counts.get(Status.RIDING, 0) + counts.get(Status.IN_CARE, 0)
    if away:
        them = f"{say_people(away)} who left it {'is' if away == 1 else 'are'} not yet home"
        return LanternLine(words=f"The road is empty. {them}.", tone="coming")
    out = len(on_road(picture))
    if out:
        them = f"{say_people(out)} {'is' if out == 1 else 'are'} still out"
        return LanternLine(words=f"{them}, none of them in the race any more.", tone="coming")
    guns = [wave.gun_at for race in picture.event.races for wave in race.waves]
    ahead = [gun_at for gun_at in guns if gun_at > picture.now]
    if ahead and len(ahead) == len(guns):
        first = say_time(min(ahead), picture.event.zone_info)
        return LanternLine(words=f"Nobody is on the road yet. The first start is at {first}.")
    return LanternLine(words="Nobody has been seen on the road yet.")


def _last_proof(picture: Picture, viewer: Viewer) -> LanternLine:
    state, row = picture.state, picture.state.lantern
    seen_at, seen_m = int(state.last_proof_at[row]), float(state.last_proof_m[row])
    if shown(picture, viewer, row).hidden or seen_at == NEVER or np.isnan(seen_m):
        there = _zone_words(picture, row) if not np.isnan(state.position_m[row]) else "on the road"
        return LanternLine(words=f"The last runner is {there}.", tone="coming")
    at = say_time(seen_at, picture.event.zone_info)
    point = int(state.last_point[row])
    where = (
        state.points.names[point] if point != NEVER else say_distance(seen_m, picture.event.units)
    )
    still = len(on_road(picture))
    return LanternLine(
        words=f"The last runner was last read at {where}, at {at}.",
        basis=f"{say_people(still)} on the road",
        tone="coming",
    )


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
