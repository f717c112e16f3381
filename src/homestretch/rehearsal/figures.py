"""The fitted figures that ship with the package (made by scripts/fit_rehearsal.py)."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Figures:
    """A mixture of k Gaussians on log average pace (log s/m) at nine distances, and what goes with it."""

    knots_m: Floats
    """(9,) the distances"""
    shares: Floats
    """(k,)"""
    means: Floats
    """(k, 9)"""
    factors: Floats
    """(k, 9, 9) lower Cholesky factors of the covariances"""
    women: Floats
    """(k,) share of women in each component"""
    age_bands: Ints
    """(b,) lower ends of five-year bands; the last is open"""
    ages_women: Floats
    """(k, b) shares"""
    ages_men: Floats
    """(k, b)"""
    longest_s: float
    """net time of a marathon beyond which nobody enters"""
    quantiles: Floats
    """(q,) the shares below which lie:"""
    finish_s: Floats
    """(q,) net marathon times"""
    slowing: Floats
    """(q,) thousandths by which the average pace at the finish is slower than at the half"""
    delay_quantiles: Floats
    """(q,) start delays as a fraction of the time that a crowd takes to cross the line"""
    people_per_min: float
    """how many of a crowd cross the line in a minute"""
    delay_pace_correlation: float
    """rank correlation of start delay and net time within a crowd"""


@functools.cache
def get_figures() -> Figures:
    """The figures of this version of the package."""
    text = resources.files(__package__).joinpath("figures.json").read_text(encoding="utf-8")
    raw: dict[str, Any] = json.loads(text)
    women, men = raw["ages_women_men"]
    shares = np.array(raw["shares"])
    return Figures(
        knots_m=np.array(raw["knots_m"]),
        shares=shares / shares.sum(),
        means=np.array(raw["means"]),
        factors=np.linalg.cholesky(np.array(raw["covariances"])),
        women=np.array(raw["women"]),
        age_bands=np.array(raw["age_bands"], dtype=np.int64),
        ages_women=np.array(women),
        ages_men=np.array(men),
        longest_s=float(raw["longest_s"]),
        quantiles=np.array(raw["quantiles"]),
        finish_s=np.array(raw["finish_s"]),
        slowing=np.array(raw["slowing"]),
        delay_quantiles=np.array(raw["starts"]["delay_quantiles"]),
        people_per_min=float(raw["starts"]["people_per_min"]),
        delay_pace_correlation=float(raw["starts"]["delay_pace_correlation"]),
    )


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Random numbers for one purpose: a change in one part of the day leaves the others as they are."""
    words = list(purpose.encode())
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([abs(seed), *words])))
