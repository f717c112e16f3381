"""Facts as they stand in the log: encoded, digested, received."""

from __future__ import annotations

import hashlib

import msgspec

from homestretch.facts.identity import Fact, FactId
from homestretch.facts.kinds import AnyFact
from homestretch.facts.sources import Read

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
