"""Pictures of the made-up day, painted: little figures with their bibs, on the road at mile 25, the sun low over the
valley. Nobody real is in them. Needs Pillow (the extra ``photos``)."""

from __future__ import annotations

import io
import math
from random import Random
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from homestretch.errors import MissingExtra

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.ImageDraw import ImageDraw as Pen

Colour: TypeAlias = tuple[int, int, int]
WIDTH, HEIGHT = 1600, 1067
FINE: Final = 2
"""Painted so many times larger and then made smaller: edges without steps."""
HORIZON: Final = 0.50
SUN: Final = (0.735, 0.335, 0.042)
"""Middle and radius, in shares of the width and height."""
SKY: Final[tuple[tuple[float, Colour], ...]] = (
    (0.0, (70, 84, 140)), (0.34, (178, 122, 150)), (0.62, (243, 164, 120)), (0.86, (252, 205, 138)), (1.0, (255, 228, 168)),
)  # fmt: skip
HILLS: Final[tuple[tuple[float, float, int, Colour], ...]] = (
    (0.405, 0.050, 3, (150, 116, 140)), (0.445, 0.038, 5, (112, 96, 122)), (0.485, 0.022, 9, (78, 86, 96)),
)  # fmt: skip
GRASS, GRASS_LIT, ROAD, EDGE, LINE = (
    (96, 112, 66),
    (150, 142, 78),
    (84, 80, 92),
    (232, 222, 206),
    (242, 183, 5),
)
SHIRTS: Final[tuple[Colour, ...]] = (
    (11, 110, 95), (214, 84, 60), (58, 92, 160), (196, 148, 36), (128, 76, 140), (60, 132, 76),
)  # fmt: skip
SKINS: Final[tuple[Colour, ...]] = (
    (240, 200, 170),
    (196, 146, 108),
    (142, 96, 68),
    (224, 178, 140),
)
HAIRS: Final[tuple[Colour, ...]] = ((72, 50, 38), (206, 198, 190), (36, 32, 36), (164, 98, 48))
INK, PAPER, SHADE = (22, 24, 29), (252, 250, 244), (58, 48, 66)
EXIF_GPS, EXIF_SUB = 0x8825, 0x8769


class Shot(NamedTuple):
    """A picture: who is in it from left to right (``bibs``), and what the camera's clock says (``YYYY:MM:DD hh:mm:ss``)
    and its zone."""

    bibs: tuple[str, ...]
    taken: str
    zone: str
    seed: int


def paint_shot(shot: Shot) -> bytes:
    """The JPEG as the camera has it, with its time, its maker and its position; MissingExtra without Pillow."""
    try:
        from PIL import Image, ImageDraw
    except ImportError as error:
        raise MissingExtra("pillow", "photos", "Painting pictures of the rehearsal") from error
    random = Random(shot.seed)
    image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE))
    pen = ImageDraw.Draw(image)
    _paint_sky(pen)
    image = _with_glow(image)
    pen = ImageDraw.Draw(image)
    _paint_land(pen, random)
    _paint_road(pen)
    _paint_crowd(pen, random)
    for at, bib in enumerate(shot.bibs):
        _paint_runner(pen, bib, at, len(shot.bibs), random)
    small = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    return _as_taken(small, shot)


def _as_taken(image: Picture, shot: Shot) -> bytes:
    from PIL import Image

    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Rehearsal", "Paintbox 25"
    exif.get_ifd(EXIF_SUB).update({0x9003: shot.taken, 0x9011: shot.zone})
    exif.get_ifd(EXIF_GPS).update({1: "N", 2: (40.0, 27.0, 11.0), 3: "W", 4: (79.0, 56.0, 31.0)})
    held = io.BytesIO()
    image.save(held, "JPEG", quality=90, exif=exif.tobytes())
    return held.getvalue()


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _paint_sky(pen: Pen) -> None:
    horizon = int(HORIZON * HEIGHT * FINE)
    for y in range(horizon + 1):
        share = y / horizon
        above = max(at for at in range(len(SKY) - 1) if SKY[at][0] <= share)
        (low, first), (high, second) = SKY[above], SKY[above + 1]
        pen.line((0, y, WIDTH * FINE, y), fill=_mix(first, second, (share - low) / (high - low)))
    for left, top, length in ((0.06, 0.10, 0.26), (0.12, 0.13, 0.16), (0.52, 0.17, 0.30), (0.60, 0.20, 0.16), (0.30, 0.27, 0.20)):  # fmt: skip
        colour = _mix(SKY[1][1], SKY[3][1], 0.25 + 2 * top)
        _pill(pen, left, top, left + length, top + 0.012, colour)


