"""Starting and ending a server: one for a folder, clear words, and nothing left behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bench.served import HOST, Prepared, Server, free_port, list_running, prepare, running
from tests.browser.server import wait_for
from tests.patience import PATIENCE_S

TIMESTAMPED = re.compile(r"^\d{4}-\d\d-\d\d")


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    return prepare(tmp_path / "event")


@pytest.fixture
def server(prepared: Prepared, tmp_path: Path) -> Iterator[Server]:
    server = Server(["run", str(prepared.folder)], free_port(), tmp_path / "said.txt")
    with running(server):
        yield server


def run_once(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "homestretch", "run", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def follow(server: Server, event: str) -> socket.socket:
    """A stream of the home page that has had its first bytes."""
    stream = socket.create_connection((HOST, server.port), timeout=PATIENCE_S)
    stream.sendall(f"GET /{event}/stream?board=home HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    assert stream.recv(1000).startswith(b"HTTP/1.1 200")
    return stream


PROCESSES = ("keeper", "front", "forecaster")


def all_processes(server: Server) -> list[int]:
    """The processes of a server, once all of them have been started."""
    pids = [process.pid for process in server.list_processes()]
    return pids if len(pids) == len(PROCESSES) else []


def has_forecast(server: Server, event: str) -> bool:
    """Whether the forecaster, which begins some seconds after the pages, is at work; one that is still being loaded
    looks for its supervisor only then."""
    address = f"http://{HOST}:{server.port}/{event}.json"
    return bool(httpx.get(address, timeout=PATIENCE_S).json()["frame"]["forecast"])


def still_running(pids: list[int]) -> set[int]:
    return {pid for pid, _, _ in list_running()}.intersection(pids)


def test_ctrl_c_ends_every_process_without_a_word_while_devices_and_streams_are_connected(
    server: Server, prepared: Prepared
) -> None:
    pids = wait_for(lambda: all_processes(server))
    with (
        follow(server, prepared.plan.event_id),
        socket.create_connection((HOST, prepared.jchip_port)) as device,
    ):
        device.sendall(b"N0000FINISH-1\r")
        assert device.recv(10) == b"GT\r"
        assert server.end() in (0, 130)
    assert not still_running(pids)
    said = server.said().splitlines()
    assert said
    assert [line for line in said if TIMESTAMPED.match(line) or "Traceback" in line] == []


def test_a_folder_is_served_once(server: Server, prepared: Prepared) -> None:
    second = run_once(str(prepared.folder), "--port", str(free_port()))
    assert second.returncode == 1
    assert "is being served already" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_port_in_use_is_said_in_words(server: Server, tmp_path: Path) -> None:
    other = prepare(tmp_path / "other")
    second = run_once(str(other.folder), "--port", str(server.port))
    assert second.returncode == 1
    assert f"{HOST}:{server.port} cannot be used for the pages" in second.stderr
    assert "another port" in second.stderr
    assert "Traceback" not in second.stderr


def test_when_the_supervisor_is_killed_nobody_stays(server: Server, prepared: Prepared) -> None:
    assert server.main is not None
    wait_for(lambda: has_forecast(server, prepared.plan.event_id))
    pids = all_processes(server)
    assert len(pids) == len(PROCESSES)
    os.kill(server.main.pid, signal.SIGKILL)
    server.main.wait()
    until = time.monotonic() + PATIENCE_S
    while still_running(pids) and time.monotonic() < until:
        time.sleep(0.1)
    assert not still_running(pids)
    assert "Traceback" not in server.said()
