"""What every people file does with private links, whichever it is."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from homestretch.race.entrant import Person
from homestretch.store import People
from homestretch.store.keys import token_hash
from homestretch.store.links import Link, new_link
from homestretch.store.sqlite_people import SqlitePeople

DAY = 1_777_800_000_000


def link(entrant: str, parent: Link | None = None, expires_at: int = DAY + 99) -> Link:
    made, _ = new_link(
        entrant,
        "guardian" if entrant == "child" else "own",
        created_at=DAY + bool(parent),
        expires_at=expires_at,
        parent=parent.id if parent else "",
    )
    return made


def test_a_link_is_found_by_the_hash_of_its_token_alone(people_place: Any) -> None:
    people: People = people_place.open()
    made, token = new_link("17 ü", "own", created_at=DAY, expires_at=DAY + 9)
    others = [link(f"{number}") for number in range(20)]
    people.put_links([made, link("child"), *others])
    people.close()
    again: People = people_place.open()
    assert again.find_link(token_hash(token)) == made
    assert again.find_link(token) is None
    assert again.list_links("17 ü") == [made]
    assert [one.hand for one in again.list_links("child")] == ["guardian"]
    assert len(again.list_links()) == 22


def test_links_do_not_change_the_version_because_no_page_shows_them(people_place: Any) -> None:
    people: People = people_place.open()
    before = people.version()
    made = link("a")
    people.put_links([made])
    people.revoke_link(made.id, DAY + 1)
    assert people.version() == before


def test_a_revoked_link_takes_its_sessions_with_it_and_lets_in_no_new_one(
    people_place: Any,
) -> None:
    people: People = people_place.open()
    made, other = link("a"), link("a")
    session = link("a", made)
    people.put_links([made, other, session])
    assert people.revoke_link(made.id, DAY + 5)
    people.put_links([link("a", made)])
    held = [one for one in people.list_links("a") if one.holds(DAY + 6)]
    assert held == [other]
    assert not people.revoke_link("no such link", DAY + 5)


def test_one_session_is_ended_without_its_link(people_place: Any) -> None:
    people: People = people_place.open()
    made = link("a")
    session = link("a", made)
    people.put_links([made, session])
    assert people.revoke_link(session.id, DAY + 5)
    assert [one.id for one in people.list_links("a") if one.holds(DAY + 6)] == [made.id]


def test_who_is_erased_has_no_link_any_more_and_gets_none(people_place: Any) -> None:
    people: People = people_place.open()
    people.put_persons([Person(entrant="a"), Person(entrant="b")])
    people.put_links([link("a"), link("b")])
    people.erase("a")
    people.put_links([link("a")])
    assert [one.entrant for one in people.list_links()] == ["b"]


def test_links_whose_time_is_over_are_dropped(people_place: Any) -> None:
    people: People = people_place.open()
    people.put_links([link("a"), link("b", expires_at=DAY + 5)])
    assert people.drop_expired(DAY + 6) == 1
    assert [one.entrant for one in people.list_links()] == ["a"]
    assert people.drop_expired(DAY + 6) == 0


def test_a_file_of_an_earlier_version_gets_the_table_and_keeps_what_it_holds(
    tmp_path: Path,
) -> None:
    path = tmp_path / "people.db"
    before = SqlitePeople(path)
    before.put_persons([Person(entrant="a", last="Vexley")])
    before.close()
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE links")
    db.close()
    after = SqlitePeople(path)
    assert [person.last for person in after.list_persons()] == ["Vexley"]
    after.put_links([link("a")])
    assert len(after.list_links()) == 1
    after.close()
