"""Days that browsers look at: one in full swing, one that is over, one that was stopped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.server import EVENT, Server, demo, wait_for


@pytest.fixture(scope="session")
def busy_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A quarter past twelve, twenty times as fast as life: people finish every few seconds."""
    folder = tmp_path_factory.mktemp("busy") / "day"
    with demo(folder, "--at=12:15", "--speed=20") as server:
        yield server


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
