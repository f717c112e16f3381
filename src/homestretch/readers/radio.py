"""What the radio says, one line in, facts out.

::

    mile 18 by radio at 12:41: 4312, 5127 on bus 2; 77 in care tent 3; 91 stops
    └────── where and when ──┘ └seen┘└ a comma or semicolon ends a word of some bibs ┘
    on bus 2: 5127, 5128; 4312                          a word may also go before its bibs

What is said behind bibs holds for the bibs up to the comma before: ``4312 and 5127 on bus 2`` are both on
the bus. A part that is not understood stays word for word; every bib is in an item or in such a part.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec

from homestretch.race.spelling import bib_key
from homestretch.race.wall_time import WALL

LONGEST_LINE: Final = 1500
MOST_LINES: Final = 200
_TIME = re.compile(
    rf"(?:\b(?:at|around|since)\s+|@\s*)?(?<!\d)(?P<time>{WALL})(?!\d)", re.IGNORECASE
)
_FILLING = re.compile(
    r"\b(?:by|over|via|on)\s+(?:the\s+)?(?:radio|phone)\b|\bradio\b|\b(?:this is|here is|from)\b",
    re.IGNORECASE,
)
_BIB = re.compile(r"#?([0-9A-Z*-]*[0-9*][0-9A-Z*-]*)", re.IGNORECASE)
_BEFORE_BIBS: Final = frozenset(("bib", "bibs", "no", "no.", "nr", "nr.", "number", "numbers", "runner", "runners", "and", "#"))  # fmt: skip
_BETWEEN_BIBS: Final = frozenset(("and", "&", "+"))
_IS = r"(?:is |are |was |were |now )*"
_NAME = r"(?P<name>\d{1,2}|[a-z])"
_CARE_OF = r"(?P<name>(?:[a-z']+ ){0,2}[a-z']+(?: \d{1,2})?)"

Kind = Literal["sighting", "taken-over", "withdrawn"]


class Fate(msgspec.Struct, frozen=True):
    """What is said of bibs: the kind of fact, and who has them."""

    kind: Kind
    taken_by: str = ""
    keeper: str = ""


class Item(msgspec.Struct, frozen=True):
    """One bib and what is said of it."""

    bib: str
    fate: Fate


class RadioLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it was understood. ``place`` is a point of the plan (empty: none is known by ``said_place``),
    ``seen_at`` UTC ms (None: ``said_time`` is no time that is past), ``unread`` what was not understood."""

    text: str
    place: str
    said_place: str
    seen_at: int | None
    said_time: str
    items: tuple[Item, ...]
    unread: tuple[str, ...]

    @property
    def can_enter(self) -> bool:
        """Whether it says who was seen, where and when."""
        return bool(self.items and self.place and self.seen_at is not None)


class Ears(msgspec.Struct, frozen=True):
    """What must be known to understand a line: the point that a name means (empty: none), the moment that a
    time of day means, and what holds where the line says neither."""

    find_place: Callable[[str], str]
    find_moment: Callable[[str], int | None]
    place: str
    at: int | None


