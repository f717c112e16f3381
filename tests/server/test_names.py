"""What may be erased is read, packed and sent again only when something of it changed: a field is large."""

from __future__ import annotations

import itertools
from typing import NamedTuple

from homestretch.facts import Flag, received
from homestretch.live import Live
from homestretch.picture import Picture
from homestretch.race.entrant import Person
from homestretch.server.wire import PicturePacker, PictureUnpacker
from homestretch.store.keys import new_key
from homestretch.store.memory import MemoryLog, MemoryPeople
from tests.state.days import a_day, a_race, at

ADA, BO = (
    Person(entrant=entrant, first=first, last="Lind")
    for entrant, first in (("e1", "Ada"), ("e2", "Bo"))
)


class Watched(NamedTuple):
    """A race that is kept, and what it has published."""

    log: MemoryLog
    people: MemoryPeople
    live: Live
    pictures: list[Picture]

    def next(self) -> Picture:
        """The next Picture."""
        self.live.refresh()
        return self.pictures[-1]


def a_watched_race() -> Watched:
    day = a_day(a_race())
    day.entrant("1")
    day.entrant("2")
    log, people, pictures = MemoryLog(), MemoryPeople(), list[Picture]()
    log.append(day.items)
    people.put_persons([ADA, BO])
    seconds = itertools.count(at("08:00") // 1000)
    live = Live(log, people, lambda: 1000 * next(seconds), pictures.append)
    return Watched(log, people, live, pictures)


def test_a_key_or_a_note_that_no_board_shows_changes_nothing_but_how_far_the_file_is_known() -> (
    None
):
    race = a_watched_race()
    first = race.next()
    key, _ = new_key("station", created_at=0, expires_at=99, label="Mile 25 tent")
    race.people.put_key(key)
    race.people.put_text("note-1", b"Water is low", 2**60)
    second = race.next()
    assert second.names is first.names
    assert second.people_version == race.people.version() > first.people_version


def test_a_text_that_boards_show_leaves_the_persons_as_they_are() -> None:
    race = a_watched_race()
    first = race.next()
    race.people.put_text("flag-1", b"Lightning: take shelter", 2**60)
    flag = Flag(seen_at=at("07:59"), state="stopped", text_ref="flag-1", by="k1")
    race.log.append([received(flag, "control", at("08:00"), 1)])
    second = race.next()
    assert second.names.texts["flag-1"] == "Lightning: take shelter"
    assert second.names.persons is first.names.persons


def test_who_was_erased_or_renamed_is_so_in_the_next_picture() -> None:
    race = a_watched_race()
    assert race.next().names.persons == {"e1": ADA, "e2": BO}
    race.people.erase("e1")
    assert race.next().names.persons == {"e2": BO}
    renamed = Person(entrant="e2", first="Bodil", last="Lind")
    race.people.put_persons([renamed])
    assert race.next().names.persons == {"e2": renamed}


def test_persons_are_packed_once_and_come_out_as_they_were() -> None:
    race = a_watched_race()
    packer, unpacker = PicturePacker(), PictureUnpacker()
    sent: set[int] = set()

    def travel(picture: Picture) -> Picture:
        used, content = packer.pack(picture)
        for number in used:
            if number not in sent:
                unpacker.take_part(number.to_bytes(8, "big") + packer.parts[number])
                sent.add(number)
        return unpacker.unpack(content)

    first = travel(race.next())
    race.people.put_text("flag-1", b"Lightning: take shelter", 2**60)
    flag = Flag(seen_at=at("07:59"), state="stopped", text_ref="flag-1", by="k1")
    race.log.append([received(flag, "control", at("08:00"), 1)])
    second = travel(race.next())
    assert second.names.persons is first.names.persons
    assert second.names.persons == {"e1": ADA, "e2": BO}
    assert second.names.texts == race.pictures[-1].names.texts