def _pill(pen: Pen, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
    box = [left * WIDTH * FINE, top * HEIGHT * FINE, right * WIDTH * FINE, bottom * HEIGHT * FINE]
    pen.rounded_rectangle(box, radius=(box[3] - box[1]) / 2, fill=colour)


def _with_glow(image: Picture) -> Picture:
    """The sun, and what it does to the air around it."""
    from PIL import Image, ImageDraw, ImageFilter

    x, y, radius = SUN[0] * WIDTH * FINE, SUN[1] * HEIGHT * FINE, SUN[2] * WIDTH * FINE
    mask = Image.new("L", image.size, 0)
    pen = ImageDraw.Draw(mask)
    for times, light in ((6.0, 46), (3.2, 70), (1.8, 110)):
        pen.ellipse((x - times * radius, y - times * radius, x + times * radius, y + times * radius), fill=light)  # fmt: skip
    # Softened small: a wide blur of the whole would take seconds.
    small = mask.resize((WIDTH // 4, HEIGHT // 4)).filter(ImageFilter.GaussianBlur(22))
    lit = Image.composite(Image.new("RGB", image.size, (255, 240, 200)), image, small.resize(image.size))  # fmt: skip
    ImageDraw.Draw(lit).ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 246, 214))  # fmt: skip
    return lit


def _paint_land(pen: Pen, random: Random) -> None:
    for base, height, waves, colour in HILLS:
        turn = random.uniform(0, math.tau)
        ridge = [
            (
                x * WIDTH * FINE / 80,
                (base - height * (0.55 + 0.45 * math.sin(turn + waves * x / 80 * math.tau / 2)))
                * HEIGHT * FINE,
            )
            for x in range(81)
        ]  # fmt: skip
        pen.polygon([*ridge, (WIDTH * FINE, HEIGHT * FINE), (0, HEIGHT * FINE)], fill=colour)
    top, bottom = int(HORIZON * HEIGHT * FINE), HEIGHT * FINE
    for y in range(top, bottom):
        share = (y - top) / (bottom - top)
        pen.line((0, y, WIDTH * FINE, y), fill=_mix(GRASS_LIT, GRASS, min(1.0, share * 1.6)))
    for _ in range(9):
        _paint_tree(pen, random.uniform(0.0, 0.34), random.uniform(0.02, 0.05))


def _paint_tree(pen: Pen, x: float, size: float) -> None:
    middle, foot, r = x * WIDTH * FINE, (HORIZON + 0.012) * HEIGHT * FINE, size * WIDTH * FINE / 2
    pen.rectangle((middle - r / 9, foot - r, middle + r / 9, foot), fill=SHADE)
    for dx, dy, share in ((0.0, 1.9, 1.0), (-0.55, 1.4, 0.8), (0.55, 1.4, 0.8)):
        box = (middle + dx * r - share * r, foot - dy * r - share * r, middle + dx * r + share * r, foot - dy * r + share * r)  # fmt: skip
        pen.ellipse(box, fill=(70, 84, 72))


def _paint_road(pen: Pen) -> None:
    """From the bottom to where it goes out of sight, a little to the left of the sun."""
    w, h, top = WIDTH * FINE, HEIGHT * FINE, HORIZON * HEIGHT * FINE
    away = 0.60 * w
    pen.polygon([(away - 0.012 * w, top), (away + 0.012 * w, top), (1.12 * w, h), (-0.12 * w, h)], fill=ROAD)  # fmt: skip
    for near, far in ((-0.10, -0.011), (1.10, 0.011)):
        pen.polygon([(away + far * w, top), (away + far * w + 2, top), (near * w + 0.012 * w, h), (near * w - 0.012 * w, h)], fill=EDGE)  # fmt: skip
    pen.polygon([(away - 1, top), (away + 1, top), (0.515 * w, h), (0.485 * w, h)], fill=LINE)


def _paint_crowd(pen: Pen, random: Random) -> None:
    """Who cheers: along the right verge, from far to near, faces turned away; one of them holds up a sign."""
    for step in range(7):
        share = (step + 1) / 8
        x = 0.66 + 0.33 * share**1.25
        foot, tall = HORIZON + 0.02 + 0.13 * share, 0.035 + 0.085 * share
        colour = _mix(SHIRTS[random.randrange(len(SHIRTS))], SHADE, 0.35)
        _paint_watcher(pen, x, foot, tall, colour, random)
    x, top, size = 0.915, 0.335, 0.062
    pen.line([(x * WIDTH * FINE, (top + 0.09) * HEIGHT * FINE), (x * WIDTH * FINE, 0.58 * HEIGHT * FINE)], fill=SHADE, width=10)  # fmt: skip
    box = ((x - size) * WIDTH * FINE, top * HEIGHT * FINE, (x + size) * WIDTH * FINE, (top + 0.12) * HEIGHT * FINE)  # fmt: skip
    pen.rounded_rectangle(box, radius=14, fill=PAPER)
    for line, words in enumerate(("ALMOST", "HOME!")):
        _write(pen, words, (x, top + 0.037 + 0.046 * line), 0.037, (196, 64, 48))


def _paint_watcher(pen: Pen, x: float, foot: float, tall: float, colour: Colour, random: Random) -> None:  # fmt: skip
    w, h = WIDTH * FINE, HEIGHT * FINE
    wide = tall * 0.30 * HEIGHT / WIDTH
    for side in (-0.45, 0.45):
        leg = ((x + side * wide) * w, (foot - 0.4 * tall) * h, (x + side * wide) * w, (foot + 0.28 * tall) * h)  # fmt: skip
        pen.line(leg, fill=SHADE, width=max(4, int(0.11 * tall * h)))
    box = ((x - wide) * w, (foot - 0.75 * tall) * h, (x + wide) * w, foot * h)
    pen.rounded_rectangle(box, radius=wide * w * 0.8, fill=colour)
    r = 0.13 * tall * h
    middle = (x * w, (foot - 0.86 * tall) * h)
    pen.ellipse((middle[0] - r, middle[1] - r, middle[0] + r, middle[1] + r), fill=HAIRS[random.randrange(len(HAIRS))])  # fmt: skip
    hand = (x + random.choice((-1, 1)) * wide * 1.7, foot - random.uniform(0.85, 1.15) * tall)
    pen.line([(x * w, (foot - 0.6 * tall) * h), (hand[0] * w, hand[1] * h)], fill=colour, width=max(4, int(0.09 * tall * h)))  # fmt: skip


def _write(
    pen: Pen, words: str, middle: tuple[float, float], height: float, colour: Colour
) -> None:
    from PIL import ImageFont

    font = ImageFont.load_default(height * HEIGHT * FINE)
    at = (middle[0] * WIDTH * FINE, middle[1] * HEIGHT * FINE)
    pen.text(at, words, font=font, fill=colour, anchor="mm", stroke_width=2, stroke_fill=colour)


class _Body(NamedTuple):
    """Where a runner's joints are, in pixels from the middle between the hips; ``unit`` is a head."""

    x: float
    y: float
    unit: float
    lean: float

    def at(self, right: float, up: float) -> tuple[float, float]:
        """A place so many heads to the right and up."""
        return self.x + (right + self.lean * up) * self.unit, self.y - up * self.unit


def _paint_runner(pen: Pen, bib: str, at: int, among: int, random: Random) -> None:
    """From the feet up: shadow, the leg behind, the leg in front, arms, shirt, bib, head."""
    gap = min(0.20, 0.62 / among)
    x = 0.46 + (at - (among - 1) / 2) * gap
    unit = HEIGHT * FINE * (0.093 if among < 3 else 0.085) * random.uniform(0.95, 1.04)
    body = _Body(x * WIDTH * FINE, 0.66 * HEIGHT * FINE, unit, 0.06)
    skin, hair = SKINS[(at + int(bib)) % len(SKINS)], HAIRS[(at * 3 + int(bib)) % len(HAIRS)]
    shirt, step = SHIRTS[(at + int(bib) // 7) % len(SHIRTS)], 1 if at % 2 else -1
    shade = body.at(-0.5, -3.05)
    pen.ellipse((shade[0] - 2.2 * unit, shade[1] - 0.14 * unit, shade[0] + 1.5 * unit, shade[1] + 0.2 * unit), fill=(62, 56, 72))  # fmt: skip
    _limb(pen, body, [(0.28 * step, -0.1), (0.42 * step, -1.2), (0.62 * step, -2.0)], 0.40, _mix(skin, SHADE, 0.25))  # fmt: skip
    _limb(pen, body, [(0.62 * step, -2.0), (0.80 * step, -1.86)], 0.34, INK)
    _limb(
        pen, body, [(-0.26 * step, -0.1), (-0.34 * step, -1.35), (-0.22 * step, -2.8)], 0.42, skin
    )
    _limb(pen, body, [(-0.22 * step, -2.86), (0.06 * step, -2.90)], 0.34, (236, 236, 240))
    _limb(pen, body, [(0.26 * step, 0.05), (0.36 * step, -0.75)], 0.56, (40, 44, 58))
    _limb(pen, body, [(-0.24 * step, 0.05), (-0.32 * step, -0.80)], 0.58, (48, 52, 66))
    for side in (-1, 1):
        up = 0.35 if side == step else 0.0
        _limb(pen, body, [(0.66 * side, 2.05), (1.02 * side, 1.20), (0.72 * side, 0.85 + up)], 0.27, skin)  # fmt: skip
    pen.polygon([body.at(-0.62, 0.0), body.at(0.62, 0.0), body.at(0.80, 2.05), body.at(0.46, 2.36), body.at(-0.46, 2.36), body.at(-0.80, 2.05)], fill=shirt)  # fmt: skip
    pen.polygon([body.at(0.30, 0.0), body.at(0.62, 0.0), body.at(0.80, 2.05), body.at(0.46, 2.36)], fill=_mix(shirt, (255, 226, 170), 0.25))  # fmt: skip
    _paint_bib(pen, body, bib)
    _paint_head(pen, body, skin, hair, long=(at + int(bib)) % 2 == 0)


def _limb(pen: Pen, body: _Body, joints: list[tuple[float, float]], wide: float, colour: Colour) -> None:  # fmt: skip
    places = [body.at(*joint) for joint in joints]
    pen.line(places, fill=colour, width=int(wide * body.unit), joint="curve")
    r = wide * body.unit / 2
    for x, y in places:
        pen.ellipse((x - r, y - r, x + r, y + r), fill=colour)


def _paint_bib(pen: Pen, body: _Body, bib: str) -> None:
    left, top = body.at(-0.66, 1.55)
    right, bottom = body.at(0.66, 0.62)
    pen.rounded_rectangle((left, top, right, bottom), radius=body.unit * 0.06, fill=PAPER)
    pen.rectangle((left, top + body.unit * 0.05, right, top + body.unit * 0.20), fill=(11, 110, 95))
    middle = ((left + right) / 2 / WIDTH / FINE, (top * 0.42 + bottom * 0.58) / HEIGHT / FINE)
    _write(pen, bib, middle, 0.52 * body.unit / HEIGHT / FINE, INK)


def _paint_head(pen: Pen, body: _Body, skin: Colour, hair: Colour, *, long: bool) -> None:
    """A round head: hair, eyes, a nose, cheeks that have been out all day, a smile."""
    unit = body.unit
    x, y = body.at(0.0, 3.02)

    def spot(right: float, down: float, wide: float, high: float, colour: Any) -> None:
        middle = (x + right * unit, y + down * unit)
        pen.ellipse((middle[0] - wide * unit, middle[1] - high * unit, middle[0] + wide * unit, middle[1] + high * unit), fill=colour)  # fmt: skip

    if long:
        spot(-0.05, 0.12, 0.58, 0.70, hair)
    _limb(pen, body, [(0.0, 2.3), (0.0, 2.7)], 0.34, _mix(skin, SHADE, 0.2))
    spot(0.0, -0.10, 0.52, 0.58, hair)
    spot(0.0, 0.0, 0.47, 0.54, skin)
    pen.chord((x - 0.50 * unit, y - 0.66 * unit, x + 0.50 * unit, y + 0.30 * unit), 195, 345, fill=hair)  # fmt: skip
    for side in (-1, 1):
        spot(0.185 * side, -0.02, 0.085, 0.075, (255, 255, 255))
        spot(0.185 * side + 0.01, -0.015, 0.05, 0.06, (46, 34, 30))
        spot(0.29 * side, 0.19, 0.095, 0.07, _mix(skin, (226, 104, 88), 0.45))
        brow = (x + (0.185 * side - 0.11) * unit, y - 0.17 * unit, x + (0.185 * side + 0.11) * unit, y - 0.05 * unit)  # fmt: skip
        pen.arc(brow, 200, 340, fill=hair, width=max(3, int(0.045 * unit)))
    spot(0.02, 0.10, 0.055, 0.07, _mix(skin, (150, 90, 70), 0.35))
    pen.chord((x - 0.20 * unit, y + 0.10 * unit, x + 0.20 * unit, y + 0.40 * unit), 12, 168, fill=(122, 44, 44))  # fmt: skip
