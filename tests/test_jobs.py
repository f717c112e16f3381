"""Work in other processes: a worker that dies costs a retry, never a thing."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from homestretch.jobs import WorkerDied, open_executor, work


def twice(number: int) -> int:
    if number < 0:
        raise ValueError("negative")
    return 2 * number


def dies_once(folder: str, number: int) -> int:
    """Kills its own process the first time that it is given an even number."""
    mark = Path(folder) / str(number)
    if number % 2 == 0 and not mark.exists():
        mark.touch()
        os._exit(9)
    return number


def dies(number: int) -> int:
    if number == 3:
        os._exit(9)
    return number


ONE = partial(open_executor, "", 1)


def test_what_work_finds_and_what_it_raises_is_told_of_each_thing() -> None:
    done = {one.thing: one for one in work(twice, [1, -1, 4], ONE)}
    assert (done[1].found, done[4].found) == (2, 8)
    assert isinstance(done[-1].error, ValueError)


def test_a_worker_that_dies_costs_a_retry(tmp_path: Path) -> None:
    done = list(work(partial(dies_once, str(tmp_path)), [1, 2, 3], ONE))
    assert sorted(one.found or 0 for one in done) == [1, 2, 3]


def test_what_kills_its_worker_each_time_is_given_up_alone() -> None:
    done = {one.thing: one for one in work(dies, [1, 3, 5], ONE)}
    assert (done[1].found, done[5].found) == (1, 5)
    assert isinstance(done[3].error, WorkerDied)
