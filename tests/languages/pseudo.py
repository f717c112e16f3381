"""A made-up language in which every message of the catalogue stands in brackets: what is outside of them on a page
was not marked for translation, or is data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from homestretch.picture import Picture
from homestretch.stories.finding import find_stories
from scripts.catalogues import extract

LANGUAGE = "eo"
OPEN, CLOSE = "⟦", "⟧"
READ_ALOUD = ("aria-label", "placeholder", "title", "alt", "data-label", "data-live-lost")
OF_THE_RADIO = ("mile 18 at 12:41: 4312, 5127 on bus 2; 77 in care tent 3; 91 stops",)
"""An example of what the radio page understands, which is English."""
UNSEEN = ("script", "style")
FILLED = re.compile(r"(\{\w+\}|%\(\w+\)s|<[^<>]*>)")
LETTER = re.compile(r"[A-Za-z]")
WORD = re.compile(r"[A-Za-z]{3,}")


def write_pseudo(folder: Path) -> None:
    """The catalogue, compiled, below a folder of languages."""
    path = folder / LANGUAGE / "LC_MESSAGES" / "homestretch.mo"
    path.parent.mkdir(parents=True)
    found = Catalog(locale=LANGUAGE, fuzzy=False)
    for message in extract():
        if not message.id:
            continue
        if isinstance(message.id, str):
            found.add(message.id, _bracketed(message.id), context=message.context)
        else:
            found.add(message.id, tuple(_bracketed(one) for one in message.id))
    with path.open("wb") as file:
        write_mo(file, found)


def _bracketed(message: str) -> str:
    """What is filled in stays outside of the brackets: it must bring its own."""
    parts = FILLED.split(message)
    return "".join(
        part if FILLED.fullmatch(part) or not LETTER.search(part) else f"{OPEN}{part}{CLOSE}"
        for part in parts
    )


class _Text(HTMLParser):
    """The text of a page that stands outside of all brackets, and of what is read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.outside: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in UNSEEN
        for name, value in attrs:
            if name in READ_ALOUD and value:
                self.outside.append(outside(value))

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in UNSEEN

    def handle_data(self, data: str) -> None:
        if self.unseen:
            return
        found = []
        for sign in data:
            self.depth += (sign == OPEN) - (sign == CLOSE)
            found.append(sign if self.depth == 0 and sign != CLOSE else " ")
        self.outside.append("".join(found))


def outside(text: str) -> str:
    """What of a text stands in no brackets."""
    depth, found = 0, []
    for sign in text:
        depth += (sign == OPEN) - (sign == CLOSE)
        found.append(sign if depth == 0 and sign != CLOSE else " ")
    return "".join(found)


def list_unmarked(page: str, data: re.Pattern[str]) -> Iterator[str]:
    """Words of a page that are neither in brackets nor data."""
    text = _Text()
    text.feed(page)
    text.close()
    if text.depth:
        yield "a bracket is not closed"
    for part in text.outside:
        if WORD.search(rest := data.sub(" ", part)):
            yield " ".join(rest.split())


def data_of(picture: Picture, typed: Iterable[str] = ()) -> re.Pattern[str]:
    """What comes from the event's own files and people, and what a reader ``typed``: names of all kinds, which no
    catalogue knows."""
    event, state = picture.event, picture.state
    found = {
        "English",
        "Homestretch",
        "{time}",
        event.name,
        event.zone,
        picture.rehearsal,
        event.phone,
    }
    found |= {race.name for race in event.races}
    found |= {wave.name for race in event.races for wave in race.waves}
    found |= {wave.division or "" for race in event.races for wave in race.waves}
    found |= {word for point in event.points for word in (point.name, point.id, point.address)}
    found |= {vehicle.name for vehicle in event.vehicles}
    found |= {*state.roster.bibs, *state.roster.team, *state.roster.division}
    found |= {device.source for device in state.devices} | set(state.unreadable)
    found |= {place for device in state.devices for place in device.places}
    for person in picture.names.persons.values():
        found |= {person.first, person.last, person.club, person.town}
    found |= {*picture.names.texts.values(), *state.held_by.values(), *typed}
    # A story is an article in the language in which it is written, as what people typed is.
    found |= {
        one.text for told in find_stories(picture) for one in (told.headline, *told.sentences)
    }
    found |= {event.sweep.vehicle} if event.sweep else set()
    known = sorted((word for word in found if WORD.search(word)), key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in (*OF_THE_RADIO, *known)), re.IGNORECASE)
