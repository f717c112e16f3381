"""A command of this installation, run in a process of its own: what it opens or waits for holds up no read."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from homestretch.lifeline import LIFELINE

SAID: Final = 300
"""Characters of what a command said that are passed on."""
TOO_LONG: Final = "It took too long and was left."


class Ran(NamedTuple):
    """How a command ended (0: well), and what it said in one line."""

    code: int | None
    said: str


async def run_beside(words: Sequence[str], environment: Mapping[str, str], most_s: float) -> Ran:
    """Run a command, at most so many seconds. ``environment`` names the database, if there is one: a command line is
    public. What it said comes without its lists of rows: these quote names of people and files, and a fact or a log
    line that holds one cannot be erased. It ends, with what it started, when this process does."""
    process = await asyncio.create_subprocess_exec(
        *words,
        env={**environment, LIFELINE: "stdin"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(most_s):
            out = await process.stdout.read()
            await process.wait()
    except TimeoutError:
        _end(process)
        await process.wait()
        return Ran(process.returncode, TOO_LONG)
    except asyncio.CancelledError:
        _end(process)
        raise
    finally:
        if process.stdin is not None:
            process.stdin.close()
    return Ran(process.returncode, _without_rows(out.decode("utf-8", "replace"))[:SAID])


def _end(process: asyncio.subprocess.Process) -> None:
    """A command with everything that it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _without_rows(text: str) -> str:
    lines = (line for line in text.splitlines() if not line.startswith("  "))
    return " ".join(" ".join(lines).split())
