"""Pictures come to a front in a thread of their own: however large they are, however busy its loop is."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from homestretch.intake.devices import Devices
from homestretch.live import Live
from homestretch.picture import Picture
from homestretch.race.entrant import Person
from homestretch.server.keeper import Keeper
from homestretch.server.kept import Kept
from homestretch.server.receiving import receive
from homestretch.store.memory import MemoryLog, MemoryPeople
from tests.aside import run
from tests.patience import PATIENCE_S
from tests.state.days import a_day, a_race, at

PERSONS, LETTERS = 500, 20_000
"""Ten megabytes in few things, so that it is the socket that takes long."""
TURN_S = 0.02
"""A page takes so long to render; meanwhile the loop does nothing else."""
TURNS = 12
"""A loop that read the socket itself would come back to it some fifty times for so much."""
NOW = at("08:00")


async def keep(wire: Path, ready: threading.Event, end: threading.Event) -> None:
    """A keeper of a large field, in a loop of its own as in a process of its own."""
    day = a_day(a_race())
    day.entrant("1")
    log, people = MemoryLog(), MemoryPeople()
    log.append(day.items)
    people.put_persons(
        Person(entrant=f"e{number}", first="A" * LETTERS, last="Lind") for number in range(PERSONS)
    )
    keeper = Keeper(lambda: NOW, lambda: NOW)
    event = day.event

    def publish(picture: Picture) -> None:
        keeper.publish(keeper.events[event.id], picture)

    live = Live(log, people, lambda: NOW, publish)
    devices = Devices(live, lambda: NOW)
    keeper.events[event.id] = Kept(event.id, log, people, live, event.zone, event.date, devices)
    live.refresh()
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        with contextlib.suppress(asyncio.CancelledError):
            await keeper.serve(reader, writer)

    async with await asyncio.start_unix_server(serve, wire, limit=2**20):
        ready.set()
        await asyncio.to_thread(end.wait)
        for task in serving:
            task.cancel()


@contextlib.asynccontextmanager
async def keeper_at(wire: Path) -> AsyncIterator[threading.Event]:
    """While the block runs there is a keeper, unless the event is set."""
    ready, end = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as apart:
        kept = apart.submit(asyncio.run, keep(wire, ready, end))
        try:
            assert await asyncio.to_thread(ready.wait, PATIENCE_S)
            yield end
        finally:
            end.set()
            await asyncio.wrap_future(kept)


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "pictures"]


def test_a_large_picture_does_not_wait_for_the_turns_of_a_loop_that_renders_pages(
    tmp_path: Path,
) -> None:
    async def day() -> None:
        pictures: list[Picture] = []
        async with keeper_at(tmp_path / "wire"):
            receiving = asyncio.create_task(
                receive(tmp_path / "wire", lambda _, picture: pictures.append(picture))
            )
            await asyncio.sleep(0)
            turns = 0
            while not pictures:
                threading.Event().wait(TURN_S)  # a page is rendered
                turns += 1
                await asyncio.sleep(0)
                assert turns * TURN_S < PATIENCE_S
            receiving.cancel()
        assert len(pictures[0].names.persons) == PERSONS
        assert turns <= TURNS

    run(day())


def test_who_receives_is_told_when_the_keeper_goes_away_and_leaves_no_thread(
    tmp_path: Path,
) -> None:
    async def day() -> None:
        came = asyncio.Event()
        async with keeper_at(tmp_path / "wire") as end:
            receiving = asyncio.create_task(receive(tmp_path / "wire", lambda *_: came.set()))
            await asyncio.wait_for(came.wait(), PATIENCE_S)
            (reader,) = readers()
            end.set()
            with pytest.raises(ConnectionError, match="went away"):
                await asyncio.wait_for(receiving, PATIENCE_S)
            await asyncio.to_thread(reader.join, PATIENCE_S)
            assert not reader.is_alive()

    run(day())


def test_who_gives_up_leaves_no_thread_either(tmp_path: Path) -> None:
    async def day() -> None:
        came = asyncio.Event()
        async with keeper_at(tmp_path / "wire"):
            receiving = asyncio.create_task(receive(tmp_path / "wire", lambda *_: came.set()))
            await asyncio.wait_for(came.wait(), PATIENCE_S)
            (reader,) = readers()
            receiving.cancel()
            await asyncio.to_thread(reader.join, PATIENCE_S)
            assert not reader.is_alive()

    run(day())


def test_without_a_keeper_there_is_an_error_at_once(tmp_path: Path) -> None:
    async def day() -> None:
        with pytest.raises(FileNotFoundError):
            await receive(tmp_path / "wire", lambda *_: None)
        assert not readers()

    run(day())
