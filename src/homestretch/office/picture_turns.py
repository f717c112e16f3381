"""Whoever keeps, reads or judges the pictures of an event does it in turns: a picture is read by one process at a time,
and the next one sees what came of it. The system gives a turn back when its process is killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Final

LOCK: Final = ".pictures.lock"
_TURN, _QUEUE = 0, 1
"""Bytes of the file: who has the turn, and who has it next."""

Turn = Callable[[], AbstractContextManager[None]]


def turns_in(folder: Path) -> Turn:
    """What waits for a turn at the pictures of the event in a folder, and has it while it is open."""
    return partial(_turn, folder / LOCK)


@contextlib.contextmanager
def _turn(file: Path) -> Iterator[None]:
    # Locks of the process, which what it starts does not inherit: a worker that outlives it holds nobody up.
    way = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        # Whoever had the last turn queues up behind those who wait, or a card of pictures would go before a phone's.
        fcntl.lockf(way, fcntl.LOCK_EX, 1, _QUEUE)
        fcntl.lockf(way, fcntl.LOCK_EX, 1, _TURN)
        fcntl.lockf(way, fcntl.LOCK_UN, 1, _QUEUE)
        yield
    finally:
        os.close(way)
