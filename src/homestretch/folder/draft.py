"""An event as far as its file could be read: what the checks look at before it becomes an Event."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from homestretch.folder.moments import Day
from homestretch.folder.tables import Table
from homestretch.race.event import Door

SOME_DAY = Day(dt.date(2026, 1, 1), ZoneInfo("UTC"))
"""Stands in while date or zone is unknown, so that the form of times can be checked."""


@dataclass
class Draft:
    """What could be read so far, table by table."""

    event: Table
    races: list[Table] = field(default_factory=list)
    waves: dict[str, list[Table]] = field(default_factory=dict)
    """race id -> its [[race.wave]] tables"""
    points: list[Table] = field(default_factory=list)
    sweep: Table | None = None
    vehicles: list[Table] = field(default_factory=list)
    privacy: Table | None = None
    webhooks: list[Table] = field(default_factory=list)
    awards: Table | None = None
    doors: tuple[Door, ...] = ()
    day: Day = SOME_DAY
    dated: bool = False
    """date and zone are known, so moments mean something"""

    def find_race(self, race_id: str) -> Table | None:
        """The table of a race."""
        return next((race for race in self.races if race.find("id") == race_id), None)

    def list_guns(self, race_id: str) -> list[int]:
        """The guns of a race that could be read, UTC ms, sorted."""
        race = self.find_race(race_id)
        tables = [*([race] if race else []), *self.waves.get(race_id, [])]
        return sorted(table.find("gun") for table in tables if table.find("gun") is not None)
