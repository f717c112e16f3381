"""What a server asks of the operating system: addresses, a lock on its folder, files, a place for its log."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import resource
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import structlog

from homestretch.errors import PlanError
from homestretch.server.tls import connection_to

PATIENCE_S = 2.0
"""How long an address or a folder may still be held by a server that was killed a moment ago."""
LOOK_S = 0.05
LOCK: Final = ".server.lock"
_NO_LINK: Final = os.O_NOFOLLOW | os.O_CLOEXEC
"""A link that somebody has planted leads nowhere."""


def listen(host: str, port: int, purpose: str) -> socket.socket:
    """A socket that listens and can be handed down; PlanError when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        _patiently(lambda: listener.bind((host, port)), errno.EADDRINUSE)
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise PlanError(
            f"{host}:{port} cannot be used for {purpose}: {error.strerror}.",
            "Choose another port, or stop the program that uses it.",
        ) from error
    listener.set_inheritable(True)
    return listener


@contextlib.contextmanager
def only_server_of(folder: Path) -> Iterator[int]:
    """Hold the folder's lock, also in the keeper that inherits it: one server keeps an event."""
    try:
        lock = os.fdopen(os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | _NO_LINK, 0o600), "r+b")
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise PlanError(
                f"{folder / LOCK} is a link.", "It is not one of ours: take it away."
            ) from error
        raise PlanError(
            f"{folder} cannot be served: {error.strerror}.", "Is it there, and may you write in it?"
        ) from error
    with lock:
        try:
            _patiently(lambda: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB), errno.EWOULDBLOCK)
        except OSError as error:
            raise PlanError(
                f"{folder} is being served already.", "Stop the other server, or use its pages."
            ) from error
        yield lock.fileno()


def is_served(folder: Path) -> bool:
    """Whether a server holds the folder's lock."""
    try:
        lock = os.fdopen(os.open(folder / LOCK, os.O_RDONLY | _NO_LINK), "rb")
    except OSError:
        return False
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _patiently(take: Callable[[], None], taken: int) -> None:
    """Take what somebody may still hold for a moment (errno ``taken``)."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return take()
        except OSError as error:
            if error.errno != taken or time.monotonic() > until:
                raise
        time.sleep(LOOK_S)


def answers(host: str, port: int, *, secure: bool = False) -> bool:
    """Whether the pages answer (the front has a Picture of every event)."""
    connection = connection_to(said_host(host), port, 1.0, secure=secure)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def say_what_matters() -> None:
    """Log lines from the level info on, to standard error; never the values of local variables, which
    may hold names."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("%Y-%m-%d %H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def said_host(host: str) -> str:
    """A host as it stands in an address that works on this computer."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
    said = everywhere.get(host, host)
    return f"[{said}]" if ":" in said else said


def raise_file_limit() -> None:
    """Every stream is an open file; the usual soft limit is far too low for a cheering city."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
