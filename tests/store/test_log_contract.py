"""What every log does, whichever it is."""

from __future__ import annotations

import threading
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homestretch.errors import FactError, HomestretchError, NotFound, StoreError
from homestretch.facts import (
    Assigned,
    Entered,
    Ping,
    PlanLoaded,
    Read,
    Received,
    Sighting,
    Withdrawn,
    received,
)
from homestretch.store import READ_COLUMNS, Appended, Log, Rows

DAY = 1_777_800_000_000


def read(number: int, chip: str = "DA1", place: str = "FINISH-1", arrived: int = DAY) -> Received:
    return received(
        Read(seen_at=DAY + number, chip=chip, place=place), "jchip:FINISH-1", arrived, number
    )


def contents(rows: Rows) -> dict[tuple[Any, ...], Any]:
    """Identity -> (what was seen, when it arrived): a log as a set, without its positions."""
    symbols = rows.symbols
    found: dict[tuple[Any, ...], Any] = {}
    for _, source, number, digest, seen_at, received_at, chip, place in rows.reads.tolist():
        fact = Read(seen_at=seen_at, chip=symbols[chip], place=symbols[place])
        found[symbols[source], number, digest] = (fact, received_at)
    for row in rows.others:
        found[row.id] = (row.fact, row.received_at)
    return found


def expected(items: list[Received]) -> dict[tuple[Any, ...], Any]:
    arrivals: dict[tuple[Any, ...], int] = {}
    for item in items:
        arrivals[item.id] = min(arrivals.get(item.id, item.received_at), item.received_at)
    return {item.id: (item.fact, arrivals[item.id]) for item in items}


def test_an_empty_log_is_empty(log_place: Any) -> None:
    log: Log = log_place.open()
    rows = log.read_since(0)
    assert (len(rows.reads), rows.others, rows.last_seq, log.last_seq()) == (0, [], 0, 0)
    assert rows.reads.dtype == READ_COLUMNS
    assert log.append([]) == Appended(0, 0, 0)


def test_what_was_appended_is_there_after_opening_again(log_place: Any) -> None:
    log: Log = log_place.open()
    facts = [
        read(1),
        read(2, chip="DA2", place="10K"),
        received(
            Entered(seen_at=DAY, entrant="e1", bib="7", race="half", sex="f", age=41), "folder", DAY
        ),
        received(Ping(seen_at=DAY, vehicle="sweep", lat=40.44, lon=-79.99), "phone:1", DAY, 12),
        received(Sighting(seen_at=DAY, bib="36*1", place="mile-25", text_ref="t1"), "desk", DAY),
        received(PlanLoaded(seen_at=DAY, plan=msgspec.Raw(b'{"a": [1, 2]}')), "folder", DAY),
    ]
    assert log.append(facts) == Appended(6, 0, 0)
    log.close()
    again: Log = log_place.open()
    rows = again.read_since(0)
    assert contents(rows) == expected(facts)
    assert rows.last_seq == again.last_seq()


def test_a_fact_that_comes_again_is_known(log_place: Any) -> None:
    log: Log = log_place.open()
    assert log.append([read(1), read(2)]) == Appended(2, 0, 0)
    assert log.append([read(2), read(3), read(3)]) == Appended(1, 2, 0)
    assert log.append([read(1), read(2), read(3)]) == Appended(0, 3, 0)
    assert len(log.read_since(0).reads) == 3


def test_a_number_used_for_two_records_loses_neither(log_place: Any) -> None:
    log: Log = log_place.open()
    assert log.append([read(1, chip="DA1"), read(1, chip="DA2")]) == Appended(2, 0, 0)