def read_lines(text: str, ears: Ears) -> list[RadioLine]:
    """Each line that says anything; of lines beyond a bound nothing is understood."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [
        read_line(line, ears) if place < MOST_LINES else _unread_line(line, ears)
        for place, line in enumerate(lines)
    ]


def read_line(text: str, ears: Ears) -> RadioLine:
    """A line as it is understood; never raises. Of one that is too long nothing is."""
    if len(text) > LONGEST_LINE:
        return _unread_line(text, ears)
    said_place, said_time, body = _behind_head(text)
    place = ears.find_place(said_place) if said_place else ears.place
    items: dict[Item, None] = {}
    unread: list[str] = []
    for group in body.split(";"):
        found, left = _read_group(group)
        items.update(dict.fromkeys(found))
        unread += left
    seen_at = ears.find_moment(said_time) if said_time else ears.at
    unknown = [said_place] if said_place and not place else []
    return RadioLine(
        text=text,
        place=place,
        said_place=said_place,
        seen_at=seen_at,
        said_time=said_time,
        items=tuple(items),
        unread=(*unknown, *([said_time] if seen_at is None else ()), *unread),
    )


def _unread_line(text: str, ears: Ears) -> RadioLine:
    return RadioLine(
        text=text, place="", said_place="", seen_at=ears.at, said_time="", items=(), unread=(text,)
    )


def as_items(line: RadioLine) -> list[dict[str, Any]]:
    """The items of the JSON door that a line stands for, without their numbers."""
    return [
        {"kind": item.fate.kind, "bib": item.bib, "place": line.place, "seen_at": line.seen_at}
        | ({"taken_by": item.fate.taken_by} if item.fate.taken_by else {})
        | ({"keeper": item.fate.keeper} if item.fate.keeper else {})
        for item in line.items
    ]


def _behind_head(text: str) -> tuple[str, str, str]:
    """Where, when, and the rest. The head ends at the first colon, or at the time if none follows; a colon
    behind ``on bus 2`` ends no head."""
    time = _TIME.search(re.split("[,;]", text, maxsplit=1)[0])
    if time and ":" not in text[: time.start()]:
        more = re.match("[^:,;]*:", text[time.end() :])
        end = time.end() + (more.end() if more else 0)
        place = text[: time.start()] + " " + text[time.end() : end]
        return _tidy_place(place), time["time"].strip(), text[end:]
    head, colon, body = text.partition(":")
    if not colon or "," in head or ";" in head or _find_fate(head):
        return "", "", text
    return _tidy_place(head), "", body


def _tidy_place(words: str) -> str:
    return " ".join(_FILLING.sub(" ", words).split()).strip(" -.:")


def _read_group(group: str) -> tuple[list[Item], list[str]]:
    """The items of what stands between semicolons, and what was not understood of it."""
    before, colon, behind = group.partition(":")
    fate = _find_fate(before) if colon else None
    if colon and (fate is None or ":" in behind):
        return [], [group.strip()]
    found: list[Item] = []
    unread: list[str] = []
    for part in (behind if colon else group).split(","):
        if not part.strip():
            continue
        read = _read_part(part, fate)
        if read is None:
            unread.append(f"{before.strip()}: {part.strip()}" if colon else part.strip())
        else:
            found += read
    return found, unread


def _read_part(part: str, fate: Fate | None) -> list[Item] | None:
    """Bibs and a word about them; None when there is more to it, or less."""
    tokens = part.replace("/", " ").split()
    while tokens and tokens[0].casefold() in _BEFORE_BIBS:
        tokens.pop(0)
    bibs: list[str] = []
    while tokens:
        if bibs and tokens[0].casefold() in _BETWEEN_BIBS:
            tokens.pop(0)
        elif match := _BIB.fullmatch(tokens[0].rstrip(".")):
            bibs.append(match[1].upper())
            tokens.pop(0)
        else:
            break
    said = _find_fate(" ".join(tokens)) if tokens else fate or Fate("sighting")
    if not bibs or said is None or (tokens and fate) or not all(map(bib_key, bibs)):
        return None
    return [Item(bib, said) for bib in bibs]


def _find_fate(words: str) -> Fate | None:
    """What some words say of the bibs beside them."""
    said = " ".join(words.replace(".", " ").split())
    for pattern, fate in _FATES:
        if match := pattern.fullmatch(said):
            name = (match.groupdict().get("name") or "").strip()
            return _with_keeper(fate, match.groupdict().get("what") or "", name)
    return None


def _with_keeper(fate: Fate, what: str, name: str) -> Fate:
    """``bus`` and ``2`` are Bus 2, ``tent 3`` is Tent 3."""
    if not fate.keeper:
        return fate
    keeper = " ".join(word for word in (what, name.upper() if len(name) == 1 else name) if word)
    return msgspec.structs.replace(fate, keeper=keeper[:1].upper() + keeper[1:] or fate.keeper)


_OFTEN: Final = rf"{_IS}(?:taken |went |gets? |got )?"
_ON_A_BUS: Final = (
    rf"{_OFTEN}(?:on|onto|in|into|with|by)? ?(?:the )?(?:sweep )?(?P<what>bus|van|shuttle)"
    rf"(?: (?:no )?{_NAME})?"
)
_IN_CARE: Final = (
    rf"{_OFTEN}(?:in|to|into|at|with) (?:the )?(?:medical )?care(?: (?:at|in|of|with))?"
    rf"(?: (?:the )?{_CARE_OF})?"
)
_IN_A_TENT: Final = (
    rf"{_OFTEN}(?:in|to|into|at|with) (?:the )?(?P<name>(?:care |medical |first aid )?"
    r"(?:tent|ambulance|hospital|medics?|first aid)(?: \d{1,2})?)"
)
_STOPS: Final = (
    rf"{_IS}(?:has |have )?(?:stops?|stopped|stopping|out|drops?(?: out)?|dropped(?: out)?|quits?"
    r"|gives up|gave up|withdraws?|withdrew|withdrawn|retires?|retired|dnf)"
)
_ALONE: Final = (
    rf"{_IS}(?:left|leaves?|walks?|goes|went|going)(?: home)?(?: on (?:his|her|their) own| alone)"
)
_FATES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), fate)
    for pattern, fate in (
        (rf"{_IS}(?:seen|passed|passing|through|ok|okay|running|walking)", Fate("sighting")),
        (_ON_A_BUS, Fate("taken-over", "bus", "Bus")),
        (_IN_CARE, Fate("taken-over", "care", "Care")),
        (_IN_A_TENT, Fate("taken-over", "care", "Care")),
        (_STOPS, Fate("withdrawn")),
        (_ALONE, Fate("taken-over", "self")),
        (rf"{_IS}(?:safe |at )*home", Fate("taken-over", "home")),
        (rf"{_IS}(?:back )?on the (?:road|course)|(?:runs|goes) on", Fate("taken-over", "road")),
    )
)
