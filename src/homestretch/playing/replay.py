"""`homestretch replay`: a real past race as a live one, from its file to its devices, and is it right?

The reads travel as JChip bytes through sockets, reader and intake. When the last one is acknowledged the
log is read back from the store, folded, and compared with the file.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import msgspec

from homestretch.app import serve, store_of, wall_now
from homestretch.errors import PlanError
from homestretch.folder.files import make_folder, put
from homestretch.folder.write import course_gpx_text, entrants_csv_text, event_toml_text
from homestretch.playing.demo import KEY_MS, free_port
from homestretch.playing.player import play
from homestretch.playing.replay_check import Comparison, compare
from homestretch.playing.replay_file import load_past_race
from homestretch.playing.stage import Stage
from homestretch.race.clock import EventClock
from homestretch.race.event import Event
from homestretch.rehearsal.replay_lines import BY_MINUTE_MS, BY_SECOND_MS, ReplayScript
from homestretch.rehearsal.replay_plan import (
    EVENT_ID,
    MADE_UP,
    Waves,
    find_waves,
    list_entrants,
    make_course,
    make_event,
)
from homestretch.rehearsal.replay_times import (
    PastRace,
)
from homestretch.rehearsal.schedule import DATE, midnight_at
from homestretch.server.held_clock import CLOCK_FILE, HeldClock
from homestretch.server.supervisor import Child, command_of, ends_with_supervisor
from homestretch.state.columns import Columns
from homestretch.store.keys import new_key

BEFORE_GUN_MS = 120_000
KEY_LABEL = "replay"
LOOK_S = 0.05
AFTER_LAST_MS = 60_000


class ReplaySpec(msgspec.Struct):
    """What a replay needs, also in the process that plays its devices (as JSON on its command line)."""

    file: str
    distance_m: float
    edition: str = ""
    speed: float = 0.0
    """0: as fast as the server takes it"""
    json: bool = False
    folder: str = ""
    host: str = "127.0.0.1"
    http_port: int = 0
    jchip_port: int = 0
    clock: EventClock = EventClock()

    @property
    def clock_file(self) -> Path | None:
        """Where the clock is let go once the pages answer; at full speed it never stands."""
        return Path(self.folder) / CLOCK_FILE if self.speed else None


class Report(msgspec.Struct):
    """What ``--json`` prints."""

    finishers: int
    differences: int
    seconds: float


def run_replay(
    spec: ReplaySpec, *, host: str, port: int, folder: Path | None, say: Callable[[str], None]
) -> int:
    """Serve a replay until told to stop (with ``spec.json``: until it was compared). 0 when everything
    is as in the file. PlanError for a file or folder that cannot be used."""
    past = _load(spec)
    waves = find_waves(past.clock_ms[:, 0])
    with contextlib.ExitStack() as held:
        where = folder or Path(
            held.enter_context(tempfile.TemporaryDirectory(prefix="homestretch-replay-"))
        )
        spec = _prepare(spec, where, host, past, waves)

        def more(address: str, _events: list[Event]) -> Sequence[Child]:
            here = msgspec.structs.replace(spec, http_port=int(address.rsplit(":", 1)[1]))
            told = msgspec.json.encode(here)
            command = command_of("_replay")
            return [Child("devices", command, told=told, again=False, last=spec.json)]

        def on_ready(address: str, _events: list[Event]) -> None:
            if not spec.json:
                _say_ready(say, spec, past, waves, f"{address}/{EVENT_ID}")

        return serve(
            [where],
            host=host,
            port=port,
            clock=spec.clock,
            rehearsal=MADE_UP,
            held_clock=spec.clock_file is not None,
            more=more,
            on_ready=on_ready,
        )


def _prepare(spec: ReplaySpec, folder: Path, host: str, past: PastRace, waves: Waves) -> ReplaySpec:
    """Make the event; returns what the devices must know."""
    jchip_port = free_port("127.0.0.1")
    _write_folder(folder, past, make_event(past, waves, Path(spec.file).stem, jchip_port), waves)
    return msgspec.structs.replace(
        spec,
        folder=str(folder),
        host=host,
        jchip_port=jchip_port,
        clock=_make_clock(spec.speed, past, waves),
    )


def run_replay_devices(spec: ReplaySpec) -> int:
    """The process that plays the devices, then compares what the store holds with the file."""
    began = time.monotonic()
    past = _load(spec)
    script = ReplayScript(past, BY_SECOND_MS if spec.speed else BY_MINUTE_MS)
    stage = Stage(spec.host, spec.http_port, spec.jchip_port, EVENT_ID, {})
    clock = HeldClock(spec.clock, spec.clock_file)
    asyncio.run(ends_with_supervisor(play(script, clock, stage, wall_now)))
    found = compare_with_store(spec, past)
    seconds = time.monotonic() - began
    if spec.json:
        report = Report(found.finishers, found.differences, round(seconds, 1))
        click.echo(msgspec.json.encode(report))
    else:
        _wait_until_said(spec)
        _say_found(found, past, script.reads, seconds)
    return 1 if found.differences else 0


def compare_with_store(spec: ReplaySpec, past: PastRace) -> Comparison:
    """Read the whole log back, fold it, and compare."""
    from homestretch.state.fold import Fold  # compiled: only the process that compares loads it

    with contextlib.closing(store_of(Path(spec.folder), EVENT_ID)) as store:
        rows = store.log.read_since(0)
    columns = Columns()
    columns.take(rows)
    now = HeldClock(spec.clock, spec.clock_file).event_at(wall_now())
    state = Fold(columns).state(now)
    if state is None:
        raise PlanError("The log of the replay holds no plan.", "Was its folder changed meanwhile?")
    return compare(past, find_waves(past.clock_ms[:, 0]), state, midnight_at(DATE))


def _load(spec: ReplaySpec) -> PastRace:
    return load_past_race(Path(spec.file), spec.edition, spec.distance_m)


def _write_folder(folder: Path, past: PastRace, event: Event, waves: Waves) -> None:
    """The event's three files; PlanError when the folder holds something else than this replay."""
    times = hashlib.blake2b(past.clock_ms.tobytes(), digest_size=8).hexdigest()
    mark = f"A replay of past times ({times}): names, course and guns are made up."
    plan = folder / "event.toml"
    if folder.is_dir() and any(folder.iterdir()):
        first = (
            plan.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0]
            if plan.is_file()
            else ""
        )
        if first != f"# {mark}":
            raise PlanError(
                f"{folder} holds something else than this replay.", "Name an empty or a new folder."
            )
    make_folder(folder)
    everybody = list(list_entrants(past, waves))
    texts = {
        "event.toml": event_toml_text(event, mark),
        "course.gpx": course_gpx_text(
            make_course(past.distance_m), f"{event.name}, invented course"
        ),
        "entrants.csv": entrants_csv_text(
            (entrant for entrant, _, _ in everybody),
            (person for _, person, _ in everybody),
            ((chip, entrant.bib) for entrant, _, chip in everybody),
        ),
    }
    for name, text in texts.items():
        put(folder / name, text.encode())


