"""What people wrote about somebody, through every door: after an erasure it is in no byte of the folder."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from homestretch.facts import DeviceStatus, TakenOver, digest
from tests.browser.server import wait_for
from tests.cli.conftest import Run, opened
from tests.cli.serving import Serving, homestretch, serving
from tests.patience import PATIENCE_S

AT = "2024-05-04T09:30:00-04:00"
ABOUT_HER = (b"Ilsabet", b"Quarrelholm", b"canary-knee", b"canary-bus", b"canary-strike")
ABOUT_HIM = (b"Ottmar", b"Bellwether")
LATE = "bib,first,last,race\n990,Ilsabet,Quarrelholm,marathon\n"


class Doors(NamedTuple):
    """A running server, and what was said to it."""

    server: Serving
    folder: Path
    address: str
    token: str
    late: Path


def holding(folder: Path, words: tuple[bytes, ...]) -> dict[str, list[bytes]]:
    """Files in whose bytes words stand; entrants.csv is the organiser's."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "entrants.csv"]
    found = {
        path.name: [word for word in words if word in path.read_bytes()] for path in sorted(files)
    }
    return {name: words for name, words in found.items() if words}


def item(seq: int, kind: str, **fields: Any) -> dict[str, Any]:
    return {"seq": seq, "kind": kind, "seen_at": AT, **fields}


def batch() -> list[dict[str, Any]]:
    """Words about her: of misspelt and unknown bibs, of none, of her own bib, refused ones."""
    return [
        item(1, "sighting", bib="1O1", place="mill", text="Ilsabet Quarrelholm limps"),
        item(2, "sighting", bib="0101", place="mill", text="canary-knee"),
        item(3, "withdrawn", bib="777", text="QUARRELHOLM gave up"),
        item(4, "taken-over", bib="101", taken_by="bus", keeper="Bus 2", text="canary-bus"),
        item(5, "ruled", bib="999", verdict="dnf", text="Ilsabet Quarrelholm, I think"),
        item(6, "flag", state="hold", text="Look out for Quarrelholm, Ilsabet."),
        item(7, "dance", bib="101", text="Ilsabet Quarrelholm dances"),
        item(8, "gun", race="10k", wave="A"),
    ]


def post(doors: Doors, items: list[dict[str, Any]]) -> dict[str, Any]:
    body = json.dumps({"items": items}).encode()
    headers = {"Authorization": f"Bearer {doors.token}"}
    answer = httpx.post(f"{doors.address}/facts", content=body, headers=headers, timeout=PATIENCE_S)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def strike(doors: Doors) -> dict[str, Any]:
    """A strike of what was said of her own bib."""
    with opened(doors.folder) as store:
        (taken,) = [
            row for row in store.log.read_since(0).others if isinstance(row.fact, TakenOver)
        ]
    source, number, content = taken.id
    assert content == digest(taken.fact)
    return item(
        9, "struck", source=source, number=number, digest=content, text="canary-strike: was another"
    )


def last_seq(folder: Path) -> int:
    with opened(folder) as store:
        return store.log.last_seq()


def troubles(folder: Path) -> list[str]:
    """What the log holds of what was in the way at a door."""
    with opened(folder) as store:
        facts = [row.fact for row in store.log.read_since(0).others]
    return [fact.errors[0] for fact in facts if isinstance(fact, DeviceStatus) and fact.errors]


def has_left(folder: Path) -> bool:
    """Whether the log holds that a device left: a moment after its connection is closed."""
    with opened(folder) as store:
        facts = [row.fact for row in store.log.read_since(0).others]
    return any(isinstance(fact, DeviceStatus) and fact.connected is False for fact in facts)


def make_key(run: Run, folder: Path, *words: str) -> str:
    shown = run("key", "create", folder, *words).stdout
    return re.findall(r"/key/([\w-]{43})", shown)[0]


@pytest.fixture
def doors(folder: Path, run: Run) -> Iterator[Doors]:
    """A server to which everything was said that names her or him."""
    token = make_key(run, folder, "--role", "control", "--label", "Ottmar Bellwether")
    make_key(
        run, folder, "--role", "station", "--at", "weir", "--label", "Ilsabet Quarrelholm's crew"
    )
    late = folder.parent / "late.csv"
    late.write_text(LATE)
    (port,) = re.findall(r"jchip = (\d+)", (folder / "event.toml").read_text())
    with serving("run", folder, "--port", "0") as server:
        address = server.wait_for(r"Mill Race Run: (http://\S+)")[1]
        doors = Doors(server, folder, address, token, late)
        assert post(doors, batch())["durable"] == 7
        assert post(doors, [strike(doors)])["durable"] == 1
        with socket.create_connection(("127.0.0.1", int(port)), timeout=PATIENCE_S) as device:
            device.sendall(b"Ilsabet Quarrelholm\r")
            device.shutdown(socket.SHUT_WR)
            while device.recv(100):  # the door closes once everything before the end is durable
                pass
        wait_for(lambda: has_left(folder))
        assert run("import", folder, late).exit_code == 1
        for name in ("Ilsabet Quarrelholm", "Ottmar Bellwether"):
            said = run("say", folder, "mat-lifted", "place=mill", "--by", name)
            assert said.exit_code == 0, said.stderr
        yield doors
        assert server.end() == 0


