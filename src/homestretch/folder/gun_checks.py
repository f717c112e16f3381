"""What is wrong with guns and with the fastest pace, each of which is right by itself."""

from __future__ import annotations

import datetime as dt
from typing import Final

from homestretch.folder.draft import Draft
from homestretch.folder.moments import say_date
from homestretch.folder.tables import Table
from homestretch.race.clock import say_pace

LONG_AFTER_MS: Final = 10 * 3_600_000
"""A gun so long after the first one is probably a slip: of half a day (21:10 for 9:10), or of a day."""
SLOWEST_RECORD_S_PER_KM: Final = 240.0
LAST_DAY: Final = dt.timedelta(days=3)


def check_guns(draft: Draft) -> None:
    """Report guns that do not go off on the day of the event, or long after the others."""
    guns = [(table, table.find("gun")) for table in _starts(draft)]
    said = [(table, gun_at) for table, gun_at in guns if gun_at is not None]
    if not draft.dated or not said:
        return
    day = draft.day
    in_days = [gun_at for _, gun_at in said if _is_of_the_event(gun_at, draft)]
    first_at = min(in_days, default=0)
    for table, gun_at in said:
        if gun_at not in in_days:
            _say_another_date(table, gun_at, draft)
        elif gun_at - first_at > LONG_AFTER_MS:
            hours = round((gun_at - first_at) / 3_600_000)
            table.say(
                f"The gun goes off at {day.say(gun_at)}, {hours} hours after the first one at "
                f"{day.say(first_at)}.",
                "Mend it if that is not meant: 09:10:00 is in the morning of the event's date.",
                "gun",
                severity="warning",
            )
        elif gun_at == first_at and day.local(gun_at).date() != day.date:
            table.say(
                f"The first gun goes off at {day.say(gun_at)}; the event is on {say_date(day.date)}.",
                "Mend the gun, or write the date on which the event begins.",
                "gun",
                severity="warning",
            )


def check_fastest_pace(race: Table, draft: Draft) -> None:
    """Report a fastest pace that people do run: their reads would not be used."""
    fastest = race.find("fastest_pace")
    if fastest is None:
        return
    units = draft.event.find("units") or "km"
    closing = draft.sweep.find("pace") if draft.sweep else None
    if closing is not None and fastest >= closing:
        what = f"is slower than the closing pace of {say_pace(closing, units)}"
    elif fastest > SLOWEST_RECORD_S_PER_KM:
        what = "is a pace at which many people run"
    else:
        return
    race.say(
        f"fastest_pace = {say_pace(fastest, units)} {what}, but a read of whoever is faster is not used.",
        'Write what nobody can run, such as "2:40/km", or take the line away.',
        "fastest_pace",
    )


def _starts(draft: Draft) -> list[Table]:
    waves = [wave for race in draft.races for wave in draft.waves.get(race.find("id") or "", [])]
    return [*draft.races, *waves]


def _is_of_the_event(gun_at: int, draft: Draft) -> bool:
    local = draft.day.local(gun_at).date()
    return draft.day.date <= local <= draft.day.date + LAST_DAY


def _say_another_date(table: Table, gun_at: int, draft: Draft) -> None:
    table.say(
        f"The gun goes off on {draft.day.local(gun_at).date()}, but the event is on {draft.day.date}.",
        "Mend the gun or the date of the event.",
        "gun",
    )
