"""Between keeper and fronts: frames on a Unix socket in a folder that only this user may enter.

A frame is its length (4 bytes), its kind (1 byte) and its content. The keeper sends Pictures (pickled:
a front trusts its keeper), their shared parts once each, keys and answers; a front sends questions as
MessagePack, which the keeper decodes strictly: a front talks to the world.
"""

from __future__ import annotations

import asyncio
import io
import pickle
import struct
from typing import Any, Literal

import msgspec

from homestretch.companions.together import Companions
from homestretch.errors import FactError, StoreError
from homestretch.facts import AnyFact
from homestretch.forecast.values import Caught, Forecast, Hindsight
from homestretch.picture import Names, Picture, Version
from homestretch.race.consent import Hand, Said
from homestretch.race.course import Course
from homestretch.race.entrant import Person
from homestretch.race.event import Event
from homestretch.readers import Request
from homestretch.state.seen import Sightings
from homestretch.state.snapshot import Roster, Unused
from homestretch.state.uses import Use
from homestretch.store.keys import Key

PICTURE, PART, KEYS, ANSWER, QUESTION, AHEAD = b"P", b"S", b"K", b"A", b"Q", b"F"
LARGEST_FRAME = 512 * 1024 * 1024
LARGEST_QUESTION = 4 * 1024 * 1024
_HEAD = struct.Struct("!IB")
_SHARED = (
    Event,
    Course,
    Roster,
    Names,
    Forecast,
    Caught,
    Hindsight,
    Companions,
    Sightings,
    Version,
)
"""What changes rarely: sent once, then named."""


class Deposit(msgspec.Struct, tag="deposit"):
    """Facts from a door, as the bytes of the request, with the key that was shown (its hash)."""

    number: int
    event: str
    body: bytes
    key_hash: str


class Knock(msgspec.Struct, tag="knock"):
    """A request at the door of a protocol over HTTP, with the key that was shown (its hash; empty: none)."""

    number: int
    event: str
    door: str
    request: Request
    key_hash: str


class Knocked(msgspec.Struct):
    """How a request at a door is answered."""

    status: int
    body: bytes
    media_type: str


class Redeem(msgspec.Struct, tag="redeem"):
    """A key's link was opened: make a session of it."""

    number: int
    event: str
    key_hash: str


class Evidence(msgspec.Struct, tag="evidence"):
    """What stands at these positions of the log; the answer is a list of ``LogRow`` as JSON."""

    number: int
    event: str
    seqs: list[int]


class Newest(msgspec.Struct, tag="newest"):
    """The newest reads of which this became; the answer is a list of ``LogRow`` as JSON."""

    number: int
    event: str
    reason: Unused


class Sayings(msgspec.Struct, tag="sayings"):
    """The newest words of people before a position of the log (about a bib, where one is given); the answer is a
    list of ``SaidRow`` as JSON."""

    number: int
    event: str
    before: int
    bib: str = ""


class Hide(msgspec.Struct, tag="hide"):
    """A member of staff hides an entrant (by the id), at a moment that names the form (UTC ms)."""

    number: int
    event: str
    entrant: str
    at: int
    key_hash: str


class TakeDown(msgspec.Struct, tag="take-down"):
    """Somebody who read a story asks that it be taken down; ``text`` is who and why, ``at`` names the form (UTC ms)."""

    number: int
    event: str
    story: str
    text: str
    at: int


class Follow(msgspec.Struct, tag="follow"):
    """A browser wants to follow the runner of a bib: where its push service takes messages, its public key and
    secret (base64url), and from which address of the network it asks."""

    number: int
    event: str
    bib: str
    endpoint: str
    p256dh: str
    auth: str
    asked_from: str


class Forget(msgspec.Struct, tag="forget"):
    """Subscriptions are to be erased: by the names of their texts, or of one browser for one entrant."""

    number: int
    event: str
    refs: list[str] = []
    endpoint: str = ""
    entrant: str = ""


class Followers(msgspec.Struct, tag="followers"):
    """Who follows whom: a list of ``Follower`` as JSON, for the process that sends to phones alone."""

    number: int
    event: str


class SmallPhoto(msgspec.Struct, tag="small-photo"):
    """The small one of a picture, for those who work with it; the answer is its JPEG."""

    number: int
    event: str
    photo: str


class OpenLink(msgspec.Struct, tag="open-link"):
    """A private link was opened in a browser that holds some sessions (their hashes) already; the answer is an
    ``Opened`` as JSON."""

    number: int
    event: str
    link_hash: str
    held: list[str]


