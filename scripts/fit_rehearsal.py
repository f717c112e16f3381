"""Fits the figures that shape the made-up race day, and writes them beside the package's code.

Reads the folder named by HOMESTRETCH_DATA (default ../shared/data; the files hold finishers of real
races and are personal data). What is written are means, covariances, shares and quantiles over many
thousands of people: nobody's time can be read from them.

Stated rules, so that a reader can disagree with them:

* The field of an open city marathon with a closing time is four parts of a big-city field (Chicago
  2014-16) and one part of a field without a closing time, half of which walks (Honolulu 2016-18);
  people whose day would be longer than 7:50:00 do not enter a race that closes.
* A person's pacing is the logarithm of the average pace (seconds per metre) at nine distances; a
  mixture of Gaussians with full covariances describes everybody, each component with its share of
  women and its ages.
* Start delays within a wave are those of Chicago 2023: a crowd is a run of people who cross the line
  without a break of 20 seconds; the delay is a fraction of the time that the crowd takes.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

Floats = npt.NDArray[np.float64]

COLUMNS = ("t_5k", "t_10k", "t_15k", "t_half", "t_25k", "t_30k", "t_35k", "t_40k", "t_finish")
KNOTS_M = (5000.0, 10000.0, 15000.0, 21097.5, 25000.0, 30000.0, 35000.0, 40000.0, 42195.0)
SHARES = {"chicago": 0.8, "honolulu": 0.2}
LONGEST_S = (7 * 60 + 50) * 60
COMPONENTS = 12
ITERATIONS = 120
AGES = tuple(range(15, 85, 5))
QUANTILES = tuple(q / 200 for q in range(1, 200))
CROWD_GAP_S = 20
CROWD_LEAST = 1500
ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src" / "homestretch" / "rehearsal" / "figures.json"


def data_folder() -> Path:
    """The folder of the real files."""
    return Path(os.environ.get("HOMESTRETCH_DATA") or ROOT.parent / "shared" / "data")


def numbers(table: Any, column: str) -> Floats:
    """A column as floats, NaN where the file has nothing."""
    return np.asarray(table[column].to_numpy(zero_copy_only=False), dtype=np.float64)


def words(table: Any, column: str) -> npt.NDArray[np.str_]:
    """A column as text, empty where the file has nothing."""
    return np.array([value or "" for value in table[column].cast("string").to_pylist()])


def read_field(folder: Path) -> tuple[Floats, npt.NDArray[np.bool_], Floats, Floats]:
    """Log average paces (n, 9), is a woman, age band (NaN unknown) and weight, all times known."""
    table = pq.read_table(folder / "splits_pool.parquet")
    times = np.column_stack([numbers(table, column) for column in COLUMNS])
    race, sex, age = words(table, "race"), words(table, "sex"), numbers(table, "age5")
    distance = np.array(KNOTS_M)
    leg_pace = np.diff(times, axis=1, prepend=0.0) / np.diff(distance, prepend=0.0)
    keep = np.isfinite(times).all(axis=1) & np.isin(sex, ("F", "M"))
    keep &= np.isin(race, tuple(SHARES)) & (times[:, -1] <= LONGEST_S)
    keep &= (leg_pace > 0.16).all(axis=1) & (leg_pace < 2.0).all(axis=1)
    weight = np.zeros(len(race))
    for name, share in SHARES.items():
        # The share is that of all who finished there: those who would take too long stay away.
        weight[race == name] = share / np.sum(race == name)
    kept = weight[keep] / weight[keep].sum()
    return np.log(times[keep] / distance), sex[keep] == "F", age[keep], kept


def log_densities(y: Floats, means: Floats, covariances: Floats) -> Floats:
    """Gaussian log densities (n, components)."""
    columns = []
    for mean, covariance in zip(means, covariances, strict=True):
        factor = np.linalg.cholesky(covariance)
        z = np.linalg.solve(factor, (y - mean).T)
        columns.append(-0.5 * (z * z).sum(axis=0) - np.log(np.diag(factor)).sum())
    return np.asarray(np.column_stack(columns) - 0.5 * y.shape[1] * np.log(2 * np.pi))


def fit_mixture(y: Floats, weight: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Weighted EM: shares (k,), means (k, 9), covariances (k, 9, 9), responsibilities (n, k).

    Starts from bands of finish pace and of slowing down, so that the fit is the same every time.
    """
    slowing = y[:, -1] - y[:, 3]
    band = np.searchsorted(
        np.quantile(y[:, -1], np.arange(1, COMPONENTS // 2) / (COMPONENTS // 2)), y[:, -1]
    )
    half = slowing > np.median(slowing)
    resp = np.eye(COMPONENTS)[band * 2 + half] * 0.9 + 0.1 / COMPONENTS
    floor = 2e-6 * np.eye(y.shape[1])
    for _ in range(ITERATIONS):
        mass = resp * weight[:, None]
        shares = mass.sum(axis=0)
        means = (mass.T @ y) / shares[:, None]
        covariances = np.stack(
            [
                ((y - m) * w[:, None] / s).T @ (y - m) + floor
                for m, w, s in zip(means, mass.T, shares, strict=True)
            ]
        )
        logs = log_densities(y, means, covariances) + np.log(shares)
        top = logs.max(axis=1, keepdims=True)
        resp = np.exp(logs - top)
        resp /= resp.sum(axis=1, keepdims=True)
    return shares, means, covariances, resp


def age_shares(mass: Floats, woman: npt.NDArray[np.bool_], age: Floats) -> list[list[list[float]]]:
    """For women and men, for each component: the share of each age band (last one is open)."""
    known = np.isfinite(age)
    band = np.clip((np.nan_to_num(age, nan=15.0) - AGES[0]) / 5, 0, len(AGES) - 1).astype(int)
    tables = []
    for sex in (True, False):
        rows = known & (woman == sex)
        counts = np.zeros((mass.shape[1], len(AGES)))
        for k in range(mass.shape[1]):
            counts[k] = np.bincount(band[rows], weights=mass[rows, k], minlength=len(AGES))
        # A little of everybody's ages in each component, so that no cell stands for single people.
        counts = counts / counts.sum(axis=1, keepdims=True)
        overall = np.bincount(band[rows], weights=mass[rows].sum(axis=1), minlength=len(AGES))
        counts = 0.9 * counts + 0.1 * overall / overall.sum()
        tables.append(rounded(counts, 5))
    return tables


def weighted_quantiles(values: Floats, weight: Floats) -> list[float]:
    """The values below which the given shares of the weight lie."""
    order = np.argsort(values)
    reach = np.cumsum(weight[order]) / weight.sum()
    found: list[float] = rounded(np.interp(QUANTILES, reach, values[order]), 1)
    return found


def fit_starts(folder: Path) -> dict[str, Any]:
    """How a crowd crosses the start line: shape, people a minute, and what pace has to do with it."""
    table = pq.read_table(folder / "clock_chicago2023.parquet")
    start, finish = numbers(table, "c_start"), numbers(table, "c_finish")
    order = np.argsort(start, kind="stable")
    start, net = start[order], finish[order] - start[order]
    breaks = np.flatnonzero(np.diff(start) > CROWD_GAP_S) + 1
    shapes, flows, ties = [], [], []
    for rows in np.split(np.arange(len(start)), breaks):
        if len(rows) < CROWD_LEAST:
            continue
        delay = start[rows] - start[rows[0]]
        length = np.quantile(delay, 0.95)
        shapes.append(np.quantile(delay / length, QUANTILES))
        flows.append(60.0 * 0.95 * len(rows) / length)
        ties.append(np.corrcoef(rank(delay), rank(net[rows]))[0, 1])
    return {
        "crowds": len(shapes),
        "delay_quantiles": rounded(np.maximum.accumulate(np.median(shapes, axis=0)), 4),
        "people_per_min": rounded(np.median(flows), 1),
        "delay_pace_correlation": rounded(np.median(ties), 3),
    }


def rank(values: Floats) -> Floats:
    """Ranks from 0."""
    return np.argsort(np.argsort(values, kind="stable"), kind="stable").astype(np.float64)


def rounded(values: Any, digits: int) -> Any:
    """Plain lists of rounded numbers: more digits than the fit supports say nothing."""
    return np.round(np.asarray(values, dtype=np.float64), digits).tolist()


def fit(folder: Path) -> dict[str, Any]:
    """All figures."""
    y, woman, age, weight = read_field(folder)
    shares, means, covariances, resp = fit_mixture(y, weight)
    order = np.argsort(means[:, -1])
    mass = (resp * weight[:, None])[:, order]
    return {
        "about": "Made by scripts/fit_rehearsal.py; means, covariances, shares and quantiles only.",
        "fitted_on": len(y),
        "longest_s": LONGEST_S,
        "knots_m": list(KNOTS_M),
        "shares": rounded(shares[order], 6),
        "means": rounded(means[order], 6),
        "covariances": rounded(covariances[order], 9),
        "women": rounded(mass[woman].sum(axis=0) / mass.sum(axis=0), 4),
        "age_bands": list(AGES),
        "ages_women_men": age_shares(mass, woman, age),
        "quantiles": list(QUANTILES),
        "finish_s": weighted_quantiles(np.exp(y[:, -1]) * KNOTS_M[-1], weight),
        "half_split_s": weighted_quantiles(np.exp(y[:, 3]) * KNOTS_M[3], weight),
        "slowing": weighted_quantiles(1000 * (np.exp(y[:, -1] - y[:, 3]) - 1), weight),
        "starts": fit_starts(folder),
    }


def main() -> None:
    """Writes figures.json."""
    figures = fit(data_folder())
    TARGET.write_text(json.dumps(figures, separators=(",", ":")) + "\n", encoding="utf-8")
    print(
        f"{TARGET.name}: fitted on {figures['fitted_on']:,} people, {TARGET.stat().st_size:,} bytes"
    )


if __name__ == "__main__":
    main()
