"""What is noteworthy of an entrant: a missing start read, a leg that nobody can run, a point passed too late."""

from __future__ import annotations

import numpy as np

from homestretch.race.event import Event
from homestretch.state.changed import find_on_changed_course
from homestretch.state.flag import Flags
from homestretch.state.ledger import Ledger
from homestretch.state.passings import Passings
from homestretch.state.proofs import Proofs
from homestretch.state.snapshot import Mark, Points, Roster, Status
from homestretch.state.stretches import find_left_out


def mark(
    ledger: Ledger,
    event: Event,
    roster: Roster,
    points: Points,
    passings: Passings,
    proofs: Proofs,
    flags: Flags,
) -> None:
    """Write into the ledger what is noteworthy of each entrant's reads and times."""
    n = len(roster.race)
    rows = np.arange(n)
    has_start = roster.start_point >= 0
    if passings.at.shape[1]:
        start = passings.at[rows, np.maximum(roster.start_point, 0)]
        missing = has_start & (start < 0) & (proofs.at >= 0)
        ledger.marks[missing & ~passings.start_before_gun] |= Mark.NO_START_READ
        ledger.marks[missing & passings.start_before_gun] |= Mark.START_BEFORE_GUN
    ledger.marks[passings.impossible] |= Mark.IMPOSSIBLE_LEG
    ledger.marks[passings.other_course] |= Mark.ON_ANOTHER_COURSE
    away = np.isin(ledger.status, (Status.RIDING, Status.IN_CARE, Status.LEFT, Status.HOME))
    seen = passings.while_carried | proofs.seen_while_carried
    ledger.marks[seen & away] |= Mark.READ_WHILE_CARRIED
    closed_at = points.cutoff_at[roster.race]
    after = (closed_at >= 0) & (passings.at > closed_at)
    for column in np.flatnonzero(after.any(axis=0)):
        after[:, column] &= ~flags.was_quiet(roster.race, passings.at[:, column])
    ledger.marks[after.any(axis=1)] |= Mark.AFTER_A_CUTOFF
    ran = (ledger.marks & int(Mark.MOVED_UP)) == 0
    left_out = find_left_out(event, roster, points, passings.at, flags.planned_to_m)
    ledger.marks[left_out & ran] |= Mark.LEFT_OUT_A_STRETCH
    changed = find_on_changed_course(event, roster, points, passings, proofs, flags)
    ledger.marks[changed] |= Mark.CHANGED_COURSE
