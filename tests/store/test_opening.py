"""Which store an event has."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from homestretch.errors import MissingExtra, StoreError
from homestretch.facts import Read, received
from homestretch.race.entrant import Person
from homestretch.store.opening import FACTS_FILE, PEOPLE_FILE, open_store
from homestretch.store.postgres import LONGEST_NAME, schema_name

ITEM = received(Read(seen_at=1, chip="C", place="P"), "mat", 2, 3)


def test_a_folder_holds_one_file_for_facts_and_one_for_people(tmp_path: Path) -> None:
    store = open_store(tmp_path, "three-rivers")
    store.log.append([ITEM])
    store.people.put_persons([Person(entrant="1", first="Una")])
    store.close()
    kept = {file.name for file in tmp_path.iterdir() if not file.name.endswith("-lock")}
    assert kept == {FACTS_FILE, PEOPLE_FILE}
    again = open_store(str(tmp_path), "three-rivers")
    assert again.log.get(1).fact == ITEM.fact
    assert [person.first for person in again.people.list_persons()] == ["Una"]
    again.close()


def test_two_events_on_one_server_are_apart(postgres_dsn: str, event_id: str) -> None:
    names = [event_id, f"{event_id}-{'x' * 80}"]
    one, two = (open_store(postgres_dsn, name) for name in names)
    one.log.append([ITEM])
    one.people.put_persons([Person(entrant="1", first="Una")])
    assert (two.log.last_seq(), two.people.list_persons()) == (0, [])
    one.close()
    two.close()


def test_no_two_events_share_a_schema_and_its_name_fits() -> None:
    names = ["a", "a" * 51, "a" * 52, "a" * 53, "é" * 60, "é" * 61, 'x"; DROP SCHEMA y; --']
    schemas = [schema_name(name) for name in names]
    assert len(set(schemas)) == len(names)
    assert max(len(schema.encode()) for schema in schemas) <= LONGEST_NAME


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match=r"homestretch\[postgres\]"):
        open_store("postgresql://nowhere/none", "event")


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://una:canary-password@127.0.0.1:1/none",
        "postgresql://una:canary-password@[broken/none",
        "postgres://una:canary-password@host:port/none?what",
    ],
)
def test_a_server_that_cannot_be_reached_is_said_without_its_password(dsn: str) -> None:
    with pytest.raises(StoreError) as said:
        open_store(dsn, "event")
    assert said.value.hint
    whole = f"{said.value!r} {said.value} {said.value.__cause__}"
    assert "canary-password" not in whole
