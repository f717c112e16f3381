"""Measures what a booster on top of the forecast would bring, and writes docs/evidence/booster.md.

A LightGBM regression (L1) of log(remaining time / remaining time forecast) on what the forecast itself knows: the mat's
legs, sex and age, how wide the forecast is, how far ahead of the median pace. It is trained on the forecasts as
issued for the races of the pool and tested on the edition that the model has never seen. It is no part of the
package: ``pip install lightgbm`` before. Reads the folder named by HOMESTRETCH_DATA (default ../shared/data).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import lightgbm
import numpy as np
from fit_rehearsal import data_folder

from homestretch.forecast.figures import get_model
from homestretch.forecast.past import Edition, Replay
from homestretch.forecast.scoring import MIDDLE, SLOWEST, name_of
from homestretch.forecast.simple import SCORES
from homestretch.forecast.training import some_of
from homestretch.office.editions import read_editions
from homestretch.state.snapshot import Floats

PAGE = Path(__file__).resolve().parent.parent / "docs" / "evidence" / "booster.md"
BEGIN, END = "<!-- figures: written by scripts/measure_booster.py -->", "<!-- end of figures -->"
SHOWN = ("half", "30k", "35k", "40k")
PEOPLE = 6000
LAST_LEGS = 4
SETTINGS = {
    "objective": "l1",
    "num_leaves": 31,
    "learning_rate": 0.05,
    "min_data_in_leaf": 200,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "seed": 1,
    "num_threads": 1,
    "verbosity": -1,
}
ROUNDS = 300


class Issued(NamedTuple):
    """Forecasts after one mat: what is known (n, f), the finish forecast and the finish (n,) s, now (n,) s."""

    known: Floats
    forecast_s: Floats
    actual_s: Floats
    now_s: Floats

    def gap(self) -> Floats:
        """(n,) log of the remaining time over the one forecast."""
        gap: Floats = np.log((self.actual_s - self.now_s) / (self.forecast_s - self.now_s))
        return gap

    def boosted_s(self, gap: Floats) -> Floats:
        """(n,) the finish with a correction of the remaining time."""
        boosted: Floats = self.now_s + (self.forecast_s - self.now_s) * np.exp(gap)
        return boosted


def issued(replay: Replay, edition: Edition, mat: int) -> Issued:
    """The forecasts of those who were read at a mat and at the finish."""
    table = replay.after(mat, SCORES)[:, -1]
    there = np.isfinite(table).all(axis=1) & np.isfinite(edition.times[:, -1])
    times, sites = edition.times[there], edition.sites_m
    legs = np.diff(np.log(np.diff(np.column_stack([np.zeros(len(times)), times[:, : mat + 1]])) / np.diff(
        sites[: mat + 1], prepend=0.0)))  # fmt: skip
    legs = legs[:, -LAST_LEGS:]
    legs = np.pad(legs, ((0, 0), (LAST_LEGS - legs.shape[1], 0)), constant_values=np.nan)
    pace = np.log(times[:, mat] / sites[mat])
    width = table[there, -1] - table[there, 0]
    known = np.column_stack(
        [edition.woman[there], edition.age[there], pace, width, replay_start(edition)[there], legs]
    )
    return Issued(known, np.exp(table[there, MIDDLE]), times[:, -1], times[:, mat])


def replay_start(edition: Edition) -> Floats:
    """(n,) the share of the field that started before."""
    return np.asarray(np.argsort(np.argsort(edition.start_s)) / len(edition.start_s))


def measure(folder: Path) -> list[str]:
    """Rows of a table: after each mat the error of the forecast, and with the booster, in minutes."""
    model = get_model()
    pool = [some_of(edition, PEOPLE) for edition in read_editions(folder / "splits_pool.parquet")]
    (test,) = read_editions(folder / "splits_boston2014_test.parquet")
    replays = [Replay(model, edition) for edition in pool]
    tested = Replay(model, test)
    rows = []
    for mat, metres in enumerate(test.sites_m[:-1]):
        if name_of(metres) in SHOWN:
            trained = [
                issued(r, r.edition, at) for r in replays if (at := _same(r.edition, metres)) >= 0
            ]
            rows.append(_row(name_of(metres), trained, issued(tested, test, mat)))
            print(rows[-1], flush=True)
    return rows


def _same(edition: Edition, metres: float) -> int:
    off = np.abs(edition.sites_m - metres)
    return int(off.argmin()) if off.min() < 150.0 else -1


def _row(mat: str, trained: list[Issued], test: Issued) -> str:
    together = Issued(*(np.concatenate(part) for part in zip(*trained, strict=True)))
    gap = together.gap()
    fine = np.isfinite(gap)
    known = lightgbm.Dataset(together.known[fine], gap[fine])
    booster: Any = lightgbm.train(SETTINGS, known, num_boost_round=ROUNDS)
    boosted = test.boosted_s(booster.predict(test.known))
    slow = test.now_s >= np.quantile(test.now_s, SLOWEST)
    cells = []
    for group in (np.ones(len(slow), np.bool_), slow):
        ours, theirs = (
            float(np.abs(one - test.actual_s)[group].mean() / 60.0)
            for one in (test.forecast_s, boosted)
        )
        cells += [f"{ours:.3f}", f"{theirs:.3f}", f"{100 * (ours / theirs - 1):+.1f} %"]
    return f"| {mat} | " + " | ".join(cells) + " |"


def main() -> None:
    """Writes the page."""
    lines = [
        "| after | all, minutes | with the booster | better by | slowest tenth, minutes | with the booster | better by |",
        "|---|---|---|---|---|---|---|",
        *measure(data_folder()),
    ]
    head, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    text = "\n".join(lines)
    PAGE.write_text(f"{head}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
