"""The composition root: joins stores, doors, clock and pages into processes, and starts them.

One command starts a keeper (doors, log, fold) and a front (pages, streams); the user sees one server.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import structlog
import uvloop

from homestretch.errors import PlanError
from homestretch.folder.check import Loaded, load, load_bends
from homestretch.folder.doors import list_clashes
from homestretch.folder.problem import Problem
from homestretch.herald.starting import list_heralds
from homestretch.intake.calling import caller_of
from homestretch.intake.devices import Devices
from homestretch.intake.inbox import Inbox
from homestretch.intake.listener import TcpDoor
from homestretch.intake.uploaded import Uploaded
from homestretch.intake.uploads import Uploads
from homestretch.live import Live
from homestretch.loading import Entering, enter, list_differing, say_vanished
from homestretch.merging import NOBODY_KNOWN, Known, list_known
from homestretch.pauses import keep_pauses_short
from homestretch.picture import Picture
from homestretch.race.clock import EventClock, Moment
from homestretch.race.event import Event
from homestretch.readers import Context, list_readers, list_transports
from homestretch.server.asking import Asker
from homestretch.server.beside import NICE, run_beside
from homestretch.server.expiring import drop_expired
from homestretch.server.front import Front
from homestretch.server.held_clock import CLOCK_FILE, find_told, forget_clock, telling
from homestretch.server.keeper import Keeper
from homestretch.server.kept import Kept
from homestretch.server.listening import (
    answers,
    is_served,
    only_server_of,
    raise_file_limit,
    said_host,
    say_what_matters,
)
from homestretch.server.push_key import load_push_key
from homestretch.server.spec import (
    BesideSpec,
    DoorSpec,
    EventSpec,
    FrontSpec,
    PushSpec,
    ServerSpec,
    environment_of,
)
from homestretch.server.supervisor import Child, Supervisor, command_of, ends_with_supervisor
from homestretch.server.tls import Tls
from homestretch.server.told_address import Address, listen_as, scheme_of, telling_address
from homestretch.store import TEXT_KEEP_MS
from homestretch.store.opening import FACTS_FILE, Store, open_store
from homestretch.store.pictures import url_of

REAL_DAY = EventClock()
PICTURES = "HOMESTRETCH_PICTURES"
OF_DATABASE = re.compile(r"HOMESTRETCH_DATABASE$|PG[A-Z]+$")
"""Variables that say how to come into the database; a front, which talks to the world, has none of them."""

logger = structlog.get_logger(__name__)


def wall_now() -> int:
    """The wall's time, UTC ms."""
    return time.time_ns() // 1_000_000


def moment_in(folder: Path) -> Moment:
    """Now in the event of a folder: by the clock of the rehearsal that runs there, else by the wall."""
    now = wall_now()
    told = find_told(folder / CLOCK_FILE) if is_served(folder) else None
    return Moment(told.event_at(now) if told else now, now)


def load_folder(folder: Path) -> Loaded:
    """The plan and entrants of a folder; PlanError when it cannot be run."""
    return load(folder, list_transports())


def store_of(folder: Path, event_id: str, database: str = "") -> Store:
    """The store of an event: in its folder, or in the database that was named."""
    return open_store(database or folder, event_id)


def load_into_store(folder: Path, loaded: Loaded, now: int, database: str = "") -> Entering:
    """Enter what the folder's files say into the event's store, said at ``now``."""
    keep_until = wall_now() + TEXT_KEEP_MS
    with contextlib.closing(store_of(folder, loaded.event.id, database)) as store:
        plan, entrants = loaded.plan, loaded.entrants
        return enter(store.log, store.people, plan, entrants, now, keep_until=keep_until)


def find_vanished(folder: Path, database: str = "") -> list[Problem]:
    """Who is entered and stands no longer in entrants.csv, and what that would take from others; nothing before the
    event was started once."""
    if not database and not (folder / FACTS_FILE).exists():
        return []
    try:
        loaded = load_folder(folder)
    except PlanError:  # that is said already, and comes first
        return []
    with contextlib.closing(store_of(folder, loaded.event.id, database)) as store:
        return list_differing(store.log.read_since(0).others, store.people, loaded.entrants)


def find_known(folder: Path, event_id: str, database: str = "") -> Known:
    """Who is entered and what was decided so far; nobody before the event was started once."""
    if not database and not (folder / FACTS_FILE).exists():
        return NOBODY_KNOWN
    with contextlib.closing(store_of(folder, event_id, database)) as store:
        return list_known(store.log.read_since(0).others, store.people.list_persons())


