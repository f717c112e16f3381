"""What the loops over all reads and rows look at: plain columns, apart from the loops, so that who only looks
something up need not load the compiler."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from homestretch.state.snapshot import Floats, Ints

Ints32: TypeAlias = npt.NDArray[np.int32]
Reasons: TypeAlias = npt.NDArray[np.int8]

BEYOND = 2**40
"""The reach of a point that is not on the own course (a relay leg's): nobody is ever there."""


class Offers(NamedTuple):
    """Reads as they are offered to cells; all (reads,), ``source_rank`` (symbols,)."""

    at: Ints
    seen_at: Ints
    source: Ints
    number: Ints
    digest: Ints
    source_rank: Ints


class Rows(NamedTuple):
    """What the loops need of the rows.

    ``facts`` (n, 4): race, pace class, start column (-1), gun after base. ``reach_ms`` (classes, m): the
    least time from the gun to a point at the fastest plausible pace, BEYOND off the own course.
    ``metres`` (races, m), NaN where a race does not pass; ``run_m`` likewise, as far as they must have been
    run: what lies behind a change of the course may have been left out. ``order`` (races, m): its columns
    by distance.
    ``open_ms`` (races,): how long its start is open. ``pace_ms`` (classes,) milliseconds a metre.
    ``dead_ms``: reads that follow each other within it are one passing.
    """

    facts: Ints32
    reach_ms: Ints
    metres: Floats
    run_m: Floats
    order: Ints
    open_ms: Ints
    pace_ms: Floats
    dead_ms: int
    base: int
