"""Every setting of event.toml: docs/event-folder.md has a section for each table and a line for each."""

from __future__ import annotations

from typing import Final, NamedTuple, get_args

from homestretch.folder.values import (
    DATE,
    DISTANCE,
    ID,
    LANGUAGE,
    MOMENT,
    NAMES,
    OPTIONAL_TEXT,
    PACE,
    TEXT,
    YES_OR_NO,
    ZONE,
    Form,
    by_race,
    choice,
    number,
)
from homestretch.race.event import VehicleKind
from homestretch.race.hooks import HOOK_ROLES


class Setting(NamedTuple):
    """One setting: its key, its kind of value, and an example as it is written."""

    key: str
    form: Form
    example: str
    required: bool = False


TABLES: Final[dict[str, tuple[Setting, ...]]] = {
    "event": (
        Setting("id", ID, '"three-rivers"', required=True),
        Setting("name", TEXT, '"Three Rivers Marathon"', required=True),
        Setting("date", DATE, "2026-05-03", required=True),
        Setting("zone", ZONE, '"America/New_York"', required=True),
        Setting("units", choice("mi", "km"), '"mi"'),
        Setting("language", LANGUAGE, '"de"'),
        Setting("phone", OPTIONAL_TEXT, '"+1 412 555 0100"'),
        Setting("emergency_phone", OPTIONAL_TEXT, '"911"'),
        Setting("radio_channel", OPTIONAL_TEXT, '"3"'),
        Setting("note", OPTIONAL_TEXT, '"Roads open again at 14:30."'),
        Setting("dead_time_s", number(0, 3600, "seconds"), "60"),
    ),
    "race": (
        Setting("id", ID, '"marathon"', required=True),
        Setting("name", TEXT, '"Marathon"', required=True),
        Setting("aliases", NAMES, '["1", "Full Marathon"]'),
        Setting("distance_m", number(100, 1_000_000, "metres"), "42195", required=True),
        Setting("gun", MOMENT, "07:00:00"),
        Setting("places_by", choice("gun", "net"), '"gun"'),
        Setting("groups_by", choice("gun", "net"), '"net"'),
        Setting("legs", NAMES, '["10k", "half", "30k"]'),
        Setting("start_open_min", number(1, 24 * 60, "minutes"), "60"),
        Setting("fastest_pace", PACE, '"2:40/km"'),
    ),
    "race.wave": (
        Setting("name", TEXT, '"A"', required=True),
        Setting("gun", MOMENT, "07:00:00", required=True),
        Setting("division", OPTIONAL_TEXT, '"wheelchair"'),
    ),
    "point": (
        Setting("id", ID, '"10k"', required=True),
        Setting("name", TEXT, '"10K"'),
        Setting("kind", choice("mat", "station"), '"station"'),
        Setting(
            "distance_m", by_race(DISTANCE), "{ marathon = 10000, half = 10000 }", required=True
        ),
        Setting("cutoff", by_race(MOMENT), "{ marathon = 09:10:00 }"),
        Setting("devices", NAMES, '["10K-1", "10K-2"]'),
        Setting("address", OPTIONAL_TEXT, '"Liberty Avenue at 40th Street"'),
    ),
    "sweep": (
        Setting("race", ID, '"marathon"', required=True),
        Setting("pace", PACE, '"15:48/mi"', required=True),
        Setting("starts", MOMENT, "07:40:00", required=True),
        Setting("vehicle", TEXT, '"sweep"'),
    ),
    "vehicle": (
        Setting("name", TEXT, '"lead-car"', required=True),
        Setting("kind", choice(*get_args(VehicleKind)), '"lead"', required=True),
        Setting("ids", NAMES, '["LC", "48241179"]'),
        Setting("race", ID, '"marathon"'),
    ),
    "privacy": (
        Setting("unless_told", choice("name", "initials", "hidden"), '"initials"'),
        Setting("minimum_age", number(0, 120, "years"), "18"),
    ),
    "webhook": (
        Setting("name", ID, '"results-site"', required=True),
        Setting("url", TEXT, '"https://club.example/hooks/race"', required=True),
        Setting("kinds", NAMES, '["finish", "results"]'),
        Setting("role", choice(*HOOK_ROLES), '"announcer"'),
        Setting("private_net", YES_OR_NO, "true"),
    ),
    "awards": (
        Setting("podium", number(1, 20, "places"), "3"),
        Setting("protest_min", number(0, 7 * 24 * 60, "minutes"), "30"),
    ),
    "doors": (),
}
"""The tables of the file and their settings; ``[doors]`` has one for each reader."""

REPEATED: Final = frozenset({"race", "race.wave", "point", "vehicle", "webhook"})
"""Tables of which there can be several, written with double brackets."""


def heading(table: str) -> str:
    """How a table's heading is written."""
    return f"[[{table}]]" if table in REPEATED else f"[{table}]"