def _make_clock(speed: float, past: PastRace, waves: Waves) -> EventClock:
    """Beginning two minutes before the first gun; at full speed at the end of the day."""
    midnight, now = midnight_at(DATE), wall_now()
    if not speed:
        return EventClock(now, midnight + int(past.clock_ms.max()) + AFTER_LAST_MS, 1.0)
    return EventClock(now, midnight + int(waves.gun_ms[0]) - BEFORE_GUN_MS, speed)


def _say_ready(
    say: Callable[[str], None], spec: ReplaySpec, past: PastRace, waves: Waves, address: str
) -> None:
    now = wall_now()
    key, token = new_key("director", created_at=now, expires_at=now + KEY_MS, label=KEY_LABEL)
    guns = len(waves.gun_ms)
    say(f"{Path(spec.file).name} is on: {len(past.clock_ms):,} people, {len(past.points)} points.")
    say(f"  {address}")
    say("As the race director sees it (open once in your browser):")
    say(f"  {address}/key/{token}")
    say(f"{MADE_UP} {guns} gun{'s' if guns != 1 else ''}, by the whole minute before each start.")
    if past.starts_made_up:
        say("The file does not say who started when: people start in the order of their finish.")
    say("Ctrl-C ends it.")
    with contextlib.closing(store_of(Path(spec.folder), EVENT_ID)) as store:
        store.people.put_key(key)


def _wait_until_said(spec: ReplaySpec) -> None:
    """Until it was said where the pages are, which ends with the director's key: at full speed a small race is
    over before."""
    began = spec.clock.anchor_wall_at
    with contextlib.closing(store_of(Path(spec.folder), EVENT_ID)) as store:
        while not any(
            key.label == KEY_LABEL and key.created_at >= began for key in store.people.list_keys()
        ):
            time.sleep(LOOK_S)


def _say_found(found: Comparison, past: PastRace, reads: int, seconds: float) -> None:
    people = f"{found.finishers:,} finisher{'s' if found.finishers != 1 else ''}"
    if not found.differences:
        click.echo(
            f"{reads:,} reads, {people} in {seconds:,.0f} s: every clock, net time and place is as in"
            " the file. The pages stay up; Ctrl-C ends them."
        )
        return
    click.echo(
        f"{reads:,} reads, {people} of {int(past.finished.sum()):,}: {found.differences:,} differences"
        " from the file.",
        err=True,
    )
    for example in found.examples:
        click.echo(f"  {example}", err=True)
