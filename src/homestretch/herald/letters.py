"""A message as a receiver may read it: names are put in now, through the gate of its role, and not before.

To receivers without a role a passing and a status are numbers of a race: who is where on the course is no bulk list.
Whoever finished stands in it as on the page of results. A status names somebody to those alone who keep the ledger,
and they alone are told anything of an entry that is held.
"""

from __future__ import annotations

from typing import Any, Final

from homestretch.boards import write_twin
from homestretch.boards.finishers import place_of
from homestretch.boards.words import LEDGER_ROLES, say_status
from homestretch.herald.happenings import GOING_ON, PROVISIONAL, Happening
from homestretch.herald.outbox import Message
from homestretch.picture import Picture
from homestretch.race.clock import iso, say_elapsed
from homestretch.race.hooks import Hook
from homestretch.race.privacy import HIDDEN, Viewer
from homestretch.showing import shown
from homestretch.state.snapshot import NEVER, Status

PLAIN: Final = frozenset({"public"})


def write_letter(message: Message, names: list[str], picture: Picture, hook: Hook) -> bytes | None:
    """The body of a message, None when this receiver may read nothing of it. ``names`` are those of its items."""
    viewer = Viewer(hook.role)
    rows = {entrant: row for row, entrant in enumerate(picture.state.roster.entrants)}
    items = [
        {"id": name, "change": one.change, **told}
        for name, one in zip(names, message.items, strict=True)
        if (told := _tell(one, picture, viewer, rows.get(one.entrant, NEVER))) is not None
    ]
    if not items:
        return None
    return write_twin(
        {
            "type": message.kind,
            "timestamp": iso(message.made_at, picture.event.zone_info),
            "data": {"event": picture.event.id, **_rehearsal(picture), "items": items},
        }
    )


def _rehearsal(picture: Picture) -> dict[str, str]:
    """What is made up, where anything is: nobody shall take a rehearsal for the day."""
    return {"rehearsal": picture.rehearsal} if picture.rehearsal else {}


def _tell(one: Happening, picture: Picture, viewer: Viewer, row: int) -> dict[str, Any] | None:
    """A happening for a viewer; None where this one may not, or need not, be told."""
    if one.entrant and row == NEVER:  # entered no longer
        return None
    if one.entrant and picture.state.is_held(row) and viewer.role not in LEDGER_ROLES:
        return None
    match one.kind:
        case "passing":
            return _passing(one, picture, viewer, row)
        case "finish":
            return _finish(one, picture, viewer, row)
        case "status":
            return _status(one, picture, viewer, row)
        case "results":
            return _results(one, picture)
        case "alarm":
            return _alarm(one, viewer)


def _passing(one: Happening, picture: Picture, viewer: Viewer, row: int) -> dict[str, Any]:
    zone = picture.event.zone_info
    return {
        **_who(picture, viewer, row, named=viewer.role not in PLAIN),
        "race": one.race,
        "point": one.point,
        "passed_at": None if one.now == NEVER else iso(one.now, zone),
        "passed_at_before": None if one.was == NEVER else iso(one.was, zone),
    }


def _finish(one: Happening, picture: Picture, viewer: Viewer, row: int) -> dict[str, Any]:
    state, zone = picture.state, picture.event.zone_info
    times: dict[str, Any] = {}
    if one.now != NEVER:
        gun_ms, net_ms = int(state.gun_ms[row]), int(state.net_ms[row])
        times = {
            "gun": "" if gun_ms == NEVER else say_elapsed(gun_ms),
            "gun_ms": None if gun_ms == NEVER else gun_ms,
            "net": "" if net_ms == NEVER else say_elapsed(net_ms),
            "net_ms": None if net_ms == NEVER else net_ms,
            "place": place_of(picture, row) or None,
        }
    return {
        **_who(picture, viewer, row, named=True),
        "race": one.race,
        "finished_at": None if one.now == NEVER else iso(one.now, zone),
        **times,
    }


def _status(one: Happening, picture: Picture, viewer: Viewer, row: int) -> dict[str, Any] | None:
    """Nothing where this receiver reads the same word for both."""
    crossed = int(picture.state.gun_ms[row]) != NEVER
    was, now = (
        str(say_status(Status(value), viewer.role, crossed_the_line=crossed))
        for value in (one.was, one.now)
    )
    if was == now:
        return None
    return {
        **_who(picture, viewer, row, named=viewer.role in LEDGER_ROLES),
        "race": one.race,
        "was": was,
        "now": now,
    }


def _results(one: Happening, picture: Picture) -> dict[str, Any]:
    """A version of results that was declared, with when and why; or that there is none any more."""
    if one.now == PROVISIONAL:
        return {"race": one.race, "results": "provisional", "version": None}
    told: dict[str, Any] = {"race": one.race, "results": "official", "version": one.now}
    for version in picture.versions:
        if version.word.race == one.race and version.word.number == one.now:
            told["declared_at"] = iso(version.word.declared_at, picture.event.zone_info)
            told["reason"] = picture.names.texts.get(version.word.text_ref or "", "")
    return told


def _alarm(one: Happening, viewer: Viewer) -> dict[str, Any] | None:
    if viewer.role not in LEDGER_ROLES:
        return None
    return {"words": one.words, "over": one.now != GOING_ON}


def _who(picture: Picture, viewer: Viewer, row: int, *, named: bool) -> dict[str, str]:
    """Who it was, or a private entrant without a bib where that is not told."""
    who = shown(picture, viewer, row) if named else HIDDEN
    return {"bib": who.bib, "name": who.name, "club": who.club}
