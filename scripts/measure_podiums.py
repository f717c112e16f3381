"""Measures on made-up days what a podium that is called final is worth, and writes docs/evidence/podiums.md.

Each day is small, seeded, and comes as bytes through the readers, in the order of arrival: late, twice, with boxes that
fall silent, chips that are exchanged and mats that miss. The state is folded every ten minutes from what had arrived by
then, and every podium that is called final is compared with that of the end of the day.

    python scripts/measure_podiums.py [--days 200]
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import tempfile
from bisect import bisect_right
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from homestretch.facts import Assigned, Received, Ruled, received
from homestretch.folder.check import load
from homestretch.loading import enter
from homestretch.race.event import Event
from homestretch.readers import Context
from homestretch.readers.jchip import JChip
from homestretch.readers.json_door import read_batch
from homestretch.rehearsal.day import SENDERS, day
from homestretch.rehearsal.lines import jchip_name
from homestretch.rehearsal.messages import Messages
from homestretch.rehearsal.plan import plan
from homestretch.rehearsal.schedule import DATE, ZONE
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.podiums import Podium, find_podiums, places_of
from homestretch.state.snapshot import State
from homestretch.store.memory import MemoryLog, MemoryPeople

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "evidence" / "podiums.md"
BEGIN, END = "<!-- figures: written by scripts/measure_podiums.py -->", "<!-- end of figures -->"
MARATHON, HALF = 160, 200
MIDNIGHT = int(dt.datetime.combine(DATE, dt.time(), ZoneInfo(ZONE)).timestamp()) * 1000
HOUR_MS = 3_600_000
EVERY_MS = 600_000
FROM_AT, UNTIL_AT = MIDNIGHT + 8 * HOUR_MS, MIDNIGHT + 17 * HOUR_MS
ABSENT_AT = MIDNIGHT + 9 * HOUR_MS + 600_000
"""When the director says that whoever was not seen did not start: every start has closed."""


class Called(NamedTuple):
    """A podium when it was looked at: (bib, place) of everybody on it."""

    at: int
    stands: tuple[tuple[str, int], ...]


@dataclass
class Watched:
    """What one day showed: the hour of each first call, and those that then changed,
    by themselves or by an official's word on a chip of somebody on them."""

    categories: int = 0
    final_h: list[float] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    by_word: list[str] = field(default_factory=list)


def watch_day(seed: int) -> Watched:
    """A day, folded every ten minutes from what had arrived; every other one ranks by net time."""
    (log, event), (facts, worn) = _entered(seed, by_net=seed % 2 == 0), _hear(seed)
    columns, watched, done = Columns(), Watched(), 0
    fold, called = Fold(columns), dict[str, Called]()
    for now in range(FROM_AT, UNTIL_AT + 1, EVERY_MS):
        until = bisect_right(facts, now, key=lambda item: item.received_at)
        log.append(facts[done:until])
        done = until
        columns.take(log.read_since(columns.last_seq))
        state = fold.state(now)
        assert state is not None
        podiums = find_podiums(event, state)
        for podium in podiums:
            _look(
                watched,
                called,
                worn,
                podium.category.key,
                Called(now, _stands(state, podium)),
                podium.final,
                seed,
            )
        watched.categories = len(podiums)
    return watched


def _look(
    watched: Watched,
    called: dict[str, Called],
    worn: list[tuple[int, str]],
    key: str,
    now: Called,
    final: bool,
    seed: int,
) -> None:
    """Note a first call, and a podium that is another one than when it was called final."""
    before = called.get(key)
    if before is None:
        if final:
            called[key] = now
            watched.final_h.append((now.at - MIDNIGHT) / HOUR_MS)
    elif before.stands != now.stands:
        del called[key]
        bibs = {bib for bib, _ in (*before.stands, *now.stands)}
        told = any(said_at > before.at and bib in bibs for said_at, bib in worn)
        words = f"day {seed}, {key}: {before.stands} became {now.stands}"
        (watched.by_word if told else watched.changed).append(words)