def test_what_was_written_about_somebody_is_in_no_byte_after_the_erasure(
    doors: Doors, run: Run
) -> None:
    before = holding(doors.folder, ABOUT_HER + ABOUT_HIM)
    assert set().union(*before.values()) == {*ABOUT_HER, *ABOUT_HIM}
    assert {name for name in before if name.startswith("facts")} == set()
    known = last_seq(doors.folder)
    done = homestretch("erase", doors.folder, "101", "--yes")
    assert done.returncode == 0, done.stderr
    assert "So are 11 texts about them." in done.stdout
    assert "The label of 1 key had the name in it" in done.stdout
    assert holding(doors.folder, ABOUT_HER) == {}
    assert set().union(*holding(doors.folder, ABOUT_HIM).values()) == set(ABOUT_HIM)
    done = run("erase", doors.folder, "--name", "Ottmar Bellwether", "--yes")
    assert done.exit_code == 0, done.stderr
    assert holding(doors.folder, ABOUT_HER + ABOUT_HIM) == {}
    # What is sent again is known, and brings no word back.
    again = strike(doors)
    assert post(doors, batch())["durable"] == 7
    assert post(doors, [again])["durable"] == 1
    assert run("import", doors.folder, doors.late).exit_code == 1
    assert last_seq(doors.folder) == known
    assert holding(doors.folder, ABOUT_HER + ABOUT_HIM) == {}


def test_a_name_that_stands_nowhere_is_said(folder: Path, run: Run) -> None:
    done = run("erase", folder, "--name", "Ottmar Bellwether", "--yes")
    assert done.exit_code == 1
    assert "No text and no key names 'Ottmar Bellwether'." in done.stderr


def test_a_name_is_erased_only_after_a_yes(folder: Path, run: Run) -> None:
    make_key(run, folder, "--role", "control", "--label", "Ottmar Bellwether")
    run("erase", folder, "--name", "ottmar bellwether", answer="n\n")
    assert "Ottmar Bellwether" in run("key", "list", folder).stdout
    run("erase", folder, "--name", "ottmar bellwether", answer="y\n")
    assert "Ottmar" not in run("key", "list", folder).stdout


def test_whom_to_erase_must_be_said_in_one_way(folder: Path, run: Run) -> None:
    assert run("erase", folder).exit_code == 2
    assert run("erase", folder, "101", "--name", "Ottmar Bellwether").exit_code == 2


def test_a_row_that_was_left_out_is_named_too(folder: Path, run: Run) -> None:
    with (folder / "entrants.csv").open("a") as file:
        file.write("101,Ilsabet,Quarrelholm,5k,,,f,34,,,,name\n")
    said = run("erase", folder, "101", "--yes").stdout
    assert f"{folder / 'entrants.csv'} still has them in lines 2, 9." in said


def test_a_file_in_the_inbox_that_names_the_person_is_said(folder: Path, run: Run) -> None:
    (folder / "inbox" / "late").mkdir(parents=True)
    (folder / "inbox" / "late" / "entries.csv").write_text(LATE)
    (folder / "inbox" / "finish.csv").write_text("chip,time\n")
    said = run("erase", folder, "101", "--yes").stdout
    assert f"{folder / 'inbox' / 'late' / 'entries.csv'} still names them." in said
    assert "finish.csv" not in said


def test_what_is_wrong_with_a_dropped_file_is_told_without_its_rows(folder: Path, run: Run) -> None:
    """What stands on the page of the devices is a fact."""
    (folder / "inbox").mkdir()
    late = folder / "inbox" / "late.csv"
    late.write_text("bib,first,last,race\n990,Ilsabet,Quarrelholm,Ottmar\n")
    assert '"Ottmar"' in run("import", folder, late).stdout
    with serving("run", folder, "--port", "0") as server:
        wait_for(lambda: troubles(folder))
        assert server.end() == 0
    assert "1 refused" in troubles(folder)[0]
    assert not [line for line in server.said if "Ilsabet" in line or "Ottmar" in line]
    assert not [name for name in holding(folder, ABOUT_HER + ABOUT_HIM) if name.startswith("facts")]


def test_words_of_a_bib_that_was_the_persons_alone_go_as_well(folder: Path, run: Run) -> None:
    """The bib was changed at the desk; whatever was said of the old one is about the same person."""
    for bib in ("101", "5101"):
        changed = folder.parent / f"{bib}.csv"
        changed.write_text(f"id,bib,first,last,race\n101,{bib},Ilsabet,Quarrelholm,10k\n")
        assert run("import", folder, changed).exit_code == 0
        run("say", folder, "withdrawn", f"bib={bib}", f"text=canary-{bib}")
    assert run("erase", folder, "5101", "--yes").exit_code == 0
    with opened(folder) as store:
        assert store.people.list_texts() == []
