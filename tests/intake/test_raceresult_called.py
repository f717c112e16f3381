"""A decoder that is called over a real socket: the line breaks, files change, nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from homestretch.facts import Received
from homestretch.intake.caller import TcpCaller
from homestretch.intake.devices import Devices
from homestretch.live import Live
from homestretch.readers.raceresult import READER
from homestretch.store import Appended
from homestretch.store.memory import MemoryLog, MemoryPeople
from tests.aside import run
from tests.emulators.raceresult import Decoder, serve
from tests.patience import PATIENCE_S
from tests.readers.decoder_talk import AT, CONTEXT, a_decoder


class CountingLog(MemoryLog):
    """A log that says when it holds so many reads."""

    def __init__(self) -> None:
        super().__init__()
        self.grew = asyncio.Event()

    def append(self, items: Sequence[Received]) -> Appended:
        appended = super().append(items)
        self.grew.set()
        return appended

    def numbers(self, source: str) -> list[int]:
        rows = self.read_since(0)
        return sorted(
            int(row["number"]) for row in rows.reads if rows.symbols[row["source"]] == source
        )

    async def until(self, source: str, count: int) -> None:
        while len(self.numbers(source)) < count:
            self.grew.clear()
            await self.grew.wait()


def pass_by(decoder: Decoder, name: str, many: int) -> None:
    for number in range(many):
        decoder.see(f"{name}{number}")


def test_a_broken_line_and_a_new_file_lose_nothing() -> None:
    decoder, log = a_decoder(), CountingLog()
    live = Live(log, MemoryPeople(), lambda: AT, lambda _: None)
    devices = Devices(live, lambda: AT)
    one, two = "raceresult:D-50432/177", "raceresult:D-50432/178"
    pass_by(decoder, "BEFORE", 250)

    async def day(port: int) -> None:
        caller = TcpCaller(READER, CONTEXT, ("127.0.0.1", port), live, devices, lambda: AT)
        work = [asyncio.create_task(each) for each in (live.run(), caller.run(), devices.run())]
        async with asyncio.timeout(PATIENCE_S):
            await log.until(one, 250)
            decoder.drop()
            pass_by(decoder, "AWAY", 30)
            await log.until(one, 280)
            decoder.see("LAST")
            await log.until(one, 281)
            decoder.begin_a_file()
            pass_by(decoder, "AFTER", 20)
            await log.until(two, 20)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)

    with serve(decoder) as port:
        run(day(port))
    assert log.numbers(one) == list(range(1, 282))
    assert log.numbers(two) == list(range(1, 21))
