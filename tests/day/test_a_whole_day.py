"""A whole made-up day through a real server: devices, doors, keeper, fronts; then the truth is compared."""

from __future__ import annotations

import asyncio
import dataclasses
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest

from homestretch.boards import get_board, write_twin
from homestretch.forecast.ahead import Looking
from homestretch.forecast.values import NOTHING
from homestretch.picture import Names, Picture
from homestretch.race.privacy import Viewer
from homestretch.rehearsal.day import Day, day
from homestretch.server.front import Front
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.snapshot import NEVER, State, Status
from homestretch.store.opening import Store, open_store
from tests.aside import run
from tests.patience import PATIENCE_S
from tests.same import list_differences

SEED, MARATHON, HALF = 11, 150, 130
EVENT = "three-rivers"
OFF_THE_COURSE = {Status.LEFT, Status.HOME}
OUTCOMES = {
    "finished": {Status.FINISHED},
    "finished late": {Status.FINISHED_LATE},
    "did not start": {Status.ENTERED},
}


class Played(NamedTuple):
    """A day that went through a server: what was shown last, the keeper's last Picture, the store that was
    left, the truth."""

    home: dict[str, Any]
    results: dict[str, Any]
    picture: Picture
    folder: Path
    truth: Day


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get_json(port: int, path: str) -> dict[str, Any]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        return msgspec.json.decode(body) if answer.status == 200 else {}


def wait_for(done: Any, within_s: float, what: str) -> Any:
    """Ask until there is an answer; what is waited for happens in other processes."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            if found := done():
                return found
        except OSError:
            pass
        time.sleep(0.2)
    pytest.fail(f"{what} within {within_s} s")


async def last_picture(wire: Path) -> Picture:
    """What the keeper sends to a front that connects to it, as this one does."""
    arrived: asyncio.Future[Picture] = asyncio.get_running_loop().create_future()
    front = Front(lambda picture: arrived.done() or arrived.set_result(picture))
    following = asyncio.create_task(front.follow(wire))
    async with asyncio.timeout(PATIENCE_S):
        picture = await arrived
    following.cancel()
    return picture


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The day sent at once (it is five in the afternoon), through the doors of a real server."""
    folder = tmp_path_factory.mktemp("day")
    port = free_port()
    command = [
        sys.executable, "-m", "homestretch", "demo", "--at", "17:00", "--speed", "1",
        "--seed", str(SEED), "--marathon", str(MARATHON), "--half", str(HALF),
        "--port", str(port), "--folder", str(folder),
    ]  # fmt: skip
    passing = tmp_path_factory.mktemp("t")
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=os.environ | {"TMPDIR": str(passing)},
    )  # fmt: skip
    try:
        wait_for(lambda: get_json(port, "/healthz"), PATIENCE_S, "the server answers")
        truth = day(SEED, marathon=MARATHON, half=HALF)
        ended = truth.truth.outcome
        expected = ended.count("finished") + ended.count("finished late")

        def settled() -> dict[str, Any]:
            home = get_json(port, f"/{EVENT}.json")
            return (
                home
                if home and home["frame"]["over"] and home["counts"]["finished"] == expected
                else {}
            )

        home = wait_for(settled, PATIENCE_S, "everybody is home")
        results = get_json(port, f"/{EVENT}/results/marathon.json")
        picture = run(last_picture(next(passing.glob("homestretch-*/wire"))))
    finally:
        server.send_signal(signal.SIGINT)
        said, _ = server.communicate(timeout=PATIENCE_S)
    assert server.returncode == 0, said
    assert "Traceback" not in said
    return Played(home, results, picture, folder, truth)


@pytest.fixture(scope="module")
def store(played: Played) -> Iterator[Store]:
    with closing(open_store(played.folder, EVENT)) as store:
        yield store


def folded(store: Store, now: int) -> State:
    columns = Columns()
    columns.take(store.log.read_since(0))
    state = Fold(columns).state(now)
    assert state is not None
    return state


def test_everybody_ends_where_they_really_ended(played: Played, store: Store) -> None:
    state = folded(store, played.home["frame"]["now"])
    truth = played.truth.truth
    for bib, outcome in zip(truth.bibs, truth.outcome, strict=True):
        status = Status(state.status[state.roster.row_of_bib[bib]])
        assert status in OUTCOMES.get(outcome, OFF_THE_COURSE), (bib, outcome)


