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
from typing import Any

from fit_forecast import data_folder

from homestretch.forecast.figures import Model, get_model
from homestretch.forecast.past import Edition, Replay
from homestretch.forecast.scoring import Limit, Score, score_edition, score_limits
from homestretch.forecast.training import STOPPED, calibrate, fit
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
            "clocks": "of the day" if edition.clocks else "spread by pace at the first mat over 30 minutes",
            "after": scores,
            "limits": [limit._asdict() for limit in score_limits(replay, LIMITS_H, FROM_M)],
        }
        if not chosen.json:
            print("\n".join([*edition_lines(edition, scores), ""]))
    if chosen.json:
        only = next(iter(found.values())) if len(found) == 1 else {"editions": found}
        print(json.dumps(only, indent=1))
    return 0


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
    whole = [edition for edition in pool if edition.name not in STOPPED]
    left_out: list[tuple[Edition, Scores, list[Limit]]] = []
    for edition in whole:
        others = [other for other in pool if other.name != edition.name]
        trial = Replay(_like(model, fit(others)), edition)
        left_out.append(
            (edition, score_edition(trial, others), score_limits(trial, LIMITS_H, FROM_M))
        )
        tell(edition.name)
    yield from left_out_lines(left_out)
    yield from limit_lines(left_out)


def _like(model: Model, fitted: Model) -> Model:
    """A mixture without an edition, with the scale of promises of the whole pool, in which one edition of
    many weighs little."""
    return replace(fitted, normal_to=model.normal_to, p_missed=model.p_missed)


def edition_lines(edition: Edition, scores: Scores) -> Iterator[str]:
    """One edition: minutes of error after each mat, and how well the intervals held."""
    starts = "clocks of the day" if edition.clocks else "starts spread by pace at the first mat over 30 minutes"
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


def left_out_lines(left_out: list[tuple[Edition, Scores, list[Limit]]]) -> Iterator[str]:
    """Each edition by a model that has not seen it."""
    yield "### Each edition of the pool, by a model without it"
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


def limit_lines(left_out: list[tuple[Edition, Scores, list[Limit]]]) -> Iterator[str]:
    """Who misses a limit, of those cells in which enough people do."""
    yield "### Who misses a limit, each edition by a model without it"
    yield ""
    yield f"Flagged at a chance of 0.2; cells with at least {LEAST_POSITIVES} people who were too late."
    yield ""
    yield "| edition | after | limit, h | too late | found | of the flagged | constant pace finds | of its flagged | worst tenth off by |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for edition, _, limits in left_out:
        for one in limits:
            if one.positives >= LEAST_POSITIVES:
                shares = (one.recall, one.precision, one.recall_constant, one.precision_constant)
                cells = " | ".join(f"{100 * share:.1f} %" for share in shares)
                yield (
                    f"| {edition.name} | {one.mat} | {one.limit_h:g} | {one.positives} | {cells} |"
                    f" {one.worst_tenth:.1f} points |"
                )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