def test_a_known_fact_keeps_its_earliest_arrival(log_place: Any) -> None:
    log: Log = log_place.open()
    sighting = Sighting(seen_at=DAY, bib="7", place="mile-25")
    log.append([read(1, arrived=DAY + 500), received(sighting, "desk", DAY + 500, 9)])
    assert log.append([read(1, arrived=DAY + 900)]) == Appended(0, 1, 0)
    assert log.append([read(1, arrived=DAY + 100)]) == Appended(0, 1, 1)
    assert log.append([received(sighting, "desk", DAY + 200, 9), read(5)]) == Appended(1, 1, 1)
    rows = log.read_since(0)
    assert rows.reads["received_at"].min() == DAY
    assert {row[1] for row in contents(rows).values()} == {DAY + 100, DAY + 200, DAY}


def test_a_fact_twice_in_one_group_counts_as_lowered_once_or_not_at_all(log_place: Any) -> None:
    log: Log = log_place.open()
    assert log.append([read(1, arrived=DAY + 9), read(1, arrived=DAY + 5)]) == Appended(1, 1, 0)
    assert log.append([read(1, arrived=DAY + 4), read(1, arrived=DAY + 3)]) == Appended(0, 2, 1)
    assert log.read_since(0).reads["received_at"].tolist() == [DAY + 3]


def test_symbols_cover_every_number_in_the_rows(log_place: Any) -> None:
    log: Log = log_place.open()
    log.append([read(n, chip=f"C{n}", place=f"P{n % 3}") for n in range(50)])
    first = log.last_seq()
    log.append([read(50, chip="LATE", place="P0")])
    late = log.read_since(first)
    assert [late.symbols[chip] for chip in late.reads["chip"]] == ["LATE"]
    assert [late.symbols[place] for place in late.reads["place"]] == ["P0"]


@pytest.mark.parametrize("odd", ["", "a\0b", "é 馬 \U0001f3c1", "'; --", "x" * 5000])
def test_any_text_a_device_sends_comes_back_as_it_was(log_place: Any, odd: str) -> None:
    log: Log = log_place.open()
    items = [
        received(Read(seen_at=DAY, chip=odd, place=odd), odd, DAY, 1),
        received(Withdrawn(seen_at=DAY, bib=odd, by=odd), odd, DAY, 2),
    ]
    log.append(items)
    log.close()
    assert contents(log_place.open().read_since(0)) == expected(items)


@pytest.mark.parametrize("number", [-(2**63), -1, 0, 2**63 - 1])
def test_any_64_bit_number_fits(log_place: Any, number: int) -> None:
    log: Log = log_place.open()
    item = received(Read(seen_at=number, chip="C", place="P"), "s", number, number)
    log.append([item])
    assert contents(log.read_since(0)) == expected([item])


@pytest.mark.parametrize(
    "unfit",
    [
        received(Read(seen_at=DAY, chip="C", place="P"), "s", DAY, 2**63),
        received(Read(seen_at=-(2**70), chip="C", place="P"), "s", DAY, 1),
        received(Read(seen_at=DAY, chip="C", place="P"), "s", 2**64, 1),
        received(Read(seen_at=DAY, chip="\ud800", place="P"), "s", DAY, 1),
        received(Read(seen_at=DAY, chip="C", place="P"), "\udfff", DAY, 1),
        received(Sighting(seen_at=2**63, bib="1", place="P"), "s", DAY, 1),
    ],
)
def test_what_fits_into_no_log_is_refused_with_its_whole_group(
    log_place: Any, unfit: Received
) -> None:
    log: Log = log_place.open()
    log.append([read(1)])
    with pytest.raises(FactError):
        log.append([read(2, chip="NEW"), unfit])
    assert log.append([read(2, chip="NEW"), read(3, chip="NEWER")]) == Appended(2, 0, 0)
    assert contents(log.read_since(0)) == expected(
        [read(1), read(2, chip="NEW"), read(3, chip="NEWER")]
    )


def test_a_row_can_be_looked_up_by_its_position(log_place: Any) -> None:
    log: Log = log_place.open()
    items = [read(1), received(Assigned(seen_at=DAY, chip="DA1", bib="7"), "folder", DAY + 3)]
    log.append(items)
    rows = log.read_since(0)
    seqs = [*rows.reads["seq"].tolist(), *(row.seq for row in rows.others)]
    found = {log.get(seq).id: (log.get(seq).fact, log.get(seq).received_at) for seq in seqs}
    assert found == expected(items)
    assert all(log.get(seq).seq == seq for seq in seqs)
    for nowhere in (0, -1, rows.last_seq + 1, 10**12):
        with pytest.raises(NotFound):
            log.get(nowhere)


