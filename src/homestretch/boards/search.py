"""Finding people by bib, name or club: only by what the viewer may see of them."""

from __future__ import annotations

import numpy as np

from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.race.spelling import name_key
from homestretch.showing import shown
from homestretch.state.snapshot import NEVER, Ints


def find_people(picture: Picture, viewer: Viewer, rows: Ints, asked: str) -> Ints:
    """Those of the rows whose bib is asked for, or whose name, as shown to this viewer, holds every word
    asked for. Who is shown by initials or not at all cannot be found by name; a relay runner is found by
    the name of the team as well, which everybody sees."""
    words = name_key(asked).split()
    if not words:
        return rows
    bib = picture.state.roster.find_row(asked)
    if bib is not None:
        named = [bib] if bib in rows and not shown(picture, viewer, bib).hidden else []
        return np.array(named, np.int64)
    return _keep(
        rows,
        [row for row in _likely(picture, rows, words) if _is_named(picture, viewer, row, words)],
    )


def find_club(picture: Picture, viewer: Viewer, rows: Ints, asked: str) -> Ints:
    """Those of the rows whose club, as shown to this viewer, holds what is asked for."""
    wanted = name_key(asked.strip())
    persons, entrants = picture.names.persons, picture.state.roster.entrants
    likely = [
        row
        for row in rows.tolist()
        if (person := persons.get(entrants[row])) is not None and wanted in name_key(person.club)
    ]
    return _keep(
        rows, [row for row in likely if wanted in name_key(shown(picture, viewer, row).club)]
    )


def _likely(picture: Picture, rows: Ints, words: list[str]) -> list[int]:
    """A wide net, cheap enough for a whole field: the gate decides on what is in it.

    A word with a full stop may be initials, which are looked for in their shown form.
    """
    if any("." in word for word in words):
        return [int(row) for row in rows]
    persons, entrants = picture.names.persons, picture.state.roster.entrants
    longest = max(words, key=len)
    teams = picture.state.roster.team
    return [
        row
        for row in rows.tolist()
        if longest in name_key(teams[row])
        or (
            (person := persons.get(entrants[row])) is not None
            and (longest in name_key(person.last) or longest in name_key(person.first))
        )
    ]


def _is_named(picture: Picture, viewer: Viewer, row: int, words: list[str]) -> bool:
    team = name_key(picture.state.roster.team[row])
    if team and picture.state.roster.leg[row] != NEVER and all(word in team for word in words):
        return True
    who = shown(picture, viewer, row)
    name = name_key(who.name)
    return not who.hidden and all(word in name for word in words)


def _keep(rows: Ints, found: list[int]) -> Ints:
    return rows[np.isin(rows, found)] if found else rows[:0]
