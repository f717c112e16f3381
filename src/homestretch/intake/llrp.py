"""A reader that speaks LLRP, called through the package ``llrpkit``: connect, read tags, call again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog

from homestretch.errors import HomestretchError
from homestretch.intake.caller import FIRST_WAIT_S, LONGEST_WAIT_S
from homestretch.intake.devices import Devices
from homestretch.live import Live
from homestretch.readers import Context, Heard
from homestretch.readers.llrp import heard_of_clock, heard_of_tag, source_of

WAITING = 5000
"""Tag reports that wait to be made durable; when there are more the reader's own buffer fills up."""
TOGETHER = 500

logger = structlog.get_logger(__name__)


class LlrpCaller:
    """Calls one reader for as long as the event runs. Reads that the reader reports while nobody is connected
    stay in the reader, as far as its own buffer goes."""

    def __init__(
        self,
        context: Context,
        address: tuple[str, int],
        live: Live,
        devices: Devices,
        now: Callable[[], int],
    ) -> None:
        self._context, self._address = context, address
        self._live, self._devices, self._now = live, devices, now
        self._wait_s = FIRST_WAIT_S

    async def run(self) -> None:
        """Until cancelled. HomestretchError at once when the package is not installed."""
        try:
            from llrpkit import LLRPError
        except ImportError as error:
            raise HomestretchError(
                "The door llrp needs a package that is not installed.",
                'Run: pip install "homestretch[llrp]"',
            ) from error
        while True:
            try:
                await self._call()
            except (OSError, TimeoutError, LLRPError) as error:
                reason = str(error) or type(error).__name__
                self._devices.trouble(source_of(self._context), reason)
                logger.info("no answer", reader="llrp", peer=self._context.peer, reason=reason)
            except HomestretchError as error:
                logger.error("connection closed", reader="llrp", reason=str(error))
            await asyncio.sleep(self._wait_s)
            self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)

    async def _call(self) -> None:
        from llrpkit import Reader

        host, port = self._address
        async with Reader(host, port) as reader:
            self._wait_s = FIRST_WAIT_S
            source = source_of(self._context)
            self._devices.came(source, self._context.place)
            try:
                await self._read(reader)
            finally:
                self._devices.left(source)

    async def _read(self, reader: Any) -> None:
        """One task takes reports, the other makes them durable: a slow disk never breaks a report in two."""
        waiting: asyncio.Queue[Any] = asyncio.Queue(WAITING)

        async def take() -> None:
            async for tag in reader.inventory(session=1):
                await waiting.put((tag, self._now()))

        taking = asyncio.ensure_future(take())
        try:
            checked = False
            while True:
                first = asyncio.ensure_future(waiting.get())
                await asyncio.wait({first, taking}, return_when=asyncio.FIRST_COMPLETED)
                if not first.done():
                    first.cancel()
                    return taking.result()
                tags = [first.result()]
                while len(tags) < TOGETHER and not waiting.empty():
                    tags.append(waiting.get_nowait())
                heard = self._heard(tags)
                if not checked and tags[-1][0].last_seen_us is not None:
                    checked = True
                    tag, at = tags[-1]
                    heard.append(heard_of_clock(tag.last_seen_us, self._context, at))
                await self._live.keep(heard)
        finally:
            taking.cancel()

    def _heard(self, tags: list[Any]) -> list[Heard]:
        return [heard_of_tag(tag.epc, tag.first_seen_us, self._context, at) for tag, at in tags]
