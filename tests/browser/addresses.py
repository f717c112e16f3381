"""Every page there is, found by its board, with something in its address that the day has."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Page

from homestretch.boards import EVERYBODY, list_boards
from homestretch.boards.ledger import lists_for
from homestretch.race.privacy import Viewer
from tests.browser.server import EVENT, Server

MORE = {"results": ["q=a", "sex=f&order=latest", "page=2"]}
"""Choices in which a board looks different."""
VARIABLES = re.compile(r"{(\w+)}")


def list_addresses(server: Server, *, choices: bool = False) -> dict[str, str]:
    """Names of the pages that everybody may see (for files) and their addresses; a board whose path holds
    a variable that is not known here fails, so that no board goes unseen."""
    found = {"events": "/"}
    for kind in list_boards():
        if kind.who != EVERYBODY:
            continue
        for suffix, filled in _fill(kind.path, server):
            found[f"{kind.name}{suffix}"] = filled
            for number, more in enumerate(
                MORE.get(kind.name, []) if choices and not suffix else []
            ):
                found[f"{kind.name}-choice-{number}"] = f"{filled}?{more}"
    return found


def list_staff_addresses(page: Page, server: Server) -> dict[str, str]:
    """Names and addresses of what only the director sees beside everybody, to whom this page belongs."""
    home = f"/{EVENT}"
    found = {"ledger": home, "ledger-sheet": f"{home}?list=open&whole=1"}
    found |= {
        f"ledger-{name}": f"{home}?list={name}"
        for name in ("open", *lists_for(Viewer("director")), "questions")
    }
    for kind in list_boards():
        if kind.who != EVERYBODY and "director" in kind.who:
            found |= {f"{kind.name}{more}": filled for more, filled in _fill(kind.path, server)}

    def told(address: str) -> Any:
        return page.request.get(f"{server.address}{address}.json").json()

    (_, finisher), *_ = _list_bibs(server)
    splits = told(f"{home}/runners/{finisher}")["splits"]
    found |= {"audit": f"{home}/audit", "control-bib": f"{home}/control?bib={finisher}"}
    found["evidence"] = f"{home}/evidence/{splits[-1]['evidence']['seq']}"
    for reason in ("repeated", "unknown-chip"):
        found[f"reads-{reason}"] = f"{home}/reads/{reason}"
        newest = told(f"{home}/reads/{reason}")["seen"][0]["row"]["seq"]
        found[f"evidence-{reason}"] = f"{home}/evidence/{newest}"
    return found


def list_control_addresses(server: Server) -> dict[str, str]:
    """Names and addresses of what is not even for the director: health."""
    return {
        f"{kind.name}{more}": filled
        for kind in list_boards()
        if "control" in kind.who and "director" not in kind.who
        for more, filled in _fill(kind.path, server)
    }


def _fill(path: str, server: Server) -> list[tuple[str, str]]:
    names = VARIABLES.findall(path)
    bibs = _list_bibs(server) if "bib" in names else []
    stories = []
    if "story" in names:  # of a day without a published one there is none to look at
        told = server.get(f"/{EVENT}/stories.json").json()["stories"]
        stories = [("", one["id"]) for one in told[:1]]
    return fill(path, bibs, stories)


def fill(
    path: str, bibs: list[tuple[str, str]], stories: list[tuple[str, str]] | None = None
) -> list[tuple[str, str]]:
    """Suffixes of names, and addresses: every variable of a board's path by what the day has; one that is not
    known here fails."""
    values = {"event": [("", EVENT)], "race": [("", "marathon"), ("-half", "half")], "bib": bibs}
    values["list"] = [("", "start-list"), ("-bus", "bus"), ("-sheet", "radio-sheet")]
    values["point"] = [("", "finish"), ("-mat", "10k")]
    if path.endswith("/certificate"):  # who is still out has none
        values["bib"] = bibs[:1]
    values["story"] = stories or []
    filled = [("", path)]
    for name in VARIABLES.findall(path):
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
