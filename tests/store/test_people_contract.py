"""What every people file does, whichever it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homestretch.errors import StoreError
from homestretch.race.entrant import Person
from homestretch.store import People, Text
from homestretch.store.keys import Key, new_key, token_hash

DAY = 1_777_800_000_000


def person(entrant: str, first: str = "Una") -> Person:
    return Person(entrant=entrant, first=first, last="Vexley", club="Steel Valley Striders")


def session_of(key: Key, expires_at: int = DAY + 9) -> Key:
    session, _ = new_key(key.role, created_at=DAY + 1, expires_at=expires_at, parent=key.id)
    return session


@pytest.fixture
def people(people_place: Any) -> People:
    opened: People = people_place.open()
    return opened


def test_persons_come_back_in_the_order_of_entrants(people_place: Any) -> None:
    people: People = people_place.open()
    whole = Person(
        entrant="b\0é",
        first="Ödön",
        last="馬",
        email="o@example.org",
        display="initials",
        companions=True,
        guardian=True,
        first_marathon=True,
    )
    assert people.put_persons([whole, person("c"), person("a")]) == 3
    people.close()
    assert people_place.open().list_persons() == [person("a"), whole, person("c")]


def test_putting_a_person_again_replaces_them(people: People) -> None:
    people.put_persons([person("a", "Una"), person("b")])
    assert people.put_persons([person("a", "Nova")]) == 1
    assert people.list_persons() == [person("a", "Nova"), person("b")]


def test_the_version_grows_with_each_change_and_only_then(people_place: Any) -> None:
    one: People = people_place.open()
    two: People = people_place.open()
    key, _ = new_key("station", created_at=DAY, expires_at=DAY + 99, label="Mile 25 tent")
    session = session_of(key)
    changes: list[Callable[[], object]] = [
        lambda: two.put_persons([person("a"), person("b")]),
        lambda: two.put_text("t1", b"a reason", DAY + 5),
        lambda: two.put_text("t2", b"another", DAY + 500),
        lambda: two.put_key(key),
        lambda: two.put_key(session),
        lambda: two.revoke(key.id, DAY + 3),
        lambda: two.erase("a"),
        lambda: two.drop_expired(DAY + 6),
        lambda: two.erase_text("t2"),
        lambda: two.erase_text("t3"),
        lambda: two.erase_label(key.id),
        lambda: two.drop_expired(DAY + 10),
    ]
    versions = [one.version()]
    for change in changes:
        change()
        versions.append(one.version())
        change()
        assert one.version() == two.version() == versions[-1]
    assert versions == sorted(set(versions))


def test_that_of_the_persons_grows_only_when_one_of_them_changed(people_place: Any) -> None:
    one: People = people_place.open()
    two: People = people_place.open()
    key, _ = new_key("station", created_at=DAY, expires_at=DAY + 99, label="Mile 25 tent")

    def grows(change: Callable[[], object]) -> bool:
        before = one.persons_version()
        change()
        assert one.persons_version() == two.persons_version()
        return one.persons_version() > before

    assert grows(lambda: two.put_persons([person("a"), person("b")]))
    assert not grows(lambda: two.put_persons([person("a")]))
    assert not grows(lambda: two.put_text("t1", b"a reason", DAY + 5))
    assert not grows(lambda: two.erase_text("t1"))
    assert not grows(lambda: two.put_key(key))
    assert not grows(lambda: two.drop_expired(DAY + 100))
    assert grows(lambda: two.put_persons([person("a", "Nova")]))
    assert grows(lambda: two.erase("a"))
    assert not grows(lambda: two.erase("a"))
    assert not grows(lambda: two.put_persons([person("a")]))


def test_an_erased_person_does_not_come_back(people_place: Any) -> None:
    people: People = people_place.open()
    people.put_persons([person("a"), person("b")])
    assert people.erase("a")
    assert people.list_persons() == [person("b")]
    assert people.put_persons([person("a"), person("b"), person("c")]) == 2
    people.close()
    again = people_place.open()
    assert again.list_persons() == [person("b"), person("c")]
    assert again.list_erased() == ["a"]


def test_erasing_somebody_unknown_is_told_and_remembers_nothing(people: People) -> None:
    assert not people.erase("nobody")
    assert people.list_erased() == []
    assert people.put_persons([person("nobody")]) == 1


def test_erasing_somebody_again_is_fine(people: People) -> None:
    people.put_persons([person("a")])
    assert people.erase("a")
    assert people.erase("a")
    assert people.list_erased() == ["a"]


def test_a_text_is_found_by_its_reference(people_place: Any) -> None:
    people: People = people_place.open()
    raw = bytes(range(256)) * 40
    people.put_texts([Text("t1", b"", DAY), Text("t2\0", raw, DAY)])
    people.close()
    again = people_place.open()
    assert (again.find_text("t1"), again.find_text("t2\0"), again.find_text("t3")) == (
        b"",
        raw,
        None,
    )


def test_a_known_reference_keeps_its_first_content(people: People) -> None:
    people.put_texts([Text("t", b"first", DAY), Text("t", b"second", DAY)])
    people.put_text("t", b"third", DAY)
    assert people.find_text("t") == b"first"


def test_an_erased_text_stays_erased(people: People) -> None:
    people.put_text("t", b"knee", DAY)
    people.erase_text("t")
    people.erase_text("never-seen")
    people.put_texts([Text("t", b"knee", DAY), Text("never-seen", b"hip", DAY)])
    assert people.find_text("t") is None
    assert people.find_text("never-seen") is None


def test_every_text_that_is_still_there_is_listed(people: People) -> None:
    people.put_texts([Text("t2\0", b"\0\xff", DAY), Text("t1", b"", DAY), Text("t3", b"3", DAY)])
    people.erase_text("t3")
    people.erase_text("never-seen")
    assert people.list_texts() == [("t1", b""), ("t2\0", b"\0\xff")]
    people.drop_expired(DAY)
    assert people.list_texts() == []


def test_a_label_is_erased_and_the_key_opens_what_it_opened(people: People) -> None:
    key, _ = new_key("control", created_at=DAY, expires_at=DAY + 9, label="Mile 25 tent")
    other, _ = new_key("desk", created_at=DAY + 1, expires_at=DAY + 9, label="Tent of packets")
    for one in (key, other):
        people.put_key(one)
    assert people.erase_label(key.id)
    assert people.erase_label(key.id)
    assert people.list_keys() == [msgspec.structs.replace(key, label=""), other]
    assert not people.erase_label("no-such-key")


def test_texts_and_sessions_go_when_their_time_is_over(people: People) -> None:
    key, _ = new_key("desk", created_at=DAY, expires_at=DAY + 1)
    people.put_key(key)
    early, late = session_of(key, DAY + 5), session_of(key, DAY + 6)
    people.put_key(early)
    people.put_key(late)
    people.put_texts([Text("early", b"1", DAY + 5), Text("late", b"2", DAY + 6)])
    assert people.drop_expired(DAY + 4) == 0
    assert people.drop_expired(DAY + 5) == 2
    assert people.drop_expired(DAY + 5) == 0
    assert people.find_text("early") is None
    assert people.find_text("late") == b"2"
    assert people.list_keys() == sorted([key, late], key=lambda k: (k.created_at, k.id))


def test_keys_come_back_without_their_tokens(people_place: Any) -> None:
    people: People = people_place.open()
    key, token = new_key(
        "station", created_at=DAY, expires_at=DAY + 9, label="Mile 25 tent", station="mile-25"
    )
    people.put_key(key)
    people.close()
    (kept,) = people_place.open().list_keys()
    assert kept == key
    assert kept.hash == token_hash(token)
    assert token not in repr(kept)


def test_revoking_a_key_revokes_its_sessions_for_good(people: People) -> None:
    key, _ = new_key("control", created_at=DAY, expires_at=DAY + 9)
    other, _ = new_key("desk", created_at=DAY, expires_at=DAY + 9)
    people.put_key(key)
    people.put_key(other)
    session = session_of(key)
    people.put_key(session)
    assert people.revoke(key.id, DAY + 3)
    assert people.revoke(key.id, DAY + 7)
    late = session_of(key)
    people.put_key(late)
    revoked = {kept.id: kept.revoked_at for kept in people.list_keys()}
    assert revoked == {key.id: DAY + 3, session.id: DAY + 3, late.id: DAY + 3, other.id: None}
    for unknown in ("no-such-key", ""):
        assert not people.revoke(unknown, DAY)
    assert {kept.id: kept.revoked_at for kept in people.list_keys()} == revoked


def test_a_key_is_replaced_by_its_id(people: People) -> None:
    key, _ = new_key("desk", created_at=DAY, expires_at=DAY + 9)
    people.put_key(key)
    longer = msgspec.structs.replace(key, expires_at=DAY + 99)
    people.put_key(longer)
    assert people.list_keys() == [longer]


def test_a_closed_people_file_says_so(people: People) -> None:
    people.close()
    people.close()
    if type(people).__name__ != "MemoryPeople":
        with pytest.raises(StoreError):
            people.put_persons([person("a")])
        with pytest.raises(StoreError):
            people.version()


entrants = st.sampled_from(["a", "b", "c"])
steps = st.one_of(
    st.tuples(st.just("put"), entrants, st.sampled_from(["Una", "Nova"])),
    st.tuples(st.just("erase"), entrants, st.just("")),
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(steps, max_size=10))
def test_whatever_happens_the_erased_stay_away_and_the_others_stay(
    new_people_place: Any, steps: list[tuple[str, str, str]]
) -> None:
    place = new_people_place()
    people: People = place.open()
    try:
        there: dict[str, Person] = {}
        erased: set[str] = set()
        for what, entrant, first in steps:
            before = people.version(), dict(there), set(erased)
            if what == "put":
                kept = people.put_persons([person(entrant, first)])
                assert kept == (entrant not in erased)
                if kept:
                    there[entrant] = person(entrant, first)
            else:
                assert people.erase(entrant) == (entrant in there or entrant in erased)
                if there.pop(entrant, None):
                    erased.add(entrant)
            changed = (there, erased) != before[1:]
            assert (people.version() > before[0]) == changed
        assert people.list_persons() == [there[entrant] for entrant in sorted(there)]
        assert people.list_erased() == sorted(erased)
    finally:
        place.close()
