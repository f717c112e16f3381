"""Where the sweep is along its course, and whether anything may be said of who it will catch."""

from __future__ import annotations

import msgspec

from homestretch.boards.catching import stands_still
from homestretch.boards.words import say_holding
from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER


class CarNow(msgspec.Struct, frozen=True, kw_only=True):
    """The sweep along its course. ``seen_at`` is when its last fix was made (UTC ms), None while only its plan
    says where it is; ``behind_plan_min`` is negative when it is early."""

    race: str
    at_m: float
    between: tuple[str, ...]
    seen_at: int | None
    start_at: int
    pace_s_per_km: float
    behind_plan_min: float | None


def say_silent(picture: Picture) -> str:
    """Why there is no list of who is at risk; empty when there is one."""
    state = picture.state
    if state.over:
        return said("Nobody is on the road any more.")
    if stands_still(picture):
        why = say_holding([flag.state for flag in state.flags])
        return said(
            "Nothing is said of times ahead {why}. Who is not accounted for stands in the ledger.",
            why=why,
        )
    if picture.forecast is None or picture.caught is None:
        return said("The forecast is being made. It appears here by itself.")
    cutoffs = (state.points.cutoff_at != NEVER).any()
    if picture.event.sweep is None and not cutoffs:
        return said("The plan has no sweep and no cutoff: nobody can be caught.")
    return ""


def make_car(picture: Picture) -> CarNow | None:
    """The sweep along its course; None where the plan has none."""
    sweep, track = picture.event.sweep, picture.state.sweep
    if sweep is None or track is None:
        return None
    race = picture.event.get_race(sweep.race)
    points = picture.event.list_points(race.id)
    passed = [point.name for point in points if point.distance_m[race.id] <= track.distance_m]
    ahead = [point.name for point in points if point.distance_m[race.id] > track.distance_m]
    late_m = track.planned_m - track.distance_m
    return CarNow(
        race=race.name,
        at_m=track.distance_m,
        between=(*passed[-1:], *ahead[:1]) if passed else tuple(ahead[:1]),
        seen_at=track.seen_at if track.fixes else None,
        start_at=sweep.start_at,
        pace_s_per_km=sweep.pace_s_per_km,
        behind_plan_min=late_m * sweep.pace_s_per_km / 60_000 if track.fixes else None,
    )
