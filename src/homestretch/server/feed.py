"""What the keeper sends to one process that follows it: the newest Pictures, keys, answers."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Protocol

import msgspec

from homestretch.server.wire import (
    ANSWER,
    KEYS,
    PART,
    PICTURE,
    Admissions,
    Answer,
    PicturePacker,
    event_frame,
    frame,
    part_content,
)
from homestretch.store.keys import Key


class Fed(Protocol):
    """An event of which there is something to send."""

    id: str
    packer: PicturePacker
    packed: tuple[list[int], bytes] | None
    keys: list[Key]


class Feed:
    """A front as the keeper sees it: the newest Picture of each event waits for it, older ones are
    dropped, so that a slow front never holds anybody up."""

    def __init__(self, writer: asyncio.StreamWriter, *, keys: bool = True) -> None:
        self._writer, self._keys = writer, keys
        self._sent: dict[str, set[int]] = {}
        self._due: dict[str, Fed] = {}
        self._wake = asyncio.Event()

    def offer(self, kept: Fed) -> None:
        self._due[kept.id] = kept
        self._wake.set()

    def send(self, answer: Answer) -> None:
        self._write(frame(ANSWER, msgspec.msgpack.encode(answer)))

    def send_keys(self, kept: Fed) -> None:
        """Who may see what, if the follower shows anything to anybody."""
        if not self._keys:
            return
        admissions = Admissions(kept.id, kept.keys)
        self._write(frame(KEYS, msgspec.msgpack.encode(admissions)))

    def _write(self, content: bytes) -> None:
        """Write, unless the front has gone away: uvloop has no pity with who writes to a closed door."""
        if not self._writer.is_closing():
            self._writer.write(content)

    async def pump(self) -> None:
        """Send what is due until the front goes away."""
        while not self._writer.is_closing():
            await self._wake.wait()
            self._wake.clear()
            due, self._due = self._due, {}
            for kept in due.values():
                if kept.packed is None:
                    continue
                used, content = kept.packed
                sent = self._sent.setdefault(kept.id, set())
                for number in used:
                    if number not in sent and number in kept.packer.parts:
                        part = part_content(number, kept.packer.parts[number])
                        self._write(event_frame(PART, kept.id, part))
                self._sent[kept.id] = set(used)
                self._write(event_frame(PICTURE, kept.id, content))
                with contextlib.suppress(ConnectionError):
                    await self._writer.drain()
