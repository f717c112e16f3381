"""How a read, a fact, a fix and a device's greeting are written for the doors."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from homestretch.rehearsal.field import say_chip
from homestretch.rehearsal.figures import Ints
from homestretch.rehearsal.schedule import ZONE

Bytes = npt.NDArray[np.uint8]

_LINE: Final = b"DA...... ..:..:......000 10  .....      C7 date="
_CHIP, _COUNT = 2, _LINE.index(b" 10  ") + 5
_CLOCK: Final = ((9, 36_000_000, 10), (10, 3_600_000, 10), (12, 600_000, 6), (13, 60_000, 10),
                 (15, 10_000, 6), (16, 1000, 10), (18, 100, 10), (19, 10, 10), (20, 1, 10))  # fmt: skip
"""Where each digit of the time of day stands, its milliseconds, and how many values it has."""
_HEX: Final = np.frombuffer(b"0123456789ABCDEF", dtype=np.uint8)


def jchip_lines(chip: Ints, seen_ms: Ints, count: Ints, date: dt.date) -> Bytes:
    """(r, width) JChip lines of reads; ``seen_ms`` is the local time of day, ``count`` the device's own."""
    form = np.frombuffer(_LINE + date.strftime("%Y%m%d").encode() + b"\r", dtype=np.uint8)
    lines = np.tile(form, (len(chip), 1))
    lines[:, 17] = ord(".")
    for place, unit, base in _CLOCK:
        lines[:, place] = ord("0") + seen_ms // unit % base
    for digit in range(6):
        lines[:, _CHIP + digit] = _HEX[chip >> 4 * (5 - digit) & 15]
    for digit in range(5):
        lines[:, _COUNT + digit] = _HEX[count >> 4 * (4 - digit) & 15]
    return lines


def jchip_name(device: str) -> bytes:
    """What a device says when it has connected."""
    return f"N0000{device}\r".encode("ascii")


def jchip_clock(at_ms: int) -> bytes:
    """What a device answers to ``GT``: its clock, here right to the hundredth (UTC milliseconds)."""
    now = dt.datetime.fromtimestamp(at_ms / 1000, tz=ZoneInfo(ZONE))
    return f"GT0{now:%H%M%S}{now.microsecond // 10_000:02} date={now:%Y%m%d}\r".encode("ascii")


def item_of_read(number: int, chip: int, place: str, seen_at: int) -> dict[str, Any]:
    """A read as an item of a batch for the JSON door."""
    return {
        "seq": number,
        "kind": "read",
        "seen_at": seen_at,
        "chip": say_chip(chip),
        "place": place,
    }


def item_of_fact(number: int, kind: str, seen_at: int, body: dict[str, Any]) -> dict[str, Any]:
    """Any other fact as an item of a batch for the JSON door."""
    return {"seq": number, "kind": kind, "seen_at": seen_at, **body}


def owntracks_fix(seen_at: int, body: dict[str, Any]) -> bytes:
    """A fix as the app OwnTracks posts it; ``seen_at`` in UTC ms, its own time is in whole seconds."""
    tst = seen_at // 1000
    said = {"_type": "location", "tst": tst, **body, "t": "t", "conn": "m", "created_at": tst}
    return json.dumps(said, separators=(",", ":")).encode()
