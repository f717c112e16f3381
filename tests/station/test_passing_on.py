"""What a station keeps, on its way to the server: in order, in batches, under the devices' own numbers."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from homestretch.errors import PlanError
from homestretch.facts import ClockChecked, DeviceStatus, Marker, Read, Unreadable, received
from homestretch.readers.json_door import read_batch
from homestretch.station.passing_on import BYTES, ITEMS, Line, Place, list_items, parse_line
from homestretch.store import Text
from homestretch.store.memory import MemoryLog, MemoryPeople

AT = 1_777_808_500_000
SOURCE = "jchip:MILE-20"


def a_log(*facts: object) -> MemoryLog:
    log = MemoryLog()
    log.append([received(fact, SOURCE, AT) for fact in facts])  # type: ignore[arg-type]  # facts
    return log


def read(number: int) -> Read:
    return Read(seen_at=AT + number, chip=f"A{number:05}", place="MILE-20")


def sent(
    log: MemoryLog, people: MemoryPeople | None = None, after: int = 0
) -> list[dict[str, object]]:
    batches = list_items(log, people or MemoryPeople(), after)
    return [msgspec.json.decode(item.body) for batch in batches for item in batch]


def test_what_is_passed_on_becomes_the_same_facts_at_the_server() -> None:
    people = MemoryPeople()
    people.put_texts([Text("raw-1", b"\x00\xff%%", AT + 10**9)])
    facts = [
        read(1),
        Marker(seen_at=AT, place="MILE-20", label="button"),
        read(2),
        Unreadable(seen_at=0, reason="neither a read nor a command", text_ref="raw-1"),
        ClockChecked(seen_at=AT, of=SOURCE, offset_ms=250),
        DeviceStatus(seen_at=AT, of=SOURCE, connected=True, errors=("antenna 2",)),
    ]
    items = sent(a_log(*facts), people)
    found = read_batch(msgspec.json.encode({"items": items}), AT, "http:hill", "device", "hill")
    assert found.refused == []
    assert {heard.received.source for heard in found.heard} == {f"http:hill/{SOURCE}"}
    kinds = [type(heard.received.fact) for heard in found.heard]
    assert kinds == [Read, Marker, Read, Unreadable, ClockChecked, DeviceStatus]
    assert [heard.received.fact for heard in found.heard][:3] == facts[:3]
    assert found.heard[3].text == "\x00ÿ%%".encode()


def test_the_same_log_is_sent_as_the_same_items_so_that_sending_again_changes_nothing() -> None:
    log = a_log(*(read(n) for n in range(50)))
    assert sent(log) == sent(log)
    assert [item["seq"] for item in sent(log)] == [AT + n for n in range(50)]


def test_a_batch_is_no_larger_than_the_door_takes() -> None:
    log = a_log(*(read(n) for n in range(2 * ITEMS + 1)))
    batches = list(list_items(log, MemoryPeople(), 0))
    assert [len(batch) for batch in batches] == [ITEMS, ITEMS, 1]
    assert all(sum(len(item.body) + 1 for item in batch) <= BYTES for batch in batches)
    assert [item.seq for batch in batches for item in batch] == list(range(1, 2 * ITEMS + 2))


def test_only_what_came_after_the_answered_place_is_sent() -> None:
    log = a_log(*(read(n) for n in range(5)))
    assert [item["chip"] for item in sent(log, after=3)] == ["A00003", "A00004"]


def test_the_place_is_found_again_and_a_spoilt_file_sends_everything_again(tmp_path: Path) -> None:
    file = tmp_path / "passed-on"
    assert Place(file).seq == 0
    Place(file).move_to(41)
    assert Place(file).seq == 41
    file.write_bytes(b"\x00\x00")
    assert Place(file).seq == 0


def test_an_address_names_an_event() -> None:
    assert parse_line("https://race.example/spring-race/", "k") == Line(
        "https", "race.example", None, "/spring-race", "k"
    )
    for wrong in ("race.example", "https://race.example", "ftp://race.example/x", "http://a:x/b"):
        with pytest.raises(PlanError):
            parse_line(wrong, "k")
