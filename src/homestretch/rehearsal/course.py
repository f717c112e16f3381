"""The invented course: one line of 42,195 m on which the half marathon leaves out a loop.

The half turns right where the marathon comes back 21,097.5 m later, so every metre of the half lies
on the marathon's line. No such course exists.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal, NamedTuple
from xml.sax.saxutils import escape

import numpy as np

from homestretch.rehearsal.figures import Floats

MARATHON_M = 42195.0
HALF_M = 21097.5
TURN_M = 15600.0
"""Here the half turns towards the finish; the marathon is here again after another 21,097.5 m."""
METRES_PER_MILE = 1609.344
EARTH_M = 6371008.8
CROSSING = (40.4421, -79.9837)
STEP_M = 25.0

# Bends in kilometres east and north of the crossing: to it, around the loop, from it to the finish.
_APPROACH = [(-3.4, -1.5), (-2.7, -2.2), (-1.4, -2.0), (-0.6, -3.1), (0.7, -3.3), (1.5, -2.3)]
_APPROACH += [(2.6, -2.5), (3.1, -1.5), (2.3, -0.7), (1.1, -0.9), (0.0, 0.0)]
_LOOP = [(0.0, 0.0), (-1.0, 0.8), (-2.2, 0.6), (-3.3, 1.4), (-3.1, 2.6), (-1.9, 3.0), (-1.2, 4.1)]
_LOOP += [
    (0.1, 4.4),
    (1.0, 3.6),
    (2.2, 3.9),
    (3.1, 3.0),
    (2.7, 1.8),
    (1.4, 1.5),
    (0.9, 0.6),
    (0.0, 0.0),
]
_HOME = [(0.0, 0.0), (-0.9, -0.7), (-1.9, -0.6), (-2.5, -1.1), (-3.1, -0.9), (-3.6, -1.2)]


class Device(NamedTuple):
    """One reader at a timing point: its location name, its door, the share of chips that it misses."""

    name: str
    door: Literal["jchip", "http"]
    p_missed: float


class Mat(NamedTuple):
    """A timing point: distances in metres (None: the half does not pass) and its readers.

    ``p_missed`` is the share of people whom none of the readers sees (a chip under the jacket, one
    that is bent): two readers miss more people together than chance alone says.
    """

    id: str
    name: str
    marathon_m: float
    half_m: float | None
    devices: tuple[Device, ...]
    p_missed: float


MATS = (
    Mat(
        "start",
        "Start",
        0.0,
        0.0,
        (Device("START-1", "jchip", 0.05), Device("START-2", "jchip", 0.008)),
        0.005,
    ),
    Mat("5k", "5K", 5000.0, 5000.0, (Device("5K", "http", 0.008),), 0.0),
    Mat("10k", "10K", 10000.0, 10000.0, (Device("10K", "jchip", 0.028),), 0.0),
    Mat("15k", "15K", 15000.0, 15000.0, (Device("15K", "http", 0.05),), 0.0),
    Mat("half", "Half", 21097.5, None, (Device("HALF", "jchip", 0.008),), 0.0),
    Mat("25k", "25K", 25000.0, None, (Device("25K", "http", 0.028),), 0.0),
    Mat("30k", "30K", 30000.0, None, (Device("30K", "jchip", 0.028),), 0.0),
    Mat("35k", "35K", 35000.0, None, (Device("35K", "http", 0.054),), 0.0),
    Mat("mile-25", "Mile 25", 40233.6, 19136.1, (Device("MILE-25", "jchip", 0.008),), 0.0),
    Mat(
        "finish",
        "Finish",
        MARATHON_M,
        HALF_M,
        (Device("FINISH-1", "jchip", 0.028), Device("FINISH-2", "jchip", 0.054)),
        0.0,
    ),
)
"""Shares of missed chips are those that one real marathon weekend had at its lines."""

STATIONS = (
    ("mile-8", "Mile 8", 8 * METRES_PER_MILE, 8 * METRES_PER_MILE),
    ("mile-18", "Mile 18", 18 * METRES_PER_MILE, None),
)
"""Cheer stations without a mat: id, name, metres in the marathon, metres in the half."""

HALF_LEAVES_OUT_M = MARATHON_M - HALF_M


def on_the_line(half_m: Floats) -> Floats:
    """Metres along the marathon's line of a place given in metres of the half."""
    return np.asarray(np.where(half_m <= TURN_M, half_m, half_m + HALF_LEAVES_OUT_M))


