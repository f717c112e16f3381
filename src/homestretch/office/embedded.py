"""Results as one plain page in a file, with its style in it, that any site can take over as it is."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from markupsafe import Markup

from homestretch.office.result_rows import Result, Results
from homestretch.web.assets import STATIC
from homestretch.web.embedding import EmbedRow, EmbedTable
from homestretch.web.render import render_plain

STYLE: Final = STATIC / "embed.css"


def page_text(results: Results) -> str:
    """The page of a race: the field and every table beside it."""
    tables = [
        EmbedTable(name, [_row(result) for result in rows])
        for name, rows in groupby(results.rows, lambda result: result.table)
    ]
    return render_plain(
        "embed.html",
        event_name=results.event_name,
        race_name=results.race_name,
        places_by=results.places_by,
        results=results.results,
        as_of=results.as_of[:16].replace("T", " "),
        tables=tables,
        links=(),
        style=Markup(STYLE.read_text(encoding="utf-8")),  # noqa: S704 - our own file
    )


def _row(result: Result) -> EmbedRow:
    place = str(result.place or "")
    return EmbedRow(place, result.bib, result.name, result.club, result.net, result.gun)
