"""`homestretch import`: what was recognised, what was kept, what was refused, and that nothing is lost."""

from __future__ import annotations

import json
import threading
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from homestretch.app import load_folder, load_into_store
from homestretch.facts import Unreadable
from homestretch.state.snapshot import Status
from tests.cli.conftest import NIGHT_BEFORE, READS, Run, opened, picture_of
from tests.cli.serving import fetch, serving
from tests.patience import PATIENCE_S

JCHIP = "Z000C101 09:41:02.3010 10  10000      C7\nZC102 09:41:02.3000 10  10001      C7\n"


def write(folder: Path, name: str, text: str) -> Path:
    file = folder.parent / name
    file.write_text(text, encoding="utf-8")
    return file


def unreadable_texts(folder: Path) -> list[tuple[str, bytes | None]]:
    with opened(folder) as store:
        return [
            (one.fact.reason, store.people.find_text(one.fact.text_ref or ""))
            for one in store.log.read_since(0).others
            if isinstance(one.fact, Unreadable)
        ]


def test_reads_become_passings(read_folder: Path) -> None:
    state = picture_of(read_folder).state
    row = state.roster.row_of_bib["101"]
    assert state.gun_ms[row] == 2_462_301
    assert state.counts[Status.FINISHED] == 5


def test_it_says_what_it_took_the_file_for_and_how_many_rows_were_kept(
    folder: Path, run: Run
) -> None:
    done = run("import", folder, write(folder, "reads.csv", READS))
    assert done.exit_code == 0
    assert done.stdout == (
        "reads.csv is a table with commas: chips in column 1, times in column 2, places in column 3.\n"
        "13 rows: 13 kept, 0 refused (13 new facts).\n"
    )


def test_importing_a_file_again_changes_nothing(read_folder: Path, run: Run) -> None:
    before = picture_of(read_folder).state.last_seq
    done = run("import", read_folder, read_folder.parent / "reads.csv")
    assert "13 kept, 0 refused (0 new facts, 13 known before)" in done.stdout
    assert picture_of(read_folder).state.last_seq == before


def test_a_jchip_file_needs_a_place_and_is_told_which_there_are(folder: Path, run: Run) -> None:
    file = write(folder, "backup.txt", JCHIP)
    asked = run("import", folder, file)
    assert asked.exit_code == 1
    assert "a JChip file, and does not say where these were read" in asked.stderr
    assert "--place with one of: start, mill, finish" in asked.stderr
    assert run("import", folder, file, "--place", "finish").exit_code == 0
    state = picture_of(folder).state
    assert [int(state.place[state.roster.row_of_bib[bib]]) for bib in ("102", "101")] == [1, 2]


def test_a_place_that_is_none_is_named(folder: Path, run: Run) -> None:
    done = run("import", folder, write(folder, "backup.txt", JCHIP), "--place", "finsh")
    assert done.exit_code == 1
    assert "no mat 'finsh'" in done.stderr
    assert "start, mill, finish" in done.stderr


def test_a_place_in_the_file_that_the_plan_does_not_know_is_kept_and_said(
    folder: Path, run: Run
) -> None:
    done = run("import", folder, write(folder, "r.csv", "chip,time,mat\nC101,09:10:00,BRIDGE\n"))
    assert done.exit_code == 0
    assert "the place 'BRIDGE', which event.toml does not know yet" in done.stdout
    assert picture_of(folder).state.unknown_places == {"BRIDGE": 1}


def test_refused_rows_are_listed_and_their_text_is_kept(folder: Path, run: Run) -> None:
    text = "chip,time\nC101,09:41:02.301\nC102,at noon\n"
    done = run("import", folder, write(folder, "r.csv", text), "--place", "finish")
    assert done.exit_code == 1
    assert "  r.csv, line 3: not a time\n2 rows: 1 kept, 1 refused (1 new fact)." in done.stdout
    assert unreadable_texts(folder) == [("not a time", b"C102,at noon")]
    assert picture_of(folder).state.counts[Status.FINISHED] == 1


