"""The reading of photos, measured against labels: how many tags are right, with and without who was expected.

A label is a picture and a bib that can be read in it. For each picture so many bibs are "expected" as asked
for: the true ones, and others drawn with a seed, at random or next in number.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from homestretch.errors import MissingExtra, PlanError
from homestretch.jobs import open_executor, work
from homestretch.photos.deciding import (
    AUTO,
    TAGGED,
    Candidate,
    Expected,
    decide,
    decide_without,
)
from homestretch.photos.looking import look_at, warm_up
from homestretch.photos.values import Look

BINS: Final = 10
DIGITS: Final = "0123456789"


class Labelled(NamedTuple):
    """A picture and the bibs that stand in it."""

    file: Path
    bibs: frozenset[str]


class Measured(NamedTuple):
    """Figures over all pictures, each from 0 to 1; ``ece`` is the expected calibration error over ten bins
    of the posterior, weighted by how many candidates lie in each."""

    precision: float
    recall: float
    f: float
    exact: float
    auto_precision: float
    auto_recall: float
    ece: float


class Photo(NamedTuple):
    """What became of one picture."""

    labelled: Labelled
    look: Look
    with_prior: list[Candidate]
    without_prior: list[Candidate]


def read_labels(folder: Path, labels: Path) -> list[Labelled]:
    """The pictures that the labels name; PlanError when one is not there. Columns: file, bib; a picture of
    nobody has a row with an empty bib."""
    try:
        with labels.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PlanError(f"{labels} cannot be read: {error}.", "Give a CSV file.") from error
    if not rows or not {"file", "bib"} <= set(rows[0]):
        raise PlanError(f"{labels} has no columns file and bib.", "Its first line is: file,bib")
    bibs: dict[str, set[str]] = {}
    for row in rows:
        bib = (row["bib"] or "").strip()
        bibs.setdefault((row["file"] or "").strip(), set()).update({bib} if bib else ())
    if not any(bibs.values()):
        raise PlanError(f"{labels} names no bib.", "At least one row has a bib.")
    known = {path.name: path for path in sorted(folder.rglob("*")) if path.is_file()}
    return [Labelled(_find(folder, name, known), frozenset(b)) for name, b in bibs.items()]


def _find(folder: Path, name: str, known: dict[str, Path]) -> Path:
    beside = folder / name
    if beside.is_file() and beside.resolve().is_relative_to(folder.resolve()):
        return beside
    stems = {Path(other).stem: path for other, path in known.items()}
    found = known.get(Path(name).name) or stems.get(Path(name).stem)
    if found is None:
        raise PlanError(
            f"The labels name {name}, which is not in {folder}.",
            "Take its rows out of the labels, or add the picture.",
        )
    return found


def measure_photos(
    folder: Path,
    labels: Path,
    expected: int,
    *,
    adjacent: bool = False,
    seed: int = 1,
    workers: int = 0,
    say: Callable[[str], None] = lambda _sentence: None,
) -> list[Photo]:
    """Every labelled picture, read and decided with and without the prior."""
    labelled = read_labels(folder, labels)
    by_file = {one.file: one for one in labelled}
    photos = []
    for done in work(_look, list(by_file), partial(open_executor, "", workers)):
        if isinstance(done.error, MissingExtra):
            raise done.error
        if done.found is None:
            say(f"{done.thing.name} counts as a picture in which nothing is read: {done.error}")
        look = done.found or Look(())
        photos.append(Photo(by_file[done.thing], look, [], decide_without(look.seen)))
        if len(photos) % 50 == 0:
            say(f"{len(photos)} of {len(labelled)} pictures are read.")
    photos.sort(key=lambda photo: photo.labelled.file)
    return decide_again(photos, expected, adjacent=adjacent, seed=seed)


def decide_again(
    photos: Sequence[Photo], expected: int, *, adjacent: bool = False, seed: int = 1
) -> list[Photo]:
    """The same pictures as they were read, with others expected."""
    bibs = sorted({bib for photo in photos for bib in photo.labelled.bibs})
    again = []
    for photo in photos:
        there = expect(photo.labelled, bibs, expected, adjacent, seed)
        found = decide(photo.look.seen, Expected(dict.fromkeys(there, 1.0)))
        again.append(photo._replace(with_prior=found))
    return again


def _look(file: Path) -> Look:
    warm_up()
    return look_at(file.read_bytes())


def expect(one: Labelled, bibs: Sequence[str], most: int, adjacent: bool, seed: int) -> list[str]:
    """The bibs expected at a picture: the true ones, filled up to ``most`` with neighbours in number or with
    random bibs as long as those of the race."""
    names = sorted(one.bibs)
    rng = random.Random(f"{seed} {one.file.name}")
    chosen = dict.fromkeys(names)
    if adjacent:
        middle = names or [rng.choice(bibs)]
        for away in range(1, 10 * most):
            for bib in filter(str.isdecimal, middle):
                for other in (int(bib) + away, int(bib) - away):
                    if other > 0 and len(chosen) < most:
                        chosen[str(other)] = None
    tries = 0
    while len(chosen) < most and tries < 50 * most:
        tries += 1
        like = rng.choice(bibs)
        chosen[rng.choice(DIGITS[1:]) + "".join(rng.choices(DIGITS, k=len(like) - 1))] = None
    return list(chosen)


def measure(photos: Sequence[Photo], candidates: Callable[[Photo], list[Candidate]]) -> Measured:
    """The figures of one way to decide."""
    right = wrong = exact = auto = auto_right = 0
    labels = sum(len(photo.labelled.bibs) for photo in photos)
    odds: list[tuple[float, bool]] = []
    for photo in photos:
        true = photo.labelled.bibs
        found = candidates(photo)
        tags = {one.bib for one in found if one.p >= TAGGED}
        right += len(tags & true)
        wrong += len(tags - true)
        exact += tags == true
        auto += sum(one.p >= AUTO for one in found)
        auto_right += sum(one.p >= AUTO and one.bib in true for one in found)
        odds += [(one.p, one.bib in true) for one in found]
    precision = right / (right + wrong) if right + wrong else 0.0
    recall = right / labels if labels else 0.0
    f = 2 * precision * recall / (precision + recall) if right else 0.0
    return Measured(
        precision, recall, f, exact / len(photos) if photos else 0.0,
        auto_right / auto if auto else 0.0, auto_right / labels if labels else 0.0, _ece(odds),
    )  # fmt: skip


def _ece(odds: list[tuple[float, bool]]) -> float:
    """How far the posterior is from how often it was right (Naeini et al. 2015), ten bins."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for p, true in odds:
        bins.setdefault(min(int(p * BINS), BINS - 1), []).append((p, true))
    off = sum(
        abs(sum(p for p, _ in inside) - sum(true for _, true in inside)) for inside in bins.values()
    )
    return off / len(odds) if odds else 0.0


def as_json(photos: Sequence[Photo]) -> dict[str, Any]:
    """The figures by name."""
    return {
        "photos": len(photos),
        "labels": sum(len(photo.labelled.bibs) for photo in photos),
        "cpu_s_per_photo": sum(photo.look.cpu_s for photo in photos) / max(len(photos), 1),
        "with_prior": measure(photos, lambda photo: photo.with_prior)._asdict(),
        "without_prior": measure(photos, lambda photo: photo.without_prior)._asdict(),
    }


def as_lines(figures: dict[str, Any]) -> list[str]:
    """The figures as a table for people."""
    lines = [f"{figures['photos']} pictures with {figures['labels']} bibs", ""]
    names = list(Measured._fields)
    lines.append("".ljust(15) + "".join(name.rjust(16) for name in names))
    for way in ("with_prior", "without_prior"):
        row = figures[way]
        lines.append(way.replace("_", " ").ljust(15) + "".join(f"{row[n]:16.3f}" for n in names))
    lines += ["", f"{figures['cpu_s_per_photo']:.2f} CPU seconds a picture"]
    return lines
