"""Sends the questions of the desk by itself: when one waits, the command ``homestretch ask`` runs once, in a process of
its own, so that no mail server holds up a read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import structlog

from homestretch.intake.commanding import run_beside
from homestretch.live import Live
from homestretch.stories.waiting import Waiting, list_waiting

LOOK_S: Final = 2.0
SEND_S: Final = 300.0
FIRST_WAIT_S, LONGEST_WAIT_S = 30.0, 1800.0
"""After an attempt in which something failed: twice as long each time."""

logger = structlog.get_logger(__name__)


class Asker:
    """Sends for one event. ``command`` makes the words of a command of this installation, ``environment`` names the
    database if there is one, ``now_s`` is a clock that only goes forward."""

    def __init__(
        self,
        folder: Path,
        live: Live,
        command: Callable[..., Sequence[str]],
        environment: Mapping[str, str],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._live, self._command = folder, live, command
        self._environment, self._now_s = environment, now_s
        self._wait_s = FIRST_WAIT_S
        self._not_before_s = float("-inf")
        self._tried: set[tuple[str, str, int]] = set()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Send if something waits, and return once it was tried."""
        picture = self._live.picture
        if picture is not None and picture.state.stories and self.is_due(list_waiting(picture)):
            await self._send()

    def is_due(self, waiting: Sequence[Waiting]) -> bool:
        """Whether something is to be sent now: what was never tried at once, what failed after a while; what somebody
        must look at first waits for the command, or for another question."""
        new = {
            (one.asked.story, one.asked.entrant, one.asked.said_at)
            for one in waiting
            if one.last is None
        }
        if new - self._tried:
            self._tried |= new
            self._wait_s = FIRST_WAIT_S
            return True
        failing = any(one.last is None or one.last.outcome == "failing" for one in waiting)
        if not failing or self._now_s() < self._not_before_s:
            return False
        self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)
        return True

    async def _send(self) -> None:
        try:
            words = self._command("ask", str(self._folder))
            ran = await run_beside(words, self._environment, SEND_S)
        finally:
            self._not_before_s = self._now_s() + self._wait_s
        logger.info("questions were sent", said=ran.said, code=ran.code)
