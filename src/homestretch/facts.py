"""The kinds of fact: what somebody or something saw, when, and how we learned it.

A fact is appended and never changed. Its identity is ``(source, number, digest)``: the source's own
record number (or ``seen_at`` where the source has none) and a digest of the content. A re-sent record
has all three in common and is a no-op; a device that starts its numbering anew, or uses a number for
two records, loses nothing because the digest differs (docs/decisions/0002-identity-of-a-fact.md).

Facts hold numbers and references. What may be erased (names, free text, raw bytes) lives in the
people file and is referred to by ``text_ref``.
"""

from __future__ import annotations

import hashlib
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

VERSION: Final = 1
"""Version of the encoded bodies; a reader of older bodies is added beside a new one."""


class FactId(NamedTuple):
    """Identity of a fact, the same wherever and however often it arrives."""

    source: str
    number: int
    digest: int


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """What every fact has: when it was seen (UTC milliseconds since 1970, as the source said it)."""

    seen_at: int


class Read(Fact, frozen=True, kw_only=True, tag="read", omit_defaults=True):
    """A timing system detected a chip. ``place`` is the location name as the device says it."""

    chip: str
    place: str


class Ping(Fact, frozen=True, kw_only=True, tag="ping", omit_defaults=True):
    """One position of a vehicle's phone (degrees, metres, metres per second; battery as a share of 1)."""

    vehicle: str
    lat: float
    lon: float
    accuracy_m: float | None = None
    speed_m_per_s: float | None = None
    battery: float | None = None


class Sighting(Fact, frozen=True, kw_only=True, tag="sighting", omit_defaults=True):
    """A person saw this bib at this place then; unreadable digits are ``*``."""

    bib: str
    place: str
    by: str = ""
    text_ref: str | None = None


class Entered(Fact, frozen=True, kw_only=True, tag="entered", omit_defaults=True):
    """An entrant as entered, moved to another race or re-numbered; the latest one holds. ``file_id`` is the id
    in the files of registration, where the entrant was known by another one before there was such a file."""

    entrant: str
    bib: str
    race: str
    wave: str = ""
    sex: Literal["f", "m", "x"] | None = None
    age: int | None = None
    division: str = ""
    role: Literal["runner", "pacer", "guide", "sweeper", "guest"] = "runner"
    team: str = ""
    leg: int | None = None
    file_id: str = ""


class Assigned(Fact, frozen=True, kw_only=True, tag="assigned", omit_defaults=True):
    """From ``since_at`` on (None: the whole day) this chip is carried by this bib (empty: by nobody)."""

    chip: str
    bib: str
    since_at: int | None = None
    by: str = ""
    text_ref: str | None = None


class Moved(Fact, frozen=True, kw_only=True, tag="moved", omit_defaults=True):
    """An official says that who wears this bib runs in this race (and wave). It holds against what files say."""

    bib: str
    race: str
    wave: str = ""
    by: str = ""
    text_ref: str | None = None


class Hidden(Fact, frozen=True, kw_only=True, tag="hidden", omit_defaults=True):
    """From now on this entrant is shown to nobody who does not keep the ledger. No reason is asked for. It
    names the entrant and not the bib, which may be given to somebody else."""

    entrant: str
    by: str = ""


class Gun(Fact, frozen=True, kw_only=True, tag="gun", omit_defaults=True):
    """The gun of a wave went off at ``seen_at``; it replaces the planned time."""

    race: str
    wave: str
    by: str = ""
    text_ref: str | None = None


class Corrected(Fact, frozen=True, kw_only=True, tag="corrected", omit_defaults=True):
    """Reads of one source are shifted by ``offset_ms``; issued at ``seen_at`` by an official, who says why in
    a text."""

    of: str
    offset_ms: int
    from_at: int | None = None
    until_at: int | None = None
    by: str = ""
    text_ref: str | None = None


