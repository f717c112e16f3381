"""Devices that are called, and devices behind one wire: who is there, and that silence is no fault."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import socket
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from homestretch.facts import Received
from homestretch.intake import conversation
from homestretch.intake.caller import TcpCaller
from homestretch.intake.devices import Devices
from homestretch.intake.listener import TcpDoor
from homestretch.live import Live
from homestretch.readers import Context, Heard, ReaderKind
from homestretch.readers.ipico import Ipico
from homestretch.readers.mylaps import READER as MYLAPS
from homestretch.store import Appended
from homestretch.store.memory import MemoryLog, MemoryPeople
from tests.aside import run
from tests.emulators import mylaps
from tests.emulators.ipico import Box
from tests.emulators.mylaps import Exporter, Passing
from tests.patience import PATIENCE_S

AT = 1_777_808_500_000
CONTEXT = Context(ZoneInfo("America/New_York"), "2026-05-03", "finish", "10.0.0.5:10000")
WALL = dt.datetime.fromisoformat("2026-05-03T07:41:16.540")
BOX = "ipico:10.0.0.5:10000/00"


class TellingLog(MemoryLog):
    """A log that says when something was appended."""

    def __init__(self) -> None:
        super().__init__()
        self.appended = asyncio.Event()

    def append(self, items: Sequence[Received]) -> Appended:
        appended = super().append(items)
        self.appended.set()
        return appended

    def chips(self) -> list[str]:
        rows = self.read_since(0)
        return [rows.symbols[row["chip"]] for row in rows.reads]


class TellingDevices(Devices):
    """Remembers who came and who left, in their order."""

    def __init__(self, live: Live) -> None:
        super().__init__(live, lambda: AT)
        self.story: list[tuple[str, str]] = []
        self.gone = asyncio.Event()

    def came(self, source: str, place: str) -> None:
        super().came(source, place)
        self.story.append(("came", source))

    def left(self, source: str, reason: str = "") -> None:
        super().left(source, reason)
        self.story.append(("left", source))
        self.gone.set()


class Ticking(Ipico):
    """A reader that says when time has gone by five times on its one connection."""

    waited = asyncio.Event()

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._ticks = 0

    def tick(self, at: int) -> list[Heard]:
        self._ticks += 1
        if self._ticks == 5:
            self.waited.set()
        return super().tick(at)


@contextlib.asynccontextmanager
async def beside(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """What goes on beside a test, for a minute at most."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def test_a_box_that_is_called_is_there_and_may_be_silent_until_the_first_runner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conversation, "FIRST_WORD_S", 0.0)
    monkeypatch.setattr(conversation, "TICK_S", 0.01)
    log, box = TellingLog(), Box()
    live = Live(log, MemoryPeople(), lambda: AT, lambda _: None)
    devices = TellingDevices(live)
    kind = ReaderKind(name="ipico", transport="tcp-client", port=10000, make=Ticking)

    async def day() -> None:
        server = await box.serve("127.0.0.1", 0)
        address = server.sockets[0].getsockname()
        caller = TcpCaller(kind, CONTEXT, address, live, devices, lambda: AT)
        async with server, beside(live.run(), caller.run()):
            await Ticking.waited.wait()
            assert devices.story == [("came", BOX)]
            box.read("058000120e38", WALL)
            await log.appended.wait()
        assert devices.story == [("came", BOX), ("left", BOX)]

    run(day())
    assert log.chips() == ["58000120E38"]


def test_all_locations_behind_one_wire_are_there_until_it_breaks() -> None:
    log, exporter = TellingLog(), Exporter(batch=3)
    live = Live(log, MemoryPeople(), lambda: AT, lambda _: None)
    devices = TellingDevices(live)
    names = ("Start", "10KM", "Finish")
    exporter.pass_by(*(Passing(names[k % 3], f"C{k:05}", WALL) for k in range(60)))
    sources = sorted(f"mylaps:{name}" for name in names)

    async def day() -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        door = TcpDoor(MYLAPS, CONTEXT, live, devices, lambda: AT)
        server = await door.serve(listener)
        async with server, beside(live.run()):
            await mylaps.run(exporter, "127.0.0.1", listener.getsockname()[1])
            await devices.gone.wait()

    run(day())
    assert devices.story == [*(("came", one) for one in sources), *(("left", one) for one in sources)]  # fmt: skip
    assert len(exporter.acknowledged) == 60
    assert sorted(log.chips()) == [f"C{k:05}" for k in range(60)]
