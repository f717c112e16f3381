"""`homestretch demo`: a made-up race day from its folder to its devices, and the links to look at it."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import socket
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from homestretch.app import load_folder, load_into_store, serve, store_of, wall_now
from homestretch.errors import PlanError
from homestretch.folder.files import make_folder, put_new
from homestretch.photos.installed import can_read_pictures
from homestretch.playing.camera import play_camera
from homestretch.playing.player import play
from homestretch.playing.stage import Stage
from homestretch.playing.story_hour import DESK, play_story_hour
from homestretch.race.clock import EventClock
from homestretch.race.event import Event
from homestretch.race.privacy import Role
from homestretch.rehearsal.cast import PARTS
from homestretch.rehearsal.day import SENDERS, day
from homestretch.rehearsal.painting import paint_shot
from homestretch.rehearsal.plan import RehearsalPlan, plan
from homestretch.rehearsal.schedule import DATE, clock_s, midnight_at
from homestretch.rehearsal.snapping import list_snaps
from homestretch.rehearsal.story_hour import list_answering
from homestretch.server.held_clock import CLOCK_FILE, HeldClock
from homestretch.server.supervisor import Child, command_of, ends_with_supervisor
from homestretch.store.keys import new_key
from homestretch.store.links import new_link
from homestretch.store.pictures import name_of

DAY_BEGINS_S = clock_s(6, 48)
KEY_MS = 7 * 86_400_000
RUNNER = PARTS[0]
"""Whose private link is told."""
MADE_UP = "A rehearsal: everybody here is made up."


class PlaySpec(msgspec.Struct):
    """What the process that plays the devices must know: keys among it."""

    seed: int
    marathon: int
    half: int
    stop_at_s: float | None
    clock: EventClock
    clock_file: str
    host: str
    http_port: int
    jchip_port: int
    event: str
    keys: dict[str, str]
    links: dict[str, str] = {}
    """private links, by bib, of those who answer on their own page"""


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for; ``begin`` and ``stop_at`` are times of the day (13:05)."""

    speed: float
    begin: str | None
    seed: int
    stop_at: str | None
    host: str
    port: int
    marathon: int
    half: int


class Links(NamedTuple):
    """Tokens that are told when the demo begins."""

    director: str
    runner: str
    answering: dict[str, str]
    """of those who answer by themselves, by bib; these are not told"""


def run_demo(demo: Demo, say: Callable[[str], None], folder: Path | None = None) -> int:
    """Serve a rehearsal until told to stop; its folder is thrown away unless one is named."""
    begins_s = _seconds(demo.begin, "--at") if demo.begin else DAY_BEGINS_S
    with contextlib.ExitStack() as held:
        folder = folder or Path(
            held.enter_context(tempfile.TemporaryDirectory(prefix="homestretch-demo-"))
        )
        played, links = _prepare(demo, folder, begins_s)

        def more(address: str, _: list[Event]) -> Sequence[Child]:
            port = int(address.rsplit(":", 1)[1])
            told = msgspec.json.encode(msgspec.structs.replace(played, http_port=port))
            return [Child("devices", command_of("_play"), told=told, again=False)]

        def on_ready(address: str, events: list[Event]) -> None:
            for line in _greeting(events[0], address, links, begins_s, demo.speed):
                say(line)

        return serve(
            [folder],
            host=demo.host,
            port=demo.port,
            clock=played.clock,
            held_clock=True,
            rehearsal=MADE_UP,
            say=say,
            more=more,
            on_ready=on_ready,
        )


def _prepare(demo: Demo, folder: Path, begins_s: float) -> tuple[PlaySpec, Links]:
    """Make the event; returns what the devices must know, and the links that are told."""
    stop_at_s = _seconds(demo.stop_at, "--stop-at") if demo.stop_at else None
    jchip_port = free_port("127.0.0.1")
    planned = plan(demo.seed, marathon=demo.marathon, half=demo.half, jchip_port=jchip_port)
    _write(folder, planned)
    # Entered the night before: whatever control says on the day is newer, wherever the demo begins.
    load_into_store(folder, load_folder(folder), midnight_at(DATE))
    links, keys = _make_keys(folder, planned.event_id)
    begins_at = midnight_at(DATE) + int(begins_s * 1000)
    played = PlaySpec(
        seed=demo.seed,
        marathon=demo.marathon,
        half=demo.half,
        stop_at_s=stop_at_s,
        clock=EventClock(wall_now(), begins_at, demo.speed),
        clock_file=str(folder / CLOCK_FILE),
        host=demo.host,
        http_port=0,
        jchip_port=jchip_port,
        event=planned.event_id,
        keys=keys,
        links=links.answering,
    )
    return played, links


