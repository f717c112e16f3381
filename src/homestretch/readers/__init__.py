"""Bytes to facts, both ways, without sockets: one file for each protocol or file format.

In: bytes and the moment of their arrival. Out: facts, and bytes to send. Never: sockets, disks, a clock,
an exception for what a device sent.

A reader is a small machine for one connection. ``receive`` takes bytes in any chunking and returns what
they said; what it cannot read becomes ``Unreadable`` with a reason. What ``to_send`` gives after a
``receive`` is sent once the facts of that ``receive`` are durable: that is when a device may be told.

Readers are found by presence. A module of this folder may hold a ``READER`` (a stream), an ``HTTP_READER``
(requests) and a ``FILE`` (a form of file).
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Literal, Protocol, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import numpy.typing as npt

from homestretch.facts import AnyFact, Received, Unreadable, received

Known: TypeAlias = Callable[[str], npt.NDArray[np.int64]]
"""source -> the numbers of its records that are durable, ascending, (k,)"""


class Context(msgspec.Struct, frozen=True):
    """What a reader must know: the event's zone and date (YYYY-MM-DD); what the plan calls the place of a
    device that does not say it, and the address of the device (``host:port``) where we call it."""

    zone: ZoneInfo
    date: str
    place: str = ""
    peer: str = ""


class Heard(msgspec.Struct, frozen=True):
    """One fact as it arrived, and the erasable text that it refers to (``text_ref``), if any."""

    received: Received
    text: bytes | None = None


class Reader(Protocol):
    """One connection of a timing system."""

    @property
    def source(self) -> str:
        """The source of this connection's facts, as far as the device has said who it is."""
        ...

    @property
    def sources(self) -> tuple[str, ...]:
        """Everybody who is there as long as this connection holds: one device, or all behind one wire."""
        ...

    def receive(self, data: bytes, at: int) -> list[Heard]:
        """What these bytes said; ``at`` is the moment of arrival (UTC ms)."""
        ...

    def to_send(self) -> bytes:
        """Bytes that the protocol wants sent now; empty when there are none."""
        ...

    def tick(self, at: int) -> list[Heard]:
        """About a second went by: ask for what is due (keep-alives, what was missed)."""
        ...

    def resume(self, known: Known) -> None:
        """Before the first byte: which records are durable, so that the others can be asked for."""
        ...


class Machine:
    """What most readers have in common: bytes that wait to be sent, nothing to do as time goes by."""

    source = ""

    def __init__(self) -> None:
        self.out = b""

    @property
    def sources(self) -> tuple[str, ...]:
        """The one device, once it has said who it is."""
        return (self.source,) if self.source else ()

    def to_send(self) -> bytes:
        """The answers that are due."""
        out, self.out = self.out, b""
        return out

    def tick(self, at: int) -> list[Heard]:  # noqa: ARG002  # a reader that asks overrides it
        """Nothing is due."""
        return []

    def resume(self, known: Known) -> None:
        """Nothing can be asked for again."""


class ReaderKind(msgspec.Struct, frozen=True):
    """A protocol: its name in ``[doors]``, who calls whom, its usual port, and how to make a reader.

    After ``silence_s`` seconds without a byte the connection is taken for half-open; None: this protocol is
    silent for hours when nobody passes. ``needs`` is the extra of this package that it wants installed.
    """

    name: str
    transport: Literal["tcp-server", "tcp-client"]
    port: int
    make: Callable[[Context], Reader]
    silence_s: float | None = None
    needs: str = ""


class LibraryKind(msgspec.Struct, frozen=True):
    """A protocol that a package speaks for us: its name in ``[doors]``, its usual port, and the extra of this
    package that brings it."""

    name: str
    port: int
    needs: str


class Request(msgspec.Struct, frozen=True):
    """An HTTP request to a door: names of headers in lower case; of a repeated name the last one counts."""

    method: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class Caller(msgspec.Struct, frozen=True):
    """Who a request's key belongs to: its label, the place it was made for, and the event's zone and date.

    ``vehicle`` is the vehicle that the key was made for or is called like (empty: none); ``phones`` says
    which phone is in which vehicle, by what a phone calls itself (casefolded).
    """

    label: str
    place: str
    zone: ZoneInfo
    date: str
    vehicle: str = ""
    phones: dict[str, str] = {}


