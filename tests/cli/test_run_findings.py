"""`homestretch run` says at its start what is wrong with the files, and keeps the rows that it leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from homestretch.facts import Unreadable
from homestretch.loading import LEFT_OUT
from homestretch.store.opening import open_store
from tests.cli.conftest import Run, opened
from tests.cli.serving import serving

BAD_ROWS = "102,Una,Twicewick,10k,A,,f,30,,,C902,name\n,Nemo,Bibless,10k,A,,m,30,,,C903,name\n"
ODD_ROW = "109,Odd,Agewell,10k,A,,f,230,,,C909,name\n"


def add_rows(folder: Path, rows: str) -> None:
    with (folder / "entrants.csv").open("a") as file:
        file.write(rows)


def start(folder: Path) -> list[str]:
    """What is said until the pages are there."""
    with serving("run", folder, "--port", "0") as server:
        server.wait_for("Mill Race Run: http")
        assert server.end() == 0
    return server.said


def kept_rows(folder: Path) -> list[bytes | None]:
    """The texts of the rows that were left out."""
    with opened(folder) as store:
        facts = [row.fact for row in store.log.read_since(0).others]
        return [
            store.people.find_text(fact.text_ref or "")
            for fact in facts
            if isinstance(fact, Unreadable) and fact.reason == LEFT_OUT
        ]


def test_a_folder_without_a_fault_starts_without_a_word(folder: Path) -> None:
    said = start(folder)
    assert said[0].startswith("Mill Race Run: ")


def test_rows_that_were_left_out_are_said_and_kept_once(folder: Path) -> None:
    add_rows(folder, BAD_ROWS + ODD_ROW)
    said = start(folder)
    assert said[0] == f"In the files of {folder}:"
    assert said[1].startswith("  entrants.csv, line 9: Bib 102 stands in line 3 already;")
    assert "Give one of the two another bib." in said[1]
    assert said[2].startswith("  entrants.csv, line 10: The row has no bib and is left out.")
    assert said[3].startswith("  entrants.csv, line 11 (warning): ")
    assert "2 rows are left out" in said[4]
    assert said[5].startswith("Mill Race Run: ")
    rows = [row.encode() for row in BAD_ROWS.splitlines()]
    assert kept_rows(folder) == rows
    assert start(folder)[:5] == said[:5]
    assert kept_rows(folder) == rows


def test_of_many_findings_twenty_are_said_and_the_rest_counted(folder: Path, run: Run) -> None:
    add_rows(folder, "".join(f"x{n}?,Una,Oddbib,10k,A,,f,30,,,D{n},name\n" for n in range(25)))
    said = start(folder)
    found = [line for line in said if "entrants.csv, line" in line]
    assert len(found) == 20
    checked = run("check", folder).stdout.splitlines()
    assert set(found) <= {f"  {line}" for line in checked}
    assert f"  5 more: homestretch check {folder}" in said
    assert "25 rows are left out" in "\n".join(said)
    assert len(kept_rows(folder)) == 25


@pytest.mark.parametrize("name", ["event.toml", "course.gpx"])
def test_an_error_in_the_plan_stops_the_start(folder: Path, run: Run, name: str) -> None:
    (folder / name).write_text("[event")
    done = run("run", folder, "--port", "0")
    assert done.exit_code == 1
    assert name in done.stderr
    assert "http" not in done.stdout


def test_a_demo_starts_without_findings(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    small = ("--marathon", "120", "--half", "120", "--port", "0", "--folder", folder)
    with serving("demo", *small) as server:
        server.wait_for("Ctrl-C ends it")
        assert server.end() == 0
    assert server.said[0].endswith("a made-up race day, is on:")
    store = open_store(folder, "three-rivers")
    facts = [row.fact for row in store.log.read_since(0).others]
    store.close()
    assert not [fact for fact in facts if isinstance(fact, Unreadable)]
