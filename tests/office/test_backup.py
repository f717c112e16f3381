"""A backup is the event of one moment, whole or not there, and nothing comes out of it that was not put in."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homestretch.errors import HomestretchError, StoreError
from homestretch.facts import Read, Received, received
from homestretch.office.backup import MANIFEST, Manifest, back_up, restore
from homestretch.race.consent import Hand
from homestretch.race.entrant import Person
from homestretch.store.keys import new_key
from homestretch.store.links import new_link
from homestretch.store.opening import open_store
from tests.cli.serving import COMMAND
from tests.patience import PATIENCE_S

HANDS: tuple[Hand, ...] = ("own", "guardian")

AT = 1_777_800_000_000
EVENT = """[event]
id = "mill"
name = "Mill Run"
date = 2026-05-03
zone = "Europe/Vienna"
[[race]]
id = "10k"
name = "10 km"
distance_m = 10000
gun = 09:00:00
[[point]]
id = "finish"
name = "Finish"
distance_m = 10000
devices = ["F"]
"""


def reads(first: int, many: int) -> list[Received]:
    return [
        received(Read(seen_at=AT + n, chip=f"C{n}", place="F"), "mat", AT + n, n)
        for n in range(first, first + many)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An event with reads, people and a text, and files that the organiser put there."""
    where = tmp_path / "mill"
    (where / "maps").mkdir(parents=True)
    (where / "event.toml").write_text(EVENT)
    (where / "entrants.csv").write_text("bib,first,last,race\n7,Ilsabet,Quarrelholm,10k\n")
    (where / "maps" / "parking.txt").write_text("behind the mill")
    (where / "results").mkdir()
    (where / "results" / "10k.csv").write_text("made again by a command")
    (where / ".devices.json").write_text("{}")
    (where / "elsewhere").symlink_to("/etc/hostname")
    with contextlib.closing(open_store(where, "mill")) as store:
        store.log.append(reads(0, 50))
        store.people.put_persons([Person(entrant="10k-7", first="Ilsabet")])
        store.people.put_text("t1", b"by the bridge", AT * 2)
    return where


def content(folder: Path) -> tuple[list[int], list[int], object, object]:
    """Everything that its two databases tell."""
    with contextlib.closing(open_store(folder, "mill")) as store:
        rows = store.log.read_since(0)
        return (
            rows.reads["seq"].tolist(),
            rows.reads["seen_at"].tolist(),
            store.people.list_persons(),
            store.people.list_texts(),
        )


def back(folder: Path, file: Path) -> Manifest:
    return back_up(folder, "mill", file, version="0", made_at=AT)


