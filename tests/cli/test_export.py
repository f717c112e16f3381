"""`homestretch export`: results in the public form and in full, exact, provisional and safe to open."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run


def rows_of(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))


@pytest.fixture
def public(read_folder: Path, run: Run) -> Path:
    """The public results."""
    assert run("export", read_folder).exit_code == 0
    return read_folder / "results"


@pytest.fixture
def full(read_folder: Path, run: Run) -> Path:
    """The director's results."""
    assert run("export", read_folder, "--full").exit_code == 0
    return read_folder / "results"


def test_each_race_has_a_table_and_a_json_file(public: Path) -> None:
    assert sorted(path.name for path in public.iterdir()) == [
        "10k.csv",
        "10k.json",
        "5k.csv",
        "5k.json",
    ]


def test_the_public_table_shows_people_as_the_pages_do(public: Path) -> None:
    rows = rows_of(public / "10k.csv")
    assert [(row["place"], row["bib"], row["name"], row["club"]) for row in rows] == [
        ("1", "102", "T. F.", ""),
        ("2", "101", "Ilsabet Quarrelholm", "Mill Lane AC"),
        ("3", "", "private entrant", ""),
        ("4", "104", "'=1+1 @Sumcell", "'+Plus Club"),
        ("1", "106", "Rolla Wheelgate", ""),
    ]


def test_a_place_beside_the_field_says_in_which_table_it_holds(public: Path) -> None:
    rows = rows_of(public / "10k.csv")
    assert [row["table"] for row in rows] == ["", "", "", "", "Wheelchair"]
    content = json.loads((public / "10k.json").read_text())
    assert [row.get("table", "") for row in content["rows"]] == [row["table"] for row in rows]


def test_times_follow_the_next_longer_second_rule(public: Path) -> None:
    by_bib = {row["bib"]: row for row in rows_of(public / "10k.csv")}
    assert (by_bib["102"]["gun"], by_bib["102"]["net"]) == ("41:03", "41:01")
    assert (by_bib["101"]["gun"], by_bib["101"]["net"]) == ("41:03", "41:02")
    assert by_bib["101"]["The Mill"] == "20:29"
    assert by_bib["102"]["The Mill"] == ""
    assert by_bib["106"]["gun"] == "25:32"
    assert by_bib["104"]["marks"] == "no start read: net time from the gun"


def test_a_hidden_entrant_has_a_place_and_times_and_nothing_else(public: Path) -> None:
    row = rows_of(public / "10k.csv")[2]
    told = {key: value for key, value in row.items() if value}
    assert told == {
        "place": "3",
        "name": "private entrant",
        "gun": "45:00",
        "net": "44:57",
        "status": "finished",
        "results": "provisional",
    }


def test_no_public_file_names_who_asked_not_to_be_named(public: Path) -> None:
    for file in public.iterdir():
        text = file.read_text(encoding="utf-8")
        assert not [
            name for name in ("Hidda", "Canarywick", "Fallowsund", "Slowater") if name in text
        ]


def test_every_row_says_that_results_are_provisional(public: Path) -> None:
    assert {row["results"] for row in rows_of(public / "10k.csv")} == {"provisional"}
    assert json.loads((public / "10k.json").read_text())["results"] == "provisional"


def test_results_are_official_once_the_director_has_declared_them(
    read_folder: Path, run: Run
) -> None:
    early = run("say", read_folder, "declared", "race=10k")
    assert early.exit_code == 1
    assert "Not accounted for: 105." in early.stderr
    file = read_folder.parent / "last.csv"
    file.write_text("chip,time\nC105,2024-05-04 10:05:00\n")
    run("import", read_folder, file, "--place", "finish")
    table = read_folder / "results" / "10k.csv"
    assert "provisional" in run("export", read_folder).stdout.lower()
    assert {row["results"] for row in rows_of(table)} == {"provisional"}
    assert run("say", read_folder, "declared", "race=10k").exit_code == 0
    assert "10 km: Official, version 1, " in run("export", read_folder).stdout
    assert {(row["results"], row["version"]) for row in rows_of(table)} == {("official", "1")}
    content = json.loads(table.with_suffix(".json").read_text())
    assert (content["version"], content["declared_at"][:4].isdecimal()) == (1, True)


