"""From an accepted read to the changed page, with the demo's load at 60 times speed and 500 streams.

People who never started in the made-up day are read at the start, one after the other: each such read
changes the home page (one more has started) and the runner's own page. A message of a stream holds the
read when the Picture that it was made from reaches as far as the log did when the read was answered.
"""

from __future__ import annotations

import contextlib
import csv
import http.client
import io
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from bench.figure import Figure, at_most, told
from bench.served import (
    HOST,
    Prepared,
    Server,
    cpu_s,
    free_port,
    get,
    get_json,
    make_key,
    memory_mib,
    open_files,
    running,
)
from homestretch.rehearsal.day import day
from homestretch.rehearsal.plan import plan
from homestretch.store.sqlite_log import SqliteLog

STREAMS = 500
PROBES, PROBE_EVERY_S = 100, 0.6
BEGIN, SPEED = "08:20", "60"
KEYS_S = 2.5
LOOK_S = 0.01
LOOK_AGAIN_S = 0.5
SETTLE_S = 3.0
ROOT = Path(__file__).resolve().parents[1]


class Probe(NamedTuple):
    """A read that was sent: whose, when it was sent and answered (monotonic s), and how far the log
    reached then."""

    bib: str
    sent_s: float
    answered_s: float
    seq: int


class Message(NamedTuple):
    """A message of a stream: when it came (monotonic s), and how far its Picture reached."""

    at_s: float
    seq: int


class Cost(NamedTuple):
    """What a process had used by then: CPU seconds, MiB of memory, open files."""

    cpu_s: float
    memory_mib: float
    files: int


def measure() -> list[Figure]:
    """One minute, an hour of the made-up day."""
    with tempfile.TemporaryDirectory() as folder:
        return _measure(Path(folder))


def _measure(folder: Path) -> list[Figure]:
    prepared = Prepared(folder / "event", plan(1), 0)
    absent = list_absent(prepared)
    words = ["demo", "--folder", str(prepared.folder), "--at", BEGIN, "--speed", SPEED]
    server = Server(words, free_port(), folder / "said.txt")
    with running(server):
        wait_for_the_clock(server)
        chips = list_public(server.port, prepared.plan.event_id, absent)
        key = make_key(prepared, "device", "PROBE")
        log = SqliteLog(prepared.folder / "facts.db")
        parts = {name: server.find(name) or 0 for name in ("keeper", "front")}
        time.sleep(KEYS_S)
        with following(server.port, paths_of(prepared.plan.event_id, chips)) as clients:
            arriving = _Arriving(server.port)
            arriving.start()
            before, first = {name: _cost(pid) for name, pid in parts.items()}, log.last_seq()
            began = time.monotonic()
            probes = [
                send_probe(server.port, prepared.plan.event_id, key, log, *item)
                for item in chips.items()
            ]
            took_s, reads = time.monotonic() - began, log.last_seq() - first
            after = {name: _cost(pid) for name, pid in parts.items()}
            time.sleep(SETTLE_S)
            arriving.stopping.set()
            arriving.join()
            heard = tell(clients)
        log.close()
        _check_started(server.port, prepared.plan.event_id, chips)
    return [
        *_latencies(prepared.plan.event_id, probes, heard, arriving.pictures),
        told("read to page: load, facts a second", reads / took_s, "facts/s"),
        *_costs(before, after, reads),
    ]


def list_absent(prepared: Prepared) -> dict[str, str]:
    """bib -> chip of people whom nothing reads in the whole day."""
    truth = day(1).truth
    absent = {
        bib for bib, crossed in zip(truth.bibs, truth.crossed_at, strict=True) if crossed.max() < 0
    }
    rows = csv.DictReader(io.StringIO(prepared.plan.entrants_csv))
    found = [(row["Bib"], row["Chip"]) for row in rows if row["Bib"] in absent and row["Chip"]]
    return dict(found)


def list_public(port: int, event: str, chips: dict[str, str]) -> dict[str, str]:
    """Those who have a public page: nobody follows a hidden one."""
    shown = [bib for bib in chips if get(port, f"/{event}/runners/{bib}.json")[0] == 200]
    return {bib: chips[bib] for bib in shown[:PROBES]}


def wait_for_the_clock(server: Server) -> None:
    """Until the clock goes: what was before ``BEGIN`` has then been taken in."""
    first = event_now(server.port)
    while event_now(server.port) == first:
        time.sleep(LOOK_AGAIN_S)


def event_now(port: int) -> int:
    """The event's time (UTC ms) as the pages know it."""
    (event,) = get_json(port, "/healthz")["events"].values()
    now: int = event["now"]
    return now


