"""A station at a point with bad signal, as a real process beside a real server: the line goes, the plug is pulled."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from bench.served import HOST, Prepared, Server, free_port, make_key, prepare
from homestretch.station.agent import Here, find_here
from homestretch.station.passing_on import parse_line
from homestretch.store.sqlite_log import SqliteLog
from tests.browser.server import wait_for
from tests.cli.serving import Serving, homestretch, serving
from tests.patience import PATIENCE_S

LINES = 3000


def lines(first: int, last: int) -> list[bytes]:
    """Reads of a box at mile 20, each of its own chip and moment."""
    return [
        b"DA%05X 09:%02d:%02d.%03d 10  0000F      C7\r" % (n, n // 600 % 60, n // 10 % 60, n % 10)
        for n in range(first, last)
    ]


class Box:
    """A box that sends all it knows again after a broken connection, as boxes do."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sent: list[bytes] = []
        self._connection: socket.socket | None = None

    def send(self, new: list[bytes]) -> bool:
        """Send lines; when the connection is a new one, everything from the beginning."""
        self.sent += new
        try:
            if self._connection is None:
                self._connect()
                new = self.sent
            assert self._connection is not None
            self._connection.sendall(b"".join(new))
        except OSError:
            self.close()
        return self._connection is not None

    def _connect(self) -> None:
        self.close()
        self._connection = socket.create_connection((HOST, self.port), PATIENCE_S)
        self._connection.sendall(b"N0000MILE-20\rGT009000000\r")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def reads_of(folder: Path) -> list[str]:
    """Chips in an event's log, one for each read."""
    with contextlib.closing(SqliteLog(folder / "facts.db")) as log:
        rows = log.read_since(0)
        return [rows.symbols[chip] for chip in rows.reads["chip"].tolist()]


@pytest.fixture
def box() -> Iterator[Box]:
    """A box that is switched off at the end, whatever came."""
    box = Box(free_port())
    yield box
    box.close()


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    return prepare(tmp_path / "event", 150, 150)


@pytest.fixture
def server(prepared: Prepared, tmp_path: Path) -> Iterator[Server]:
    server = Server(["run", str(prepared.folder)], free_port(), tmp_path / "said.txt")
    yield server
    if server.main is not None:
        server.end()


def words(tmp_path: Path, prepared: Prepared, server: Server, port: int, key: str) -> list[str]:
    return [
        "station", str(tmp_path / "station"),
        "--to", f"http://{HOST}:{server.port}/{prepared.plan.event_id}",
        "--key", key, "--door", f"jchip=127.0.0.1:{port}",
    ]  # fmt: skip


def _kill(station: Serving) -> None:
    os.kill(station.process.pid, signal.SIGKILL)
    station.process.wait()


def test_nothing_is_lost_or_doubled_when_line_and_plug_are_pulled(
    prepared: Prepared, server: Server, tmp_path: Path, box: Box
) -> None:
    key = make_key(prepared, "device", "mile-20")
    said = words(tmp_path, prepared, server, box.port, key)
    with serving(*said, "--zone", "America/New_York", "--date", "2026-05-03") as station:
        wait_for(lambda: box.send([]))
        box.send(lines(0, 1000))
        station.wait_for("no line")  # it begins without one
        wait_for(lambda: len(reads_of(tmp_path / "station")) == 1000)
        _kill(station)
    server.start()
    server.wait_until_ready()
    with serving(*said) as station:
        wait_for(lambda: len(reads_of(prepared.folder)) >= 1000)
        box.close()
        wait_for(lambda: box.send([]))
        box.send(lines(1000, 2000))
        wait_for(lambda: len(reads_of(prepared.folder)) > 1000)
        _kill(station)  # in the middle of passing on
    server.end()
    with serving(*said) as station:
        box.close()
        wait_for(lambda: box.send([]))
        box.send(lines(2000, LINES))
        wait_for(lambda: len(reads_of(tmp_path / "station")) == LINES)
        server.start()
        wait_for(lambda: len(reads_of(prepared.folder)) == LINES)
        station.wait_for(" 0 waiting, all others are at the server")
        assert station.end() == 0
    found = reads_of(prepared.folder)
    assert sorted(found) == sorted(f"{number:X}" for number in range(LINES))


def test_a_station_with_a_wrong_key_says_so_and_keeps_what_it_hears(
    prepared: Prepared, server: Server, tmp_path: Path, box: Box
) -> None:
    server.start()
    server.wait_until_ready()
    with serving(*words(tmp_path, prepared, server, box.port, "wrong")) as station:
        station.wait_for("connect to")
        wait_for(lambda: box.send([]))
        box.send(lines(0, 10))
        station.wait_for("the server answers 403")
    assert len(reads_of(tmp_path / "station")) == 10
    assert reads_of(prepared.folder) == []


def test_a_station_that_never_had_a_line_asks_for_zone_and_date(tmp_path: Path) -> None:
    done = homestretch(
        "station", tmp_path / "s", "--to", f"http://{HOST}:{free_port()}/race",
        "--key", "k", "--door", f"jchip=127.0.0.1:{free_port()}",
    )  # fmt: skip
    assert done.returncode == 1
    assert "--zone America/New_York --date 2026-05-03" in done.stderr + done.stdout


def test_a_station_remembers_zone_and_date_for_a_start_without_a_line(tmp_path: Path) -> None:
    line = parse_line(f"http://{HOST}:{free_port()}/race", "k")
    assert find_here(tmp_path, line, "Europe/Vienna", "2026-05-03") == Here(
        "Europe/Vienna", "2026-05-03"
    )
    assert find_here(tmp_path, line, "", "") == Here("Europe/Vienna", "2026-05-03")
    assert msgspec.json.decode((tmp_path / "station.json").read_bytes(), type=Here).date
