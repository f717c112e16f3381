"""A reader that speaks LLRP, played by the emulator of the package that speaks it for us."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from llrpkit.emulator import LLRPEmulator

from homestretch.facts import ClockChecked, DeviceStatus, normal_chip
from homestretch.intake.devices import Devices
from homestretch.intake.llrp import LlrpCaller
from homestretch.live import Live
from homestretch.readers import Context
from homestretch.readers.llrp import heard_of_tag
from homestretch.store.memory import MemoryLog, MemoryPeople
from tests.aside import run
from tests.patience import PATIENCE_S

AT = 1_777_808_500_000
CONTEXT = Context(ZoneInfo("America/New_York"), "2026-05-03", "finish", "10.0.0.7:5084")


def test_a_tag_is_a_read_at_the_place_that_the_plan_names() -> None:
    heard = heard_of_tag(bytes.fromhex("e2000017010b0162"), (AT + 5) * 1000 + 999, CONTEXT, AT)
    assert heard.received.source == "llrp:10.0.0.7:5084"
    fact: Any = heard.received.fact
    assert (fact.chip, fact.place, fact.seen_at) == (
        normal_chip("E2000017010B0162"), "finish", AT + 5,
    )  # fmt: skip


def test_a_tag_without_a_time_was_seen_when_it_arrived() -> None:
    assert heard_of_tag(b"\x01\x02", None, CONTEXT, AT).received.fact.seen_at == AT


def test_reads_of_a_real_conversation_are_kept_and_a_reader_that_went_away_is_called_again() -> (
    None
):
    run(_converse())


async def _converse() -> None:
    log = MemoryLog()
    live = Live(log, MemoryPeople(), lambda: AT, lambda _: None)
    devices = Devices(live, lambda: AT)
    emulator = LLRPEmulator(port=0)
    await emulator.start()
    port = emulator.port
    caller = LlrpCaller(CONTEXT, ("127.0.0.1", port), live, devices, lambda: AT)
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(live.run()), tasks.create_task(caller.run())]
        await _until(lambda: len(log.read_since(0).reads) > 20)
        await emulator.stop()
        await _until(lambda: [s.connected for s in _told(devices)] == [False])
        seen = len(log.read_since(0).reads)
        emulator = LLRPEmulator(port=port)
        await emulator.start()
        await _until(lambda: len(log.read_since(0).reads) > seen + 20)
        for task in running:
            task.cancel()
    await emulator.stop()
    rows = log.read_since(0)
    assert {rows.symbols[place] for place in rows.reads["place"].tolist()} == {"finish"}
    assert any(isinstance(logged.fact, ClockChecked) for logged in rows.others)


def _told(devices: Devices) -> list[DeviceStatus]:
    facts = [heard.received.fact for heard in devices.take_news()]
    return [fact for fact in facts if isinstance(fact, DeviceStatus) and fact.connected is not None]


async def _until(done: Callable[[], bool]) -> None:
    while not done():  # noqa: ASYNC110  # a log has no event to wait for
        await asyncio.sleep(0.02)
