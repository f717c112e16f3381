"""How the results of a race stand: provisional and why, or official, which version, and what has changed since.

A version is looked at through today's privacy gate: whoever is hidden, erased or found to be under 18 today is shown
by no version, however old.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import NamedTuple

import msgspec
import numpy as np

from homestretch.boards.flag_words import MONTHS
from homestretch.boards.people import keeps_ledger
from homestretch.errors import NotFound
from homestretch.picture import Picture, Version
from homestretch.race.clock import say_time
from homestretch.race.event import Event, Race
from homestretch.race.privacy import ADULT_AGE, Viewer
from homestretch.race.saying import said, said_n
from homestretch.sharing import once_a_picture
from homestretch.state.questions import OF_MARK
from homestretch.state.snapshot import FINISHERS, NEVER, OPEN, Ints, Mark, Roster, State, Status


class VersionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A version that was declared: its number, when that was received (UTC ms), which is what it stands for, why there is another one, and all that in words."""

    number: int
    declared_at: int
    reason: str
    words: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """``version`` is the number of the one that is on show, 0 while results are provisional; ``newest`` is the last
    that was declared. ``out`` counts who started and is not accounted for."""

    official: bool
    version: int
    newest: int
    words: str
    reason: str
    out: int
    versions: tuple[VersionLine, ...]


def list_versions(picture: Picture, race: Race) -> list[Version]:
    """The versions of a race that were declared, the oldest first."""
    return [version for version in picture.versions if version.word.race == race.id]


def find_standing(picture: Picture, race: Race, number: int = 0) -> Standing:
    """How a race's results stand; with a number that version's, NotFound when there is none."""
    versions = list_versions(picture, race)
    out = len(find_out(picture, race))
    if not versions and not number:
        return Standing(
            official=False,
            version=0,
            newest=0,
            words=_say_provisional(picture, race, out),
            reason="",
            out=out,
            versions=(),
        )
    shown = get_version(picture, race, number)
    line = _line(picture, shown)
    return Standing(
        official=True,
        version=shown.word.number,
        newest=versions[-1].word.number,
        words=line.words,
        reason=line.reason,
        out=out,
        versions=tuple(_line(picture, version) for version in versions),
    )


def get_version(picture: Picture, race: Race, number: int = 0) -> Version:
    """A version of a race, the newest without a number; NotFound when it was never declared or was taken back."""
    versions = list_versions(picture, race)
    found = [one for one in versions if one.word.number == number] if number else versions
    if not found:
        known = ", ".join(str(one.word.number) for one in versions)
        raise NotFound(
            said(
                "There is no version {number} of the results of {race}.",
                number=number,
                race=race.name,
            ),
            said("The versions are: {versions}.", versions=known)
            if known
            else said("These results are provisional."),
        )
    return found[-1]


@once_a_picture
def as_declared(picture: Picture, race: Race, number: int = 0) -> Picture:
    """The Picture with the results of a version in it, the newest without a number; as it is while there is none."""
    if not number and not list_versions(picture, race):
        return picture
    then = get_version(picture, race, number).state
    roster = replace(then.roster, hidden=_find_hidden(picture, then.roster))
    return replace(picture, state=replace(then, roster=roster, words=picture.state.words))


def find_declared(picture: Picture, race: Race, row: int) -> tuple[Picture, int]:
    """The Picture with the newest version, and the row of the same entrant in it; as they are now while there is no
    version, or for who is not in it."""
    declared = as_declared(picture, race)
    now, then = picture.state.roster, declared.state.roster
    if now.key == then.key:
        return declared, row
    entrant = now.entrants[row]
    return (declared, then.entrants.index(entrant)) if entrant in then.entrants else (picture, row)


def find_status(picture: Picture, viewer: Viewer, row: int) -> Status:
    """What became of somebody. Once results are official, a finish in them stands for all others than those who keep
    the ledger until another version takes it away."""
    status = Status(int(picture.state.status[row]))
    race = picture.event.races[int(picture.state.roster.race[row])]
    if status in FINISHERS or keeps_ledger(viewer) or not list_versions(picture, race):
        return status
    declared, there = find_declared(picture, race, row)
    then = Status(int(declared.state.status[there]))
    return then if then in FINISHERS else status


def _find_hidden(picture: Picture, then: Roster) -> frozenset[int]:
    """Rows of an older roster who are withheld today: hidden, no longer entered, or found to be under 18."""
    now = picture.state.roster
    if now.key == then.key:
        other_age = np.flatnonzero(now.age != then.age).tolist()
        return now.hidden | {row for row in other_age if _is_minor(picture, row)}
    row_now = {entrant: row for row, entrant in enumerate(now.entrants)}
    hidden = set()
    for row, entrant in enumerate(then.entrants):
        today = row_now.get(entrant)
        if today is None or today in now.hidden or _is_minor(picture, today):
            hidden.add(row)
    return frozenset(hidden)


def _is_minor(picture: Picture, row: int) -> bool:
    roster = picture.state.roster
    person = picture.names.persons.get(roster.entrants[row])
    return 0 <= int(roster.age[row]) < ADULT_AGE and not (person and person.guardian)


def find_out(picture: Picture, race: Race, *, in_care: bool = True) -> Ints:
    """(k,) rows of who started in a race and is not accounted for, the oldest proof first; ``in_care``: with those whom
    medical has, who are named to those alone who read of health."""
    state, number = picture.state, picture.event.races.index(race)
    waits = np.isin(state.status, OPEN) & (state.finish_at == NEVER)
    if not in_care:
        waits &= state.status != Status.IN_CARE
    found = np.flatnonzero(waits & (state.roster.race == number))
    rows: Ints = found[np.argsort(state.last_proof_at[found], kind="stable")]
    return rows


