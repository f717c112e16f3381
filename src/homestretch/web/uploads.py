"""Pictures in pieces over HTTP: the tus protocol 1.0.0 with creation, termination, expiration and checksum.

::

    POST   /{event}/uploads        Upload-Length, Upload-Metadata: id, name, place ...  -> 201, Location
    HEAD   /{event}/uploads/{id}                                                        -> Upload-Offset
    PATCH  /{event}/uploads/{id}   Upload-Offset, at most 1 MiB of it                   -> 204, Upload-Offset
    DELETE /{event}/uploads/{id}                                                        -> 204
    GET    /{event}/uploads/{id}                                                        -> what became of it

What is sent is on disk before it is answered (``intake.uploads``). Each key sees its own uploads alone.
https://tus.io/protocols/resumable-upload (1.0.0).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from email.utils import formatdate
from typing import Final

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.errors import BusyError, FactError, HomestretchError, RefusedError
from homestretch.intake.uploads import ABANDONED_MS, Moved, Upload, Uploads, Witness, id_of
from homestretch.photos.opening import MOST_BYTES
from homestretch.picture import Picture
from homestretch.race.event import Event
from homestretch.race.privacy import Role
from homestretch.race.saying import said
from homestretch.race.spelling import is_word, place_key
from homestretch.store.keys import Key, signature_of, token_hash
from homestretch.web.access import GuardedRoute
from homestretch.web.admission import LARGEST_BODY, find_token, wall_now
from homestretch.web.forms import LARGEST_AT, read_form
from homestretch.web.often import CROWD, DEVICES
from homestretch.web.refusals import on_our_error, speech_for

WHO: Final[frozenset[Role]] = frozenset({"station", "photographer", "control", "director"})
PATH: Final = "/{event}/uploads"
VERSION: Final = "1.0.0"
HEADERS: Final = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}
ABILITIES: Final = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,termination,expiration,checksum",
    "Tus-Max-Size": str(MOST_BYTES),
    "Tus-Checksum-Algorithm": "sha1,sha256",
}
PIECE: Final = "application/offset+octet-stream"
PIECE_S: Final = 50.0
"""So long a piece may take; what came of it by then is kept."""
LONGEST_NAME, LONGEST_LINE, LONGEST_BIB = 80, 300, 12
LONGEST_AT: Final = 14
"""A time of more digits is cut off, and is then too late to be one."""
Answer = Callable[[Request], Awaitable[Response]]


class Told(msgspec.Struct):
    """What became of an upload: ``coming``, ``waiting`` to be taken in, ``taken`` or ``refused`` with a reason."""

    state: str
    offset: int
    length: int
    why: str = ""


def upload_routes() -> list[BaseRoute]:
    """The addresses of uploads."""
    one = f"{PATH}/{{upload}}"
    return [
        GuardedRoute(
            PATH,
            _tus(_say_abilities, "OPTIONS"),
            who=WHO,
            methods=["OPTIONS"],
            name="tus-abilities",
        ),
        GuardedRoute(
            PATH, _tus(_begin, "POST"), who=WHO, often=CROWD, methods=["POST"], name="tus-new"
        ),
        # Starlette takes HEAD in with every GET: what a piece goes on from is told by both.
        GuardedRoute(
            one, _tus(_tell, "GET", "HEAD"), who=WHO, methods=["GET", "HEAD"], name="tus-offset"
        ),
        # Some networks know no PATCH: a POST says in a header what is meant.
        GuardedRoute(
            one,
            _tus(_change, "PATCH", "DELETE"),
            who=WHO,
            often=DEVICES,
            methods=["PATCH", "DELETE", "POST"],
            name="tus",
        ),
    ]


def find_key(request: Request) -> Key:
    """The key that was shown; RefusedError without one, and for a station's that was made for no place."""
    token = find_token(request)
    event = request.path_params["event"]
    front = request.app.state.front
    key: Key | None = front.find_key(event, token_hash(token), wall_now()) if token else None
    if not key:
        raise RefusedError(said("A key is needed."), said("Open your own link."))
    if key.role == "station" and not key.station:
        raise RefusedError(said("This key was made for no place."), said("Make one with --at."))
    return key


def find_uploads(request: Request) -> Uploads:
    """Where the uploads of an event are; BusyError where it has no folder."""
    found: Uploads | None = getattr(request.app.state, "uploads", {}).get(
        request.path_params["event"]
    )
    if found is None:
        raise BusyError(said("This server takes no pictures."), said("Tell the race director."))
    return found


