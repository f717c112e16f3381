"""Where a day is played, and what all its devices have in common."""

from __future__ import annotations

from typing import NamedTuple

BATCH = 500
WAITING = 20_000
RETRY_S = 0.3

END = object()
"""In a device's queue: nothing comes after this. A future there is set once all before it is durable."""


class Stage(NamedTuple):
    """The server's doors, the event, and a key for each device that speaks HTTP."""

    host: str
    http_port: int
    jchip_port: int
    event: str
    keys: dict[str, str]
