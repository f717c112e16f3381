"""A decoder (or any emulator that takes and gives bytes) and our reader in one room, with a log between."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from homestretch.facts import AnyFact, FactId
from homestretch.readers import Context, Heard
from homestretch.readers.raceresult import RaceResult
from tests.emulators.raceresult import Conversation, Decoder

NEW_YORK = ZoneInfo("America/New_York")
PEER = "192.168.1.20:3601"
CONTEXT = Context(zone=NEW_YORK, date="2026-05-03", peer=PEER)
NOW = dt.datetime(2026, 5, 3, 7, 41, 40, tzinfo=NEW_YORK)


def utc_ms(moment: dt.datetime) -> int:
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def at(clock: str, date: str = "2026-05-03") -> int:
    """UTC ms of a time on the wall of the event."""
    return utc_ms(dt.datetime.fromisoformat(f"{date}T{clock}").replace(tzinfo=NEW_YORK))


AT = utc_ms(NOW)


def a_decoder(**settings: object) -> Decoder:
    """A decoder whose clock stands."""
    return Decoder(lambda: NOW.replace(tzinfo=None), **settings)  # type: ignore[arg-type]  # passed on


class Log:
    """What is durable, and how often each fact came."""

    def __init__(self) -> None:
        self.facts: dict[FactId, AnyFact] = {}
        self.times: dict[FactId, int] = defaultdict(int)

    def keep(self, heard: list[Heard]) -> None:
        for item in heard:
            self.facts.setdefault(item.received.id, item.received.fact)
            self.times[item.received.id] += 1

    def known(self, source: str) -> npt.NDArray[np.int64]:
        numbers = sorted(fact.number for fact in self.facts if fact.source == source)
        return np.array(numbers, np.int64)

    def numbers(self, source: str = "raceresult:D-50432/177") -> list[int]:
        return [int(number) for number in self.known(source)]

    def of(self, kind: type) -> list[AnyFact]:
        return [fact for fact in self.facts.values() if isinstance(fact, kind)]


class Talk:
    """A connection between our reader and a decoder. A crash is a talk that is not gone on with."""

    def __init__(self, decoder: Decoder, log: Log, context: Context = CONTEXT) -> None:
        self.log = log
        self.reader = RaceResult(context)
        self.reader.resume(log.known)
        self.conversation: Conversation = decoder.connect()

    def step(self, largest: int = 1 << 20) -> bool:
        """We say what is due, the decoder answers, what it said becomes durable; False: nobody spoke."""
        said = self.reader.to_send()
        self.conversation.receive(said)
        data = self.conversation.take()
        for first in range(0, len(data), largest):
            self.log.keep(self.reader.receive(data[first : first + largest], AT))
        return bool(said or data)

    def run(self, largest: int = 1 << 20) -> Talk:
        """Until nobody has anything to say."""
        for _ in range(10_000):
            if not self.step(largest):
                return self
        raise AssertionError("they never stop talking")

    def until(self, command: str) -> Talk:
        """Until we have said this and heard the answer."""
        for _ in range(1000):
            if command in self.commands:
                return self
            self.step()
        raise AssertionError(f"{command} was never said: {self.commands}")

    def seconds(self, many: int) -> Talk:
        """Time goes by, and what it brings is said and answered."""
        for _ in range(many):
            self.log.keep(self.reader.tick(AT))
            self.run()
        return self

    @property
    def commands(self) -> list[str]:
        return self.conversation.commands


def talk(decoder: Decoder, log: Log | None = None, context: Context = CONTEXT) -> Talk:
    """A talk until nobody has anything more to say."""
    return Talk(decoder, log or Log(), context).run()
