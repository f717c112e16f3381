"""The ribbon: the course from start to finish as a road, with the field, the sweep car and the lantern.

Numbers only; how they are drawn is the page's matter (``web.drawing``).
"""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.boards.ahead import find_gone, find_next_start, find_unseen, speaks_ahead
from homestretch.boards.axis import (
    SAME_PLACE_M,
    Axis,
    find_shown_m,
    make_axis,
    on_road,
    shown_positions,
    zone,
)
from homestretch.boards.vehicles import VehicleMark, list_marks
from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.race.privacy import Viewer
from homestretch.race.saying import joined, lowered, said
from homestretch.showing import shown
from homestretch.state.snapshot import NEVER, Floats, Ints
from homestretch.state.vehicle_track import FIX_HOLDS_MS

BINS = 480
STEP = 3
WIDTH_BINS = 5.3
"""standard deviation of the kernel: 1.1 % of the course"""
FULL = 1000
LOWEST_PEAK = 0.3


class Dot(msgspec.Struct, frozen=True, kw_only=True):
    """A timing point on the road; ``silent`` and ``lifted`` ones are hollow.

    ``race`` is set where a race passes a shared point at another distance: the same place, met earlier.
    """

    point: str
    name: str
    at_m: float
    race: str = ""
    silent: bool = False
    lifted: bool = False


class Ridge(msgspec.Struct, frozen=True, kw_only=True):
    """The field of one race: its height at even steps from start to finish, 0 to 1000 at most.

    Ridges of several races are meant to be stacked.
    """

    race: str
    name: str
    on_road: int
    heights: tuple[int, ...]


class SweepMark(msgspec.Struct, frozen=True, kw_only=True):
    """The sweep car; ``planned`` when its phone has not been heard, so that the plan places it.

    ``age_ms`` is how long ago its last fix was (at ``seen_at``), NEVER when there was none.
    """

    at_m: float
    pace_s_per_km: float
    seen_at: int
    age_ms: int
    planned: bool


class LanternMark(msgspec.Struct, frozen=True, kw_only=True):
    """The last runner on the road, and how many minutes ahead of the sweep car, or that they are behind it.

    ``on_longest`` tells that this stretch of road belongs to the longest course, whose line is drawn.
    Of who is ``unseen`` this is the last proof, and ``label`` says since when.
    """

    at_m: float
    label: str
    ahead_min: float | None
    on_longest: bool
    behind_sweep: bool = False
    unseen: bool = False


class HereMark(msgspec.Struct, frozen=True, kw_only=True):
    """The runner whose page this is; of who is ``unseen`` the last proof."""

    at_m: float
    label: str
    unseen: bool = False


class Ribbon(msgspec.Struct, frozen=True, kw_only=True):
    """All metres are along the longest course. ``left_out``: how many are not drawn in the ridges, because
    a point has not read them although they were clearly due there."""

    length_m: float
    dots: tuple[Dot, ...]
    ridges: tuple[Ridge, ...]
    left_out: int
    sweep: SweepMark | None
    lantern: LanternMark | None
    vehicles: tuple[VehicleMark, ...] = ()
    here: HereMark | None = None


def make_ribbon(picture: Picture, viewer: Viewer) -> Ribbon:
    """The ribbon as this viewer may see it, without anybody's own mark."""
    axis, rows = make_axis(picture), on_road(picture)
    sweep = _find_sweep(picture, axis)
    unseen = find_unseen(picture, rows)
    return Ribbon(
        length_m=axis.length_m,
        dots=_list_dots(picture, axis),
        ridges=_list_ridges(picture, viewer, axis, rows[~unseen]),
        left_out=int(np.count_nonzero(unseen)),
        sweep=sweep,
        lantern=_find_lantern(picture, viewer, axis, sweep),
        vehicles=list_marks(picture, viewer, axis),
    )


def _list_dots(picture: Picture, axis: Axis) -> tuple[Dot, ...]:
    """The points of the longest race, and while another race is on the road also what it passes elsewhere."""
    points, races = picture.state.points, picture.event.races
    busy = set(picture.state.roster.race[on_road(picture)].tolist())
    dots = []
    for column, (point, name) in enumerate(zip(points.ids, points.names, strict=True)):
        drawn: list[float] = []
        by_length = sorted(range(len(races)), key=lambda race: race != axis.longest)
        for race in by_length:
            at_m = float(points.distance_m[race, column]) + axis.offset_m[race]
            if np.isnan(at_m) or any(abs(at_m - other) < SAME_PLACE_M for other in drawn):
                continue
            alone = race == axis.longest or np.isnan(points.distance_m[axis.longest, column])
            drawn.append(at_m)
            if not alone and race not in busy:
                continue
            dots.append(
                Dot(
                    point=point,
                    name=name if alone else joined((races[race].name, lowered(name)), " "),
                    at_m=round(at_m, 1),
                    race="" if alone else races[race].id,
                    silent=bool(points.silent[column]),
                    lifted=bool(points.lifted[column]),
                )
            )
    return tuple(sorted(dots, key=lambda dot: dot.at_m))


