"""What an earlier edition showed of its course: learnt from it when all was over, believed at the next edition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from homestretch.forecast.effects import NODES, Effects, of_earlier_day
from homestretch.forecast.figures import Model, get_model
from homestretch.forecast.past import Edition, Replay
from homestretch.forecast.runners import NEAR_M, find_people
from homestretch.race.event import Event
from homestretch.state.snapshot import FINISHERS, NEVER, Floats, State

LEAST_PEOPLE = 200
"""Fewer say more of themselves than of the course."""
SAME_M = 20.0
"""Mats within so many metres stand at the same place."""


class CourseKnown(NamedTuple):
    """What is known of a race's course: the mats it was learnt at (metres from the start, the end included), and
    the effects of the legs between them."""

    mats_m: Floats
    effects: Effects

    def holds_at(self, mats_m: Floats) -> bool:
        """Whether today's mats (metres) stand where those stood."""
        same = mats_m.shape == self.mats_m.shape
        same &= self.effects.curve.shape == (len(mats_m) - 1, len(NODES))
        return bool(same and np.allclose(mats_m, self.mats_m, rtol=0.0, atol=SAME_M))


def known_from(
    mats_m: Sequence[float],
    shares: Sequence[Sequence[float]],
    covariance: Sequence[Sequence[float]],
) -> CourseKnown:
    """What was kept of a course: see ``CourseKnown`` and ``Effects``."""
    effects = Effects(np.array(shares), np.array(covariance), np.zeros(len(shares)))
    return CourseKnown(np.array(mats_m), effects)


def learn_course(edition: Edition, model: Model | None = None) -> CourseKnown | None:
    """The course as an edition showed it, its own day being one of many; None when too few ran."""
    if len(edition.times) < LEAST_PEOPLE or len(edition.sites_m) < 2:
        return None
    shown = Replay(model or get_model(), edition).learnt_in_the_end()
    return CourseKnown(edition.sites_m, of_earlier_day(shown))


def edition_of(event: Event, state: State, race: int) -> Edition | None:
    """The finishers of a race of an event that is over, as an edition; None where there is none."""
    plan, metres = event.races[race], state.points.distance_m[race]
    columns = np.flatnonzero((metres > NEAR_M) & (metres <= plan.distance_m + NEAR_M))
    columns = columns[np.argsort(metres[columns], kind="stable")]
    rows = np.flatnonzero(
        (state.roster.race == race) & np.isin(state.status, FINISHERS) & state.roster.competes
    )
    if not len(rows) or not len(columns):
        return None
    at = state.passed_at[np.ix_(rows, columns)].astype(np.float64)
    start_at = state.start_at[rows].astype(np.float64)
    times = np.where(at == NEVER, np.nan, at - start_at[:, None]) / 1000.0
    heard = np.isfinite(times).any(axis=0)
    woman, age = find_people(state.roster, rows)
    return Edition(
        name=plan.id,
        sites_m=metres[columns[heard]],
        times=times[:, heard],
        start_s=(start_at - start_at.min()) / 1000.0,
        woman=woman,
        age=age,
        clocks=True,
    )
