"""What is wrong in a file of the folder: where, what, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

EVENT, COURSE, ENTRANTS = "event.toml", "course.gpx", "entrants.csv"
SHAPE = "course-shape.csv"
PACE = "course-pace.json"
_ORDER = {EVENT: 0, COURSE: 1, ENTRANTS: 2}
_NAMED_LINES = 8
MOST_PROBLEMS = 500
"""More findings than this in one file help nobody; the gravest are listed."""

Severity: TypeAlias = Literal["error", "warning", "note"]
"""error: must be put right, or something is left out; warning: probably not what is meant; note: how
something unusual was understood."""

_GRAVITY: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One finding. ``line`` counts from 1; 0 means the file as a whole."""

    file: str
    line: int
    what: str
    do: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        grade = "" if self.severity == "error" else f" ({self.severity})"
        return f"{where}{grade}: {self.what} {self.do}".rstrip()


class WrongError(Exception):
    """A value that cannot be understood; only used inside this room, where it becomes a Problem."""

    def __init__(self, what: str, do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.do = do


class Findings:
    """Problems of one file as they are found; findings of one kind in many lines become one Problem.

    ``things`` says what the lines of such a Problem hold.
    """

    def __init__(self, file: str, things: str = "rows") -> None:
        self.file = file
        self._things = things
        self._single: list[Problem] = []
        self._many: dict[tuple[str, str, Severity], list[int]] = {}

    def add(self, line: int, what: str, do: str = "", severity: Severity = "error") -> None:
        """A finding that stands for itself."""
        self._single.append(Problem(file=self.file, line=line, what=what, do=do, severity=severity))

    def gather(self, line: int, what: str, do: str = "", severity: Severity = "error") -> None:
        """A finding that may come again word for word in other lines."""
        self._many.setdefault((what, do, severity), []).append(line)

    def list_problems(self) -> tuple[Problem, ...]:
        """Everything found, in the order of lines."""
        gathered = [
            Problem(
                file=self.file,
                line=lines[0],
                what=_say_lines(what, lines, self._things),
                do=do,
                severity=severity,
            )
            for (what, do, severity), lines in self._many.items()
        ]
        found = sorted([*self._single, *gathered], key=lambda one: _GRAVITY[one.severity])
        if len(found) > MOST_PROBLEMS:
            rest = f"{len(found) - MOST_PROBLEMS:,} more findings are not listed."
            found[MOST_PROBLEMS:] = [
                Problem(file=self.file, line=0, what=rest, do="Mend these first.")
            ]
        return in_order(found)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems by file (event, course, entrants, others) and line."""
    return tuple(
        sorted(problems, key=lambda found: (_ORDER.get(found.file, 3), found.file, found.line))
    )


def has_error(problems: Iterable[Problem]) -> bool:
    """Whether something must be put right."""
    return any(problem.severity == "error" for problem in problems)


def _say_lines(what: str, lines: list[int], things: str) -> str:
    if len(lines) == 1:
        return what
    named = ", ".join(str(line) for line in lines[:_NAMED_LINES])
    more = f" and {len(lines) - _NAMED_LINES:,} more" if len(lines) > _NAMED_LINES else ""
    return f"{what.rstrip('.')} ({len(lines):,} {things}: lines {named}{more})."


def one_of(words: Iterable[str]) -> str:
    """``a``, ``a or b``, ``a, b or c``."""
    return _listed(list(words), "or")


def all_of(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return _listed(list(words), "and")


def _listed(words: list[str], joint: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"
