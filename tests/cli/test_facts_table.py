"""All facts as one Parquet file: everything that the log holds, in its order, and nothing that may be erased."""

from __future__ import annotations

import stat
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
from hypothesis import given, settings

from homestretch.facts import Read, decode, encode
from homestretch.office.facts_table import write_facts
from homestretch.store.memory import MemoryLog
from tests.state.days import Day
from tests.state.test_laws import days


@settings(max_examples=20, deadline=None)
@given(day=days)
def test_every_fact_is_a_row_that_can_be_read_back(day: Day) -> None:
    log = MemoryLog()
    log.append(day.items)
    with tempfile.TemporaryDirectory() as folder:
        count = write_facts(log, Path(folder) / "day.parquet")
        rows = pq.read_table(Path(folder) / "day.parquet").to_pylist()
    found = {(row["source"], row["number"], row["digest"]): row for row in rows}
    expected = {item.id: item for item in day.items}
    assert count == len(rows) == len(expected)
    assert found.keys() == {tuple(key) for key in expected}
    assert [row["seq"] for row in rows] == sorted(row["seq"] for row in rows)
    for key, row in found.items():
        fact = expected[key].fact  # type: ignore[index]  # a fact id is a tuple
        assert encode(decode(row["body"].encode())) == encode(fact)
        assert row["seen_at"] == fact.seen_at
        if isinstance(fact, Read):
            assert (row["kind"], row["chip"], row["place"]) == ("read", fact.chip, fact.place)


def test_the_file_is_the_owners_alone_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_facts(MemoryLog(), tmp_path / "day.parquet")
    assert stat.S_IMODE((tmp_path / "day.parquet").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["day.parquet"]
