"""Folders that earlier versions wrote are opened, read and gone on with: what they knew is known, and means the same.

``tests/store/earlier`` has folders written by the code at three commits: the first that ran, the first with commands,
and the last before the API; ``expected.json`` is what that code itself made of them. The people are invented.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from homestretch.app import load_folder, load_into_store
from homestretch.errors import NewerStore, StoreError
from homestretch.facts import Read, received
from homestretch.live import Live
from homestretch.office.backup import back_up, restore
from homestretch.picture import Picture
from homestretch.store.opening import FACTS_FILE, PEOPLE_FILE, Store, open_store
from homestretch.store.sqlite_file import SqliteFile

EARLIER = Path(__file__).parent / "earlier"
VERSIONS = sorted(path.name for path in EARLIER.iterdir())
EVENT = "mill-race"


@pytest.fixture(params=VERSIONS)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the folder that an earlier version wrote."""
    return Path(shutil.copytree(EARLIER / request.param, tmp_path / "mill"))


def expected(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode((folder / "expected.json").read_bytes())
    return found


def picture_of(store: Store, now: int) -> Picture:
    published: list[Picture] = []
    Live(store.log, store.people, lambda: now, published.append).refresh()
    return published[-1]


def seen(store: Store, told: dict[str, Any]) -> dict[str, Any]:
    """What this version makes of a store, in the words of ``expected.json``."""
    picture, people = picture_of(store, told["now"]), store.people
    state, roster = picture.state, picture.state.roster
    kinds = {str(row.fact.__struct_config__.tag) for row in store.log.read_since(0).others}
    return {
        "now": picture.now,
        "rows": store.log.last_seq(),
        "kinds": sorted((kinds - {"entered", "plan-loaded"}) | {"read"}),
        "bibs": list(roster.bibs),
        "entrants": list(roster.entrants),
        "points": list(state.points.ids),
        "status": state.status.tolist(),
        "gun_ms": state.gun_ms.tolist(),
        "net_ms": state.net_ms.tolist(),
        "place": state.place.tolist(),
        "passed_at": state.passed_at.tolist(),
        "unused": {reason.name: count for reason, count in state.unused.items()},
        "persons": sorted([it.entrant, it.first, it.last, it.display] for it in people.list_persons()),
        "erased": people.list_erased(),
        "texts": {ref: (people.find_text(ref) or b"").decode() for ref in told["texts"]},
        "keys": [[key.role, key.label, key.hash] for key in people.list_keys()],
    }  # fmt: skip


def test_there_is_a_folder_of_each_version() -> None:
    assert VERSIONS == ["before-the-api", "first-commands", "first-run"]


def test_what_an_earlier_version_knew_is_known_and_means_the_same(folder: Path) -> None:
    told = expected(folder)
    with contextlib.closing(open_store(folder, EVENT)) as store:
        found = seen(store, told)
    assert {key: found[key] for key in told} == told


def test_an_earlier_folder_is_gone_on_with_and_its_files_bring_nothing_new(folder: Path) -> None:
    told = expected(folder)
    done = load_into_store(folder, load_folder(folder), told["now"])
    with contextlib.closing(open_store(folder, EVENT)) as store:
        before = seen(store, told)
        assert before["status"] == told["status"]
        assert before["persons"] == told["persons"], "who was erased does not come back"
        read = Read(seen_at=told["now"] - 1000, chip="C201", place="FINISH-1")
        added = store.log.append([received(read, "jchip:FINISH-1", told["now"], 999)])
        assert added.new == 1
        again = store.log.append([store_item(store)])
        assert (again.new, again.known) == (0, 1), "a fact that is known is known"
    assert done is not None


def store_item(store: Store) -> Any:
    """A fact that is in the log, as it would be sent again."""
    row = store.log.read_since(0).reads[0]
    symbols = store.log.read_since(0).symbols
    read = Read(seen_at=int(row["seen_at"]), chip=symbols[row["chip"]], place=symbols[row["place"]])
    return received(read, symbols[row["source"]], int(row["received_at"]) + 5, int(row["number"]))


def test_an_earlier_folder_can_be_backed_up_and_restored(folder: Path, tmp_path: Path) -> None:
    told = expected(folder)
    back_up(folder, EVENT, tmp_path / "mill.zip", version="0", made_at=1)
    restore(tmp_path / "mill.zip", tmp_path / "again")
    with contextlib.closing(open_store(tmp_path / "again", EVENT)) as store:
        found = seen(store, told)
    assert {key: found[key] for key in told} == told


@pytest.mark.parametrize("name", [FACTS_FILE, PEOPLE_FILE])
def test_a_file_of_a_later_version_is_not_touched(folder: Path, name: str) -> None:
    with contextlib.closing(sqlite3.connect(folder / name)) as db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
        db.commit()
    before = (folder / name).read_bytes()
    with pytest.raises(NewerStore, match="later version"):
        open_store(folder, EVENT)
    assert (folder / name).read_bytes() == before


STEPS = {
    1: "ALTER TABLE facts ADD COLUMN note TEXT; UPDATE facts SET note = 'from version 1';",
    2: "CREATE TABLE more(id INTEGER PRIMARY KEY) STRICT; INSERT INTO more SELECT seq FROM facts;",
}


def later(path: Path, version: int, steps: dict[int, str]) -> SqliteFile:
    """The file as a later version of Homestretch would open it."""
    return SqliteFile(path, holds="facts", version=version, schema="", steps=steps)


@pytest.mark.parametrize("version", [2, 3])
def test_a_later_version_takes_every_step_from_the_one_that_wrote_the_file(
    folder: Path, version: int
) -> None:
    with (
        contextlib.closing(later(folder / FACTS_FILE, version, STEPS)) as file,
        file.reading() as db,
    ):
        facts = db.execute("SELECT count(*), min(note) FROM facts").fetchone()
        more = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone()
    assert facts == (expected(folder)["rows"], "from version 1")
    assert more == (version - 2,)
    with pytest.raises(NewerStore, match=f"schema {version}, this version knows 1"):
        open_store(folder, EVENT)


def test_a_step_that_cannot_be_taken_leaves_the_file_to_the_version_that_wrote_it(
    folder: Path,
) -> None:
    told = expected(folder)
    steps = STEPS | {2: "INSERT INTO nowhere VALUES (1);"}
    with pytest.raises(StoreError, match="nowhere"):
        later(folder / FACTS_FILE, 3, steps)
    with contextlib.closing(open_store(folder, EVENT)) as store:
        assert seen(store, told)["status"] == told["status"]
