"""The card of a story, 1200 x 630: what is shown where a link to it is shared. Drawn as SVG, painted as PNG by resvg
(the extra ``cards``); without it there is no card, and a link is shown with its words alone."""

from __future__ import annotations

import importlib.util
import tempfile
from functools import cache
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from homestretch.boards.story import StoryBoard
from homestretch.boards.story_parts import Told
from homestretch.boards.words import list_words
from homestretch.errors import NotFound
from homestretch.race.saying import Speech, said
from homestretch.web.assets import STATIC
from homestretch.web.render import respoken
from homestretch.web.spoken import AS_THE_EVENT, speech_of
from homestretch.web.story_drawing import Scale, is_behind, make_scale

WIDTH, HEIGHT = 1200, 630
EDGE: Final = 64
TOP, BOTTOM = 310, 520
"""Between these the lines are drawn."""
PAPER, INK, SOFT, RULE, LINE, GO = "#fbf9f4", "#16181d", "#6a6d76", "#e4dfd3", "#f2b705", "#0b6e5f"
WAYS: Final = ((INK, 5), (GO, 11), (SOFT, 5))
WORDS_A_LINE: Final = 31
STORY, PLAIN = "Homestretch Story", "Homestretch Plain"
"""What the fonts of a card are called while it is painted; beside it the names of the fonts themselves hold."""
HEAD: Final = f'font-family="{STORY}, Newsreader, Georgia, serif" font-size="80" fill="{INK}"'
SMALL: Final = (
    f'font-family="{PLAIN}, Atkinson Hyperlegible Next, sans-serif" font-size="28" fill="{SOFT}"'
)
SIDE: Final = SMALL.replace('"28"', '"24"')
FONTS: Final = (("newsreader", 650, STORY), ("atkinson-hyperlegible-next", 400, PLAIN))
LEFT_OUT: Final = ("GPOS", "GDEF", "STAT")
"""Tables that a card does without: to bring kerning to one weight takes most of the time."""


def draw_card(board: StoryBoard) -> str:
    """The card as SVG, in the language of the event."""
    speech = speech_of(AS_THE_EVENT, board.frame.event)
    again = respoken(board, speech)
    assert isinstance(again, StoryBoard)
    told, event = again.told, again.frame.event
    lines = _broken(told.headline.words)
    first_y = 205 if len(lines) == 1 else 170
    heading = "".join(
        f'<text x="{EDGE}" y="{first_y + 82 * at}" {HEAD}>{escape(words)}</text>'
        for at, words in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>'
        f'<text x="{EDGE}" y="84" {SMALL}>{escape(event.name)}, {escape(event.date_words)}</text>'
        f"{heading}{_ways(told)}{_sides(told, speech)}"
        f'<text x="{EDGE}" y="{HEIGHT - 40}" {SMALL}>{escape(speech.again(_legend(told)))}</text></svg>'
    )


def _broken(words: str) -> list[str]:
    """At most two lines of a headline; what does not fit ends with dots."""
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) + 1 > WORDS_A_LINE and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines if len(lines) <= 2 else [lines[0], f"{lines[1]} …"]


def _legend(told: Told) -> str:
    names = list_words([who.name for who in told.people]) if len(told.people) < 3 else told.race
    if told.by_plan:
        return said("{names}: minutes ahead of the sweep car’s plan", names=names)
    return said("{names}: minutes ahead of an even pace to the last finisher", names=names)


def _sides(told: Told, speech: Speech) -> str:
    """What is ahead and what behind, where somebody was behind at some point; the road needs a name then."""
    if not is_behind(told):
        return ""
    road_y = TOP + (BOTTOM - TOP) * make_scale(told).y(0.0)
    words = ((said("ahead"), road_y - 16), (said("behind"), road_y + 34))
    return "".join(
        f'<text x="{EDGE}" y="{y:.1f}" {SIDE}>{escape(speech.again(word))}</text>'
        for word, y in words
    )


def _ways(told: Told) -> str:
    scale = make_scale(told)
    poles = "".join(
        f'<line x1="{_x(scale, at_m)}" x2="{_x(scale, at_m)}" y1="{TOP - 20}" y2="{BOTTOM}" stroke="{RULE}" stroke-width="2"/>'
        for _, at_m in told.points
    )
    road_y = _y(scale, 0.0)
    road = f'<line x1="{EDGE}" x2="{WIDTH - EDGE}" y1="{road_y}" y2="{road_y}" stroke="{LINE}" stroke-width="14"/>'
    drawn = ""
    for at, line in reversed(list(enumerate(told.lines))):
        colour, width = WAYS[min(at, len(WAYS) - 1)]
        spots = " ".join(f"{_x(scale, one.at_m)},{_y(scale, one.ahead_min)}" for one in line.bends)
        drawn += (
            f'<polyline points="{spots}" fill="none" stroke="{colour}" stroke-width="{width}"'
            ' stroke-linecap="round" stroke-linejoin="round"/>'
        )
    return poles + road + drawn


def _x(scale: Scale, at_m: float) -> str:
    return f"{EDGE + (WIDTH - 2 * EDGE) * min(at_m / max(scale.length_m, 1.0), 1.0):.1f}"


def _y(scale: Scale, ahead_min: float) -> str:
    return f"{TOP + (BOTTOM - TOP) * scale.y(ahead_min):.1f}"


@cache
def can_paint() -> bool:
    """Whether cards can be painted here: the extra ``cards`` is installed."""
    return all(importlib.util.find_spec(name) for name in ("resvg_py", "fontTools", "brotli"))


def paint(svg: str) -> bytes:
    """A card as PNG; NotFound, with what to install, without the extra."""
    if not can_paint():
        raise NotFound(
            "Cards are not painted on this server.",
            'Install them: pip install "homestretch[cards]"',
        )
    import resvg_py

    files, _ = _fonts()
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            skip_system_fonts=False,
            font_files=files,
        )
    )


@cache
def _fonts() -> tuple[list[str], tempfile.TemporaryDirectory[str]]:
    """The fonts of the pages in the form and the weights that a card needs, in a folder of this process."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    folder = tempfile.TemporaryDirectory(prefix="homestretch-cards-")
    files = []
    for stem, weight, family in FONTS:
        for source in sorted((STATIC / "fonts").glob(f"{stem}*normal*.woff2")):
            font, more = TTFont(source), " Ext" if "latin-ext" in source.name else ""
            for table in LEFT_OUT:
                if table in font:
                    del font[table]
            if "fvar" in font:  # else it has one weight, which it keeps
                axes = {axis.axisTag: None for axis in font["fvar"].axes}
                font = instantiateVariableFont(font, axes | {"wght": weight})
            for number in (1, 4, 16):
                # Letters beyond Western Europe are another font, to which the first one falls back.
                font["name"].setName(f"{family}{more}", number, 3, 1, 0x409)
            font["OS/2"].usWeightClass = 400
            font.flavor = None
            file = Path(folder.name) / f"{source.stem}-{weight}.ttf"
            font.save(file)
            files.append(str(file))
    return files, folder
