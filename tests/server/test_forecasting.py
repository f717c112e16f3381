"""The process that looks ahead: the pages have what it says, go on without it, and have it again."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from homestretch.rehearsal.day import day
from tests.browser.server import EVENT, Server, demo, wait_for


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with demo(tmp_path_factory.mktemp("ahead") / "day", "--at=10:30", "--speed=1") as server:
        yield server


def has_forecast(server: Server) -> bool:
    frame = server.get(f"/{EVENT}.json").json()["frame"]
    return bool(frame["forecast"])


def came_again(server: Server, name: str, before: int) -> bool:
    with contextlib.suppress(AssertionError):
        return server.find_process(name) != before
    return False


def test_the_pages_have_a_forecast_and_go_on_while_it_is_killed_and_comes_back(
    server: Server,
) -> None:
    wait_for(lambda: has_forecast(server))
    first = server.find_process("_forecaster")
    os.kill(first, signal.SIGKILL)
    assert server.get(f"/{EVENT}").status_code == 200
    wait_for(lambda: came_again(server, "_forecaster", first))


def test_a_keeper_that_was_killed_is_told_again_what_is_ahead(server: Server) -> None:
    wait_for(lambda: has_forecast(server))
    keeper = server.find_process("_keeper")
    os.kill(keeper, signal.SIGKILL)
    wait_for(lambda: came_again(server, "_keeper", keeper))
    wait_for(lambda: has_forecast(server))


def side_by_side(server: Server, pairs: list[tuple[str, str]]) -> bool:
    """Whether any of the pairs stands on the page of its first runner, by name."""
    pages = [(server.get(f"/{EVENT}/runners/{one}.json"), other) for one, other in pairs]
    shown = [
        other in {beside["who"]["bib"] for beside in page.json()["together"]}
        for page, other in pages
        if page.status_code == 200
    ]
    return any(shown)


def test_the_pages_say_who_is_together_when_both_agreed(server: Server) -> None:
    pairs = list(day(1, marathon=240, half=360).truth.pairs)
    wait_for(lambda: side_by_side(server, pairs))


def test_who_looks_ahead_is_told_no_key_and_no_database(server: Server) -> None:
    process = server.find_process("_forecaster")
    about = Path(f"/proc/{process}")
    assert b"HOMESTRETCH_DATABASE" not in (about / "environ").read_bytes()
    assert (about / "cmdline").read_bytes().split(b"\0")[-2] == b"_forecaster"