def test_late_entrants_are_entered_and_their_bad_rows_kept_as_unreadable(
    folder: Path, run: Run
) -> None:
    text = "bib,first,last,race,chip\n107,Latta,Comerly,10k,C107\n108,No,Race,marathon,C108\n"
    done = run("import", folder, write(folder, "late.csv", text))
    assert done.exit_code == 1
    assert "late.csv is a table of entrants: 1 in 10k." in done.stdout
    assert 'late.csv, line 3: There is no race "marathon"' in done.stdout
    assert "2 rows: 1 kept, 1 refused (2 new facts)." in done.stdout
    (left_out,) = unreadable_texts(folder)
    assert left_out[1] == b"108,No,Race,marathon,C108"
    picture = picture_of(folder)
    assert picture.names.persons["107"].last == "Comerly"
    assert "108" not in picture.state.roster.row_of_bib


def test_a_table_of_chips_leaves_everything_else_of_people_as_it_was(
    folder: Path, run: Run
) -> None:
    done = run("import", folder, write(folder, "spare.csv", "bib,chip\n101,SPARE1\n999,SPARE2\n"))
    assert done.exit_code == 0
    assert "a table of who wears which chip: 2 chips" in done.stdout
    assert "Nobody has these bibs yet, their chips count once somebody has: 999." in done.stdout
    run("import", folder, write(folder, "r.csv", "SPARE1,09:41:02.301\n"), "--place", "finish")
    picture = picture_of(folder)
    row = picture.state.roster.row_of_bib["101"]
    assert (picture.state.roster.sex[row], int(picture.state.roster.age[row])) == ("f", 34)
    assert picture.state.finish_at[row] > 0
    assert picture.names.persons["101"].last == "Quarrelholm"


def test_starting_the_event_again_does_not_take_back_what_was_imported(
    folder: Path, run: Run
) -> None:
    moved = "bib,first,last,race,sex,age\n201,Fivo,Kilometz,10k,m,22\n"
    run("import", folder, write(folder, "moved.csv", moved))
    load_into_store(folder, load_folder(folder), NIGHT_BEFORE + 1)
    picture = picture_of(folder)
    row = picture.state.roster.row_of_bib["201"]
    assert picture.event.races[int(picture.state.roster.race[row])].id == "10k"


def test_the_file_imported_last_holds(folder: Path, run: Run) -> None:
    for race in ("10k", "5k", "10k"):
        text = f"bib,first,last,race\n201,Fivo,Kilometz,{race}\n"
        run("import", folder, write(folder, f"to-{race}.csv", text))
    picture = picture_of(folder)
    row = picture.state.roster.row_of_bib["201"]
    assert picture.event.races[int(picture.state.roster.race[row])].id == "10k"


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("hello\n", (), "hello.csv is not recognised."),
        ("hello\n", ("--as", "reads"), "not recognised as a file of reads"),
        ("chip,time\nC1,09:00:00\n", ("--as", "entrants"), "not recognised as a table of entrants"),
        ("chip,time\nC1,09:00:00\n", ("--zone", "Mars/North"), "no time zone 'Mars/North'"),
        ("chip,time\nC1,09:00:00\n", ("--date", "3 May"), "'3 May' is not a date"),
    ],
)
def test_what_cannot_be_imported_is_said_with_what_to_do(
    folder: Path, run: Run, text: str, words: tuple[str, ...], said: str
) -> None:
    done = run("import", folder, write(folder, "hello.csv", text), *words)
    assert done.exit_code == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) >= 2


def test_a_file_that_is_not_there_is_named(folder: Path, run: Run) -> None:
    done = run("import", folder, folder / "gone.csv")
    assert (done.exit_code, "gone.csv cannot be read" in done.stderr) == (1, True)


def test_a_folder_that_is_no_event_is_said_to_be_none(tmp_path: Path, run: Run) -> None:
    done = run("import", tmp_path, tmp_path / "x.csv")
    assert done.exit_code == 1
    assert "not the folder of an event" in done.stderr


def test_the_zone_and_date_of_times_without_one_can_be_told(folder: Path, run: Run) -> None:
    text = "chip,time\nC101,15:41:02.301\n"
    words = ("--place", "finish", "--zone", "Europe/Vienna", "--date", "2024-05-04")
    run("import", folder, write(folder, "r.csv", text), *words)
    state = picture_of(folder).state
    assert state.gun_ms[state.roster.row_of_bib["101"]] == 2_462_301


