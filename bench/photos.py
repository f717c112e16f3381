"""Pictures while a race runs: from the end of an upload (a file that lies in the inbox) until its runner is tagged on
control's page; and what reading pictures beside it costs the live path, against the same race without.

The pictures are drawn, of people of the made-up day who have just crossed the mat where the camera stands.
"""

from __future__ import annotations

import datetime as dt
import http.client
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from PIL import Image

from bench.figure import Figure, at_most, told
from bench.live_path import (
    Message,
    Probe,
    first_with,
    following,
    list_absent,
    list_public,
    paths_of,
    quantile,
    send_probe,
    tell,
    wait_for_the_clock,
)
from bench.served import HOST, Prepared, Server, free_port, make_key, running
from homestretch.rehearsal.day import day
from homestretch.rehearsal.plan import plan
from homestretch.rehearsal.schedule import DATE, ZONE
from homestretch.store.sqlite_log import SqliteLog
from tests.photos.bib_pictures import TESTING, Worn, as_jpeg, draw

BEGIN, SPEED = "08:20", "10"
PLACE = "10k"
FROM, UNTIL = dt.time(8, 2), dt.time(8, 19)
BEHIND_S = 61 * 60
"""What the camera's clock is off."""
CLOCK, SINGLE, MANY = 14, 1, 60
"""Pictures from which the camera's clock is told, one that is timed, and those that keep a core busy meanwhile."""
PROBES = 40
LOOK_S, WAIT_S = 0.25, 300.0
SETTLE_S = 3.0
TARGET_S = 60.0


class Shot(NamedTuple):
    """Who is to be in a picture, and when they crossed (UTC ms)."""

    bib: str
    at: int


class Desk(NamedTuple):
    """Control's page of pictures."""

    port: int
    event: str
    key: str

    def read(self) -> Any:
        """Its twin."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        try:
            headers = {"Authorization": f"Bearer {self.key}"}
            connection.request("GET", f"/{self.event}/photos.json", headers=headers)
            return msgspec.json.decode(connection.getresponse().read())
        finally:
            connection.close()

    def wait(self, is_so: Callable[[Any], bool]) -> float:
        """Seconds until the page is so; TimeoutError with what it says instead."""
        began = time.monotonic()
        while time.monotonic() < began + WAIT_S:
            if is_so(self.read()):
                return time.monotonic() - began
            time.sleep(LOOK_S)
        page = self.read()
        said = {name: page[name] for name in ("photos", "waiting", "failed", "asked", "cameras")}
        raise TimeoutError(str(said))


def measure() -> list[Figure]:
    """Some three minutes."""
    with tempfile.TemporaryDirectory() as folder:
        return _measure(Path(folder))


def _measure(folder: Path) -> list[Figure]:
    prepared = Prepared(folder / "event", plan(1), 0)
    words = ["demo", "--folder", str(prepared.folder), "--at", BEGIN, "--speed", SPEED]
    server = Server(words, free_port(), folder / "said.txt")
    with running(server):
        wait_for_the_clock(server)
        event, shots = prepared.plan.event_id, _list_shots()
        desk = Desk(server.port, event, make_key(prepared, "control", "DESK"))
        device = make_key(prepared, "device", "PROBE")
        chips = list_public(server.port, event, list_absent(prepared))
        log = SqliteLog(prepared.folder / "facts.db")
        with following(server.port, paths_of(event, chips)) as clients:
            idle, busy = [], []
            probes = iter(chips.items())

            def probe(into: list[Probe]) -> None:
                into.append(send_probe(server.port, event, device, log, *next(probes)))

            for _ in range(PROBES):
                probe(idle)
            _drop(prepared, [next(shots) for _ in range(CLOCK)], 0)
            desk.wait(lambda page: page["photos"] == CLOCK and _is_known(page))
            single_s = _time_one(prepared, desk, next(shots))
            _drop(prepared, [next(shots) for _ in range(MANY)], CLOCK + SINGLE)
            all_in = CLOCK + SINGLE + MANY
            desk.wait(lambda page: page["photos"] == all_in and page["waiting"] < MANY)
            for _ in range(PROBES):
                probe(busy)
            left = desk.read()["waiting"]
            assert left > 0, "the pictures were read before the probes were over"
            time.sleep(SETTLE_S)
            heard = tell(clients)
        log.close()
    home = heard[f"/{event}/stream?board=home"]
    return [
        at_most(TARGET_S, "pictures: end of upload to the tag on the page", single_s, "s"),
        *_compare(_delays(home, idle), _delays(home, busy)),
        told("pictures: left to be read after the last probe", left, "pictures"),
    ]


def _list_shots() -> Iterator[Shot]:
    """People who have crossed the camera's mat and were read there, in turn; each is pictured once."""
    truth, zone = day(1).truth, ZoneInfo(ZONE)
    first, last = (
        int(dt.datetime.combine(DATE, at, zone).timestamp()) * 1000 for at in (FROM, UNTIL)
    )
    column = truth.points.index(PLACE)
    read = zip(truth.bibs, truth.read_at[:, column].tolist(), strict=True)
    found = [Shot(bib, at) for bib, at in read if first <= at <= last and len(bib) >= 3]
    step = max(1, len(found) // (CLOCK + SINGLE + MANY))
    return iter(found[::step])


def _drop(prepared: Prepared, shots: list[Shot], first: int) -> list[str]:
    """Pictures into the inbox, each whole at once; returns whose they are."""
    inbox = prepared.folder / "inbox" / PLACE
    inbox.mkdir(parents=True, exist_ok=True)
    for number, shot in enumerate(shots, first):
        exif = Image.Exif()
        said = dt.datetime.fromtimestamp(shot.at / 1000 - BEHIND_S, ZoneInfo(ZONE))
        exif.get_ifd(0x8769)[0x9003] = f"{said:%Y:%m:%d %H:%M:%S}"
        picture = draw([Worn(shot.bib)], TESTING, seed=number)
        beside = prepared.folder / f"picture-{number}"
        beside.write_bytes(as_jpeg(picture, exif=exif.tobytes()))
        beside.rename(inbox / f"{number}.jpg")
    return [shot.bib for shot in shots]


def _is_known(page: Any) -> bool:
    return page["waiting"] == 0 and any("61 minutes behind" in said for said in page["cameras"])


def _time_one(prepared: Prepared, desk: Desk, shot: Shot) -> float:
    [bib] = _drop(prepared, [shot], CLOCK)
    return desk.wait(lambda page: any(row["who"]["bib"] == bib for row in page["tagged"]))


def _delays(home: list[list[Message]], probes: list[Probe]) -> list[float]:
    """Milliseconds from each answered read until each stream of the home page has it."""
    return [
        1000 * (first_with(stream, probe.seq) - probe.answered_s)
        for probe in probes
        for stream in home
    ]


def _compare(idle: list[float], busy: list[float]) -> list[Figure]:
    name = "pictures: read to page, p99"
    return [
        told(f"{name}, nothing else to do", quantile(idle, 99), "ms"),
        at_most(500, f"{name}, pictures being read", quantile(busy, 99), "ms"),
        told("pictures: read to page, median, nothing else to do", quantile(idle, 50), "ms"),
        told("pictures: read to page, median, pictures being read", quantile(busy, 50), "ms"),
    ]
