"""Pictures as a plain form: for browsers without JavaScript, with the same bounds and through the same door.

The form may be as large as the largest picture. Its parts are written to the disk while they come.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from typing import Final

import msgspec
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import sending
from homestretch.boards.entering import Notice
from homestretch.errors import BusyError, FactError
from homestretch.intake.uploads import Uploads
from homestretch.photos.opening import MOST_BYTES
from homestretch.picture import Picture
from homestretch.race.saying import joined, said, said_n
from homestretch.store.keys import Key
from homestretch.web.access import GuardedRoute, viewer_of
from homestretch.web.forms import form_key, read_form, show
from homestretch.web.uploads import LONGEST_NAME, find_key, find_uploads, make_upload

MOST_FILES: Final = 100
MOST_FIELDS: Final = 20
FORM_S: Final = 280.0
ROOM: Final = 1_000_000
"""What a form has beside its pictures."""
LISTED: Final = 10
FIELDS: Final = ("place", "witness", "line", "quoted", "bib")


def sending_routes() -> list[BaseRoute]:
    """The address to which the form of pictures is sent."""
    path = sending.BOARD.path
    return [GuardedRoute(path, take_form, who=sending.WHO, methods=["POST"], name="sending-form")]


async def take_form(request: Request) -> Response:
    """Keep the pictures of a form; the page says of each that was refused why."""
    kind = request.headers.get("content-type", "").split(";")[0].strip()
    if kind != "multipart/form-data":
        await read_form(request)
        raise FactError(said("This is not a form of our pages."), said("Open the page again."))
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    key, uploads = find_key(request), find_uploads(request)
    fields, files = await _read(request)
    try:
        outcomes = [await _keep(uploads, key, picture, one, fields) for one in files]
    finally:
        for file in files:
            await file.close()
    viewer = viewer_of(request)
    page = form_key(request, sending.BOARD.name, {"point": fields.get("place", "")})
    board = page.kind.rows(picture, viewer, page.choices)
    return show(page, msgspec.structs.replace(board, notice=_sum_up(outcomes)), viewer)


async def _read(request: Request) -> tuple[dict[str, str], list[UploadFile]]:
    """The fields and the files of a form, written to the disk while they come."""
    parser = MultiPartParser(
        request.headers, _bounded(request), max_files=MOST_FILES, max_fields=MOST_FIELDS
    )
    try:
        async with asyncio.timeout(FORM_S):
            form = await parser.parse()
    except MultiPartException as error:
        raise FactError(
            said("This is not a form of our pages."), said("Open the page again.")
        ) from error
    except TimeoutError as error:
        raise FactError(
            said("The pictures came too slowly."), said("Send fewer at once.")
        ) from error
    files = [one for one in form.getlist("pictures") if isinstance(one, UploadFile)]
    fields = {name: value for name in FIELDS if isinstance(value := form.get(name), str)}
    return fields, [one for one in files if one.filename]


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BYTES + ROOM:
            raise FactError(
                said("The pictures are larger than 60 MB together."), said("Send fewer at once.")
            )
        yield chunk


async def _keep(
    uploads: Uploads, key: Key, picture: Picture, file: UploadFile, fields: dict[str, str]
) -> str:
    """Why a picture was refused; empty when it was kept."""
    data = await file.read()
    given = fields | {"id": hashlib.sha256(data).hexdigest(), "name": file.filename or ""}
    try:
        upload = make_upload(key, picture.event, len(data), given)
        upload = await asyncio.to_thread(uploads.begin, upload)
        if upload.why:
            return joined(((file.filename or "")[:LONGEST_NAME], upload.why), ": ")
        here = await asyncio.to_thread(uploads.offset, upload)
        await asyncio.to_thread(uploads.append, upload, here, data[here:])
    except (FactError, BusyError) as error:
        why = joined((error.what, error.hint), " ")
        return joined(((file.filename or "")[:LONGEST_NAME], why), ": ")
    return ""


def _sum_up(outcomes: list[str]) -> Notice:
    refused = [why for why in outcomes if why]
    kept = len(outcomes) - len(refused)
    if not outcomes:
        return Notice(said("No picture was chosen."), done=False)
    words = said_n("{count} picture was kept.", "{count} pictures were kept.", kept)
    if not refused:
        return Notice(words, done=True)
    more = len(refused) - LISTED
    listed = [*refused[:LISTED], *([said("And {count} more.", count=more)] if more > 0 else [])]
    return Notice(joined((words, said("Not taken:"), *listed), " "), done=False)
