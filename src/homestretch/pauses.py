"""Short pauses: Python's collector of cycles looks, from time to time, at everything that is alive, and a process that
holds a field of ten thousand stands still for a quarter of a second meanwhile, with every page that waits for it."""

from __future__ import annotations

import gc
import time
from typing import Any, Final

LONG_S: Final = 0.02
"""A collection that takes longer is felt: the time between two Pictures is some ten times as long."""


def keep_pauses_short(long_s: float = LONG_S) -> None:
    """From now on what outlived a long collection is looked at no more (``gc.freeze``).

    Most of it lives as long as the process. It still goes when nobody refers to it; only a cycle that was alive at that
    moment and is given up later stays, and as each such moment needs that many new things, there are few of them.
    """
    began = 0.0

    def watch(phase: str, _: dict[str, Any]) -> None:
        nonlocal began
        if phase == "start":
            began = time.perf_counter()
        elif time.perf_counter() - began > long_s:
            gc.freeze()

    gc.callbacks.append(watch)