def place_for(key: Key, event: Event, place: str) -> str:
    """Where a picture was taken, as this key may say it: the own place of the key, else a point of the plan, else
    nothing. RefusedError for another's place, FactError for one that there is not."""
    own = next((one.id for one in event.points if one.id == key.station), key.station)
    known = {name: one.id for one in event.points for name in map(place_key, (one.id, one.name))}
    named = known.get(place_key(place), "") if place else ""
    if own:
        if place and named != own:
            raise RefusedError(
                said("A station's key speaks for its own place."), said("Open your own link.")
            )
        return own
    if place and not named:
        raise FactError(
            said("There is no point {point}.", point=repr(place)),
            said("The points are: {points}.", points=", ".join(one.id for one in event.points)),
        )
    return named


def _tus(answer: Answer, *meant: str) -> Answer:
    """What every answer of the protocol carries, that of an error too. ``meant``: the methods that it is for."""

    async def answer_as_tus(request: Request) -> Response:
        try:
            response = await _checked(request, answer, meant)
        except HomestretchError as error:
            speech = speech_for(request)
            error.what, error.hint = speech.again(error.what), speech.again(error.hint)
            response = await on_our_error(request, error)
            if isinstance(error, Moved):
                response.status_code = 409
        response.headers.update(HEADERS)
        return response

    return answer_as_tus


async def _checked(request: Request, answer: Answer, meant: Sequence[str]) -> Response:
    given = request.headers.get("tus-resumable", VERSION)
    if given != VERSION and request.method != "OPTIONS":
        return Response(status_code=412, headers=ABILITIES)
    if _meant(request) not in meant:
        return Response(status_code=405, headers=ABILITIES | {"Allow": ", ".join(meant)})
    if request.method not in ("GET", "HEAD") and not _is_piece(request):
        await read_form(request)  # nothing is sent here but pieces: whatever it is, it is bounded
    return await answer(request)


def _meant(request: Request) -> str:
    """What a request wants: where a header says so, that counts, whatever the method is (tus 1.0.0,
    X-HTTP-Method-Override)."""
    return request.headers.get("x-http-method-override", request.method)


def _is_piece(request: Request) -> bool:
    return request.headers.get("content-type", "").split(";")[0].strip() == PIECE


async def _say_abilities(_: Request) -> Response:
    return Response(status_code=204, headers=ABILITIES)


async def _begin(request: Request) -> Response:
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    key, uploads = find_key(request), find_uploads(request)
    length = request.headers.get("upload-length", "")
    if not (length.isascii() and length.isdecimal()):
        raise FactError(said("How long it is was not said."), "Upload-Length: 1234")
    given = read_metadata(request.headers.get("upload-metadata", ""))
    upload = make_upload(key, picture.event, int(length[:18]), given)
    upload = await asyncio.to_thread(uploads.begin, upload)
    offset = await asyncio.to_thread(uploads.offset, upload)
    # The language in which its sender reads goes along.
    query = f"?{request.url.query}" if request.url.query else ""
    headers = _offset(upload, offset) | {"Location": f"{request.url.path}/{upload.id}{query}"}
    return Response(status_code=201, headers=headers)


def make_upload(key: Key, event: Event, length: int, given: dict[str, str]) -> Upload:
    """An upload as its sender describes it: ``id`` (words of the sender's own for it), ``name``, ``place``, ``at``
    (UTC ms of the event), and what the witness says."""
    at = given.get("at", "")[:LONGEST_AT]
    owner = key.parent or key.id
    return Upload(
        id=id_of(owner, given.get("id") or f"{wall_now()} {given.get('name')}"),
        owner=owner,
        by=signature_of(key, ()).by,
        length=length,
        place=place_for(key, event, given.get("place", "")),
        seen_at=int(at) if at.isascii() and at.isdecimal() and int(at) < LARGEST_AT else 0,
        name=_one_line(given.get("name", ""))[:LONGEST_NAME],
        witness=Witness(
            name=_one_line(given.get("witness", ""))[:LONGEST_NAME],
            line=_one_line(given.get("line", ""))[:LONGEST_LINE],
            quoted=given.get("quoted") == "yes",
            bib=_one_line(given.get("bib", "")).upper()[:LONGEST_BIB],
        ),
    )


