"""The certificate as a PDF: one sheet, drawn with ReportLab, with the fonts of the pages in it.

A sheet is a pure function of the certificate, so it is drawn once, however often it is fetched.
"""

from __future__ import annotations

import io
from functools import cache, lru_cache
from importlib.util import find_spec
from threading import Lock
from typing import Final, Literal, NamedTuple

from homestretch.boards.certificate import CertificateBoard
from homestretch.errors import MissingExtra, NotFound
from homestretch.race.clock import say_elapsed
from homestretch.race.saying import said
from homestretch.web.certificate_fonts import FACES, list_faces

A4, LETTER = (841.89, 595.28), (792.0, 612.0)
"""Landscape, in points; where miles are run the paper is Letter."""
INK, SOFT, ROAD, LINE = "#16181d", "#5c5f67", "#23262e", "#f2b705"
MARGIN: Final = 56.0
KEPT: Final = 64
_TURN: Final = Lock()
"""ReportLab keeps its fonts for the whole process: one sheet at a time."""
RULE: Final = said("times follow the next-longer-second rule")
Anchor = Literal["start", "middle", "end"]


@cache
def can_make_pdf() -> bool:
    """Whether the packages are installed."""
    return all(find_spec(name) is not None for name in ("reportlab", "fontTools", "brotli"))


def make_pdf(board: CertificateBoard, rule: str = RULE) -> bytes:
    """The sheet of a board that is said as its reader wants; ``rule`` says how times are rounded. MissingExtra without the packages; NotFound for a name in letters that the fonts do not have."""
    if not can_make_pdf():
        raise MissingExtra("reportlab", "certificates", "A certificate as PDF")
    with _TURN:
        return _draw(_sheet_of(board, rule))


class _Sheet(NamedTuple):
    """All words of a sheet as plain text: hashable, so that a sheet is drawn once."""

    size: tuple[float, float]
    event: str
    date: str
    name: str
    bib: str
    did: str
    time: str
    times: str
    way: tuple[tuple[str, float, str], ...]
    among: str
    line: str
    foot: str


def _sheet_of(board: CertificateBoard, rule: str) -> _Sheet:
    event = board.frame.event
    foot = (board.stand, rule, board.frame.rehearsal)
    return _Sheet(
        size=LETTER if event.units == "mi" else A4,
        event=event.name,
        date=str(board.date_words),
        name=board.who.name,
        bib=board.who.bib,
        did=str(board.did),
        time=say_elapsed(board.net_ms if board.places_by == "net" else board.gun_ms),
        times=str(board.times_words),
        way=tuple((mark.name, mark.share, say_elapsed(mark.net_ms)) for mark in board.way),
        among="  ·  ".join(board.among),
        line=str(board.line),
        foot=" · ".join(words for words in foot if words),
    )


@lru_cache(KEPT)
def _draw(sheet: _Sheet) -> bytes:
    size, top = sheet.size, sheet.size[1]
    paper = _Paper(size, f"{sheet.name}, {sheet.event}", sheet.event)
    middle, width = size[0] / 2, size[0] - 2 * MARGIN
    paper.rule(MARGIN, top - 46, width)
    paper.write(middle, top - 88, sheet.event, "story", 22, width=width)
    paper.write(middle, top - 108, sheet.date, "plain", 12, colour=SOFT)
    paper.write(middle, top - 172, sheet.name, "story", 50, width=width)
    paper.write_beside_bib(middle, top - 208, sheet.bib, sheet.did)
    paper.write(middle, top - 280, sheet.time, "bold", 66)
    paper.write(middle, top - 302, sheet.times, "plain", 12, colour=SOFT)
    paper.road(MARGIN + 20, top - 356, width - 40, sheet.way)
    paper.write(middle, top - 424, sheet.among, "bold", 14, width=width)
    paper.write(middle, top - 462, sheet.line, "story", 20, width=width)
    paper.write(middle, 44, sheet.foot, "plain", 9, colour=SOFT, width=width)
    return paper.end()


