"""The composition root: joins stores, doors, clock and pages into processes, and starts them.

One command starts a keeper (doors, log, fold) and a front (pages, streams); the user sees one server.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import resource
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import structlog
import uvicorn
import uvloop

from homestretch.errors import PlanError, StoreError
from homestretch.folder.check import Loaded, load
from homestretch.intake import TcpDoor
from homestretch.live import Live
from homestretch.loading import Entering, enter
from homestretch.picture import Picture
from homestretch.race.clock import EventClock
from homestretch.race.event import Event
from homestretch.readers import Context, list_readers
from homestretch.server.front import Front
from homestretch.server.keeper import Keeper, Kept
from homestretch.server.supervisor import Child, Supervisor, command_of, ends_with_supervisor
from homestretch.store.opening import Store, open_store
from homestretch.web.application import make_application
from homestretch.web.connection import Connection
from homestretch.web.streams import Streams

PATIENCE_S = 2.0
"""How long an address or a folder may still be held by a server that was killed a moment ago."""
LOOK_S = 0.05
EXPIRY_S = 600.0
REAL_DAY = EventClock()

logger = structlog.get_logger(__name__)


class DoorSpec(msgspec.Struct):
    """A listening socket handed down, and the protocol spoken there."""

    reader: str
    fd: int


class EventSpec(msgspec.Struct):
    """An event that a keeper serves: its id, its store, its doors."""

    id: str
    store: str
    zone: str
    date: str
    doors: list[DoorSpec]


class ServerSpec(msgspec.Struct):
    """What the processes of a server must know; travels as JSON on their command line."""

    events: list[EventSpec]
    wire: str
    http_fd: int
    clock: EventClock = EventClock()
    rehearsal: str = ""
    behind_proxy: str = ""


def wall_now() -> int:
    """The wall's time, UTC ms."""
    return time.time_ns() // 1_000_000


def load_folder(folder: Path) -> Loaded:
    """The plan and entrants of a folder; PlanError when it cannot be run."""
    return load(folder, list_readers().keys())


def store_of(folder: Path, event_id: str, database: str = "") -> Store:
    """The store of an event: in its folder, or in the database that was named."""
    return open_store(database or folder, event_id)


def load_into_store(folder: Path, loaded: Loaded, now: int, database: str = "") -> Entering:
    """Enter what the folder's files say into the event's store, said at ``now``."""
    with contextlib.closing(store_of(folder, loaded.event.id, database)) as store:
        return enter(store.log, store.people, loaded.plan, loaded.entrants, now)


def serve(
    folders: Sequence[Path],
    *,
    host: str,
    port: int,
    clock: EventClock = REAL_DAY,
    rehearsal: str = "",
    database: str = "",
    behind_proxy: str = "",
    more: Callable[[str, list[Event]], Sequence[Child]] = lambda _address, _events: (),
    on_ready: Callable[[str, list[Event]], None] = lambda _address, _events: None,
) -> int:
    """Serve events until told to stop; returns the exit code.

    ``more`` gives further processes, once the address is known; ``on_ready`` is called when the pages
    answer. PlanError when a folder cannot be run or an address is taken.
    """
    _raise_file_limit()
    wire_folder = tempfile.mkdtemp(prefix="homestretch-")
    try:
        with contextlib.ExitStack() as held:
            http = held.enter_context(_listen(host, port, "the pages (--port)"))
            events: list[Event] = []
            specs: list[EventSpec] = []
            locks: list[int] = []
            for folder in folders:
                locks.append(held.enter_context(_only_server_of(folder)))
                loaded = load_folder(folder)
                if loaded.event.id in {event.id for event in events}:
                    raise PlanError(
                        f"Two folders have an event with the id {loaded.event.id!r}.",
                        "Give one of them another id in its event.toml.",
                    )
                load_into_store(folder, loaded, clock.event_at(wall_now()), database)
                events.append(loaded.event)
                specs.append(_spec_of(folder, loaded.event, database, held))
            spec = ServerSpec(
                specs, f"{wire_folder}/wire", http.fileno(), clock, rehearsal, behind_proxy
            )
            address = f"http://{_said_host(host)}:{http.getsockname()[1]}"
            text = msgspec.json.encode(spec).decode()
            doors = tuple(door.fd for event in specs for door in event.doors)
            children = [
                Child("keeper", command_of("_keeper", text), (*doors, *locks)),
                Child("front", command_of("_front", text), (http.fileno(),)),
                *more(address, events),
            ]
            return Supervisor(
                children, lambda: _answers(http), lambda: on_ready(address, events)
            ).run()
    finally:
        shutil.rmtree(wire_folder, ignore_errors=True)


