"""Between keeper and fronts: frames on a Unix socket in a folder that only this user may enter.

A frame is its length (4 bytes), its kind (1 byte) and its content. A front has two connections: over one it sends
questions as MessagePack, which the keeper decodes strictly (a front talks to the world), and gets keys and answers in
the order in which they became true; over the other, which it opens with an empty frame, it gets Pictures (pickled: a
front trusts its keeper) and their shared parts once each.
"""

from __future__ import annotations

import asyncio
import io
import pickle
import struct
from typing import Any, Literal, TypeAlias

import msgspec

from homestretch.companions.together import Companions
from homestretch.errors import StoreError
from homestretch.forecast.values import Caught, Forecast, Hindsight
from homestretch.picture import Picture, Version
from homestretch.race.course import Course
from homestretch.race.event import Event
from homestretch.state.seen import Sightings
from homestretch.state.snapshot import Roster
from homestretch.store.keys import Key

PICTURE, PART, KEYS, ANSWER = b"P", b"S", b"K", b"A"
QUESTION, FOLLOW, AHEAD = b"Q", b"W", b"F"
LARGEST_FRAME = 512 * 1024 * 1024
LARGEST_QUESTION = 4 * 1024 * 1024
HEAD = struct.Struct("!IB")
_SHARED = (
    Event,
    Course,
    Roster,
    Forecast,
    Caught,
    Hindsight,
    Companions,
    Sightings,
    Version,
)
"""What changes rarely: sent once, then named; so are the persons of a Picture."""


Bytes: TypeAlias = bytes | memoryview
Failure: TypeAlias = Literal["refused", "fact", "store", "not-found", "busy", "fault"]


class Answer(msgspec.Struct):
    """The answer to a question of that number; ``error`` names a kind of error when it failed. ``words`` is what a
    person reads of it (what went wrong and the hint; why items were refused), pickled so that a front can say it again
    in its reader's language. ``kept`` is how far log and people were (last position, version) once what was said held."""

    number: int
    content: bytes = b""
    error: Failure | Literal[""] = ""
    words: bytes = b""
    kept: tuple[int, int] = (0, 0)


def words_of(answer: Answer) -> list[str]:
    """What a person reads of an answer."""
    words: list[str] = pickle.loads(answer.words) if answer.words else []  # noqa: S301  # from our own keeper
    return words


class Admissions(msgspec.Struct):
    """The keys and sessions of an event, as the front needs them."""

    event: str
    keys: list[Key]


def frame(kind: bytes, content: bytes) -> bytes:
    """One frame as bytes."""
    return HEAD.pack(len(content), kind[0]) + content


async def read_frame(stream: asyncio.StreamReader, largest: int) -> tuple[bytes, bytes]:
    """The next frame (kind, content); IncompleteReadError at the end, StoreError when it is too large."""
    length, kind = split_head(await stream.readexactly(HEAD.size), largest)
    return kind, await stream.readexactly(length)


def split_head(head: Bytes, largest: int) -> tuple[int, bytes]:
    """(length, kind) of the frame of which this is the head; StoreError when it is too large."""
    length, kind = HEAD.unpack(head)
    if length > largest:
        raise StoreError(f"A frame of {length} bytes was announced.", "Restart both processes.")
    return length, bytes([kind])


class PicturePacker:
    """Pickles Pictures; shared parts become references that are packed once each."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, Any]] = {}
        self._next = 1
        self.parts: dict[int, bytes] = {}

    def pack(self, picture: Picture) -> tuple[list[int], bytes]:
        """The numbers of the parts a Picture needs, and the Picture."""
        used: list[int] = []
        packer, persons = self, picture.names.persons

        class _Pickler(pickle.Pickler):
            def persistent_id(self, thing: Any) -> int | None:
                if isinstance(thing, _SHARED) or thing is persons:
                    number = packer._number(thing)
                    used.append(number)
                    return number
                return None

        out = io.BytesIO()
        _Pickler(out, protocol=5).dump(picture)
        for stale in [number for number in self.parts if number not in used]:
            del self.parts[stale]
        self._known = {key: value for key, value in self._known.items() if value[0] in self.parts}
        return used, out.getvalue()

    def _number(self, part: Any) -> int:
        known = self._known.get(id(part))
        if known is not None and known[1] is part:
            return known[0]
        number, self._next = self._next, self._next + 1
        self._known[id(part)] = (number, part)
        self.parts[number] = pickle.dumps(part, protocol=5)
        return number


class PictureUnpacker:
    """The front's side of ``PicturePacker``."""

    def __init__(self) -> None:
        self._parts: dict[int, Any] = {}

    def take_part(self, content: Bytes) -> None:
        """Keep a shared part: 8 bytes of number, then the pickled part."""
        self._parts[int.from_bytes(content[:8], "big")] = pickle.loads(  # noqa: S301  # from our own keeper
            content[8:]
        )

    def unpack(self, content: Bytes) -> Picture:
        """A Picture of which all parts have come; parts that it does not name are let go."""
        known = self._parts
        used: dict[int, Any] = {}

        class _Unpickler(pickle.Unpickler):
            def persistent_load(self, number: int) -> Any:
                return used.setdefault(number, known[number])

        picture: Picture = _Unpickler(io.BytesIO(content)).load()
        self._parts = used
        return picture


class PicturesIn:
    """The Pictures of all events that come over one connection."""

    def __init__(self) -> None:
        self._unpackers: dict[str, PictureUnpacker] = {}

    def take(self, kind: bytes, content: Bytes) -> tuple[str, Picture] | None:
        """The event and its Picture, once a frame completes one."""
        if kind not in (PART, PICTURE):
            return None
        event, rest = split_event(content)
        unpacker = self._unpackers.setdefault(event, PictureUnpacker())
        if kind == PICTURE:
            return event, unpacker.unpack(rest)
        unpacker.take_part(rest)
        return None


def event_frame(kind: bytes, event: str, content: bytes) -> bytes:
    """A frame that concerns one event: its id goes before the content."""
    name = event.encode()
    return frame(kind, bytes([len(name)]) + name + content)


def split_event(content: Bytes) -> tuple[str, Bytes]:
    """The event and the rest of an event's frame."""
    end = 1 + content[0]
    return str(content[1:end], "utf-8"), content[end:]


def part_content(number: int, part: bytes) -> bytes:
    """The content of a shared part's frame."""
    return number.to_bytes(8, "big") + part
