"""A state and its reads as the clock check looks at them."""

from __future__ import annotations

from homestretch.clocks.check import check_clocks
from homestretch.clocks.finding import ClockCheck
from homestretch.clocks.shape import Shape
from homestretch.clocks.watched import Reads, Watched
from homestretch.state.read_values import HeldReads
from homestretch.state.snapshot import State


def make_watched(state: State, held: HeldReads) -> Watched:
    """What there is to look at; ``held`` are the reads behind ``state``."""
    return Watched(
        passed_at=state.passed_at,
        source=held.passed_by,
        metres=held.metres,
        race=state.roster.race,
        reads=Reads(held.row, held.point, held.source, held.at),
        points=state.points.names,
        sources=held.sources,
    )


def make_check(now: int, watched: Watched, earlier: Shape | None = None) -> ClockCheck:
    """The whole check of a state at ``now``, as it is done beside the fold."""
    return ClockCheck(now, check_clocks(watched, earlier), watched.sources)
