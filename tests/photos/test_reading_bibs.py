"""Drawn pictures through the whole pipeline: fonts and backgrounds are none of those it was tuned on.

A few; ``scripts/measure_photos.py`` reads many of them, and its figures stand in docs/evidence/photos.md.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner

from homestretch.cli import main
from homestretch.office.measuring_photos import Labelled, Photo, as_json, expect, measure_photos
from homestretch.photos.deciding import TAGGED
from homestretch.photos.looking import FIRST_PX, look_at
from homestretch.photos.values import look_from
from tests.photos.bib_pictures import TESTING, TUNING, Worn, as_jpeg, draw
from tests.photos.road_pictures import take

A_FACE = 8
"""The drawing with this seed has a head that passes for a face."""


def people(rng: np.random.Generator, hidden: str, count: int) -> list[Worn]:
    return [
        Worn(
            str(rng.integers(1000, 5999)), hidden, rng.uniform(0.3, 1.2), int(rng.integers(16, 40))
        )
        for _ in range(count)
    ]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of pictures and its labels; the first letter of a name says what is hidden."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(2026)
    covered = [("e", "right", 2), ("e", "left", 2), ("i", "inner", 2)]
    plan = [("a", "", 4)] * 2 + covered
    rows = [("file", "bib")]
    for number, (letter, hidden, count) in enumerate(plan):
        name = f"{letter}{number}.jpg"
        worn = people(rng, hidden, count)
        (folder / name).write_bytes(as_jpeg(draw(worn, TESTING, seed=number)))
        rows += [(name, one.bib) for one in worn]
    labels = folder.parent / f"{folder.name}.csv"
    with labels.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder, labels


@pytest.fixture(scope="module")
def photos(drawn: tuple[Path, Path]) -> list[Photo]:
    return measure_photos(*drawn, 20, workers=1)


@pytest.mark.parametrize("adjacent", [False, True])
def test_who_is_expected_are_the_true_ones_and_others_that_come_again(adjacent: bool) -> None:
    one = Labelled(Path("a.jpg"), frozenset({"3621", "E7"}))
    chosen = expect(one, ["3621", "4810", "E7"], 20, adjacent, 1)
    assert chosen == expect(one, ["3621", "4810", "E7"], 20, adjacent, 1)
    assert len(chosen) == len(set(chosen)) == 20
    assert one.bibs < set(chosen)
    assert ("3620" in chosen) == adjacent


def found_share(photos: list[Photo], letter: str) -> float:
    those = [photo for photo in photos if photo.labelled.file.name.startswith(letter)]
    hits = sum(
        one.bib in photo.labelled.bibs and one.p >= TAGGED
        for photo in those
        for one in photo.with_prior
    )
    return hits / sum(len(photo.labelled.bibs) for photo in those)


def test_fonts_and_backgrounds_of_tuning_and_test_differ() -> None:
    assert not set(TUNING.fonts) & set(TESTING.fonts)
    assert not set(TUNING.grounds) & set(TESTING.grounds)


def test_bibs_are_found_and_hidden_digits_are_found_again(photos: list[Photo]) -> None:
    assert found_share(photos, "a") >= 0.93
    assert found_share(photos, "e") >= 0.5
    assert found_share(photos, "i") >= 0.3


def test_the_prior_takes_wrong_tags_away_and_costs_no_right_ones(photos: list[Photo]) -> None:
    figures = as_json(photos)
    assert figures["with_prior"]["precision"] >= 0.95
    assert figures["with_prior"]["auto_precision"] >= 0.99
    assert figures["with_prior"]["f"] > figures["without_prior"]["f"]
    assert figures["cpu_s_per_photo"] > 0


@pytest.mark.parametrize("seed", [5, 6, 18])
def test_who_is_far_away_in_a_picture_of_many_pixels_is_read_too(seed: int) -> None:
    """Their digits are five or six pixels high where the whole is read first."""
    taken = take(TESTING, seed, phone=True)
    least_px = min(one.digits_px for one in taken.worn) * FIRST_PX / max(taken.picture.shape)
    look = look_at(as_jpeg(taken.picture))
    assert least_px < 6.5
    assert {one.bib for one in taken.worn} <= {one.text for one in look.seen}


def test_what_a_look_found_is_kept_and_read_again_as_it_was_with_its_faces() -> None:
    found = look_at(as_jpeg(take(TESTING, A_FACE).picture))
    assert found.faces
    assert look_from(msgspec.json.encode(found).decode()) == found


def test_the_command_says_the_figures_by_name(drawn: tuple[Path, Path], tmp_path: Path) -> None:
    folder, _ = drawn
    one = tmp_path / "one.csv"
    labels = drawn[1].read_text(encoding="utf-8").splitlines()
    one.write_text("\n".join(labels[:3]), encoding="utf-8")
    said = CliRunner().invoke(
        main,
        ["evidence", "photos", str(folder), "--labels", str(one), "--expected", "20", "--adjacent",
         "--workers", "1", "--json"],
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    figures = json.loads(said.stdout)
    assert figures["photos"] == 1
    for way in ("with_prior", "without_prior"):
        assert {"precision", "recall", "f", "exact", "auto_precision", "ece"} <= set(figures[way])
    assert "cpu_s_per_photo" in figures


@pytest.mark.parametrize(
    "text", ["name,number\na.jpg,1\n", "file,bib\nmissing.jpg,12\n", "file,bib\na.jpg,\n"]
)
def test_labels_that_do_not_fit_are_told(text: str, tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text(text, encoding="utf-8")
    (tmp_path / "pictures").mkdir()
    said = CliRunner().invoke(
        main,
        ["evidence", "photos", str(tmp_path / "pictures"), "--labels", str(labels), "--expected", "5"],
    )  # fmt: skip
    assert said.exit_code == 1
    reasons = {"name,": "columns", "missing.jpg": "missing.jpg", "a.jpg,": "names no bib"}
    assert next(reason for part, reason in reasons.items() if part in text) in said.output
