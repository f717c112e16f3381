"""A real server as real processes: a made-up day at a chosen moment, or several events."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import httpx

from homestretch.folder.problem import EVENT as EVENT_FILE
from homestretch.folder.start import new_texts
from homestretch.race.privacy import Role
from homestretch.store.keys import new_key
from homestretch.store.opening import open_store
from tests.patience import PATIENCE_S

EVENT = "three-rivers"
LOOK_S = 0.1
DAY_MS = 86_400_000

T = TypeVar("T")


@dataclass
class Server:
    """A running server. ``folders`` are its events' folders by id; ``said`` what it printed."""

    process: subprocess.Popen[str]
    address: str
    folders: dict[str, Path]
    said: list[str] = field(default_factory=list)
    client: httpx.Client = field(
        default_factory=lambda: httpx.Client(verify=False, timeout=PATIENCE_S)
    )

    @property
    def port(self) -> int:
        """The port of the pages."""
        return int(self.address.rsplit(":", 1)[1])

    @property
    def directors_link(self) -> str:
        """The link that the demo printed."""
        return next(line.strip() for line in self.said if "/key/" in line)

    def get(self, path: str, token: str = "", **headers: str) -> httpx.Response:
        """An answer to GET."""
        return self.ask("GET", path, token, headers=headers)

    def ask(
        self, method: str, path: str, token: str = "", *, content: bytes = b"", **more: Any
    ) -> httpx.Response:
        """An answer."""
        headers = dict(more.pop("headers", {}))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.client.request(
            method, self.address + path, headers=headers, content=content, **more
        )

    def make_key(
        self,
        role: Role,
        *,
        event: str = EVENT,
        station: str = "",
        label: str = "",
        lasts_ms: int = DAY_MS,
    ) -> tuple[str, str]:
        """A key made beside the server, as the command makes one: its id and its token."""
        now = time.time_ns() // 1_000_000
        key, token = new_key(
            role,
            created_at=now,
            expires_at=now + lasts_ms,
            label=label or f"test-{role}-{time.monotonic_ns()}",
            station=station,
        )
        with contextlib.closing(open_store(self.folders[event], event)) as store:
            store.people.put_key(key)
        return key.id, token

    def revoke(self, key_id: str, event: str = EVENT) -> None:
        """Revoke a key beside the server."""
        with contextlib.closing(open_store(self.folders[event], event)) as store:
            assert store.people.revoke(key_id, time.time_ns() // 1_000_000)

    def find_process(self, name: str) -> int:
        """The process id of ``_front``, ``_keeper`` or ``_forecaster``."""
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        )
        for line in listed.stdout.splitlines():
            pid, parent, args = line.split(None, 2)
            if int(parent) == self.process.pid and args.split()[-1] == name:
                return int(pid)
        raise AssertionError(f"the server has no process {name}")

    def end(self) -> str:
        """Ends the server as Ctrl-C does; what it had to say."""
        self.client.close()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(PATIENCE_S)
        finally:
            if self.process.poll() is None:
                self.process.kill()
        return "\n".join(self.said)


def todays_texts() -> dict[str, str]:
    """The texts of a fresh folder by file name, of an event whose day it is in its own zone: in that of Greenwich it
    may be the next. A day that ends meanwhile is over, and its pages stay."""
    texts = new_texts(dt.date(2026, 5, 3))
    zone = ZoneInfo(tomllib.loads(texts[EVENT_FILE])["event"]["zone"])
    return new_texts(dt.datetime.now(tz=zone).date())


def wait_for(look: Callable[[], T], within_s: float = PATIENCE_S) -> T:
    """What ``look`` gives once it is true; AssertionError when it never is."""
    until = time.monotonic() + within_s
    while True:
        with contextlib.suppress(httpx.TransportError):
            if found := look():
                return found
        assert time.monotonic() < until, f"{look} did not come true"
        time.sleep(LOOK_S)


def free_ports(many: int) -> list[int]:
    """Ports on which nobody listens now, each another one."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(many)]
        return [probe.getsockname()[1] for probe in probes]


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def now_of(server: Server) -> int:
    """The event's time (UTC ms)."""
    now: int = server.get(f"/{EVENT}.json").json()["frame"]["now"]
    return now


@contextlib.contextmanager
def demo(folder: Path, *options: str, marathon: int = 240, half: int = 360) -> Iterator[Server]:
    """A made-up day, its devices heard up to the moment at which it begins."""
    port = free_port()
    command = ["demo", f"--port={port}", f"--folder={folder}", f"--marathon={marathon}", f"--half={half}", *options]  # fmt: skip
    with running(command, f"http://127.0.0.1:{port}", {EVENT: folder}) as server:
        began = now_of(server)
        # The event's clock stands while the past is sent.
        wait_for(lambda: now_of(server) > began + 1000)
        yield server


@contextlib.contextmanager
def running(command: Sequence[str], address: str, folders: dict[str, Path]) -> Iterator[Server]:
    """The command as a process, from its first page to its end; it must end by itself when told to."""
    log = next(iter(folders.values())).parent / "server.log"
    with log.open("w+", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "homestretch", *command],
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        server = Server(process, address, folders)
        try:
            wait_for(lambda: process.poll() is not None or _answers(server))
            assert process.poll() is None, log.read_text(encoding="utf-8")
            pattern = re.compile(r"https?://\S+")
            wait_for(lambda: pattern.search(log.read_text(encoding="utf-8")))
            wait_for(lambda: _read(server, log))
            yield server
        finally:
            server.end()
            _read(server, log)


def _answers(server: Server) -> bool:
    return server.get("/healthz").status_code == 200


def _read(server: Server, log: Path) -> bool:
    server.said = log.read_text(encoding="utf-8").splitlines()
    return bool(server.said)