class ClockChecked(Fact, frozen=True, kw_only=True, tag="clock-checked", omit_defaults=True):
    """A source's own protocol told its clock: server time minus device time. Shown, not applied."""

    of: str
    offset_ms: int


class Marker(Fact, frozen=True, kw_only=True, tag="marker", omit_defaults=True):
    """A device marked a moment at its place: a gun, a button. It proposes, an official decides."""

    place: str
    label: str = ""


class DeviceStatus(Fact, frozen=True, kw_only=True, tag="device-status", omit_defaults=True):
    """How a source is, as its own protocol or our side of the connection tells it.

    ``battery`` is a share of 1, ``temperature_c`` degrees Celsius; None where nothing was said.
    ``reading``: whether it is told to read (a box can talk and not read). ``errors`` are words.
    """

    of: str
    place: str = ""
    connected: bool | None = None
    reading: bool | None = None
    on_mains: bool | None = None
    battery: float | None = None
    temperature_c: float | None = None
    has_gps: bool | None = None
    antennas: int | None = None
    errors: tuple[str, ...] = ()


class Collected(Fact, frozen=True, kw_only=True, tag="collected", omit_defaults=True):
    """The packet of this bib was handed out: whose was not is hardly on the road."""

    bib: str
    by: str = ""


class Withdrawn(Fact, frozen=True, kw_only=True, tag="withdrawn", omit_defaults=True):
    """Somebody said that this entrant stops; nobody has taken over yet."""

    bib: str
    place: str = ""
    by: str = ""
    text_ref: str | None = None


TakenBy: TypeAlias = Literal["bus", "care", "self", "home", "vehicle", "road"]
"""Who has an entrant now: a sweep bus, medical care, themselves, home (the closing word), a vehicle
that carries them ahead to go on (moved up), or the road again (they run on, nothing was carried)."""


class TakenOver(Fact, frozen=True, kw_only=True, tag="taken-over", omit_defaults=True):
    """An entrant is now with somebody: which bus or tent stands in ``keeper``."""

    bib: str
    taken_by: TakenBy
    keeper: str = ""
    place: str = ""
    by: str = ""
    text_ref: str | None = None


Verdict: TypeAlias = Literal[
    "dns", "dnf", "dsq", "reinstated", "count-after-stop", "other-course-settled"
]


class Ruled(Fact, frozen=True, kw_only=True, tag="ruled", omit_defaults=True):
    """An official's ruling on an entrant; the latest of each subject holds."""

    bib: str
    verdict: Verdict
    by: str = ""
    text_ref: str | None = None


FlagState: TypeAlias = Literal[
    "open",
    "delayed",
    "hold",
    "stopped",
    "sheltering",
    "cancelled",
    "rerouted",
    "shortened",
    "resumed",
]


class Flag(Fact, frozen=True, kw_only=True, tag="flag", omit_defaults=True):
    """The state of the event, with the instruction that control typed (``text_ref``).

    ``from_m`` is the distance from which a rerouting or shortening holds, ``races`` the races that it
    concerns (empty: all).
    """

    state: FlagState
    from_m: float | None = None
    races: tuple[str, ...] = ()
    by: str = ""
    text_ref: str | None = None


class MatLifted(Fact, frozen=True, kw_only=True, tag="mat-lifted", omit_defaults=True):
    """The mats of a timing point were taken away: no read is expected there any more."""

    place: str
    by: str = ""
    text_ref: str | None = None


class RoadOpened(Fact, frozen=True, kw_only=True, tag="road-opened", omit_defaults=True):
    """An official says that the road between two timing points is open again. Nothing else opens a road."""

    from_place: str
    to_place: str
    by: str = ""
    text_ref: str | None = None


class Struck(Fact, frozen=True, kw_only=True, tag="struck", omit_defaults=True):
    """A fact is struck out, with everything that followed from it. A Struck can itself be struck."""

    source: str
    number: int
    digest: int
    by: str = ""
    text_ref: str | None = None


