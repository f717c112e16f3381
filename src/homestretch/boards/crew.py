"""What the crew of a point sees beside everybody: who comes with why they need a cheer, in one order or the
other; and for the point's own key what it can say, what it said last, and its calls for help."""

from __future__ import annotations

from collections import Counter
from typing import Literal, NamedTuple

import msgspec

from homestretch.boards import Choices, Text
from homestretch.boards.ahead import expected_at
from homestretch.boards.help_calls import Call, list_help
from homestretch.boards.needing import list_needs
from homestretch.boards.together import Together, list_together
from homestretch.picture import Picture
from homestretch.race.event import Point
from homestretch.race.privacy import Shown, Viewer
from homestretch.showing import shown
from homestretch.state.snapshot import Ints

Order = Literal["arrival", "need"]
ROWS, FIRST = 20, 5
LOOKED_AT = 400
"""Of those who come so many are looked at for reasons and clubs."""
CLUBS = 40


class CrewChoices(Choices, frozen=True, kw_only=True):
    """For its crew ``order`` is by arrival or by need, and the people of ``club`` come first."""

    order: Order = "arrival"
    club: Text = ""


class Comers(NamedTuple):
    """``rows`` (k,): who is expected, by the middle of their arrivals; the first ``in_time`` of them in the next
    30 minutes."""

    rows: Ints
    in_time: int

    @property
    def near(self) -> Ints:
        """(k,) whom one can cheer for: those of the next 30 minutes, else the first after that."""
        return self.rows[: min(self.in_time, LOOKED_AT) or FIRST]


class CrewRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who comes: between two moments (UTC ms) in four cases of five, or any minute now; why they need a
    cheer; whether they are of the club that was chosen; when somebody of this point said that they saw them; who is beside
    them, when both agreed."""

    who: Shown
    race: str
    any_minute: bool
    from_at: int
    until_at: int
    why: tuple[str, ...]
    ours: bool
    seen_at: int | None
    together: tuple[Together, ...]


class Crew(msgspec.Struct, frozen=True, kw_only=True):
    """Who comes in the next 30 minutes, for the crew; ``later``: nobody does, and these are the first after that.
    ``clubs`` are those of the people on their way here, the largest first."""

    order: Order
    club: str
    later: bool
    clubs: tuple[str, ...]
    rows: tuple[CrewRow, ...]


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """What a point's own key works with: what to call first, where the point is, its calls, and how many times as fast as life the event's clock runs."""

    emergency_phone: str
    radio_channel: str
    phone: str
    address: str
    speed: float
    calls: tuple[Call, ...]


def make_crew(
    picture: Picture, viewer: Viewer, point: Point, coming: Comers, choices: CrewChoices
) -> Crew:
    """The list of the crew: nobody cheers for who comes in an hour, so it is of the next 30 minutes."""
    order, club, later = choices.order, choices.club, coming.in_time == 0
    near = coming.near.tolist()
    who = {row: shown(picture, viewer, row) for row in coming.rows[:LOOKED_AT].tolist()}
    needs = list_needs(picture, viewer, coming.near, len(near)) if near else ()
    why = {need.who.bib: need.why for need in needs}
    if order == "need":
        place = {bib: number for number, bib in enumerate(why)}
        near = sorted(
            (row for row in near if who[row].bib in place), key=lambda row: place[who[row].bib]
        )
    chosen = sorted(near, key=lambda row: not _is_of(who[row], club))[:ROWS]
    clubs = Counter(one.club for one in who.values() if one.club)
    said = _Said(why, _find_seen(picture, point), club)
    return Crew(
        order=order,
        club=club,
        later=later and bool(chosen),
        clubs=tuple(sorted(clubs, key=lambda name: (-clubs[name], name))[:CLUBS]),
        rows=tuple(_row(picture, viewer, point, row, said) for row in chosen),
    )


def _is_of(who: Shown, club: str) -> bool:
    return bool(club) and who.club.casefold() == club.casefold()


def _find_seen(picture: Picture, point: Point) -> dict[int, int]:
    """row -> when the crew of a point saw them, as far as it was said lately and not taken back."""
    return {
        entry.row: entry.seen_at
        for entry in reversed(picture.state.entries)
        if entry.kind == "sighting" and entry.place == point.id and not entry.void
    }


class _Said(NamedTuple):
    """What is said of people: why they need a cheer, by bib; when they were seen, by row; which club comes first."""

    why: dict[str, tuple[str, ...]]
    seen_at: dict[int, int]
    club: str


def _row(picture: Picture, viewer: Viewer, point: Point, row: int, said: _Said) -> CrewRow:
    who = shown(picture, viewer, row)
    race = picture.event.races[int(picture.state.roster.race[row])]
    expected = expected_at(picture, row, point.id, point.distance_m[race.id])
    assert expected is not None  # they are among those who come
    return CrewRow(
        who=who,
        race=race.name,
        any_minute=expected.soon,
        from_at=expected.from_at,
        until_at=expected.until_at,
        why=said.why.get(who.bib, ()) if who.bib else (),
        ours=_is_of(who, said.club),
        seen_at=None if who.hidden else said.seen_at.get(row),
        together=tuple(one for one in list_together(picture, viewer, row) if one.still),
    )


def is_own(viewer: Viewer, point_id: str) -> bool:
    """Whether this key was made for that point."""
    return viewer.role == "station" and viewer.station == point_id


def make_post(picture: Picture, viewer: Viewer, point: Point) -> Post:
    """What the point's own key works with; the caller has made sure that it is that."""
    event = picture.event
    return Post(
        emergency_phone=event.emergency_phone,
        radio_channel=event.radio_channel,
        phone=event.phone,
        address=point.address,
        speed=picture.speed,
        calls=list_help(picture, viewer),
    )
