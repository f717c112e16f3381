"""Pictures as a front receives them: read by a thread, which waits for nobody.

A forecast of ten thousand is six megabytes, and a Unix socket holds a fifth of one. A loop that renders pages comes
back to the socket some thirty times for it, after a page each time: a quarter of a second. The thread asks once for
all of it, and other threads go on meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from homestretch.picture import Picture
from homestretch.server.wire import FOLLOW, HEAD, LARGEST_FRAME, PicturesIn, frame, split_head


async def receive(path: Path, take: Callable[[str, Picture], None]) -> None:
    """``take`` gets each Picture and the id of its event, in the caller's loop, until cancelled.

    Raises OSError when there is no keeper at ``path`` or it goes away, StoreError for what no keeper sends.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def call(function: Callable[..., None], *values: object) -> None:
        with contextlib.suppress(
            RuntimeError
        ):  # the loop has ended, and nobody wants to know any more
            loop.call_soon_threadsafe(function, *values)

    def end(error: Exception) -> None:
        if not ended.done():
            ended.set_exception(error)

    def read() -> None:
        with feed:
            try:
                for event, picture in _pictures(feed):
                    call(take, event, picture)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told in the loop
                call(end, error)

    feed = socket.socket(socket.AF_UNIX)
    try:
        feed.connect(str(path))
        feed.sendall(frame(FOLLOW, b""))
    except OSError:
        feed.close()
        raise
    threading.Thread(target=read, name="pictures", daemon=True).start()
    try:
        await ended
    finally:
        with contextlib.suppress(
            OSError
        ):  # it is gone already; else the thread wakes and closes it
            feed.shutdown(socket.SHUT_RDWR)


def _pictures(feed: socket.socket) -> Iterator[tuple[str, Picture]]:
    """Every Picture that comes; ConnectionError at the end."""
    pictures = PicturesIn()
    while True:
        length, kind = split_head(_receive(feed, HEAD.size), LARGEST_FRAME)
        if found := pictures.take(kind, _receive(feed, length)):
            yield found


def _receive(feed: socket.socket, size: int) -> memoryview:
    """So many bytes, asked for at once."""
    content = memoryview(bytearray(size))
    have = 0
    while have < size:
        more = feed.recv_into(content[have:], 0, socket.MSG_WAITALL)
        if not more:
            raise ConnectionError("the keeper went away")
        have += more
    return content
