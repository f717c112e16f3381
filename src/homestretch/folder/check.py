"""The folder on disk: all three files read, checked together, and loaded for the day."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from homestretch.errors import PlanError
from homestretch.folder.asking import check_asking
from homestretch.folder.course_pace import LegPaces, read_paces
from homestretch.folder.course_shape import MADE_BY, Bend, read_bends
from homestretch.folder.doors import NONE_KNOWN
from homestretch.folder.entrants import Entrants, parse_entrants
from homestretch.folder.event_toml import parse_event, parse_hooks
from homestretch.folder.files import everybody_reads
from homestretch.folder.gpx import parse_gpx
from homestretch.folder.hooks import check_hooks
from homestretch.folder.letters import read_letters
from homestretch.folder.moments import say_date
from homestretch.folder.problem import (
    COURSE,
    ENTRANTS,
    EVENT,
    PACE,
    SHAPE,
    Findings,
    Problem,
    Severity,
    in_order,
)
from homestretch.folder.whereabouts import check_whereabouts
from homestretch.race.course import Course
from homestretch.race.event import Event, Plan
from homestretch.race.hooks import Hook

OPEN = Problem(
    file=ENTRANTS,
    line=0,
    what="Everybody on this computer can read this file, with names, births and addresses in it.",
    do=f"Keep it to yourself: chmod go= {ENTRANTS}",
    severity="warning",
)
LARGEST_BYTES = 64_000_000
MOST_SAID = 20
"""Findings that are said when an event starts; all of them are said by ``homestretch check``."""

T = TypeVar("T")


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that can be run. ``problems`` are those that do not stand in the way."""

    event: Event
    course: Course
    entrants: Entrants
    problems: tuple[Problem, ...]

    @property
    def plan(self) -> Plan:
        """What enters the log as the plan."""
        return Plan(event=self.event, course=self.course)

    def say_findings(self, folder: Path) -> list[str]:
        """What whoever starts the event should know: what is to mend first, then what is probably not
        meant, and how many rows were left out; empty when there is nothing. Notes are for ``check``."""
        grave = [problem for problem in self.problems if problem.severity == "error"]
        found = grave + [problem for problem in self.problems if problem.severity == "warning"]
        said = [f"  {problem}" for problem in found[:MOST_SAID]]
        if len(found) > MOST_SAID:
            said.append(f"  {len(found) - MOST_SAID:,} more: homestretch check {folder}")
        if rows := len(self.entrants.left_out):
            were = "1 row is" if rows == 1 else f"{rows:,} rows are"
            said.append(
                f"  {were} left out; the text is kept for 30 days, so that nothing is lost."
            )
        return [f"In the files of {folder}:", *said] if said else []


class _Found(msgspec.Struct, frozen=True):
    event: Event | None
    course: Course | None
    entrants: Entrants
    problems: tuple[Problem, ...]


def check(
    folder: Path, readers: Mapping[str, str] = NONE_KNOWN, now: int | None = None
) -> list[Problem]:
    """Everything that is wrong with the files of a folder, by file and line; never raises.

    ``readers`` are the names that [doors] may have; with ``now`` (UTC ms) a date that is past is named.
    """
    found = _read(folder, readers)
    past = _past(found.event, now) if found.event and now is not None else []
    return list(in_order([*past, *found.problems]))


