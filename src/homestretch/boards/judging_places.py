"""Whether a ruling that people share a place can change anything, and if not, why."""

from __future__ import annotations

import numpy as np

from homestretch.facts import PlaceShared
from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.state.ranking import make_rivals
from homestretch.state.snapshot import NEVER, Bools, Ints

MOST_NAMED = 12


def object_to_sharing(picture: Picture, fact: PlaceShared) -> str:
    """Why these do not come to share a place: a place is shared by who came one behind the other in one table of
    results (a race, a sex, an age group, a division). Empty when there is such a table."""
    state = picture.state
    rows = {bib: state.roster.find_row(bib) for bib in fact.bibs}
    if unknown := [bib for bib, row in rows.items() if row is None]:
        return said("Nobody has bib {bib}.", bib=unknown[0][:40])
    found = sorted({row for row in rows.values() if row is not None})
    if len(found) < 2:
        return said("Two different bibs are needed.")
    if placeless := [state.roster.bibs[row] for row in found if not _has_place(picture, row)]:
        bibs = ", ".join(placeless[:MOST_NAMED])
        return said("{bibs}: no place to share, none is given.", bibs=bibs)
    between = [
        _came_between(elapsed, places, key, found)
        for places, key, elapsed in _tables(picture)
        if (places[found] != NEVER).all() and len(set(key[found].tolist())) == 1
    ]
    if not between:
        return said("They stand in no table of results together: a place is shared within one.")
    if any(not others for others in between):
        return ""
    others = min(between, key=len)
    bibs = ", ".join(state.roster.bibs[row] for row in others[:MOST_NAMED])
    if len(others) > MOST_NAMED:
        bibs = said("{bibs} and {count} more", bibs=bibs, count=len(others) - MOST_NAMED)
    return said(
        "Between them came {bibs}: a place is shared by who came one behind the other. Name them as well, or nobody.",
        bibs=bibs,
    )


def _has_place(picture: Picture, row: int) -> bool:
    return any(places[row] != NEVER for places, _, _ in _tables(picture))


def _tables(picture: Picture) -> list[tuple[Ints, Ints, Ints]]:
    """Of each kind of table (n,) places, the key of the table in which they hold, and the time that ranks (ms)."""
    state = picture.state
    rivals = make_rivals(picture.event, state.roster)

    def by(net: Bools) -> Ints:
        return np.where(net, state.net_ms, state.gun_ms)

    ranks, of_groups = by(rivals.by_net), by(rivals.groups_by_net)
    return [
        (state.place, rivals.race, ranks),
        (state.place_sex, rivals.sex, ranks),
        (state.place_group, rivals.group, of_groups),
        (state.place_apart, rivals.apart, ranks),
    ]


def _came_between(elapsed: Ints, places: Ints, key: Ints, rows: list[int]) -> list[int]:
    """The others of a table who came later than the first of these rows and earlier than the last."""
    first, last = int(elapsed[rows].min()), int(elapsed[rows].max())
    here = (key == key[rows[0]]) & (places != NEVER) & (first < elapsed) & (elapsed < last)
    here[rows] = False
    return [int(row) for row in np.flatnonzero(here)]