def test_two_openings_see_each_others_facts_and_symbols(log_place: Any) -> None:
    one, two = log_place.open(), log_place.open()
    one.append([read(1, chip="A")])
    two.append([read(2, chip="B"), read(3, chip="A")])
    one.append([read(4, chip="C"), read(5, chip="B")])
    items = [read(1, "A"), read(2, "B"), read(3, "A"), read(4, "C"), read(5, "B")]
    assert contents(one.read_since(0)) == contents(two.read_since(0)) == expected(items)


def test_threads_that_append_at_once_lose_nothing(log_place: Any) -> None:
    one, two = log_place.open(), log_place.open()
    shares = [[read(n, chip=f"C{n}") for n in range(t, 120, 4)] for t in range(4)]

    def append(log: Log, share: list[Received]) -> None:
        for at in range(0, len(share), 10):
            log.append(share[at : at + 10])

    threads = [
        threading.Thread(target=append, args=((one, two)[t % 2], share))
        for t, share in enumerate(shares)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert contents(one.read_since(0)) == expected([item for share in shares for item in share])


def test_a_closed_log_says_so(log_place: Any) -> None:
    log: Log = log_place.open()
    log.close()
    log.close()
    if type(log).__name__ != "MemoryLog":
        with pytest.raises(StoreError):
            log.append([read(1)])
        with pytest.raises(StoreError):
            log.last_seq()


items_of_a_day = st.builds(
    lambda kind, number, source, arrived: received(
        Read(seen_at=DAY + number, chip=f"C{number % 3}", place="P")
        if kind < 8
        else Withdrawn(seen_at=DAY + number, bib=str(number)),
        f"s{source}",
        DAY + arrived,
        number,
    ),
    st.integers(0, 9),
    st.integers(0, 12),
    st.integers(0, 2),
    st.integers(0, 5),
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches=st.lists(st.lists(items_of_a_day, max_size=8), max_size=6), data=st.data())
def test_any_order_and_any_repetition_make_the_same_set(
    new_log_place: Any, batches: list[list[Received]], data: st.DataObject
) -> None:
    place = new_log_place()
    log: Log = place.open()
    try:
        held: dict[tuple[Any, ...], Any] = {}
        pages: list[tuple[int, Any]] = []
        seen = 0
        for batch in [*batches, *data.draw(st.permutations(batches))]:
            before = dict(held)
            held = expected(
                [*([Received(f, i[0], i[1], at) for i, (f, at) in held.items()]), *batch]
            )
            done = log.append(batch)
            assert done.new == len(held) - len(before)
            assert done.new + done.known == len(batch)
            assert done.earlier == sum(held[i][1] < before[i][1] for i in before)
            rows = log.read_since(seen)
            pages += [(int(read["seq"]), None) for read in rows.reads]
            pages += [(other.seq, None) for other in rows.others]
            assert all(seen < seq <= rows.last_seq for seq, _ in pages[-done.new or len(pages) :])
            seen = rows.last_seq
        whole = log.read_since(0)
        assert contents(whole) == held
        seqs = sorted([*whole.reads["seq"].tolist(), *(row.seq for row in whole.others)])
        assert seqs == sorted(seq for seq, _ in pages)
        assert len(set(seqs)) == len(seqs)
        assert np.all(np.diff(whole.reads["seq"]) > 0)
        assert whole.last_seq == (seqs[-1] if seqs else 0)
    finally:
        place.close()


def test_every_error_of_a_store_has_a_hint(log_place: Any) -> None:
    log: Log = log_place.open()
    with pytest.raises(HomestretchError) as refused:
        log.append([received(Read(seen_at=DAY, chip="C", place="P"), "s", DAY, 2**63)])
    assert refused.value.hint
