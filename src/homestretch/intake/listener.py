"""A door at which devices knock: one listener of one event, for one protocol."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import structlog

from homestretch.errors import HomestretchError
from homestretch.intake.conversation import CHUNK, Conversation
from homestretch.intake.devices import Devices
from homestretch.live import Live
from homestretch.readers import Context, ReaderKind

CONNECTIONS = 200

logger = structlog.get_logger(__name__)


class TcpDoor:
    """Takes as many connections as there are devices, up to a bound that no race needs."""

    def __init__(
        self,
        kind: ReaderKind,
        context: Context,
        live: Live,
        devices: Devices,
        now: Callable[[], int],
    ) -> None:
        self._kind, self._context = kind, context
        self._live, self._devices, self._now = live, devices, now
        self._connections = 0

    async def serve(self, listener: socket.socket) -> asyncio.Server:
        """Start to accept connections on a socket that is bound and listens."""
        return await asyncio.start_server(self._connected, sock=listener, limit=CHUNK)

    async def _connected(self, stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        if self._connections >= CONNECTIONS:
            logger.warning("door is full", reader=self._kind.name, peer=peer)
            self._devices.trouble(self._kind.name, f"more than {CONNECTIONS} connections")
            writer.close()
            return
        self._connections += 1
        reader = self._kind.make(self._context)
        place = self._context.place
        talk = Conversation(self._kind, reader, self._live, self._devices, self._now, place)
        try:
            await talk.hold(stream, writer)
        except (ConnectionError, TimeoutError) as error:
            logger.info("connection lost", reader=self._kind.name, peer=peer, reason=str(error))
        except HomestretchError as error:
            logger.error("connection closed", reader=self._kind.name, peer=peer, reason=str(error))
        finally:
            self._connections -= 1
            writer.close()