class Opened(msgspec.Struct, frozen=True):
    """The session of a link that was opened, and which of the others it stands beside."""

    token: str
    expires_at: int
    held: list[str]


class Mine(msgspec.Struct, tag="mine"):
    """What is stored of those whose private links a browser has opened; the answer is a list of ``OwnRow`` as JSON.
    With ``said`` the link of that entrant says something first; with ``leave`` the sessions end."""

    number: int
    event: str
    held: list[str]
    entrant: str = ""
    said: Said | None = None
    leave: bool = False


class NameLooked(msgspec.Struct, tag="name-looked"):
    """The desk has looked at a name that an entrant asks for (``asked``, as it stood there): taken over, or not."""

    number: int
    event: str
    entrant: str
    asked: str
    taken: bool
    key_hash: str


class OwnRow(msgspec.Struct, frozen=True):
    """An entrant whose private link is open, whose hand it is, and all that is stored of the person."""

    entrant: str
    hand: Hand
    person: Person


class SaidRow(msgspec.Struct, frozen=True):
    """A word of the log: ``by`` and ``text`` (why) are words that can be erased; ``digest`` (as text: it is long)
    names the fact in a strike; ``void``: it was taken back; ``target`` is what a strike takes back, NEVER for a
    read. ``health``: why is a matter of health, of the word itself or of the one that it takes back."""

    seq: int
    source: str
    number: int
    digest: str
    received_at: int
    by: str
    text: str
    health: bool
    fact: AnyFact
    void: bool
    target: int


class LogRow(msgspec.Struct, frozen=True):
    """A row of the log as the keeper tells it: ``by`` is who said it, in words that can be erased (empty for
    a device), ``use`` what became of a read, once a fold has looked at it."""

    seq: int
    source: str
    number: int
    received_at: int
    by: str
    fact: AnyFact
    use: Use | None


Question = (
    Deposit
    | Knock
    | Redeem
    | Evidence
    | Newest
    | Sayings
    | Hide
    | OpenLink
    | Mine
    | NameLooked
    | TakeDown
    | Follow
    | Forget
    | Followers
    | SmallPhoto
)


class Answer(msgspec.Struct):
    """The answer to a question of that number; ``error`` names a kind of error when it failed."""

    number: int
    content: bytes = b""
    error: Literal["", "refused", "fact", "store", "not-found", "fault"] = ""
    what: str = ""
    hint: str = ""


class Admissions(msgspec.Struct):
    """The keys and sessions of an event, as the front needs them."""

    event: str
    keys: list[Key]


_question: msgspec.msgpack.Decoder[Question] = msgspec.msgpack.Decoder(Question)


def decode_question(content: bytes) -> Question:
    """A question from a front, or FactError."""
    try:
        return _question.decode(content)
    except msgspec.DecodeError as error:
        raise FactError(f"A front sent a question that is none: {error}.") from error


def frame(kind: bytes, content: bytes) -> bytes:
    """One frame as bytes."""
    return _HEAD.pack(len(content), kind[0]) + content


async def read_frame(stream: asyncio.StreamReader, largest: int) -> tuple[bytes, bytes]:
    """The next frame (kind, content); IncompleteReadError at the end, StoreError when it is too large."""
    length, kind = _HEAD.unpack(await stream.readexactly(_HEAD.size))
    if length > largest:
        raise StoreError(f"A frame of {length} bytes was announced.", "Restart both processes.")
    return bytes([kind]), await stream.readexactly(length)


class PicturePacker:
    """Pickles Pictures; shared parts become references that are packed once each."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, Any]] = {}
        self._next = 1
        self.parts: dict[int, bytes] = {}

    def pack(self, picture: Picture) -> tuple[list[int], bytes]:
        """The numbers of the parts a Picture needs, and the Picture."""
        used: list[int] = []
        packer = self

        class _Pickler(pickle.Pickler):
            def persistent_id(self, thing: Any) -> int | None:
                if isinstance(thing, _SHARED):
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

    def take_part(self, content: bytes) -> None:
        """Keep a shared part: 8 bytes of number, then the pickled part."""
        self._parts[int.from_bytes(content[:8], "big")] = pickle.loads(  # noqa: S301  # from our own keeper
            content[8:]
        )

    def unpack(self, content: bytes) -> Picture:
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

    def take(self, kind: bytes, content: bytes) -> tuple[str, Picture] | None:
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


def split_event(content: bytes) -> tuple[str, bytes]:
    """The event and the rest of an event's frame."""
    end = 1 + content[0]
    return content[1:end].decode(), content[end:]


def part_content(number: int, part: bytes) -> bytes:
    """The content of a shared part's frame."""
    return number.to_bytes(8, "big") + part
