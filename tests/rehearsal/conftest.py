"""A small made-up day for every test, and a full one for what needs numbers."""

from __future__ import annotations

import pytest

from homestretch.rehearsal.day import Day, day
from homestretch.rehearsal.plan import RehearsalPlan, plan


@pytest.fixture(scope="session")
def small() -> Day:
    """200 marathoners and 300 half marathoners."""
    return day(7, marathon=200, half=300)


@pytest.fixture(scope="session")
def small_plan() -> RehearsalPlan:
    """The folder of ``small``."""
    return plan(7, marathon=200, half=300)


@pytest.fixture(scope="session")
def full() -> Day:
    """The day of the demo: 4,000 and 6,000 entrants."""
    return day(1)