def serve(
    folders: Sequence[Path],
    *,
    host: str,
    port: int,
    clock: EventClock = REAL_DAY,
    rehearsal: str = "",
    held_clock: bool = False,
    database: str = "",
    behind_proxy: str = "",
    tls: Tls | None = None,
    say: Callable[[str], None] = lambda _sentence: None,
    more: Callable[[str, list[Event]], Sequence[Child]] = lambda _address, _events: (),
    on_ready: Callable[[str, list[Event]], None] = lambda _address, _events: None,
) -> int:
    """Serve events until told to stop; returns the exit code.

    ``say`` gets what is wrong with the files. ``rehearsal`` says to whoever looks what is made up; it has one
    folder, where its clock is told. A held clock stands until one of the further processes lets it go.
    ``more`` gives these, once the address is known; ``on_ready`` is called when the pages answer, over TLS when
    there is a certificate for it. PlanError when a folder cannot be run or an address is taken.
    """
    raise_file_limit()
    with contextlib.ExitStack() as held:
        wire = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="homestretch-")))
        http = held.enter_context(listen_as(host, port, "the pages (--port)", folders[0]))
        here = http.getsockname()[:2]
        told_clock = clock if rehearsal else None
        events: list[Event] = []
        specs: list[EventSpec] = []
        inherited: list[int] = []
        for folder in folders:
            inherited.append(_take_folder(folder, held, told_clock, goes=not held_clock))
            loaded = _load_another(folder, dict(zip(folders, events, strict=False)), say)
            _enter(folder, loaded, clock.event_at(wall_now()), database, say)
            events.append(loaded.event)
            specs.append(_spec_of(folder, loaded.event, database, held))
            inherited += [door.fd for door in specs[-1].doors if door.fd >= 0]
            held.enter_context(telling_address(folder, _told(host, here[1], specs[-1], tls)))
        spec = ServerSpec(
            specs, str(wire / "wire"), http.fileno(), clock, rehearsal=rehearsal,
            clock_file=str(folders[0] / CLOCK_FILE) if held_clock else "", behind_proxy=behind_proxy, tls=tls,
        )  # fmt: skip
        address = f"{scheme_of(secure=tls is not None)}://{said_host(host)}:{here[1]}"
        children = [*_children(spec, inherited), *more(address, events)]
        is_ready = partial(answers, *here, secure=tls is not None)
        return Supervisor(children, is_ready, partial(on_ready, address, events)).run()


def _told(host: str, port: int, spec: EventSpec, tls: Tls | None) -> Address:
    return Address(host, port, spec.list_ports(), tls is not None)


def _take_folder(
    folder: Path, held: contextlib.ExitStack, clock: EventClock | None, *, goes: bool
) -> int:
    """Be the only server of a folder, by the clock of this rehearsal (None: of none); the lock is handed down."""
    lock = held.enter_context(only_server_of(folder))
    forget_clock(folder)
    if clock is not None:
        held.enter_context(telling(folder, clock, goes=goes))
    return lock


def _load_another(folder: Path, others: Mapping[Path, Event], say: Callable[[str], None]) -> Loaded:
    """Load a folder and say what is wrong with it; PlanError when another one has its id or its door."""
    loaded = load_folder(folder)
    for other, event in others.items():
        for clash in list_clashes([event, loaded.event]):
            raise PlanError(f"{clash.what} They are the events in {other} and {folder}.", clash.do)
    for sentence in loaded.say_findings(folder):
        say(sentence)
    return loaded


def _enter(
    folder: Path, loaded: Loaded, now: int, database: str, say: Callable[[str], None]
) -> None:
    """Enter what the files say into the store, and say who stands in them no longer."""
    for sentence in say_vanished(load_into_store(folder, loaded, now, database), folder):
        say(sentence)


def _children(spec: ServerSpec, inherited: Sequence[int]) -> list[Child]:
    """Keeper, front, and who looks ahead; the keeper inherits the folders' locks and the doors, the others
    know nothing of the database."""
    keeper, front = msgspec.json.encode(spec), msgspec.json.encode(spec.of_front)
    beside = msgspec.json.encode(spec.beside)
    known = {name: text for name, text in os.environ.items() if not OF_DATABASE.match(name)}
    children = [
        Child("keeper", command_of("_keeper"), tuple(inherited), keeper),
        Child("front", command_of("_front"), (spec.http_fd,), front, known),
        Child("forecaster", command_of("_forecaster"), (), beside, known, later=True),
        *list_heralds(spec, known),
    ]
    if spec.pushing.keys:
        told = msgspec.json.encode(spec.pushing)
        children.append(Child("pusher", command_of("_pusher"), (), told, known, later=True))
    return children


def keep(spec: ServerSpec) -> None:
    """The keeper process."""
    say_what_matters()
    keep_pauses_short()
    uvloop.run(ends_with_supervisor(_keep(spec)))


def show(spec: FrontSpec) -> None:
    """A front process."""
    say_what_matters()
    raise_file_limit()
    keep_pauses_short()
    uvloop.run(ends_with_supervisor(_show(spec)))


def look_ahead(spec: BesideSpec) -> None:
    """The process beside the keeper; the race goes before what it does."""
    from homestretch.server.forecasting import Forecasting, courses_of

    say_what_matters()
    keep_pauses_short()
    os.nice(NICE)
    courses = {event: courses_of(Path(folder)) for event, folder in spec.folders.items()}
    uvloop.run(ends_with_supervisor(Forecasting(courses).follow(Path(spec.wire))))


