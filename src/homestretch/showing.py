"""The privacy gate for the rows of a Picture: how each entrant is shown, and who may be told of together. Boards and
stories ask here, and nobody asks elsewhere."""

from __future__ import annotations

from homestretch.picture import Picture
from homestretch.race.privacy import Shown, Viewer, is_grown, show
from homestretch.state.snapshot import NEVER


def shown(picture: Picture, viewer: Viewer, row: int) -> Shown:
    """The one form in which this viewer sees the entrant of a row."""
    roster = picture.state.roster
    age = int(roster.age[row])
    return show(
        picture.names.persons.get(roster.entrants[row]),
        roster.bibs[row],
        None if age == NEVER else age,
        viewer,
        picture.event.privacy.unless_told,
        withheld=row in roster.hidden,
    )


def grown(picture: Picture, row: int) -> bool:
    """Whether the entrant of a row counts as 18 or older: of unknown age only where the event takes nobody younger."""
    age = int(picture.state.roster.age[row])
    return is_grown(None if age == NEVER else age, picture.event.privacy.minimum_age)


def may_pair(picture: Picture, one: int, other: int) -> bool:
    """Whether two rows may be told of together: both agreed to be shown with whom they ran, neither said "not this
    person", and of neither the entry is held."""
    if picture.state.is_held(one) or picture.state.is_held(other):
        return False
    persons, entrants = picture.names.persons, picture.state.roster.entrants
    first, second = persons.get(entrants[one]), persons.get(entrants[other])
    if first is None or second is None or not (first.companions and second.companions):
        return False
    return second.entrant not in first.not_with and first.entrant not in second.not_with
