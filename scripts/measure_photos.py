"""Measures on drawn pictures how well bibs are read, and writes docs/evidence/photos.md.

No picture of a person is here: people, bibs, hands and backgrounds are drawn, with fonts that the method was not tuned on.
Real pictures are measured by ``homestretch evidence photos`` ([docs/photos.md](../docs/photos.md)).

    python -m scripts.measure_photos [--pictures 120]
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from homestretch.office.measuring_photos import Labelled, Photo, decide_again, measure
from homestretch.photos.deciding import TAGGED, decide_without
from homestretch.photos.looking import look_at, warm_up
from tests.photos.bib_pictures import COVERS, TESTING, Worn, as_jpeg, draw
from tests.photos.road_pictures import take

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "evidence" / "photos.md"
BEGIN, END = "<!-- figures: written by scripts/measure_photos.py -->", "<!-- end of figures -->"
WAYS: Final = ((20, False), (50, False), (200, True))
NAMES: Final = {"right": "the last digit", "left": "the first digit", "inner": "a digit within"}
COVERED: Final = {
    "hand": "by an arm", "grey": "by a grey patch", "paper": "wiped out", "blur": "blurred",
}  # fmt: skip
SAMPLES: Final = 5
SIZES: Final = ((640, 480), (800, 533), (1200, 800), (2000, 1333))


class Drawn(NamedTuple):
    """A picture that was read, how a digit of its bib is hidden ("": all can be read), and what hides it."""

    hidden: str
    cover: str
    photo: Photo


def read_drawn(
    number: int, hidden: str = "", cover: str = "hand", *, upright: bool = False
) -> Drawn:
    """Draw one picture and read it: one to four people, digits from 18 to 50 pixels high at 1,024. ``upright``:
    bibs lean by 5 degrees at most, in good light."""
    rng = np.random.default_rng([26, number])
    size = SIZES[int(rng.integers(len(SIZES)))]
    scale = size[0] / 1024
    count = 1 if hidden else int(rng.integers(1, 5))
    low = 10 ** int(rng.integers(2, 5))
    worn = [
        Worn(
            str(rng.integers(low, min(10 * low, 30_000))), hidden, float(rng.uniform(0.3, 1.4)),
            max(12, int(rng.uniform(18, 50 if count < 3 else 34) * scale)),
            5.0 if upright else 25.0, cover,
        )
        for _ in range(count)
    ]  # fmt: skip
    picture = draw(worn, TESTING, seed=number, size=size)
    if rng.random() < 0.25 and not upright:  # low light
        picture = (picture * rng.uniform(0.35, 0.6)).astype(np.uint8)
    look = look_at(as_jpeg(picture, quality=int(rng.choice([60, 70, 85]))))
    labelled = Labelled(Path(f"{number:04d}.jpg"), frozenset(one.bib for one in worn))
    return Drawn(hidden, cover, Photo(labelled, look, [], decide_without(look.seen)))


def read_road(number: int, *, phone: bool = False) -> Photo:
    """Draw one picture from beside a road and read it: one to six people, digits from 12 to 80 pixels high; of a
    ``phone`` with 2,400 to 4,000 pixels from 14 to 60."""
    taken = take(TESTING, number, phone=phone)
    quality = int(np.random.default_rng([5, number]).integers(60, 91))
    look = look_at(as_jpeg(taken.picture, quality=quality))
    labelled = Labelled(Path(f"road{number:04d}.jpg"), frozenset(one.bib for one in taken.worn))
    return Photo(labelled, look, [], decide_without(look.seen))


def table_of(photos: Sequence[Photo]) -> list[str]:
    """Every way to expect, and none."""
    rows = [
        "| expected | F | precision | recall | exactly right | precision of tags by itself | calibration error |"
    ]
    rows.append("|---|---|---|---|---|---|---|")
    said = [
        (f"{most}{', neighbours in number' if adjacent else ''}",
         measure(decide_again(photos, most, adjacent=adjacent), lambda one: one.with_prior))
        for most, adjacent in WAYS
    ]  # fmt: skip
    said.append(("nobody", measure(photos, lambda one: one.without_prior)))
    for name, row in said:
        figures = (row.f, row.precision, row.recall, row.exact, row.auto_precision, row.ece)
        rows.append(f"| {name} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |")
    return rows


def hidden_table(drawn: Sequence[Drawn]) -> list[str]:
    """How often a bib with a hidden digit is found all the same, by which digit it is and by what hides it."""
    rows = ["| hidden | pictures | 20 expected | 50 expected |", "|---|---|---|---|"]
    ends = [one for one in drawn if one.hidden != "inner"]
    groups = [(NAMES[hidden], [one for one in drawn if one.hidden == hidden]) for hidden in NAMES]
    groups += [(f"an end, {COVERED[c]}", [one for one in ends if one.cover == c]) for c in COVERS]
    for digits in (3, 4, 5):
        those = [one for one in ends if len(next(iter(one.photo.labelled.bibs))) == digits]
        groups.append((f"an end of {digits} digits", those))
    found = {most: _count_found([one.photo for one in drawn], most) for most in (20, 50)}
    for name, those in groups:
        files = [one.photo.labelled.file for one in those]
        shares = [sum(by[file] for file in files) / max(len(files), 1) for by in found.values()]
        rows.append(f"| {name} | {len(files)} | " + " | ".join(f"{s:.2f}" for s in shares) + " |")
    return rows


def _count_found(photos: Sequence[Photo], most: int) -> dict[Path, float]:
    """Picture → in what share of the samples of others its bib is found."""
    found = Counter[Path]()
    for seed in range(SAMPLES):
        for photo in decide_again(photos, most, seed=seed):
            tags = {one.bib for one in photo.with_prior if one.p >= TAGGED}
            found[photo.labelled.file] += bool(tags & photo.labelled.bibs)
    return {photo.labelled.file: found[photo.labelled.file] / SAMPLES for photo in photos}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures how well bibs are read.")
    parser.add_argument("--pictures", type=int, default=120)
    count = parser.parse_args().pictures
    warm_up()
    plain = [read_drawn(number) for number in range(count)]
    upright = [
        read_drawn(number, upright=True) for number in range(2 * count, 2 * count + count // 2)
    ]
    road = [read_road(number) for number in range(2 * count)]
    phones = [read_road(number, phone=True) for number in range(2 * count, 3 * count)]
    ways = list(product(COVERS, NAMES))
    covered = [read_drawn(count + at, *ways[at % len(ways)][::-1]) for at in range(count)]
    photos, easy = ([one.photo for one in several] for several in (plain, upright))
    cpu = [one.photo.look.cpu_s for one in [*plain, *upright, *covered]]
    cpu_road, cpu_phone = ([photo.look.cpu_s for photo in several] for several in (road, phones))
    lines = [
        f"{_say(photos)}:", "", *table_of(photos), "",
        f"{_say(easy)}, upright and in good light:", "", *table_of(easy), "",
        f"{_say(road)}, as they are taken beside a road:", "", *table_of(road), "",
        f"{_say(phones)}, with the 2,400 to 4,000 pixels of a phone:", "", *table_of(phones), "",
        (
            f"{len(covered)} with one bib of which a digit is hidden, found at a posterior of 0.8, mean of "
            f"{SAMPLES} samples of who else was expected:"
        ), "",
        *hidden_table(covered), "",
        (
            f"{sum(cpu) / len(cpu):.2f} CPU seconds a picture, {max(cpu):.2f} at most; beside a road "
            f"{sum(cpu_road) / len(cpu_road):.2f}, {max(cpu_road):.2f} at most; by a phone "
            f"{sum(cpu_phone) / len(cpu_phone):.2f}, {max(cpu_phone):.2f} at most."
        ),
    ]  # fmt: skip
    page = PAGE.read_text(encoding="utf-8")
    head, rest = page.split(BEGIN)
    PAGE.write_text(
        f"{head}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{rest.split(END)[1]}", encoding="utf-8"
    )
    print("\n".join(lines))


def _say(photos: Sequence[Photo]) -> str:
    bibs = sum(len(photo.labelled.bibs) for photo in photos)
    return f"{len(photos)} drawn pictures with {bibs} bibs that can be read"


if __name__ == "__main__":
    main()
