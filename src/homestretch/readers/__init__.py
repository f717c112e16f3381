"""Bytes to facts, both ways, without sockets: one file for each protocol or file format.

In: bytes and the moment of their arrival. Out: facts, and bytes to send. Never: sockets, disks, a clock,
an exception for what a device sent.

A reader is a small machine for one connection. ``receive`` takes bytes in any chunking and returns what
they said; what it cannot read becomes ``Unreadable`` with a reason. Readers are found by presence: a
module in this folder with a ``READER``.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Callable
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

import msgspec

from homestretch.facts import Received, Unreadable, received


class Context(msgspec.Struct, frozen=True):
    """What a reader must know of the event: its zone and its date (YYYY-MM-DD)."""

    zone: ZoneInfo
    date: str


class Heard(msgspec.Struct, frozen=True):
    """One fact as it arrived, and the erasable text that it refers to (``text_ref``), if any."""

    received: Received
    text: bytes | None = None


class Reader(Protocol):
    """One connection of a timing system."""

    def receive(self, data: bytes, at: int) -> list[Heard]:
        """What these bytes said; ``at`` is the moment of arrival (UTC ms)."""
        ...

    def to_send(self) -> bytes:
        """Bytes that the protocol wants sent now; empty when there are none."""
        ...


class ReaderKind(msgspec.Struct, frozen=True):
    """A protocol: its name in ``[doors]``, how it is spoken, its usual port, and how to make a reader."""

    name: str
    transport: Literal["tcp-server", "tcp-client"]
    port: int
    make: Callable[[Context], Reader]


def list_readers() -> dict[str, ReaderKind]:
    """Every protocol found in this folder, by name."""
    found = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        kind = getattr(module, "READER", None)
        if isinstance(kind, ReaderKind):
            found[kind.name] = kind
    return found


def unreadable(
    raw: bytes, reason: str, source: str, at: int, place: str = "", number: int = 0
) -> Heard:
    """Bytes that nobody understood, as a fact with a reason; the same bytes make the same fact."""
    ref = "raw-" + hashlib.blake2b(raw, digest_size=12, key=source.encode()[:64]).hexdigest()
    fact = Unreadable(seen_at=0, reason=reason, place=place, text_ref=ref)
    return Heard(received(fact, source, at, number), raw)
