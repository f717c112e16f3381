"""What a server starts ends with it: a command that reads pictures does not outlive the server that asked for it, nor do
the processes that it has started itself."""

from __future__ import annotations

import os
import signal
import threading
from typing import Final

LIFELINE: Final = "HOMESTRETCH_LIFELINE"
"""Set for a command whose standard input ends when whoever started it is gone."""


def hold_lifeline() -> None:
    """In a command that leads a process group of its own: end the group when whoever started it is gone. Nothing
    where nobody asks for it."""
    if os.environ.pop(LIFELINE, "") and os.getpgrp() == os.getpid():
        threading.Thread(target=_end_with_it, daemon=True).start()


def _end_with_it() -> None:
    while os.read(0, 1):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)  # what was kept is durable, the rest is done again
