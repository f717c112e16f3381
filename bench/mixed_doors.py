"""2,000 reads a second over 20 connections of mixed make for a minute: from a socket to the Picture, and memory.

A read is in the Picture once the Picture reaches as far into the log as the reads that were sent until then: the
k-th read that all devices sent together is there when k rows have come.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import msgspec
import numpy as np

from bench.figure import Figure, at_least, at_most, told
from bench.mixed_clients import Spec
from bench.served import (
    Server,
    cpu_s,
    free_port,
    get_json,
    make_key,
    memory_mib,
    prepare,
    running,
)
from homestretch.store.sqlite_log import SqliteLog

READS_PER_S, SECONDS, WARM_S = 2000, 60.0, 15.0
LOOK_S = 0.02
SETTLE_S = 5.0
ROW_BYTES = 8 * 8
"""What the columns keep of a read; a row of the log in memory is the race itself."""
ROOT = Path(__file__).resolve().parents[1]


def measure() -> list[Figure]:
    """A warm-up, then a minute."""
    with tempfile.TemporaryDirectory() as folder:
        return _measure(Path(folder))


def _measure(folder: Path) -> list[Figure]:
    prepared = prepare(folder / "event")
    ports = {"mylaps": free_port(), "chronotrack": free_port()}
    plan = prepared.folder / "event.toml"
    doors = "".join(f'{name} = "127.0.0.1:{port}"\n' for name, port in ports.items())
    plan.write_text(plan.read_text().replace("[doors]\n", f"[doors]\n{doors}"), encoding="utf-8")
    key = make_key(prepared, "device", "LOAD")
    server = Server(["run", str(prepared.folder)], free_port(), folder / "said.txt")
    with running(server):
        spec = Spec(
            jchip=prepared.jchip_port,
            http=server.port,
            path=f"/{prepared.plan.event_id}/facts",
            key=key,
            reads_per_s=READS_PER_S,
            seconds=WARM_S,
            **ports,
        )
        _play(spec)
        time.sleep(SETTLE_S)
        keeper = server.find("keeper") or 0
        minute = msgspec.structs.replace(spec, seconds=SECONDS, first_chip=1_000_000)
        log = SqliteLog(prepared.folder / "facts.db")
        before, began = memory_mib(keeper), (log.last_seq(), cpu_s(keeper))
        watch = _Watch(server.port)
        watch.start()
        slices = _play(minute)
        time.sleep(SETTLE_S)
        watch.stopping.set()
        watch.join()
        after, reads = memory_mib(keeper), log.read_since(began[0]).reads
        spent = cpu_s(keeper) - began[1]
        log.close()
    # A chip comes again, but never at the same time of the day.
    kept = (len(reads), len(np.unique(reads[["chip", "seen_at"]])))
    return _figures(slices, watch, began[0], kept, (before, after), spent)


def _play(spec: Spec) -> list[tuple[float, int]]:
    """(when, how many had been sent by then) of every slice."""
    words = [sys.executable, "-m", "bench.mixed_clients", msgspec.json.encode(spec).decode()]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    return [(float(at_s), int(sent)) for at_s, sent in rows]


class _Watch(threading.Thread):
    """Notes how far each new Picture reaches, and when it is at the front."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self._port = port
        self.seen: list[tuple[float, int]] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            (event,) = get_json(self._port, "/healthz")["events"].values()
            self.seen.append((time.monotonic(), int(event["number"].split("-")[0])))
            time.sleep(LOOK_S)


def _figures(
    slices: list[tuple[float, int]],
    watch: _Watch,
    first_seq: int,
    kept: tuple[int, int],
    memory: tuple[float, float],
    spent_s: float,
) -> list[Figure]:
    sent_s, sent = (np.array(column) for column in zip(*slices, strict=True))
    seen_s, seq = (np.array(column) for column in zip(*watch.seen, strict=True))
    there = np.searchsorted(seq, first_seq + sent, side="left")
    late = seen_s[np.minimum(there, len(seen_s) - 1)] - sent_s
    late[there == len(seen_s)] = np.inf
    weights = np.diff(sent, prepend=0)
    order = np.argsort(late)
    share = np.cumsum(weights[order]) / weights.sum()
    p99 = late[order][np.searchsorted(share, 0.99)]
    median = late[order][np.searchsorted(share, 0.5)]
    took_s = float(sent_s[-1] - sent_s[0])
    grown_mib = memory[1] - memory[0]
    name = "mixed doors"
    return [
        at_least(0.95 * READS_PER_S, f"{name}: reads a second", float(sent[-1]) / took_s, "reads/s"),
        at_most(1000, f"{name}: socket to Picture, p99", 1000 * float(p99), "ms"),
        told(f"{name}: socket to Picture, median", 1000 * float(median), "ms"),
        at_most(0, f"{name}: sent and not in the log", float(sent[-1] - kept[1]), "reads"),
        at_most(0, f"{name}: there twice", float(kept[0] - kept[1]), "reads"),
        told(f"{name}: CPU of the keeper", 1e6 * spent_s / kept[0], "us/read"),
        told(f"{name}: memory of the keeper", memory[1], "MiB"),
        at_most(
            64, f"{name}: memory beyond the reads themselves",
            grown_mib - kept[0] * ROW_BYTES / 2**20, "MiB",
        ),
    ]  # fmt: skip
