"""`homestretch export`: results of each race as CSV and JSON, as a page to embed, and in the forms that other systems
import; in the public form or in full.

The public form shows an entrant as the pages do (``race.privacy.show``) and lists finishers only. The
full form is the director's: everybody, with exact times, status and what is noteworthy in words.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from homestretch.boards import write_twin
from homestretch.boards.standing import as_declared, get_version
from homestretch.errors import PlanError, StoreError
from homestretch.folder.files import put
from homestretch.live import Live
from homestretch.office import import_forms
from homestretch.office.cells import safe
from homestretch.office.embedded import page_text
from homestretch.office.import_forms import count_left_out, import_text
from homestretch.office.result_rows import Results, list_columns, make_results
from homestretch.picture import Picture
from homestretch.race.event import Race
from homestretch.state.snapshot import NEVER
from homestretch.store.opening import Store

USUAL: Final = ("csv", "json")
OWN_FORMS: Final = (*USUAL, "html")
FORMS: Final = (*OWN_FORMS, *import_forms.FORMS)
"""Every form in which results can be written."""
FOLDER: Final = "results"
"""Where results are written in the folder of an event, unless another one is named."""


def make_picture(store: Store, now: int) -> Picture:
    """The event as it stands ``now`` (UTC ms of its clock). The clock of a rehearsal that is over may have
    been ahead of the wall's, so now is at least the arrival of the newest read."""
    received_at = store.log.read_since(0).reads["received_at"]
    now = max(now, int(received_at.max(initial=NEVER)))
    published: list[Picture] = []
    Live(store.log, store.people, lambda: now, published.append).refresh()
    if not published:
        raise StoreError(
            "Nothing is known of this event yet.", "Start it once with: homestretch run DIR"
        )
    return published[0]


def write_results(
    picture: Picture,
    out: Path,
    full: bool,
    forms: Sequence[str] = USUAL,
    version: int = 0,
) -> list[Path]:
    """Write the results of every race into a folder, once in each of the forms: the newest version of what was
    declared, or every race's with that number. PlanError when that cannot be done, NotFound when no race has
    that version."""
    written = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for race in _list_races(picture, version):
            results = make_results(picture, race, full, version)
            for form in forms:
                text = _text(form, picture, race, results)
                path = out / _name(race, form, full, version)
                written.append(_write(path, text, private=full))
    except OSError as error:
        raise PlanError(
            f"{out} cannot be written: {error.strerror}.", "Name another folder with --out."
        ) from error
    return written


def _list_races(picture: Picture, version: int) -> list[Race]:
    races = list(picture.event.races)
    declared = {one.word.race for one in picture.versions if one.word.number == version}
    if version and not declared:
        get_version(picture, races[0], version)  # says which versions there are
    return [race for race in races if not version or race.id in declared]


def write_again(picture: Picture, out: Path) -> list[Path]:
    """Write those results again that stand in a folder, in the forms in which they do."""
    written = []
    for full in (False, True):
        there = [
            form
            for form in FORMS
            if any((out / _name(race, form, full)).exists() for race in picture.event.races)
        ]
        written += write_results(picture, out, full, there)
    return written


def say_left_out(picture: Picture, forms: Sequence[str]) -> list[str]:
    """Of the forms of other systems: how many finishers of each race are left out of their public form."""
    if not set(forms) & set(import_forms.FORMS):
        return []
    counts = [
        (race.name, count_left_out(as_declared(picture, race), race))
        for race in picture.event.races
    ]
    return [
        f"{name}: {count} {'finisher is' if count == 1 else 'finishers are'} shown to nobody and left out."
        for name, count in counts
        if count
    ]


def _name(race: Race, form: str, full: bool, version: int = 0) -> str:
    """``10k.csv``, ``10k-full.json``, ``10k-version-2-runsignup.csv``."""
    stem = f"{race.id}-full" if full else race.id
    stem += f"-version-{version}" if version else ""
    return f"{stem}.{form}" if form in OWN_FORMS else f"{stem}-{form}.csv"


def _text(form: str, picture: Picture, race: Race, results: Results) -> str:
    match form:
        case "csv":
            return csv_text(picture, race, results)
        case "json":
            return _json_text(results)
        case "html":
            return page_text(results)
        case _:
            declared = as_declared(picture, race, results.version or 0)
            return import_text(form, declared, race, results.form == "full")


def csv_text(picture: Picture, race: Race, results: Results) -> str:
    """The results as a table; cells that a spreadsheet would take for a formula begin with ``'``."""
    picture = as_declared(picture, race, results.version or 0)
    points = {
        picture.state.points.ids[c]: picture.state.points.names[c]
        for c in list_columns(picture, race)
    }
    full = results.form == "full"
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    heads = [
        "place", "bib", "name", "sex", "age group", "club", "division", "table", "gun", "net", "status", "marks",
    ]  # fmt: skip
    exact = ["gun ms", "net ms", "started at", "finished at"] if full else []
    rows.writerow(map(safe, [*heads, *points.values(), *exact, "results", "version"]))
    for row in results.rows:
        cells = [
            "" if row.place is None else str(row.place), row.bib, row.name, row.sex, row.age_group,
            row.club, row.division, row.table, row.gun, row.net, row.status, "; ".join(row.marks),
        ]  # fmt: skip
        cells += [row.splits[point].time if point in row.splits else "" for point in points]
        if full:
            times = (row.gun_ms, row.net_ms)
            cells += ["" if ms is None else str(ms) for ms in times]
            cells += [row.started_at, row.finished_at]
        rows.writerow(map(safe, [*cells, results.results, str(results.version or "")]))
    return text.getvalue()


def _json_text(results: Results) -> str:
    return msgspec.json.format(write_twin(results), indent=1).decode() + "\n"


def _write(path: Path, text: str, private: bool) -> Path:
    """Put a file in place at once, so that nobody reads half of it; a private one for its owner's eyes."""
    # The mark at the beginning tells spreadsheets that a table is UTF-8.
    data = text.encode("utf-8-sig" if path.suffix == ".csv" else "utf-8")
    put(path, data, public=not private)
    return path
