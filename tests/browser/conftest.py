"""Days that browsers look at: one in full swing, one that is over, one that was stopped. The processes of a day work
as long as it is served: each begins when it is first asked for, all end with the last test that looks at them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from tests.browser.server import EVENT, Server, demo, now_of, wait_for
from tests.in_turn import shares_days

SWING_MS = 90 * 60_000
"""So long after its beginning people still finish every few seconds."""


class Served(NamedTuple):
    """A day that is served, the event's time (UTC ms) when it was first looked at, and what ends it."""

    server: Server
    began_at: int
    held: ExitStack


class Days:
    """Served days by name; one that has ended is served anew when somebody asks for it again."""

    def __init__(self, paths: pytest.TempPathFactory) -> None:
        self._paths = paths
        self._served: dict[str, Served] = {}

    def find(self, name: str, *options: str) -> Served:
        """The day of this name, a demo with ``options``."""
        if name not in self._served:
            with ExitStack() as held:
                folder = self._paths.mktemp(name) / "day"
                server = held.enter_context(demo(folder, *options))
                self._served[name] = Served(server, now_of(server), held.pop_all())
        return self._served[name]

    def end(self, *names: str) -> None:
        """End days, as far as they are served."""
        for name in names:
            if name in self._served:
                self._served.pop(name).held.close()

    def end_all(self) -> None:
        """End all that are served."""
        self.end(*self._served)


DAYS = pytest.StashKey[Days]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """After the last test that looks at them, its pages closed, the days end: the tests of other rooms, which the
    same process runs, have the machine for themselves."""
    yield
    last = nextitem is None or not shares_days(nextitem.nodeid)
    if last and (days := item.config.stash.get(DAYS, None)):
        days.end_all()


@pytest.fixture
def days(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Days:
    """The days that are served now."""
    return pytestconfig.stash.setdefault(DAYS, Days(tmp_path_factory))


@pytest.fixture
def busy_day(days: Days) -> Server:
    """A quarter past twelve, twenty times as fast as life: people finish every few seconds. Another one, once the
    first has grown old on a slow machine."""
    options = ("--at=12:15", "--speed=20")
    busy = days.find("busy", *options)
    if now_of(busy.server) > busy.began_at + SWING_MS:
        days.end("busy")
    return days.find("busy", *options).server


@pytest.fixture
def finished_day(days: Days) -> Server:
    """Half past four: everybody is home, and the story of two of them is published."""
    server = days.find("finished", "--at=16:30", "--speed=1").server
    wait_for(lambda: server.get(f"/{EVENT}/stories.json").json()["stories"])
    return server


@pytest.fixture
def stopped_day(days: Days) -> Server:
    """The race was stopped twenty minutes ago."""
    return days.find("stopped", "--at=11:40", "--stop-at=11:20", "--speed=1").server
