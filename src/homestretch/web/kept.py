"""Answers that are rendered once for each version of a board and given to everybody who asks for it."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from homestretch import __version__
from homestretch.web.assets import assets_stamp
from homestretch.web.delivery import takes_gzip

MOST = 256
LEVEL = 5
SMALLEST = 1000
VARY = "Accept-Encoding, Cookie, Authorization"


@dataclass(slots=True)
class _Kept:
    etag: str
    body: bytes
    zipped: bytes = b""


class KeptAnswers:
    """The newest answers, a bounded number of them; what was asked for longest ago goes first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    def answer(
        self,
        request: Request,
        key: Hashable,
        number: str,
        media_type: str,
        make: Callable[[], bytes],
        *,
        public: bool,
        is_settled: bool = True,
    ) -> Response:
        """The answer for ``key`` at a Picture's number: kept, made by ``make``, or 304 when it is known.

        Unless ``is_settled``, the address does not say the language: other browsers are led to another one.
        ``key`` holds everything besides the number on which the answer depends, the viewer included.
        """
        etag = _etag(number, key)
        headers = {
            "ETag": etag,
            "Vary": VARY if is_settled else f"{VARY}, Accept-Language",
            "Cache-Control": "public, max-age=0, s-maxage=2" if public else "private, no-cache",
        }
        if _knows(request, etag):
            return Response(status_code=304, headers=headers)
        kept = self._kept.get(key)
        if kept is None or kept.etag != etag:
            kept = self._kept[key] = _Kept(etag, make())
        self._kept.move_to_end(key)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        body = kept.body
        if takes_gzip(request.headers.get("accept-encoding", "")) and len(body) >= SMALLEST:
            kept.zipped = kept.zipped or gzip.compress(body, LEVEL, mtime=0)
            body, headers["Content-Encoding"] = kept.zipped, "gzip"
        return Response(body, headers=headers, media_type=media_type)


def answer_once(
    request: Request, content: str | bytes, media_type: str, headers: Mapping[str, str]
) -> Response:
    """An answer to one request that nobody keeps, compressed where the browser takes it so."""
    body, more = content.encode() if isinstance(content, str) else content, dict(headers)
    if takes_gzip(request.headers.get("accept-encoding", "")) and len(body) >= SMALLEST:
        body, more["Content-Encoding"] = gzip.compress(body, LEVEL, mtime=0), "gzip"
    return Response(body, headers=more, media_type=media_type)


def _etag(number: str, key: Hashable) -> str:
    """Weak, because compressed and plain answers share it; another release makes another one."""
    seen = f"{number}\0{key!r}\0{__version__}\0{assets_stamp()}".encode()
    return f'W/"{hashlib.blake2b(seen, digest_size=12).hexdigest()}"'


def _knows(request: Request, etag: str) -> bool:
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or etag.removeprefix("W/") in (
        entry.strip().removeprefix("W/") for entry in known.split(",")
    )
