"""Pictures as photographers take them beside a road, drawn: people near and far in one picture, upright, their faces
to the camera, a little blurred by their own motion, saved as JPEG. The bibs are those of ``bib_pictures``.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.photos.bib_pictures import Pixels, World, Worn, draw_card, draw_ground, folded, laid_on

DIGITS_PX: Final = 12.0, 80.0
"""Height of the digits in the picture as it was taken: as many of each doubling."""
LONG_PX: Final = 600, 1500
FAR_DIGITS_PX, PHONE_PX = (14.0, 60.0), (2400, 4000)
"""The same in the pictures of a phone: many pixels, and people who are far away in them."""
MOST_PEOPLE: Final = 6
LEAN: Final = 6.0
MOVED: Final = 0.22
"""A picture is blurred along one line by at most so much of its smallest digits' height."""
BLURRED: Final = 0.06
"""A bib is out of focus by at most so much of its digits' height (a standard deviation),"""
LEAST_BLUR: Final = 0.2
"""and by so many pixels at least: no lens is better."""
COLOURS: Final = (
    ((250, 250, 245), (15, 15, 20)), ((250, 250, 245), (160, 20, 30)), ((250, 250, 245), (10, 30, 120)),
    ((245, 225, 90), (15, 15, 20)), ((150, 205, 240), (20, 25, 60)), ((240, 180, 190), (90, 15, 40)),
    ((30, 60, 130), (245, 245, 245)), ((190, 40, 40), (250, 245, 235)),
)  # fmt: skip
"""Paper and ink."""
DARKEST: Final = 0.5
"""From one side of a picture to the other its light falls to so much at most."""
TRIES: Final = 40
SHARP_PX: Final = 48
"""A bib is drawn with digits at least so high, however small it is in the picture."""


class Taken(NamedTuple):
    """A picture from beside the road, and the bibs that can be read in it, the nearest first."""

    picture: Pixels
    worn: list[Worn]


