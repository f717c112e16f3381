"""Lists of people by what is known of them: who is on each, in which order, and who may see it."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np

from homestretch.boards.ledger import LISTS
from homestretch.boards.words import HEALTH_ROLES, LEDGER_ROLES
from homestretch.picture import Picture
from homestretch.race.privacy import Role
from homestretch.race.saying import said
from homestretch.state.snapshot import Ints, Status

DESK_ROLES: Final[frozenset[Role]] = frozenset(("desk", "control", "director"))
PHONE_ROLES: Final[frozenset[Role]] = frozenset(("control", "director"))

RollName = Literal["start-list", "by-name", "no-packet", "call", "road", "bus", "care"]


class Roll(NamedTuple):
    """A list: what it is called, and who may see it."""

    words: str
    who: frozenset[Role]


ROLLS: Final[dict[RollName, Roll]] = {
    "start-list": Roll(said("Start list by bib"), DESK_ROLES | LEDGER_ROLES),
    "by-name": Roll(said("Start list by name"), DESK_ROLES | LEDGER_ROLES),
    "no-packet": Roll(said("No packet, not seen"), DESK_ROLES),
    "call": Roll(said("Packet, and not seen since: to call"), DESK_ROLES),
    "road": Roll(said("Still out"), LEDGER_ROLES),
    "bus": Roll(said("On the buses"), LEDGER_ROLES),
    "care": Roll(said("In care"), HEALTH_ROLES),
}


def list_rows(picture: Picture, name: RollName) -> Ints:
    """The rows of who is on a list: by bib, and who is out by the oldest proof."""
    state = picture.state
    if name in ("start-list", "by-name"):
        return np.arange(len(state.roster.bibs))
    if name == "no-packet":
        return np.flatnonzero(~state.collected & (state.status == Status.ENTERED))
    if name == "call":
        return np.flatnonzero(state.to_call)
    found = np.flatnonzero(np.isin(state.status, LISTS[name][1]))
    if name == "road":
        found = found[np.argsort(state.last_proof_at[found], kind="stable")]
    return found