def _stands(state: State, podium: Podium) -> tuple[tuple[str, int], ...]:
    place = dict(
        zip(podium.category.rows.tolist(), places_of(state, podium.category).tolist(), strict=True)
    )
    return tuple((state.roster.bibs[row], place[row]) for row in podium.first.tolist())


def _entered(seed: int, *, by_net: bool) -> tuple[MemoryLog, Event]:
    """A log with what the folder of the day says, the night before, and its event."""
    planned, log = plan(seed, marathon=MARATHON, half=HALF), MemoryLog()
    toml = planned.event_toml
    if by_net:
        toml = toml.replace('places_by = "gun"', 'places_by = "net"')
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "event.toml").write_text(toml, encoding="utf-8")
        (folder / "course.gpx").write_text(planned.course_gpx, encoding="utf-8")
        (folder / "entrants.csv").write_text(planned.entrants_csv, encoding="utf-8")
        loaded = load(folder, {"jchip": "tcp-server"})
    assert loaded.plan is not None
    enter(log, MemoryPeople(), loaded.plan, loaded.entrants, MIDNIGHT)
    return log, loaded.plan.event


def _hear(seed: int) -> tuple[list[Received], list[tuple[int, str]]]:
    """Everything that was said on the day, in the order of arrival, and when official words about chips came, with the
    bibs that they were about (who gave a chip away, too)."""
    made = day(seed, median_reads=2.0, marathon=MARATHON, half=HALF)
    found = list(_read(made.messages))
    found.append(received(Ruled(seen_at=ABSENT_AT, bib="*", verdict="dns"), "director", ABSENT_AT))
    found.sort(key=lambda item: item.received_at)
    worn = [(item.received_at, item.fact.bib) for item in found if isinstance(item.fact, Assigned)]
    return found, worn


def _read(messages: Messages) -> Iterator[Received]:
    context = Context(zone=ZoneInfo(ZONE), date=DATE.isoformat())
    roles = {sender.name: sender.role for sender in SENDERS}
    connections: dict[str, JChip] = {}
    for message in messages:
        device = message.device
        if isinstance(message.payload, dict):
            body = msgspec.json.encode({"items": [message.payload]})
            batch = read_batch(body, message.at_ms, f"http:{device}", roles[device], device)
            yield from (item.received for item in batch.heard)
        elif message.payload is None:
            connections.pop(device, None)
        elif message.door == "jchip":
            if device not in connections:
                connections[device] = JChip(context)
                connections[device].receive(jchip_name(device), message.at_ms)
            yield from (
                item.received
                for item in connections[device].receive(message.payload, message.at_ms)
            )


def main() -> int:
    """Measure, write the page; 1 when a podium that was called final changed by itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=200)
    days = parser.parse_args().days
    with ProcessPoolExecutor(max_workers=max(1, (os.cpu_count() or 2) - 1)) as pool:
        watched = list(pool.map(watch_day, range(1, days + 1), chunksize=5))
    rows = _rows(watched)
    for words in [one for day_ in watched for one in day_.changed]:
        print(words)
    print("\n".join(f"{name}: {value}" for name, value in rows))
    head, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    table = "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])
    PAGE.write_text(f"{head}{BEGIN}\n\n{table}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")
    return 1 if any(day_.changed for day_ in watched) else 0


def _rows(watched: list[Watched]) -> list[tuple[str, str]]:
    hours = sorted(hour for day_ in watched for hour in day_.final_h)
    categories = sum(day_.categories for day_ in watched)

    def by(share: float) -> str:
        hour = hours[min(len(hours) - 1, int(share * len(hours)))] if hours else 0.0
        return f"{int(hour)}:{round(hour % 1 * 60):02}"

    return [
        ("days", f"{len(watched):,}"),
        ("people a day", f"{MARATHON + HALF}"),
        ("podiums", f"{categories:,}"),
        ("calls that a podium is final, to 17:00", f"{len(hours):,}"),
        ("half of these calls came by", by(0.5)),
        ("nine tenths by", by(0.9)),
        ("called final, and then changed by themselves", f"{sum(len(d.changed) for d in watched)}"),
        (
            "called final, and then changed by an official's word on a chip that was exchanged",
            f"{sum(len(d.by_word) for d in watched)}",
        ),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