def list_obstacles(picture: Picture, race: Race) -> tuple[str, ...]:
    """Why the results of a race cannot be declared yet, in sentences for its director; empty: they can."""
    state, number = picture.state, picture.event.races.index(race)
    found: list[str] = []
    found += _name_out(picture, race)
    mine = state.roster.race == number
    opens_ms = race.start_open_min * 60_000
    waiting = (
        mine & (state.status == Status.ENTERED) & (state.roster.gun_at + opens_ms > picture.now)
    )
    if waiting.any():
        found.append(said("A start of this race is still open."))
    if state.quiet[number]:
        found.append(
            said(
                "This race is held back or stopped: say that it goes on, or that it was cancelled."
            )
        )
    if not np.isin(state.status[mine], (Status.FINISHED, Status.FINISHED_LATE)).any():
        found.append(said("Nobody of this race has finished."))
    after = [
        asked.row
        for asked in state.questions
        if asked.kind == OF_MARK[Mark.AFTER_STOP] and mine[asked.row]
    ]
    if after:
        bibs = _name(state, after)
        found.append(said("Finished after the stop and not ruled on: {bibs}.", bibs=bibs))
    protests = [
        one for one in state.words.protests if not one.decision and _is_of(one.row, state, number)
    ]
    if protests:
        against = ", ".join(one.bib for one in protests)
        found.append(said("Protests not decided: against {bibs}.", bibs=against))
    return tuple(found)


def _name_out(picture: Picture, race: Race) -> list[str]:
    """Who is not accounted for, in sentences that anybody may read: who is in care is a number."""
    found: list[str] = []
    out = find_out(picture, race, in_care=False).tolist()
    if out:
        found.append(said("Not accounted for: {bibs}.", bibs=_name(picture.state, out)))
    if kept := len(find_out(picture, race)) - len(out):
        found.append(
            said_n(
                "{count} person waits for a closing word of control or medical.",
                "{count} people wait for a closing word of control or medical.",
                kept,
            )
        )
    return found


def _is_of(row: int, state: State, number: int) -> bool:
    return row != NEVER and int(state.roster.race[row]) == number


MOST_NAMED = 20


def _name(state: State, rows: list[int]) -> str:
    bibs = [state.roster.bibs[row] for row in rows[:MOST_NAMED]]
    named = ", ".join(bibs)
    if len(rows) <= MOST_NAMED:
        return named
    return said("{bibs} and {count} more", bibs=named, count=len(rows) - MOST_NAMED)


class Changed(NamedTuple):
    """What is another one than in the newest version: ``bibs`` of whose time or standing is, and how many have another
    place because of that."""

    bibs: tuple[str, ...] = ()
    moved: int = 0


def find_changed(picture: Picture, race: Race) -> Changed:
    """What has changed in a race since its newest version; nothing while there is none."""
    if not list_versions(picture, race):
        return Changed()
    then, now = get_version(picture, race).state, picture.state
    before, after = _results(picture.event, race, then), _results(picture.event, race, now)
    bibs = {
        entrant: bib
        for state in (then, now)
        for entrant, bib in zip(state.roster.entrants, state.roster.bibs, strict=True)
    }
    changed = [
        entrant
        for entrant in before.keys() | after.keys()
        if before.get(entrant) != after.get(entrant)
    ]
    own = [bibs[one] for one in changed if _own(before.get(one)) != _own(after.get(one))]
    own.sort(key=lambda bib: (len(bib), bib))
    return Changed(tuple(own), len(changed) - len(own))


PLACES = 4
"""So many of the numbers of a result are places."""


def _own(result: tuple[int, ...] | None) -> tuple[int, ...]:
    """A result without what depends on others: the times, and in which tables there is a place at all."""
    if result is None:
        return ()
    return (*(int(place != NEVER) for place in result[:PLACES]), *result[PLACES:])


def _results(event: Event, race: Race, state: State) -> dict[str, tuple[int, ...]]:
    """entrant -> places, times and whether they count, of everybody of a race who has a time or a ruling."""
    number = event.races.index(race)
    rows = np.flatnonzero(state.roster.race == number)
    columns = (
        state.place, state.place_sex, state.place_group, state.place_apart, state.gun_ms, state.net_ms,
    )  # fmt: skip
    table = np.stack([column[rows] for column in columns], axis=1)
    has = (table != NEVER).any(axis=1)
    return {
        state.roster.entrants[row]: tuple(line)
        for row, line, there in zip(rows.tolist(), table.tolist(), has.tolist(), strict=True)
        if there
    }


def _line(picture: Picture, version: Version) -> VersionLine:
    word = version.word
    return VersionLine(
        number=word.number,
        declared_at=word.received_at,
        reason=picture.names.texts.get(word.text_ref or "", ""),
        words=said(
            "Official, version {number}, {moment}",
            number=word.number,
            moment=say_moment(word.received_at, picture.event),
        ),
    )


def say_moment(at: int, event: Event) -> str:
    """``3 May 18:40``"""
    day = dt.datetime.fromtimestamp(at // 1000, event.zone_info)
    month, time = MONTHS[day.month - 1], say_time(at, event.zone_info)
    return said("{day} {month} {time}", day=day.day, month=month, time=time)


def _say_provisional(picture: Picture, race: Race, out: int) -> str:
    state, number = picture.state, picture.event.races.index(race)
    status = state.status[state.roster.race == number]
    if out or np.isin(status, OPEN).any():
        return said("Provisional until everybody who started is accounted for")
    if not np.isin(status, (Status.FINISHED, Status.FINISHED_LATE)).any():
        return said("Provisional")
    return said(
        "Provisional: everybody is accounted for, and the director has not declared them yet"
    )
