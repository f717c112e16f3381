"""From editions to a model: the mixture, and what leaving races out says of its promises.

Stated rules, so that a reader can disagree with them: of every edition equally many people count, drawn by
a fixed seed; an edition of which only the fast are known (a race that was stopped) counts only as far as
nearly all of its people are known; the scale of the promises is the mean over races that were left out in
turn, each weighing the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from homestretch.forecast.effects import nodes_of
from homestretch.forecast.figures import SCORES, Model, get_model, unadjusted
from homestretch.forecast.fitting import fit_mixture, fit_wander, person_rows
from homestretch.forecast.past import Edition, Replay, drawn, scores_of
from homestretch.forecast.simple import fit_regressions
from homestretch.forecast.values import LEVEL_SCORES, below
from homestretch.state.snapshot import Floats

KNOTS_M = np.array([5000, 10000, 15000, 20000, 21097.5, 25000, 30000, 35000, 40000, 42195.0])
BAG, ROUNDS, PEOPLE = (8, 10, 6, 10, 8), 20, 8000
"""Components of each mixture of the bag, rounds of EM, and people of an edition."""
LEAST_PEOPLE = 2000
"""Fewer say nothing of components, let alone of promises."""
WEIGHS = {"honolulu": 1 / 3}
"""A race without a closing time, half of whose people walk, counts by so much: its people are needed, but
they are not the usual field."""
STOPPED = {"boston 2013": 6300.0}
"""Editions of which only the fast are known: people count whose half took at most so many s."""
TESTED = 12_000
"""So many people of an edition, at most, are promises measured on."""
NEAR = 1.0
HALF_M = 21_097.5


def fit(editions: Sequence[Edition]) -> Model:
    """The mixture of these editions, its promises not yet looked at.

    Courses and days differ, and their differences are no difference between people: what the legs of an
    edition took more or less than usual is found with a first mixture and taken out. Then several mixtures
    of other sizes and other people are fitted, and their mean is the model: no single fit is so good.
    """
    knots_m = _knots_of(editions)
    first = _fit([_draw(edition, 0, knots_m) for edition in editions], BAG[0])
    curves = [_curve(first, _draw(edition, 0, knots_m)) for edition in editions]
    races = [race_of(edition) for edition in editions]
    usual = np.mean(
        [
            np.mean([curve for curve, of in zip(curves, races, strict=True) if of == race], axis=0)
            for race in sorted(set(races))
        ],
        axis=0,
    )
    parts, people = [], 0
    for number, components in enumerate(BAG):
        drawn = [_draw(edition, number, knots_m) for edition in editions]
        people += sum(len(edition.times) for edition in drawn)
        evened = [
            replace(edition, times=_evened(edition.times, knots_m, curve - usual))
            for edition, curve in zip(drawn, curves, strict=True)
        ]
        parts.append(_fit(evened, components))
    return replace(
        parts[0],
        shares=np.concatenate([part.shares for part in parts]) / len(parts),
        means=np.concatenate([part.means for part in parts]),
        covariances=np.concatenate([part.covariances for part in parts]),
        wander_m=float(np.mean([part.wander_m for part in parts])),
        regressions=fit_regressions(editions),
        card=_card(editions, people),
    )


def _card(editions: Sequence[Edition], drawn: int) -> dict[str, Any]:
    """What the model was trained on, and what it is not for. ``drawn``: rows of all mixtures of the bag."""
    names = sorted(edition.name for edition in editions)
    return {
        "people": sum(len(edition.times) for edition in editions),
        "drawn": drawn,
        "editions": names,
        "components": sum(BAG),
        "only_fast_people_of": sorted(set(names) & set(STOPPED)),
        "promises": "not measured",
        "for": "when people come to each point of a road marathon and whether the sweep is there first, as"
        " intervals and chances, by their reads so far and what the day does to those ahead of them",
        "not_for": "drop-outs (only finishers are known), judging a person, wheels, races on trails, other"
        " lengths than a marathon without the stated rule",
        "personal_data": "none: shares, means, covariances, regressions and scores over thousands of people",
    }


def _knots_of(editions: Sequence[Edition]) -> Floats:
    """The knots at which a mat stood in some edition: of the others nothing can be learnt."""
    sites = np.concatenate([edition.sites_m for edition in editions])
    return KNOTS_M[[bool((np.abs(sites - metres) < NEAR).any()) for metres in KNOTS_M]]


def _draw(edition: Edition, seed: int, knots_m: Floats) -> Edition:
    """At most ``PEOPLE`` people of an edition, with times at all knots, NaN where no mat stood."""
    times = np.full((len(edition.times), len(knots_m)), np.nan)
    for knot, metres in enumerate(knots_m):
        near = np.flatnonzero(np.abs(edition.sites_m - metres) < NEAR)
        if len(near):
            times[:, knot] = edition.times[:, near[0]]
    chosen = np.arange(len(times))
    if edition.name in STOPPED:
        chosen = np.flatnonzero(times[:, knots_m == HALF_M][:, 0] <= STOPPED[edition.name])
    most = int(PEOPLE * WEIGHS.get(race_of(edition), 1.0))
    chosen = np.random.default_rng(seed).permutation(chosen)[:most]
    return Edition(
        edition.name,
        knots_m,
        times[chosen],
        edition.start_s[chosen],
        edition.woman[chosen],
        edition.age[chosen],
        edition.clocks,
    )


def _fit(drawn: Sequence[Edition], components: int) -> Model:
    knots_m = drawn[0].sites_m
    times = np.concatenate([edition.times for edition in drawn])
    woman = np.concatenate([edition.woman for edition in drawn])
    age = np.concatenate([edition.age for edition in drawn])
    rows = person_rows(times, knots_m, woman, age)
    mixture = fit_mixture(rows, components, ROUNDS, np.ones(len(rows)))
    fitted = Model(
        knots_m=knots_m,
        shares=mixture.shares,
        means=mixture.means,
        covariances=mixture.covariances,
        first=len(mixture.shares),
        wander_m=fit_wander(times, knots_m),
        normal_to=np.zeros(0),
        leg_width=np.zeros(0),
        lean=np.zeros(0),
        regressions=np.zeros((0, 6)),
        card={},
    )
    return unadjusted(fitted)


def _curve(model: Model, edition: Edition) -> Floats:
    """(knots - 1, nodes) what the legs between knots took more, as a share of the leg's time."""
    stood = np.isfinite(edition.times).any(axis=0)
    own = replace(edition, sites_m=edition.sites_m[stood], times=edition.times[:, stood])
    learnt = Replay(model, own).learnt_in_the_end()
    legs = np.searchsorted(own.sites_m[1:], edition.sites_m[1:], side="left")
    return learnt.curve[np.minimum(legs, len(learnt.curve) - 1)]


