"""Made-up fields for the tests: everybody at their own pace, and who runs with whom from where on."""

from __future__ import annotations

import numpy as np

from homestretch.companions.values import Field, Floats

METRES = np.array(
    [0.0, 5000.0, 10_000.0, 15_000.0, 21_097.5, 25_000.0, 30_000.0, 35_000.0, 42_195.0]
)


def field_of(runners: int, seed: int, minutes: float = 30.0, holes: float = 0.02) -> Field:
    """A field in which nobody runs with anybody; starts are spread over so many minutes."""
    random = np.random.default_rng(seed)
    pace = 0.38 * np.exp(random.normal(0.0, 0.16, runners))
    fade = random.normal(0.04, 0.04, runners)
    legs_m = np.diff(METRES)
    slower = 1.0 + np.outer(fade, np.linspace(0.0, 1.5, len(legs_m)))
    legs_s = (
        pace[:, None] * slower * legs_m * np.exp(random.normal(0.0, 0.02, (runners, len(legs_m))))
    )
    start_s = 30_000.0 + random.uniform(0.0, 60.0 * minutes, runners)
    times_s = np.rint(np.column_stack([start_s, start_s[:, None] + np.cumsum(legs_s, axis=1)]))
    missing = random.random(times_s.shape) < holes
    missing[:, 0] = False
    return Field(np.where(missing, np.nan, times_s), METRES)


def join(times_s: Floats, lead: int, other: int, first: int, seed: int = 0) -> None:
    """From a mat on the other one runs beside the lead."""
    random = np.random.default_rng(seed)
    times_s[other, first:] = times_s[lead, first:] + np.rint(
        random.laplace(0.0, 0.6, len(METRES) - first)
    )
