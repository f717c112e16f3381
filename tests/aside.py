"""Coroutines in tests: in a thread of their own, because Playwright keeps a loop running in the test's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class Took(NamedTuple):
    """How long something took in a loop that does everything else meanwhile: seconds of the wall clock, of which a
    machine that is shared may take any number for itself, and seconds for which this thread worked."""

    wall_s: float
    work_s: float


class Watch:
    """Runs from when it is made."""

    def __init__(self) -> None:
        self._wall_s, self._work_s = time.monotonic(), time.thread_time()

    def read(self) -> Took:
        """How long it has run."""
        return Took(time.monotonic() - self._wall_s, time.thread_time() - self._work_s)


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