def _list_ridges(picture: Picture, viewer: Viewer, axis: Axis, rows: Ints) -> tuple[Ridge, ...]:
    race_of = picture.state.roster.race[rows]
    along = shown_positions(picture, viewer, rows) + np.array(axis.offset_m)[race_of]
    races = picture.event.races
    densities = [_density(along[race_of == race], axis.length_m) for race in range(len(races))]
    together = sum(densities)
    peak = float(np.max(together)) if len(rows) else 0.0
    if peak <= 0.0:
        return ()
    started = max(1, int(np.count_nonzero(picture.state.start_at != NEVER)))
    scale = FULL * max(LOWEST_PEAK, min(1.0, (len(rows) / started) ** 0.3)) / peak
    return tuple(
        Ridge(
            race=races[race].id,
            name=races[race].name,
            on_road=int(np.count_nonzero(race_of == race)),
            heights=tuple(np.rint(densities[race] * scale).astype(int).tolist()),
        )
        for race in sorted(range(len(races)), key=lambda race: race != axis.longest)
        if np.any(race_of == race)
    )


def _density(along_m: Floats, length_m: float) -> Floats:
    """Gaussian kernel density of positions at BINS / STEP + 1 even steps, in arbitrary units."""
    known = along_m[~np.isnan(along_m)]
    counts, _ = np.histogram(np.clip(known, 0.0, length_m), bins=BINS, range=(0.0, length_m))
    reach = int(4 * WIDTH_BINS)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / WIDTH_BINS) ** 2)
    smooth = np.convolve(counts, kernel, mode="same")
    edges = np.concatenate([smooth[:1], (smooth[1:] + smooth[:-1]) / 2, smooth[-1:]])
    return np.asarray(edges[::STEP], np.float64)


def _find_sweep(picture: Picture, axis: Axis) -> SweepMark | None:
    plan, track = picture.event.sweep, picture.state.sweep
    if plan is None or track is None or picture.state.over or picture.now < plan.start_at:
        return None
    race = next(i for i, race in enumerate(picture.event.races) if race.id == plan.race)
    heard = track.fixes > 0 and picture.now - track.seen_at <= FIX_HOLDS_MS
    at_m = (track.distance_m if heard else track.planned_m) + axis.offset_m[race]
    return SweepMark(
        at_m=round(min(max(at_m, 0.0), axis.length_m), 1),
        pace_s_per_km=plan.pace_s_per_km,
        seen_at=track.seen_at if track.fixes else NEVER,
        age_ms=max(0, picture.now - track.seen_at) if track.fixes else NEVER,
        planned=not heard,
    )


def _find_lantern(
    picture: Picture, viewer: Viewer, axis: Axis, sweep: SweepMark | None
) -> LanternMark | None:
    """Nobody is last while others are still to start, nor shown where who is hidden was seen last."""
    row = picture.state.lantern
    if row == NEVER or find_next_start(picture)[0]:
        return None
    rows = np.array([row])
    unseen, gone = bool(find_unseen(picture, rows)[0]), bool(find_gone(picture, rows)[0])
    at_m = find_shown_m(picture, viewer, row)
    if at_m is None or (gone and shown(picture, viewer, row).hidden):
        return None
    race = int(picture.state.roster.race[row])
    along_m = at_m + axis.offset_m[race]
    told = sweep is not None and speaks_ahead(picture, row) and not unseen
    seen = say_time(int(picture.state.last_proof_at[row]), picture.event.zone_info)
    label = said("last runner, last seen {time}", time=seen) if unseen else said("last runner")
    ahead_s = 0.0 if sweep is None else (along_m - sweep.at_m) / 1000.0 * sweep.pace_s_per_km
    return LanternMark(
        at_m=round(along_m, 1),
        label=said("not seen since {time}", time=seen) if gone else label,
        ahead_min=round(ahead_s / 60.0, 1) if told and ahead_s > 0 else None,
        behind_sweep=told and ahead_s < 0,
        on_longest=_is_shared(picture, axis, race, zone(picture, row)),
        unseen=unseen,
    )


def _is_shared(picture: Picture, axis: Axis, race: int, between_m: tuple[float, float]) -> bool:
    """Whether a race runs on the longest course between two of its points."""
    mine, longest = (picture.state.points.distance_m[r] for r in (race, axis.longest))
    there = mine + axis.offset_m[race]
    shared = {
        float(m)
        for m, same in zip(mine, np.abs(there - longest) < SAME_PLACE_M, strict=True)
        if same
    }
    return race == axis.longest or all(m in shared or m == 0.0 for m in between_m)
