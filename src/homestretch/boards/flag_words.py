"""The state of the course in a sentence, and the day in words."""

from __future__ import annotations

import datetime as dt
from typing import Final

from homestretch.facts import FlagState
from homestretch.race.saying import Said, said

WEEKDAYS: Final = (
    said("Monday"),
    said("Tuesday"),
    said("Wednesday"),
    said("Thursday"),
    said("Friday"),
    said("Saturday"),
    said("Sunday"),
)
MONTHS: Final = (
    said("January"),
    said("February"),
    said("March"),
    said("April"),
    said("May"),
    said("June"),
    said("July"),
    said("August"),
    said("September"),
    said("October"),
    said("November"),
    said("December"),
)


def say_date(day: dt.date) -> Said:
    """``Sunday, 3 May``"""
    weekday, month = WEEKDAYS[day.weekday()], MONTHS[day.month - 1]
    return said("{weekday}, {day} {month}", weekday=weekday, day=day.day, month=month)


def say_flag_since(state: FlagState, time: str, where: Said | None) -> Said:
    """What holds since a time of day; ``where`` is the distance from which on a course was changed."""
    if where is not None and state == "rerouted":
        return said("The course is rerouted from {where} on since {time}.", where=where, time=time)
    if where is not None and state == "shortened":
        return said("The course is shortened from {where} on since {time}.", where=where, time=time)
    return {
        "open": said("The course is open."),
        "delayed": said("The start is delayed."),
        "hold": said("The race is on hold since {time}.", time=time),
        "sheltering": said("The race is held since {time}: everybody takes shelter.", time=time),
        "stopped": said("The race was stopped at {time}.", time=time),
        "cancelled": said("The race was cancelled at {time}.", time=time),
        "rerouted": said("The course is rerouted since {time}.", time=time),
        "shortened": said("The course is shortened since {time}.", time=time),
        "resumed": said("The race goes on since {time}.", time=time),
    }[state]
