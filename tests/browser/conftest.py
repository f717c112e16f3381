"""Days that browsers look at: one in full swing, one that is over, one that was stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.browser.server import EVENT, Server, demo, now_of, wait_for

SWING_MS = 90 * 60_000
"""So long after its beginning people still finish every few seconds."""


@pytest.fixture(scope="session")
def in_full_swing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Server]]:
    """Gives a day that is in full swing: another one, once the first has grown old on a slow machine."""
    served: list[tuple[Server, int]] = []
    with ExitStack() as held:

        def find() -> Server:
            if not served or now_of(served[0][0]) > served[0][1] + SWING_MS:
                held.close()
                folder = tmp_path_factory.mktemp("busy") / "day"
                server = held.enter_context(demo(folder, "--at=12:15", "--speed=20"))
                served[:] = [(server, now_of(server))]
            return served[0][0]

        yield find


@pytest.fixture
def busy_day(in_full_swing: Callable[[], Server]) -> Server:
    """A quarter past twelve, twenty times as fast as life: people finish every few seconds."""
    return in_full_swing()


@pytest.fixture(scope="session")
def finished_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Half past four: everybody is home, and the story of two of them is published."""
    folder = tmp_path_factory.mktemp("finished") / "day"
    with demo(folder, "--at=16:30", "--speed=1") as server:
        wait_for(lambda: server.get(f"/{EVENT}/stories.json").json()["stories"])
        yield server


@pytest.fixture(scope="session")
def stopped_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The race was stopped twenty minutes ago."""
    folder = tmp_path_factory.mktemp("stopped") / "day"
    with demo(folder, "--at=11:40", "--stop-at=11:20", "--speed=1") as server:
        yield server