@dataclass(frozen=True, slots=True)
class Line:
    """The line: degrees, metres above the sea, metres from the start (measured on a sphere)."""

    lat: Floats
    lon: Floats
    ele_m: Floats
    distance_m: Floats

    def find_position(self, distance_m: Floats) -> tuple[Floats, Floats]:
        """Degrees of latitude and longitude at distances along the line."""
        lat = np.interp(distance_m, self.distance_m, self.lat)
        return lat, np.interp(distance_m, self.distance_m, self.lon)


@functools.cache
def get_line() -> Line:
    """The line of the marathon, measured so that its points add up to 42,195 m."""
    pieces = [
        (_APPROACH, TURN_M),
        (_LOOP, HALF_LEAVES_OUT_M),
        (_HOME, MARATHON_M - TURN_M - HALF_LEAVES_OUT_M),
    ]
    curves = [_measured(_smooth(np.array(bends)), length) for bends, length in pieces]
    xy = np.concatenate([curves[0], curves[1][1:], curves[2][1:]])
    lat, lon = _degrees(xy)
    distance = _along(lat, lon)
    turns = distance / MARATHON_M * 2 * np.pi
    ele = 228 + 14 * np.sin(3 * turns) + 9 * np.sin(7 * turns + 1) + 4 * np.sin(17 * turns + 2)
    return Line(lat=lat, lon=lon, ele_m=ele, distance_m=distance * MARATHON_M / distance[-1])


def _smooth(bends: Floats) -> Floats:
    """A Catmull-Rom curve through the bends (E. Catmull, R. Rom, 1974), in metres."""
    ends = np.concatenate([2 * bends[:1] - bends[1:2], bends, 2 * bends[-1:] - bends[-2:-1]])
    t = np.linspace(0.0, 1.0, 80, endpoint=False)[:, None]
    pieces = []
    for p0, p1, p2, p3 in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        cubic = (3 * p1 - p0 - 3 * p2 + p3) * t**3 + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        pieces.append(0.5 * (2 * p1 + (p2 - p0) * t + cubic))
    return np.concatenate([*pieces, bends[-1:]]) * 1000.0


def _measured(curve: Floats, length_m: float) -> Floats:
    """The curve scaled about the crossing to this length, with a point about every 25 metres."""
    for _ in range(4):
        curve = curve * length_m / _along(*_degrees(curve))[-1]
        along = _along(*_degrees(curve))
        steps = np.linspace(0.0, along[-1], round(length_m / STEP_M) + 1)
        curve = np.column_stack([np.interp(steps, along, curve[:, axis]) for axis in (0, 1)])
    return curve


def _degrees(xy: Floats) -> tuple[Floats, Floats]:
    lat = CROSSING[0] + np.degrees(xy[:, 1] / EARTH_M)
    lon = CROSSING[1] + np.degrees(xy[:, 0] / EARTH_M / np.cos(np.radians(CROSSING[0])))
    return lat, lon


def _along(lat: Floats, lon: Floats) -> Floats:
    """Metres from the first point by the haversine formula."""
    phi, lam = np.radians(lat), np.radians(lon)
    chord = np.sin(np.diff(phi) / 2) ** 2
    chord += np.cos(phi[1:]) * np.cos(phi[:-1]) * np.sin(np.diff(lam) / 2) ** 2
    return np.concatenate([[0.0], np.cumsum(2 * EARTH_M * np.arcsin(np.sqrt(chord)))])


def write_gpx(name: str) -> str:
    """The text of course.gpx: one track of the marathon with positions and heights."""
    line = get_line()
    points = "\n".join(
        f'   <trkpt lat="{lat:.6f}" lon="{lon:.6f}"><ele>{ele:.1f}</ele></trkpt>'
        for lat, lon, ele in zip(line.lat, line.lon, line.ele_m, strict=True)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="Homestretch rehearsal" xmlns="http://www.topografix.com/GPX/1/1">\n'
        f" <trk>\n  <name>{escape(name)}</name>\n  <trkseg>\n{points}\n  </trkseg>\n </trk>\n</gpx>\n"
    )
