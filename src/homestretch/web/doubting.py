"""What course control is asked before the gravest words go out, and what is no word at all: a race that ends for
everybody, a gun after which nobody could have been read, a change of the course that is not on the course."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from homestretch.boards.roads import list_zones
from homestretch.boards.words import say_count
from homestretch.facts import CHANGES, FlagState
from homestretch.picture import Picture
from homestretch.race.clock import METRES_OF, say_time
from homestretch.race.event import Race
from homestretch.race.saying import joined, said
from homestretch.state.flag import ENDED
from homestretch.state.snapshot import NEVER, ON_THE_ROAD


def find_trouble(state: FlagState, from_m: float | None, races: Sequence[Race], units: str) -> str:
    """Why a word on the course cannot be said; empty when it can. ``from_m`` is where it begins, in metres."""
    longest = max((race.distance_m for race in races), default=0.0)
    if from_m is None and state in CHANGES:
        return said(
            "say from where on, as a distance from the start. Whoever has passed that place ran the course as planned."
        )
    if from_m is None or 0.0 <= from_m < longest:
        return ""
    return said(
        "that is not on the course. Write a distance from the start: from 0 to {longest} {units}.",
        longest=f"{longest / METRES_OF[units]:.1f}",
        units=units,
    )


def doubt_end(picture: Picture, state: FlagState, races: Sequence[Race], *, has_words: bool) -> str:
    """What to think of before a race is ended for everybody; empty for what ends nothing."""
    if state not in ENDED:
        return ""
    numbers = [number for number, race in enumerate(picture.event.races) if race in races]
    of_races = np.isin(picture.state.roster.race, numbers)
    out = int((np.isin(picture.state.status, ON_THE_ROAD) & of_races).sum())
    words = said(
        "It goes out on every page at once, for {races}; {count} are on the road there now.",
        races=joined([race.name for race in races], ", "),
        count=say_count(out),
    )
    if has_words:
        return words
    return joined((words, said("You have written nothing that runners are to do.")), " ")


def doubt_gun(picture: Picture, race_id: str, wave: str, gun_at: int) -> str:
    """How many of a wave were read behind the start before a gun (UTC ms) that is said to be theirs; empty when
    nobody was. Their reads would count no more."""
    state, roster = picture.state, picture.state.roster
    race = next(n for n, one in enumerate(picture.event.races) if one.id == race_id)
    number = next(n for n, one in enumerate(picture.event.races[race].waves) if one.name == wave)
    rows = np.flatnonzero((roster.race == race) & (roster.wave == number))
    passed_at = state.passed_at[rows].copy()
    starts = roster.start_point[rows]
    passed_at[np.flatnonzero(starts >= 0), starts[starts >= 0]] = NEVER
    before = int(((passed_at != NEVER) & (passed_at < gun_at)).any(axis=1).sum())
    if not before:
        return ""
    return said(
        "{count} of this wave were read on the course before then: these reads would not count any more.",
        count=say_count(before),
    )


def doubt_road(picture: Picture, from_point: str, to_point: str) -> str:
    """When the road between two points could be opened by the forecast, while that is still to come; else empty."""
    ends = (from_point, to_point)
    zones = [one for one in list_zones(picture) if (one.from_point, one.to_point) == ends]
    if not zones or zones[0].may_open_at is None or zones[0].may_open_at <= picture.now:
        return ""
    return said(
        "Not said yet: somebody may still come there. By the forecast it could be opened at {time}.",
        time=say_time(zones[0].may_open_at, picture.event.zone_info),
    )
