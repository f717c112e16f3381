"""Measures the forecast on the real races, and writes docs/evidence/forecast.md.

The test edition by the model that ships, then each edition of the pool by a model that has not seen it. Reads
the folder named by HOMESTRETCH_DATA (default ../shared/data). ``homestretch evidence forecast`` does the same for
any file of splits, and ``homestretch forecast fit`` makes the model that ships:

    homestretch forecast fit .../splits_pool.parquet --out src/homestretch/forecast/model.json

``--people 12000`` draws so many people of each edition that is left out, which takes a third of the time.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from fit_rehearsal import data_folder

from homestretch.forecast.figures import Model, get_model
from homestretch.forecast.past import Edition, Replay
from homestretch.forecast.scoring import (
    FLAGGED,
    GOAL,
    Chances,
    Limit,
    chances_of_limits,
    score_edition,
    score_limit,
    together,
)
from homestretch.forecast.training import fit, hold_out, some_of
from homestretch.office.editions import read_editions
from homestretch.office.measuring import (
    FROM_M,
    LIMITS_H,
    Measured,
    Scores,
    card_lines,
    edition_lines,
)

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "evidence" / "forecast.md"
BEGIN, END = "<!-- figures: written by make evidence -->", "<!-- end of figures -->"
LEAST_POSITIVES, PRECISION, RELIABLE = 200, 0.7, 5.0
MUST = {("half", "all"): 9.5, ("30k", "all"): 4.80, ("35k", "all"): 2.70, ("40k", "all"): 0.82,
        ("30k", "slowest_tenth"): 7.5}  # fmt: skip
SHOWN = ("half", "25k", "30k", "35k", "40k")


class LeftOut(NamedTuple):
    """An edition, measured with a model that has not seen it."""

    edition: Edition
    scores: Scores
    chances: list[Chances]


def main(words: list[str]) -> None:
    """Writes the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--people", type=int, default=0)
    most = parser.parse_args(words).people
    text = "\n".join(page_lines(data_folder(), most))
    head, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    PAGE.write_text(f"{head}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")


def tell(race: str) -> None:
    """Progress, beside what is printed."""
    print(f"left out: {race}", file=sys.stderr, flush=True)


def page_lines(folder: Path, most: int) -> Iterator[str]:
    """The card and the test edition by the shipped model, then each edition by a model without it."""
    pool = read_editions(folder / "splits_pool.parquet")
    model = get_model()
    (test,) = read_editions(folder / "splits_boston2014_test.parquet")
    scores = score_edition(Replay(model, test))
    yield "### The model that ships"
    yield ""
    yield from (f"* {line}" for line in card_lines(model))
    yield ""
    yield from edition_lines(Measured(test, scores, []))
    yield ""
    yield from must_lines(scores)
    left_out: list[LeftOut] = []
    for others, tested in hold_out(pool):
        fitted = _like(model, fit(others))
        for whole in tested:
            edition = some_of(whole, most) if most else whole
            trial = Replay(fitted, edition)
            chances = chances_of_limits(trial, LIMITS_H, FROM_M)
            left_out.append(LeftOut(edition, score_edition(trial), chances))
            tell(edition.name)
    yield from left_out_lines(left_out, most)
    yield from limit_lines(left_out)


def _like(model: Model, fitted: Model) -> Model:
    """A mixture without what is tested, with the scale of promises that all races share: eleven scores, a width
    and a part a knot, measured on races that were left out in turn."""
    return replace(fitted, normal_to=model.normal_to, leg_width=model.leg_width, lean=model.lean)


def must_lines(scores: Scores) -> Iterator[str]:
    """What the test edition had to show."""
    yield "| test edition, after | of | error | had to be | |"
    yield "|---|---|---|---|---|"
    for (mat, group), most in MUST.items():
        mae = scores[mat][group]["homestretch"]["mae"]
        held = "holds" if mae <= most else "missed"
        yield f"| {mat} | {group.replace('_', ' ')} | {mae:.3f} | at most {most:g} | {held} |"
    yield ""