def test_what_is_restored_elsewhere_equals_the_original(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "mill.zip"
    made = back(folder, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert made.last_seq == 50
    elsewhere = tmp_path / "there" / "mill"
    assert restore(file, elsewhere) == made
    assert content(elsewhere) == content(folder)
    names = {path.relative_to(elsewhere).as_posix() for path in elsewhere.rglob("*")}
    plan = {"event.toml", "entrants.csv", "maps", "maps/parking.txt"}
    assert {name for name in names if not name.startswith(("facts.db", "people.db"))} == plan
    assert (elsewhere / "event.toml").read_bytes() == (folder / "event.toml").read_bytes()
    assert elsewhere.stat().st_mode & 0o077 == 0


def test_a_backup_under_load_is_the_event_up_to_its_moment(folder: Path, tmp_path: Path) -> None:
    enough, stop = threading.Event(), threading.Event()

    def append() -> None:
        with contextlib.closing(open_store(folder, "mill")) as store:
            for first in range(50, 100_000, 100):
                store.log.append(reads(first, 100))
                if first > 1000:
                    enough.set()
                if stop.is_set():
                    return

    writer = threading.Thread(target=append)
    writer.start()
    assert enough.wait(PATIENCE_S)
    made = [back(folder, tmp_path / f"{number}.zip") for number in range(3)]
    stop.set()
    writer.join()
    seqs, seen_at, persons, texts = content(folder)
    assert 1000 < made[0].last_seq <= made[1].last_seq <= made[2].last_seq <= len(seqs)
    for number, manifest in enumerate(made):
        restore(tmp_path / f"{number}.zip", tmp_path / str(number))
        upto = manifest.last_seq
        assert content(tmp_path / str(number)) == (seqs[:upto], seen_at[:upto], persons, texts)


def test_a_backup_that_is_killed_leaves_the_event_whole_and_no_half_file(
    folder: Path, tmp_path: Path
) -> None:
    with contextlib.closing(open_store(folder, "mill")) as store:
        store.log.append(reads(50, 60_000))
    before = content(folder)
    target = tmp_path / "kept"
    target.mkdir()
    for _ in range(3):
        command = [*COMMAND, "backup", str(folder), str(target / "mill.zip")]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while process.poll() is None and not any(target.iterdir()):
            pass
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        if not (target / "mill.zip").exists():
            break
        (target / "mill.zip").unlink()
    assert not (target / "mill.zip").exists(), "it was never killed in the middle"
    assert content(folder) == before
    assert back(folder, target / "mill.zip").last_seq == 60_050


def test_what_was_erased_is_in_no_byte_of_a_later_backup(folder: Path, tmp_path: Path) -> None:
    with contextlib.closing(open_store(folder, "mill")) as store:
        store.people.erase("10k-7")
    (folder / "entrants.csv").write_text("bib,first,last,race\n")
    back(folder, tmp_path / "mill.zip")
    restore(tmp_path / "mill.zip", tmp_path / "again")
    for path in (tmp_path / "again").rglob("*"):
        assert not path.is_file() or b"Ilsabet" not in path.read_bytes()


def test_nothing_is_written_over(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "mill.zip"
    file.write_text("somebody's")
    with pytest.raises(HomestretchError, match="is there already"):
        back(folder, file)
    assert file.read_text() == "somebody's"
    file.unlink()
    back(folder, file)
    with pytest.raises(HomestretchError, match="is there already"):
        restore(file, folder)
    with pytest.raises(HomestretchError, match="could not be written"):
        back(folder, tmp_path / "nowhere" / "mill.zip")


def _repacked(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(file) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    change(found)
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in found.items():
            archive.writestr(name, data)


def _renamed(found: dict[str, bytes]) -> None:
    """A path that leads out of the folder, with the right digest."""
    found["../outside.txt"] = found.pop("maps/parking.txt")
    found[MANIFEST] = found[MANIFEST].replace(b"maps/parking.txt", b"../outside.txt")


def _torn(found: dict[str, bytes]) -> None:
    """A database with a hole, under its right digest."""
    manifest = msgspec.json.decode(found[MANIFEST])
    found["facts.db"] = found["facts.db"][:5000] + b"\0" * (len(found["facts.db"]) - 5000)
    for kept in manifest["files"]:
        if kept["path"] == "facts.db":
            kept["sha256"] = hashlib.sha256(found["facts.db"]).hexdigest()
    found[MANIFEST] = msgspec.json.encode(manifest)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_renamed, "damaged"),
        (_torn, "damaged"),
        (lambda found: found.update({"entrants.csv": b"bib\n"}), "damaged"),
        (lambda found: found.pop("people.db"), "damaged"),
        (lambda found: found.pop(MANIFEST), "no backup"),
        (lambda found: found.update({MANIFEST: b"{}"}), "no backup"),
        (
            lambda found: found.update(
                {MANIFEST: found[MANIFEST].replace(b'"format":1', b'"format":9')}
            ),
            "later version",
        ),
    ],
)
def test_a_file_that_is_not_what_was_written_makes_no_folder(
    folder: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], says: str
) -> None:
    back(folder, tmp_path / "mill.zip")
    _repacked(tmp_path / "mill.zip", change)
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises((HomestretchError, StoreError), match=says):
        restore(tmp_path / "mill.zip", tmp_path / "again")
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(where=st.floats(0, 1), many=st.integers(1, 40))
def test_no_byte_of_a_backup_can_change_unseen(
    folder: Path, tmp_path: Path, where: float, many: int
) -> None:
    whole = tmp_path / "whole.zip"
    if not whole.exists():
        back(folder, whole)
    data = bytearray(whole.read_bytes())
    at = int(where * (len(data) - many))
    data[at : at + many] = bytes(byte ^ 0x5A for byte in data[at : at + many])
    broken, again = tmp_path / "broken.zip", tmp_path / "again"
    broken.write_bytes(data)
    try:
        restore(broken, again)
    except (HomestretchError, StoreError):
        assert not again.exists()
        return
    assert content(again) == content(folder), "only what zip does not need was changed"
    for path in sorted(again.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    again.rmdir()


def test_the_commands_say_what_they_did(folder: Path, tmp_path: Path) -> None:
    def say(*words: str | Path) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "homestretch", *map(str, words)],
            capture_output=True, text=True, check=False, timeout=PATIENCE_S,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    key, _ = new_key("control", created_at=0, expires_at=2**62)
    links = [new_link("10k-7", hand, created_at=0, expires_at=2**62)[0] for hand in HANDS]
    with contextlib.closing(open_store(folder, "mill")) as store:
        store.people.put_key(key)
        store.people.put_links(links)
    (tmp_path / "kept").mkdir()
    assert "50 facts" in say("backup", folder, tmp_path / "kept")
    (file,) = (tmp_path / "kept").iterdir()
    assert file.name.startswith("mill-2")
    said = say("restore", file, tmp_path / "again")
    assert "50 facts" in said
    again = tmp_path / "again"
    for words in (
        f"homestretch erase {again} BIB",
        f"homestretch say {again} hidden entrant=ID",
        f"all its keys open again, those revoked since too (1): homestretch key list {again}",
        "all its private links open again, those revoked since too (2)",
        f"homestretch links {again} --revoke --bib BIB",
    ):
        assert words in said
    assert content(again) == content(folder)