def run_devices(spec: PlaySpec) -> None:
    """The process that plays the devices of the day."""
    stage = Stage(spec.host, spec.http_port, spec.jchip_port, spec.event, spec.keys)
    played = day(spec.seed, marathon=spec.marathon, half=spec.half, stop_at_s=spec.stop_at_s)
    clock = HeldClock(spec.clock, Path(spec.clock_file))
    snaps = list_snaps(played.truth)
    # Who begins later has missed them: nobody hands in a card of what is long past.
    taken = bool(snaps) and snaps[-1].at > spec.clock.anchor_event_at and can_read_pictures()
    photo = name_of(paint_shot(snaps[-1].shot)) if taken else ""

    async def play_all() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(play(played.messages, clock, stage, wall_now))
            if spec.links:
                tasks.create_task(play_story_hour(clock, stage, spec.links, photo, wall_now))
            if photo:
                folder = Path(spec.clock_file).parent
                tasks.create_task(play_camera(clock, folder, snaps, wall_now))

    asyncio.run(ends_with_supervisor(play_all()))


def _greeting(
    event: Event, address: str, links: Links, begins_s: float, speed: float
) -> Sequence[str]:
    past = ", once everything before that has come in," if begins_s > DAY_BEGINS_S else ""
    pace = "as fast as a real one" if speed == 1 else f"{speed:g} times as fast as a real one"
    return (
        f"{event.name}, a made-up race day, is on:",
        f"  {address}/{event.id}",
        "As the race director sees it (open once in your browser):",
        f"  {address}/{event.id}/key/{links.director}",
        f"As {RUNNER.first} sees her own day (her private link):",
        f"  {address}/{event.id}/me/{links.runner}",
        f"It begins at {_clock_text(begins_s)}{past} and runs {pace}. Ctrl-C ends it.",
    )


def _write(folder: Path, planned: RehearsalPlan) -> None:
    """Write the event's files into a folder that is empty or new: somebody's own race stays as it is."""
    if folder.exists() and any(folder.iterdir()):
        raise PlanError(
            f"{folder} is not empty.", "A rehearsal wants a folder of its own: name a new one."
        )
    make_folder(folder)
    texts = {
        "event.toml": planned.event_toml,
        "course.gpx": planned.course_gpx,
        "entrants.csv": planned.entrants_csv,
    }
    for name, text in texts.items():
        put_new(folder / name, text.encode())


def _make_keys(folder: Path, event_id: str) -> tuple[Links, dict[str, str]]:
    """Links for the director and a runner, and a key for each device and person that speaks over HTTP."""
    now = wall_now()

    def make(role: Role, label: str, station: str = "") -> str:
        key, token = new_key(
            role, created_at=now, expires_at=now + KEY_MS, label=label, station=station
        )
        store.people.put_key(key)
        return token

    with contextlib.closing(store_of(folder, event_id)) as store:
        keys = {
            sender.name: make(sender.role, sender.name, sender.point)
            for sender in SENDERS
            if sender.door != "jchip"
        }
        own, token = new_link(str(RUNNER.bib), "own", created_at=now, expires_at=now + KEY_MS)
        store.people.put_links([own])
        keys[DESK] = make("desk", DESK)
        answering = {}
        for bib in list_answering():
            link, answering[bib] = new_link(bib, "own", created_at=now, expires_at=now + KEY_MS)
            store.people.put_links([link])
        return Links(make("director", f"demo-{secrets.token_hex(2)}"), token, answering), keys


def _seconds(text: str, option: str) -> float:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", text)
    if not match or int(match[1]) > 23 or int(match[2]) > 59 or int(match[3] or 0) > 59:
        raise PlanError(f"{option} {text!r} is not a time of day.", "Write it like 13:05.")
    return clock_s(int(match[1]), int(match[2]), int(match[3] or 0))


def _clock_text(seconds: float) -> str:
    return f"{int(seconds) // 3600}:{int(seconds) // 60 % 60:02}"


def free_port(host: str) -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
