"""The application with Pictures on a shelf, and viewers named by a header."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from homestretch.errors import NotFound
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.web.application import make_application
from homestretch.web.streams import Streams
from tests.aside import run


class Shelf:
    """Holds the newest Picture of each event."""

    def __init__(self, *pictures: Picture) -> None:
        self._pictures = {picture.event.id: picture for picture in pictures}

    def get(self, event_id: str) -> Picture:
        """The Picture, or NotFound."""
        if event_id not in self._pictures:
            raise NotFound(
                f"There is no event {event_id!r} here.", "The start page lists the events."
            )
        return self._pictures[event_id]

    def put(self, picture: Picture) -> None:
        """A newer Picture."""
        self._pictures[picture.event.id] = picture

    def list_events(self) -> list[Picture]:
        """Every Picture."""
        return list(self._pictures.values())


def find_role(connection: HTTPConnection) -> Viewer:
    """The viewer that the header says; a driver is that of the sweep."""
    role = connection.headers.get("x-role", "public")
    return Viewer(role, "sweep" if role == "sweep" else "")  # type: ignore[arg-type]  # a role


def make_app(
    *pictures: Picture, clock: Callable[[], float] = time.monotonic
) -> tuple[Starlette, Shelf]:
    """The whole application over some Pictures; ``clock`` is that of its streams."""
    application, shelf = make_application(), Shelf(*pictures)
    application.state.pictures = shelf
    application.state.streams = Streams(shelf.get, clock)
    application.state.viewer_of = find_role
    return application, shelf


class Client:
    """Asks the application directly, without a socket; what it raises is seen as an answer."""

    def __init__(self, application: Starlette) -> None:
        self.application = application
        self._transport = httpx.ASGITransport(application, raise_app_exceptions=False)

    def request(
        self,
        method: str,
        address: str,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """The answer, its body decompressed."""

        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=self._transport, base_url="http://event.test"
            ) as client:
                return await client.request(method, address, headers=headers, content=content)

        return run(ask())

    def get(self, address: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """The answer to GET."""
        return self.request("GET", address, headers)

    def get_zipped(self, address: str) -> tuple[bytes, httpx.Headers]:
        """The body as it travels to who takes gzip, and the headers."""

        async def ask() -> tuple[bytes, httpx.Headers]:
            async with (
                httpx.AsyncClient(
                    transport=self._transport, base_url="http://event.test"
                ) as client,
                client.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer,
            ):
                return b"".join([chunk async for chunk in answer.aiter_raw()]), answer.headers

        return run(ask())


def make_client(*pictures: Picture) -> Client:
    """A client of the application over some Pictures."""
    return Client(make_app(*pictures)[0])
