"""An IPICO reader, as the protocol describes it: nothing here knows Homestretch.

It listens, and sends a line for each read to whoever is connected then. ``memory`` is what it has read, sent
or not, as the file that can be taken from it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Literal

Seen = Literal["", "FS", "LS"]


def line(
    tag: str, wall: dt.datetime, *, reader: int = 0, seen: Seen = "", tto: str = "", hits: int = 1
) -> str:
    """A read as it is written: ``tag`` has 12 hex digits, ``wall`` is what the reader's clock showed;
    hundredths in hex; the checksum is the sum of the characters between ``aa`` and it, modulo 256."""
    hundredths = wall.microsecond // 10_000
    told = f"{reader:02x}{tag}{hits:04x}{wall:%y%m%d%H%M%S}{hundredths:02x}{tto}"
    return f"aa{told}{sum(told.encode()) % 256:02x}{seen}"


class Box:
    """A reader with a memory. ``sent`` are the lines that went out to somebody; ``called`` is set while
    somebody is connected; ``told`` is what callers said, which should be nothing."""

    def __init__(self, reader: int = 0) -> None:
        self._reader = reader
        self._writers: set[asyncio.StreamWriter] = set()
        self.memory: list[str] = []
        self.sent: list[str] = []
        self.told: list[bytes] = []
        self.called = asyncio.Event()

    def read(self, tag: str, wall: dt.datetime, seen: Seen = "", tto: str = "") -> bytes:
        """A tag was read: the bytes that go out."""
        written = line(tag, wall, reader=self._reader, seen=seen, tto=tto)
        self.memory.append(written)
        data = written.encode() + b"\r\n"
        if self._writers:
            self.sent.append(written)
        for writer in self._writers:
            writer.write(data)
        return data

    async def serve(self, host: str = "127.0.0.1", port: int = 10000) -> asyncio.Server:
        """Listen for callers."""
        return await asyncio.start_server(self._called, host, port)

    async def _called(self, stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.called.set()
        try:
            while data := await stream.read(4096):
                self.told.append(data)
        except ConnectionError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    def drop(self) -> None:
        """The network breaks: whoever is connected is no more."""
        self.called.clear()
        for writer in self._writers:
            writer.close()
