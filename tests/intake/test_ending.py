"""The keeper is ended while its doors are flooded: whatever comes at that very moment, it ends."""

from __future__ import annotations

import asyncio
import socket

import pytest

from homestretch.facts import Read, received
from homestretch.intake.conversation import Conversation
from homestretch.intake.devices import Devices
from homestretch.live import Live
from homestretch.readers import Heard
from homestretch.readers.jchip import READER
from homestretch.store.memory import MemoryLog, MemoryPeople
from tests.aside import run
from tests.intake.test_callers import AT, CONTEXT
from tests.intake.test_garbage import READ
from tests.patience import PATIENCE_S

TURNS = range(12)
"""Of the loop, between the read that comes and the end: an end that is swallowed is so in one of them."""


async def ends(task: asyncio.Task[None]) -> None:
    """The task is told to end once, and does."""
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=PATIENCE_S)
    assert done, "it was told to end and went on"


async def turn(times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


@pytest.mark.parametrize("turns", TURNS)
def test_who_commits_ends_although_a_read_comes_in_that_turn(turns: int) -> None:
    live = Live(MemoryLog(), MemoryPeople(), lambda: AT, lambda _: None)

    async def day() -> None:
        commits = asyncio.create_task(live.run())
        told = []
        for number in range(2):  # the second while a group is collected
            fact = Read(seen_at=AT + number, chip="A3", place="finish")
            read = Heard(received(fact, "jchip:FINISH", AT))
            told.append(asyncio.create_task(live.keep([read])))
            await turn(6 if number == 0 else turns)
        await ends(commits)
        for one in told:
            one.cancel()
        await asyncio.gather(*told, return_exceptions=True)

    run(day())


@pytest.mark.parametrize("turns", TURNS)
def test_a_conversation_ends_although_a_read_comes_in_that_turn(turns: int) -> None:
    live = Live(MemoryLog(), MemoryPeople(), lambda: AT, lambda _: None)
    talk = Conversation(READER, READER.make(CONTEXT), live, Devices(live, lambda: AT), lambda: AT)

    async def day() -> None:
        with socket.create_server(("127.0.0.1", 0)) as device:
            _, writer = await asyncio.open_connection(*device.getsockname())
        stream = asyncio.StreamReader()
        held = asyncio.create_task(talk.hold(stream, writer))
        await turn(6)
        stream.feed_data(READ % 7)
        await turn(turns)
        assert not held.done()
        await ends(held)

    run(day())