class Reply(msgspec.Struct, frozen=True):
    """What a request said, and how it is answered once that is durable. ``trouble`` is what staff should
    hear of it, in words of ours alone: they are kept."""

    heard: list[Heard]
    status: int = 200
    body: bytes = b""
    media_type: str = "text/plain; charset=utf-8"
    trouble: str = ""


class HttpReaderKind(msgspec.Struct, frozen=True):
    """A protocol over HTTP: its name in the address ``/{event}/doors/{name}``, and how a request is read
    (request, whose key it had, moment of arrival in UTC ms). Never raises for what was sent."""

    name: str
    read: Callable[[Request, Caller, int], Reply]


class Row(msgspec.Struct, frozen=True):
    """One row of a file: its fact, and its number in the file's own numbering, if it has one."""

    fact: AnyFact
    number: int | None = None


class FileReader(Protocol):
    """One reading of a file, row by row. ``says`` is what the file was recognised as, in words;
    ``says_places`` and ``says_dates`` whether its rows hold these: what they leave open is asked for."""

    says: str
    says_places: bool
    says_dates: bool

    def read(self, line: str) -> Row | None:
        """What a line says, None for one that says nothing by itself (a heading, a device's name);
        FactError with the reason for one that cannot be kept."""
        ...


class FileKind(msgspec.Struct, frozen=True):
    """A form of file. ``find`` looks at its first lines that are not empty and says how well they fit,
    from 0 (not at all) to 1 (each of them); ``make`` gives a reading of the whole file from those lines.
    """

    name: str
    find: Callable[[list[str]], float]
    make: Callable[[list[str], Context], FileReader]


LONGEST_RAW = 64 * 1024
"""Bytes kept of what nobody understood."""

T = TypeVar("T")


@cache
def _modules() -> tuple[ModuleType, ...]:
    return tuple(
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    )


def _list(constant: str, kind: type[T]) -> list[T]:
    found = (getattr(module, constant, None) for module in _modules())
    return [one for one in found if isinstance(one, kind)]


def list_readers() -> dict[str, ReaderKind]:
    """Every protocol of a stream found in this folder, by name."""
    return {kind.name: kind for kind in _list("READER", ReaderKind)}


def list_transports() -> dict[str, str]:
    """Who calls whom, by the name of each protocol of a stream: what ``[doors]`` must know."""
    found = {name: str(kind.transport) for name, kind in list_readers().items()}
    return found | {kind.name: "library" for kind in _list("LIBRARY", LibraryKind)}


def list_http_readers() -> dict[str, HttpReaderKind]:
    """Every protocol over HTTP found in this folder, by name."""
    return {kind.name: kind for kind in _list("HTTP_READER", HttpReaderKind)}


def list_files() -> dict[str, FileKind]:
    """Every form of file found in this folder, by name."""
    return {kind.name: kind for kind in _list("FILE", FileKind)}


def unreadable(
    raw: bytes, reason: str, source: str, at: int, place: str = "", number: int = 0
) -> Heard:
    """Bytes that nobody understood, as a fact with a reason; the same bytes make the same fact. Of very many
    the first are kept."""
    ref = "raw-" + hashlib.blake2b(raw, digest_size=12, key=source.encode()[:64]).hexdigest()
    fact = Unreadable(seen_at=0, reason=reason, place=place, text_ref=ref)
    return Heard(received(fact, source, at, number), raw[:LONGEST_RAW])


def clean_name(text: str, longest: int = 100) -> str:
    """A name that a device gave itself, as it may be shown: printable, without blanks around it."""
    return "".join(char for char in text if char.isprintable()).strip()[:longest]


def device_name(raw: bytes) -> str:
    """The same of bytes. Most such programs run on Windows: what is no UTF-8 is in its letters."""
    try:
        return clean_name(raw.decode())
    except UnicodeDecodeError:
        return clean_name(raw.decode("cp1252", "replace"))
