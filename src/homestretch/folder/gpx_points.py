"""The lines of positions in a GPX file (1.0, 1.1 or without a namespace), read as a stream.

expat is used directly because it tells the line of each element; declarations of a document type are
refused, and with them every entity of the file's own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from xml.parsers import expat

from homestretch.folder.file_kinds import find_kind
from homestretch.folder.problem import Findings

LARGEST_BYTES: Final = 64_000_000
MOST_POINTS: Final = 200_000
HIGHEST_M: Final = 9000.0
_POINTS: Final = {"trkpt": "trk", "rtept": "rte"}
_LONGEST_NAME: Final = 80
_EXPORT: Final = "Draw the course in a route planner and export it as a GPX track."


class Fix(NamedTuple):
    """A position: degrees, metres above the sea (None when unknown), and its line in the file."""

    lat: float
    lon: float
    ele_m: float | None
    line: int


@dataclass
class Track:
    """A track or a route, segments joined."""

    kind: str
    line: int
    name: str = ""
    fixes: list[Fix] = field(default_factory=list)


class _RefusedError(Exception):
    """The file is not read on; the finding was added."""


def read_tracks(data: bytes, findings: Findings) -> list[Track]:
    """The tracks with points, else the routes with points; empty when there are none, which is said."""
    if not _looks_like_gpx(data, findings):
        return []
    reading = _Reading(findings)
    try:
        reading.parser.Parse(data, True)
    except _RefusedError:
        return []
    except expat.ExpatError as error:
        what = expat.errors.messages.get(error.code, "it is broken")
        findings.add(
            error.lineno, f"The file is not whole XML: {what}.", "Export or copy the file again."
        )
        return []
    except (ValueError, LookupError, TypeError) as error:
        findings.add(1, f"The file cannot be read: {error}.", "Export it again as UTF-8.")
        return []
    return reading.list_tracks()


def _looks_like_gpx(data: bytes, findings: Findings) -> bool:
    if len(data) > LARGEST_BYTES:
        findings.add(
            0,
            f"The file has {len(data) / 1e6:,.0f} MB; a course has a few hundred kB.",
            "Simplify the line in a route planner.",
        )
    elif not data.strip():
        findings.add(0, "The file is empty.", _EXPORT)
    elif kind := find_kind(data):
        findings.add(
            1 if data.lstrip().startswith(b"<") else 0, f"This is {kind}, not GPX.", _EXPORT
        )
    else:
        return True
    return False


class _Reading:
    """The handlers of one parse. Depth does not matter, so nothing here recurses."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._tracks: list[Track] = []
        self._path: list[str] = []
        self._text = ""
        self._position: tuple[float, float] | None = None
        self._ele_m: float | None = None
        self._line = 0
        self._count = 0
        self._waypoints = self._swapped = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._doctype

    def list_tracks(self) -> list[Track]:
        """Tracks before routes; none is a finding."""
        for kind in ("trk", "rte"):
            tracks = [track for track in self._tracks if track.kind == kind and track.fixes]
            if tracks:
                return tracks
        if self._swapped:
            self._findings.add(
                0,
                "The points lie beyond the poles: lat and lon look swapped.",
                "Export the line again: lat is north, lon is east.",
            )
            return []
        marks = f", only {self._waypoints} marks (wpt)" if self._waypoints else ""
        self._findings.add(
            0, f"The file has no line: no track or route with points{marks}.", _EXPORT
        )
        return []

    def _doctype(self, *_: object) -> None:
        self._findings.add(
            self.parser.CurrentLineNumber,
            "The file declares a document type or entities, which a GPX file never needs.",
            "Take the <!DOCTYPE ...> away, or export the file again.",
        )
        raise _RefusedError

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rsplit(":", 1)[-1]
        if not self._path and name != "gpx":
            self._findings.add(
                self.parser.CurrentLineNumber, f"This is {name[:40]}, not GPX.", _EXPORT
            )
            raise _RefusedError
        self._path.append(name)
        self._text = ""
        if name in ("trk", "rte"):
            self._tracks.append(Track(kind=name, line=self.parser.CurrentLineNumber))
        elif name == "wpt":
            self._waypoints += 1
        elif name in _POINTS:
            self._line = self.parser.CurrentLineNumber
            self._ele_m = None
            self._position = self._read_position(attributes)

    def _end(self, _: str) -> None:
        name = self._path.pop()
        parent = self._path[-1] if self._path else ""
        if name == "ele" and parent in _POINTS:
            ele_m = _number(self._text)
            self._ele_m = None if ele_m is None or abs(ele_m) > HIGHEST_M else ele_m
        elif name == "name" and parent in ("trk", "rte") and self._tracks:
            self._tracks[-1].name = " ".join(self._text.split())[:_LONGEST_NAME]
        elif name in _POINTS and self._position is not None:
            self._add_point(name, self._position)

    def _characters(self, text: str) -> None:
        if len(self._text) < _LONGEST_NAME:
            self._text += text

    def _read_position(self, attributes: dict[str, str]) -> tuple[float, float] | None:
        lat, lon = _number(attributes.get("lat", "")), _number(attributes.get("lon", ""))
        if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
            self._swapped += lat is not None and 90 < abs(lat) <= 180 and abs(lon or 0.0) <= 90
            self._findings.gather(
                self._line,
                "The point has no position on the Earth and is left out.",
                "Mend its lat (-90 to 90) and lon (-180 to 180), or take it away.",
                "warning",
            )
            return None
        return lat, lon

    def _add_point(self, name: str, position: tuple[float, float]) -> None:
        self._count += 1
        if self._count > MOST_POINTS:
            self._findings.add(
                self._line,
                f"The file has more than {MOST_POINTS:,} points.",
                "Simplify the line in a route planner.",
            )
            raise _RefusedError
        if not self._tracks or self._tracks[-1].kind != _POINTS[name]:
            self._tracks.append(Track(kind=_POINTS[name], line=self._line))
        self._tracks[-1].fixes.append(Fix(*position, self._ele_m, self._line))


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
