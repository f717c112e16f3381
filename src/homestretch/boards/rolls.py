"""Lists of people by what is known of them: who is on each, in which order, and who may see it."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np

from homestretch.boards.words import LEDGER_ROLES
from homestretch.picture import Picture
from homestretch.race.privacy import Role
from homestretch.state.snapshot import Ints, Status

DESK_ROLES: Final[frozenset[Role]] = frozenset(("desk", "control", "director"))
PHONE_ROLES: Final[frozenset[Role]] = frozenset(("control", "director"))

RollName = Literal[
    "start-list", "by-name", "no-packet", "call", "road", "bus", "care", "left", "home", "not-seen",
    "dns", "dnf", "dsq",
]  # fmt: skip


class Roll(NamedTuple):
    """A list: what it is called, who may see it, and the statuses of who is on it (none: by other marks)."""

    words: str
    who: frozenset[Role]
    statuses: tuple[Status, ...] = ()


ROLLS: Final[dict[RollName, Roll]] = {
    "start-list": Roll("Start list by bib", DESK_ROLES | LEDGER_ROLES),
    "by-name": Roll("Start list by name", DESK_ROLES | LEDGER_ROLES),
    "no-packet": Roll("No packet, not seen", DESK_ROLES),
    "call": Roll("Packet, and not seen since: to call", DESK_ROLES),
    "road": Roll("Still out", LEDGER_ROLES, (Status.STARTED, Status.MOVED_UP)),
    "bus": Roll("On the buses", LEDGER_ROLES, (Status.RIDING,)),
    "care": Roll("In care", LEDGER_ROLES, (Status.IN_CARE,)),
    "left": Roll("Left on their own", LEDGER_ROLES, (Status.LEFT,)),
    "home": Roll("Home", LEDGER_ROLES, (Status.HOME,)),
    "not-seen": Roll("Not seen yet", LEDGER_ROLES, (Status.ENTERED,)),
    "dns": Roll("Did not start", LEDGER_ROLES, (Status.DNS,)),
    "dnf": Roll("Did not finish", LEDGER_ROLES, (Status.DNF,)),
    "dsq": Roll("Disqualified", LEDGER_ROLES, (Status.DSQ,)),
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
    found = np.flatnonzero(np.isin(state.status, ROLLS[name].statuses))
    if name == "road":
        found = found[np.argsort(state.last_proof_at[found], kind="stable")]
    return found