def _one_line(text: str) -> str:
    """What somebody typed, without what ends a line or turns its direction."""
    words = "".join(sign for sign in " ".join(text.split()) if is_word(sign))
    return words.strip()


def read_metadata(header: str) -> dict[str, str]:
    """The pairs of an Upload-Metadata header; FactError for what is none."""
    found = {}
    for pair in header.split(","):
        name, _, coded = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(coded.strip(), validate=True).decode()
        except ValueError as error:  # no base64, no UTF-8, or not even ASCII
            raise FactError(said("Upload-Metadata is not as tus has it.")) from error
    return found


async def _tell(request: Request) -> Response:
    upload = await _find(request)
    uploads = find_uploads(request)
    offset = await asyncio.to_thread(uploads.offset, upload)
    is_ready = await asyncio.to_thread(uploads.is_ready, upload)
    headers = _offset(upload, offset) | {"Upload-Length": str(upload.length)}
    state = "waiting" if is_ready else upload.state
    why = str(speech_for(request).again(upload.why))
    told = Told(state, offset, upload.length, why)
    body = b"" if request.method == "HEAD" else msgspec.json.encode(told)
    return Response(body, headers=headers, media_type="application/json")


async def _change(request: Request) -> Response:
    """PATCH or DELETE, or a POST that means one of them."""
    return await (_end(request) if _meant(request) == "DELETE" else _append(request))


async def _append(request: Request) -> Response:
    if not _is_piece(request):
        return Response(status_code=415, headers=ABILITIES)
    size = request.headers.get("content-length", "0")
    if size.isdecimal() and int(size[:18]) > LARGEST_BODY:
        raise FactError(said("The piece is larger than 1 MiB."), said("Send it in smaller pieces."))
    offset = request.headers.get("upload-offset", "")
    if not (offset.isascii() and offset.isdecimal()):
        raise FactError(said("Where the piece begins was not said."), "Upload-Offset: 0")
    upload, uploads = await _find(request), find_uploads(request)
    busy: set[str] = request.app.state.busy_uploads
    if upload.id in busy:
        return Response(status_code=423)
    busy.add(upload.id)
    try:
        piece = await _read_piece(request)
        if not _agrees(request.headers.get("upload-checksum", ""), piece):
            return Response(status_code=460)
        here = await asyncio.to_thread(uploads.append, upload, int(offset[:18]), piece)
    finally:
        busy.discard(upload.id)
    return Response(status_code=204, headers=_offset(upload, here))


async def _read_piece(request: Request) -> bytes:
    """What came of a piece, however it ended: bounded in size and time. Where a checksum was promised, all or
    nothing."""
    whole = bytearray()
    try:
        async with asyncio.timeout(PIECE_S):
            async for chunk in request.stream():
                whole += chunk
                if len(whole) > LARGEST_BODY:
                    raise FactError(
                        said("The piece is larger than 1 MiB."), said("Send it in smaller pieces.")
                    )
    except (TimeoutError, ClientDisconnect):
        if request.headers.get("upload-checksum"):
            return b""
    return bytes(whole)


def _agrees(header: str, piece: bytes) -> bool:
    """Whether a piece is what its checksum says; FactError for a checksum that is none."""
    if not header:
        return True
    kind, _, coded = header.partition(" ")
    try:
        promised = base64.b64decode(coded.strip(), validate=True)
    except ValueError as error:
        raise FactError(said("Upload-Checksum is not as tus has it.")) from error
    if kind == "sha1":
        return hashlib.sha1(piece, usedforsecurity=False).digest() == promised
    if kind == "sha256":
        return hashlib.sha256(piece).digest() == promised
    raise FactError(said("Checksums are sha1 or sha256."))


async def _end(request: Request) -> Response:
    upload = await _find(request)
    await asyncio.to_thread(find_uploads(request).end, upload)
    return Response(status_code=204)


async def _find(request: Request) -> Upload:
    """The upload of an address, if it is one of the key that asks."""
    key, uploads = find_key(request), find_uploads(request)
    upload_id = request.path_params["upload"]
    return await asyncio.to_thread(uploads.find, key.parent or key.id, upload_id)


def _offset(upload: Upload, offset: int) -> dict[str, str]:
    """Where the next piece begins, and when an upload is over to which none comes."""
    over = formatdate((wall_now() + ABANDONED_MS) / 1000, usegmt=True)
    headers = {"Upload-Offset": str(offset)}
    return headers if offset == upload.length else headers | {"Upload-Expires": over}
