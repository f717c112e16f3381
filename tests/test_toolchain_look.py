"""Colours that carry words can be read: AA (4.5) for words, AAA (7) for times and bibs."""

from __future__ import annotations

import re

import pytest

from frontend.assets import FRONTEND

TOKENS = (FRONTEND / "css" / "tokens.css").read_text(encoding="utf-8")
AA, AAA, DRAWING = 4.5, 7.0, 3.0
PAIRS = (
    ("ink", "paper", AAA),
    ("ink", "card", AAA),
    ("ink", "tint", AAA),
    ("soft", "paper", AA),
    ("soft", "card", AA),
    ("soft-on-tint", "tint", AA),
    ("go", "paper", AA),
    ("go", "card", AA),
    ("on-go", "go", AA),
    ("lantern", "paper", AA),
    ("lantern", "card", AA),
    ("on-line", "line", AA),
    ("road", "card", DRAWING),
    ("line", "road", 2.0),
)


def palette(opening: str) -> dict[str, str]:
    block = TOKENS[TOKENS.index(opening) :]
    colours = re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6});", block[: block.index("}")])
    return {
        name: value if len(value) == 7 else "#" + "".join(c * 2 for c in value[1:])
        for name, value in colours
    }


LIGHT = palette(":root {")
DARK = LIGHT | palette(':root[data-theme="dark"] {')
DARK_BY_SYSTEM = LIGHT | palette(':root:not([data-theme="light"]) {')


def luminance(colour: str) -> float:
    """Relative luminance (0 to 1) as WCAG 2.2 defines it."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_follows_the_published_examples() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_a_pair_of_colours_can_be_read(
    colours: dict[str, str], front: str, ground: str, least: float
) -> None:
    assert contrast(colours[front], colours[ground]) >= least


def test_the_two_ways_to_the_dark_colours_agree() -> None:
    assert DARK == DARK_BY_SYSTEM
