"""[doors]: on which address the event listens for each reader, or where a reader is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from homestretch.errors import PlanError
from homestretch.folder.problem import EVENT, Problem, WrongError
from homestretch.folder.tables import Table
from homestretch.folder.toml_text import UNREADABLE
from homestretch.race.event import Door, Event

_ADDRESS = re.compile(
    r"(?:(?P<place>[^@\s][^@]*)@)?(?:(?P<host>[\w.-]+|\[[0-9a-fA-F:.]+\]):)?(?P<port>\d{1,5})"
)
CALLED = frozenset({"tcp-client", "library"})
"""Transports of devices that wait to be called."""
NONE_KNOWN: Mapping[str, str] = MappingProxyType({})
"""Where nobody says which readers there are, any name is taken."""
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  named here so that they can be warned of
_HOW = 'Write "127.0.0.1:53135": an address of this machine and a port.'
_HOW_CALLED = (
    'Write "finish@192.168.1.20:3601": the place where it stands, its address and its port.'
)


def read_doors(raw: object, table: Table, readers: Mapping[str, str]) -> tuple[Door, ...]:
    """The doors of the raw table; each reader has one address or a list of them. ``readers`` gives the
    transport of each that is known; none given, any name is taken."""
    if not isinstance(raw, dict):
        table.say('"doors" must be a table with a heading of its own.', "Write [doors] above them.")
        return ()
    doors: list[Door] = []
    for reader, said in raw.items():
        if readers and reader not in readers:
            near = get_close_matches(reader, list(readers), 1, 0.5)
            hint = (
                f'Did you mean "{near[0]}"?'
                if near
                else f"Known are: {', '.join(sorted(readers))}."
            )
            table.say(f'No reader is called "{reader}".', hint, reader)
            continue
        for address in said if isinstance(said, list) else [said]:
            if address == UNREADABLE:
                continue
            try:
                door = _door(reader, address, readers.get(reader) in CALLED)
            except WrongError as wrong:
                table.say(f"{reader} {wrong.what}.", wrong.do, reader)
                continue
            _check(door, doors, table)
            doors.append(door)
    return tuple(doors)


def find_door(said: str, readers: Mapping[str, str]) -> Door:
    """A door in one word, ``jchip=0.0.0.0:53135``; PlanError with what is wrong with it."""
    reader, _, address = said.partition("=")
    if reader not in readers:
        raise PlanError(
            f"No reader is called {reader!r}.", f"Known are: {', '.join(sorted(readers))}."
        )
    try:
        return _door(reader, address, readers[reader] in CALLED)
    except WrongError as wrong:
        raise PlanError(f"{said}: {reader} {wrong.what}.", wrong.do) from wrong


def _door(reader: str, said: object, calls: bool) -> Door:
    match = None
    if isinstance(said, str) or (isinstance(said, int) and 0 <= said < 10**6):
        match = _ADDRESS.fullmatch(str(said).strip())
    if match is None or isinstance(said, bool) or (calls and not match["host"]):
        raise WrongError("is not an address with a port", _HOW_CALLED if calls else _HOW)
    port = int(match["port"])
    if not 1 <= port <= 65535:
        raise WrongError(
            f"has port {port}, which does not exist", "Ports are 1 to 65535, such as 53135."
        )
    return Door(
        reader=reader,
        host=(match["host"] or "127.0.0.1").strip("[]"),
        port=port,
        place=(match["place"] or "").strip(),
        calls=calls,
    )


def _check(door: Door, others: list[Door], table: Table) -> None:
    for other in others:
        if door.calls and (door.host, door.port) == (other.host, other.port) and other.calls:
            table.say(
                f"{door.reader} is called at {door.host}:{door.port} twice.",
                "Leave one of them out.",
                door.reader,
            )
        elif _clash(door, other):
            table.say(
                f"{door.reader} and {other.reader} both want port {door.port}.",
                "Give each its own port.",
                door.reader,
            )
    if door.host in EVERYWHERE and not door.calls:
        table.say(
            f"{door.reader} listens to the whole network, and these protocols ask nobody who they are.",
            "Name the address of the timing network instead, or make sure that nobody else is in it.",
            door.reader,
            severity="warning",
        )


def _clash(one: Door, other: Door) -> bool:
    if one.calls or other.calls:
        return False
    return one.port == other.port and (
        one.host == other.host or bool(EVERYWHERE.intersection((one.host, other.host)))
    )


def list_clashes(events: Iterable[Event]) -> list[Problem]:
    """Doors that two events of one server both name, and ids that two of them share."""
    problems = []
    seen: list[Event] = []
    for event in events:
        for other in seen:
            if event.id == other.id:
                what = f'"{event.name}" and "{other.name}" both have the id "{event.id}".'
                problems.append(
                    Problem(file=EVENT, line=0, what=what, do="Give each event its own id.")
                )
            problems += [
                Problem(
                    file=EVENT,
                    line=0,
                    what=f"{other.id} and {event.id} both want port {door.port} ({door.reader}).",
                    do="A door belongs to one event: give one of them another port below [doors].",
                )
                for door in event.doors
                for taken in other.doors
                if _clash(door, taken)
            ]
        seen.append(event)
    return problems