def take(world: World, seed: int, *, phone: bool = False) -> Taken:
    """One picture, of a camera or a phone: who finds no room in it without covering a bib is left out."""
    rng = np.random.default_rng([4, seed])
    long = int(rng.integers(*(PHONE_PX if phone else LONG_PX)))
    size = (long, long * 2 // 3) if rng.random() < 0.7 else (long * 2 // 3, long)
    picture = draw_ground(str(rng.choice(world.grounds)), size, rng)
    people = _placed(size, rng, FAR_DIGITS_PX if phone else DIGITS_PX)
    for x, y, one in sorted(people, key=lambda person: person[2].digits_px):
        _person(picture, (x, y), one, world, rng)
    picture = _moved(picture, MOVED * min(one.digits_px for _, _, one in people), rng)
    light = np.linspace(1.0, rng.uniform(DARKEST, 1.0), size[0])[:: int(rng.choice([-1, 1]))]
    noisy = picture * light[None, :, None] + rng.normal(0, 3, picture.shape)
    worn = [one for _, _, one in people]
    return Taken(np.clip(noisy, 0, 255).astype(np.uint8), worn)


def _placed(
    size: tuple[int, int], rng: np.random.Generator, digits_px: tuple[float, float]
) -> list[tuple[int, int, Worn]]:
    """Who stands where, the nearest first: the middle of each chest in pixels."""
    low = 10 ** int(rng.integers(2, 5))
    count = int(rng.integers(1, MOST_PEOPLE + 1))
    heights = np.exp(rng.uniform(np.log(digits_px[0]), np.log(digits_px[1]), count))
    people: list[tuple[int, int, Worn]] = []
    for height in sorted(heights, reverse=True):
        unit = int(height)
        bib = str(rng.integers(low, min(10 * low, 30_000)))
        for _ in range(TRIES):
            x = int(rng.uniform(2.5 * unit, size[0] - 2.5 * unit)) if size[0] > 5 * unit else -1
            y = int(max(size[1] * rng.uniform(0.3, 0.6), min(7 * unit, 0.6 * size[1])))
            apart = [(abs(x - other) - 3.9 * o.digits_px) / unit for other, _, o in people]
            if x >= 0 and all(away > 2.2 for away in apart):
                blur = max(LEAST_BLUR, float(rng.uniform(0, BLURRED * unit)))
                colours = COLOURS[int(rng.integers(len(COLOURS)))]
                people.append((x, y, Worn(bib, "", blur, unit, LEAN, colours=colours)))
                break
    if not people:
        return _placed(size, rng, digits_px)
    return people


def _person(
    picture: Pixels, at: tuple[int, int], one: Worn, world: World, rng: np.random.Generator
) -> None:
    (x, y), unit = at, one.digits_px
    skin = rng.uniform(0.4, 1.0) * np.array([240.0, 196.0, 168.0])
    shirt = tuple(int(v) for v in rng.uniform(20, 230, 3))
    hair = tuple(int(v) for v in rng.uniform((20, 15, 10), (150, 110, 70)))
    tone = tuple(int(v) for v in skin)
    for side in (-1, 1):
        hip, foot = (x + side * unit, y + 6 * unit), (x + side * unit, y + 12 * unit)
        cv2.line(picture, hip, foot, tone, unit)
        shoulder, hand = (
            (x + side * unit * 5 // 2, y - unit),
            (x + side * unit * 7 // 2, y + 4 * unit),
        )
        cv2.line(picture, shoulder, hand, tone, max(2, unit * 3 // 4))
    cv2.ellipse(picture, (x, y + 2 * unit), (3 * unit, 5 * unit), 0, 0, 360, shirt, -1)
    _head(picture, (x, y - 5 * unit), unit, skin, hair)
    card = _card(one, world, tone, rng)
    laid_on(picture, folded(card, rng), (x, y + unit), one.lean, rng)


def _card(one: Worn, world: World, skin: tuple[int, ...], rng: np.random.Generator) -> Pixels:
    """A bib as a lens shows it from far: drawn large, then made as small as it is."""
    larger = max(1, -(-SHARP_PX // one.digits_px))
    card = draw_card(one._replace(digits_px=larger * one.digits_px), world, skin, rng)
    size = card.shape[1] // larger, card.shape[0] // larger
    card = np.asarray(cv2.resize(card, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.GaussianBlur(card, (0, 0), one.blur), np.uint8)


def _head(
    picture: Pixels,
    at: tuple[int, int],
    unit: int,
    skin: NDArray[np.float64],
    hair: tuple[int, ...],
) -> None:
    """A face with what a face is found by: hair, brows, eyes, nose, mouth, a side in the shade."""
    (x, y), fine = at, 3
    dark = tuple(int(v) for v in 0.55 * skin)
    shade = tuple(int(v) for v in 0.85 * skin)

    def dot(dx: float, dy: float, rx: float, ry: float, colour: tuple[int, ...]) -> None:
        middle = (round((x + dx * unit) * 2**fine), round((y + dy * unit) * 2**fine))
        half = (max(1, round(rx * unit * 2**fine)), max(1, round(ry * unit * 2**fine)))
        cv2.ellipse(picture, middle, half, 0, 0, 360, colour, -1, cv2.LINE_AA, fine)

    dot(0, 1.6, 0.6, 1.0, shade)
    dot(0, -0.25, 1.32, 1.65, hair)
    dot(0, 0.1, 1.15, 1.5, tuple(int(v) for v in skin))
    dot(0.75, 0.3, 0.38, 1.0, shade)
    for side in (-1, 1):
        dot(side * 0.48, -0.28, 0.3, 0.07, hair)
        dot(side * 0.48, -0.02, 0.24, 0.13, (240, 240, 235))
        dot(side * 0.48, -0.02, 0.12, 0.12, (40, 30, 25))
        dot(side * 0.14, 0.55, 0.08, 0.05, dark)
    dot(0, 0.35, 0.1, 0.3, shade)
    dot(0, 0.95, 0.42, 0.12, (150, 70, 70))


def _moved(picture: Pixels, length: float, rng: np.random.Generator) -> Pixels:
    """Blurred along a line of at most so many pixels."""
    reach = rng.uniform(0, length)
    angle = rng.uniform(0, np.pi)
    half = 4
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    for share in np.linspace(-0.5, 0.5, 41):
        x, y = (
            half + share * min(reach, 2 * half) * np.array([np.cos(angle), np.sin(angle)])
        ).tolist()
        left, top = int(x), int(y)
        for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
            if left + dx <= 2 * half and top + dy <= 2 * half:
                kernel[top + dy, left + dx] += (1 - abs(x - left - dx)) * (1 - abs(y - top - dy))
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)
