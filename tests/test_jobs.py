"""Work in other processes: a worker that dies costs a retry, never a thing."""

from __future__ import annotations

import operator
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bench.served import free_port, list_running
from homestretch.errors import HomestretchError
from homestretch.jobs import KeptOpen, WorkerDied, open_executor, work
from tests.browser.server import wait_for
from tests.patience import PATIENCE_S


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


def own_pid(_: int) -> int:
    return os.getpid()


ONE = partial(open_executor, "", 1)


def test_what_work_finds_and_what_it_raises_is_told_of_each_thing() -> None:
    done = {one.thing: one for one in work(twice, [1, -1, 4], ONE)}
    assert (done[1].found, done[4].found) == (2, 8)
    assert isinstance(done[-1].error, ValueError)


def test_a_worker_that_dies_costs_a_retry(tmp_path: Path) -> None:
    done = list(work(partial(dies_once, str(tmp_path)), [1, 2, 3], ONE))
    assert sorted(one.found or 0 for one in done) == [1, 2, 3]


WORKS = """
import os, sys
from homestretch.jobs import open_executor
with open_executor(workers=1) as executor:
    print(executor.submit(os.getpid).result(), flush=True)
    sys.stdin.read()
"""


def test_a_worker_ends_when_the_process_that_it_works_for_is_killed() -> None:
    command = [sys.executable, "-c", WORKS]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as works:
        assert works.stdout is not None
        worker = int(works.stdout.readline())
        assert worker in {pid for pid, _, _ in list_running()}
        works.kill()
    wait_for(lambda: worker not in {pid for pid, _, _ in list_running()})


def test_workers_that_are_kept_open_do_one_work_after_the_other() -> None:
    kept = KeptOpen(ONE)
    try:
        workers = {one.found for _ in range(2) for one in work(own_pid, [1, 2], lambda: kept)}
    finally:
        kept.end()
    assert len(workers) == 1
    assert workers.isdisjoint({pid for pid, _, _ in list_running()})


def test_kept_workers_that_die_cost_a_retry_and_are_opened_anew(tmp_path: Path) -> None:
    kept = KeptOpen(ONE)
    try:
        for things in ([1, 2, 3], [4, 5]):
            done = list(work(partial(dies_once, str(tmp_path)), things, lambda: kept))
            assert sorted(one.found or 0 for one in done) == things
    finally:
        kept.end()


def test_what_kills_its_worker_each_time_is_given_up_alone() -> None:
    done = {one.thing: one for one in work(dies, [1, 3, 5], ONE)}
    assert (done[1].found, done[5].found) == (1, 5)
    assert isinstance(done[3].error, WorkerDied)


@pytest.fixture
def cluster() -> Iterator[str]:
    """The address of a real scheduler with two workers."""
    address = f"tcp://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    module = [sys.executable, "-m"]
    started = [
        subprocess.Popen(
            [*module, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"],
            stderr=subprocess.DEVNULL,
        ),
        *(
            subprocess.Popen(
                [*module, "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"],
                stderr=subprocess.DEVNULL,
            )
            for _ in range(2)
        ),
    ]  # fmt: skip
    yield address
    for process in reversed(
        started
    ):  # a worker whose scheduler has gone looks for it and does not end
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


ANSWER_S = PATIENCE_S / 2


def on_the_cluster(address: str) -> subprocess.CompletedProcess[str]:
    """Work there, asked for by a process of its own: what the library says at its end is not ours."""
    script = (
        "import operator\nfrom functools import partial\n"
        "from homestretch.jobs import open_executor, work\n"
        f"open_ = partial(open_executor, {address!r})\n"
        "print(sorted(done.found for done in work(partial(operator.mul, 2), [1, 2, 3], open_)))"
    )
    asked = [sys.executable, "-c", script]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=ANSWER_S)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(asked, 1, "", f"No answer within {ANSWER_S} s.")


def test_a_dask_cluster_does_the_same_work(cluster: str) -> None:
    for _ in range(5):  # a scheduler on a busy machine takes its time to answer first
        done = on_the_cluster(cluster)
        if done.returncode == 0:
            break
    assert done.stdout.strip() == str([operator.mul(2, n) for n in (1, 2, 3)]), done.stderr


def test_a_scheduler_that_does_not_answer_is_told() -> None:
    done = on_the_cluster("tcp://127.0.0.1:9")
    assert done.returncode != 0
    assert HomestretchError.__name__ in done.stderr
    assert "No Dask scheduler answers" in done.stderr