def push(spec: PushSpec) -> None:
    """The process that sends news to phones; the race goes before what it does."""
    from homestretch.server.pushing import Pushing
    from homestretch.web.spoken import find_speech

    say_what_matters()
    os.nice(NICE)

    async def work() -> None:
        await Pushing(spec.keys, speaks=find_speech).run(Path(spec.wire))

    uvloop.run(ends_with_supervisor(work()))


async def _keep(spec: ServerSpec) -> None:
    clock = spec.make_clock()

    def now() -> int:
        return clock.event_at(wall_now())

    keeper = Keeper(now, wall_now)
    servers: list[asyncio.Server] = []  # a server that nobody refers to is closed
    async with asyncio.TaskGroup() as tasks:
        for event in spec.events:
            store = open_store(event.store, event.id)

            def publish(picture: Picture, event_id: str = event.id) -> None:
                keeper.publish(keeper.events[event_id], picture)

            live = Live(
                store.log, store.people, now, publish,
                rehearsal=spec.rehearsal, speed=spec.clock.speed, beside=run_beside,
                bends=load_bends(Path(event.folder))[0],
            )  # fmt: skip
            devices = Devices(live, now)
            keeper.events[event.id] = _kept(event, store, live, devices)
            live.refresh()
            tasks.create_task(live.run())
            tasks.create_task(drop_expired(keeper.events[event.id], wall_now))
            tasks.create_task(keeper.events[event.id].darkroom.watch())
            tasks.create_task(devices.run())
            folder, where = Path(event.folder), environment_of(event)
            tasks.create_task(Asker(folder, live, command_of, where).run())
            tasks.create_task(Inbox(folder, devices, live.find_event, command_of, where).run())
            tasks.create_task(Uploaded(folder, live, devices, command_of, where).run())
            servers += await _open_doors(event, live, devices, now, tasks)
        ways = {
            spec.wire: keeper.serve,
            spec.beside.wire: keeper.serve_beside,
            spec.pushing.wire: keeper.serve_pushing,
        }
        for path, serve_at in ways.items():
            servers.append(await asyncio.start_unix_server(serve_at, path, limit=2**20))
        tasks.create_task(keeper.watch_keys())


def _kept(event: EventSpec, store: Store, live: Live, devices: Devices) -> Kept:
    pictures = url_of(Path(event.folder), os.environ.get(PICTURES, ""))
    return Kept(
        event.id, store.log, store.people, live, event.zone, event.date, devices, pictures,
        push_hosts=event.push.all_hosts if event.push else (),
    )  # fmt: skip


async def _open_doors(
    event: EventSpec, live: Live, devices: Devices, now: Callable[[], int], tasks: asyncio.TaskGroup
) -> list[asyncio.Server]:
    """Listen where timing systems call, and call those that are called."""
    servers = []
    for door in event.doors:
        peer = f"{door.host}:{door.port}"
        context = Context(ZoneInfo(event.zone), event.date, door.place, peer)
        if door.fd < 0:
            call = caller_of(door.reader, context, (door.host, door.port))
            tasks.create_task(call(live, devices, now).run())
        else:
            listener = socket.socket(fileno=os.dup(door.fd))
            opened = TcpDoor(list_readers()[door.reader], context, live, devices, now)
            servers.append(await opened.serve(listener))
    return servers


async def _show(spec: FrontSpec) -> None:
    """The pages are loaded here, by a front alone: no command and no other process has any."""
    import uvicorn

    from homestretch.web.application import make_application
    from homestretch.web.connection import front_config
    from homestretch.web.story_photos import put_out
    from homestretch.web.streams import Streams

    application = make_application()

    def on_picture(picture: Picture) -> None:
        put_out(application, picture)
        streams.on_picture(picture)

    front = Front(on_picture)
    streams = Streams(front.get)
    application.state.front = application.state.pictures = front
    application.state.streams = streams
    application.state.push_keys = spec.push_keys
    application.state.uploads = {event: Uploads(Path(it)) for event, it in spec.folders.items()}
    config = front_config(application, spec)
    server = uvicorn.Server(config)
    listener = socket.socket(fileno=os.dup(spec.http_fd))
    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(front.follow(Path(spec.wire)))
        sending = tasks.create_task(streams.run())
        await server.serve(sockets=[listener])
        following.cancel()
        sending.cancel()


def _spec_of(folder: Path, event: Event, database: str, held: contextlib.ExitStack) -> EventSpec:
    doors = []
    for door in event.doors:
        fd = -1
        if not door.calls:
            listener = held.enter_context(
                listen_as(door.host, door.port, f"{event.id}: door {door.reader}", folder)
            )
            fd = listener.fileno()
        doors.append(DoorSpec(door.reader, fd, door.host, door.port, door.place))
    where = str(folder.absolute())
    push, public = load_push_key(folder)
    store = database or where
    return EventSpec(event.id, where, store, event.zone, event.date, doors, push, public)
