"""What was said, by whom, when and why: the words of people in the log, each of which another word can take back.

As with evidence, the keeper answers from its last fold: the page shows one moment and has no stream.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import write_twin
from homestretch.boards.control import DECIDERS
from homestretch.boards.entering import Notice
from homestretch.boards.frame import make_frame
from homestretch.boards.said_words import find_subject, say_fact, say_file
from homestretch.boards.words import HEALTH_ROLES, LEDGER_ROLES
from homestretch.facts import DetailsChanged, Struck
from homestretch.picture import Picture
from homestretch.race.privacy import Shown, Viewer
from homestretch.race.saying import say_again
from homestretch.server.front import Front
from homestretch.server.questions import SaidRow, Sayings
from homestretch.web.access import GuardedRoute, viewer_of
from homestretch.web.forms import caught_up, read_form, take_back
from homestretch.web.kept import answer_once
from homestretch.web.render import render_plain
from homestretch.web.spoken import Spoken, find_speech, speech_of, spoken_in, wanted_by

PAGE: Final = "audit"
ROWS: Final = 100
LAST: Final = 2**62
HEADERS: Final = {"Cache-Control": "private, no-store"}


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """A word of the log: whom it is about, what it says, who (or which file) said it when and why. ``fact`` names it in a strike
    (empty: a person's details are put right by a newer file or the desk, and no word brings back what is not kept);
    ``void``: it was taken back; ``target`` is the position of what a strike takes back, NEVER for a read; why is left out where it is a matter of health, but for control and medical. Moments
    are UTC ms: when it holds from, and when it was said."""

    seq: int
    who: Shown | None
    words: str
    why: str
    by: str
    seen_at: int
    received_at: int
    fact: str
    void: bool
    is_strike: bool
    target: int


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """The twin of the page: ``before`` opens the words before these, NEVER when there are none."""

    event: str
    now: int
    bib: str
    words: tuple[Word, ...]
    before: int


def audit_routes() -> list[BaseRoute]:
    """The page, its twin, and the address to which its forms are sent."""
    return [
        *(
            GuardedRoute(f"/{{event}}/audit{suffix}", show_audit, who=LEDGER_ROLES)
            for suffix in (".json", "")
        ),
        GuardedRoute("/{event}/audit", _take_back, who=DECIDERS, methods=["POST"], name="audit-form"),
    ]  # fmt: skip


async def show_audit(request: Request) -> Response:
    """``/{event}/audit``: the newest words; ``?bib=`` those about one bib, ``?before=`` older ones."""
    return await _answer(request)


async def _take_back(request: Request) -> Response:
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    form = await read_form(request)
    return await _answer(
        request, await caught_up(request, await take_back(request, PAGE, form, picture))
    )


async def _answer(request: Request, notice: Notice | None = None) -> Response:
    front: Front = request.app.state.front
    picture, viewer = front.get(request.path_params["event"]), viewer_of(request)
    bib, before = request.query_params.get("bib", "")[:80].strip(), _before(request)
    question = Sayings(front.next_number(), picture.event.id, before, bib)
    rows = msgspec.json.decode(await front.ask(question), type=list[SaidRow])
    audit = Audit(
        event=picture.event.id,
        now=picture.now,
        bib=bib,
        words=tuple(_word(picture, viewer, row) for row in rows),
        before=rows[-1].seq if len(rows) == ROWS else -1,
    )
    if request.url.path.endswith(".json"):
        content = write_twin(
            say_again(audit, find_speech(spoken_in(request.query_params).language))
        )
        return answer_once(request, content, "application/json", HEADERS)
    page = _page(picture, viewer, audit, notice, wanted_by(request))
    return answer_once(request, page, "text/html", HEADERS)


def _before(request: Request) -> int:
    text = request.query_params.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else LAST


def _word(picture: Picture, viewer: Viewer, row: SaidRow) -> Word:
    return Word(
        seq=row.seq,
        who=find_subject(picture, viewer, row.fact),
        words=say_fact(picture, viewer, row.fact),
        why="" if row.health and viewer.role not in HEALTH_ROLES else row.text,
        by=row.by or say_file(row.source),
        seen_at=row.fact.seen_at,
        received_at=row.received_at,
        fact=""
        if isinstance(row.fact, DetailsChanged)
        else f"{row.number} {row.digest} {row.source}",
        void=row.void,
        is_strike=isinstance(row.fact, Struck),
        target=row.target,
    )


def _page(
    picture: Picture, viewer: Viewer, audit: Audit, notice: Notice | None, spoken: Spoken
) -> str:
    frame = make_frame(picture, Viewer())
    address = f"/{quote(audit.event, safe='')}"
    chosen = {"bib": audit.bib} if audit.bib else {}

    def here(suffix: str = "", **more: object) -> str:
        query = urlencode(chosen | more)
        return f"{address}/audit{suffix}{f'?{query}' if query else ''}"

    return render_plain(
        "audit.html",
        speech_of(spoken, frame.event),
        frame=frame,
        spoken=spoken,
        here_as=lambda spoken: here(**spoken.query),
        audit=audit,
        notice=notice,
        here=here,
        may_take_back=viewer.role in DECIDERS,
        event_address=address,
        json_address=here(".json"),
        runner_address=lambda bib: f"{address}/runners/{quote(bib, safe='')}",
    )
