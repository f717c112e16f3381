"""The Picture: everything known at one moment, frozen and numbered. Boards are functions of it.

In: a plan, a state, what people agreed to. Out: a value. Never: methods of rooms, stores, clocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homestretch.clocks import ClockCheck
from homestretch.companions.together import Companions
from homestretch.forecast.values import Caught, Forecast, Hindsight
from homestretch.race.course import Course
from homestretch.race.entrant import Person
from homestretch.race.event import Event
from homestretch.state.declared import Declaration
from homestretch.state.snapshot import State


@dataclass(frozen=True, slots=True)
class Names:
    """What may be erased, of what boards show. It stays the same value, and so does ``persons`` in the next one, while
    nothing of it changes: of an event with many entrants it is large."""

    version: int
    """of the people file when something of this changed last"""
    persons: dict[str, Person]
    """entrant -> person; erased ones are absent"""
    texts: dict[str, str]
    """reference -> text, for texts that boards show (the instruction of the flag), and who signed what was entered on pages"""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a race's results that was declared official: the state as it was known when the word came."""

    word: Declaration
    state: State


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything known and forecast at one moment. ``number`` covers facts, people, plan and tick."""

    number: str
    now: int
    event: Event
    course: Course
    state: State
    names: Names
    rehearsal: str = ""
    """what is made up, in words, when this is a rehearsal or a replay"""
    speed: float = 1.0
    clocks: ClockCheck | None = None
    """what the newest check of the clocks found, in a state that may be some seconds older"""
    forecast: Forecast | None = None
    """when everybody comes where, from a state that may be a second older; None until it was made"""
    caught: Caught | None = None
    """who is caught by the sweep, from a state that may be some seconds older"""
    companions: Companions | None = None
    """who is together beyond chance, from a state that may be some seconds older; None until it was looked for"""
    hindsight: tuple[Hindsight, ...] = ()
    """what the forecasts were worth, race by race, once the event is over"""
    people_version: int = -1
    """of the people file that this is made from; grows also with what no board shows (a key, a note that was kept)"""
    versions: tuple[Version, ...] = ()
    """results that were declared official, in the order in which they were; old ones stay"""

    @property
    def provisional(self) -> bool:
        """Whether the results of a race that has entrants are not declared yet."""
        declared = {version.word.race for version in self.versions}
        run = np.bincount(self.state.roster.race, minlength=len(self.event.races))
        races = zip(self.event.races, run.tolist(), strict=False)
        return any(entrants and race.id not in declared for race, entrants in races)
