"""How good the forecasts of past races were: files of splits in, figures out, as tables and as JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from homestretch.errors import PlanError
from homestretch.forecast.figures import Model, decode, get_model
from homestretch.forecast.past import Edition, Replay
from homestretch.forecast.scoring import (
    Limit,
    Score,
    chances_of_limits,
    score_edition,
    score_limit,
)
from homestretch.forecast.training import LEAST_PEOPLE, calibrate, fit
from homestretch.office.editions import read_editions

LIMITS_H, FROM_M = (6.0, 6.5, 8.0), 30_000.0
METHODS = ("homestretch", "two_variable", "riegel", "last_leg", "constant_pace")
GROUPS = {"all": "everybody", "slowest_tenth": "the slowest tenth at that mat"}
OF_THE_DAY, SPREAD = "of the day", "spread by pace at the first mat over 30 minutes"
Scores = dict[str, dict[str, dict[str, Score]]]
Say = Callable[[str], None]


class Measured(NamedTuple):
    """One edition: what was measured after every mat, and who misses limits."""

    edition: Edition
    scores: Scores
    limits: list[Limit]


def train(files: Sequence[Path], say: Say) -> Model:
    """A model of all editions in these files; PlanError when there are too few people in them."""
    editions = [edition for file in files for edition in read_editions(file)]
    people = sum(len(edition.times) for edition in editions)
    if people < LEAST_PEOPLE:
        raise PlanError(
            f"{people:,} people are too few to learn from.", f"It takes {LEAST_PEOPLE:,} or more."
        )
    model = fit(editions)
    say(f"fitted on {people:,} people of {len(editions)} editions")
    return calibrate(model, editions, lambda name: say(f"left out: {name}"))


def read_model(file: Path | None) -> Model:
    """The model in a file that ``homestretch forecast fit`` wrote; None: the one that ships."""
    if file is None:
        return get_model()
    try:
        return decode(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PlanError(
            f"{file} is no model.", "homestretch forecast fit FILE... --out writes one."
        ) from error


def measure(model: Model, editions: Sequence[Edition]) -> Iterator[Measured]:
    """Each edition, forecast by the model as it would have been on its day."""
    for edition in editions:
        replay = Replay(model, edition)
        limits = [score_limit(one) for one in chances_of_limits(replay, LIMITS_H, FROM_M)]
        yield Measured(edition, score_edition(replay), limits)


def as_json(model: Model, measured: Sequence[Measured]) -> dict[str, Any]:
    """What was measured; of several editions ``after`` is of all their people, and each stands in ``editions``."""
    editions = {one.edition.name: _edition_json(one) for one in measured}
    found: dict[str, Any] = {
        "trained_on": model.card.get("editions", []),
        "people": sum(len(one.edition.times) for one in measured),
        "after": pooled([one.scores for one in measured]),
    }
    if len(measured) == 1:
        found |= editions[measured[0].edition.name]
    else:
        found["editions"] = editions
    cleaned = without_nan(found)
    assert isinstance(cleaned, dict)
    return cleaned


def _edition_json(one: Measured) -> dict[str, Any]:
    return {
        "edition": one.edition.name,
        "people": len(one.edition.times),
        "clocks": OF_THE_DAY if one.edition.clocks else SPREAD,
        "after": one.scores,
        "limits": [limit._asdict() for limit in one.limits],
    }


def pooled(several: Sequence[Scores]) -> Scores:
    """The figures of all people of several editions; the slowest tenth is that of each edition."""
    found: Scores = {}
    for mat in sorted({mat for scores in several for mat in scores}, key=_metres_of):
        found[mat] = {}
        for group in GROUPS:
            parts = [scores[mat][group] for scores in several if mat in scores]
            names = {name for part in parts for name in part}
            found[mat][group] = {
                name: _together([part[name] for part in parts if name in part])
                for name in METHODS
                if name in names
            }
    return found


def _metres_of(mat: str) -> float:
    return 21.0975 if mat == "half" else float(mat.removesuffix("k"))


def _together(parts: Sequence[Score]) -> Score:
    """Means over people: every figure is one, but the root of the mean square."""
    people = [part["people"] for part in parts]
    total = sum(people)

    def mean(values: Sequence[float]) -> float:
        if not total:
            return math.nan
        weighted = (v * n for v, n in zip(values, people, strict=True) if n)
        return math.fsum(weighted) / total

    found = {name: mean([part[name] for part in parts]) for name in parts[0]}
    found["rmse"] = math.sqrt(mean([part["rmse"] ** 2 for part in parts]))
    found["people"] = total
    return found


def without_nan(value: Any) -> Any:
    """JSON knows no NaN: what could not be measured is null."""
    if isinstance(value, dict):
        return {key: without_nan(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def edition_lines(one: Measured) -> Iterator[str]:
    """One edition as tables: minutes of error after each mat, and how well the intervals held."""
    starts = "clocks of the day" if one.edition.clocks else f"starts {SPREAD}"
    yield f"### {one.edition.name}: {len(one.edition.times):,} finishers, {starts}"
    for group, title in GROUPS.items():
        yield ""
        yield f"Mean absolute error of the finish time in minutes, {title}:"
        yield ""
        yield "| after | " + " | ".join(METHODS) + " | pinball | in 50 % | in 80 % | in 90 % |"
        yield "|---" * (len(METHODS) + 5) + "|"
        for mat, groups in one.scores.items():
            methods = groups[group]
            ours = methods["homestretch"]
            cells = [_figure(methods[name]["mae"]) for name in METHODS]
            cells.append(_figure(ours["pinball"]))
            cells += [f"{100 * ours[f'coverage_{k}']:.1f}" for k in (50, 80, 90)]
            yield f"| {mat} | " + " | ".join(cells) + " |"


def _figure(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.2f}"


def card_lines(model: Model) -> Iterator[str]:
    """What a model was trained on, and what it is not for."""
    card = model.card
    yield f"Mixture of {len(model.shares)} Gaussians over sex, age and log average pace at {len(model.knots_m)} distances."
    yield f"Trained on {card['people']:,} finishers: {', '.join(card['editions'])}."
    if card["only_fast_people_of"]:
        yield f"Of these only the fast are known, and only they count: {', '.join(card['only_fast_people_of'])}."
    yield f"Promises: {card['promises']}."
    yield f"For: {card['for']}."
    yield f"Not for: {card['not_for']}."
    yield f"Personal data: {card['personal_data']}."
