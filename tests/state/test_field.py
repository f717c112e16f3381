"""The field is made anew when an entrant, a chip or a strike of one comes, and kept whatever else does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from homestretch.facts import (
    AnyFact,
    Entered,
    FactId,
    Flag,
    Gun,
    Hidden,
    Moved,
    Struck,
    received,
)
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.snapshot import Roster
from homestretch.store.memory import MemoryLog
from tests.state.days import HALF_M, a_day, a_race, at

NOW = at("09:00")


class Folded:
    """A day with three entrants that is folded after each fact."""

    def __init__(self) -> None:
        day = a_day(a_race(), a_race("half", HALF_M))
        for bib in ("1", "2", "3"):
            day.entrant(bib)
        self._log, self._columns, self._number = MemoryLog(), Columns(), 0
        self._fold = Fold(self._columns)
        self._log.append(day.items)
        self.facts: list[FactId] = []

    def roster(self) -> Roster:
        """As it is now."""
        self._columns.take(self._log.read_since(self._columns.last_seq))
        state = self._fold.state(NOW)
        assert state is not None
        return state.roster

    def say(self, fact: AnyFact) -> Roster:
        """The roster after one more fact."""
        self._number += 1
        self._log.append([received(fact, "control", NOW, self._number)])
        self.facts.append(self._log.get(self._log.last_seq()).id)
        return self.roster()


SAID_AT = at("08:30")


@pytest.mark.parametrize(
    "fact",
    [
        Flag(seen_at=SAID_AT, state="held", by="k1"),
        Gun(seen_at=SAID_AT, race="half", wave="nobody's"),
        Struck(seen_at=SAID_AT, source="nowhere", number=1, digest=1, by="k1"),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_what_says_nothing_of_the_entrants_leaves_the_field_as_it_is(fact: AnyFact) -> None:
    day = Folded()
    before = day.roster()
    assert day.say(fact) is before


def test_a_gun_changes_when_its_entrants_started_and_nothing_else() -> None:
    day = Folded()
    before = day.roster()
    after = day.say(Gun(seen_at=at("07:03"), race="marathon", wave="all"))
    assert after.gun_at.tolist() == [at("07:03")] * 3 != before.gun_at.tolist()
    assert after.entrants is before.entrants


def test_a_gun_that_is_struck_out_was_never_heard() -> None:
    day = Folded()
    planned = day.roster().gun_at.tolist()
    day.say(Gun(seen_at=at("07:03"), race="marathon", wave="all"))
    gun = day.facts[-1]
    after = day.say(Struck(seen_at=SAID_AT, **gun._asdict(), by="k1"))
    assert after.gun_at.tolist() == planned


@pytest.mark.parametrize(
    ("fact", "shows"),
    [
        (
            Entered(seen_at=SAID_AT, entrant="e9", bib="9", race="marathon"),
            lambda it: "9" in it.bibs,
        ),
        (
            Moved(seen_at=SAID_AT, bib="2", race="half", by="k1"),
            lambda it: it.race.tolist().count(1) == 1,
        ),
        (Hidden(seen_at=SAID_AT, entrant="e2", by="k1"), lambda it: bool(it.hidden)),
    ],
    ids=["Entered", "Moved", "Hidden"],
)
def test_what_says_something_of_an_entrant_is_seen_and_gone_once_it_is_struck_out(
    fact: AnyFact, shows: Callable[[Roster], bool]
) -> None:
    day = Folded()
    assert not shows(day.roster())
    assert shows(day.say(fact))
    said = day.facts[-1]
    assert not shows(day.say(Struck(seen_at=SAID_AT, **said._asdict(), by="k1")))