class _Paper:
    """A canvas that writes with the fonts of the pages, each character in the part that has it."""

    def __init__(self, size: tuple[float, float], title: str, author: str) -> None:
        from reportlab.pdfgen.canvas import Canvas

        _register()
        self._out = io.BytesIO()
        self._canvas = Canvas(self._out, pagesize=size, invariant=1)
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)

    def rule(self, x: float, y: float, width: float) -> None:
        """The yellow line at the head."""
        self._canvas.setStrokeColor(LINE)
        self._canvas.setLineWidth(5)
        self._canvas.line(x, y, x + width, y)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        font: str,
        size: float,
        *,
        colour: str = INK,
        anchor: Anchor = "middle",
        width: float = 0.0,
    ) -> None:
        """A line of text, smaller when it would be wider than ``width`` points."""
        wide = self._wide(text, font, size)
        if width and wide > width:
            size, wide = size * width / wide, width
        x -= {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        self._canvas.setFillColor(colour)
        for face, part in _runs(text, font):
            self._canvas.setFont(face, size)
            self._canvas.drawString(x, y, part)
            x += self._canvas.stringWidth(part, face, size)

    def write_beside_bib(self, middle: float, y: float, bib: str, text: str) -> None:
        """A bib, framed, and what is said of who wore it behind it; both together around the middle."""
        inside, size, gap = 8.0, 16.0, 10.0
        wide = self._wide(bib, "bold", size) + 2 * inside
        x = middle - (wide + gap + self._wide(text, "plain", size)) / 2
        self._canvas.setStrokeColor(INK)
        self._canvas.setLineWidth(1.6)
        self._canvas.roundRect(x, y - 6, wide, 24, 4)
        self.write(x + inside, y, bib, "bold", size, anchor="start")
        self.write(x + wide + gap, y, text, "plain", size, anchor="start")

    def _wide(self, text: str, font: str, size: float) -> float:
        """The width of a line in points."""
        runs = _runs(text, font)
        return sum(float(self._canvas.stringWidth(part, face, size)) for face, part in runs)

    def road(
        self, x: float, y: float, width: float, way: tuple[tuple[str, float, str], ...]
    ) -> None:
        """The course as a road, with the points that were passed: name above, time below."""
        canvas = self._canvas
        canvas.setStrokeColor(ROAD)
        canvas.setLineWidth(9)
        canvas.line(x, y, x + width, y)
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(1.6)
        canvas.setDash(10, 8)
        canvas.line(x, y, x + width, y)
        canvas.setDash()
        for share in (0.0, *(share for _, share, _ in way)):
            canvas.setFillColor("#ffffff")
            canvas.setStrokeColor(ROAD)
            canvas.circle(x + share * width, y, 5, stroke=1, fill=1)
        for name, share, time in way:
            self.write(x + share * width, y + 14, name, "plain", 11, colour=SOFT)
            self.write(x + share * width, y - 24, time, "bold", 12)

    def end(self) -> bytes:
        """The whole document."""
        self._canvas.showPage()
        self._canvas.save()
        return self._out.getvalue()


@cache
def _register() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for font in FACES:
        for face in list_faces(font):
            pdfmetrics.registerFont(TTFont(face.name, io.BytesIO(face.data)))


def _runs(text: str, font: str) -> list[tuple[str, str]]:
    """(face, characters), each with the first part of the font that has them."""
    runs: list[tuple[str, str]] = []
    for character in text:
        face = next((one.name for one in list_faces(font) if ord(character) in one.characters), "")
        if not face:
            raise NotFound(
                said("This name has letters that the font of the PDF does not have."),
                said("Print the certificate's page: the browser knows them."),
            )
        if runs and runs[-1][0] == face:
            runs[-1] = face, runs[-1][1] + character
        else:
            runs.append((face, character))
    return runs
