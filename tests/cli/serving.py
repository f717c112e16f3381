"""The commands as a person runs them: real processes, whose words are read as they come."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.patience import PATIENCE_S

COMMAND = (sys.executable, "-m", "homestretch")
ENVIRONMENT = {**os.environ, "PYTHONUNBUFFERED": "1"}


def homestretch(
    *words: str | Path, patience_s: float = PATIENCE_S
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=patience_s,
        check=False,
        env=ENVIRONMENT,
    )


class Serving:
    """A command that serves: what it says line by line, and its pages."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as words:
            for line in words:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def close(self) -> None:
        """End it if it has not ended, and hear its last words."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(PATIENCE_S)
        self._listening.join(PATIENCE_S)

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first line from here on that has the pattern in it."""
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE_S)
            except queue.Empty as error:
                raise AssertionError(f"it never said {pattern!r}: {self.said}") from error
            assert line is not None, f"it ended without {pattern!r}: {self.said}"
            self.said.append(line)
            if match := re.search(pattern, line):
                return match

    def end(self) -> int:
        """Stop it as Ctrl-C does; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)


@contextmanager
def serving(*words: str | Path) -> Iterator[Serving]:
    """A command that serves until the block is left."""
    process = subprocess.Popen(
        [*COMMAND, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=ENVIRONMENT,
    )
    server = Serving(process)
    try:
        yield server
    finally:
        server.close()


def fetch(address: str) -> str:
    """A page."""
    with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:
        text: str = answer.read().decode()
        return text
