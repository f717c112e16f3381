"""Measures the forecast on past races, and writes docs/evidence/forecast.md.

    python scripts/measure_forecast.py                          the test edition, and each edition left out
    python scripts/measure_forecast.py --test FILE [--json]     any file of the same form, by the shipped model
    python scripts/measure_forecast.py --test FILE --train FILE... [--json]      by a model trained on FILEs

Without --test the folder named by HOMESTRETCH_DATA is used (default ../shared/data). Every forecast is made
with what was known when the runner crossed the mat. A file without start clocks cannot say who was ahead: its
starts are spread by the pace at the first mat, evenly over 30 minutes, the fastest first.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from fit_forecast import data_folder

from homestretch.forecast.figures import Model, get_model
from homestretch.forecast.past import Edition, Replay
from homestretch.forecast.scoring import (
    FLAGGED,
    Chances,
    Limit,
    Score,
    chances_of_limits,
    score_edition,
    score_limit,
    together,
)
from homestretch.forecast.training import calibrate, fit, hold_out
from homestretch.office.editions import read_editions

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "evidence" / "forecast.md"
BEGIN, END = "<!-- figures: written by make evidence -->", "<!-- end of figures -->"
LIMITS_H, FROM_M = (6.0, 6.5, 8.0), 30_000.0
LEAST_POSITIVES = 200
METHODS = ("homestretch", "two_variable", "riegel", "last_leg", "constant_pace")
MUST = {("half", "all"): 9.5, ("30k", "all"): 4.80, ("35k", "all"): 2.70, ("40k", "all"): 0.82,
        ("30k", "slowest_tenth"): 7.5}  # fmt: skip
SHOWN = ("half", "25k", "30k", "35k", "40k")
Scores = dict[str, dict[str, dict[str, Score]]]


class LeftOut(NamedTuple):
    """An edition, measured with a model that has seen no edition of its race."""

    edition: Edition
    scores: Scores
    chances: list[Chances]


def main(words: list[str]) -> int:
    """Prints the tables, or JSON; without --test also writes the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--test", type=Path)
    parser.add_argument("--train", type=Path, nargs="+", default=[])
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(words)
    if chosen.test is None:
        text = "\n".join(page_lines(data_folder()))
        page = PAGE.read_text(encoding="utf-8")
        head, rest = page.split(BEGIN)
        PAGE.write_text(f"{head}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")
        return 0
    pool = [edition for file in chosen.train for edition in read_editions(file)]
    trained_on = pool or read_editions(data_folder() / "splits_pool.parquet")
    model = calibrate(fit(pool), pool, tell) if pool else get_model()
    found: dict[str, Any] = {}
    for edition in read_editions(chosen.test):
        replay = Replay(model, edition)
        scores = score_edition(replay, trained_on)
        found[edition.name] = {
            "people": len(edition.times),
            "clocks": "of the day"
            if edition.clocks
            else "spread by pace at the first mat over 30 minutes",
            "after": scores,
            "limits": [
                score_limit(one)._asdict() for one in chances_of_limits(replay, LIMITS_H, FROM_M)
            ],
        }
        if not chosen.json:
            print("\n".join([*edition_lines(edition, scores), ""]))
    if chosen.json:
        only = next(iter(found.values())) if len(found) == 1 else {"editions": found}
        print(json.dumps(_without_nan(only), indent=1))
    return 0


