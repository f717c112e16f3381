"""What outlived a long collection is not looked at again; short ones change nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from homestretch.pauses import keep_pauses_short


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = list(gc.callbacks)
    yield
    gc.callbacks[:] = before


def frozen_by(long_s: float) -> int:
    """How many of twenty thousand new things, and of what else there is, one collection has frozen, less what was
    frozen before and has gone meanwhile."""
    keep_pauses_short(long_s)
    before = gc.get_freeze_count()
    alive = [[number] for number in range(20_000)]
    gc.collect()
    assert len(alive) == 20_000
    return gc.get_freeze_count() - before


def test_a_long_collection_is_the_last_that_looks_at_what_is_alive() -> None:
    assert frozen_by(long_s=0.0) >= 10_000


def test_a_short_collection_freezes_nothing() -> None:
    assert frozen_by(long_s=3600.0) <= 0


def test_what_is_frozen_still_goes_when_nobody_refers_to_it() -> None:
    class Gone:
        alive = 0

        def __init__(self) -> None:
            Gone.alive += 1

        def __del__(self) -> None:
            Gone.alive -= 1

    keep_pauses_short(0.0)
    things = [Gone() for _ in range(100)]
    gc.collect()
    things.clear()
    assert Gone.alive == 0
