"""`homestretch links`: a private link for each entrant, to send them by the organiser's own mail, or on the packet.

Only a hash of each is kept, so a link is told once. What was made is in the file before it opens anything.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import segno

from homestretch.errors import NotFound, PlanError
from homestretch.folder.files import make_folder, put_new
from homestretch.office.exports import make_picture
from homestretch.picture import Picture
from homestretch.race.consent import Hand
from homestretch.race.entrant import Person
from homestretch.race.privacy import ADULT_AGE
from homestretch.state.snapshot import NEVER
from homestretch.store.links import Link, new_link
from homestretch.store.opening import Store

HEADER: Final = ("id", "bib", "name", "email", "link", "guardian_link", "until")
_NO_FILE_NAME: Final = re.compile(r"[^\w.-]")


class Wanted(NamedTuple):
    """For whom links are wanted: everybody who has none, or (``again``) everybody, or these bibs. ``base`` is the
    address of the event's pages; moments are UTC ms."""

    base: str
    now: int
    expires_at: int
    until: str
    bibs: tuple[str, ...] = ()
    again: bool = False


class Made(NamedTuple):
    """What was made: rows of the file, and how many entrants kept the link that they had."""

    rows: int
    guardians: int
    kept: int
    codes: int


class _Row(NamedTuple):
    entrant: str
    bib: str
    person: Person
    links: dict[Hand, str]


def make_links(store: Store, event_now: int, wanted: Wanted, out: Path, qr: Path | None) -> Made:
    """Make the links, and write them into ``out`` (and a code for each into the folder ``qr``). PlanError when a
    file cannot be written, NotFound for a bib that nobody has."""
    picture = make_picture(store, event_now)
    holding: dict[str, list[Link]] = {}
    for link in store.people.list_links():
        if not link.parent and link.holds(wanted.now):
            holding.setdefault(link.entrant, []).append(link)
    rows: list[_Row] = []
    made: list[Link] = []
    kept = 0
    anew = wanted.again or bool(wanted.bibs)
    for row in _list_rows(picture, wanted.bibs):
        entrant = picture.state.roster.entrants[row]
        person = picture.names.persons.get(entrant)
        if person is None:  # erased, or nothing is stored that a link could show
            continue
        hands = _hands_of(picture, row)
        if not anew:
            there = {link.hand for link in holding.get(entrant, ())}
            kept += there >= set(hands)
            hands = [hand for hand in hands if hand not in there]
        if hands:
            links = {hand: _make(entrant, hand, wanted, made) for hand in hands}
            rows.append(_Row(entrant, picture.state.roster.bibs[row], person, links))
    codes = _write(rows, wanted, out, qr)
    try:
        store.people.put_links(made)
    except BaseException:
        out.unlink()  # links that open nothing must not be sent
        raise
    if anew:
        for one in rows:
            for link in holding.get(one.entrant, ()):
                store.people.revoke_link(link.id, wanted.now)
    return Made(len(rows), sum("guardian" in row.links for row in rows), kept, codes)


def revoke_links(store: Store, event_now: int, bibs: Sequence[str], now: int) -> int:
    """Take back every link of these bibs and every browser that was let in by one; how many links that were."""
    picture = make_picture(store, event_now)
    taken = 0
    for row in _list_rows(picture, bibs):
        for link in store.people.list_links(picture.state.roster.entrants[row]):
            if link.holds(now):
                store.people.revoke_link(link.id, now)
                taken += not link.parent
    return taken


def _list_rows(picture: Picture, bibs: Iterable[str]) -> list[int]:
    roster = picture.state.roster
    rows = []
    for bib in bibs:
        row = roster.find_row(bib)
        if row is None:
            raise NotFound(
                f"Nobody has the bib {bib!r}.", "Look at entrants.csv; nothing was made."
            )
        rows.append(row)
    return rows or list(range(len(roster.entrants)))


def _hands_of(picture: Picture, row: int) -> list[Hand]:
    """Whose links an entrant has: under 18, a guardian has one of their own."""
    age = int(picture.state.roster.age[row])
    return ["own", "guardian"] if age != NEVER and age < ADULT_AGE else ["own"]


def _make(entrant: str, hand: Hand, wanted: Wanted, made: list[Link]) -> str:
    link, token = new_link(entrant, hand, created_at=wanted.now, expires_at=wanted.expires_at)
    made.append(link)
    return f"{wanted.base}/me/{token}"


def _write(rows: Sequence[_Row], wanted: Wanted, out: Path, qr: Path | None) -> int:
    """The file of links, for its owner's eyes, and a code for each packet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for row in rows:
        name = f"{row.person.first} {row.person.last}".strip()
        links = (row.links.get("own", ""), row.links.get("guardian", ""))
        cells = (row.entrant, row.bib, name, row.person.email, *links, wanted.until)
        writer.writerow(_plain(cell) for cell in cells)
    try:
        put_new(out, text.getvalue().encode())
    except FileExistsError as error:
        raise PlanError(
            f"{out} is there already, and may be the only place where its links are known.",
            "Name another file. Nothing was made.",
        ) from error
    except OSError as error:
        raise PlanError(
            f"{out} cannot be written: {error.strerror}.", "Name another file."
        ) from error
    return 0 if qr is None else _write_codes(rows, qr)


def _write_codes(rows: Sequence[_Row], folder: Path) -> int:
    """``101.svg``: the entrant's own link as a code; a guardian's is no matter of a packet."""
    codes = [(row.bib, row.links["own"]) for row in rows if "own" in row.links]
    try:
        make_folder(folder)
        for bib, link in codes:
            drawn = io.BytesIO()
            segno.make(link, micro=False, error="m").save(drawn, kind="svg", scale=4, border=4)
            path = folder / f"{_NO_FILE_NAME.sub('_', bib) or 'no-bib'}.svg"
            path.unlink(missing_ok=True)
            put_new(path, drawn.getvalue())
    except OSError as error:
        raise PlanError(
            f"{folder} cannot be written: {error.strerror}.", "Name another folder with --qr."
        ) from error
    return len(codes)


def _plain(cell: str) -> str:
    """A cell that no program of tables takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
