"""A day in a real keeper, asked by a real front over the wire, as an application without a socket of its own."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from starlette.applications import Starlette

from homestretch.intake.devices import Devices
from homestretch.live import Live
from homestretch.picture import Picture
from homestretch.race.entrant import Person
from homestretch.race.privacy import Role
from homestretch.server.darkroom import Darkroom
from homestretch.server.front import Front
from homestretch.server.keeper import Keeper
from homestretch.server.kept import Kept
from homestretch.store.keys import new_key
from homestretch.store.memory import MemoryLog, MemoryPeople
from homestretch.web.application import make_application
from homestretch.web.streams import Streams
from tests.patience import PATIENCE_S
from tests.state.days import Day, at
from tests.web.shelf import find_role


class KeptDay:
    """Asks the pages of a day; ``log`` and ``people`` are what the keeper keeps, ``client`` is one browser."""

    def __init__(
        self,
        log: MemoryLog,
        people: MemoryPeople,
        live: Live,
        front: Front,
        arrived: asyncio.Event,
        client: httpx.AsyncClient,
        application: Starlette,
        darkroom: Darkroom,
    ) -> None:
        self.log, self.people, self.client = log, people, client
        self.application, self.darkroom = application, darkroom
        self._live, self._front, self._arrived = live, front, arrived
        self._tokens: dict[Role, str] = {}

    async def get(self, address: str, role: str = "public") -> httpx.Response:
        """The answer to GET for a role."""
        return await self.client.get(address, headers={"x-role": role})

    async def post(self, address: str, role: Role, **fields: str) -> httpx.Response:
        """The answer to a form that somebody with a key for this role sends."""
        headers = {"x-role": role, "Authorization": f"Bearer {self.token(role)}"}
        return await self.client.post(address, headers=headers, data=fields)

    def token(self, role: Role) -> str:
        """A key for a role, made once; a driver's is for the sweep."""
        if role not in self._tokens:
            key, self._tokens[role] = new_key(
                role,
                created_at=0,
                expires_at=2**62,
                label=f"the {role} crew",
                station="sweep" if role == "sweep" else "",
            )
            self.people.put_key(key)
        return self._tokens[role]

    def from_address(self, address: str) -> httpx.AsyncClient:
        """A browser elsewhere."""
        transport = httpx.ASGITransport(
            self.application, raise_app_exceptions=False, client=(address, 1)
        )
        return httpx.AsyncClient(transport=transport, base_url="http://event.test")

    async def settle(self) -> None:
        """What was said since then is folded, and the front has the Picture of it."""
        self._live.refresh()
        picture = self._live.picture
        assert picture is not None
        async with asyncio.timeout(PATIENCE_S):
            while self._front.get(picture.event.id).number != picture.number:
                self._arrived.clear()
                await self._arrived.wait()


@contextlib.asynccontextmanager
async def kept_day(
    day: Day, now: str, *persons: Person, pictures: str = ""
) -> AsyncIterator[KeptDay]:
    """The day at a moment, in a keeper that was asked for its first Picture. ``pictures`` is where its pictures are;
    what is shown of them is made in a thread."""
    log, people = MemoryLog(), MemoryPeople()
    people.put_persons(persons)
    log.append(day.items)
    keeper = Keeper(lambda: at(now), lambda: at(now))

    def publish(picture: Picture) -> None:
        keeper.publish(keeper.events[day.event.id], picture)

    live = Live(log, people, lambda: at(now), publish)
    devices = Devices(live, lambda: at(now))
    event = day.event
    kept = Kept(event.id, log, people, live, event.zone, event.date, devices, pictures)
    kept.darkroom = Darkroom(pictures, lambda: live.picture, lambda: ThreadPoolExecutor(1))
    keeper.events[event.id] = kept
    live.refresh()
    arrived = asyncio.Event()
    connections: set[asyncio.Task[None]] = set()
    front = Front(lambda _: arrived.set())
    application = make_application()
    application.state.front = application.state.pictures = front
    application.state.streams = Streams(front.get)
    application.state.viewer_of = find_role

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None
        connections.add(connection)
        await keeper.serve(reader, writer)

    with tempfile.TemporaryDirectory() as folder:
        wire = Path(folder) / "wire"
        async with await asyncio.start_unix_server(serve, wire, limit=2**20):
            keeping = asyncio.ensure_future(live.run())
            following = asyncio.ensure_future(front.follow(wire))
            await asyncio.wait_for(arrived.wait(), PATIENCE_S)
            transport = httpx.ASGITransport(application, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://event.test") as it:
                yield KeptDay(log, people, live, front, arrived, it, application, kept.darkroom)
            keeping.cancel()
            following.cancel()
            await asyncio.wait_for(asyncio.gather(*connections), PATIENCE_S)
