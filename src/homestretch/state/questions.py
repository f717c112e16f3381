"""What a person must find out or decide before the day can be over and results can stand."""

from __future__ import annotations

import numpy as np

from homestretch.state.ledger import Ledger
from homestretch.state.snapshot import NEVER, Ints, Mark, Question, Status

OF_STATUS = {
    Status.RIDING: "riding",
    Status.IN_CARE: "in care",
    Status.MOVED_UP: "moved up, on the road",
}
OF_MARK = {
    Mark.SAID_TO_WITHDRAW: "said to withdraw, nobody has taken over",
    Mark.RULED_BUT_OUT: "ruled, but nobody has said where they are",
    Mark.CONTRADICTORY_RULING: "a ruling that contradicts what was seen",
    Mark.READ_WHILE_CARRIED: "read after somebody had taken them over",
    Mark.IMPOSSIBLE_LEG: "a leg faster than anybody runs",
    Mark.ON_ANOTHER_COURSE: "read on another course",
    Mark.OVERDUE: "overdue",
}
SETTLED_BY_A_RULING = int(Mark.ON_ANOTHER_COURSE | Mark.IMPOSSIBLE_LEG)
TWIN = "another entrant holds the same bib"


def list_questions(
    ledger: Ledger, last_proof_at: Ints, twins: list[tuple[int, int]]
) -> tuple[Question, ...]:
    """Every open question, by kind, then by since when, then by row."""
    marks = ledger.marks.copy()
    marks[list(ledger.ruled)] &= ~SETTLED_BY_A_RULING
    found = [
        Question(kind, row, _since(ledger, last_proof_at, row))
        for mark, kind in OF_MARK.items()
        for row in np.flatnonzero(marks & int(mark)).tolist()
    ]
    found += [
        Question(kind, row, _since(ledger, last_proof_at, row), ledger.keeper.get(row, ""))
        for status, kind in OF_STATUS.items()
        for row in np.flatnonzero(ledger.status == status).tolist()
    ]
    found += [Question(TWIN, row, since_at) for row, since_at in twins]
    kinds = {
        kind: order for order, kind in enumerate((*OF_MARK.values(), *OF_STATUS.values(), TWIN))
    }
    return tuple(sorted(found, key=lambda asked: (kinds[asked.kind], asked.since_at, asked.row)))


def _since(ledger: Ledger, last_proof_at: Ints, row: int) -> int:
    proof_at = int(last_proof_at[row])
    return ledger.asked_at.get(row, NEVER) if proof_at == NEVER else proof_at
