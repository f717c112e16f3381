"""The address of a certificate as PDF: what the page says, through the same gate, as a sheet to keep."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import EVERYBODY, certificate
from homestretch.picture import Picture
from homestretch.web.access import GuardedRoute, viewer_of
from homestretch.web.certificate_pdf import make_pdf


def certificate_routes() -> list[BaseRoute]:
    """The sheet's address, beside that of its page."""
    path = f"{certificate.BOARD.path}.pdf"
    return [GuardedRoute(path, _show, who=EVERYBODY, name="certificate-pdf")]


async def _show(request: Request) -> Response:
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    viewer, bib = viewer_of(request), request.path_params["bib"]
    board = certificate.rows(picture, viewer, certificate.CertificateChoices(bib=bib))
    headers = {
        "Cache-Control": "public, max-age=0, s-maxage=2"
        if viewer.role == "public"
        else "private, no-cache",
        "Content-Disposition": f'inline; filename="certificate-{picture.event.id}.pdf"',
        "Vary": "Cookie, Authorization",
    }
    # Fonts are made ready for the first sheet, which takes seconds: pages go on meanwhile.
    sheet = await run_in_threadpool(make_pdf, board)
    return Response(sheet, media_type="application/pdf", headers=headers)
