"""The press kit of a story as a zip: the text, the facts as a table, the picture, and on what terms."""

from __future__ import annotations

import csv
import io
import zipfile

from homestretch.boards.story import StoryBoard
from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.web.story_card import can_paint, draw_card, paint

MOMENT = (2026, 1, 1, 0, 0, 0)
"""Of every file in the kit: the same story is the same bytes."""


def make_kit(picture: Picture, board: StoryBoard, page: str, photo: bytes = b"") -> bytes:
    """The kit of a published story; ``page`` is its address, ``photo`` the JPEG of its picture, where it has one."""
    told = board.told
    card = draw_card(board)
    files = {
        "story.txt": _text(picture, board, page).encode(),
        "facts.csv": _facts(picture, board).encode("utf-8-sig"),
        "picture.svg": card.encode(),
    } | ({"picture.png": paint(card)} if can_paint() else {})
    files |= {"photo.jpg": photo} if photo else {}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kit:
        for name, content in files.items():
            kit.writestr(zipfile.ZipInfo(f"{told.id}/{name}", MOMENT), content)
    return out.getvalue()


def _text(picture: Picture, board: StoryBoard, page: str) -> str:
    told, event = board.told, picture.event
    lines = [told.headline.words, "", f"{event.name}, {event.date}", ""]
    lines += [
        one.words + ("  [written by the desk]" if one.typed else "") for one in told.sentences
    ]
    if told.quote is not None:
        speaker = told.quote.speaker
        signed = (
            f"as written by {speaker}" if told.quote.written else f"{speaker}, as told to the desk"
        )
        lines += ["", f"“{told.quote.words}” ({signed})"]
    if told.caption:
        lines += ["", told.caption]
    lines += [
        "",
        f"In it: {', '.join(who.name for who in told.people)}. Each of them agreed to this story on that page.",
        "They can take it back at any time: look at the page again before you print, and remove it when it is gone.",
        f"Credit: {told.credit or event.name}",
        *(
            [
                f"photo.jpg: {', '.join(who.name for who in told.photo.people)}. {told.credit}. Print it with this credit."
            ]
            if told.photo
            else []
        ),
        f"Page: {page}",
        "",
    ]
    return "\r\n".join(lines)


def _facts(picture: Picture, board: StoryBoard) -> str:
    """A row for each point and runner; a cell that a spreadsheet would take for a formula begins with ``'``."""
    zone = picture.event.zone_info
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\r\n")
    ahead = (
        "minutes ahead of the sweep car's plan"
        if board.told.by_plan
        else "minutes ahead of an even pace"
    )
    rows.writerow(["runner", "point", "metres", "passed at", ahead])
    for line in board.told.lines:
        for bend in line.bends:
            at = say_time(bend.passed_at, zone, seconds=True)
            rows.writerow(
                [
                    _plain(line.who.name),
                    _plain(bend.name),
                    f"{bend.at_m:.1f}",
                    at,
                    f"{bend.ahead_min:.2f}",
                ]
            )
    return out.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in "=+-@\t\r" else cell
