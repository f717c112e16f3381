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

import msgspec

from homestretch.app import load_folder, load_into_store, serve, store_of, wall_now
from homestretch.errors import PlanError
from homestretch.playing.player import Stage, play
from homestretch.race.clock import EventClock
from homestretch.race.event import Event
from homestretch.race.privacy import Role
from homestretch.rehearsal.day import SENDERS, day
from homestretch.rehearsal.plan import RehearsalPlan, plan
from homestretch.rehearsal.schedule import DATE, clock_s, midnight_at
from homestretch.server.supervisor import Child, command_of, ends_with_supervisor
from homestretch.store.keys import new_key

DAY_BEGINS_S = clock_s(6, 48)
CAUGHT_UP_PER_S = 12_000
"""Messages of the past that are sent in a second of wall time, about."""
KEY_MS = 7 * 86_400_000
MADE_UP = "A rehearsal: everybody here is made up."


class PlaySpec(msgspec.Struct):
    """What the process that plays the devices must know; travels as JSON on its command line."""

    seed: int
    marathon: int
    half: int
    stop_at_s: float | None
    clock: EventClock
    host: str
    http_port: int
    jchip_port: int
    event: str
    keys: dict[str, str]


def run_demo(
    *,
    speed: float,
    begin: str | None,
    seed: int,
    stop_at: str | None,
    host: str,
    port: int,
    marathon: int,
    half: int,
    say: Callable[[str], None],
    folder: Path | None = None,
) -> int:
    """Serve a rehearsal until told to stop. ``begin`` and ``stop_at`` are times of the day (13:05)."""
    begins_s = _seconds(begin, "--at") if begin else DAY_BEGINS_S
    stop_at_s = _seconds(stop_at, "--stop-at") if stop_at else None
    with contextlib.ExitStack() as held:
        folder = folder or Path(
            held.enter_context(tempfile.TemporaryDirectory(prefix="homestretch-demo-"))
        )
        jchip_port = free_port(host)
        planned = plan(seed, marathon=marathon, half=half, jchip_port=jchip_port)
        _write(folder, planned)
        # Entered the night before: whatever control says on the day is newer, wherever the demo begins.
        load_into_store(folder, load_folder(folder), midnight_at(DATE))
        begins_at = midnight_at(DATE) + int(begins_s * 1000)
        catch_up_s = _catch_up_s(seed, marathon, half, stop_at_s, begins_at)
        clock = EventClock(wall_now() + int(catch_up_s * 1000), begins_at, speed)
        staff, keys = _make_keys(folder, planned.event_id)
        play_clock = PlaySpec(
            seed, marathon, half, stop_at_s, clock, host, 0, jchip_port, planned.event_id, keys
        )

        def more(address: str, _: list[Event]) -> Sequence[Child]:
            spec = msgspec.structs.replace(play_clock, http_port=int(address.rsplit(":", 1)[1]))
            return [
                Child(
                    "devices", command_of("_play", msgspec.json.encode(spec).decode()), again=False
                )
            ]

        def on_ready(address: str, events: list[Event]) -> None:
            event = events[0]
            say(f"{event.name}, a made-up race day, is on:")
            say(f"  {address}/{event.id}")
            say("As the race director sees it (open once in your browser):")
            say(f"  {address}/{event.id}/key/{staff}")
            pace = (
                f"{speed:g} times as fast as a real one" if speed != 1 else "as fast as a real one"
            )
            say(f"It begins at {_clock_text(begins_s)} and runs {pace}. Ctrl-C ends it.")

        return serve(
            [folder],
            host=host,
            port=port,
            clock=clock,
            rehearsal=MADE_UP,
            more=more,
            on_ready=on_ready,
        )


def run_devices(spec: PlaySpec) -> None:
    """The process that plays the devices of the day."""
    made = day(spec.seed, marathon=spec.marathon, half=spec.half, stop_at_s=spec.stop_at_s)
    stage = Stage(spec.host, spec.http_port, spec.jchip_port, spec.event, spec.keys)
    asyncio.run(ends_with_supervisor(play(made.messages, spec.clock, stage, wall_now)))


def _write(folder: Path, planned: RehearsalPlan) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "event.toml": planned.event_toml,
        "course.gpx": planned.course_gpx,
        "entrants.csv": planned.entrants_csv,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _make_keys(folder: Path, event_id: str) -> tuple[str, dict[str, str]]:
    """A link for the director, and a key for each device and person that speaks to the JSON door."""
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
            if sender.door == "http"
        }
        return make("director", f"demo-{secrets.token_hex(2)}"), keys


def _catch_up_s(
    seed: int, marathon: int, half: int, stop_at_s: float | None, begins_at: int
) -> float:
    """Wall seconds that the messages before the beginning take; the clock stands meanwhile."""
    if begins_at <= midnight_at(DATE) + int(DAY_BEGINS_S * 1000):
        return 0.0
    messages = day(seed, marathon=marathon, half=half, stop_at_s=stop_at_s).messages
    return int(messages.at_ms.searchsorted(begins_at)) / CAUGHT_UP_PER_S


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