def keep(spec: ServerSpec) -> None:
    """The keeper process."""
    _say_what_matters()
    uvloop.run(ends_with_supervisor(_keep(spec)))


def show(spec: ServerSpec) -> None:
    """A front process."""
    _say_what_matters()
    _raise_file_limit()
    uvloop.run(ends_with_supervisor(_show(spec)))


async def _keep(spec: ServerSpec) -> None:
    def now() -> int:
        return spec.clock.event_at(wall_now())

    keeper = Keeper(now, wall_now)
    readers = list_readers()
    servers: list[asyncio.Server] = []  # a server that nobody refers to is closed
    async with asyncio.TaskGroup() as tasks:
        for event in spec.events:
            store = open_store(event.store, event.id)

            def publish(picture: Picture, event_id: str = event.id) -> None:
                keeper.publish(keeper.events[event_id], picture)

            live = Live(
                store.log,
                store.people,
                now,
                publish,
                rehearsal=spec.rehearsal,
                speed=spec.clock.speed,
            )
            keeper.events[event.id] = Kept(event.id, store.log, store.people, live)
            live.refresh()
            tasks.create_task(live.run())
            tasks.create_task(_drop_expired(store))
            context = Context(ZoneInfo(event.zone), event.date)
            for door in event.doors:
                listener = socket.socket(fileno=os.dup(door.fd))
                servers.append(
                    await TcpDoor(readers[door.reader], context, live, now).serve(listener)
                )
        servers.append(await asyncio.start_unix_server(keeper.serve, spec.wire, limit=2**20))
        tasks.create_task(keeper.watch_keys())


async def _show(spec: ServerSpec) -> None:
    application = make_application()
    front = Front(lambda picture: streams.on_picture(picture))
    streams = Streams(front.get)
    application.state.front = application.state.pictures = front
    application.state.streams = streams
    config = uvicorn.Config(
        application,
        http=Connection,
        loop="none",
        lifespan="off",
        ws="none",
        access_log=False,
        server_header=False,
        proxy_headers=bool(spec.behind_proxy),
        forwarded_allow_ips=spec.behind_proxy or None,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=1,
        log_level="warning",
    )
    server = uvicorn.Server(config)
    listener = socket.socket(fileno=os.dup(spec.http_fd))
    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(front.follow(Path(spec.wire)))
        sending = tasks.create_task(streams.run())
        await server.serve(sockets=[listener])
        following.cancel()
        sending.cancel()


async def _drop_expired(store: Store) -> None:
    """Free texts, unreadable bytes and sessions go when their time is over."""
    while True:
        try:
            store.people.drop_expired(wall_now())
        except StoreError as error:  # the day goes on; the next round tries again
            logger.error("expired texts could not be erased", reason=str(error))
        await asyncio.sleep(EXPIRY_S)


def _spec_of(folder: Path, event: Event, database: str, held: contextlib.ExitStack) -> EventSpec:
    doors = []
    for door in event.doors:
        listener = held.enter_context(
            _listen(door.host, door.port, f"{event.id}: door {door.reader}")
        )
        doors.append(DoorSpec(door.reader, listener.fileno()))
    return EventSpec(event.id, database or str(folder), event.zone, event.date, doors)


def _listen(host: str, port: int, purpose: str) -> socket.socket:
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
def _only_server_of(folder: Path) -> Iterator[int]:
    """Hold the folder's lock, also in the keeper that inherits it: one server keeps an event."""
    import fcntl

    try:
        lock = (folder / ".server.lock").open("w")
    except OSError as error:
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


def _answers(listener: socket.socket) -> bool:
    """Whether the pages answer (the front has a Picture of every event)."""
    import http.client

    host, port = listener.getsockname()[:2]
    connection = http.client.HTTPConnection(_said_host(host), port, timeout=1.0)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _say_what_matters() -> None:
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


def _said_host(host: str) -> str:
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
    said = everywhere.get(host, host)
    return f"[{said}]" if ":" in said else said


def _raise_file_limit() -> None:
    """Every stream is an open file; the usual soft limit is far too low for a cheering city."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
