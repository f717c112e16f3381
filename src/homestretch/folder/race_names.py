"""Which race, wave and division the words of an entrants file mean."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import TypeAlias

from homestretch.folder.cells import Cells
from homestretch.folder.columns import ABSENT, Columns, heading_key
from homestretch.folder.csv_rows import Row
from homestretch.race.event import Event, Race

_SAMPLE = 1000
_ALIAS = " If one of them is meant, write that among the aliases of its [[race]] in event.toml."

RaceOfBib: TypeAlias = Callable[[str], str]


class RaceNames:
    """The races of an event under every name that a file may give them. ``elsewhere`` says in which race a
    bib is whose row names none: its id, empty when nobody knows."""

    def __init__(
        self, event: Event, columns: Columns, rows: list[Row], elsewhere: RaceOfBib
    ) -> None:
        self._elsewhere = elsewhere
        self._races = event.races
        self._by_name: dict[str, Race] = {}
        for race in reversed(event.races):
            for name in (*race.aliases, race.name, race.id):
                self._by_name[heading_key(name)] = race
        self._waves = {race.id: _waves_by_name(race) for race in event.races}
        self._divisions = {
            race.id: {
                heading_key(wave.division): wave.division for wave in race.waves if wave.division
            }
            for race in event.races
        }
        self._column, matches = self._choose_column(columns, rows)
        self.trusts_column = len(event.races) > 1 or matches > 0
        """a column that names no race of a one-race event does not speak of races"""

    def find_race(self, cells: Cells, bib: str) -> Race | None:
        """The race of a row; None is said."""
        said = "" if self._column is None or not self.trusts_column else cells.at(self._column)
        if not said:
            if len(self._races) == 1:
                return self._races[0]
            if known := self._by_name.get(heading_key(self._elsewhere(bib))):
                return known
            cells.error(
                "The row names no race and is left out.", f"The races are: {self._known()}."
            )
            return None
        race = self._by_name.get(heading_key(said))
        if race is None:
            guess = "" if said.isdigit() else heading_key(said)  # a number is another system's
            near = get_close_matches(guess, list(self._by_name), 1, 0.5)
            meant = f' Did you mean "{self._by_name[near[0]].name}"?' if near else ""
            cells.error(
                f'There is no race "{said[:40]}", so the row is left out.',
                f"The races are: {self._known()}.{meant or _ALIAS}",
            )
        return race

    def find_wave(self, cells: Cells, race: Race) -> str:
        """The wave's name as event.toml writes it, empty when the row names none that is known."""
        said = cells.answer("wave")
        if not said:
            return ""
        waves = self._waves[race.id]
        wave = waves.get(heading_key(said), "")
        if not wave and len(race.waves) == 1:
            cells.note(f"{race.name} has one start, so the wave is not used.")
        elif not wave:
            names = ", ".join(wave.name for wave in race.waves)
            cells.error(
                f'{race.name} has no wave "{said[:40]}"; kept, and counted in its first wave.',
                f"The waves are: {names}.",
            )
        return wave

    def find_division(self, cells: Cells, race: Race, wave: str) -> str:
        """The division of a row: named by itself, or by the wave that belongs to it."""
        known = self._divisions[race.id]
        said = [cell for cell in (cells.answer("division"), cells.answer("category")) if cell]
        for cell in said:
            if heading_key(cell) in known:
                return known[heading_key(cell)]
        if known and wave:
            for each in race.waves:
                if each.name == wave and each.division:
                    return each.division
        for cell in said:
            near = get_close_matches(heading_key(cell), list(known), 1, 0.75)
            if near:
                cells.warn(
                    f'"{cell[:40]}" is not a division of {race.name}; counted among the runners.',
                    f'Did you mean "{known[near[0]]}"?',
                )
                return ""
        if said and cells.answer("division"):
            cells.note(
                "The division has no start of its own and is not used; age groups follow from ages."
            )
        return ""

    def say_missing_wave(self, cells: Cells, race: Race, wave: str, division: str) -> None:
        """A finding when it is not clear which gun counts for a row."""
        if wave or division or cells.answer("wave"):
            return
        open_to_all = [each.name for each in race.waves if not each.division]
        if len(open_to_all) > 1:
            cells.warn(
                f"The row names no wave of {race.name}; counted in the first, {open_to_all[0]}.",
                f"Fill in the column wave: {', '.join(open_to_all)}.",
            )

    def _known(self) -> str:
        return ", ".join(race.name or race.id for race in self._races)

    def _choose_column(self, columns: Columns, rows: list[Row]) -> tuple[int | None, int]:
        """The column that names races of this event most often, and how often in the first rows."""
        candidates = list(columns.races)
        if columns.position["category"] != ABSENT:
            candidates.append(columns.position["category"])
        best, most = (columns.races[0] if columns.races else None), 0
        for position in candidates:
            said = [row.cells[position] for row in rows[:_SAMPLE] if position < len(row.cells)]
            matches = sum(heading_key(cell) in self._by_name for cell in said)
            if matches > most:
                best, most = position, matches
        return best, most


def _waves_by_name(race: Race) -> dict[str, str]:
    names: dict[str, str] = {}
    for wave in reversed(race.waves):
        key = heading_key(wave.name)
        for alias in (key.removeprefix("wave"), f"wave{key}", key):
            if alias:
                names[alias] = wave.name
    return names
