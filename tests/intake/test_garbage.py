"""Garbage at a timing door: counted, slowed down, and never in the way of those who say something."""

from __future__ import annotations

import asyncio
import gc
import socket
import struct
from collections.abc import Sequence

from homestretch.facts import Read, Received, Unreadable
from homestretch.intake.devices import Devices
from homestretch.intake.listener import TcpDoor
from homestretch.live import Live
from homestretch.readers import ReaderKind
from homestretch.readers.enough import MORE, MOST
from homestretch.readers.jchip import READER
from homestretch.store import Appended
from homestretch.store.memory import MemoryLog, MemoryPeople
from tests.aside import Took, Watch, run
from tests.intake.test_callers import AT, CONTEXT, beside

READ = b"DA%d 07:41:16.44 10  0000F      C7 date=20260503\r"
FLOODS, ENOUGH, READS = 3, 8_000, 60


class ReadsLog(MemoryLog):
    """A log that says when a read came in."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = asyncio.Event()

    def append(self, items: Sequence[Received]) -> Appended:
        appended = super().append(items)
        if any(isinstance(item.fact, Read) for item in items):
            self.heard.set()
        return appended


class Door(TcpDoor):
    """A door that says when everybody has left."""

    def __init__(self, live: Live, devices: Devices, kind: ReaderKind = READER) -> None:
        super().__init__(kind, CONTEXT, live, devices, lambda: AT)
        self.empty = asyncio.Event()

    async def _connected(self, stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await super()._connected(stream, writer)
        if not self._open:
            self.empty.set()


class Flood:
    """Lines that are none, as many as are taken."""

    def __init__(self) -> None:
        self.sent = 0
        self.enough = asyncio.Event()

    async def run(self, port: int) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        at_once = struct.pack("ii", 1, 0)  # what has not been taken is dropped when it leaves
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        try:
            while True:
                writer.write(b"".join(b"%%%x\r" % (self.sent + number) for number in range(1000)))
                self.sent += 1000
                if self.sent > ENOUGH:
                    self.enough.set()
                await writer.drain()
        finally:
            writer.transport.abort()


async def speak(port: int, log: ReadsLog) -> list[Took]:
    """How long each read of a device took until it was kept."""
    stream, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"N0000HONEST\r")
    assert await stream.read(10) == b"GT\r"
    took = []
    for number in range(1, READS + 1):
        watch = Watch()
        log.heard.clear()
        writer.write(READ % number)
        await log.heard.wait()
        took.append(watch.read())
    writer.close()
    return took


def test_a_flood_of_garbage_is_counted_and_a_device_beside_it_is_heard_at_once() -> None:
    log, flood = ReadsLog(), Flood()
    live = Live(log, MemoryPeople(), lambda: AT, lambda _: None)
    devices = Devices(live, lambda: AT)
    door = Door(live, devices)

    async def day() -> tuple[list[Took], Took]:
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        async with await door.serve(listener), beside(live.run()):
            async with beside(*(flood.run(port) for _ in range(FLOODS))):
                await flood.enough.wait()
                watch = Watch()
                took = await speak(port, log)
                whole = watch.read()
            await door.empty.wait()
            return took, whole

    gc.freeze()  # what other tests have left is not looked through on our time
    try:
        took, whole = run(day())
    finally:
        gc.unfreeze()
    unread = [
        logged.fact for logged in log.read_since(0).others if isinstance(logged.fact, Unreadable)
    ]
    assert len(unread) <= MOST + 2
    assert any(fact.reason == MORE and fact.more > 1000 for fact in unread)
    assert len(log.read_since(0).reads) == READS
    work_s = sorted(each.work_s for each in took)
    assert work_s[READS // 2] < 0.3
    assert work_s[-1] < 2.0
    assert min(each.wall_s for each in took) < 0.3, "no read had to wait for nothing"
    assert whole.work_s < 0.5 * whole.wall_s, "who floods waits, and takes a tenth of our time"
