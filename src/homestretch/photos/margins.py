"""How much paper stands beside a number. Whole, it has some at both sides, about as much at one as at the other;
where a hand lies on its end there is none, and a digit that was wiped out leaves too much."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from homestretch.photos.opening import Pixels

REACH: Final = 2.0
"""So many digits' widths beside the number are looked at for paper,"""
FAR: Final = 3.2
"""and so many for where the sheet ends."""
COVERED: Final = 1.4
"""What hides one digit, and the paper beside it, is at most so wide."""
MORE: Final = 0.15
"""So much paper beyond it is the sheet again."""
TALL_PX: Final = 24
SAME: Final = 0.4
"""What is nearer to the paper's colour than so much of the way to the ink's is paper,"""
FULL: Final = 0.75
"""and a column of which so much is."""
FAINT: Final = 30.0
"""Between ink and paper that are nearer than that (of 255) nothing can be told."""
SOFT: Final = 0.15
"""Beside a digit so much of its width is neither, where a picture is not sharp."""


def straightened(picture: Pixels, quad: NDArray[np.float64], width: int, height: int) -> Pixels:
    """What lies within four corners (clockwise from the top left), as an upright picture of this size."""
    import cv2

    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(np.asarray(quad, np.float32), target)
    laid = cv2.warpPerspective(
        picture, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(laid, np.uint8)


def widened(quad: NDArray[np.float64], more: float) -> NDArray[np.float64]:
    """Four corners with so many times their own width more at both sides."""
    top, bottom = more * (quad[1] - quad[0]), more * (quad[2] - quad[3])
    return np.asarray(quad + np.array([-top, top, bottom, -bottom]), np.float64)


class Paper(NamedTuple):
    """Paper at the left and at the right of a number, in digits' widths (for the sheet of their ink alone); both empty where ink and paper cannot be
    told apart. ``margins`` is how much stands right beside it, up to ``REACH``; ``sheet`` how far it goes beyond
    what may hide one digit, up to ``FAR``."""

    margins: tuple[float, ...] = ()
    sheet: tuple[float, ...] = ()


def find_paper(picture: Pixels, quad: NDArray[np.float64], digits: int) -> Paper:
    """The paper beside a number. ``quad`` has the corners of its line in pixels."""
    wide = float(np.linalg.norm(quad[1] - quad[0]))
    tall = float(np.linalg.norm(quad[3] - quad[0]))
    if min(wide, tall) < 2:
        return Paper()
    inner = max(digits, round(TALL_PX * wide / tall))
    digit = inner / digits
    beside = round(FAR * digit)
    strip = straightened(picture, widened(quad, beside / inner), inner + 2 * beside, TALL_PX)
    values = strip.astype(np.float64)
    found = _paper_and_ink(values[:, beside : beside + inner])
    if found is None:
        return Paper()
    paper, ink = found
    middle = values[TALL_PX // 4 : -TALL_PX // 4]
    contrast = float(np.linalg.norm(paper - ink))
    away = np.linalg.norm(middle - paper, axis=2) / contrast
    written = (np.linalg.norm(middle - ink, axis=2) / contrast < SAME).mean(axis=0) > 0.1
    columns = np.flatnonzero(written[beside : beside + inner]) + beside
    if not len(columns):
        return Paper()
    is_paper = (away < SAME).mean(axis=0) >= FULL
    sides = is_paper[: columns[0]][::-1], is_paper[columns[-1] + 1 :]
    inked = (columns[-1] + 1 - columns[0]) / digits
    return Paper(
        tuple(round(float(min(_run(one, SOFT * digit) / digit, REACH)), 2) for one in sides),
        tuple(round(float(min(_end(one, inked) / inked, FAR)), 2) for one in sides),
    )


def _paper_and_ink(
    inner: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """The two colours of a number, told apart along the axis in which they differ most; paper is the one at its
    upper and lower edge."""
    import cv2

    flat = inner.reshape(-1, 3)
    middle = flat.mean(axis=0)
    axis = np.linalg.svd(np.cov((flat - middle).T))[0][:, 0]
    along = (flat - middle) @ axis
    low, high = float(along.min()), float(along.max())
    if high - low < FAINT:
        return None
    levels = np.asarray((along - low) / (high - low) * 255, np.uint8)
    _, split = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = np.asarray(split).reshape(inner.shape[:2]) > 0
    if bright.all() or not bright.any():
        return None
    edge = np.concatenate([bright[:2], bright[-2:]])
    is_paper = bright if edge.mean() >= 0.5 else ~bright
    paper, ink = np.median(inner[is_paper], axis=0), np.median(inner[~is_paper], axis=0)
    return (paper, ink) if np.linalg.norm(paper - ink) >= FAINT else None


def _run(is_paper: NDArray[np.bool_], soft: float) -> float:
    """Columns of paper from the number outwards, over a soft edge."""
    begin = 0
    while begin < len(is_paper) and not is_paper[begin] and begin < soft:
        begin += 1
    end = begin
    while end < len(is_paper) and is_paper[end]:
        end += 1
    return float(end) if end > begin else 0.0


def _end(is_paper: NDArray[np.bool_], digit: float) -> float:
    """Columns until the sheet ends, from the number outwards: over a soft edge, and once over what hides a digit."""
    end, bridged = 0, False
    for begin, until in _list_stretches(is_paper):
        apart = begin - end
        if until - begin < MORE * digit and apart > SOFT * digit:
            continue
        if apart > SOFT * digit:
            if bridged or apart > COVERED * digit:
                break
            bridged = True
        end = until
    return float(end)


def _list_stretches(is_paper: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where paper begins and ends."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_paper, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
