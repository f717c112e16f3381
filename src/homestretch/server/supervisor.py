"""Starts the processes of a server and keeps them running: a keeper, fronts, and whoever plays a rehearsal.

Listening sockets are made here and handed down, so that a process that dies leaves its callers waiting for
a moment, not refused. The standard input of a child is a lifeline: first comes what it must know; it ends
when the supervisor does, however that came, and a child that nobody would restart or end leaves at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 5.0
STEADY_S = 10.0
END_S = 10.0
LOOK_S = 0.1
LATER_S = 3.0
"""Who waits until the others are ready leaves the computer to them for so long more."""

logger = structlog.get_logger(__name__)


@dataclass(slots=True)
class Child:
    """One process: what it is called, its command, the sockets it inherits, what it is ``told`` (JSON; not
    on its command line, which everybody on this computer can read), its environment (None: ours), whether
    it comes again, whether the others end when it has ended well (``last``), and whether it waits until they
    are ready (``later``)."""

    name: str
    command: Sequence[str]
    sockets: tuple[int, ...] = ()
    told: bytes = b""
    environment: Mapping[str, str] | None = None
    again: bool = True
    last: bool = False
    later: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait_s: float = FIRST_WAIT_S
    due: float = field(default=0.0)


class Supervisor:
    """Runs children until told to stop. Children are ended in the reverse order of their start.

    ``is_ready`` is asked until it is true; then ``on_ready`` is called, once.
    """

    def __init__(
        self, children: Sequence[Child], is_ready: Callable[[], bool], on_ready: Callable[[], None]
    ) -> None:
        self._children = list(children)
        self._is_ready, self._on_ready = is_ready, on_ready
        self._stop = False

    def run(self) -> int:
        """Start everybody, restart who dies, return when told to stop or when a child that is not to
        come again has failed (its exit code)."""
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._on_signal)
        code, ready = 0, False
        try:
            while not self._stop and not code:
                now = time.monotonic()
                for child in self._children:
                    if ready or not child.later:
                        code = self._look_after(child, now) or code
                if not ready and self._is_ready():
                    ready = True
                    for child in self._children:
                        child.due = now + LATER_S if child.later else child.due
                    self._on_ready()
                time.sleep(LOOK_S)
        finally:
            self._end()
        return code

    def _look_after(self, child: Child, now: float) -> int:
        if child.process is None:
            if now >= child.due:
                self._start(child, now)
            return 0
        code = child.process.poll()
        if code is None:
            if now - child.started > STEADY_S:
                child.wait_s = FIRST_WAIT_S
            return 0
        if not child.again:
            self._stop = self._stop or child.last
            return code
        logger.warning("process ended and is started again", process=child.name, code=code)
        _close_lifeline(child.process)
        child.process, child.due = None, now + child.wait_s
        child.wait_s = min(2 * child.wait_s, LONGEST_WAIT_S)
        return 0

    def _start(self, child: Child, now: float) -> None:
        child.process = subprocess.Popen(  # noqa: S603 - our own commands
            child.command,
            pass_fds=child.sockets,
            stdin=subprocess.PIPE,
            env=child.environment,
            start_new_session=True,
        )
        child.started = now
        lifeline = child.process.stdin
        assert lifeline is not None
        with contextlib.suppress(BrokenPipeError):  # it has died already, and is started again
            lifeline.write(child.told + b"\n")
            lifeline.flush()

    def _on_signal(self, *_: object) -> None:
        self._stop = True

    def _end(self) -> None:
        for child in reversed(self._children):
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        until = time.monotonic() + END_S
        for child in reversed(self._children):
            if child.process is not None:
                try:
                    child.process.wait(max(0.1, until - time.monotonic()))
                except subprocess.TimeoutExpired:
                    child.process.kill()
                    child.process.wait()
                _close_lifeline(child.process)


def _close_lifeline(process: subprocess.Popen[bytes]) -> None:
    """Of a process that has ended; what it never read is lost with it."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()


def read_told() -> bytes:
    """In a child: what the supervisor tells it, the first line on its lifeline."""
    return sys.stdin.buffer.readline()


def command_of(*words: str) -> list[str]:
    """A command of this very installation."""
    return [sys.executable, "-m", "homestretch", *words]


async def ends_with_supervisor(work: Coroutine[Any, Any, None]) -> None:
    """Run in a child, and leave with exit code 1 when the supervisor is gone."""
    loop = asyncio.get_running_loop()
    gone = asyncio.Event()
    lifeline = sys.stdin.fileno()
    loop.add_reader(lifeline, gone.set)
    task = asyncio.ensure_future(work)
    ending = asyncio.ensure_future(gone.wait())
    await asyncio.wait({task, ending}, return_when=asyncio.FIRST_COMPLETED)
    loop.remove_reader(lifeline)
    if not task.done():
        logger.error("the supervisor is gone", process=os.getpid())
        os._exit(1)  # nothing is left to tidy: what was acknowledged is durable
    ending.cancel()
    await task