def test_every_passing_is_the_read_that_counts(played: Played, store: Store) -> None:
    state = folded(store, played.home["frame"]["now"])
    truth = played.truth.truth
    column = {name: place for place, name in enumerate(state.points.ids)}
    wrong = []
    for row, bib in enumerate(truth.bibs):
        mine = state.roster.row_of_bib[bib]
        for place, point in enumerate(truth.points):
            if (
                point in column
                and state.passed_at[mine, column[point]] != truth.read_at[row, place]
            ):
                wrong.append((bib, point))
    # One half marathoner runs on with the marathon: those reads wait for a ruling.
    assert {bib for bib, _ in wrong} <= {
        state.roster.bibs[q.row] for q in state.questions if q.kind == "read on another course"
    }


def test_the_last_finisher_is_the_last_finisher(played: Played, store: Store) -> None:
    state = folded(store, played.home["frame"]["now"])
    assert state.roster.bibs[int(state.finish_at.argmax())] == played.truth.truth.last_home


def test_the_state_after_a_restart_is_the_state_that_was_shown(
    played: Played, store: Store
) -> None:
    """The board built from a fresh fold of the log equals the board that the server showed."""
    now = played.results["frame"]["now"]
    columns = Columns()
    columns.take(store.log.read_since(0))
    fold = Fold(columns)
    state, plan = fold.state(now), fold.find_plan()
    assert state is not None
    assert plan is not None
    persons = {person.entrant: person for person in store.people.list_persons()}
    # It may have been shown before anything was forecast.
    looked = played.results["frame"]["forecast"]
    ahead = Looking().look(plan.event, state, chase=True) if looked else NOTHING
    picture = Picture(
        number=played.results["frame"]["number"],
        now=now,
        event=plan.event,
        course=plan.course,
        state=state,
        names=Names(version=0, persons=persons, texts={}),
        rehearsal=played.results["frame"]["rehearsal"],
        forecast=ahead.forecast,
        caught=ahead.caught,
    )
    kind = get_board("results")
    again = kind.rows(picture, Viewer(), kind.choices(race="marathon"))
    assert msgspec.json.decode(write_twin(again)) == played.results


def test_the_whole_state_that_the_keeper_held_is_the_state_of_its_log(
    played: Played, store: Store
) -> None:
    """Every field and every array: what the keeper had folded batch by batch since its start, under what it
    kept between folds, and what a fresh fold makes of the log that it left."""
    held = played.picture.state
    rows = store.log.read_since(0)
    then = rows._replace(  # that the devices then left came after this Picture
        reads=rows.reads[rows.reads["seq"] <= held.last_seq],
        others=[logged for logged in rows.others if logged.seq <= held.last_seq],
        last_seq=held.last_seq,
    )
    assert len(then.reads) > 1000
    columns = Columns()
    columns.take(then)
    fresh = Fold(columns).state(held.now)
    assert fresh is not None
    assert list_differences(held, fresh) == []
    assert (held.passed_at != NEVER).sum() > 1000
    assert np.isnan(held.position_m).any()


def test_a_difference_in_any_field_is_found(played: Played, store: Store) -> None:
    held = played.picture.state
    for field in dataclasses.fields(held):
        value = getattr(held, field.name)
        if isinstance(value, np.ndarray) and value.size:
            changed = value.copy()
            changed.flat[-1] = 0 if changed.flat[-1] else 1
            other = dataclasses.replace(held, **{field.name: changed})
            assert list_differences(held, other) == [f".{field.name}"]
    moved = dataclasses.replace(held, over=not held.over)
    assert list_differences(held, moved) == [f".over: {held.over} and {moved.over}"]


def test_nothing_is_counted_twice_and_the_log_says_where_all_came_from(store: Store) -> None:
    rows = store.log.read_since(0)
    ids = rows.reads[["source", "number", "digest"]]
    assert len(np.unique(ids)) == len(ids)
    assert (rows.reads["seen_at"] != NEVER).all()
    assert (np.diff(rows.reads["seq"]) > 0).all()
