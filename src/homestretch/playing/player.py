"""Plays a rehearsed or replayed day as the devices of that day: bytes through real sockets, at their time.

A JChip device keeps its last lines and sends them again after a broken connection; a device that speaks HTTP
sends each request until it is answered. That is how a day comes through a crash of the server whole.

A clock that stands is let go once the pages answer and everything that is past has been heard: a day that
begins at 13:05 begins whole, however long the machine takes.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeAlias

import structlog

from homestretch.playing.http_devices import HttpDevice, PhoneDevice
from homestretch.playing.stage import BATCH, END, RETRY_S, WAITING, Stage
from homestretch.rehearsal.lines import jchip_clock, jchip_name
from homestretch.rehearsal.messages import Message
from homestretch.server.held_clock import HeldClock
from homestretch.server.listening import answers

SLICE = 2000
LOOK_S = 0.05
REMEMBERED = 256
DOOR_HOST = "127.0.0.1"
"""Doors without keys listen on this computer only; so do those of a rehearsal."""

logger = structlog.get_logger(__name__)


class Script(Protocol):
    """Messages in the order of sending, with their moments (UTC ms)."""

    at_ms: Any

    def __len__(self) -> int: ...
    def __getitem__(self, place: slice, /) -> Sequence[Message]: ...


async def play(script: Script, clock: HeldClock, stage: Stage, wall_now: Callable[[], int]) -> None:
    """Send every message when it is due on the event's clock; what is past is sent at once."""
    devices: dict[str, Device] = {}
    async with asyncio.TaskGroup() as tasks:
        done = 0
        while done < len(script):
            due = int(script.at_ms.searchsorted(clock.event_at(wall_now()), side="right"))
            if due <= done and clock.stands:
                await _let_go(clock, devices.values(), stage, wall_now)
                continue
            if due <= done:
                await asyncio.sleep(LOOK_S)
                continue
            for message in script[done : min(due, done + SLICE)]:
                device = devices.get(message.device)
                if device is None:
                    device = _device(message, stage, clock, wall_now)
                    devices[message.device] = device
                    tasks.create_task(device.run())
                await device.queue.put(message.payload)
            done = min(due, done + SLICE)
        if clock.stands:
            await _let_go(clock, devices.values(), stage, wall_now)
        for device in devices.values():
            await device.queue.put(END)


async def _let_go(
    clock: HeldClock, devices: Iterable[Device], stage: Stage, wall_now: Callable[[], int]
) -> None:
    """Let the clock go once everything that was sent is durable and there is somebody to show it."""
    for device in devices:
        heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await device.queue.put(heard)
        await heard
    await asyncio.to_thread(_wait_for_pages, stage)
    clock.let_go(wall_now())


def _wait_for_pages(stage: Stage) -> None:
    while not answers(stage.host, stage.http_port):
        time.sleep(LOOK_S)


def _device(
    message: Message, stage: Stage, clock: HeldClock, wall_now: Callable[[], int]
) -> Device:
    if message.door == "jchip":
        return _JChipDevice(message.device, stage, lambda: clock.event_at(wall_now()))
    if message.door == "owntracks":
        return PhoneDevice(message.device, stage)
    return HttpDevice(message.device, stage)


class _JChipDevice:
    def __init__(self, name: str, stage: Stage, event_now: Callable[[], int]) -> None:
        self.queue: asyncio.Queue[Any] = asyncio.Queue(WAITING)
        self._name, self._stage, self._event_now = name, stage, event_now
        self._remembered: deque[bytes] = deque(maxlen=REMEMBERED)
        self._asked: asyncio.Future[None] | None = None
        self._ends = self._ended = False

    async def run(self) -> None:
        while not self._ended:
            try:
                await self._converse()
            except (OSError, asyncio.IncompleteReadError) as error:
                logger.info("device reconnects", device=self._name, reason=str(error))
                await asyncio.sleep(RETRY_S)

    async def _converse(self) -> None:
        stream, writer = await asyncio.open_connection(DOOR_HOST, self._stage.jchip_port)
        try:
            writer.write(jchip_name(self._name))
            await stream.readuntil(b"GT\r")
            writer.write(jchip_clock(self._event_now()))
            await stream.readuntil(b"S0000\r")
            writer.write(b"".join(self._remembered))
            lost = asyncio.ensure_future(stream.read(1))
            try:
                await self._send(writer, lost)
            finally:
                lost.cancel()
        finally:
            writer.close()

    async def _send(self, writer: asyncio.StreamWriter, lost: asyncio.Future[bytes]) -> None:
        """Write what comes until the day ends, the script breaks the connection, or the server does."""
        while not self._owes_word:
            waiting = asyncio.ensure_future(self.queue.get())
            await asyncio.wait({waiting, lost}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                waiting.cancel()
                raise ConnectionError("the server closed the connection")
            payloads = [waiting.result()]
            while (
                isinstance(payloads[-1], bytes) and len(payloads) < BATCH and not self.queue.empty()
            ):
                payloads.append(self.queue.get_nowait())
            lines = [payload for payload in payloads if isinstance(payload, bytes)]
            self._remembered.extend(lines)
            self._take(payloads[-1])
            writer.write(b"".join(lines))
            await writer.drain()
            if payloads[-1] is None:
                return
        await self._hang_up(writer, lost)

    def _take(self, last: object) -> None:
        """What comes behind lines is kept until it is settled, also through a broken connection."""
        if isinstance(last, asyncio.Future):
            self._asked = last
        self._ends = self._ends or last is END

    @property
    def _owes_word(self) -> bool:
        return self._ends or self._asked is not None

    async def _hang_up(self, writer: asyncio.StreamWriter, lost: asyncio.Future[bytes]) -> None:
        """The protocol acknowledges nothing, but a server that lives closes only once it has kept all."""
        writer.write_eof()
        await lost
        self._ended = self._ends
        if self._asked is not None:
            self._asked.set_result(None)
            self._asked = None


Device: TypeAlias = _JChipDevice | HttpDevice
