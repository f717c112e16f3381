"""What a split rests on: reads of the log with the device that made them and what became of them, for those
who keep the ledger."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from homestretch.boards import EVERYBODY, write_twin
from homestretch.boards.control import DECIDERS
from homestretch.boards.frame import make_frame
from homestretch.boards.reads import reason_slug
from homestretch.boards.words import LEDGER_ROLES, UNUSED_WORDS, say_use
from homestretch.errors import NotFound
from homestretch.facts import Read, Sighting, digest
from homestretch.race.privacy import Viewer
from homestretch.race.saying import said, say_again
from homestretch.server.front import Front
from homestretch.server.questions import Evidence, LogRow, Newest, Question
from homestretch.state.snapshot import Unused
from homestretch.web.access import viewer_of
from homestretch.web.kept import answer_once
from homestretch.web.render import render_plain
from homestretch.web.spoken import find_speech, speech_of, spoken_in, wanted_by

WHO = LEDGER_ROLES & EVERYBODY
DIGITS = 18
REASONS = {reason_slug(reason): reason for reason in Unused}
HEADERS = {"Cache-Control": "private, no-store"}


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the log, and in words what became of it (empty for what is no read); ``name`` is the fact in a
    strike."""

    row: LogRow
    became: str
    name: str = ""


class Evidenced(msgspec.Struct, frozen=True, kw_only=True):
    """The twin of a page of evidence: the event, the moment (UTC ms), what is listed, and its rows."""

    event: str
    now: int
    words: str
    seen: tuple[Seen, ...]


async def show_evidence(request: Request) -> Response:
    """``/{event}/evidence/{seq}``: the read or sighting at a position of the log; other kinds of fact are
    not shown here, because they may say where somebody is cared for."""
    front: Front = request.app.state.front
    seq = _position(request.path_params["seq"])
    event = request.path_params["event"]
    seen = await _ask(request, Evidence(front.next_number(), event, [seq]))
    if not isinstance(seen[0].row.fact, Read | Sighting):
        raise NotFound(
            said("Position {seq} of the log is no read.", seq=seq),
            said("Open it from a runner's page."),
        )
    return _answer(request, "evidence.html", f"evidence/{seq}", said("Log {seq}", seq=seq), seen)


async def list_reads(request: Request) -> Response:
    """``/{event}/reads/{reason}``: the newest reads of which the same became."""
    front: Front = request.app.state.front
    slug = request.path_params["reason"]
    reason = REASONS.get(slug)
    if reason is None:
        raise NotFound(
            said("There is no such list of reads."),
            said("The lists are: {lists}.", lists=", ".join(REASONS)),
        )
    event = request.path_params["event"]
    seen = await _ask(request, Newest(front.next_number(), event, reason))
    return _answer(request, "reads_list.html", f"reads/{slug}", UNUSED_WORDS[reason], seen)


async def _ask(request: Request, question: Question) -> tuple[Seen, ...]:
    front: Front = request.app.state.front
    front.get(question.event)
    rows = msgspec.json.decode(await front.ask(question), type=list[LogRow])
    return tuple(
        Seen(
            row=row,
            became=say_use(row.use) if isinstance(row.fact, Read) else "",
            name=f"{row.number} {digest(row.fact)} {row.source}",
        )
        for row in rows
    )


def _answer(
    request: Request, template: str, path: str, words: str, seen: tuple[Seen, ...]
) -> Response:
    """The page, or its twin when that was asked for."""
    picture = request.app.state.front.get(request.path_params["event"])
    if request.url.path.endswith(".json"):
        evidenced = Evidenced(event=picture.event.id, now=picture.now, words=words, seen=seen)
        content = write_twin(
            say_again(evidenced, find_speech(spoken_in(request.query_params).language))
        )
        return answer_once(request, content, "application/json", HEADERS)
    frame = make_frame(picture, Viewer())
    address = f"/{quote(picture.event.id, safe='')}"
    spoken = wanted_by(request)
    page = render_plain(
        template,
        speech_of(spoken, frame.event),
        frame=frame,
        spoken=spoken,
        here_as=lambda spoken: f"{address}/{path}?{urlencode(spoken.query)}",
        seen=seen,
        words=words,
        event_address=address,
        may_strike=viewer_of(request).role in DECIDERS,
        json_address=f"{address}/{path}.json",
        runner_address=lambda bib: f"{address}/runners/{quote(bib, safe='')}",
    )
    return answer_once(request, page, "text/html", HEADERS)


def _position(text: str) -> int:
    """A position of the log; NotFound for what cannot be one."""
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS):
        raise NotFound(
            said("This is no position of the log."), said("Open it from a runner's page.")
        )
    return int(text)
