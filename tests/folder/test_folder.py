"""The folder on disk: made, checked and loaded."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from homestretch.errors import PlanError
from homestretch.facts import Assigned, Entered, Ruled, decode, encode
from homestretch.folder.as_facts import list_facts
from homestretch.folder.check import check, load
from homestretch.folder.doors import list_clashes
from homestretch.folder.entrants import parse_entrants
from homestretch.folder.start import write_new
from homestretch.rehearsal.plan import plan
from tests.folder.good import COURSE_GPX, ENTRANTS_CSV, EVENT_TOML, good_event, line_of, spoilt

ALL = {"event.toml": EVENT_TOML, "course.gpx": COURSE_GPX, "entrants.csv": ENTRANTS_CSV}


def write(folder: Path, texts: dict[str, str]) -> Path:
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_fresh_folder_has_three_files_and_passes_its_own_check(tmp_path: Path) -> None:
    written = write_new(tmp_path / "some" / "event")
    assert [path.name for path in written] == ["event.toml", "course.gpx", "entrants.csv"]
    assert check(tmp_path / "some" / "event", {"jchip": "tcp-server"}) == []
    loaded = load(tmp_path / "some" / "event")
    assert dt.date.fromisoformat(loaded.event.date).weekday() == 6
    assert len(loaded.entrants.entrants) == 12


@pytest.mark.parametrize(
    "date", [dt.date(2026, 3, 8), dt.date(2026, 11, 1), dt.date(2028, 2, 29), dt.date(2026, 1, 1)]
)
def test_a_fresh_folder_is_right_on_any_day(tmp_path: Path, date: dt.date) -> None:
    write_new(tmp_path, date)
    assert check(tmp_path) == []
    assert load(tmp_path).event.date == date.isoformat()


@pytest.mark.parametrize("name", ALL)
def test_a_file_that_is_there_is_never_changed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(PlanError) as refused:
        write_new(tmp_path)
    assert name in refused.value.what
    assert refused.value.hint
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(PlanError) as refused:
        write_new(tmp_path / "file" / "event")
    assert refused.value.hint


def test_all_findings_of_all_files_come_at_once_in_order(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "event.toml": spoilt(
                spoilt(EVENT_TOML, "gun = 07:30:00", "gun = 7h30"), "units", "unit"
            ),
            "course.gpx": "<gpx><trk></gpx>",
            "entrants.csv": ENTRANTS_CSV + "101,Twice,Given,half,A\n,No,Bib,half,A\n",
        },
    )
    found = [
        (problem.file, problem.line) for problem in check(tmp_path) if problem.severity == "error"
    ]
    assert found == [
        ("event.toml", line_of(EVENT_TOML, "units")),
        ("event.toml", line_of(EVENT_TOML, "gun = 07:30:00")),
        ("course.gpx", 1),
        ("entrants.csv", 14),
        ("entrants.csv", 15),
    ]
    assert all(problem.do for problem in check(tmp_path) if problem.severity == "error")


def test_entrants_are_checked_against_races_even_when_the_event_has_a_mistake(
    tmp_path: Path,
) -> None:
    write(tmp_path, ALL)
    write(tmp_path, {"event.toml": spoilt(EVENT_TOML, "gun = 07:30:00", 'gun = "soon"')})
    assert [problem.file for problem in check(tmp_path)] == ["event.toml"]


def test_a_missing_folder_says_how_to_make_one(tmp_path: Path) -> None:
    (problem,) = check(tmp_path / "nowhere")
    assert "no folder" in problem.what
    assert "homestretch new" in problem.do


@pytest.mark.parametrize(
    ("name", "severity"),
    [("event.toml", "error"), ("course.gpx", "error"), ("entrants.csv", "warning")],
)
def test_a_missing_file_is_a_finding(tmp_path: Path, name: str, severity: str) -> None:
    write(tmp_path, {other: text for other, text in ALL.items() if other != name})
    (problem,) = [problem for problem in check(tmp_path) if problem.file == name]
    assert (problem.line, problem.severity) == (0, severity)
    assert f"no {name}" in problem.what


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("course.gpx", "Marathon Route.GPX"),
        ("entrants.csv", "list.csv"),
        ("entrants.csv", "list.xlsx"),
    ],
)
def test_a_file_under_another_name_is_suggested(tmp_path: Path, name: str, there: str) -> None:
    write(tmp_path, {other: text for other, text in ALL.items() if other != name})
    (tmp_path / there).write_text("x", encoding="utf-8")
    (problem,) = [problem for problem in check(tmp_path) if problem.file == name]
    assert there in problem.do


def test_a_folder_in_the_place_of_a_file_is_a_finding(tmp_path: Path) -> None:
    write(tmp_path, {"course.gpx": COURSE_GPX, "entrants.csv": ENTRANTS_CSV})
    (tmp_path / "event.toml").mkdir()
    assert check(tmp_path)[0].what == "event.toml is not a file."


def test_an_event_with_an_error_is_not_loaded_and_the_error_is_said(tmp_path: Path) -> None:
    write(tmp_path, {**ALL, "event.toml": spoilt(EVENT_TOML, "units", "unit")})
    with pytest.raises(PlanError) as refused:
        load(tmp_path)
    assert 'event.toml, line 10: "unit" is not known' in refused.value.what
    assert "homestretch check" in refused.value.hint


def test_rows_that_are_left_out_do_not_stop_an_event(tmp_path: Path) -> None:
    write(tmp_path, {**ALL, "entrants.csv": ENTRANTS_CSV + ",No,Bib,half,A,,,,,,,,,,,,,\n"})
    loaded = load(tmp_path)
    assert loaded.entrants.counts.left_out == 1
    assert len(loaded.entrants.entrants) == 12
    assert loaded.problems
    assert loaded.plan.event == good_event()
    assert loaded.plan.course.distance_m[-1] == 21_097.5


def test_an_event_without_entrants_can_be_loaded(tmp_path: Path) -> None:
    write(tmp_path, {"event.toml": EVENT_TOML, "course.gpx": COURSE_GPX})
    assert load(tmp_path).entrants.entrants == ()


def test_an_event_saved_by_a_simple_editor_is_read(tmp_path: Path) -> None:
    write(tmp_path, ALL)
    (tmp_path / "event.toml").write_bytes(EVENT_TOML.replace("\n", "\r\n").encode("utf-8-sig"))
    assert check(tmp_path) == []
    (tmp_path / "event.toml").write_bytes(EVENT_TOML.replace("Bridge", "Brücken").encode("cp1252"))
    (note,) = check(tmp_path)
    assert (note.severity, "Windows-1252" in note.what) == ("note", True)


def test_the_rehearsal_is_a_folder_without_a_fault(tmp_path: Path) -> None:
    made_up = plan(marathon=200, half=300)
    texts = {
        "event.toml": made_up.event_toml,
        "course.gpx": made_up.course_gpx,
        "entrants.csv": made_up.entrants_csv,
    }
    write(tmp_path, texts)
    assert check(tmp_path, {"jchip": "tcp-server"}) == []
    assert load(tmp_path).entrants.counts.races == {"marathon": 200, "half": 300}


def test_two_events_of_one_server_cannot_share_an_id_or_a_door() -> None:
    event = good_event()
    said = [problem.what for problem in list_clashes([event, event])]
    assert len(said) == 2
    assert any("both have the id" in what for what in said)
    assert any("both want port 53135" in what for what in said)
    assert list_clashes([event]) == []


def test_entrants_become_facts_that_hold_no_names() -> None:
    text = "bib,first,race,chip,status\n7,Wilhelmina,10k,C7,DNS\n"
    entrants = parse_entrants(text.encode(), good_event())
    facts = list_facts(entrants, 1_700_000_000_000, by="import")
    assert [type(fact) for fact in facts] == [Entered, Assigned, Ruled]
    assert [decode(encode(fact)) for fact in facts] == facts
    assert not any(b"Wilhelmina" in encode(fact) for fact in facts)