def left_out_lines(left_out: list[LeftOut], most: int) -> Iterator[str]:
    """Each edition by a model that has not seen it."""
    yield "### Each edition of the pool, by a model that has not seen it"
    yield ""
    yield "Berlin, Chicago and London: by a model without any edition of the race. Honolulu, the only slow"
    yield "field: by a model without this edition."
    if most:
        yield f"Of each edition at most {most:,} people were drawn by lot."
    yield ""
    yield "Error in minutes, ours / two-variable regression, everybody; and what held in 80 % intervals:"
    yield ""
    yield (
        "| edition | " + " | ".join(SHOWN) + " | " + " | ".join(f"80 %: {m}" for m in SHOWN) + " |"
    )
    yield "|---" * (1 + 2 * len(SHOWN)) + "|"
    for edition, scores, _ in left_out:
        cells = []
        for mat in SHOWN:
            methods = scores[mat]["all"]
            cells.append(
                f"{methods['homestretch']['mae']:.2f} / {methods['two_variable']['mae']:.2f}"
            )
        ours = [scores[mat]["all"]["homestretch"] for mat in SHOWN]
        cells += [f"{100 * one['coverage_80']:.1f}" for one in ours]
        yield f"| {edition.name} | " + " | ".join(cells) + " |"
    yield ""
    yield from _kept_lines([left.scores for left in left_out])


def _kept_lines(several: list[Scores]) -> Iterator[str]:
    """The same in two sentences."""
    every = [scores[mat]["all"] for scores in several for mat in SHOWN]
    lost = sum(one["homestretch"]["mae"] > one["two_variable"]["mae"] for one in every)
    late = SHOWN[SHOWN.index("30k") :]
    off = np.array(
        [
            [100 * one[mat]["all"]["homestretch"]["coverage_80"] - 80 for mat in late]
            for one in several
        ]
    )
    near = int((np.abs(off.mean(axis=1)) <= 1.5).sum())
    yield f"The regression has the smaller error in {lost} of {len(every)} cells. From 30K on the 80 % intervals are off by"
    yield f"{np.abs(off).mean():.2f} points a cell (the worst by {np.abs(off).max():.1f}), and on average by at most 1.5 points in {near} of"
    yield f"{len(several)} editions."
    yield ""


def limit_lines(left_out: list[LeftOut]) -> Iterator[str]:
    """Who misses a limit: all editions together, then each cell in which enough people do."""
    yield "### Who misses a limit, by the same models"
    yield ""
    yield f"Flagged from a chance of {FLAGGED} on; cells with at least {LEAST_POSITIVES} people who were"
    yield "too late. Only finishers are known: who was taken off the course at a limit is in no file, so where"
    yield "a race closes at that limit many who were flagged rightly are missing."
    yield ""
    yield f"At best: what of the flagged is right with the best threshold of those that find {100 * GOAL:g} % in that very"
    yield "cell, known only afterwards. Where that is below 70 %, no threshold finds 95 % at 70 %."
    yield ""
    cells = [score_limit(one) for left in left_out for one in left.chances]
    yield from _met_lines([one for one in cells if one.positives >= LEAST_POSITIVES])
    yield "| edition | after | limit, h | too late | found | of the flagged | at best | constant pace finds | of its flagged | worst tenth off by |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    every = [one for left in left_out for one in left.chances]
    yield from _limit_rows("all together", [score_limit(one) for one in together(every)])
    for left in left_out:
        yield from _limit_rows(left.edition.name, [score_limit(one) for one in left.chances])


def _met_lines(cells: list[Limit]) -> Iterator[str]:
    """How many cells of single editions hold what they have to."""
    found = sum(one.recall >= GOAL and one.precision >= PRECISION for one in cells)
    possible = sum(one.best_precision >= PRECISION for one in cells)
    kept = sum(not one.worst_tenth > RELIABLE for one in cells)
    yield f"Of {len(cells)} cells of single editions {found} find {100 * GOAL:g} % with {100 * PRECISION:g} % of the flagged right; in"
    yield f"{possible} some threshold can. In {kept} no tenth is off by more than {RELIABLE:g} points."
    yield ""


def _limit_rows(name: str, limits: list[Limit]) -> Iterator[str]:
    for one in limits:
        if one.positives >= LEAST_POSITIVES:
            ours = (one.recall, one.precision, one.best_precision)
            shares = (*ours, one.recall_constant, one.precision_constant)
            cells = " | ".join(f"{100 * share:.1f} %" for share in shares)
            yield (
                f"| {name} | {one.mat} | {one.limit_h:g} | {one.positives} | {cells} |"
                f" {one.worst_tenth:.1f} points |"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