class HelpCalled(Fact, frozen=True, kw_only=True, tag="help-called", omit_defaults=True):
    """Somebody at a place (empty: nobody said where) calls for help. It is delivered once a ``HelpHeard`` names it, and not before."""

    place: str
    bib: str = ""
    by: str = ""
    text_ref: str | None = None


class HelpHeard(Fact, frozen=True, kw_only=True, tag="help-heard", omit_defaults=True):
    """A person in control, whose name is the text, has read a call for help and sees to it."""

    source: str
    number: int
    digest: int
    by: str = ""
    text_ref: str | None = None


class Unreadable(Fact, frozen=True, kw_only=True, tag="unreadable", omit_defaults=True):
    """Bytes that no reader understood: a named reason, and where the raw bytes are kept for a while.

    ``more``: this many others of the same source, which sends too many of them to keep each.
    """

    reason: str
    place: str = ""
    text_ref: str | None = None
    more: int = 0


class PlanLoaded(Fact, frozen=True, kw_only=True, tag="plan-loaded", omit_defaults=True):
    """The plan (event.toml and course) as it was loaded or changed: JSON of ``race.event.Plan``."""

    plan: msgspec.Raw


AnyFact: TypeAlias = (
    Read
    | Ping
    | Sighting
    | Entered
    | Assigned
    | Gun
    | Corrected
    | ClockChecked
    | Withdrawn
    | TakenOver
    | Ruled
    | Flag
    | MatLifted
    | Struck
    | Unreadable
    | PlanLoaded
    | Marker
    | DeviceStatus
    | Collected
    | RoadOpened
    | HelpCalled
    | HelpHeard
    | Moved
    | Hidden
)

KIND_NUMBERS: Final[dict[type[Fact], int]] = {
    Read: 1,
    Ping: 2,
    Sighting: 3,
    Entered: 4,
    Assigned: 5,
    Gun: 6,
    Corrected: 7,
    ClockChecked: 8,
    Withdrawn: 9,
    TakenOver: 10,
    Ruled: 11,
    Flag: 12,
    MatLifted: 13,
    Struck: 14,
    Unreadable: 15,
    PlanLoaded: 16,
    Marker: 17,
    DeviceStatus: 18,
    Collected: 19,
    RoadOpened: 20,
    Moved: 21,
    Hidden: 22,
    HelpCalled: 23,
    HelpHeard: 24,
}
"""Numbers of the kinds in the log; never reused."""

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyFact] = msgspec.json.Decoder(AnyFact)


def encode(fact: Fact) -> bytes:
    """The body of a fact as JSON."""
    return _encoder.encode(fact)


def decode(body: bytes) -> AnyFact:
    """A fact from its JSON body."""
    return _decoder.decode(body)


class Received(msgspec.Struct, frozen=True):
    """A fact on its way into the log: from which source, under which number, when it arrived."""

    fact: AnyFact
    source: str
    number: int
    received_at: int

    @property
    def id(self) -> FactId:
        """The identity of the fact."""
        return FactId(self.source, self.number, digest(self.fact))


def digest(fact: AnyFact) -> int:
    """A 64-bit signed digest of a fact's content (BLAKE2b); for reads of chip, place and time only."""
    if type(fact) is Read:
        content = f"{fact.chip}\0{fact.place}\0{fact.seen_at}".encode()
    else:
        content = _encoder.encode(fact)
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big", signed=True)


def normal_chip(text: str) -> str:
    """A chip code as it is compared everywhere: upper case, no blanks around, no leading zeros."""
    return text.strip().upper().lstrip("0") or "0"


def received(fact: AnyFact, source: str, received_at: int, number: int | None = None) -> Received:
    """A fact as it arrived; a source without numbers of its own is numbered by ``seen_at``."""
    return Received(fact, source, fact.seen_at if number is None else number, received_at)
