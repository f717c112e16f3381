"""How often one key may send forms: a stuck button or a script must not be in the way of everybody else."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Final

from homestretch.errors import BusyError
from homestretch.race.saying import said

BURST: Final = 60.0
"""Forms that one key may send at once: more than a bus full of people tapped on board one by one."""
PER_S: Final = 2.0
KEPT: Final = 10_000
"""Senders that are remembered, the newest; whoever was silent for half a minute has all of theirs again."""


class Often:
    """Counts the forms of each sender; what was sent is forgotten at ``PER_S``."""

    def __init__(self) -> None:
        self._sent: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, sender: str, now_s: float | None = None) -> None:
        """BusyError when ``sender`` has sent too much; ``now_s`` is of any clock that only goes on."""
        now_s = time.monotonic() if now_s is None else now_s
        count, at_s = self._sent.pop(sender, (0.0, now_s))
        count = max(0.0, count - PER_S * (now_s - at_s)) + 1.0
        self._sent[sender] = min(count, BURST + 1.0), now_s
        while len(self._sent) > KEPT:
            self._sent.popitem(last=False)
        if count > BURST:
            raise BusyError(
                said("Too many forms came from here in a short time."),
                said("Wait some seconds, then tap again."),
            )
