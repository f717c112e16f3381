"""Pages that are the same for whoever asks, as bytes ready for the wire: stories, their cards and feeds.

A story may be read by very many at once. What is printed is answered in front of the parser of HTTP
(``connection``): no query of an address makes another copy, and no cookie is looked at. It is thrown away as soon
as anything is said of a story, an entry is held, or anybody changes what they agree to, and printed anew every two
seconds when somebody asks: so what is taken down is gone from here at once, and from whoever obeys our headers
within half a minute.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from homestretch.picture import Picture
from homestretch.web.delivery import takes_gzip
from homestretch.web.headers import HEADERS

FRESH_S = 2.0
MOST = 512
"""Things that are kept printed, over all hosts by which we are called."""
KEEP_S = 30
"""How long others may keep a copy."""
SMALLEST = 600
LONGEST = 4096
"""Bytes of a request that is read here; what is remembered of them is bounded, too."""
LEVEL = 9
HOST: Final = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")
_LINE: Final = re.compile(rb"GET (/[^ ?]*)(?:\?[^ ]*)? HTTP/1\.1\r\n")


class Place(NamedTuple):
    """Where something is asked for: scheme and host as the client calls us, and the path without its query."""

    scheme: str
    host: str
    path: str

    @property
    def origin(self) -> str:
        """``https://race.example``"""
        return f"{self.scheme}://{self.host}"


@dataclass(slots=True)
class Printed:
    """One thing, ready: its heads (each ends before the date) and bodies, plain and compressed."""

    etag: bytes
    event: str
    said: Hashable
    plain: bytes
    zipped: bytes
    media_type: str
    printed_at: float
    heads: dict[str, bytes] = field(default_factory=dict)
    dated: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    """whole answers with the date that stands in them: a second's answers are the same bytes"""

    def answer(self, asked: Asked, date: bytes) -> bytes:
        """The whole answer of HTTP/1.1, or that nothing has changed."""
        kind, body = "plain", self.plain
        if asked.known and (asked.known == b"*" or self.etag in asked.known):
            kind, body = "304", b""
        elif asked.zipped and self.zipped:
            kind, body = "gzip", self.zipped
        dated = self.dated.get(kind)
        if dated is None or dated[0] != date:
            first = b"HTTP/1.1 304 Not Modified\r\n" if kind == "304" else b"HTTP/1.1 200 OK\r\n"
            dated = self.dated[kind] = date, first + date + self.heads[kind] + body
        return dated[1]


def headers_of(etag: bytes, media_type: str) -> dict[str, str]:
    """What every answer with something printed says beside its length and coding."""
    return {
        **HEADERS,
        "Content-Type": media_type,
        "ETag": etag.decode(),
        "Vary": "Accept-Encoding",
        "Cache-Control": f"public, max-age={KEEP_S}, s-maxage={KEEP_S}",
        # Pictures and feeds of a story are shown elsewhere, which is what they are for.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


class Newsstand:
    """What is printed now. ``now_s`` is a clock that only goes forward."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._kept: OrderedDict[Place, Printed] = OrderedDict()
        self._said: dict[str, Hashable] = {}

    def on_picture(self, picture: Picture) -> bool:
        """Throw away what is printed of an event, if what may be told has changed; whether it has."""
        said = _said_of(picture)
        if self._said.get(picture.event.id) == said:
            return False
        self._said[picture.event.id] = said
        for place in [place for place, one in self._kept.items() if one.event == picture.event.id]:
            del self._kept[place]
        return True

    @property
    def count(self) -> int:
        """How many things are kept printed."""
        return len(self._kept)

    def find(self, place: Place) -> Printed | None:
        """What is printed for a place, unless it must be looked at again."""
        found = self._kept.get(place)
        if found is None or self._now_s() - found.printed_at > FRESH_S:
            return None
        self._kept.move_to_end(place)
        return found

    def put(self, place: Place, picture: Picture, media_type: str, body: bytes) -> Printed:
        """Print something; what is as it was keeps its identity. What was begun before something was said is handed to
        who asked before, and not kept."""
        etag = b'"' + hashlib.blake2b(body, digest_size=12).hexdigest().encode() + b'"'
        old = self._kept.get(place)
        if old is not None and old.etag == etag:
            old.printed_at = self._now_s()
            return old
        packs = len(body) >= SMALLEST and not media_type.startswith(
            ("image/png", "image/jpeg", "application/zip")
        )
        zipped = gzip.compress(body, LEVEL, mtime=0) if packs else b""
        made = Printed(
            etag, picture.event.id, _said_of(picture), body, zipped, media_type, self._now_s()
        )
        lines = headers_of(etag, media_type)
        made.heads = {
            "plain": _head(lines, {"Content-Length": str(len(body))}),
            "gzip": _head(lines, {"Content-Length": str(len(zipped)), "Content-Encoding": "gzip"}),
            "304": _head(lines, {}),
        }
        if self._said.get(picture.event.id, made.said) != made.said:
            return made
        self._kept[place] = made
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return made


def _head(lines: dict[str, str], more: dict[str, str]) -> bytes:
    return (
        "".join(f"{name}: {value}\r\n" for name, value in (lines | more).items()).encode() + b"\r\n"
    )


def _said_of(picture: Picture) -> Hashable:
    """What decides whether a story is shown, as far as people say it."""
    chosen = {word.photo for word in picture.state.stories if word.photo}
    photos = tuple(one for one in picture.state.photos if one.photo in chosen) if chosen else ()
    return picture.state.stories, picture.state.held, picture.names.version, photos


class Asked(NamedTuple):
    """A plain GET that came in one piece."""

    place: Place
    zipped: bool
    """gzip is taken"""
    known: bytes
    stays: bool


@lru_cache(maxsize=1024)
def read_plain(data: bytes, scheme: str) -> Asked | None:
    """A request that is a GET without a body, in one piece, and with nothing behind it; None for anything else, which
    is the parser's work."""
    line = _LINE.match(data)
    if line is None or not data.endswith(b"\r\n\r\n") or data.find(b"\r\n\r\n") != len(data) - 4:
        return None
    if len(data) > LONGEST:
        return None
    accepted, known, host, stays = "", b"", "", True
    for header in data[line.end() : -4].split(b"\r\n"):
        name, _, value = header.partition(b":")
        match name.lower():
            case b"host":
                host = value.strip().decode("latin-1") if not host else "\0"
            case b"accept-encoding":
                accepted = value.decode("latin-1")
            case b"if-none-match":
                known = value.strip()
            case b"connection":
                stays = b"close" not in value.lower()
            case (
                b"x-forwarded-proto"
                | b"content-length"
                | b"transfer-encoding"
                | b"upgrade"
                | b"range"
                | b"expect"
            ):
                return None
    if not HOST.fullmatch(host):
        return None
    path = line[1].decode("latin-1")
    return Asked(Place(scheme, host, path), takes_gzip(accepted), known, stays)


def date_line(default_headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The lines that the server adds to every answer: the date."""
    return b"".join([b"%b: %b\r\n" % one for one in default_headers])
