"""A command in a process of its own: how it ended, what it said, and that it is not waited for without end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from bench.served import list_running
from homestretch.intake.commanding import SAID, TOO_LONG, Ran, run_beside
from tests.aside import run
from tests.browser.server import wait_for


def ran(code: str, most_s: float = 30.0) -> Ran:
    return run(run_beside([sys.executable, "-S", "-c", code], dict(os.environ), most_s))


def test_what_it_said_comes_in_one_line_without_rows_that_quote_names() -> None:
    code = "print('1 kept,\\n 2 refused.\\n  line 3: Ada Amberlow has no bib'); import sys; sys.exit(3)"
    assert ran(code) == Ran(3, "1 kept, 2 refused.")


def test_what_is_wrong_is_said_as_well_and_nothing_is_endless() -> None:
    found = ran(f"import sys; sys.stderr.write('x' * {10 * SAID})")
    assert found == Ran(0, "x" * SAID)


def test_what_takes_too_long_is_ended_and_is_a_failure() -> None:
    found = ran("import time; time.sleep(600)", most_s=0.5)
    assert found.said == TOO_LONG
    assert found.code


SERVER = """
import asyncio, os, sys
from homestretch.intake.commanding import run_beside
asyncio.run(run_beside([sys.executable, "-c", sys.argv[1]], dict(os.environ), 600.0))
"""
READING = """
import os, subprocess, sys, time
from homestretch.lifeline import hold_lifeline
hold_lifeline()
worker = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
with open(os.environ["TOLD"], "w") as told:
    told.write(f"{os.getpid()} {worker.pid}")
os.rename(os.environ["TOLD"], os.environ["TOLD"] + ".whole")
time.sleep(600)
"""


def test_a_command_ends_with_its_server_and_so_does_what_it_has_started(tmp_path: Path) -> None:
    told = tmp_path / "pids.whole"
    environment = os.environ | {"TOLD": str(tmp_path / "pids")}
    with subprocess.Popen([sys.executable, "-c", SERVER, READING], env=environment) as server:
        wait_for(told.exists)
        pids = [int(pid) for pid in told.read_text().split()]
        assert len(pids) == 2
        assert all(map(is_running, pids))
        server.send_signal(signal.SIGKILL)
    wait_for(lambda: not any(map(is_running, pids)))


def is_running(pid: int) -> bool:
    return any(pid == other for other, _, _ in list_running())