def test_an_old_version_is_written_again_as_it_was(read_folder: Path, run: Run) -> None:
    file = read_folder.parent / "last.csv"
    file.write_text("chip,time\nC105,2024-05-04 10:05:00\n")
    run("import", read_folder, file, "--place", "finish")
    run("say", read_folder, "declared", "race=10k")
    run("say", read_folder, "ruled", "bib=102", "verdict=dsq")
    second = run("say", read_folder, "declared", "race=10k")
    assert "needs a reason" in second.stderr
    assert run("say", read_folder, "declared", "race=10k", "text=A ruling.").exit_code == 0
    assert run("export", read_folder).exit_code == 0
    old_version = run("export", read_folder, "--version", "1").stdout
    assert "10 km: Official, version 1, " in old_version
    assert "5 km: nothing written, it has no version 1." in old_version
    results = read_folder / "results"
    assert rows_of(results / "10k.csv")[0]["bib"] == "101"
    assert json.loads((results / "10k.json").read_text())["reason"] == "A ruling."
    old = rows_of(results / "10k-version-1.csv")
    assert (old[0]["bib"], old[0]["version"]) == ("102", "1")
    assert not (results / "5k-version-1.csv").exists()
    assert "no version 7" in run("export", read_folder, "--version", "7").stderr


def test_the_json_file_has_the_same_rows_and_exact_times(public: Path) -> None:
    content: dict[str, Any] = json.loads((public / "10k.json").read_text())
    assert (content["event"], content["race"], content["form"]) == ("mill-race", "10k", "public")
    second = content["rows"][1]
    assert (second["bib"], second["gun_ms"], second["net_ms"]) == ("101", 2_462_301, 2_461_051)
    assert second["splits"]["mill"] == {"ms": 1_228_750, "time": "20:29"}
    assert [row.get("place") for row in content["rows"]] == [1, 2, 3, 4, 1]


def test_the_full_table_has_everybody_with_status_marks_and_exact_times(full: Path) -> None:
    by_bib = {row["bib"]: row for row in rows_of(full / "10k-full.csv")}
    assert list(by_bib) == ["102", "101", "103", "104", "106", "105"]
    assert by_bib["103"]["name"] == "Hidda Canarywick"
    assert (by_bib["101"]["gun ms"], by_bib["101"]["net ms"]) == ("2462301", "2461051")
    assert (by_bib["101"]["started at"], by_bib["101"]["finished at"]) == (
        "09:00:01.250",
        "09:41:02.301",
    )
    assert by_bib["106"]["marks"] == "out of competition"
    assert by_bib["105"]["status"] == "on the road"
    assert "overdue" in by_bib["105"]["marks"]
    assert rows_of(full / "5k-full.csv")[0]["status"] == "not seen yet"


def test_the_full_files_are_for_their_owners_eyes(full: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in full.iterdir()}
    assert modes["10k-full.csv"] == modes["10k-full.json"] == 0o600


def test_results_go_where_they_are_wanted(read_folder: Path, run: Run, tmp_path: Path) -> None:
    done = run("export", read_folder, "--out", tmp_path / "a" / "b")
    assert done.exit_code == 0
    assert f"wrote {tmp_path / 'a' / 'b' / '10k.csv'}" in done.stdout
    assert not (read_folder / "results").exists()


def test_a_place_that_cannot_be_written_is_said(
    read_folder: Path, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    done = run("export", read_folder, "--out", tmp_path / "file" / "below")
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr
    assert "--out" in done.stderr


def test_an_event_that_was_never_started_has_nothing_to_export(folder: Path, run: Run) -> None:
    for file in folder.glob("*.db*"):
        file.unlink()
    done = run("export", folder)
    assert done.exit_code == 1
    assert "homestretch run" in done.stderr
