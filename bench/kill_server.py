"""``kill -9`` of keeper, front and supervisor while devices send: what was acknowledged is there, once.

Two devices send made-up reads as bytes through their doors. The one of the JSON door writes down, in this
process and outside of the server, which numbers were answered; it sends a batch until it is answered, and
now and then an answered one again. The JChip device is never answered: it remembers its last lines and
sends them all again after a broken connection.

Most kills come within some milliseconds of a batch, so that a good part of them falls into the commit. Two
of six come at a moment that is observed: the process is stopped, a batch is sent that nobody can answer
(a new one, or one that was sent before), and only then the kill comes. The log is then read without the
server.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from bench.figure import Figure, at_least, at_most, told
from bench.kill_devices import BACK_S, BEGIN_AT, DEVICE, JChip, Sender, Watcher
from bench.served import Prepared, Server, free_port, get_json, make_key, prepare
from homestretch.store.sqlite_log import SqliteLog

Moment: TypeAlias = Literal["any", "sending", "resending"]

LABEL = "KILL"
TARGETS = ("keeper", "front", "keeper", "front", "both", "supervisor")
MOMENTS: tuple[Moment, ...] = ("sending", "any", "any", "resending", "any", "any")
"""When the kill of each target comes: while a new batch is unanswered, one that was sent before, or by chance."""
LATEST_KILL_S = 0.025


class _Blow(NamedTuple):
    """What was being sent when a kill came: the number of the attempt, and whether it was one more."""

    attempt: int
    again: bool


class Killed(NamedTuple):
    """What the rounds found. ``in_flight``: kills while a batch had been sent that was then never answered,
    and ``resending``: those of a batch that had been sent before; ``forgotten``: JChip lines that are missing
    because the device no longer remembers them."""

    kills: int
    in_flight: int
    resending: int
    acknowledged: int
    lost: int
    twice: int
    refused: int
    remembered: int
    missing: int
    forgotten: int
    jchip_twice: int
    jchip_connections: int
    streams: int
    statuses: Counter[int]
    faults: tuple[str, ...]


def measure() -> list[Figure]:
    """200 rounds."""
    with tempfile.TemporaryDirectory() as folder:
        killed = kill_rounds(Path(folder), rounds=200, seed=1)
    name = "kill -9 of the server"
    return [
        told(f"{name}: kills", killed.kills, "kills"),
        at_least(20, f"{name}: kills while a batch was unanswered", killed.in_flight, "kills"),
        at_least(5, f"{name}: kills while a batch was sent again", killed.resending, "kills"),
        told(f"{name}: acknowledged over HTTP", killed.acknowledged, "reads"),
        at_most(0, f"{name}: acknowledged and lost", killed.lost, "reads"),
        at_most(0, f"{name}: there twice", killed.twice + killed.jchip_twice, "reads"),
        at_most(0, f"{name}: refused", killed.refused, "batches"),
        told(f"{name}: JChip connections", killed.jchip_connections, "connections"),
        told(f"{name}: JChip lines still remembered", killed.remembered, "lines"),
        at_most(0, f"{name}: remembered and missing", killed.missing, "lines"),
        told(f"{name}: forgotten by the device and missing", killed.forgotten, "lines"),
        at_most(0, f"{name}: tracebacks", len(killed.faults), "lines"),
    ]


def kill_rounds(folder: Path, rounds: int, seed: int) -> Killed:
    """Serve a made-up event, kill one of its processes ``rounds`` times, then compare."""
    prepared = prepare(folder / "event")
    key = make_key(prepared, "device", LABEL)
    server = Server(["run", str(prepared.folder)], free_port(), folder / "said.txt")
    server.start()
    server.wait_until_ready()
    chance = random.Random(seed)
    sender = Sender(server.port, prepared.plan.event_id, key, random.Random(seed + 1))
    jchip = JChip(prepared.jchip_port)
    watcher = Watcher(server.port, prepared.plan.event_id)
    blows: list[_Blow] = []
    try:
        for device in (sender, jchip, watcher):
            device.start()
        for number in range(rounds):
            target, moment = TARGETS[number % len(TARGETS)], MOMENTS[number % len(MOMENTS)]
            blows.append(_kill(server, sender, target, moment, chance))
            _wait_until_back(server, sender, jchip)
        watcher.expect_more()
    finally:
        for device in (sender, jchip, watcher):
            device.stopping.set()
        for device in (sender, jchip, watcher):
            device.join(BACK_S)
    seen = get_json(server.port, f"/{prepared.plan.event_id}.json")
    assert seen["counts"]["entered"] == 1000, seen["counts"]
    assert server.end() == 0, server.said()
    faults = tuple(line for line in server.said().splitlines() if "Traceback" in line)
    return _compare(prepared, blows, sender, jchip, watcher, faults)


def _kill(
    server: Server, sender: Sender, target: str, moment: Moment, chance: random.Random
) -> _Blow:
    """Kill while a batch is unanswered, or by chance within some milliseconds after one was sent."""
    assert server.main is not None
    parts = ("keeper", "front") if target == "both" else (target,)
    found = [server.main.pid if part == "supervisor" else server.find(part) for part in parts]
    pids = [pid for pid in found if pid is not None]
    assert len(pids) == len(parts), server.said()
    if moment == "any":
        sender.sent.clear()
        assert sender.sent.wait(BACK_S)
        time.sleep(chance.uniform(0, LATEST_KILL_S))
    else:
        sender.send_to_nobody(pids, again=moment == "resending")
    blow = _Blow(sender.attempt, sender.again)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    if target == "supervisor":
        server.main.wait()
        server.start()
    return blow


def _wait_until_back(server: Server, sender: Sender, jchip: JChip) -> None:
    """Until a batch that was sent after the kill has been answered, and the devices are connected."""
    sender.answered.clear()
    jchip.spoke.clear()
    if not (sender.answered.wait(BACK_S) and sender.sent.wait(BACK_S)):
        raise TimeoutError(server.said())
    sender.answered.clear()
    if not (sender.answered.wait(BACK_S) and jchip.spoke.wait(BACK_S)):
        raise TimeoutError(server.said())
    until = time.monotonic() + BACK_S
    while not (server.find("keeper") and server.find("front")):
        if time.monotonic() > until:
            raise TimeoutError(server.said())
        time.sleep(0.02)


def _compare(
    prepared: Prepared,
    blows: list[_Blow],
    sender: Sender,
    jchip: JChip,
    watcher: Watcher,
    faults: tuple[str, ...],
) -> Killed:
    log = SqliteLog(prepared.folder / "facts.db")
    rows = log.read_since(0)
    log.close()
    source = {text: number for number, text in enumerate(rows.symbols)}
    reads = rows.reads
    numbers = Counter(reads["number"][reads["source"] == source[f"http:{LABEL}"]].tolist())
    acknowledged = [number for batch in sender.ledger for number in batch]
    lines = Counter(
        (rows.symbols[chip], seen_at)
        for chip, seen_at in reads[reads["source"] == source[f"jchip:{DEVICE}"]][
            ["chip", "seen_at"]
        ].tolist()
    )
    lost_on_the_way = [blow for blow in blows if blow.attempt not in sender.durable]
    sent = [(f"{0x41F000 + n % 991:06X}", BEGIN_AT + 3 * n) for n in range(jchip.lines)]
    kept = sent[-len(jchip.remembered) :]
    return Killed(
        kills=len(blows),
        in_flight=len(lost_on_the_way),
        resending=sum(blow.again for blow in lost_on_the_way),
        acknowledged=len(acknowledged),
        lost=sum(number not in numbers for number in acknowledged),
        twice=sum(count > 1 for count in numbers.values()),
        refused=sum(n for status, n in sender.statuses.items() if status not in (200, 503)),
        remembered=len(kept),
        missing=sum(line not in lines for line in kept),
        forgotten=sum(line not in lines for line in sent[: -len(kept)]),
        jchip_twice=sum(count > 1 for count in lines.values()) + len(lines.keys() - set(sent)),
        jchip_connections=jchip.connections,
        streams=watcher.streams,
        statuses=sender.statuses,
        faults=faults,
    )
