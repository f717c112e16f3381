"""course.gpx to a Course: the line of the road, scaled to the measured distance."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from homestretch.folder.gpx_points import Fix, Track, read_tracks
from homestretch.folder.problem import COURSE, Findings, Problem
from homestretch.race.course import Course

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG), as used in the haversine formula."""
LONGEST_GAP_M = 2000.0
LONGEST_DIFFERENCE = 0.03
_WRONG_FILE = 0.15
_SAME_PLACE_M = 0.01


def parse_gpx(data: bytes, distance_m: float | None) -> tuple[Course | None, list[Problem]]:
    """The course in a GPX file and everything that is wrong with it.

    ``distance_m`` is the measured distance of the longest race, to which the line is scaled; None when
    it is not known, then the line keeps its own length. None comes back when there is no line.
    """
    findings = Findings(COURSE, "points")
    tracks = read_tracks(data, findings)
    lengths = [length_of(track.fixes) for track in tracks]
    if not tracks:
        return None, list(findings.list_problems())
    chosen = _choose(lengths, distance_m)
    _say_choice(tracks, chosen, lengths, findings)
    fixes = _without_repetitions(tracks[chosen].fixes)
    if len(fixes) < 2:
        findings.add(
            tracks[chosen].line,
            "The line has one point only.",
            "Draw the course from start to finish in a route planner and export it as a GPX track.",
        )
        return None, list(findings.list_problems())
    _check_gaps(fixes, findings)
    along = _distances(fixes)
    if distance_m:
        _check_length(along[-1], distance_m, findings)
    scale = distance_m / along[-1] if distance_m else 1.0
    course = Course(
        lat=tuple(fix.lat for fix in fixes),
        lon=tuple(fix.lon for fix in fixes),
        ele_m=_elevations(fixes, along, findings),
        distance_m=(*(metres * scale for metres in along[:-1]), distance_m or along[-1]),
    )
    return course, list(findings.list_problems())


def haversine_m(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Metres along the great circle between two positions in degrees (haversine formula)."""
    phi, to_phi = math.radians(lat), math.radians(to_lat)
    half_lat = math.sin((to_phi - phi) / 2)
    half_lon = math.sin(math.radians(to_lon - lon) / 2)
    share = half_lat**2 + math.cos(phi) * math.cos(to_phi) * half_lon**2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(share)))


def length_of(fixes: Sequence[Fix]) -> float:
    """Metres of a line of positions."""
    return _distances(fixes)[-1] if fixes else 0.0


def _distances(fixes: Sequence[Fix]) -> list[float]:
    along = [0.0]
    for one, other in itertools.pairwise(fixes):
        along.append(along[-1] + haversine_m(one.lat, one.lon, other.lat, other.lon))
    return along


def _choose(lengths: list[float], distance_m: float | None) -> int:
    if distance_m is None:
        return max(range(len(lengths)), key=lengths.__getitem__)
    return min(range(len(lengths)), key=lambda index: abs(lengths[index] - distance_m))


def _say_choice(tracks: list[Track], chosen: int, lengths: list[float], findings: Findings) -> None:
    if len(tracks) > 1:
        name = f' "{tracks[chosen].name}"' if tracks[chosen].name else ""
        findings.add(
            tracks[chosen].line,
            f"The file has {len(tracks)} lines; this one{name} of {lengths[chosen] / 1000:.2f} km "
            "comes nearest to the longest race and is used.",
            "Keep only the course in the file if that is not it.",
            "note",
        )


def _without_repetitions(fixes: Sequence[Fix]) -> list[Fix]:
    kept: list[Fix] = []
    for fix in fixes:
        if kept and haversine_m(kept[-1].lat, kept[-1].lon, fix.lat, fix.lon) < _SAME_PLACE_M:
            continue
        kept.append(fix)
    return kept


def _check_gaps(fixes: list[Fix], findings: Findings) -> None:
    for one, other in itertools.pairwise(fixes):
        gap_m = haversine_m(one.lat, one.lon, other.lat, other.lon)
        if gap_m > LONGEST_GAP_M:
            findings.add(
                other.line,
                f"The line jumps {gap_m / 1000:.1f} km to this point.",
                "Take the stray point away, or draw the road in between.",
                "warning",
            )


def _check_length(length_m: float, distance_m: float, findings: Findings) -> None:
    difference = length_m / distance_m - 1.0
    if abs(difference) <= LONGEST_DIFFERENCE:
        return
    wrong_file = abs(difference) > _WRONG_FILE
    laps = round(distance_m / length_m)
    if laps > 1 and abs(laps * length_m / distance_m - 1.0) <= LONGEST_DIFFERENCE:
        do = f"If the runners go round {laps} times, draw the line {laps} times."
    elif wrong_file:
        do = "Is this the line of the longest race?"
    else:
        do = "It is stretched to fit; draw it more closely along the road if pictures are off."
    findings.add(
        0,
        f"The line is {length_m / 1000:.2f} km long, the longest race {distance_m / 1000:.2f} km "
        f"({difference:+.0%}).",
        do,
        "warning" if wrong_file else "note",
    )


def _elevations(fixes: list[Fix], along: list[float], findings: Findings) -> tuple[float, ...]:
    """Metres above the sea; missing ones lie on a straight line between their neighbours."""
    known = [index for index, fix in enumerate(fixes) if fix.ele_m is not None]
    if not known:
        findings.add(
            0,
            "The line has no elevations, so hills are not shown.",
            "Most route planners can add them when exporting.",
            "note",
        )
        return (0.0,) * len(fixes)
    filled = []
    after = 0
    for index, fix in enumerate(fixes):
        while after < len(known) and known[after] < index:
            after += 1
        left = known[max(after - 1, 0)]
        right = known[min(after, len(known) - 1)]
        filled.append(
            fix.ele_m if fix.ele_m is not None else _between(fixes, along, left, index, right)
        )
    return tuple(filled)


def _between(fixes: list[Fix], along: list[float], left: int, at: int, right: int) -> float:
    low, high = fixes[left].ele_m or 0.0, fixes[right].ele_m or 0.0
    span = along[right] - along[left]
    share = min(max((along[at] - along[left]) / span, 0.0), 1.0) if span > 0 else 0.0
    return low + (high - low) * share
