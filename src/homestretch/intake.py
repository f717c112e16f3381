"""Where bytes arrive: TCP listeners for timing systems. Stamps each chunk with its moment of arrival.

Bounded everywhere: connections at a door, bytes that wait, and a chunk is read only when the reads of the
one before are durable, so a flooding device slows itself and nobody else.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import structlog

from homestretch.errors import HomestretchError
from homestretch.live import Live
from homestretch.readers import Context, ReaderKind

CHUNK = 16 * 1024
"""Bytes read at once: some 200 lines, so that no device holds up the others for long."""
CONNECTIONS = 200
FIRST_WORD_S = 30.0
"""Who connects and says nothing makes room for others; a device that has spoken may be silent for hours."""

logger = structlog.get_logger(__name__)


class TcpDoor:
    """One listener of one event, for one protocol."""

    def __init__(
        self, kind: ReaderKind, context: Context, live: Live, now: Callable[[], int]
    ) -> None:
        self._kind, self._context, self._live, self._now = kind, context, live, now
        self._connections = 0

    async def serve(self, listener: socket.socket) -> asyncio.Server:
        """Start to accept connections on a socket that is bound and listens."""
        return await asyncio.start_server(self._connected, sock=listener, limit=CHUNK)

    async def _connected(self, stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        if self._connections >= CONNECTIONS:
            logger.warning(
                "door is full", reader=self._kind.name, peer=peer, connections=CONNECTIONS
            )
            writer.close()
            return
        self._connections += 1
        raw: socket.socket | None = writer.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        try:
            await self._converse(stream, writer)
        except (ConnectionError, TimeoutError) as error:
            logger.info("connection lost", reader=self._kind.name, peer=peer, reason=str(error))
        except HomestretchError as error:
            logger.error("connection closed", reader=self._kind.name, peer=peer, reason=str(error))
        finally:
            self._connections -= 1
            writer.close()

    async def _converse(self, stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reader = self._kind.make(self._context)
        spoke = False
        while True:
            if writer.is_closing():  # to uvloop a write is then a mistake of ours
                return
            if out := reader.to_send():
                writer.write(out)
                await writer.drain()
            deadline = None if spoke else FIRST_WORD_S
            data = await asyncio.wait_for(stream.read(CHUNK), deadline)
            if not data:
                return
            spoke = True
            await self._live.keep(reader.receive(data, self._now()))
