"""The measured line of a race day, from the GPX file."""

from __future__ import annotations

import msgspec


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """A line of positions: degrees, metres above the sea (0.0 when unknown), metres from the start.

    All four have the same length; ``distance_m`` never decreases and is scaled so that its last value
    is the measured distance of the longest race.
    """

    lat: tuple[float, ...]
    lon: tuple[float, ...]
    ele_m: tuple[float, ...]
    distance_m: tuple[float, ...]