def _past(event: Event, now: int) -> list[Problem]:
    """A warning when the day of an event is over, also where it goes on past midnight."""
    today = dt.datetime.fromtimestamp(now // 1000, event.zone_info).date()
    date = dt.date.fromisoformat(event.date)
    ends = [at for point in event.points for at in point.cutoff_at.values()]
    if date >= today or max(ends, default=0) >= now:
        return []
    return [
        Problem(
            file=EVENT,
            line=0,
            what=f"The date of the event, {say_date(date)} {date.year}, is past.",
            do="Mend date, unless this is a race of the past.",
            severity="warning",
        )
    ]


def load(folder: Path, readers: Mapping[str, str] = NONE_KNOWN) -> Loaded:
    """The plan and the entrants of a folder; PlanError when event.toml or course.gpx has an error.

    Rows of entrants.csv that had to be left out do not stop an event: they are in ``problems``.
    """
    found = _read(folder, readers)
    errors = [
        problem
        for problem in found.problems
        if problem.severity == "error" and problem.file in (EVENT, COURSE)
    ]
    if errors or found.event is None or found.course is None:
        more = f" And {len(errors) - 1} more." if len(errors) > 1 else ""
        first = str(errors[0]) if errors else f"{folder} has no event."
        raise PlanError(f"{first}{more}", f"To see everything: homestretch check {folder}")
    return Loaded(
        event=found.event, course=found.course, entrants=found.entrants, problems=found.problems
    )


def _read(folder: Path, readers: Mapping[str, str]) -> _Found:
    problems: list[Problem] = []
    if not folder.is_dir():
        what = f"There is no folder {folder}." if not folder.exists() else f"{folder} is no folder."
        found = Problem(
            file=EVENT, line=0, what=what, do=f"Make one with: homestretch new {folder}"
        )
        return _Found(None, None, Entrants(), (found,))
    event = course = None
    entrants = Entrants()
    data = _bytes(folder, EVENT, "homestretch new DIR makes one to edit.", "error", problems)
    if data is not None:
        letters = Findings(EVENT, "lines")
        event, wrong = parse_event(read_letters(data, letters), readers)
        problems += [*letters.list_problems(), *wrong]
        problems += check_hooks(folder, load_hooks(folder))
        problems += check_asking(folder)
    data = _bytes(
        folder,
        COURSE,
        "Draw the course in a route planner and export it as GPX.",
        "error",
        problems,
    )
    if data is not None:
        course, wrong = parse_gpx(data, _longest_m(event))
        problems += wrong
    data = _bytes(folder, ENTRANTS, "Put it there, or import entrants later.", "warning", problems)
    if data is not None:
        entrants = parse_entrants(data, event)
        problems += entrants.problems
        if everybody_reads(folder / ENTRANTS):
            problems.append(OPEN)
    if event is not None and course is not None:
        problems += check_whereabouts(event, course)
    problems += load_bends(folder)[1]
    problems += load_paces(folder)[1]
    return _Found(event, course, entrants, in_order(problems))


def load_bends(folder: Path) -> tuple[tuple[Bend, ...], list[Problem]]:
    """What an earlier edition showed of the course, nothing where there is no such file, and what is wrong
    with it: the race goes on without."""
    return _load_if_there(folder, SHAPE, read_bends)


def load_paces(folder: Path) -> tuple[tuple[LegPaces, ...], list[Problem]]:
    """What an earlier edition showed of the legs, nothing where there is no such file, and what is wrong with
    it: the race goes on without."""
    return _load_if_there(folder, PACE, read_paces)


def _load_if_there(
    folder: Path, name: str, read: Callable[[bytes], tuple[tuple[T, ...], tuple[Problem, ...]]]
) -> tuple[tuple[T, ...], list[Problem]]:
    if not os.path.lexists(folder / name):
        return (), []
    problems: list[Problem] = []
    data = _bytes(folder, name, MADE_BY, "warning", problems)
    there, wrong = read(data) if data is not None else ((), ())
    return there, [*problems, *wrong]


def load_hooks(folder: Path) -> tuple[Hook, ...]:
    """The webhooks of a folder's event.toml: those that could be read."""
    data = _bytes(folder, EVENT, "", "error", [])
    return parse_hooks(read_letters(data, Findings(EVENT, "lines"))) if data is not None else ()


def _longest_m(event: Event | None) -> float | None:
    return max((race.distance_m for race in event.races), default=0.0) or None if event else None


def _bytes(
    folder: Path, name: str, do: str, severity: Severity, problems: list[Problem]
) -> bytes | None:
    """The content of a file, or None and a problem that says why there is none."""
    path = folder / name
    try:
        if path.is_file() and path.stat().st_size <= LARGEST_BYTES:
            return path.read_bytes()
        if path.is_file():
            what, do = f"{name} is far too large.", "Is it the right file?"
        elif path.exists():
            what, do = f"{name} is not a file.", "Take it away and put the file there."
        else:
            what, do = f"There is no {name}.", _other_file(folder, name) or do
    except OSError as error:
        what, do, severity = (
            f"{name} cannot be read: {error.strerror}.",
            "Look at its rights.",
            "error",
        )
    problems.append(Problem(file=name, line=0, what=what, do=do, severity=severity))
    return None


def _other_file(folder: Path, name: str) -> str:
    """A hint when the file seems to be there under another name or in another format."""
    ending = name.rsplit(".", 1)[1]
    sheets = {".xlsx", ".xls", ".ods", ".numbers"} if name == ENTRANTS else set()
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() == f".{ending}":
            return f"Is it {path.name}? Then rename it to {name}."
        if path.suffix.lower() in sheets:
            return f"Open {path.name} in a spreadsheet and save it as CSV (UTF-8) under this name."
    return ""
