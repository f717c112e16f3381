"""``kill -9`` between receive and commit: nobody was told that anything is safe, so it comes again, and counts once.

The test itself holds the lock under which a log is written. A keeper (or a station) that has received something
then stands with it before the commit, and is killed exactly there: it has taken the bytes off the wire, it has its
turn to write, and nothing is on disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import fcntl
import http.client
import os
import queue
import signal
import socket
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from bench.served import HOST, Prepared, Server, free_port, make_key, prepare, running
from homestretch.store.sqlite_log import SqliteLog
from tests import aside
from tests.browser.server import wait_for
from tests.cli.serving import Serving, serving
from tests.emulators.mylaps import Exporter, Passing, run
from tests.emulators.raceresult import Decoder
from tests.emulators.raceresult import serve as serve_decoder
from tests.patience import PATIENCE_S
from tests.station.test_station import Box, lines

ZONE = ZoneInfo("America/New_York")
NINE = dt.datetime(2026, 5, 3, 9, 0, 0, 123_000, tzinfo=ZONE)
TOLD_NOTHING_S = 0.5

SOCKETS = Path("/proc/net/tcp")


@contextlib.contextmanager
def nobody_commits(folder: Path) -> Iterator[None]:
    """Whoever wants to commit to the log of a folder has to wait."""
    db = sqlite3.connect(folder / "facts.db", isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        db.execute("ROLLBACK")
        db.close()


def is_before_a_commit(folder: Path) -> bool:
    """Whether a process has its turn to write, and cannot."""
    turn = os.open(f"{folder / 'facts.db'}-lock", os.O_RDWR)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(turn)
    return False


def is_all_read(here: int, there: int) -> bool:
    """Whether the process at a port has read everything that came from another port of this computer. Only Linux
    tells; elsewhere a commit that waits is taken for the sign of it."""
    if not SOCKETS.exists():
        return True
    for row in SOCKETS.read_text().splitlines()[1:]:
        cells = row.split()
        ports = [int(cells[at].split(":")[1], 16) for at in (1, 2)]
        if ports == [here, there]:
            return int(cells[4].split(":")[1], 16) == 0
    return False


def count_chips(folder: Path) -> Counter[str]:
    """How often each chip was read, by the log alone."""
    with contextlib.closing(SqliteLog(folder / "facts.db")) as log:
        rows = log.read_since(0)
        return Counter(rows.symbols[chip] for chip in rows.reads["chip"].tolist())


def kill_keeper(server: Server) -> None:
    pid = server.find("keeper")
    assert pid is not None, server.said()
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: server.find("keeper") not in (None, pid))


def made(folder: Path, *doors: str) -> Prepared:
    """The folder of an event with these doors beside that of JChip."""
    prepared = prepare(folder, 150, 150)
    with (folder / "event.toml").open("a") as file:
        file.write("".join(f"{door}\n" for door in doors))
    return prepared


def chips(first: int, last: int) -> list[str]:
    return [f"KV{number:05}" for number in range(first, last)]


def passings(first: int, last: int) -> list[Passing]:
    return [
        Passing("finish", chip, NINE + dt.timedelta(seconds=first + k))
        for k, chip in enumerate(chips(first, last))
    ]


class Wire:
    """An exporter on a socket that is driven by hand, so that it waits where the test waits."""

    def __init__(self, exporter: Exporter, port: int) -> None:
        self.exporter, self.port = exporter, port
        self.line = wait_for(self._connect)
        self.line.sendall(exporter.connected(0))
        while not exporter.version:
            exporter.received(self.line.recv(4096))

    def _connect(self) -> socket.socket | None:
        """A line as soon as somebody listens."""
        with contextlib.suppress(ConnectionRefusedError):
            return socket.create_connection((HOST, self.port), 10)
        return None

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.line.close()

    def send(self) -> None:
        self.line.sendall(self.exporter.due(0))

    def hear_all(self) -> None:
        """Until everything that was sent is acknowledged."""
        while self.exporter.unacknowledged:
            heard = self.line.recv(4096)
            assert heard, "the door closed the connection"
            self.exporter.received(heard)

    def is_taken(self) -> bool:
        return is_all_read(self.port, self.line.getsockname()[1])

    def hears_nothing(self) -> bool:
        self.line.settimeout(TOLD_NOTHING_S)
        try:
            return self.line.recv(4096) == b""
        except TimeoutError:
            return True


def wait_before_the_commit(folder: Path, wire: Wire) -> None:
    """Until the other side has received everything, and is about to commit it."""
    wait_for(lambda: wire.is_taken() and is_before_a_commit(folder))


def test_mylaps_is_not_acknowledged_and_sends_again(tmp_path: Path) -> None:
    port = free_port()
    prepared = made(tmp_path / "event", f'mylaps = "{HOST}:{port}"')
    folder = prepared.folder
    exporter = Exporter(resend_s=1.0)
    with running(Server(["run", str(folder)], free_port(), tmp_path / "said.txt")) as server:
        with Wire(exporter, port) as wire:
            exporter.pass_by(*passings(0, 5))
            wire.send()
            wire.hear_all()
            with nobody_commits(folder):
                exporter.pass_by(*passings(5, 25))
                wire.send()
                wait_before_the_commit(folder, wire)
                assert wire.hears_nothing()
                kill_keeper(server)
        assert set(count_chips(folder)) == set(chips(0, 5)), "the others were not yet on disk"
        assert sum(len(sent.items) for sent in exporter.unacknowledged.values()) == 20
        aside.run(asyncio.wait_for(run(exporter, HOST, port), 60))
        assert count_chips(folder) == Counter(chips(0, 25))


def test_race_result_is_asked_again_for_what_was_not_on_disk(tmp_path: Path) -> None:
    decoder = Decoder(lambda: NINE)
    with serve_decoder(decoder) as port:
        prepared = made(tmp_path / "event", f'raceresult = "finish@{HOST}:{port}"')
        folder = prepared.folder
        with running(Server(["run", str(folder)], free_port(), tmp_path / "said.txt")) as server:
            wait_for(lambda: any(one.pushing for one in decoder.conversations))
            for chip in chips(0, 5):
                decoder.see(chip)
            wait_for(lambda: len(count_chips(folder)) == 5)
            with nobody_commits(folder):
                for chip in chips(5, 25):
                    decoder.see(chip)
                wait_for(lambda: is_before_a_commit(folder))
                before = len(decoder.conversations)
                kill_keeper(server)
            decoder.see("LATER")
            wait_for(lambda: count_chips(folder) == Counter([*chips(0, 25), "LATER"]))
            asked = [word for one in decoder.conversations[before:] for word in one.commands]
            assert "PASSINGS" in asked
            assert any(word.startswith("6:") for word in asked), "from the first that is missing"


def test_a_batch_over_http_is_not_answered_and_is_sent_again(tmp_path: Path) -> None:
    prepared = made(tmp_path / "event")
    folder, key = prepared.folder, make_key(prepared, "device", "box")
    with running(Server(["run", str(folder)], free_port(), tmp_path / "said.txt")) as server:
        answers: queue.Queue[int] = queue.Queue()

        def post() -> None:
            answers.put(post_batch(server.port, prepared.plan.event_id, key, chips(0, 20)))

        with nobody_commits(folder):
            posting = threading.Thread(target=post)
            posting.start()
            wait_for(lambda: is_before_a_commit(folder))
            assert answers.empty()
            kill_keeper(server)
        posting.join(PATIENCE_S)
        assert answers.get(timeout=PATIENCE_S) != 200
        assert not count_chips(folder)
        wait_for(lambda: post_batch(server.port, prepared.plan.event_id, key, chips(0, 20)) == 200)
        assert count_chips(folder) == Counter(chips(0, 20))


def post_batch(port: int, event: str, key: str, batch: list[str]) -> int:
    """The status of the answer to a batch of reads; 0 when there was none."""
    items = [
        {"seq": k, "kind": "read", "seen_at": "2026-05-03T09:00:00-04:00", "chip": chip, "place": "finish"}
        for k, chip in enumerate(batch)
    ]  # fmt: skip
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_S)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        connection.request(
            "POST", f"/{event}/facts", msgspec.json.encode({"items": items}), headers
        )
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def kill_station(station: Serving) -> None:
    os.kill(station.process.pid, signal.SIGKILL)
    station.process.wait()


def station_words(prepared: Prepared, port: int, folder: Path, door: str, key: str) -> list[str]:
    to = f"http://{HOST}:{port}/{prepared.plan.event_id}"
    return ["station", str(folder), "--to", to, "--key", key, "--door", door]


def test_a_station_acknowledges_nothing_that_is_not_on_its_own_disk(tmp_path: Path) -> None:
    port = free_port()
    prepared = made(tmp_path / "event")
    key, kept = make_key(prepared, "device", "mile-20"), tmp_path / "station"
    exporter = Exporter(resend_s=1.0)
    with running(
        Server(["run", str(prepared.folder)], free_port(), tmp_path / "said.txt")
    ) as server:
        said = station_words(prepared, server.port, kept, f"mylaps={HOST}:{port}", key)
        with serving(*said) as station:
            station.wait_for("connect to")
            with Wire(exporter, port) as wire:
                exporter.pass_by(*passings(0, 5))
                wire.send()
                wire.hear_all()
                with nobody_commits(kept):
                    exporter.pass_by(*passings(5, 25))
                    wire.send()
                    wait_before_the_commit(kept, wire)
                    assert wire.hears_nothing()
                    kill_station(station)
        assert set(count_chips(kept)) == set(chips(0, 5))
        with serving(*said):
            aside.run(asyncio.wait_for(run(exporter, HOST, port), 60))
            wait_for(lambda: count_chips(prepared.folder) == Counter(chips(0, 25)))
    assert count_chips(kept) == Counter(chips(0, 25))


def test_what_a_station_passed_on_to_a_server_that_died_with_it_is_passed_on_again(
    tmp_path: Path,
) -> None:
    """A box of the JChip dialect, which sends nothing twice: behind a station the server's crash costs nothing."""
    port = free_port()
    prepared = made(tmp_path / "event")
    key, kept = make_key(prepared, "device", "mile-20"), tmp_path / "station"
    with running(
        Server(["run", str(prepared.folder)], free_port(), tmp_path / "said.txt")
    ) as server:
        said = station_words(prepared, server.port, kept, f"jchip={HOST}:{port}", key)
        with serving(*said) as station:
            station.wait_for("connect to")
            box = Box(port)
            wait_for(lambda: box.send(lines(0, 50)))
            wait_for(lambda: len(count_chips(prepared.folder)) == 50)
            with nobody_commits(prepared.folder):
                box.send(lines(50, 100))
                wait_for(lambda: is_before_a_commit(prepared.folder))
                kill_keeper(server)
            wait_for(lambda: len(count_chips(prepared.folder)) == 100)
            box.close()
        assert set(count_chips(prepared.folder).values()) == {1}
