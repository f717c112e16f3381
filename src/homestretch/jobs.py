"""Slow work in other processes: anywhere a ``concurrent.futures.Executor`` leads.

Here that is a pool of processes of this machine, on a cluster a Dask scheduler at ``tcp://...``. What is
found comes back as values, to be kept as facts, so that a replay never does the work again. A worker that
dies costs a retry of what it had, never the thing itself; what kills its worker again and again is given up
with a reason, after everything else is done.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast

from homestretch.errors import HomestretchError, MissingExtra

TRIES: Final = 3
"""So often a thing is tried whose worker died."""
NICE: Final = 15
"""The race goes before all work that is done here."""

Thing = TypeVar("Thing")
Found = TypeVar("Found")


class WorkerDied(HomestretchError):
    """The process that did this ended without a word, each time it was tried."""


class Done(NamedTuple, Generic[Thing, Found]):
    """What came of one thing: what was found, or what went wrong."""

    thing: Thing
    found: Found | None
    error: Exception | None


def open_executor(where: str = "", workers: int = 0) -> Executor:
    """Where work is done: "" for processes of this machine, ``tcp://host:port`` for a Dask scheduler."""
    if where:
        return _open_cluster(where)
    return ProcessPoolExecutor(
        workers or max(1, (os.cpu_count() or 2) - 1),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
    )


def _begin() -> None:
    """In a worker: be nice, and end with the process that it works for. One that is killed tells nobody, and its workers
    would wait for more work for ever, with all that they have loaded."""
    os.nice(NICE)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


def _open_cluster(where: str) -> Executor:
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingExtra("distributed", "dask", f"Work on the cluster at {where}") from error
    try:
        client = cast(Any, Client)(where, timeout=10)
    except OSError as error:
        raise HomestretchError(
            f"No Dask scheduler answers at {where}.",
            "Start one with: dask scheduler, and workers with: dask worker ADDRESS",
        ) from error
    return _Cluster(client)


class _Cluster(Executor):
    """A Dask client as an executor that lets go of its connections when it is done."""

    def __init__(self, client: Any) -> None:
        self._client, self._inner = client, client.get_executor()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = self._inner.submit(fn, *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._inner.shutdown(wait=wait and not cancel_futures)
        self._client.close()


class KeptOpen(Executor):
    """What ``open_`` opens, for one work after the other: what its workers have loaded they load once. It is opened with
    the first thing to do, and anew where a worker died and took it along; the end of a work does not end it."""

    def __init__(self, open_: Callable[[], Executor] = open_executor) -> None:
        self._open, self._inner = open_, cast(Executor | None, None)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self._inner is None:
            self._inner = self._open()
        try:
            return self._inner.submit(fn, *args, **kwargs)
        except BrokenProcessPool:
            self.end()
            self._inner = self._open()
            return self._inner.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """A work is over; there may be another."""

    def end(self) -> None:
        """Let go of it once what was begun is done."""
        if self._inner is not None:
            self._inner.shutdown()
            self._inner = None


def work(
    function: Callable[[Thing], Found],
    things: Iterable[Thing],
    open_: Callable[[], Executor] = open_executor,
) -> Iterator[Done[Thing, Found]]:
    """``function`` of every thing, in the order in which they are done. ``open_`` gives an executor, and a
    new one when a worker died and took it along; then what was in hand is tried again, at last one by one,
    so that only what really kills its worker is given up."""
    left = list(things)
    for attempt in range(TRIES):
        alone = attempt == TRIES - 1
        died: list[Thing] = []
        for batch in [[one] for one in left] if alone else [left]:
            with open_() as executor:
                yield from _one_round(executor, function, batch, died)
        left = died
        if not left:
            return
    for thing in left:
        yield Done(thing, None, WorkerDied(
            f"The process that worked on this ended without a word, {TRIES} times.",
            "Look into the memory of the machine; the thing itself is kept.",
        ))  # fmt: skip


def _one_round(
    executor: Executor,
    function: Callable[[Thing], Found],
    things: list[Thing],
    died: list[Thing],
) -> Iterator[Done[Thing, Found]]:
    futures: dict[Future[Any], Thing] = {}
    for at, thing in enumerate(things):
        try:
            futures[executor.submit(function, thing)] = thing
        except BrokenProcessPool:
            died.extend(things[at:])
            break
    for future in as_completed(futures):
        thing = futures[future]
        try:
            yield Done(thing, future.result(), None)
        except (BrokenProcessPool, CancelledError):
            died.append(thing)
        except Exception as error:  # noqa: BLE001 - what work raised is told to who asked for it
            yield Done(thing, None, error)
