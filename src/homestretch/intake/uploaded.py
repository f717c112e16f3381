"""Uploads that are whole are taken in by a process of their own, one for all that wait, and with them every picture is
looked at that nobody has looked at yet, however it came (the inbox, a server that ended too early): what opens a
stranger's picture is neither the process that keeps the race nor the one that shows it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import structlog

from homestretch.intake.commanding import run_beside
from homestretch.intake.devices import Devices
from homestretch.intake.uploads import Uploads
from homestretch.live import Live
from homestretch.photos.installed import can_read_pictures
from homestretch.state.photo_values import Photo

LOOK_S: Final = 0.5
AGAIN_S: Final = 10.0
"""After a failure it is tried again so much later."""
TAKE_S: Final = 3600.0
FORGET_S: Final = 600.0
"""So often uploads that nobody goes on with are forgotten."""
DOOR: Final = "uploads"

logger = structlog.get_logger(__name__)


class Uploaded:
    """Takes in one event's uploads. ``command`` makes the words of a command of this installation; ``environment``
    names the database, if there is one: a command line is public."""

    def __init__(
        self,
        folder: Path,
        live: Live,
        devices: Devices,
        command: Callable[..., Sequence[str]],
        environment: Mapping[str, str],
    ) -> None:
        self._folder, self._uploads, self._live = folder, Uploads(folder), live
        self._placed: set[str] = set()
        self._unread: frozenset[str] = frozenset()
        self._tried: frozenset[str] = frozenset()
        self._looked_s = -FORGET_S
        self._devices, self._command, self._environment = devices, command, environment

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        told = False
        while True:
            await self._forget()
            waits = self._is_unread() | self._is_placed_anew()
            if not self._uploads.has_ready() and not waits:
                await asyncio.sleep(LOOK_S)
            elif can_read_pictures():
                await asyncio.sleep(0 if await self._take() else AGAIN_S)
            else:
                if not told:
                    self._devices.trouble(DOOR, "uploads wait: pip install 'homestretch[photos]'")
                told = True
                await asyncio.sleep(AGAIN_S)

    async def _forget(self) -> None:
        if time.monotonic() - self._looked_s >= FORGET_S:
            self._looked_s = time.monotonic()
            await asyncio.to_thread(self._uploads.drop_abandoned, time.time_ns() // 1_000_000)

    def _is_unread(self) -> bool:
        """Whether nobody has looked at a picture since the look before; what was found in others may be on its way. One
        that was tried waits for the next that comes: a process that ended well has left it for a reason."""
        photos = self._live.picture.state.photos if self._live.picture else ()
        before, self._unread = self._unread, list_unread(photos)
        return bool((before & self._unread) - self._tried)

    def _is_placed_anew(self) -> bool:
        """Whether somebody has said of a picture where it was taken since the pictures were judged."""
        photos = self._live.picture.state.photos if self._live.picture else ()
        placed = {one.photo for one in photos if one.placed and one.usable and one.reads < 0}
        anew = bool(placed - self._placed)
        self._placed |= placed
        return anew

    async def _take(self) -> bool:
        """Whether the process did what it should."""
        words = self._command("photos", "take", str(self._folder))
        trying, self._unread = self._unread, frozenset()
        ran = await run_beside(words, self._environment, TAKE_S)
        logger.info("uploads were taken in", said=ran.said, code=ran.code)
        if ran.code:
            self._devices.trouble(DOOR, ran.said)
        else:
            self._tried |= trying
        return ran.code == 0


def list_unread(photos: Iterable[Photo]) -> frozenset[str]:
    """The pictures that may be looked at and were not."""
    return frozenset(one.photo for one in photos if one.usable and not one.look and not one.failed)