def _evened(times: Floats, knots_m: Floats, curve: Floats) -> Floats:
    """Times (n, knots) on a usual day and course: each leg without what it took more."""
    known = np.isfinite(times)
    full = times.copy()
    for row in np.flatnonzero(~known.all(axis=1)):
        metres = np.concatenate([[0.0], knots_m[known[row]]])
        full[row] = np.interp(knots_m, metres, np.concatenate([[0.0], times[row, known[row]]]))
    pace = nodes_of(np.log(full / knots_m))
    legs = np.diff(full, axis=1)
    for leg in range(legs.shape[1]):
        more = np.interp(pace[:, leg], np.arange(curve.shape[1]), curve[leg])
        legs[:, leg] /= 1.0 + more
    evened = np.column_stack([full[:, 0], full[:, :1] + legs.cumsum(axis=1)])
    return np.where(known, evened, np.nan)


def race_of(edition: Edition) -> str:
    """The race of an edition: its name without the year."""
    return edition.name.rsplit(" ", 1)[0]


def hold_out(editions: Sequence[Edition]) -> list[tuple[list[Edition], list[Edition]]]:
    """(what is trained on, what is tested): each race left out in turn, with all its editions.

    A race that is the only one, or the only one of its kind, is left out edition by edition: without any slow
    field nothing can be said of one. Editions of which only the fast are known are not tested. Of a single
    edition nothing can be left out.
    """
    found = []
    races = sorted({race_of(edition) for edition in editions})
    for race in races:
        mine = [edition for edition in editions if race_of(edition) == race]
        one_by_one = race in WEIGHS or len(races) == 1
        for tested in [[edition] for edition in mine] if one_by_one else [mine]:
            others = [edition for edition in editions if all(edition is not one for one in tested)]
            fair = [edition for edition in tested if edition.name not in STOPPED]
            if fair and sum(len(edition.times) for edition in others) >= LEAST_PEOPLE:
                found.append((others, fair))
    return found


