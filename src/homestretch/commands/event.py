"""The event of a folder, as commands need it: its plan without its entrants."""

from __future__ import annotations

from pathlib import Path

from homestretch.errors import PlanError
from homestretch.folder.event_toml import parse_event
from homestretch.folder.letters import read_letters
from homestretch.folder.problem import EVENT, Findings
from homestretch.race.event import Event
from homestretch.readers import list_transports


def get_event(folder: Path) -> Event:
    """The event of a folder; PlanError when its event.toml is missing or has an error."""
    try:
        data = (folder / EVENT).read_bytes()
    except OSError as error:
        raise PlanError(
            f"{folder} is not the folder of an event: {EVENT} cannot be read ({error.strerror}).",
            f"Make one with: homestretch new {folder}",
        ) from error
    event, problems = parse_event(read_letters(data, Findings(EVENT)), list_transports())
    errors = [problem for problem in problems if problem.severity == "error"]
    if event is None or errors:
        what = str(errors[0]) if errors else f"{EVENT} cannot be understood."
        raise PlanError(what, f"To see everything: homestretch check {folder}")
    return event
