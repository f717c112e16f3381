"""How invented people run: drawn from the fitted mixture, over any distance of either race.

A marathon follows the figures as they are. Of half marathons there are no data: a half is half of the
same person's marathon by Riegel's rule (P. Riegel, "Athletic Records and Human Endurance", American
Scientist 69, 1981: time grows with distance to the power 1.06), with six tenths of its slowing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homestretch.rehearsal.figures import Bools, Figures, Floats, Ints, get_figures

RIEGEL = 1.06
HALF_KEEPS_OF_SLOWING = 0.6
FASTEST_LEG_S_PER_M = 0.165
SLOWEST_LEG_S_PER_M = 1.8


@dataclass(frozen=True, slots=True)
class People:
    """n people: ``log_pace`` (n, 9) at the knots of the figures, age in years, is a woman."""

    woman: Bools
    age: Ints
    log_pace: Floats


def draw_people(rng: np.random.Generator, n: int, women_odds: float = 1.0) -> People:
    """n people as the figures have them; ``women_odds`` multiplies the odds of being a woman."""
    figures = get_figures()
    log_pace = np.empty((0, len(figures.knots_m)))
    component = np.empty(0, dtype=np.int64)
    while len(component) < n:
        # Gaussian tails reach people whom the figures leave out: they are drawn anew.
        drawn = rng.choice(len(figures.shares), size=n + n // 8 + 8, p=figures.shares)
        noise = rng.standard_normal((len(drawn), len(figures.knots_m)))
        y = figures.means[drawn] + np.einsum("nij,nj->ni", figures.factors[drawn], noise)
        fits = _fits(y, figures)
        log_pace = np.concatenate([log_pace, y[fits]])
        component = np.concatenate([component, drawn[fits]])
    component = component[:n]
    share = figures.women[component]
    odds = women_odds * share / (1 - share)
    woman = rng.random(n) < odds / (1 + odds)
    tables = np.where(woman[:, None], figures.ages_women[component], figures.ages_men[component])
    band = (tables.cumsum(axis=1) < rng.random(n)[:, None]).sum(axis=1)
    band = np.minimum(band, len(figures.age_bands) - 1)
    # Nobody under 16 runs so far; the lowest band of the data is "under 20".
    within = np.where(band == 0, 1 + rng.integers(0, 4, n), rng.integers(0, 5, n))
    return People(woman=woman, age=figures.age_bands[band] + within, log_pace=log_pace[:n])


def _fits(log_pace: Floats, figures: Figures) -> Bools:
    time_s = np.exp(log_pace) * figures.knots_m
    leg = np.diff(time_s, axis=1, prepend=0.0) / np.diff(figures.knots_m, prepend=0.0)
    possible = (leg > FASTEST_LEG_S_PER_M) & (leg < SLOWEST_LEG_S_PER_M)
    fits: Bools = possible.all(axis=1) & (time_s[:, -1] <= figures.longest_s)
    return fits


def as_half(log_pace: Floats) -> Floats:
    """Log paces of the same people over a half marathon, at half the distances of the knots."""
    finish = log_pace[:, -1:]
    shape = HALF_KEEPS_OF_SLOWING * (log_pace - finish)
    return np.asarray(finish + shape - (RIEGEL - 1.0) * np.log(2.0))


def half_finish_s() -> Floats:
    """(q,) net half marathon times at the quantiles of the figures, by the rule above."""
    return np.asarray(get_figures().finish_s / 2.0**RIEGEL)


def elapsed_s(log_pace: Floats, knots_m: Floats, distance_m: Floats) -> Floats:
    """Seconds after the start (n, d) at the distances (d,): log average pace is linear in between."""
    hats = np.stack([np.interp(distance_m, knots_m, row) for row in np.eye(len(knots_m))])
    return np.asarray(distance_m * np.exp(log_pace @ hats))


def log_pace_of(time_s: Floats, knots_m: Floats) -> Floats:
    """The inverse at the knots: log average pace of elapsed seconds (..., 9)."""
    return np.asarray(np.log(time_s / knots_m))


def start_delays_s(rng: np.random.Generator, speed_rank: Floats, road_share: float) -> Floats:
    """Seconds from the gun to the line for the people of one wave.

    ``speed_rank`` (n,) goes from 0 (fastest) to 1; ``road_share`` is the width of the start compared
    with the road on which the figures were taken.
    """
    figures = get_figures()
    n = len(speed_rank)
    if n == 0:
        return np.empty(0)
    length_s = 60.0 * n / (figures.people_per_min * road_share)
    tie = figures.delay_pace_correlation
    mixed = tie * np.sqrt(12.0) * (speed_rank - 0.5) + np.sqrt(1 - tie**2) * rng.standard_normal(n)
    place = (np.argsort(np.argsort(mixed)) + rng.random(n)) / n
    delay = np.interp(place, figures.quantiles, figures.delay_quantiles) * length_s
    return np.asarray(1.0 + delay + rng.exponential(0.8, n))
