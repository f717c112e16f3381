"""What a split rests on: one read of the log, with the device that made it, for those who keep the ledger."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from homestretch.boards import EVERYBODY
from homestretch.boards.frame import make_frame
from homestretch.boards.words import LEDGER_ROLES
from homestretch.errors import NotFound
from homestretch.facts import AnyFact, Read, Sighting
from homestretch.race.privacy import Viewer
from homestretch.server.front import Front
from homestretch.server.wire import Evidence
from homestretch.web.render import board_key, page_address, render_plain
from homestretch.web.say import Say

WHO = LEDGER_ROLES & EVERYBODY
DIGITS = 18


class LogRow(msgspec.Struct, frozen=True):
    """A row of the log as the keeper tells it."""

    seq: int
    source: str
    number: int
    received_at: int
    by: str
    """who said it, in words that can be erased; empty for a device"""
    fact: AnyFact


async def show_evidence(request: Request) -> Response:
    """``/{event}/evidence/{seq}``: the read or sighting at a position of the log; other kinds of fact are
    not shown here, because they may say where somebody is cared for."""
    event, seq = request.path_params["event"], _position(request.path_params["seq"])
    front: Front = request.app.state.front
    picture = front.get(event)
    answer = await front.ask(Evidence(front.next_number(), event, [seq]))
    (row,) = msgspec.json.decode(answer, type=list[LogRow])
    if not isinstance(row.fact, Read | Sighting):
        raise NotFound(f"Position {seq} of the log is no read.", "Open it from a runner's page.")
    frame = make_frame(picture, Viewer())
    page = render_plain(
        "evidence.html",
        row=row,
        fact=row.fact,
        is_read=isinstance(row.fact, Read),
        frame=frame,
        say=Say(frame),
        home=page_address(board_key("home", {}), event),
    )
    return Response(page, media_type="text/html", headers={"Cache-Control": "private, no-store"})


def _position(text: str) -> int:
    """A position of the log; NotFound for what cannot be one."""
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS):
        raise NotFound("This is no position of the log.", "Open it from a runner's page.")
    return int(text)
