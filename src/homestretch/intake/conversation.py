"""One connection with a device, from its first byte to its last, whoever called whom."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable

from homestretch.facts import Unreadable
from homestretch.intake.devices import Devices
from homestretch.live import Live
from homestretch.readers import Reader, ReaderKind

CHUNK = 16 * 1024
"""Bytes read at once: some 200 lines, so that no device holds up the others for long."""
FIRST_WORD_S = 30.0
"""Who connects and says nothing makes room for others; a device that has spoken may be silent for hours."""
FIRST_MESSAGE_S = 60.0
"""Who sends a byte now and then and never ends a message is no device either."""
TICK_S = 1.0
MOSTLY, WAITS = 10, 9.0
"""A chunk of which less than one in ten facts was kept costs nine times as long as it took to read."""
UNREAD_S = 20.0
"""How long a device may leave unread what we told it."""


class Conversation:
    """Reads, keeps and answers until the other side leaves, stalls or breaks off."""

    def __init__(
        self,
        kind: ReaderKind,
        reader: Reader,
        live: Live,
        devices: Devices,
        now: Callable[[], int],
        place: str = "",
    ) -> None:
        self._kind, self._reader = kind, reader
        self._live, self._devices, self._now = live, devices, now
        self._place = place
        self._here: frozenset[str] = frozenset()
        self._heard_s = self._ticked_s = time.monotonic()
        self._began_s = self._heard_s
        self._spoke = self._ended_a_message = False
        self._called = kind.transport == "tcp-client"
        self.understood = False
        """whether anything was said that the protocol knows"""

    @property
    def introduced(self) -> bool:
        """Whether the other side is known by a name, under which it is told what became of it."""
        return bool(self._here)

    async def hold(self, stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until the end. ConnectionError, TimeoutError or what ``Live.keep`` raises when it was no
        farewell; the reason is told either way."""
        reason = ""
        try:
            _keep_alive(writer)
            await self._hold(stream, writer)
        except (ConnectionError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            raise
        finally:
            for source in sorted(self._here):
                self._devices.left(source, reason)
            writer.close()

    async def _hold(self, stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader.resume(self._live.known)
        if self._called:
            self._introduce()
        while not writer.is_closing():  # to uvloop a write is then a mistake of ours
            await self._answer(writer)
            self._check_message()
            data = await self._listen(stream)
            if data == b"":
                return
            if data is not None:
                self._spoke, self._heard_s = True, time.monotonic()
                # What is read next waits until this is durable, and so do our answers.
                await self._take(data)
                self._introduce()
            if time.monotonic() - self._ticked_s >= TICK_S:
                self._ticked_s = time.monotonic()
                await self._live.keep(self._reader.tick(self._now()))

    async def _take(self, data: bytes) -> None:
        """Keep what a chunk said. Who says nothing but what is not kept any more (``readers.enough``) waits,
        each in turn, so that all of them together take a tenth of our time."""
        began = time.thread_time()
        heard = self._reader.receive(data, self._now())
        took = time.thread_time() - began
        self._ended_a_message |= bool(heard)
        self.understood |= any(not isinstance(one.received.fact, Unreadable) for one in heard)
        if await self._live.keep(heard) * MOSTLY < len(heard):
            async with self._devices.slow_lane:
                await asyncio.sleep(WAITS * took)

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        if out := self._reader.to_send():
            self._ended_a_message = self.understood = True
            writer.write(out)
            try:
                async with asyncio.timeout(UNREAD_S):
                    await writer.drain()
            except TimeoutError as error:
                writer.transport.abort()
                raise TimeoutError("it does not read what it is told") from error

    async def _listen(self, stream: asyncio.StreamReader) -> bytes | None:
        """The next bytes, b"" at the end, None when a tick went by without any.

        Not with ``wait_for``: in Python 3.11 it returns what has just come and forgets that we are ended."""
        try:
            async with asyncio.timeout(TICK_S):
                return await stream.read(CHUNK)
        except TimeoutError:
            silent_s = time.monotonic() - self._heard_s
            # Whom we called takes nobody's room; it may have nothing to say before the first runner.
            if not self._spoke and not self._called and silent_s > FIRST_WORD_S:
                raise TimeoutError("it never said a word") from None
            if self._kind.silence_s is not None and silent_s > self._kind.silence_s:
                raise TimeoutError("it fell silent") from None
            return None

    def _check_message(self) -> None:
        waited_s = time.monotonic() - self._began_s
        if not self._ended_a_message and not self._called and waited_s > FIRST_MESSAGE_S:
            raise TimeoutError("it never ended a message")

    def _introduce(self) -> None:
        """Tell who is there, as soon as it is known, and again under another name."""
        here = frozenset(self._reader.sources)
        for source in sorted(self._here - here):
            self._devices.left(source)
        for source in sorted(here - self._here):
            self._devices.came(source, self._place)
        self._here = here


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    """Ask the system to notice a device whose cable was pulled: after a minute, in three tries."""
    raw: socket.socket | None = writer.get_extra_info("socket")
    if raw is None:
        return
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            raw.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
