"""A server as a user starts it, in processes of its own; and what its processes are and cost."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from homestretch.app import store_of, wall_now
from homestretch.race.privacy import Role
from homestretch.rehearsal.plan import RehearsalPlan, plan
from homestretch.store.keys import new_key

HOST = "127.0.0.1"
READY_S = 180.0
"""A machine that is shared may be many times too slow."""
LOOK_S = 0.01
KEY_MS = 86_400_000


class Process(NamedTuple):
    """A process of a server: what it does there (keeper, front, devices), and its id."""

    part: str
    pid: int


class Server:
    """``homestretch`` with some words, on a port; started again on the same port after a kill."""

    def __init__(self, words: Sequence[str], port: int, said: Path) -> None:
        self.port = port
        self._command = [sys.executable, "-m", "homestretch", *words, "--port", str(port)]
        self._said = said
        self.main: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; what it says goes to the end of the file ``said``."""
        with self._said.open("ab") as said:
            self.main = subprocess.Popen(
                self._command, stdout=said, stderr=said, stdin=subprocess.DEVNULL
            )

    def said(self) -> str:
        """Everything that its processes have printed."""
        return self._said.read_text()

    def list_processes(self) -> list[Process]:
        """The processes that run under its first one."""
        assert self.main is not None
        return [
            Process(command.split(" _")[1].split()[0], pid)
            for pid, parent, command in list_running()
            if parent == self.main.pid and " _" in command
        ]

    def find(self, part: str) -> int | None:
        """The id of the process that does ``part``, if it runs."""
        return next((found.pid for found in self.list_processes() if found.part == part), None)

    def wait_until_ready(self) -> None:
        """Return once the pages answer; TimeoutError when they do not."""
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if get(self.port, "/healthz")[0] == 200:
                    return
            time.sleep(LOOK_S)
        raise TimeoutError(self.said())

    def end(self) -> int:
        """Ctrl-C; returns its exit code."""
        assert self.main is not None
        if self.main.poll() is None:
            self.main.send_signal(signal.SIGINT)
        try:
            return self.main.wait(READY_S)
        except subprocess.TimeoutExpired:
            self.main.kill()
            return self.main.wait()


class Prepared(NamedTuple):
    """A folder that can be run: its plan, and the port of its JChip door."""

    folder: Path
    plan: RehearsalPlan
    jchip_port: int


def prepare(folder: Path, marathon: int = 400, half: int = 600) -> Prepared:
    """Write the folder of a made-up event."""
    jchip_port = free_port()
    planned = plan(1, marathon=marathon, half=half, jchip_port=jchip_port)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "event.toml").write_text(planned.event_toml, encoding="utf-8")
    (folder / "course.gpx").write_text(planned.course_gpx, encoding="utf-8")
    (folder / "entrants.csv").write_text(planned.entrants_csv, encoding="utf-8")
    return Prepared(folder, planned, jchip_port)


def make_key(prepared: Prepared, role: Role, label: str) -> str:
    """A key of the event."""
    now = wall_now()
    key, token = new_key(role, created_at=now, expires_at=now + KEY_MS, label=label)
    with contextlib.closing(store_of(prepared.folder, prepared.plan.event_id)) as store:
        store.people.put_key(key)
    return token


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    """Start a server, wait until its pages answer, end it afterwards."""
    server.start()
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.end()


def list_running() -> list[tuple[int, int, str]]:
    """(id, parent, command) of every process that runs."""
    listed = subprocess.run(  # -ww: a command is not cut at the width of somebody's window
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = (line.split(None, 3) for line in listed.stdout.splitlines())
    return [
        (int(pid), int(parent), command)
        for pid, parent, state, command in (row for row in rows if len(row) == 4)
        if not state.startswith("Z")
    ]


def is_stopped(pid: int) -> bool:
    """Whether a process is there and does nothing, because somebody stopped it."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return state.stdout.startswith("T")


def cpu_s(pid: int) -> float:
    """Seconds of CPU that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int) -> float:
    """Memory that a process holds (Linux, resident)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def open_files(pid: int) -> int:
    """Files and sockets that a process has open (Linux)."""
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def get(port: int, path: str) -> tuple[int, bytes]:
    """Status and body of a page."""
    connection = http.client.HTTPConnection(HOST, port, timeout=READY_S)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def get_json(port: int, path: str) -> Any:
    """A page's JSON twin."""
    status, body = get(port, path)
    assert status == 200, (status, body[:200])
    return msgspec.json.decode(body)


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
