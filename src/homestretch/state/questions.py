"""What a person must find out or decide before the day can be over and results can stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from homestretch.state.ledger import Ledger
from homestretch.state.said import Unheeded
from homestretch.state.snapshot import FINISHERS, NEVER, Bools, Ints, Mark, Question, Status

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
    Mark.LEFT_OUT_A_STRETCH: "perhaps a stretch of the course left out",
    Mark.ON_ANOTHER_COURSE: "read on another course",
    Mark.AFTER_STOP: "finished after the race was stopped",
    Mark.OVERDUE: "overdue",
}
SETTLED_BY_A_RULING = int(Mark.ON_ANOTHER_COURSE | Mark.IMPOSSIBLE_LEG | Mark.LEFT_OUT_A_STRETCH)
TWIN = "another entrant holds the same bib"
OF_NOBODY = {
    "withdrawn": "somebody stops with a bib that nobody has",
    "taken-over": "somebody was taken over with a bib that nobody has",
    "ruled": "a ruling about a bib that nobody has",
    "sighting": "somebody was seen with a bib that nobody has",
    "collected": "a packet was handed out with a bib that nobody has",
}


def list_questions(
    ledger: Ledger,
    last_proof_at: Ints,
    twins: list[tuple[int, int]],
    of_nobody: Sequence[Unheeded] = (),
) -> tuple[Question, ...]:
    """Every open question, by kind, then by since when, then by row."""
    marks = ledger.marks.copy()
    marks[list(ledger.ruled)] &= ~SETTLED_BY_A_RULING
    marks[~waits_for_a_place(ledger)] &= ~int(Mark.AFTER_STOP)
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
    first: dict[tuple[str, str], int] = {}
    for word in of_nobody:  # of one bib it is one question, however often it was said
        about = (OF_NOBODY[word.kind], word.bib)
        first[about] = min(first.get(about, word.seen_at), word.seen_at)
    found += [Question(kind, NEVER, since_at, bib) for (kind, bib), since_at in first.items()]
    order = (*OF_NOBODY.values(), *OF_MARK.values(), *OF_STATUS.values(), TWIN)
    kinds = {kind: place for place, kind in enumerate(order)}
    return tuple(
        sorted(
            found, key=lambda asked: (kinds[asked.kind], asked.since_at, asked.row, asked.detail)
        )
    )


def waits_for_a_place(ledger: Ledger) -> Bools:
    """(n,) who finished after a stop and is not ruled on: whether they are ranked is the director's word."""
    waits: Bools = (ledger.marks & int(Mark.AFTER_STOP)) != 0
    waits &= np.isin(ledger.status, FINISHERS) & ~ledger.ruled_after_stop
    waits[list(ledger.ruled)] = False
    return waits


def _since(ledger: Ledger, last_proof_at: Ints, row: int) -> int:
    proof_at = int(last_proof_at[row])
    return ledger.asked_at.get(row, NEVER) if proof_at == NEVER else proof_at
