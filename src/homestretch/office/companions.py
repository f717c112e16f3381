"""Who was together in a past race, timed; and how many of planted pairs are found."""

from __future__ import annotations

import time
from typing import Final

import numpy as np

from homestretch.companions.finding import find
from homestretch.companions.planting import THINNED, Cell, recall
from homestretch.companions.values import Field, Found

PLANTED_AT: Final = ("start", "half", "25k", "30k", "35k")
LEAST_RUNNERS: Final = 200
"""Nothing is planted in a field that has no place for it."""


def search(field: Field) -> tuple[Found, float]:
    """Who was together, and how many seconds of one core that took, calibration included; without the compiling of
    the code at its first use on a computer."""
    mats = np.arange(0.0, 6000.0, 1000.0)
    find(Field(np.array([mats, mats, mats, mats]), mats))
    began = time.process_time()
    return find(field), time.process_time() - began


def plant_in(field: Field, mats: tuple[str, ...]) -> dict[str, list[Cell]]:
    """Cells of recall for the whole field, and thinned to ``THINNED`` where it is larger."""
    firsts = tuple(at for at, mat in enumerate(mats[:-1]) if mat in PLANTED_AT)
    firsts = firsts or tuple(range(len(mats) - 1))
    if len(field.times_s) < LEAST_RUNNERS:
        return {}
    found = {f"{len(field.times_s):,} runners": recall(field, mats, firsts)}
    if len(field.times_s) > THINNED:
        found[f"thinned to {THINNED:,} runners"] = recall(field, mats, firsts, thinned=THINNED)
    return found
