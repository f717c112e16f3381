"""Relays: which leg a row runs, and whether each team has one runner for each of its legs.

Rows are kept whatever is wrong with them here: somebody is on the road, and the findings say what to mend.
"""

from __future__ import annotations

import re
from typing import Final

from homestretch.folder.cells import Cells
from homestretch.folder.problem import Findings, all_of
from homestretch.race.event import Race

_LEG: Final = re.compile(r"\d{1,3}")


def count_legs(race: Race) -> int:
    """How many legs a race has; 0 when it is no relay."""
    return max(0, len(race.legs) - 1)


def read_leg(cells: Cells, race: Race | None) -> int | None:
    """The leg that a row names, from 1 on; None for who runs the whole way."""
    said = cells.answer("leg")
    if race is None:
        return None
    last = count_legs(race)
    if not last:
        if said:
            cells.note(f"{race.name} is not a relay, so the leg is not used.")
        return None
    if _LEG.fullmatch(said) and 1 <= int(said) <= last:
        return int(said)
    wrong = (
        f"{race.name} has no leg {int(said)}" if _LEG.fullmatch(said)
        else f"{race.name} is a relay, but the row names no leg of it"
    )  # fmt: skip
    cells.error(
        f"{wrong}; kept as running the whole way.",
        f"Write a number from 1 to {last} into the column leg.",
    )
    return None


class Teams:
    """Who runs which leg of which team, as the rows say."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._lines: dict[tuple[str, str], dict[int, int]] = {}
        """(race, team) -> leg -> line"""
        self._races: dict[str, Race] = {}

    def take(self, cells: Cells, race: Race, team: str, leg: int) -> None:
        """One runner of a leg, who comes."""
        if not team:
            cells.error(
                f"The row runs a leg of {race.name} for no team, so it counts for none.",
                "Write into the column team the same word for all runners of a team.",
            )
            return
        self._races[race.id] = race
        legs = self._lines.setdefault((race.id, team), {})
        first = legs.setdefault(leg, cells.line)
        if first != cells.line:
            cells.error(
                f'Leg {leg} of the team "{team}" is run by the row in line {first} already; both are kept.',
                "Give one of the two another leg, or take away who does not run.",
            )

    def finish(self) -> None:
        """Say which teams lack a runner."""
        for (race_id, team), legs in self._lines.items():
            race = self._races[race_id]
            lacking = [str(leg) for leg in range(1, count_legs(race) + 1) if leg not in legs]
            if lacking:
                said = f"leg {lacking[0]}" if len(lacking) == 1 else f"legs {all_of(lacking)}"
                self._findings.add(
                    min(legs.values()),
                    f'Nobody in this file runs {said} of the team "{team}" in {race.name}.',
                    "Enter who does: a team has a place once all of its legs were run.",
                    "warning",
                )
