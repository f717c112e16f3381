"""What a person must find out or decide before the day can be over and results can stand."""

from __future__ import annotations

import numpy as np

from homestretch.state.snapshot import Ints, Mark, Question, Status

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


def list_questions(
    status: Ints, marks: Ints, last_proof_at: Ints, keeper: dict[int, str]
) -> tuple[Question, ...]:
    """Every open question, by kind, then by since when."""
    found = [
        Question(kind, row, int(last_proof_at[row]))
        for mark, kind in OF_MARK.items()
        for row in np.flatnonzero(marks & int(mark)).tolist()
    ]
    found += [
        Question(kind, row, int(last_proof_at[row]), keeper.get(row, ""))
        for which, kind in OF_STATUS.items()
        for row in np.flatnonzero(status == which).tolist()
    ]
    return tuple(found)
