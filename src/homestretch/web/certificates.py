"""The address of a certificate as PDF: what the page says, through the same gate, as a sheet to keep."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import EVERYBODY, certificate
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.web.access import GuardedRoute, viewer_of
from homestretch.web.certificate_pdf import RULE, make_pdf
from homestretch.web.render import board_key, respoken
from homestretch.web.spoken import speech_of


def certificate_routes() -> list[BaseRoute]:
    """The sheet's address, beside that of its page."""
    path = f"{certificate.BOARD.path}.pdf"
    return [GuardedRoute(path, _show, who=EVERYBODY, name="certificate-pdf")]


async def _show(request: Request) -> Response:
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    return await answer_sheet(request, picture, viewer_of(request))


async def answer_sheet(request: Request, picture: Picture, viewer: Viewer) -> Response:
    """The sheet of the bib in the address as this viewer may see it; NotFound as its page."""
    bib = request.path_params["bib"]
    key = board_key(certificate.BOARD.name, {**request.query_params, "bib": bib})
    speech = speech_of(key.spoken, picture.event)
    board = certificate.rows(picture, viewer, certificate.CertificateChoices(bib=bib))
    board = respoken(board, speech)
    headers = {
        "Cache-Control": "public, max-age=0, s-maxage=2"
        if viewer.role == "public"
        else "private, no-cache",
        "Content-Disposition": f'inline; filename="certificate-{picture.event.id}.pdf"',
        "Vary": "Cookie, Authorization",
    }
    # Fonts are made ready for the first sheet, which takes seconds: pages go on meanwhile.
    sheet = await run_in_threadpool(make_pdf, board, speech.again(RULE))
    return Response(sheet, media_type="application/pdf", headers=headers)
