"""Results as they were when they were declared: the same facts, folded again as of then."""

from __future__ import annotations

from homestretch.facts import Declared, FactId
from homestretch.state.columns import Columns
from homestretch.state.declared import Declaration
from homestretch.state.snapshot import State


class KeptVersions:
    """The states of the versions that were declared. Each is folded once: what had been received by then does not
    change any more. (A fact that is learnt to have come earlier than the log believed begins all anew.)"""

    def __init__(self) -> None:
        self._states: dict[FactId, State] = {}

    def find(
        self, columns: Columns, declared: tuple[Declaration, ...]
    ) -> list[tuple[Declaration, State]]:
        """Each declaration with the state as of its arrival; none from before there was a plan."""
        named = {word.id for word in declared}
        self._states = {name: state for name, state in self._states.items() if name in named}
        for logged, _ in columns.of_kind(Declared):
            if logged.id in named and logged.id not in self._states:
                known = columns.known_at(logged.received_at, logged.seq)
                from homestretch.state.fold import Fold  # compiled: only who folds loads it

                state = Fold(known).state(logged.received_at)
                if state is not None:
                    self._states[logged.id] = state
        return [(word, self._states[word.id]) for word in declared if word.id in self._states]
