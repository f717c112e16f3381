"""A good folder, and ways to spoil it."""

from __future__ import annotations

import datetime as dt

from homestretch.folder.event_toml import parse_event
from homestretch.folder.problem import Problem
from homestretch.folder.start import new_texts
from homestretch.race.event import Event

DATE = dt.date(2026, 5, 3)
TEXTS = new_texts(DATE)
EVENT_TOML = TEXTS["event.toml"]
COURSE_GPX = TEXTS["course.gpx"]
ENTRANTS_CSV = TEXTS["entrants.csv"]


def good_event() -> Event:
    """The event of the fresh folder: a half marathon with waves and a 10K."""
    event, problems = parse_event(EVENT_TOML)
    assert event is not None
    assert problems == []
    return event


def spoilt(text: str, old: str, new: str) -> str:
    """The text with one piece replaced; the piece must be there."""
    assert old in text, old
    return text.replace(old, new, 1)


def line_of(text: str, piece: str) -> int:
    """The line (from 1) in which a piece stands first."""
    return text[: text.index(piece)].count("\n") + 1


def errors_of(problems: list[Problem] | tuple[Problem, ...]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error"]