class _Promised(NamedTuple):
    """Of one edition, forecast by a model that has not seen it: empirical scores (knots, 2, z), and how wide the
    surprises of the leg behind each knot were, and what part of those at each knot returned (knots,)."""

    scores: Floats
    widths: Floats
    lean: Floats


def calibrate(
    model: Model, editions: Sequence[Edition], said: Callable[[str], None] = lambda _: None
) -> Model:
    """The model with the scale of its promises, measured by leaving each race out in turn.

    Where nothing can be left out the promises are those of the model that ships.
    """
    found = []
    for others, tested in hold_out(editions):
        held = fit(others)
        for edition in tested:
            found.append((race_of(edition), _test(held, some_of(edition), model.knots_m)))
            said(edition.name)
    if not found:
        return _as_shipped(model)
    races = ", ".join(sorted({race for race, _ in found}))
    card = {**model.card, "promises": f"measured on races left out in turn: {races}"}
    return replace(promising(model, model.knots_m, found), card=card)


def promising(model: Model, knots_m: Floats, found: Sequence[tuple[str, _Promised]]) -> Model:
    """The model with the promises that were found at knots (race, promised): each race weighs the same."""
    races = sorted({race for race, _ in found})
    mine = [[one for of, one in found if of == race] for race in races]
    scores = _filled(_mean([_mean([one.scores for one in ones]) for ones in mine]), SCORES)
    wide = _mean([_mean([np.log(one.widths) for one in ones]) for ones in mine])
    lean = _mean([_mean([one.lean for one in ones]) for ones in mine])
    nearest = np.abs(knots_m[None, :] - model.knots_m[:, None]).argmin(axis=1)
    return replace(
        model,
        lean=np.nan_to_num(lean)[nearest],
        normal_to=np.maximum.accumulate(scores, axis=2)[nearest],
        leg_width=np.exp(_filled(wide, np.zeros(())))[nearest],
    )


def _as_shipped(model: Model) -> Model:
    ours = get_model()
    nearest = np.abs(ours.knots_m[None, :] - model.knots_m[:, None]).argmin(axis=1)
    return replace(
        model,
        normal_to=ours.normal_to[nearest],
        leg_width=ours.leg_width[nearest],
        lean=ours.lean[nearest],
        card={**model.card, "promises": "those of the model that ships: nothing could be left out"},
    )


def some_of(edition: Edition, most: int = TESTED) -> Edition:
    """At most so many people of an edition: they tell its day and its promises as well as all do."""
    return drawn(edition, most)


def _test(model: Model, edition: Edition, knots_m: Floats) -> _Promised:
    """What came of the raw forecasts of one edition, at the nearest of some knots."""
    replay = Replay(model, edition)
    found = _Promised(
        np.full((len(knots_m), 2, len(SCORES)), np.nan), *np.full((2, len(knots_m)), np.nan)
    )
    log_times = np.log(edition.times)
    shares = below(SCORES)
    wide, lean = replay.promises_in_the_end()
    for mat, metres in enumerate(edition.sites_m[:-1]):
        knot = int(np.argmin(np.abs(knots_m - metres)))
        table = replay.after(mat)
        found.widths[knot] = wide[mat]
        found.lean[knot] = lean[mat] if mat else np.nan
        for place, site in enumerate((mat + 1, len(edition.sites_m) - 1)):
            scores = scores_of(table[:, site], LEVEL_SCORES, log_times[:, site])
            found.scores[knot, place] = np.nanquantile(scores, shares)
    return found


def _mean(parts: list[Floats]) -> Floats:
    """The mean of what is known of several arrays, NaN where nothing is."""
    stacked = np.stack(parts)
    count = np.isfinite(stacked).sum(axis=0)
    total = np.nan_to_num(stacked).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _filled(mean: Floats, first: Floats) -> Floats:
    """Knots that nothing was measured at (the last one) take what the one before them has."""
    worth = mean.copy()
    for knot in range(len(worth)):
        if not np.isfinite(worth[knot]).all():
            worth[knot] = worth[knot - 1] if knot else first
    return worth
