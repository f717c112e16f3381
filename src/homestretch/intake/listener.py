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
        self._open: dict[Conversation, asyncio.StreamWriter] = {}
        """those who are connected, who came first at the front"""

    async def serve(self, listener: socket.socket) -> asyncio.Server:
        """Start to accept connections on a socket that is bound and listens."""
        return await asyncio.start_server(self._connected, sock=listener, limit=CHUNK)

    async def _connected(self, stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        if len(self._open) >= CONNECTIONS and not self._make_room():
            logger.warning("door is full", reader=self._kind.name, peer=peer)
            self._devices.trouble(self._kind.name, f"more than {CONNECTIONS} connections")
            writer.close()
            return
        reader = self._kind.make(self._context)
        place = self._context.place
        talk = Conversation(self._kind, reader, self._live, self._devices, self._now, place)
        self._open[talk] = writer
        try:
            await talk.hold(stream, writer)
        except (ConnectionError, TimeoutError) as error:
            reason = str(error)
            logger.info("connection lost", reader=self._kind.name, peer=peer, reason=reason)
            if not talk.introduced and isinstance(error, TimeoutError):
                self._devices.trouble(self._kind.name, reason)
        except HomestretchError as error:
            logger.error("connection closed", reader=self._kind.name, peer=peer, reason=str(error))
        finally:
            self._open.pop(talk, None)
            writer.close()

    def _make_room(self) -> bool:
        """Close the oldest connection of somebody who has said nothing that this protocol knows, if there is
        one: a device says who it is with its first words, and finds the door open."""
        stranger = next((talk for talk in self._open if not talk.understood), None)
        if stranger is None:
            return False
        self._open.pop(stranger).transport.abort()
        what = f"more than {CONNECTIONS} connections: who had said nothing made room"
        self._devices.trouble(self._kind.name, what)
        return True
