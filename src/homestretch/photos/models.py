"""The three networks that look at a picture: where text is, what it says, where faces are.

Text by PP-OCRv6 as the package ``rapidocr`` ships it (Apache-2.0; pinned, since models change with
versions). Faces by CenterFace (MIT, ``centerface.onnx`` beside this file): they are found to look for a bib
below them and to blur them, never to tell who somebody is. One thread each: work is shared out by picture.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from homestretch.errors import MissingExtra
from homestretch.photos.lattice import DIGITS, LOOKS_LIKE, Lattice
from homestretch.photos.opening import Pixels

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_STRIDE: Final = 32
_LINE_PX: Final = 48
"""Height of a line as the recogniser wants it."""
_BATCH: Final = 6
_TEXT_P, _BOX_P, _UNCLIP = 0.3, 0.4, 1.6
_FULL_WIDTH: Final = "０１２３４５６７８９"
_ALIKE_SHARE: Final = 0.5
"""How much of what is said for a look-alike counts for the digit."""


class Line(NamedTuple):
    """One line of text: its lattice of digits, and the likeliest character of each step."""

    lattice: Lattice
    greedy: list[str]


class Face(NamedTuple):
    """A face, in pixels of the picture that was given."""

    x: float
    y: float
    width: float
    height: float
    p: float


class Networks:
    """The networks, loaded. Not thread-safe by promise: one of it in each process."""

    def __init__(self) -> None:
        folder = _models_folder()
        self._finder = _load(folder / "PP-OCRv6_det_small.onnx")
        self._reader = _load(folder / "PP-OCRv6_rec_small.onnx")
        self._boxes_of = _post_process()
        letters = self._reader.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._letters = ["", *letters, " "]
        self._digits, self._full, self._alike = _columns(self._letters)

    def find_lines(self, picture: Pixels, long_side: int) -> NDArray[np.float32]:
        """Corners of every line of text, n × 4 × 2 pixels of ``picture``: clockwise from the top left. The
        picture is read at a longest side of ``long_side`` pixels."""
        height, width = picture.shape[:2]
        scale = long_side / max(height, width)
        small = _resized(picture, _whole(width * scale), _whole(height * scale))
        values = small[:, :, ::-1].astype(np.float32) / 127.5 - 1.0
        text = self._finder.run(None, {"x": values.transpose(2, 0, 1)[None]})[0]
        corners, _ = self._boxes_of(text, (height, width))
        return np.asarray(corners, np.float32).reshape(-1, 4, 2)

    def read_lines(self, crops: list[Pixels]) -> list[Line]:
        """What upright crops of single lines say, in their order."""
        order = sorted(range(len(crops)), key=lambda at: crops[at].shape[1] / crops[at].shape[0])
        lines: dict[int, Line] = {}
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            strips = [_strip(crops[at]) for at in batch]
            longest = max(strip.shape[2] for strip in strips)
            values = np.zeros((len(strips), 3, _LINE_PX, longest), np.float32)
            for row, strip in enumerate(strips):
                values[row, :, :, : strip.shape[2]] = strip
            said = self._reader.run(None, {"x": values})[0]
            for row, at in enumerate(batch):
                steps = max(1, round(said.shape[1] * strips[row].shape[2] / longest))
                lines[at] = self._line(said[row, :steps])
        return [lines[at] for at in range(len(crops))]

    def _line(self, said: NDArray[np.float32]) -> Line:
        greedy = [self._letters[at] for at in said.argmax(axis=1)]
        for at, letter in enumerate(greedy):
            if letter in _FULL_WIDTH:
                greedy[at] = letter and DIGITS[_FULL_WIDTH.index(letter)]
        digits = said[:, self._digits].astype(np.float64) + said[:, self._full]
        for columns, digit in self._alike:
            digits[:, digit] += _ALIKE_SHARE * said[:, columns].sum(axis=1)
        rest = np.clip(1.0 - digits.sum(axis=1), 1e-9, 1.0)
        lattice = np.column_stack([rest, digits])
        return Line(lattice / lattice.sum(axis=1, keepdims=True), greedy)

    def find_faces(self, picture: Pixels, long_side: int, least_p: float = 0.5) -> list[Face]:
        """``find_faces`` with the network of this process."""
        return find_faces(picture, long_side, least_p)


def find_faces(picture: Pixels, long_side: int, least_p: float = 0.5) -> list[Face]:
    """Faces, the likeliest first, looked for at a longest side of ``long_side`` pixels. No other network is loaded."""
    height, width = picture.shape[:2]
    scale = long_side / max(height, width)
    small = _resized(picture, _whole(width * scale), _whole(height * scale))
    values = small.astype(np.float32).transpose(2, 0, 1)[None]
    heat, size, offset = _get_faces().run(["537", "538", "539"], {"input.1": values})
    found = _faces_in(heat[0, 0], size[0], offset[0], least_p)
    x_scale, y_scale = width / small.shape[1], height / small.shape[0]
    return [
        Face(f.x * x_scale, f.y * y_scale, f.width * x_scale, f.height * y_scale, f.p)
        for f in found
    ]


@lru_cache(maxsize=1)
def _get_faces() -> InferenceSession:
    return _load(Path(__file__).with_name("centerface.onnx"))


@lru_cache(maxsize=1)
def get_networks() -> Networks:
    """The networks of this process, loaded once; MissingExtra without ``homestretch[photos]``."""
    return Networks()


def _models_folder() -> Path:
    try:
        import rapidocr
    except ImportError as error:
        raise MissingExtra("rapidocr", "photos", "Reading numbers in pictures") from error
    return Path(str(rapidocr.__file__)).parent / "models"


def _load(path: Path) -> InferenceSession:
    try:
        from onnxruntime import InferenceSession, SessionOptions
    except ImportError as error:
        raise MissingExtra("onnxruntime", "photos", "Reading numbers in pictures") from error
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _post_process() -> Any:
    from rapidocr.ch_ppocr_det.utils import DBPostProcess

    return DBPostProcess(_TEXT_P, _BOX_P, 300, _UNCLIP, "fast", True)


def _columns(letters: list[str]) -> tuple[list[int], list[int], list[tuple[list[int], int]]]:
    """Where the digits stand, the full-width digits, and what looks like a digit."""
    at = {letter: column for column, letter in enumerate(letters)}
    alike: dict[int, list[int]] = {}
    for letter, digit in LOOKS_LIKE.items():
        if letter in at:
            alike.setdefault(digit, []).append(at[letter])
    pairs = [(columns, digit) for digit, columns in sorted(alike.items())]
    return [at[d] for d in DIGITS], [at[d] for d in _FULL_WIDTH], pairs


def _whole(pixels: float) -> int:
    return max(_STRIDE, round(pixels / _STRIDE) * _STRIDE)


def _resized(picture: Pixels, width: int, height: int) -> Pixels:
    import cv2

    smaller = width < picture.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how), np.uint8)


def _strip(crop: Pixels) -> NDArray[np.float32]:
    """3 × 48 × width, blue green red, from -1 to 1."""
    height, width = crop.shape[:2]
    wide = int(np.clip(np.ceil(_LINE_PX * width / height), 16, 20 * _LINE_PX))
    resized = _resized(crop, wide, _LINE_PX)[:, :, ::-1]
    return (resized.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)


def _faces_in(
    heat: NDArray[np.float32],
    size: NDArray[np.float32],
    offset: NDArray[np.float32],
    least_p: float,
) -> list[Face]:
    """Decode CenterFace: every cell of 4 × 4 pixels may be the middle of one face; of those that overlap
    the likeliest stays."""
    rows, columns = np.nonzero(heat > least_p)
    order = np.argsort(-heat[rows, columns])
    kept: list[Face] = []
    # Whole numbers of Python: numpy's would make every place one of numpy's, which no JSON keeps.
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        height, width = (float(v) * 4 for v in np.exp(size[:, row, column]))
        y = (row + float(offset[0, row, column]) + 0.5) * 4 - height / 2
        x = (column + float(offset[1, row, column]) + 0.5) * 4 - width / 2
        face = Face(x, y, width, height, float(heat[row, column]))
        if all(_overlap(face, other) < 0.3 for other in kept):
            kept.append(face)
    return kept


def _overlap(one: Face, other: Face) -> float:
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(width, 0.0) * max(height, 0.0)
    return shared / (one.width * one.height + other.width * other.height - shared)
