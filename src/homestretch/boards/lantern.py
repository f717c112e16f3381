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
from homestretch.boards.people import read_at_point
from homestretch.boards.ribbon import Ribbon
from homestretch.boards.words import (
    FROM_FORECAST,
    FROM_PACE_SO_FAR,
    say_about,
    say_minutes,
    say_people,
)
from homestretch.picture import Picture
from homestretch.race.clock import say_distance, say_time
from homestretch.race.privacy import Viewer
from homestretch.race.saying import Said, joined, said, said_n
from homestretch.showing import shown
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
        return LanternLine(words=said("Everybody is home."), basis=_last_home(picture), tone="home")
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
        words = said("The last runner is more than an hour from the line.")
        out = len(on_road(picture))
        others = said_n("{count} person is on the road", "{count} people are on the road", out)
        basis = joined((margin, others), "; ") if margin else others
        return LanternLine(words=words, basis=basis, call=call, tone="coming")
    if shown(picture, viewer, picture.state.lantern).hidden:
        words = _say_zone(picture, picture.state.lantern)
        return LanternLine(words=words, call=call, tone="coming")
    rests_on = FROM_PACE_SO_FAR if picture.forecast is None else FROM_FORECAST
    return LanternLine(
        words=said("The last runner is {about} from the line.", about=say_about(minutes)),
        basis=joined((margin, rests_on), "; ") if margin else rests_on,
        call=call,
        tone="coming",
        from_at=from_at,
        until_at=until_at,
    )


def _say_margin(ribbon: Ribbon) -> str:
    if ribbon.lantern is None:
        return ""
    if ribbon.lantern.behind_sweep:
        return said("behind the sweep")
    ahead = ribbon.lantern.ahead_min
    return "" if ahead is None else said("{time} ahead of the sweep", time=say_minutes(ahead))


def _call(picture: Picture, left_m: float) -> str:
    still = int(np.count_nonzero(~find_gone(picture, on_road(picture))))
    if left_m > CALL_M or still > CALL_PEOPLE or picture.state.quiet.any():
        return ""
    if still == 1:
        return said(
            "Come to the finish. One runner is still on the road, in the same race that the winner ran."
        )
    return said(
        "Come to the finish. {people} are still on the road, "
        "and each of them started the same race that the winner did.",
        people=say_people(still),
    )


def _last_home(picture: Picture) -> str:
    last_at = int(picture.state.finish_at.max(initial=NEVER))
    if last_at == NEVER:
        return said("Nobody is on the road, on a bus or in care.")
    time = say_time(last_at, picture.event.zone_info)
    return said("The last runner crossed the line at {time}.", time=time)


def _still_to_start(picture: Picture, next_at: int | None) -> LanternLine:
    """Nobody is last while others are still to start."""
    zone_info = picture.event.zone_info
    when = "" if next_at is None else say_time(next_at, zone_info)
    out = len(on_road(picture))
    if not out:
        nobody = said("Nobody is on the road yet.")
        first = said("The first start is at {time}.", time=when)
        return LanternLine(words=joined((nobody, first), " ") if when else nobody)
    others = said("Others are still to start.")
    later = said("The next wave starts at {time}.", time=when) if when else others
    them = said_n("{count} person is on the road.", "{count} people are on the road.", out)
    return LanternLine(words=joined((them, later), " "))


def _empty_road(picture: Picture) -> LanternLine:
    counts = picture.state.counts
    away = counts.get(Status.RIDING, 0) + counts.get(Status.IN_CARE, 0)
    if away:
        words = said_n(
            "The road is empty. {count} person who left it is not yet home.",
            "The road is empty. {count} people who left it are not yet home.",
            away,
        )
        return LanternLine(words=words, tone="coming")
    out = len(on_road(picture))
    if out:
        words = said_n(
            "{count} person is still out, not in the race any more.",
            "{count} people are still out, none of them in the race any more.",
            out,
        )
        return LanternLine(words=words, tone="coming")
    return LanternLine(words=said("Nobody has been seen on the road yet."))


def _nobody_expected(picture: Picture, viewer: Viewer) -> LanternLine:
    """The last runner who was expected is home; whoever is left has not been seen for too long."""
    state = picture.state
    gone = _list_gone(picture)
    first = int(gone[np.argmin(state.last_proof_at[gone])])
    since: str = say_time(int(state.last_proof_at[first]), picture.event.zone_info)
    if not shown(picture, viewer, first).hidden:
        since = joined((_say_seen(picture, first), since), ", ")
    them = (
        said("One person has not been seen since {since}.", since=since)
        if len(gone) == 1
        else said(
            "{people} have not been seen where they were due, one of them since {since}.",
            people=say_people(len(gone)),
            since=since,
        )
    )
    last_at = int(state.finish_at.max(initial=NEVER))
    if last_at == NEVER:
        return LanternLine(words=them, tone="unseen")
    time = say_time(last_at, picture.event.zone_info)
    home = said("The last runner expected at the line came home at {time}.", time=time)
    return LanternLine(words=joined((home, them), " "), tone="unseen")


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
        placed = not np.isnan(state.position_m[row])
        words = _say_zone(picture, row) if placed else said("The last runner is on the road.")
        return LanternLine(words=words, call=call, tone="coming")
    time, place = say_time(seen_at, picture.event.zone_info), _say_seen(picture, row)
    words = said("The last runner was last seen at {place}, at {time}.", place=place, time=time)
    if read_at_point(picture, row):
        words = said("The last runner was last read at {place}, at {time}.", place=place, time=time)
    out = len(on_road(picture))
    return LanternLine(
        words=words,
        basis=said_n("{count} person on the road", "{count} people on the road", out),
        call=call,
        tone="coming",
    )


def _say_seen(picture: Picture, row: int) -> str:
    """Where somebody was seen last: the point, or how far into the race."""
    point = read_at_point(picture, row)
    return point or say_distance(float(picture.state.last_proof_m[row]), picture.event.units)


def _say_zone(picture: Picture, row: int) -> Said:
    near_m, far_m = zone(picture, row)
    points, race = picture.state.points, int(picture.state.roster.race[row])
    names = {
        float(distance): name
        for distance, name in zip(points.distance_m[race], points.names, strict=True)
    }
    near = names.get(near_m, say_distance(near_m, picture.event.units))
    far = names.get(far_m, say_distance(far_m, picture.event.units))
    return said("The last runner is between {near} and {far}.", near=near, far=far)
