"""`homestretch station`: the devices of one point into a file of its own, and from there to the server."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import structlog

from homestretch.errors import PlanError
from homestretch.folder.files import put
from homestretch.intake.calling import caller_of
from homestretch.intake.devices import Devices
from homestretch.intake.listener import TcpDoor
from homestretch.live import Live
from homestretch.picture import Picture
from homestretch.race.event import Door
from homestretch.readers import Context, list_readers
from homestretch.server.listening import listen
from homestretch.station.passing_on import Item, Line, Place, ask_event, list_items, send
from homestretch.store.opening import Store

LOOK_S = 0.5
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0
SAY_S = 10.0
EVENT_FILE, PLACE_FILE = "station.json", "passed-on"

logger = structlog.get_logger(__name__)


class Here(msgspec.Struct):
    """What a station must know of the event to read its devices: remembered for a start without a line."""

    zone: str
    date: str


def find_here(folder: Path, line: Line, zone: str, date: str) -> Here:
    """Zone and date as given, as the server says, or as remembered; PlanError when nobody knows them."""
    file = folder / EVENT_FILE
    if zone and date:
        here = Here(zone, date)
    else:
        try:
            event = ask_event(line)
            here = Here(zone or event["zone"], date or event["date"])
        except (OSError, http.client.HTTPException):
            try:
                here = msgspec.json.decode(file.read_bytes(), type=Here)
            except (OSError, msgspec.DecodeError) as error:
                raise PlanError(
                    "The server cannot be reached, and nobody has said where and when the event is.",
                    "Start once with a line, or say --zone America/New_York --date 2026-05-03.",
                ) from error
    put(file, msgspec.json.encode(here))
    return here


class Station:
    """Listens, keeps, passes on. ``say`` is told how it goes; the log is the station's own."""

    def __init__(
        self, folder: Path, store: Store, line: Line, here: Here, say: Callable[[str], None]
    ) -> None:
        self._store, self._line, self._here, self._say = store, line, here, say
        self._place = Place(folder / PLACE_FILE)
        self._live = Live(store.log, store.people, _now, _nothing)
        self._devices = Devices(self._live, _now)
        self._trouble = ""

    async def run(self, doors: list[Door]) -> None:
        """Until cancelled; PlanError when a door is taken by another program."""
        servers: list[asyncio.Server] = []
        with contextlib.ExitStack() as held:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._live.run())
                tasks.create_task(self._devices.run())
                tasks.create_task(self._pass_on())
                tasks.create_task(self._tell())
                for door in doors:
                    peer = f"{door.host}:{door.port}"
                    zone = ZoneInfo(self._here.zone)
                    context = Context(zone, self._here.date, door.place, peer)
                    if door.calls:
                        call = caller_of(door.reader, context, (door.host, door.port))
                        tasks.create_task(call(self._live, self._devices, _now).run())
                        continue
                    kind = list_readers()[door.reader]
                    listener = held.enter_context(listen(door.host, door.port, door.reader))
                    opened = TcpDoor(kind, context, self._live, self._devices, _now)
                    servers.append(await opened.serve(listener.dup()))

    async def _pass_on(self) -> None:
        """Batch after batch, each until it is durable at the server."""
        wait_s = FIRST_WAIT_S
        while True:
            batches = list_items(self._store.log, self._store.people, self._place.seq)
            for batch in batches:
                while not await self._send(batch):
                    await asyncio.sleep(wait_s)
                    wait_s = min(2 * wait_s, LONGEST_WAIT_S)
                wait_s = FIRST_WAIT_S
                self._place.move_to(batch[-1].seq)
            await asyncio.sleep(LOOK_S)

    async def _send(self, batch: list[Item]) -> bool:
        try:
            answer = await asyncio.to_thread(send, self._line, batch)
        except (OSError, http.client.HTTPException) as error:
            self._trouble = f"no line ({str(error) or type(error).__name__})"
            return False
        if answer.status != 200:
            self._trouble = f"the server answers {answer.status}: {answer.said[:200]}"
            return False
        self._trouble = ""
        return True

    async def _tell(self) -> None:
        """One line now and then: what is kept here, what has arrived there."""
        told = ""
        began = time.monotonic()
        while True:
            kept = self._store.log.last_seq()
            waiting = kept - self._place.seq
            words = f"{kept:,} facts kept here, {waiting:,} waiting"
            words += f"; {self._trouble}" if self._trouble else ", all others are at the server"
            if words != told:
                self._say(words)
                told = words
            await asyncio.sleep(SAY_S if time.monotonic() - began > SAY_S else 1.0)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _nothing(_: Picture) -> None:
    """A station shows nobody anything."""
