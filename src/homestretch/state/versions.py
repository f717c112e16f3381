"""Results as they were when they were declared: the same facts, folded again as of then."""

from __future__ import annotations

from homestretch.state.columns import Columns
from homestretch.state.declared import Declaration
from homestretch.state.fold import Fold
from homestretch.state.snapshot import State


class KeptVersions:
    """The states of the versions that were declared. Each is folded once: what had been received by then does not
    change any more. (A fact that is learnt to have come earlier than the log believed begins all anew.)"""

    def __init__(self) -> None:
        self._states: dict[int, State] = {}

    def find(
        self, columns: Columns, declared: tuple[Declaration, ...]
    ) -> list[tuple[Declaration, State]]:
        """Each declaration with the state as of its arrival; none from before there was a plan."""
        moments = {word.received_at for word in declared}
        self._states = {at: state for at, state in self._states.items() if at in moments}
        for at in sorted(moments - self._states.keys()):
            state = Fold(columns.known_at(at)).state(at)
            if state is not None:
                self._states[at] = state
        states = self._states
        return [(word, states[word.received_at]) for word in declared if word.received_at in states]