def _without_nan(value: Any) -> Any:
    """JSON knows no NaN: what could not be measured is null."""
    if isinstance(value, dict):
        return {key: _without_nan(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_nan(part) for part in value]
    return None if isinstance(value, float) and value != value else value


def tell(race: str) -> None:
    """Progress, beside what is printed."""
    print(f"left out: {race}", file=sys.stderr, flush=True)


def page_lines(folder: Path) -> Iterator[str]:
    """The test edition by the shipped model, then each edition of the pool by a model without it."""
    pool = read_editions(folder / "splits_pool.parquet")
    model = get_model()
    (test,) = read_editions(folder / "splits_boston2014_test.parquet")
    replay = Replay(model, test)
    scores = score_edition(replay, pool)
    yield from edition_lines(test, scores)
    yield ""
    yield from must_lines(scores)
    left_out: list[LeftOut] = []
    for others, tested in hold_out(pool):
        fitted = _like(model, fit(others))
        for edition in tested:
            trial = Replay(fitted, edition)
            chances = chances_of_limits(trial, LIMITS_H, FROM_M)
            left_out.append(LeftOut(edition, score_edition(trial, others), chances))
            tell(edition.name)
    yield from left_out_lines(left_out)
    yield from limit_lines(left_out)


def _like(model: Model, fitted: Model) -> Model:
    """A mixture without what is tested, with the scale of promises that all races share: eleven scores a knot and one
    curve of chances, measured on races that were left out in turn."""
    return replace(fitted, normal_to=model.normal_to, p_missed=model.p_missed)


def edition_lines(edition: Edition, scores: Scores) -> Iterator[str]:
    """One edition: minutes of error after each mat, and how well the intervals held."""
    starts = (
        "clocks of the day"
        if edition.clocks
        else "starts spread by pace at the first mat over 30 minutes"
    )
    yield f"### {edition.name}: {len(edition.times):,} finishers, {starts}"
    for group, title in (("all", "everybody"), ("slowest_tenth", "the slowest tenth at that mat")):
        yield ""
        yield f"Mean absolute error of the finish time in minutes, {title}:"
        yield ""
        yield "| after | " + " | ".join(METHODS) + " | pinball | in 50 % | in 80 % | in 90 % |"
        yield "|---" * (len(METHODS) + 5) + "|"
        for mat, groups in scores.items():
            methods = groups[group]
            ours = methods["homestretch"]
            cells = [f"{methods[name]['mae']:.2f}" for name in METHODS]
            cells.append(f"{ours['pinball']:.2f}")
            cells += [f"{100 * ours[f'coverage_{k}']:.1f}" for k in (50, 80, 90)]
            yield f"| {mat} | " + " | ".join(cells) + " |"


def must_lines(scores: Scores) -> Iterator[str]:
    """What the test edition had to show."""
    yield "| test edition, after | of | error | had to be | |"
    yield "|---|---|---|---|---|"
    for (mat, group), most in MUST.items():
        mae = scores[mat][group]["homestretch"]["mae"]
        held = "holds" if mae <= most else "missed"
        yield f"| {mat} | {group.replace('_', ' ')} | {mae:.3f} | at most {most:g} | {held} |"
    yield ""


def left_out_lines(left_out: list[LeftOut]) -> Iterator[str]:
    """Each edition by a model that has not seen it."""
    yield "### Each edition of the pool, by a model that has not seen it"
    yield ""
    yield "Berlin, Chicago and London: by a model without any edition of the race. Honolulu, the only slow"
    yield "field: by a model without this edition."
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


def limit_lines(left_out: list[LeftOut]) -> Iterator[str]:
    """Who misses a limit: all editions together, then each cell in which enough people do."""
    yield "### Who misses a limit, by the same models"
    yield ""
    yield f"Flagged from a chance of {FLAGGED} on; cells with at least {LEAST_POSITIVES} people who were"
    yield "too late. Only finishers are known: who was taken off the course at a limit is in no file, so where"
    yield "a race closes at that limit many who were flagged rightly are missing."
    yield ""
    yield "| edition | after | limit, h | too late | found | of the flagged | constant pace finds | of its flagged | worst tenth off by |"
    yield "|---|---|---|---|---|---|---|---|---|"
    every = [one for left in left_out for one in left.chances]
    yield from _limit_rows("all together", [score_limit(one) for one in together(every)])
    for left in left_out:
        yield from _limit_rows(left.edition.name, [score_limit(one) for one in left.chances])


def _limit_rows(name: str, limits: list[Limit]) -> Iterator[str]:
    for one in limits:
        if one.positives >= LEAST_POSITIVES:
            shares = (one.recall, one.precision, one.recall_constant, one.precision_constant)
            cells = " | ".join(f"{100 * share:.1f} %" for share in shares)
            yield (
                f"| {name} | {one.mat} | {one.limit_h:g} | {one.positives} | {cells} |"
                f" {one.worst_tenth:.1f} points |"
            )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
