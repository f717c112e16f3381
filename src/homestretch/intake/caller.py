"""A device that waits to be called: connect, hold the conversation, and call again when it breaks off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from homestretch.errors import HomestretchError
from homestretch.intake.conversation import CHUNK, Conversation
from homestretch.intake.devices import Devices
from homestretch.live import Live
from homestretch.readers import Context, ReaderKind

CONNECT_S = 10.0
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 15.0

logger = structlog.get_logger(__name__)


class TcpCaller:
    """Calls one device for as long as the event runs."""

    def __init__(
        self,
        kind: ReaderKind,
        context: Context,
        address: tuple[str, int],
        live: Live,
        devices: Devices,
        now: Callable[[], int],
    ) -> None:
        self._kind, self._context, self._address = kind, context, address
        self._live, self._devices, self._now = live, devices, now
        self._wait_s = FIRST_WAIT_S

    async def run(self) -> None:
        """Until cancelled; the wait between two tries grows, and starts anew once the device has answered."""
        while True:
            try:
                await self._call()
            except (OSError, TimeoutError) as error:
                reason = str(error) or type(error).__name__
                self._devices.trouble(f"{self._kind.name}:{self._context.peer}", reason)
                logger.info(
                    "no answer", reader=self._kind.name, peer=self._context.peer, reason=reason
                )
            except HomestretchError as error:
                logger.error("connection closed", reader=self._kind.name, reason=str(error))
            await asyncio.sleep(self._wait_s)
            self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)

    async def _call(self) -> None:
        host, port = self._address
        async with asyncio.timeout(CONNECT_S):
            stream, writer = await asyncio.open_connection(host, port, limit=CHUNK)
        self._wait_s = FIRST_WAIT_S
        reader = self._kind.make(self._context)
        place = self._context.place
        talk = Conversation(self._kind, reader, self._live, self._devices, self._now, place)
        await talk.hold(stream, writer)
