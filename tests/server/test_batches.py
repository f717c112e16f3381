"""Batches at the keeper: who says nothing is not read, what is too much is refused, and nobody has to wait."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import time
from collections.abc import Coroutine
from typing import Any

import msgspec
import pytest

from homestretch.errors import FactError, RefusedError
from homestretch.facts import Unreadable
from homestretch.intake.devices import Devices
from homestretch.live import Live
from homestretch.race.privacy import Role
from homestretch.readers.json_door import MOST_ITEMS
from homestretch.server.keeper import MOST_REFUSALS, Keeper
from homestretch.server.kept import Kept
from homestretch.server.questions import Deposit
from homestretch.store.keys import new_key
from homestretch.store.memory import MemoryLog, MemoryPeople
from tests.aside import run
from tests.patience import PATIENCE_S

AT = 1_777_808_500_000
LONGEST_TURN_S = 0.1


class Event:
    """An event in a keeper, without a plan, and a key of a role."""

    def __init__(self, role: Role = "device") -> None:
        self.log, people = MemoryLog(), MemoryPeople()
        self.live = Live(self.log, people, lambda: AT, lambda _: None)
        devices = Devices(self.live, lambda: AT)
        self.keeper = Keeper(lambda: AT, lambda: AT)
        self.kept = Kept("day", self.log, people, self.live, "UTC", "2026-05-03", devices)
        key, _ = new_key(role, created_at=AT, expires_at=AT + 1, label="box")
        people.put_key(key)
        self._hash = key.hash

    async def say(self, body: bytes) -> dict[str, Any]:
        """The answer to a batch."""
        answer = await self.keeper._deposit(self.kept, Deposit(1, "day", body, self._hash))
        said: dict[str, Any] = msgspec.json.decode(answer.content)
        return said

    def during(self, work: Coroutine[Any, Any, Any]) -> Any:
        """What work gives while commits go on."""

        async def day() -> Any:
            committing = asyncio.create_task(self.live._commit_groups())
            try:
                return await asyncio.wait_for(work, PATIENCE_S)
            finally:
                committing.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await committing

        return run(day())


def batch(count: int, **more: object) -> bytes:
    items = [{"seq": number, "kind": "read", **more} for number in range(count)]
    return json.dumps({"items": items}).encode()


GOOD = {"chip": "A1", "place": "5K", "seen_at": AT}


@pytest.mark.parametrize("role", ["photographer", "announcer"])
def test_a_key_that_says_nothing_is_refused_before_anything_is_read(role: Role) -> None:
    event = Event(role)

    async def day() -> None:
        for body in (batch(3), b"no batch at all", b'{"items": []}'):
            with pytest.raises(RefusedError, match="says nothing"):
                await event.say(body)

    event.during(day())
    assert event.log.last_seq() == 0


def test_a_stations_key_that_was_made_for_no_place_says_nothing() -> None:
    event = Event("station")
    with pytest.raises(RefusedError, match="no place"):
        event.during(event.say(batch(1)))


def test_a_batch_of_too_many_items_is_refused_as_a_whole() -> None:
    event = Event()

    async def day() -> None:
        for body in (
            batch(MOST_ITEMS + 1, **GOOD),
            b'{"items": [' + b"NaN, " * MOST_ITEMS + b"0]}",
            b'{"items": [' + b"0," * 500_000 + b"0]}",
        ):
            with pytest.raises(FactError, match="at most 5,000 items") as refused:
                await event.say(body)
            assert "Nothing of this one was taken" in refused.value.hint
        assert event.log.last_seq() == 0
        assert (await event.say(batch(MOST_ITEMS, **GOOD)))["durable"] == MOST_ITEMS

    event.during(day())


def test_an_answer_lists_the_first_refusals_and_counts_them_all() -> None:
    answer = (event := Event()).during(event.say(batch(450)))
    assert answer["durable"] == 0
    assert answer["refused_count"] == 450
    assert [item["seq"] for item in answer["refused"]] == list(range(MOST_REFUSALS))
    answer = (event := Event()).during(event.say(batch(2, **GOOD)))
    assert answer == {"durable": 2, "refused": [], "refused_count": 0}


@pytest.mark.parametrize("more", [{}, GOOD], ids=["bad", "good"])
def test_while_a_large_batch_is_read_everybody_else_gets_their_turn(more: dict[str, Any]) -> None:
    event = Event()
    longest_s, turns = 0.0, 0

    async def day() -> dict[str, Any]:
        nonlocal longest_s, turns
        saying = [asyncio.create_task(event.say(batch(MOST_ITEMS, **more))) for _ in range(3)]
        gc.freeze()  # what other tests have left is nothing that this one has to wait for
        try:
            while not all(said.done() for said in saying):
                began = time.thread_time()
                await asyncio.sleep(0)
                longest_s, turns = max(longest_s, time.thread_time() - began), turns + 1
        finally:
            gc.unfreeze()
        return saying[0].result()

    answer = event.during(day())
    assert answer["durable"] == (MOST_ITEMS if more else 0)
    assert longest_s < LONGEST_TURN_S
    assert turns > 20


def test_batches_of_garbage_do_not_bury_the_log() -> None:
    event = Event()

    async def day() -> None:
        for first in range(0, 50_000, 5_000):
            answer = await event.say(
                json.dumps({"items": list(range(first, first + 5_000))}).encode()
            )
            assert answer["refused_count"] == 5_000

    event.during(day())
    facts = [logged.fact for logged in event.log.read_since(0).others]
    assert len([fact for fact in facts if isinstance(fact, Unreadable)]) == 2_000


def test_of_an_item_without_end_the_beginning_is_kept() -> None:
    event = Event()
    event.during(event.say(json.dumps({"items": ["x" * 1_000_000]}).encode()))
    (logged,) = event.log.read_since(0).others
    assert isinstance(logged.fact, Unreadable)
    text = event.kept.people.find_text(logged.fact.text_ref or "")
    assert text is not None
    assert len(text) == 64 * 1024
