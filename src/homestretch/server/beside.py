"""Work that is too slow for a tick, in a process of its own, politely: it ends with the keeper."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from anyio import to_process

T = TypeVar("T")
NICE = 10
"""The race goes before whatever is done beside it."""


async def run_beside(work: Callable[..., T], *values: Any) -> T:
    """The result of a pure function of values; what it raises, and ``BrokenWorkerProcess``."""
    return await to_process.run_sync(partial(_politely, work), *values, cancellable=True)


def _politely(work: Callable[..., T], *values: Any) -> T:
    os.nice(max(0, NICE - os.nice(0)))
    return work(*values)
