"""What fronts ask the keeper, and the rows that it answers with. Questions go as MessagePack and are decoded strictly: a
front talks to the world."""

from __future__ import annotations

from typing import Literal

import msgspec

from homestretch.errors import FactError
from homestretch.facts import AnyFact
from homestretch.race.consent import Hand, Said
from homestretch.race.entrant import Person
from homestretch.readers import Request
from homestretch.server.darkroom import Wanted
from homestretch.state.read_values import Use
from homestretch.state.snapshot import Unused


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
    """Somebody who read a story asks that it be taken down; ``text`` is who and why."""

    number: int
    event: str
    story: str
    text: str


class FinishCode(msgspec.Struct, tag="finish-code"):
    """The desk shows somebody who was asked for a story a code that opens their own page; the answer is the token of a
    new private link."""

    number: int
    event: str
    story: str
    entrant: str
    key_hash: str


class Follow(msgspec.Struct, tag="follow"):
    """A browser wants to follow the runner of a bib: where its push service takes messages, its public key and
    secret (base64url), from which address of the network it asks, and in which language it reads."""

    number: int
    event: str
    bib: str
    endpoint: str
    p256dh: str
    auth: str
    asked_from: str
    language: str = ""


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


class ShownPhoto(msgspec.Struct, tag="shown-photo"):
    """A picture for others' eyes, so large (``px``, longest side), called ``name`` where that is known; ``held`` are
    sessions of private links. The answer is a JPEG."""

    number: int
    event: str
    wanted: Wanted
    px: int
    name: str = ""
    held: list[str] = []


class OwnPhotoWord(msgspec.Struct, tag="own-photo-word"):
    """What somebody whose private link is open says of a picture of theirs: it is them, it is not, it shall go."""

    number: int
    event: str
    held: list[str]
    entrant: str
    photo: str
    answer: Literal["me", "not-me", "down"]


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
    | FinishCode
    | Follow
    | Forget
    | Followers
    | SmallPhoto
    | ShownPhoto
    | OwnPhotoWord
)


_question: msgspec.msgpack.Decoder[Question] = msgspec.msgpack.Decoder(Question)


def decode_question(content: bytes) -> Question:
    """A question from a front, or FactError."""
    try:
        return _question.decode(content)
    except msgspec.DecodeError as error:
        raise FactError(f"A front sent a question that is none: {error}.") from error
