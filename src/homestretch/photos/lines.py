"""What lines of text say. Each is read once, cut tightly and without its colours; one that is doubtful is read again as
it looks otherwise: with more around it, with less, as a negative, softer, in colour. What one look takes for an 8
another takes for a 6, and only what most of them say is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from homestretch.photos.lattice import KEPT, LEAST, Run, list_runs, list_strings
from homestretch.photos.margins import straightened
from homestretch.photos.models import Line, Networks
from homestretch.photos.opening import Pixels

Corners: TypeAlias = NDArray[np.float32]
"""4 × 2 pixels, clockwise from the top left."""
Strings: TypeAlias = list[tuple[str, float]]
"""Digit strings with their probability, the likeliest first."""

LEAST_P: Final = 0.05
DOUBTFUL: Final = 0.95
"""A number that is read less surely is read again,"""
DOUBTFUL_DIGITS: Final = 2
"""when it has so many digits or more."""
TIGHT: Final = 0.055
"""Of the height of a line so much is cut off at each side: the finder of lines leaves more air than small digits bear,"""
TIGHTER: Final = 0.1
"""and more still for a second look."""
SOFT_PX: Final = 1.5 / 48
"""Standard deviation of what softens a line, in its heights."""
SHARE: Final = 0.3
"""How much each of the looks counts, as a power of its probability. Were they independent it would be 1, were they all
the same 1 by their number; they are five."""


class Read(NamedTuple):
    """A number in a line, and what it may say."""

    run: Run
    strings: Strings


def read_lines(picture: Pixels, corners: Sequence[Corners], networks: Networks) -> list[list[Read]]:
    """The numbers in each of the lines within these corners."""
    read = [_list_read(line) for line in networks.read_lines([_tight(picture, q) for q in corners])]
    again = [at for at, several in enumerate(read) if any(map(_is_doubtful, several))]
    looks = [look for at in again for look in _list_looks(picture, corners[at])]
    lines = [_list_read(line) for line in networks.read_lines(looks)]
    each = len(looks) // max(len(again), 1)
    for place, at in enumerate(again):
        others = lines[each * place : each * (place + 1)]
        read[at] = [_pooled(one, others) if _is_doubtful(one) else one for one in read[at]]
    return read


def pool(several: Sequence[Strings]) -> Strings:
    """What several looks at the same number say together: the product of their probabilities, each to the power of
    ``SHARE`` (a logarithmic opinion pool, Genest and Zidek 1986), as sure as they are in the mean that it is any."""
    looks = [dict(strings) for strings in several]
    weights = {
        text: exp(SHARE * sum(log(max(look.get(text, 0.0), LEAST)) for look in looks))
        for text in {text for look in looks for text in look}
    }
    sure = sum(sum(look.values()) for look in looks) / max(len(looks), 1)
    scale = sure / (sum(weights.values()) or 1.0)
    pooled = [(text, weight * scale) for text, weight in weights.items() if weight * scale >= LEAST]
    return sorted(pooled, key=lambda item: (-item[1], item[0]))[:KEPT]


def straight(picture: Pixels, quad: Corners) -> Pixels:
    """The line within four corners, upright."""
    top, bottom = np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[3] - quad[2])
    left, right = np.linalg.norm(quad[0] - quad[3]), np.linalg.norm(quad[1] - quad[2])
    width, height = max(2, round(float(max(top, bottom)))), max(2, round(float(max(left, right))))
    line = straightened(picture, np.asarray(quad, np.float64), width, height)
    upright = np.rot90(line) if height >= 1.5 * width else line
    return np.ascontiguousarray(upright, np.uint8)


def _list_read(line: Line) -> list[Read]:
    runs = [Read(run, list_strings(run.lattice)) for run in list_runs(line.lattice, line.greedy)]
    return [one for one in runs if one.strings and one.strings[0][1] >= LEAST_P]


def _is_doubtful(one: Read) -> bool:
    text, p = one.strings[0]
    return p < DOUBTFUL and len(text) >= DOUBTFUL_DIGITS


def _list_looks(picture: Pixels, quad: Corners) -> list[Pixels]:
    """The same line as it looks otherwise."""
    import cv2

    colour = straight(picture, quad)
    softer = cv2.GaussianBlur(colour, (0, 0), SOFT_PX * colour.shape[0])
    negative = 255 - _tight(picture, quad)
    return [
        _grey(colour), negative, _tight(picture, quad, TIGHTER), np.asarray(softer, np.uint8)
    ]  # fmt: skip


def _tight(picture: Pixels, quad: Corners, less: float = TIGHT) -> Pixels:
    """The line without so much of its height at each side, and without its colours: JPEG keeps them coarser."""
    corners = np.asarray(quad, np.float64)
    along, down = corners[1] - corners[0], less * (corners[3] - corners[0])
    aside = along / max(float(np.linalg.norm(along)), 1e-6) * np.linalg.norm(down)
    inner = corners + np.array([aside + down, down - aside, -aside - down, aside - down])
    return _grey(straight(picture, np.asarray(inner, np.float32)))


def _grey(line: Pixels) -> Pixels:
    import cv2

    return np.repeat(np.asarray(cv2.cvtColor(line, cv2.COLOR_RGB2GRAY), np.uint8)[:, :, None], 3, 2)


def _pooled(one: Read, others: Sequence[Sequence[Read]]) -> Read:
    """A number with what other looks at its line say at its place."""
    wide = one.run.last - one.run.first
    said = [one.strings]
    for look in others:
        shared = [
            (min(o.run.last, one.run.last) - max(o.run.first, one.run.first), -at)
            for at, o in enumerate(look)
        ]
        share, at = max(shared, default=(0.0, 0))
        if share > wide / 2:
            said.append(look[-at].strings)
    return Read(one.run, pool(said))