def test_what_is_imported_while_the_event_runs_is_on_its_pages_soon(folder: Path, run: Run) -> None:
    file = write(folder, "reads.csv", READS)
    with serving("run", folder, "--port", "0") as server:
        address = server.wait_for(r"Mill Race Run: (http://\S+)")[1]
        done = run("import", folder, file)
        assert done.exit_code == 0, done.stderr
        until = time.monotonic() + PATIENCE_S
        finished = 0
        while finished < 5 and time.monotonic() < until:
            finished = json.loads(fetch(f"{address}/results/10k.json"))["finished"]
            threading.Event().wait(0.1)
        assert finished == 5
        assert server.end() == 0


def test_sightings_of_bibs_that_nobody_has_are_named(folder: Path, run: Run) -> None:
    file = write(folder, "seen.csv", "bib,time,place\n101,09:20:00,mill\n70,09:21:00,mill\n")
    done = run("import", folder, file)
    assert done.exit_code == 0
    assert "Nobody has these bibs yet, they count once somebody has: 70." in done.stdout


def test_people_whose_names_a_file_takes_away_are_listed(folder: Path, run: Run) -> None:
    text = "bib,first,last,race,age\n101,,,10k,34\n102,Tobin,Fallowsund,10k,51\n105,,,10k,60\n"
    done = run("import", folder, write(folder, "ages.csv", text))
    assert "The file has no names for people who had one, now empty: bibs 101, 105." in done.stdout
    assert picture_of(folder).names.persons["101"].last == ""
    assert "now empty" not in run("import", folder, folder.parent / "ages.csv").stdout


def sheet(*names: str, mimetype: str = "") -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return packed.getvalue()


NO_TABLES = [
    (sheet("[Content_Types].xml", "xl/workbook.xml"), "an Excel spreadsheet (.xlsx)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an Excel spreadsheet (.xls)"),
    (
        sheet("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"),
        "an OpenDocument spreadsheet (.ods)",
    ),
    (sheet("Index/Document.iwa"), "a Numbers spreadsheet"),
    (sheet("word/document.xml"), "a text of a word processor (.docx)"),
    (b"PK\x03\x04" + bytes(100), "a packed file"),
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF"),
    (b"<html><table><tr><td>bib</td></tr></table></html>", "a web page (HTML)"),
]


@pytest.mark.parametrize(("data", "kind"), NO_TABLES, ids=[kind for _, kind in NO_TABLES])
def test_a_spreadsheet_or_pdf_is_named_with_what_to_do(
    folder: Path, run: Run, data: bytes, kind: str
) -> None:
    file = folder.parent / "late.csv"
    file.write_bytes(data)
    done = run("import", folder, file)
    assert done.exit_code == 1
    assert f"late.csv: The file seems to be {kind}" in done.stderr
    assert "save it as CSV (UTF-8)" in done.stderr
    assert ("This is a spreadsheet" in done.stderr) == ("spreadsheet" in kind)
    (folder / "entrants.csv").write_bytes(data)
    checked = run("check", folder)
    assert checked.exit_code == 1
    (sentence,) = [line for line in checked.stdout.splitlines() if "entrants.csv" in line]
    assert f"entrants.csv: The file seems to be {kind}" in sentence


@pytest.mark.parametrize("form", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_table_in_utf_16_is_read(folder: Path, run: Run, form: str) -> None:
    file = folder.parent / "late.txt"
    file.write_bytes("bib\tfirst\tlast\trace\r\n107\tLätta\tÇomerly\t10k\r\n".encode(form))
    assert run("import", folder, file).exit_code == 0
    assert picture_of(folder).names.persons["107"].first == "Lätta"
    file.write_bytes("chip\ttime\r\nC101\t09:41:02.301\r\n".encode(form))
    assert run("import", folder, file, "--place", "finish").exit_code == 0
    assert picture_of(folder).state.counts[Status.FINISHED] == 1
