"""The fitted figures that ship with the package (made by ``homestretch forecast fit``): nobody's time."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

import numpy as np

from homestretch.state.snapshot import Floats

COVARIATES = 2
"""Sex (1 woman, 0 man) and age (in units of ten years from 40) stand before the paces."""


@dataclass(frozen=True, slots=True)
class Model:
    """A mixture of k Gaussians over sex, age and log average pace (log s/m) at the knots, and what was
    learnt from leaving races out: how far its promises must be widened."""

    knots_m: Floats
    """(knots,) metres of a marathon"""
    shares: Floats
    """(k,)"""
    means: Floats
    """(k, 2 + knots)"""
    covariances: Floats
    """(k, 2 + knots, 2 + knots)"""
    first: int
    """so many components, the first ones, are a mixture of their own, where all would be too slow"""
    wander_m: float
    """how much a pace strays between two knots (``layout``)"""
    normal_to: Floats
    """(knots, 2, z) what a standard normal score of the mixture is worth, after each knot, for the next
    knot and for the end, at the scores ``SCORES``"""
    leg_width: Floats
    """(knots,) how wide the surprises of the leg behind each knot were there (``calibration``); NaN: not known"""
    lean: Floats
    """(knots,) the part of a surprise at each knot that returns behind it (``leaning``)"""
    regressions: Floats
    """(r, 6) of the two-variable regression, which is only measured beside the model (``simple``)"""
    card: dict[str, Any]
    """what it was trained on, and what it is not for"""


SCORES = np.array([-3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0])


def encode(model: Model) -> str:
    """The model as JSON, in as many digits as the fit supports."""
    raw = {
        "about": "Made by homestretch forecast fit: shares, means, covariances, scores. No person's times.",
        "card": model.card,
        "knots_m": model.knots_m.tolist(),
        "shares": _rounded(model.shares, 7),
        "means": _rounded(model.means, 7),
        "covariances": _rounded(model.covariances, 10),
        "first": model.first,
        "wander_m": round(model.wander_m, 4),
        "normal_to": _rounded(model.normal_to, 4),
        "leg_width": _rounded(model.leg_width, 4),
        "lean": _rounded(model.lean, 4),
        "regressions": _rounded(model.regressions, 6),
    }
    return json.dumps(raw, separators=(",", ":")) + "\n"


def decode(text: str) -> Model:
    """The model that ``encode`` wrote."""
    raw = json.loads(text)
    arrays = (
        "knots_m",
        "shares",
        "means",
        "covariances",
        "normal_to",
        "leg_width",
        "lean",
        "regressions",
    )
    return Model(
        first=int(raw.get("first", len(raw["shares"]))),
        wander_m=float(raw["wander_m"]),
        card=raw["card"],
        **{name: np.array(raw[name], dtype=np.float64) for name in arrays},
    )


@functools.cache
def get_model() -> Model:
    """The model of this version of the package."""
    return decode(resources.files(__package__).joinpath("model.json").read_text(encoding="utf-8"))


def unadjusted(model: Model) -> Model:
    """The model with scores that are taken as they come: before it is calibrated."""
    return replace(
        model,
        normal_to=np.tile(SCORES, (len(model.knots_m), 2, 1)),
        leg_width=np.full(len(model.knots_m), np.nan),
        lean=np.zeros(len(model.knots_m)),
    )


def first_of(model: Model) -> Model:
    """The model with the first mixture of its bag alone."""
    shares = model.shares[: model.first]
    return replace(
        model,
        shares=shares / shares.sum(),
        means=model.means[: model.first],
        covariances=model.covariances[: model.first],
    )


def _rounded(values: Floats, digits: int) -> Any:
    return np.round(values, digits).tolist()
