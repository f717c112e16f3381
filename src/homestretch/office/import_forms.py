"""Results as tables in the forms that other systems import: RunSignup, RACE RESULT, UltraSignup, OpenSplitTime.

The public form has who may be named on a page, finishers alone; a private entrant is left out, because these
systems know people by bib or name. In full it has everybody, for the director. Times are the official ones, by the
next-longer-second rule, so that every system shows the same. Headings as those systems write them themselves.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from homestretch.boards.finishers import AFTER_STOP, NAMES, place_of
from homestretch.office.cells import safe
from homestretch.office.result_rows import list_columns, list_rows
from homestretch.picture import Picture
from homestretch.race.clock import whole_seconds
from homestretch.race.entrant import Person
from homestretch.race.event import Race
from homestretch.race.privacy import Viewer
from homestretch.showing import shown
from homestretch.state.snapshot import NEVER, Status

RACERESULT_STATUS: Final = {
    Status.DSQ: "2",
    Status.DNF: "3", Status.RIDING: "3", Status.IN_CARE: "3", Status.LEFT: "3", Status.HOME: "3",
    Status.DNS: "4",
}  # fmt: skip
"""0 regular, 1 out of competition, 2 DSQ, 3 DNF, 4 DNS, 5 no-show."""
ULTRASIGNUP_STATUS: Final = {
    Status.DNF: "2", Status.RIDING: "2", Status.IN_CARE: "2", Status.LEFT: "2", Status.HOME: "2",
    Status.DNS: "3", Status.ENTERED: "3",
    Status.DSQ: "5",
}  # fmt: skip
"""1 finished, 2 DNF, 3 DNS, 4 unofficial finish, 5 disqualified."""


class Line(NamedTuple):
    """One entrant, as far as this form may tell: ``gun`` and ``net`` are empty without a finish, ``age`` in the
    public form; ``splits`` are in the order of the mats behind the start."""

    place: str
    table: str
    bib: str
    first: str
    last: str
    sex: str
    age: str
    club: str
    town: str
    region: str
    country: str
    competes: bool
    status: Status
    gun: str
    net: str
    team: str
    splits: tuple[str, ...]


def import_text(form: str, picture: Picture, race: Race, full: bool) -> str:
    """The results of a race as the table that the system ``form`` imports."""
    rows = list(list_lines(picture, race, full))
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(
        [safe(cell) for cell in cells] for cells in FORMS[form](picture, race, rows)
    )
    return text.getvalue()


def list_lines(picture: Picture, race: Race, full: bool) -> Iterable[Line]:
    """Everybody whom this form may tell, in the order of the results."""
    viewer = Viewer("director" if full else "public")
    columns = list_columns(picture, race)
    for row, table in list_rows(picture, race, full):
        if not full and picture.state.roster.leg[row] != NEVER:
            yield _team(picture, row, table)
        elif not shown(picture, viewer, row).hidden:
            yield _line(picture, viewer, row, table, columns, full)


def count_left_out(picture: Picture, race: Race) -> int:
    """How many finishers the public form leaves out."""
    roster, public = picture.state.roster, Viewer()
    return sum(
        bool(roster.leg[row] == NEVER) and shown(picture, public, row).hidden
        for row, _ in list_rows(picture, race, False)
    )


def _team(picture: Picture, row: int, table: str) -> Line:
    """A relay team in the public form, by the row of its last leg: its name and the time of the gun."""
    state = picture.state
    gun, team = _clock(int(state.gun_ms[row])), state.roster.team[row] or "team"
    status = Status(int(state.status[row]))
    return Line(
        place=str(place_of(picture, row) or ""), table=table, bib="", first=team, last="", sex="", age="",
        club="", town="", region="", country="", competes=True, status=status, gun=gun, net=gun, team=team,
        splits=(),
    )  # fmt: skip


def _line(
    picture: Picture, viewer: Viewer, row: int, table: str, columns: list[int], full: bool
) -> Line:
    state, roster = picture.state, picture.state.roster
    who = shown(picture, viewer, row)
    person = picture.names.persons.get(roster.entrants[row]) or Person(entrant="")
    first, last = _names(who.name, person)
    age, gun_ms, net_ms = int(roster.age[row]), int(state.gun_ms[row]), int(state.net_ms[row])
    return Line(
        place=str(place_of(picture, row) or ""),
        table=table,
        bib=who.bib,
        first=first,
        last=last,
        sex=(roster.sex[row] or "").upper(),
        age=str(age) if full and age != NEVER else "",
        club=who.club,
        town=who.town,
        region=person.region if full else "",
        country=person.country if full else "",
        competes=roster.role[row] == "runner",
        status=Status(int(state.status[row])),
        gun=_clock(gun_ms),
        net=_clock(net_ms),
        team=roster.team[row],
        splits=_splits(picture, row, columns),
    )


def _names(name: str, person: Person) -> tuple[str, str]:
    """First and last name of the one form in which somebody is shown: ``A. B.`` has two parts as well."""
    if name == f"{person.first} {person.last}".strip():
        return person.first, person.last
    first, _, last = name.partition(" ")
    return first, last


def _splits(picture: Picture, row: int, columns: list[int]) -> tuple[str, ...]:
    state = picture.state
    start_at = int(state.start_at[row])
    return tuple(
        _clock(int(state.passed_at[row, column]) - start_at)
        if NEVER not in (start_at, state.passed_at[row, column])
        else ""
        for column in columns
    )


def _clock(ms: int) -> str:
    """``01:23:45``; empty when there is no time."""
    if ms == NEVER:
        return ""
    seconds = whole_seconds(ms)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _number(race: Race) -> str:
    """What other systems number a race with: its alias that is a number, else its id."""
    return next((alias for alias in race.aliases if alias.isdecimal()), race.id)


def _set_name(race: Race, table: str) -> str:
    return f"{race.name} {table}" if table else race.name


Rows = Iterable[Iterable[str]]


def _runsignup(_picture: Picture, race: Race, lines: Iterable[Line]) -> Rows:
    yield ("bib_num", "place", "clock_time", "chip_time", "event_id", "result_set_name")
    for it in lines:
        if it.gun and it.bib:
            gun, net = f"{it.gun}.00", f"{it.net}.00"
            yield (it.bib, it.place, gun, net, _number(race), _set_name(race, it.table))


def _race_result(picture: Picture, race: Race, lines: Iterable[Line]) -> Rows:
    yield (
        "Bib", "Lastname", "Firstname", "Gender", "Contest", "Club", "Status", "City", "State", "Country",
        "Place", "Gun Time", "Chip Time",
    )  # fmt: skip
    for it in lines:
        yield (
            it.bib, it.last, it.first, it.sex.lower(), _number(race), it.club, _race_result_status(it, picture.state.over),
            it.town, it.region, it.country, it.place, it.gun, it.net,
        )  # fmt: skip


def _race_result_status(it: Line, over: bool) -> str:
    if over and it.status == Status.ENTERED:
        return "5"
    status = "0" if it.gun else RACERESULT_STATUS.get(it.status, "0")
    return "1" if status == "0" and not it.competes else status


def _ultrasignup(_picture: Picture, race: Race, lines: Iterable[Line]) -> Rows:
    """It takes no column beside these, and for relays the team alone."""
    if race.legs:
        yield ("place", "time", "team")
        for it in lines:
            if it.place and it.team:
                yield (it.place, it.gun, it.team)
        return
    yield (
        "place",
        "time",
        "first",
        "last",
        "age",
        "gender",
        "city",
        "state",
        "dob",
        "bib",
        "status",
    )
    by_net = race.places_by == "net"
    for it in lines:
        status = "1" if it.gun else ULTRASIGNUP_STATUS.get(it.status, "")
        status = "4" if it.gun and it.table == NAMES[AFTER_STOP] else status
        if status:
            yield (
                it.place, it.net if by_net else it.gun, it.first, it.last, it.age, it.sex, it.town, it.region,
                "", it.bib, status,
            )  # fmt: skip


def _opensplittime(picture: Picture, race: Race, lines: Iterable[Line]) -> Rows:
    """Birthdate, Email and Phone are headings that it wants, and nothing of results: they stay empty."""
    points = [picture.state.points.names[column] for column in list_columns(picture, race)]
    yield (
        "First Name", "Last Name", "Gender", "Birthdate", "Age", "Email", "Phone", "City", "State", "Country",
        "Bib Number", "Event Name", "Start", *points,
    )  # fmt: skip
    sexes = {"F": "female", "M": "male", "X": "nonbinary"}
    for it in lines:
        start = "00:00:00" if any(it.splits) else ""
        yield (
            it.first, it.last, sexes.get(it.sex, ""), "", it.age, "", "", it.town, it.region, it.country,
            it.bib, race.name, start, *it.splits,
        )  # fmt: skip


FORMS: Final[dict[str, Callable[[Picture, Race, Iterable[Line]], Rows]]] = {
    "runsignup": _runsignup,
    "raceresult": _race_result,
    "ultrasignup": _ultrasignup,
    "opensplittime": _opensplittime,
}
"""What ``--form`` can name beside csv, json and html."""
