"""A rehearsal that begins at noon begins whole: its clock stands until the morning has been heard."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from homestretch.playing.player import play
from homestretch.playing.stage import Stage
from homestretch.race.clock import EventClock
from homestretch.rehearsal.messages import Message
from homestretch.server.held_clock import HeldClock
from tests.aside import run
from tests.patience import PATIENCE_S

NOON = 1_777_824_000_000


class Script:
    """Lines of one device, of which the last is due a second after noon."""

    def __init__(self, past: int) -> None:
        self.at_ms = np.append(np.arange(NOON - past, NOON), NOON + 1000)

    def __len__(self) -> int:
        return len(self.at_ms)

    def __getitem__(self, place: slice) -> Sequence[Message]:
        numbers = range(len(self))[place]
        return [
            Message(int(self.at_ms[n]), "jchip", "5K-1", b"DA%05X 10:00:00.0 10\r" % n)
            for n in numbers
        ]


class Door:
    """The other side of a device: it reads nothing until it is told to, and closes when all is read."""

    def __init__(self) -> None:
        self.reads, self.took = asyncio.Event(), b""
        self.connected = asyncio.Event()
        self.breaks = 0

    async def converse(self, stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"GT\rS0000\r")
        self.connected.set()
        await self.reads.wait()
        if self.breaks:
            self.breaks -= 1
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return
        self.took += await stream.read(-1)
        writer.close()


async def answer_pages(stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await stream.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
    writer.close()


@pytest.mark.parametrize("breaks", [0, 1], ids=["at once", "after a broken connection"])
def test_the_clock_goes_once_everything_past_was_taken(tmp_path: Path, breaks: int) -> None:
    run(_play_a_morning(tmp_path / "clock.json", breaks))


async def _play_a_morning(file: Path, breaks: int) -> None:
    door = Door()
    door.breaks = breaks
    async with (
        await asyncio.start_server(door.converse, "127.0.0.1", 0) as listening,
        await asyncio.start_server(answer_pages, "127.0.0.1", 0) as pages,
    ):
        ports = [server.sockets[0].getsockname()[1] for server in (listening, pages)]
        await _play_to(door, ports, file)


async def _play_to(door: Door, ports: list[int], file: Path) -> None:
    stage = Stage("127.0.0.1", ports[1], ports[0], "day", {})
    clock = HeldClock(EventClock(0, NOON, 60.0), file)
    wall = iter(range(0, 10**9, 10))  # ten milliseconds pass at every look
    async with asyncio.timeout(PATIENCE_S):
        playing = asyncio.create_task(play(Script(200), clock, stage, lambda: next(wall)))
        await door.connected.wait()
        for _ in range(20):
            await asyncio.sleep(0)
        assert clock.stands
        assert clock.event_at(10**12) == NOON
        door.reads.set()
        await playing
    assert not clock.stands
    assert all(b"DA%05X" % number in door.took for number in range(201))


def test_a_process_that_starts_later_finds_the_clock_going(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    first, second = (HeldClock(EventClock(0, NOON, 60.0), file) for _ in range(2))
    assert (first.event_at(5_000), second.stands) == (NOON, True)
    first.let_go(5_000)
    third = HeldClock(EventClock(0, NOON, 60.0), file)
    assert [clock.event_at(7_000) for clock in (first, second, third)] == [NOON + 120_000] * 3


def test_the_first_word_of_when_it_goes_holds(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    clocks = [HeldClock(EventClock(0, NOON, 1.0), file) for _ in range(2)]
    clocks[0].let_go(1_000)
    clocks[1].let_go(9_000)
    assert clocks[1].event_at(2_000) == NOON + 1_000


def test_a_clock_without_a_file_never_stands() -> None:
    clock = HeldClock(EventClock(0, 0, 1.0), None)
    assert (clock.stands, clock.event_at(123)) == (False, 123)
