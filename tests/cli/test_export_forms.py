"""`homestretch export --form`: files that other systems import, and a page that any site can take over."""

from __future__ import annotations

import csv
import re
import stat
from pathlib import Path

import pytest

from homestretch.folder.check import load
from homestretch.intake.asking import Told
from homestretch.intake.looking import File, Table, look
from homestretch.office.exports import FORMS, write_results
from homestretch.office.import_forms import FORMS as OF_OTHERS
from homestretch.readers import list_transports
from tests.boards.days import CANARY, CANARY_OVER, Wanted, make_picture
from tests.cli.conftest import Run, opened

HEADINGS = {
    "runsignup": "bib_num,place,clock_time,chip_time,event_id,result_set_name",
    "raceresult": "Bib,Lastname,Firstname,Gender,Contest,Club,Status,City,State,Country,Place,Gun Time,Chip Time",
    "ultrasignup": "place,time,first,last,age,gender,city,state,dob,bib,status",
    "opensplittime": "First Name,Last Name,Gender,Birthdate,Age,Email,Phone,City,State,Country,Bib Number,"
    "Event Name,Start,The Mill,Finish",
}


def export(folder: Path, run: Run, form: str, *more: str) -> list[dict[str, str]]:
    """The rows of the 10K in a form."""
    assert run("export", folder, "--form", form, *more).exit_code == 0
    stem = "10k-full" if "--full" in more else "10k"
    file = folder / "results" / f"{stem}-{form}.csv"
    return list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))


@pytest.mark.parametrize("form", OF_OTHERS)
def test_the_headings_are_those_that_the_system_writes(
    form: str, read_folder: Path, run: Run
) -> None:
    rows = export(read_folder, run, form)
    assert ",".join(rows[0]) == HEADINGS[form]


@pytest.mark.parametrize("form", OF_OTHERS)
def test_the_public_form_names_nobody_who_asked_not_to_be_named_and_says_how_many_it_leaves_out(
    form: str, read_folder: Path, run: Run
) -> None:
    said = run("export", read_folder, "--form", form).output
    assert "10 km: 1 finisher is shown to nobody and left out." in said
    for file in (read_folder / "results").iterdir():
        text = file.read_text()
        assert not re.search("Canarywick|Hidda|103|Fallowsund|Tobin|example.org|,51,", text), file


def test_runsignup_gets_official_times_by_bib(read_folder: Path, run: Run) -> None:
    rows = export(read_folder, run, "runsignup")
    assert [tuple(row.values()) for row in rows] == [
        ("102", "1", "00:41:03.00", "00:41:01.00", "10k", "10 km"),
        ("101", "2", "00:41:03.00", "00:41:02.00", "10k", "10 km"),
        ("104", "4", "00:46:01.00", "00:46:01.00", "10k", "10 km"),
        ("106", "1", "00:25:32.00", "00:25:31.00", "10k", "10 km Wheelchair"),
    ]


def test_ultrasignup_gets_everybody_with_age_and_status_in_full(
    read_folder: Path, run: Run
) -> None:
    rows = export(read_folder, run, "ultrasignup", "--full")
    told = {row["bib"]: (row["place"], row["first"], row["age"], row["status"]) for row in rows}
    assert told["102"] == ("1", "Tobin", "51", "1")
    assert told["103"] == ("3", "Hidda", "29", "1")
    assert "105" not in told, "still on the road: nothing is decided"
    file = read_folder / "results" / "10k-full-ultrasignup.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_race_result_tells_by_number_who_did_not_start_or_finish(
    read_folder: Path, run: Run
) -> None:
    assert run("say", read_folder, "taken-over", "bib=105", "taken_by=home").exit_code == 0
    assert run("say", read_folder, "ruled", "bib=201", "verdict=dns").exit_code == 0
    status = {row["Bib"]: row["Status"] for row in export(read_folder, run, "raceresult", "--full")}
    assert status == {"102": "0", "101": "0", "103": "0", "104": "0", "106": "0", "105": "3"}
    file = read_folder / "results" / "5k-full-raceresult.csv"
    assert "201,Kilometz,Fivo,m,5k,,4," in file.read_text()


