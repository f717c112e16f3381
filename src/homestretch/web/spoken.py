"""In which language and units a page speaks: what its reader chose, else what the browser asks for, else the
event's own.

A language is a folder of ``homestretch/locale`` with a compiled catalogue; English needs none.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple, Protocol, cast
from urllib.parse import urlencode

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from homestretch.race.clock import METRES_OF
from homestretch.race.saying import Speech, Units, english

LOCALE: Final = Path(__file__).parents[1] / "locale"
DOMAIN: Final = "homestretch"
ENGLISH_CODE: Final = "en"
COOKIE: Final = "homestretch-words"
A_YEAR_S: Final = 365 * 24 * 3600
CHOOSE: Final = "/events/words"
MOST_ASKED: Final = 400
"""Characters of an Accept-Language header that are looked at."""


class Spoken(NamedTuple):
    """What was chosen: a language (``de``) and units (``mi``, ``km``); empty is the event's own."""

    language: str = ""
    units: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The choice as it stands in an address."""
        return {
            name: value for name, value in (("lang", self.language), ("unit", self.units)) if value
        }

    def over(self, other: Spoken) -> Spoken:
        """This choice, and the other where nothing was chosen here."""
        return Spoken(self.language or other.language, self.units or other.units)


AS_THE_EVENT: Final = Spoken()


class HasDefaults(Protocol):
    """An event: what it speaks unless a reader chose something else."""

    @property
    def language(self) -> str:
        """Its language."""
        ...

    @property
    def units(self) -> str:
        """Its units."""
        ...


class NoEvent(NamedTuple):
    """What pages speak that belong to no event."""

    language: str = ENGLISH_CODE
    units: str = ""


NO_EVENT: Final = NoEvent()


@cache
def list_languages() -> dict[str, str]:
    """Every language that is here, each called by its own name: ``{"en": "English", "de": "Deutsch"}``."""
    found = {ENGLISH_CODE: "English"}
    for path in sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")):
        code = path.parts[-3]
        found[code] = _catalogue(code).pgettext("the name of this language", "English")
    return found


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, [language])


@cache
def find_speech(language: str, units: str = "") -> Speech:
    """How a language speaks; English where there is no such language."""
    if language == ENGLISH_CODE or language not in list_languages():
        return english(cast(Units, units))
    found = _catalogue(language)
    return Speech(language, cast(Units, units), found.gettext, found.ngettext, found.pgettext)


def speech_of(spoken: Spoken, event: HasDefaults | None = None) -> Speech:
    """The speech of a page of an event (or of no event)."""
    language = spoken.language or (event.language if event else "")
    units = "" if event is not None and spoken.units == event.units else spoken.units
    return find_speech(language or ENGLISH_CODE, units)


def spoken_in(given: Mapping[str, str]) -> Spoken:
    """What an address says of language (``lang``) and units (``unit``); what is not known here says nothing."""
    language, units = given.get("lang", ""), given.get("unit", "")
    return Spoken(
        language if language in list_languages() else "", units if units in METRES_OF else ""
    )


def wanted_by(connection: HTTPConnection) -> Spoken:
    """What a reader wants: the address before the choice that was kept, and that before the browser's."""
    asked = Spoken(find_asked(connection.headers))
    return spoken_in(connection.query_params).over(_kept_by(connection)).over(asked)


def find_asked(headers: Headers) -> str:
    """The language of ours that a browser would like best (RFC 9110, 12.5.4); empty for none."""
    ranked = []
    for place, part in enumerate(headers.get("accept-language", "")[:MOST_ASKED].split(",")):
        tag, _, weight = part.partition(";")
        code = tag.strip().lower().partition("-")[0]
        if code in list_languages() and (share := _weight(weight)) > 0:
            ranked.append((-share, place, code))
    return min(ranked)[2] if ranked else ""


def _weight(text: str) -> float:
    name, _, value = text.replace(" ", "").partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


def find_better_address(request: Request, event: HasDefaults) -> str:
    """Where a page stands that speaks as its reader wants, when the address says nothing and the reader wants
    something other than the event's own: so each address has one form, whoever asks. Else empty."""
    said, wanted = spoken_in(request.query_params), wanted_by(request)
    language = wanted.language if not said.language and wanted.language != event.language else ""
    wants_units = event.units and not said.units and wanted.units != event.units
    units = wanted.units if wants_units else ""
    if not language and not units:
        return ""
    query = {**request.query_params, **Spoken(language, units).query}
    return f"{request.url.path}?{urlencode(query)}"


def choose_address(spoken: Spoken, to: str) -> str:
    """The link that keeps a choice and leads on ``to`` a page."""
    return f"{CHOOSE}?{urlencode({**spoken.query, 'to': to}, safe='/?=')}"


async def choose(request: Request) -> Response:
    """``/events/words?lang=...&to=...``: keeps the choice in a cookie that holds nothing else, and goes on."""
    to = request.query_params.get("to", "")
    # Only to a page of ours: neither to another host nor to another scheme.
    is_ours = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable()
    response = RedirectResponse(
        to if is_ours else "/", status_code=303, headers={"Cache-Control": "no-store"}
    )
    kept = spoken_in(request.query_params).over(_kept_by(request))
    response.set_cookie(
        COOKIE,
        f"{kept.language}.{kept.units}",
        max_age=A_YEAR_S,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def _kept_by(connection: HTTPConnection) -> Spoken:
    language, _, units = connection.cookies.get(COOKIE, "").partition(".")
    return spoken_in({"lang": language, "unit": units})
