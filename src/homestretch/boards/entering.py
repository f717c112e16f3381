"""What the pages have in common on which people enter facts: what was entered last, places, codes on bibs."""

from __future__ import annotations

from itertools import groupby
from urllib.parse import unquote, urlsplit

import msgspec

from homestretch.boards.mistyped import say_against
from homestretch.boards.words import CARE_ROLES, HEALTH_ROLES, WITHDREW
from homestretch.errors import RefusedError
from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.race.event import Event
from homestretch.race.privacy import Role, Shown, Viewer
from homestretch.race.saying import joined, said, said_in
from homestretch.race.spelling import place_key
from homestretch.race.vehicles import find_vehicle
from homestretch.race.wall_time import find_moment
from homestretch.showing import shown
from homestretch.state.entered import Entry
from homestretch.state.entries import A_FORM
from homestretch.state.snapshot import NEVER

TAKERS: dict[str, str] = {
    "bus": said("on a bus"),
    "care": said("in care"),
    "self": said("left on their own"),
    "home": said_in("status", "home"),
    "vehicle": said("carried ahead"),
    "road": said("back on the road"),
}

OFF = ("care", "self", "home")
"""Who has somebody that is off the course and on no bus."""

ENTERED: dict[str, str] = {
    "sighting": said("seen"),
    "withdrawn": said("stops"),
    "collected": said("packet handed out"),
}


class Ask(msgspec.Struct, frozen=True):
    """A second tap: the same form again, said to be meant. ``words`` stand on its button."""

    words: str
    fields: tuple[tuple[str, str], ...]


class Notice(msgspec.Struct, frozen=True):
    """What became of what was entered. ``done``: it is kept; ``ask``: it is kept once somebody says that it is
    meant."""

    words: str
    done: bool
    ask: Ask | None = None


class EntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One fact that was entered; ``number`` and ``digest`` (as text: they are long) name it in a strike. ``remark``:
    why to look at the bib again, empty when there is nothing."""

    source: str
    number: str
    digest: str
    who: Shown
    words: str
    remark: str
    void: bool


class EntryForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was entered at once: who entered it when, for when and where (UTC ms)."""

    by: str
    received_at: int
    seen_at: int
    place: str
    rows: tuple[EntryRow, ...]


class PlaceChoice(msgspec.Struct, frozen=True):
    """A point of the plan, as a form offers it."""

    id: str
    name: str


def check_may_enter(viewer: Viewer, who: frozenset[Role]) -> None:
    """RefusedError for who may not enter anything on a page."""
    if viewer.role not in who:
        raise RefusedError(
            said("Facts are entered here by other roles."), said("Open your own link.")
        )


def list_places(event: Event) -> tuple[PlaceChoice, ...]:
    """Every point, those of the longest race in the order of its course first."""
    longest = max(event.races, key=lambda race: race.distance_m, default=None)
    first = event.list_points(longest.id) if longest else []
    points = [*first, *(point for point in event.points if point not in first)]
    return tuple(PlaceChoice(point.id, point.name) for point in points)


def find_place(event: Event, said: str) -> str:
    """The id of the point that a name means, also without its blanks; empty when there is none."""
    wanted = place_key(said)
    for key in (wanted, wanted.replace("-", "")):
        for point in event.points:
            names = (place_key(point.id), place_key(point.name))
            if wanted and key in (*names, *(name.replace("-", "") for name in names)):
                return point.id
    return ""


def name_place(event: Event, point_id: str) -> str:
    """A point as people call it; what is none stays as it is."""
    point = event.find_point(point_id)
    return point.name if point else point_id


def find_bib(code: str, event: Event) -> str:
    """The bib in what a scanner read or a person typed: the bib itself, or the address of its runner."""
    code = code.strip()
    parts = urlsplit(code) if "://" in code else None
    if parts is not None:
        event_id, _, bib = parts.path.strip("/").partition("/runners/")
        return unquote(bib) if event_id.split("/")[-1] == event.id and bib else code
    return code.removeprefix("#").strip()


def moment_of(picture: Picture, time: str, at: int) -> int | None:
    """The moment (UTC ms) that a time of day in a form means; ``at``, to the millisecond, where it was left
    as it was offered. None: no time, or still to come."""
    if not time.strip() or time.strip() == say_time(at, picture.event.zone_info):
        return at
    return find_moment(time, picture.event, picture.now, picture.state.over)


def list_entry_forms(picture: Picture, viewer: Viewer, page: str) -> tuple[EntryForm, ...]:
    """What was entered last on a page; the crew of a station sees what was entered for its place, a driver whom
    the own vehicle took on board or let off."""
    entries = [
        entry
        for entry in picture.state.entries
        if entry.page == page and _concerns(entry, picture, viewer)
    ]
    return tuple(
        EntryForm(
            by=picture.names.texts.get(form[0].by, form[0].by),
            received_at=form[0].received_at,
            seen_at=form[0].seen_at,
            place=name_place(picture.event, form[0].place),
            rows=tuple(_row(picture, viewer, entry) for entry in reversed(form)),
        )
        for form in (list(found) for _, found in groupby(entries, _form))
    )


def sweep_source(vehicle: str) -> str:
    """What stands behind the key in the source of a word that was said on board of a vehicle."""
    return f"{vehicle}/sweep"


def _concerns(entry: Entry, picture: Picture, viewer: Viewer) -> bool:
    if viewer.role == "station":
        return entry.place == viewer.station
    if viewer.role == "sweep":
        vehicle = find_vehicle(picture.event, viewer.station)
        own = vehicle is not None and entry.id.source.endswith(f"/{sweep_source(vehicle.name)}")
        return own or place_key(entry.keeper) == place_key(viewer.station)
    return True


def _form(entry: Entry) -> tuple[str, int, int, str]:
    return entry.id.source, entry.id.number // A_FORM, entry.seen_at, entry.place


def _row(picture: Picture, viewer: Viewer, entry: Entry) -> EntryRow:
    unread = "*" in entry.bib
    nobody = said("not every digit seen") if unread else said("nobody has this bib")
    who = Shown(name=nobody, bib=entry.bib)
    return EntryRow(
        source=entry.id.source,
        number=str(entry.id.number),
        digest=str(entry.id.digest),
        who=who if entry.row == NEVER else shown(picture, viewer, entry.row),
        words=say_entry(entry.kind, entry.taken_by, entry.keeper, viewer),
        remark="" if unread or entry.void else _remark(picture, viewer, entry),
        void=entry.void,
    )


def _remark(picture: Picture, viewer: Viewer, entry: Entry) -> str:
    """Why a sighting is perhaps of somebody else: nobody has the bib, or its reads say that they were elsewhere."""
    if entry.row == NEVER:
        return said("nobody has this bib: look again if you can")
    if entry.kind != "sighting" or shown(picture, viewer, entry.row).hidden:
        return ""
    doubted = next((one for one in picture.state.doubted if one.id == entry.id), None)
    return said("look again: {why}", why=say_against(picture, doubted)) if doubted else ""


def say_entry(kind: str, taken_by: str, keeper: str, viewer: Viewer) -> str:
    """A fact in words. That somebody is in care is for those who read of health, in which tent for medical; to others
    it is the same word as of whoever left."""
    if kind != "taken-over":
        return ENTERED[kind]
    if taken_by in OFF and viewer.role not in HEALTH_ROLES:
        return WITHDREW
    words = TAKERS[taken_by]
    if not keeper or (taken_by == "care" and viewer.role not in CARE_ROLES):
        return words
    return said("on {bus}", bus=keeper) if taken_by == "bus" else joined((words, keeper), ": ")