def test_opensplittime_gets_the_splits_from_the_own_start(read_folder: Path, run: Run) -> None:
    rows = {row["Bib Number"]: row for row in export(read_folder, run, "opensplittime")}
    assert (rows["101"]["Start"], rows["101"]["The Mill"], rows["101"]["Finish"]) == (
        "00:00:00",
        "00:20:29",
        "00:41:02",
    )
    assert rows["102"]["The Mill"] == ""
    assert (rows["102"]["First Name"], rows["102"]["Last Name"]) == ("T.", "F.")


@pytest.mark.parametrize("form", OF_OTHERS)
def test_our_own_reader_of_that_system_reads_the_same_people_back(
    form: str, read_folder: Path, run: Run
) -> None:
    rows = export(read_folder, run, form, "--full")
    file = read_folder / "results" / f"10k-full-{form}.csv"
    event = load(read_folder, list_transports()).event
    looked = look(event, File(file.name, file.read_bytes(), 0, 0), None, Told(race="10k"))
    assert isinstance(looked, Table)
    assert not looked.entrants.left_out
    read = {one.bib: one for one in looked.entrants.entrants}
    people = dict(zip(read, looked.entrants.persons, strict=True))
    bib = next(name for name in rows[0] if name.lower().startswith("bib"))
    assert list(read) == [row[bib] for row in rows]
    assert {one.race for one in read.values()} == {"10k"}
    with opened(read_folder) as store:
        kept = {one.entrant: one for one in store.people.list_persons()}
    for number in ("101", "103") if form != "runsignup" else ():
        known = kept[f"10k-{number}"] if f"10k-{number}" in kept else kept[number]
        assert (people[number].first, people[number].last) == (known.first, known.last)
        assert read[number].sex == "f"


def test_the_page_stands_by_itself_and_says_what_the_public_may_see(
    read_folder: Path, run: Run
) -> None:
    assert run("export", read_folder, "--form", "html").exit_code == 0
    page = (read_folder / "results" / "10k.html").read_text()
    assert "<script" not in page
    assert not re.search(r"(?:src|href|url)\W", page.split("</head>")[1])
    assert "<style>" in page
    for words in (
        "Ilsabet Quarrelholm",
        "T. F.",
        "private entrant",
        "Provisional results",
        "41:02",
    ):
        assert words in page
    assert not re.search("Canarywick|Hidda|>103<|Fallowsund|example.org", page)
    assert page.count("<table>") == 2


@pytest.mark.parametrize("day", [CANARY, CANARY_OVER], ids=["on the day", "after it"])
def test_no_word_of_who_is_to_be_hidden_is_in_any_form(day: Wanted, tmp_path: Path) -> None:
    picture = make_picture(day)
    public = write_results(picture, tmp_path / "public", False, FORMS)
    full = write_results(picture, tmp_path / "full", True, FORMS)
    assert len(public) == len(full) == 2 * len(FORMS)
    assert not [path.name for path in public if b"canary" in path.read_bytes()]
    assert any(b"canary" in path.read_bytes() for path in full)


def test_several_forms_are_written_at_once_and_all_again_when_somebody_is_erased(
    read_folder: Path, run: Run
) -> None:
    words = [word for form in FORMS for word in ("--form", form)]
    assert run("export", read_folder, *words).exit_code == 0
    assert run("export", read_folder, "--full", *words).exit_code == 0
    folder = read_folder / "results"
    assert len(list(folder.iterdir())) == 2 * 2 * len(FORMS)
    assert any("Quarrelholm" in file.read_text() for file in folder.iterdir())
    assert run("erase", read_folder, "101", "--yes").exit_code == 0
    assert not [file for file in folder.iterdir() if "Quarrelholm" in file.read_text()]
