"""Every page there is, found by its board, with something in its address that the day has."""

from __future__ import annotations

import re
from urllib.parse import quote

from homestretch.boards import list_boards
from tests.browser.server import EVENT, Server

MORE = {"results": ["q=a", "sex=f&order=latest", "page=2"]}
"""Choices in which a board looks different."""
VARIABLES = re.compile(r"{(\w+)}")


def list_addresses(server: Server, *, choices: bool = False) -> dict[str, str]:
    """Names of pages (for files) and their addresses; a board whose path holds a variable that is not
    known here fails, so that no board goes unseen."""
    found = {"events": "/"}
    for kind in list_boards():
        for suffix, filled in _fill(kind.path, server):
            found[f"{kind.name}{suffix}"] = filled
            for number, more in enumerate(
                MORE.get(kind.name, []) if choices and not suffix else []
            ):
                found[f"{kind.name}-choice-{number}"] = f"{filled}?{more}"
    return found


def _fill(path: str, server: Server) -> list[tuple[str, str]]:
    values = {"event": [("", EVENT)], "race": [("", "marathon"), ("-half", "half")]}
    names = VARIABLES.findall(path)
    if "bib" in names:
        values["bib"] = _list_bibs(server)
    filled = [("", path)]
    for name in names:
        assert name in values, f"{path}: say here what {name} may be"
        filled = [
            (suffix + more, address.replace(f"{{{name}}}", quote(value, safe="")))
            for suffix, address in filled
            for more, value in values[name]
        ]
    return filled


def _list_bibs(server: Server) -> list[tuple[str, str]]:
    """A finisher, and somebody who is still out if anybody is."""
    rows = server.get(f"/{EVENT}/results/marathon.json").json()["rows"]
    rows += server.get(f"/{EVENT}/results/half.json").json()["rows"]
    finisher = next(row["who"]["bib"] for row in rows if row["who"]["bib"])
    entrants = (server.folders[EVENT] / "entrants.csv").read_text(encoding="utf-8")
    for bib in re.findall(r"(?m)^(\d+),", entrants):
        answer = server.get(f"/{EVENT}/runners/{bib}.json")
        if answer.status_code == 200 and answer.json()["on_road"]:
            return [("", finisher), ("-out", bib)]
    return [("", finisher)]
