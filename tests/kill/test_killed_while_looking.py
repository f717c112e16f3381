"""A server that is killed while its pictures are read: the next one reads each of them once, whoever of its processes
does it, and each becomes one set of facts."""

from __future__ import annotations

import contextlib
import os
import signal
from collections import Counter
from pathlib import Path

from bench.served import Prepared, Server, free_port, list_running, prepare, running
from homestretch.app import store_of
from homestretch.facts import AnyFact, PhotoLooked, PhotoTagged, PhotoTaken, Received
from tests.browser.server import wait_for
from tests.photos.bib_pictures import TESTING, Worn, as_jpeg, draw

MANY = 6


def list_facts(prepared: Prepared) -> list[Received]:
    """What is on disk."""
    with contextlib.closing(store_of(prepared.folder, prepared.plan.event_id)) as store:
        return list(store.log.read_since(0).others)


def drop_pictures(prepared: Prepared) -> None:
    """A card with pictures that say nothing of their time."""
    card = prepared.folder / "inbox" / "finish"
    card.mkdir(parents=True)
    for number in range(MANY):
        picture = as_jpeg(draw([Worn(f"{101 + number}")], TESTING, seed=number))
        (card / f"IMG {number}.JPG").write_bytes(picture)


def kill_all(prepared: Prepared, server: Server) -> None:
    """``kill -9`` for every process of this event: the server, and what reads pictures beside it."""
    assert server.main is not None
    named = [pid for pid, _, command in list_running() if str(prepared.folder) in command]
    for pid in {server.main.pid, *named, *(one.pid for one in server.list_processes())}:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    server.main.wait()


def is_of(fact: AnyFact, photo: str) -> bool:
    return isinstance(fact, PhotoTaken | PhotoLooked | PhotoTagged) and fact.photo == photo


def test_pictures_of_a_killed_server_are_read_once_each_though_two_processes_of_the_next_one_want_to(
    tmp_path: Path,
) -> None:
    prepared = prepare(tmp_path / "event", 150, 150)
    server = Server(["run", str(prepared.folder)], free_port(), tmp_path / "said.txt")
    with running(server):
        drop_pictures(prepared)
        wait_for(lambda: _count(prepared, PhotoTaken) == MANY)
        kill_all(prepared, server)
        assert _count(prepared, PhotoLooked) < MANY
        server.start()
        server.wait_until_ready()
        # One process looks after what the last server left, another after what lies in the inbox.
        for words in ("uploads were taken in", "a file was dropped"):
            wait_for(lambda words=words: words in server.said())  # type: ignore[misc]  # as it is now
    facts = [one.fact for one in list_facts(prepared)]
    photos = {fact.photo for fact in facts if isinstance(fact, PhotoTaken)}
    assert len(photos) == MANY
    for photo in photos:
        kinds = Counter(type(fact) for fact in facts if is_of(fact, photo))
        assert (kinds[PhotoTaken], kinds[PhotoLooked]) == (1, 1)
        tags = Counter(
            fact.bib for fact in facts if isinstance(fact, PhotoTagged) and is_of(fact, photo)
        )
        assert set(tags.values()) == {1}


def _count(prepared: Prepared, kind: type[AnyFact]) -> int:
    return sum(isinstance(one.fact, kind) for one in list_facts(prepared))
