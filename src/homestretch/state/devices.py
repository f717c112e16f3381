"""The sources: what each has sent, since when it is silent, and what it says of itself."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from homestretch.facts import ClockChecked, DeviceStatus, Marker
from homestretch.state.columns import Columns
from homestretch.state.kernels import by_source
from homestretch.state.lookup import Lookup
from homestretch.state.snapshot import NEVER, RECENT_MS, Device

FILES = "file:"
"""Sources that are files: nothing is expected of them."""


class _Words:
    """What was said of each source, the latest of each kind."""

    def __init__(self, columns: Columns, void: frozenset[int], until: int) -> None:
        self.checked: dict[str, ClockChecked] = {}
        self.connected: dict[str, DeviceStatus] = {}
        self.said: dict[str, DeviceStatus] = {}
        self.errors: dict[str, tuple[str, ...]] = {}
        self.markers: Counter[str] = Counter()
        self.unreadable: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for logged, check in columns.of_kind(ClockChecked):
            if logged.seq not in void and check.seen_at <= until:
                self.checked[check.of] = check
        for logged, status in columns.of_kind(DeviceStatus):
            if logged.seq not in void and status.seen_at <= until:
                self._take(status)
        for logged, marker in columns.of_kind(Marker):
            self.markers[logged.id.source] += logged.seq not in void and marker.seen_at <= until
        for (source, reason), count in sorted(columns.unreadable.items()):
            self.unreadable[source].append((reason, count))

    def _take(self, status: DeviceStatus) -> None:
        """The connection is our side's word, everything else the device's own."""
        if status.connected is not None:
            self.connected[status.of] = status
        else:
            self.said[status.of] = status
        self.errors[status.of] = status.errors

    def sources(self) -> set[str]:
        """Everybody of whom something was said."""
        return {*self.checked, *self.connected, *self.said, *self.markers, *self.unreadable}


def list_devices(
    columns: Columns, lookup: Lookup, void: frozenset[int], until: int
) -> tuple[Device, ...]:
    """Every source of reads, and every device that has said anything, up to ``until`` (UTC ms), by name."""
    words = _Words(columns, void, until)
    found, fresh = by_source(
        columns.read("source"),
        columns.read("place"),
        columns.read("seen_at"),
        columns.read("received_at"),
        len(columns.symbols),
        until - RECENT_MS,
        until,
    )
    places = _places(columns, np.flatnonzero(fresh).tolist())
    numbers = {columns.symbols[number]: number for number in np.flatnonzero(found[:, 0]).tolist()}
    devices = []
    for source in sorted({*numbers, *words.sources()}):
        row = found[numbers[source]].tolist() if source in numbers else [0, 0, NEVER, NEVER]
        devices.append(_device(source, row, places.get(source, ()), words, lookup, columns))
    return tuple(devices)


def _places(columns: Columns, reads: list[int]) -> dict[str, tuple[int, ...]]:
    """source -> symbols of the places that it names, in the order of their first read."""
    found: dict[str, dict[int, None]] = defaultdict(dict)
    source, place = columns.read("source"), columns.read("place")
    for read in reads:
        found[columns.symbols[source[read]]][int(place[read])] = None
    return {name: tuple(symbols) for name, symbols in found.items()}


def _device(
    source: str,
    row: list[int],
    places: tuple[int, ...],
    words: _Words,
    lookup: Lookup,
    columns: Columns,
) -> Device:
    link, said = words.connected.get(source), words.said.get(source)
    checked = words.checked.get(source)
    named = [columns.symbols[place] for place in places]
    points = {column for place in places for column in lookup.points_at(place)}
    if not named and link is not None and link.place:
        named, points = [link.place], set(lookup.points_of(link.place))
    heard = [fact.seen_at for fact in (link, said, checked) if fact is not None]
    return Device(
        source=source,
        points=tuple(sorted(points)),
        places=tuple(sorted(named)),
        reads=row[0],
        recent=row[1],
        last_seen_at=row[2],
        last_heard_at=max([row[3], *heard]),
        connected=None if link is None else link.connected,
        connected_at=NEVER if link is None else link.seen_at,
        offset_ms=None if checked is None else checked.offset_ms,
        offset_at=NEVER if checked is None else checked.seen_at,
        status=said,
        markers=words.markers[source],
        unreadable=tuple(words.unreadable.get(source, ())),
        errors=words.errors.get(source, ()),
    )
