"""Results as one plain page in a file, with its style in it, that any site can take over as it is."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from markupsafe import Markup

from homestretch.office.result_rows import UNDER_PROTEST, Result, Results
from homestretch.race.saying import said
from homestretch.web.assets import STATIC
from homestretch.web.embedding import EmbedRow, EmbedTable
from homestretch.web.render import render_plain

STYLE: Final = STATIC / "embed.css"


def page_text(results: Results) -> str:
    """The page of a race: the field and every table beside it."""
    by_net = results.places_by == "net"
    tables = [
        EmbedTable(name, [_row(result, by_net=by_net) for result in rows])
        for name, rows in groupby(results.rows, lambda result: result.table)
    ]
    return render_plain(
        "embed.html",
        event_name=results.event_name,
        race_name=results.race_name,
        official=_say_official(results),
        reason=results.reason,
        by_net=by_net,
        as_of=results.as_of[:16].replace("T", " "),
        tables=tables,
        links=(),
        style=Markup(STYLE.read_text(encoding="utf-8")),  # noqa: S704 - our own file
    )


def _say_official(results: Results) -> str:
    if not results.version:
        return ""
    moment = results.declared_at[:16].replace("T", " ")
    return said("Official, version {number}, {moment}", number=results.version, moment=moment)


def _row(result: Result, *, by_net: bool) -> EmbedRow:
    place = str(result.place or "")
    times = (result.net, result.gun) if by_net else (result.gun, result.net)
    return EmbedRow(
        place, result.bib, result.name, result.club, *times, UNDER_PROTEST in result.marks
    )
