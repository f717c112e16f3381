"""What an earlier edition of the course showed: of its hills into course-shape.csv, for the check of the clocks; of
its legs into course-pace.json, for the forecast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from homestretch.clocks import Watched, course_shape, list_bends, make_watched
from homestretch.errors import PlanError
from homestretch.folder.course_pace import LegPaces, write_paces
from homestretch.folder.course_shape import Bend, write_bends
from homestretch.folder.files import put
from homestretch.folder.problem import PACE, SHAPE
from homestretch.forecast.courses import edition_of, learn_course
from homestretch.forecast.past import Edition
from homestretch.race.event import Event
from homestretch.rehearsal.replay_times import PastRace
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.snapshot import NEVER, Ints
from homestretch.store.opening import Store

TOO_FEW = "It takes three mats and 250 runners who were read at them."


def shape_of_event(store: Store, now: int) -> list[Bend]:
    """Of every race of an event that is over, with what was corrected there; PlanError where nothing is
    known."""
    columns = Columns()
    columns.take(store.log.read_since(0))
    fold = Fold(columns)
    state, plan, held = fold.state(now), fold.find_plan(), fold.find_held_reads()
    if state is None or plan is None or held is None:
        raise PlanError("Nothing is known of the earlier event.", TOO_FEW)
    watched = make_watched(state, held)
    races = [race.id for race in plan.event.races]
    return list_bends(course_shape(watched), races, watched.metres)


def shape_of_past(past: PastRace, race: str) -> list[Bend]:
    """Of the one race in a file, which is ``race`` today."""
    n, m = past.clock_ms.shape
    source: Ints = np.where(past.clock_ms != NEVER, np.arange(m), NEVER)
    metres = np.array([[point.distance_m for point in past.points]])
    watched = Watched(past.clock_ms, source, metres, np.zeros(n, np.int64))
    return list_bends(course_shape(watched), [race], metres)


def write_shape(folder: Path, bends: Sequence[Bend], event: Event) -> dict[str, int]:
    """Put what races of this event were shown into its folder; how many mats of each race. PlanError where
    that is none."""
    ours = [bend for bend in bends if bend.race in {race.id for race in event.races}]
    if not ours:
        raise PlanError("The earlier edition shows nothing of these races.", TOO_FEW)
    put(folder / SHAPE, write_bends(ours).encode(), public=True)
    return {race.id: sum(bend.race == race.id for bend in ours) for race in event.races}


def paces_of_event(store: Store, now: int) -> list[LegPaces]:
    """What every race of an event that is over showed of its legs; nothing of one in which too few ran."""
    columns = Columns()
    columns.take(store.log.read_since(0))
    fold = Fold(columns)
    state, plan = fold.state(now), fold.find_plan()
    if state is None or plan is None:
        return []
    races = enumerate(plan.event.races)
    editions = [(race.id, edition_of(plan.event, state, number)) for number, race in races]
    return _paces((race, edition) for race, edition in editions if edition is not None)


def paces_of_past(past: PastRace, race: str) -> list[LegPaces]:
    """Of the one race in a file, which is ``race`` today."""
    at_s = np.where(past.clock_ms == NEVER, np.nan, past.clock_ms / 1000.0)
    started, unknown = np.isfinite(at_s[:, 0]), np.full(len(at_s), np.nan)
    edition = Edition(
        name=race,
        sites_m=np.array([point.distance_m for point in past.points[1:]]),
        times=(at_s[:, 1:] - at_s[:, :1])[started],
        start_s=at_s[started, 0],
        woman=unknown[started],
        age=unknown[started],
        clocks=True,
    )
    return _paces([(race, edition)])


def write_paces_of(folder: Path, paces: Sequence[LegPaces], event: Event) -> list[str]:
    """Put what races of this event were shown into its folder; their ids."""
    ours = [one for one in paces if one.race in {race.id for race in event.races}]
    if ours:
        put(folder / PACE, write_paces(ours).encode(), public=True)
    return [one.race for one in ours]


def _paces(editions: Iterable[tuple[str, Edition]]) -> list[LegPaces]:
    known = [(race, learn_course(edition)) for race, edition in editions]
    return [
        LegPaces(
            race, one.mats_m.tolist(), one.effects.curve.tolist(), one.effects.covariance.tolist()
        )
        for race, one in known
        if one is not None
    ]