def paths_of(event: str, chips: dict[str, str]) -> list[str]:
    """Half of the streams follow the home page, some the results, the others a runner each."""
    runners = [f"/{event}/stream?board=runner&bib={bib}" for bib in chips]
    home = [f"/{event}/stream?board=home"] * (STREAMS // 2)
    rest = STREAMS - len(runners) - len(home)
    races = [f"/{event}/stream?board=results&race={race}" for race in ("marathon", "half")]
    return [*home, *runners, *(races * rest)[:rest]]


@contextlib.contextmanager
def following(port: int, paths: list[str]) -> Iterator[subprocess.Popen[str]]:
    clients = subprocess.Popen(
        [sys.executable, "-m", "bench.stream_clients", str(port)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert clients.stdin is not None
    assert clients.stdout is not None
    clients.stdin.write("\n".join(paths) + "\n\n")
    clients.stdin.flush()
    try:
        assert clients.stdout.readline() == "ready\n"
        yield clients
    finally:
        clients.kill()
        clients.wait()


def tell(clients: subprocess.Popen[str]) -> dict[str, list[list[Message]]]:
    """By path: what each stream heard. The streams of a path are told one after the other."""
    said, _ = clients.communicate()
    heard: dict[str, list[list[Message]]] = defaultdict(list)
    for line in said.splitlines():
        path, at_s, number = line.split()
        message = Message(float(at_s), int(number.split("-")[0]))
        streams = heard[path]
        if not streams or message.at_s < streams[-1][-1].at_s:
            streams.append([])
        streams[-1].append(message)
    return heard


class _Arriving(threading.Thread):
    """Notes when the front has each new Picture."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self._connection = http.client.HTTPConnection(HOST, port, timeout=10)
        self.pictures: list[Message] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        newest = -1
        while not self.stopping.is_set():
            self._connection.request("GET", "/healthz")
            (event,) = msgspec.json.decode(self._connection.getresponse().read())["events"].values()
            seq = int(event["number"].split("-")[0])
            if seq != newest:
                newest = seq
                self.pictures.append(Message(time.monotonic(), seq))
            time.sleep(LOOK_S)
        self._connection.close()


def send_probe(port: int, event: str, key: str, log: SqliteLog, bib: str, chip: str) -> Probe:
    """Somebody is read at the start, late."""
    time.sleep(PROBE_EVERY_S)
    item = {
        "seq": int(bib),
        "kind": "read",
        "seen_at": event_now(port),
        "chip": chip,
        "place": "START-1",
    }
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    body, headers = msgspec.json.encode({"items": [item]}), {"Authorization": f"Bearer {key}"}
    sent_s = time.monotonic()
    connection.request("POST", f"/{event}/facts", body, headers)
    answer = connection.getresponse()
    said = answer.read()
    answered_s = time.monotonic()
    connection.close()
    assert msgspec.json.decode(said)["durable"] == 1, said
    return Probe(bib, sent_s, answered_s, log.last_seq())


def _check_started(port: int, event: str, chips: dict[str, str]) -> None:
    """Every read that was sent made its runner a starter, or the figures mean nothing."""
    for bib in chips:
        _, body = get(port, f"/{event}/runners/{bib}.json")
        assert b'"on_road":true' in body, body[:2000]


def _latencies(
    event: str,
    probes: list[Probe],
    heard: dict[str, list[list[Message]]],
    pictures: list[Message],
) -> list[Figure]:
    home, own, at_front, to_page = [], [], [], []
    for probe in probes:
        arrived_s = first_with(pictures, probe.seq)
        here = [first_with(stream, probe.seq) for stream in heard[f"/{event}/stream?board=home"]]
        home += [at_s - probe.answered_s for at_s in here]
        (stream,) = heard[f"/{event}/stream?board=runner&bib={probe.bib}"]
        own.append(first_with(stream, probe.seq) - probe.answered_s)
        at_front.append(arrived_s - probe.answered_s)
        to_page += [at_s - arrived_s for at_s in here]
    accepted = [probe.answered_s - probe.sent_s for probe in probes]
    name = "read to page"
    return [
        at_most(500, f"{name}: home page, p99 of all streams", 1000 * quantile(home, 99), "ms"),
        at_most(500, f"{name}: the runner's page, p99", 1000 * quantile(own, 99), "ms"),
        told(f"{name}: home page, median", 1000 * quantile(home, 50), "ms"),
        told(f"{name}: the runner's page, median", 1000 * quantile(own, 50), "ms"),
        told(f"{name}: streams", sum(map(len, heard.values())), "streams"),
        told(f"{name}: before it, sent to durable, median", 1000 * quantile(accepted, 50), "ms"),
        told(f"{name}: durable to Picture at the front", 1000 * quantile(at_front, 50), "ms"),
        told(f"{name}: Picture to message at the client", 1000 * quantile(to_page, 50), "ms"),
    ]


def first_with(messages: list[Message], seq: int) -> float:
    """When the first message came whose Picture reaches as far as ``seq``; infinite if none did."""
    return next((message.at_s for message in messages if message.seq >= seq), float("inf"))


def quantile(values: list[float], percent: float) -> float:
    return float(np.quantile(values, percent / 100, method="higher"))


def _cost(pid: int) -> Cost:
    return Cost(cpu_s(pid), memory_mib(pid), open_files(pid))


def _costs(before: dict[str, Cost], after: dict[str, Cost], reads: int) -> list[Figure]:
    spent = {name: after[name].cpu_s - before[name].cpu_s for name in before}
    return [
        told("whole path: CPU of keeper and front", 1e6 * (spent["keeper"] + spent["front"]) / reads,
             "us/fact"),
        told("whole path: CPU of the keeper", 1e6 * spent["keeper"] / reads, "us/fact"),
        told("whole path: CPU of the front, 500 streams", 1e6 * spent["front"] / reads, "us/fact"),
        *(
            told(f"whole path: memory of the {name}", after[name].memory_mib, "MiB")
            for name in ("keeper", "front")
        ),
    ]  # fmt: skip
