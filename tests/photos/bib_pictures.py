"""Pictures of runners with bibs, drawn: never a person, never a file in the repository.

Two worlds that share nothing but the drawing: the method was tuned on one set of fonts and backgrounds
(``TUNING``), the tests look at the other (``TESTING``).
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "frontend" / "node_modules"
FILES = {
    "atkinson": "@fontsource-variable/atkinson-hyperlegible-next/files/"
    "atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "newsreader": "@fontsource/newsreader/files/newsreader-latin-700-normal.woff2",
}
"""The fonts of the pages, which every machine has that runs the tests."""
Pixels = NDArray[np.uint8]
Colour = tuple[int, ...]


class World(NamedTuple):
    """Fonts and backgrounds of a set of pictures."""

    fonts: tuple[str, ...]
    grounds: tuple[str, ...]
    words: tuple[str, ...]


TUNING = World(
    ("hershey-duplex", "hershey-triplex", "rubik"),
    ("sky", "stripes"),
    ("RUN CITY", "ACME 10K", "SPRINT", "FAMILY RUN"),
)
TESTING = World(
    ("aileron", "atkinson", "newsreader"),
    ("crowd", "bricks", "grass"),
    ("HARBOUR RUN", "MILE BY MILE", "OPEN ROAD", "KILOMETRE 30"),
)


COVERS = ("hand", "grey", "paper", "blur")
"""What hides a digit: an arm across the bib, or a patch over the digit alone: grey, of the paper's colour, or what
stands there, blurred."""


class Worn(NamedTuple):
    """A bib that somebody wears: which digit is hidden ("", "left", "right", "inner"), how the whole is blurred, by
    how many degrees at most it leans, what hides the digit (one of ``COVERS``), and the colours of paper and ink
    (none: dark on light)."""

    bib: str
    hidden: str = ""
    blur: float = 0.6
    digits_px: int = 34
    lean: float = 12.0
    cover: str = "hand"
    colours: tuple[Colour, Colour] | None = None


def draw(worn: list[Worn], world: World, seed: int, size: tuple[int, int] = (1200, 800)) -> Pixels:
    """A picture of people side by side, red green blue."""
    rng = np.random.default_rng(seed)
    picture = draw_ground(rng.choice(world.grounds), size, rng)
    for place, one in enumerate(worn):
        x = int((place + 0.5 + rng.uniform(-0.12, 0.12)) * size[0] / len(worn))
        _person(picture, x, one, world, rng)
    noisy = picture.astype(np.float32) + rng.normal(0, 4, picture.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def as_jpeg(picture: Pixels, quality: int = 85, exif: bytes = b"") -> bytes:
    """The file of a picture."""
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "JPEG", quality=quality, **({"exif": exif} if exif else {}))
    return held.getvalue()


def draw_ground(kind: str, size: tuple[int, int], rng: np.random.Generator) -> Pixels:
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    if kind == "sky":
        ground = np.stack([120 + y / 12, 150 + y / 14, 200 - y / 20], -1)
    elif kind == "stripes":
        ground = np.where(((x + y) // 40 % 2)[..., None], (90, 110, 90), (140, 150, 120))
    elif kind == "bricks":
        lines = ((y % 36) < 3) | (((x + (y // 36 % 2) * 40) % 80) < 3)
        ground = np.where(lines[..., None], (190, 185, 180), (150, 80, 60))
    elif kind == "grass":
        ground = np.stack([60 + 0 * x, 120 + 20 * np.sin(x / 9.0 + y / 7.0), 50 + 0 * x], -1)
    else:
        small = rng.integers(30, 220, (height // 40, width // 40, 3)).astype(np.uint8)
        ground = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)
    texture = cv2.GaussianBlur(rng.normal(0, 25, (height, width, 1)).astype(np.float32), (5, 5), 1)
    return np.clip(ground + texture[..., None], 0, 255).astype(np.uint8)


def _person(picture: Pixels, x: int, one: Worn, world: World, rng: np.random.Generator) -> None:
    unit = one.digits_px
    skin = tuple(int(v) for v in rng.uniform((120, 80, 60), (235, 195, 170)))
    shirt = tuple(int(v) for v in rng.uniform(20, 230, 3))
    y = int(picture.shape[0] * rng.uniform(0.42, 0.52))
    cv2.ellipse(picture, (x, y + 2 * unit), (3 * unit, 5 * unit), 0, 0, 360, shirt, -1)
    cv2.ellipse(picture, (x, y - 4 * unit), (int(1.2 * unit), int(1.6 * unit)), 0, 0, 360, skin, -1)
    cv2.line(picture, (x - unit, y + 6 * unit), (x - unit, y + 11 * unit), skin, unit)
    cv2.line(picture, (x + unit, y + 6 * unit), (x + unit, y + 11 * unit), skin, unit)
    card = draw_card(one, world, skin, rng)
    if one.blur > 0:
        card = np.asarray(cv2.GaussianBlur(card, (0, 0), one.blur), np.uint8)
    laid_on(picture, folded(card, rng), (x, y + unit), one.lean, rng)


def draw_card(one: Worn, world: World, skin: tuple[int, ...], rng: np.random.Generator) -> Pixels:
    """The bib itself, with its words and the hand before it."""
    digits = _text(one.bib, str(rng.choice(world.fonts)), one.digits_px)
    edge = one.digits_px // 2
    height, width = digits.shape[0] + 3 * edge, digits.shape[1] + 2 * edge
    paper = tuple(int(v) for v in rng.choice([(250, 250, 245), (245, 240, 200), (225, 240, 250)]))
    ink = tuple(int(v) for v in rng.choice([(15, 15, 20), (140, 15, 25), (10, 30, 110)]))
    paper, ink = one.colours or (paper, ink)
    card = np.full((height, width, 3), paper, np.uint8)
    part = card[
        edge + edge // 2 : edge + edge // 2 + digits.shape[0], edge : edge + digits.shape[1]
    ]
    part[:] = part * (1 - digits[..., None] / 255) + np.array(ink) * (digits[..., None] / 255)
    words = _text(str(rng.choice(world.words)), world.fonts[0], max(8, edge // 2))
    room = card[2 : 2 + words.shape[0], 4 : 4 + words.shape[1]]
    room[words[: room.shape[0], : room.shape[1]] > 128] = ink
    if one.hidden:
        share = digits.shape[1] / len(one.bib)
        place = {"left": 0, "right": len(one.bib) - 1, "inner": len(one.bib) // 2}[one.hidden]
        _cover(card, one.cover, int(edge + (place + 0.5) * share), share, skin, rng)
    return card


def _cover(
    card: Pixels, cover: str, at: int, share: float, skin: tuple[int, ...], rng: np.random.Generator
) -> None:
    """Hide the digit whose middle is ``at`` and which is ``share`` pixels wide."""
    height = card.shape[0]
    if cover == "hand":
        lean = int(rng.integers(-3, 4))
        cv2.line(card, (at - lean, height), (at + lean, 0), skin, int(share * 1.05))
        return
    half = share * 0.53
    part = card[
        int(height * 0.26) : int(height * 0.84), max(0, int(at - half)) : int(at + half) + 1
    ]
    if cover == "blur":
        part[:] = cv2.GaussianBlur(part, (0, 0), share * 0.35)
    else:
        part[:] = 128 if cover == "grey" else card[height // 8, 1]


def _text(text: str, font: str, height: int) -> Pixels:
    """Text as a mask of about this height in pixels."""
    if font.startswith("hershey"):
        face = cv2.FONT_HERSHEY_DUPLEX if font.endswith("duplex") else cv2.FONT_HERSHEY_TRIPLEX
        thick = max(1, height // 9)
        (width, _), _ = cv2.getTextSize(text, face, height / 22, thick)
        mask = np.zeros((height + 6, width + 6), np.uint8)
        cv2.putText(mask, text, (3, height + 2), face, height / 22, 255, thick, cv2.LINE_AA)
        return mask
    if font == "rubik":
        mask = np.zeros((height * 2, height * len(text) + 10, 3), np.uint8)
        cv2.putText(
            mask, text, (3, int(height * 1.3)), (255, 255, 255), cv2.FontFace("sans"),
            int(height * 1.35), 700,
        )  # fmt: skip
        found = np.argwhere(mask[..., 0] > 60)
        (top, left), (bottom, right) = found.min(0), found.max(0)
        return np.ascontiguousarray(mask[top : bottom + 1, left : right + 1, 0])
    loaded = _font(font, int(height * 1.35))
    box = loaded.getbbox(text)
    image = Image.new("L", (int(box[2] - box[0]) + 4, int(box[3] - box[1]) + 4))
    ImageDraw.Draw(image).text((2 - box[0], 2 - box[1]), text, fill=255, font=loaded)
    return np.array(image)


def _font(name: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if name not in FILES:
        return ImageFont.load_default(size)
    font = ImageFont.truetype(io.BytesIO((FONTS / FILES[name]).read_bytes()), size)
    if "-variable" in FILES[name]:
        font.set_variation_by_axes([700])
    return font


def folded(card: Pixels, rng: np.random.Generator) -> Pixels:
    """Waves in the paper."""
    height, width = card.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    depth = rng.uniform(0, 0.04) * height
    wave = depth * np.sin(x / width * rng.uniform(3, 9) + rng.uniform(0, 6))
    shade = 1 + 0.12 * np.cos(x / width * rng.uniform(3, 9))
    waved = cv2.remap(card, x, y + wave, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip(waved * shade[..., None], 0, 255), np.uint8)


def laid_on(
    picture: Pixels, card: Pixels, middle: tuple[int, int], lean: float, rng: np.random.Generator
) -> None:
    """Turned a little and seen a little from the side."""
    height, width = card.shape[:2]
    angle = np.radians(rng.uniform(-lean, lean))
    narrow = rng.uniform(0.82, 1.0)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)
    corners *= np.array([width / 2 * narrow, height / 2], np.float32)
    corners[1:3, 1] *= rng.uniform(0.9, 1.1)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    target = corners @ turn.T + np.array(middle, np.float32)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    shape = (picture.shape[1], picture.shape[0])
    how = cv2.getPerspectiveTransform(source, target.astype(np.float32))
    laid = cv2.warpPerspective(card, how, shape, flags=cv2.INTER_AREA)
    covers = cv2.warpPerspective(np.full((height, width), 255, np.uint8), how, shape) > 128
    picture[covers] = laid[covers]
