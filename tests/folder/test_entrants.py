"""entrants.csv: the headings of many systems, every wrong row named, every good row kept."""

from __future__ import annotations

import csv
import io
import time

import pytest

from homestretch.folder.entrants import Entrants, parse_entrants
from homestretch.folder.event_toml import parse_event
from homestretch.race.entrant import Entrant, Person
from homestretch.race.event import Event
from tests.folder.good import ENTRANTS_CSV, errors_of, good_event
from tests.folder.test_event_toml import relay_text

EVENT = good_event()


def read(text: str, event: Event | None = EVENT) -> Entrants:
    return parse_entrants(text.encode(), event)


def one(text: str, event: Event | None = EVENT) -> tuple[Entrant, Person]:
    """The only entrant of a text without errors."""
    entrants = read(text, event)
    assert errors_of(entrants.problems) == []
    assert len(entrants.entrants) == 1
    return entrants.entrants[0], entrants.persons[0]


def single_race() -> Event:
    event, _ = parse_event(
        '[event]\nid = "k"\nname = "K"\ndate = 2026-05-03\nzone = "Europe/Berlin"\n'
        '[[race]]\nid = "k"\nname = "K"\ndistance_m = 10000\ngun = 09:00:00\n'
        '[[point]]\nid = "s"\ndistance_m = 0\n[[point]]\nid = "f"\ndistance_m = 10000\n'
    )
    assert event is not None
    return event


def test_the_fresh_file_has_nothing_to_complain_about() -> None:
    entrants = read(ENTRANTS_CSV)
    assert entrants.problems == ()
    assert entrants.counts.kept == entrants.counts.rows == 12
    assert entrants.counts.races == {"half": 8, "10k": 4}
    assert entrants.counts.chips == len(entrants.chips) == 14
    first, wheels = entrants.entrants[0], entrants.entrants[6]
    assert (first.id, first.bib, first.race, first.wave, first.sex, first.age) == (
        "101",
        "101",
        "half",
        "A",
        "f",
        38,
    )
    assert (wheels.wave, wheels.division) == ("Wheelchairs", "wheelchair")
    assert entrants.entrants[3].age == 75
    assert entrants.entrants[5].role == "pacer"
    minor = entrants.persons[4]
    assert (minor.guardian, minor.companions, minor.photos, minor.first_marathon) == (
        True,
        False,
        True,
        True,
    )
    assert entrants.persons[10].display == "hidden"
    assert entrants.persons[4].display is None
    assert ("A20101", "101") in entrants.chips


# Headings of each system (docs/event-folder.md), and one invented row.
DIALECTS = {
    "RACE RESULT": (
        "Bib;Lastname;Firstname;YearOfBirth;DateOfBirth;Gender;Nation;Contest;Club;Status;Transponder1;Transponder2;City;State;Country",
        "17;Quill;Ana;1986;1986-02-01;f;AT;Half Marathon;Tollgate;0;ZICAD30;ZICAD31;Ferrow;PA;USA",
        {"ZICAD30", "ZICAD31"},
    ),
    "RunSignup": (
        "bib_num,first_name,last_name,gender,age,city,state,country_code,event_id,result_set_name,chip_num",
        "17,Ana,Quill,F,40,Ferrow,PA,US,845121,Half Marathon,0041",
        {"41"},
    ),
    "OpenSplitTime": (
        "First Name,Last Name,Gender,Birthdate,Age,Email,Phone,City,State,Country,Bib Number,Event Name,Mile 6",
        "Ana,Quill,female,1986-02-01,40,ana@example.org,555 0100,Ferrow,PA,USA,17,Half Marathon,1:02:03",
        set(),
    ),
    "UltraSignup": (
        "place,time,first,last,age,gender,city,state,dob,bib,status,distance",
        "3,1:41:00,Ana,Quill,40,F,Ferrow,PA,1986-02-01,17,1,half",
        set(),
    ),
    "RTRT": (
        "bib,tag,fname,lname,sex,city,country,race,class,division,est_fin_time",
        "17,58000128608,Ana,Quill,F,Ferrow,USA,half,F40-44,F40-44,01:45:00",
        {"58000128608"},
    ),
    "CrossMgr": (
        "Bib#,LastName,FirstName,Team,Category,Age,Tag,Tag2",
        "17,Quill,Ana,Tollgate,Half Marathon,40,413a35,413A36",
        {"413A35", "413A36"},
    ),
}


@pytest.mark.parametrize("system", DIALECTS)
def test_the_headings_of_each_system_are_understood(system: str) -> None:
    headings, row, chips = DIALECTS[system]
    entrants = read(f"{headings}\n{row}\n")
    assert errors_of(entrants.problems) == [], [str(problem) for problem in entrants.problems]
    (entrant,), (person,) = entrants.entrants, entrants.persons
    assert (entrant.bib, entrant.race, entrant.division) == ("17", "half", "")
    assert entrant.age == (None if system == "RTRT" else 40)
    assert (person.first, person.last) == ("Ana", "Quill")
    assert entrant.role == "runner"
    assert {chip for chip, _ in entrants.chips} == chips
    if "ity" in headings:
        assert person.town == "Ferrow"
    if "lub" in headings or "Team" in headings:
        assert person.club == "Tollgate"


@pytest.mark.parametrize(
    "heading", ["BIB", " bib ", "Bib #", "bib_num", "Bib-Number.", "Race No", "Stnr"]
)
def test_headings_are_compared_without_case_blanks_and_signs(heading: str) -> None:
    assert one(f"{heading},race\n5,half\n")[0].bib == "5"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_recognised(delimiter: str) -> None:
    text = "bib,first,race,club\n5,Ana,half,\n".replace(",", delimiter)
    entrant, person = one(text)
    assert (entrant.bib, person.first, entrant.race) == ("5", "Ana", "half")


HEAD = "bib,first,last,race,wave,sex,born,age,chip,display,photos,email,division,role"
GOOD = "1,Ana,Quill,half,A,f,1986-02-01,,C1,name,yes,ana@example.org,,"
# a row, whether it is kept, words of what is wrong, words of what to do, severity
WRONG_ROWS = [
    (",Bo,Hill,half,A,,,,C2,,,,,", False, "no bib", "before the start", "error"),
    ("0,Bo,Hill,half,A,,,,C2,,,,,", False, "no bib", "before the start", "error"),
    ("2*4,Bo,Hill,half,A,,,,C2,,,,,", False, '"2*4" cannot be a bib', "letters and digits", "error"),
    ("1E+05,Bo,Hill,half,A,,,,C2,,,,,", False, "cannot be a bib", "letters and digits", "error"),
    ("1,Bo,Hill,half,A,,,,C2,,,,,", False, "Bib 1 stands in line 2 already", "another bib", "error"),
    ("2,Bo,Hill,hlf,A,,,,C2,,,,,", False, 'no race "hlf"', 'Did you mean "Half Marathon"', "error"),
    ("2,Bo,Hill,,A,,,,C2,,,,,", False, "names no race", "Half Marathon, 10K", "error"),
    ("2,Bo,Hill,half,A,,,,C2,,,,,,extra", False, "more cells than", "needs quotes", "error"),
    ("2,Bo,Hill,half,Z,,,,C2,,,,,", True, 'no wave "Z"', "Wheelchairs, A, B", "error"),
    ("2,Bo,Hill,half,,,,,C2,,,,,", True, "names no wave", "A, B", "warning"),
    ("2,Bo,Hill,half,A,,,,C1,,,,,", True, "Chip C1 belongs to bib 1 in line 2", "who wears it", "error"),
    ("2,Bo,Hill,half,A,,,,5.8E+11,,,,,", True, "rounded by a spreadsheet", "as text", "error"),
    ("2,Bo,Hill,half,A,,,,C§2,,,,,", True, "cannot be a chip", "chip file", "error"),
    ("2,Bo,Hill,half,A,,,,,,,,,", True, "has no chip", "", "note"),
    ("2,Bo,Hill,half,A,q,,,C2,,,,,", True, '"q" is not understood as a sex', "f, m or x", "warning"),
    ("2,Bo,Hill,half,A,,yesterday,,C2,,,,,", True, "cannot be read", "1980-04-12", "warning"),
    ("2,Bo,Hill,half,A,,2031-01-01,,C2,,,,,", True, "cannot be read", "1980-04-12", "warning"),
    ("2,Bo,Hill,half,A,,1830-01-01,,C2,,,,,", True, "cannot be a runner's", "1980-04-12", "warning"),
    ("2,Bo,Hill,half,A,,2008,,C2,,,,,", True, "treated as 17", "whole date", "warning"),
    ("2,Bo,Hill,half,A,,,200,C2,,,,,", True, '"200" is not a runner\'s age', "34", "warning"),
    ("2,Bo,Hill,half,A,,1986-02-01,30,C2,,,,,", True, "contradict each other", "right", "warning"),
    ("2,Bo,Hill,half,A,,,,C2,maybe,,,,", True, '"maybe" is not a way to be shown', "initials", "warning"),
    ("2,Bo,Hill,half,A,,,,C2,,perhaps,,,", True, "neither yes nor no for photos", "yes or no", "warning"),
    ("2,Bo,Hill,half,A,,,,C2,,,bo at home,,", True, "e-mail address is not one", "name@example.org", "warning"),
    ("2,Bo,Hill,half,A,,,,C2,,,,whelchair,", True, "not a division", '"wheelchair"', "warning"),
    ("2,Bo,Hill,half,A,,,,C2,,,,M40-44,", True, "no start of its own", "", "note"),
    ("2,Bo,Hill,half,A,,,,C2,,,,,balloon", True, '"balloon" is no role', "pacer", "warning"),
    ("2,Bo,Hill,half,A", True, "fewer cells", "broken in two", "warning"),
    ("2,\"Bo,Hill,half,A,,,,C2,,,,,", True, "opened and not closed", 'twice: ""', "warning"),
    ("2,Bo," + "x" * 300 + ",half,A,,,,C2,,,,,", True, "more than 200 characters", "whole", "warning"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "kept", "what", "do", "severity"), WRONG_ROWS)
def test_a_wrong_row_is_named_with_its_line_and_the_others_are_kept(
    row: str, kept: bool, what: str, do: str, severity: str
) -> None:
    last = GOOD.replace("1,Ana", "3,Cy").replace("C1", "C3").replace("ana@", "cy@")
    entrants = read(f"{HEAD}\n{GOOD}\n{row}\n{last}\n")
    named = [problem for problem in entrants.problems if what in problem.what]
    assert len(named) == 1, [str(problem) for problem in entrants.problems]
    assert (named[0].file, named[0].line, named[0].severity) == ("entrants.csv", 3, severity)
    assert do in named[0].do
    others = [problem for problem in entrants.problems if problem not in named]
    assert all("has no chip" in problem.what for problem in others), others
    bibs = [entrant.bib for entrant in entrants.entrants]
    assert bibs == (["1", "2", "3"] if kept else ["1", "3"])
    assert entrants.counts.left_out == (0 if kept else 1)
    assert [person.first for person in entrants.persons][-1] == "Cy"
    assert ("C3", "3") in entrants.chips


def test_only_one_entrant_keeps_a_chip_that_two_rows_name() -> None:
    entrants = read("bib,race,chip\n1,10k,C1\n2,10k,c1\n")
    assert entrants.chips == (("C1", "1"),)
    assert [entrant.bib for entrant in entrants.entrants] == ["1", "2"]


def test_the_same_fault_in_many_rows_is_one_finding_with_its_lines() -> None:
    rows = "".join(f"{bib},Fun Run\n" for bib in range(1, 31))
    entrants = read(f"bib,race\n{rows}99,half\n")
    about = [problem for problem in entrants.problems if "Fun Run" in problem.what]
    assert len(about) == 1
    assert "30 rows: lines 2, 3, 4, 5, 6, 7, 8, 9 and 22 more" in about[0].what
    assert [entrant.bib for entrant in entrants.entrants] == ["99"]


def test_the_list_of_findings_stays_short_for_a_file_that_is_all_wrong() -> None:
    rows = "".join(f"{bib},Race {bib}\n" for bib in range(1, 3000))
    entrants = read(f"bib,race\n1,half\n{rows}")
    assert len(entrants.problems) == 501
    assert "more findings are not listed" in entrants.problems[0].what


def test_an_event_of_one_race_needs_no_column_for_it() -> None:
    event = single_race()
    assert one("bib,name\n1,Ana Quill\n", event)[0].race == "k"


def test_a_column_that_names_no_race_of_a_one_race_event_is_not_believed() -> None:
    entrants = read("bib,contest\n1,7\n2,7\n", single_race())
    assert [entrant.race for entrant in entrants.entrants] == ["k", "k"]
    assert any("names none of this event" in problem.what for problem in entrants.problems)


def test_the_column_that_names_races_is_found_among_several() -> None:
    text = "bib,event_id,distance,category\n1,9912,21.1,Half Marathon\n2,9913,10,10K\n"
    assert [entrant.race for entrant in read(text).entrants] == ["half", "10k"]


@pytest.mark.parametrize(
    ("said", "wave"), [("a", "A"), ("Wave B", "B"), ("wheelchairs", "Wheelchairs")]
)
def test_waves_are_found_by_their_names_however_written(said: str, wave: str) -> None:
    assert one(f"bib,race,corral\n1,half,{said}\n")[0].wave == wave


def test_who_starts_in_the_wave_of_a_division_belongs_to_it() -> None:
    assert one("bib,race,wave\n1,half,Wheelchairs\n")[0].division == "wheelchair"
    assert one("bib,race,division\n1,half,Wheelchair\n")[0].division == "wheelchair"


@pytest.mark.parametrize(
    ("said", "sex"),
    [("F", "f"), ("female", "f"), ("W", "f"), ("M", "m"), ("Male", "m"), ("X", "x"), ("Non-Binary", "x"),
     ("non binary", "x"), ("divers", "x"), ("", None), ("-", None), ("N/A", None),
     ("prefer not to say", None)],
)  # fmt: skip
def test_sex_is_understood_in_many_words_and_never_required(said: str, sex: str | None) -> None:
    entrants = read(f"bib,race,gender\n1,10k,{said}\n")
    assert entrants.entrants[0].sex == sex
    assert not any("sex" in problem.what for problem in entrants.problems)


@pytest.mark.parametrize(
    ("status", "role", "rulings"),
    [("0", "runner", ()), ("1", "guest", ()), ("2", "runner", ()), ("3", "runner", ()),
     ("4", "runner", (("1", "dns"),)), ("5", "runner", (("1", "dns"),)), ("DNS", "runner", (("1", "dns"),)),
     ("Out of competition", "guest", ()), ("No-Show", "runner", (("1", "dns"),)), ("paid", "runner", ())],
)  # fmt: skip
def test_the_status_of_race_result_is_understood(
    status: str, role: str, rulings: tuple[tuple[str, str], ...]
) -> None:
    entrants = read(f"Bib;Contest;Status\n1;10K;{status}\n")
    assert entrants.entrants[0].role == role
    assert entrants.rulings == rulings


def test_a_status_number_in_a_file_of_results_means_something_else() -> None:
    assert read("bib,race,status,place\n1,10k,3,1\n").rulings == ()


def test_an_id_column_names_the_entrant_else_the_bib_does() -> None:
    entrants = read("Registration ID,bib,race\nR-9,1,10k\n,2,10k\nR-9,3,10k\n")
    assert [(entrant.id, entrant.bib) for entrant in entrants.entrants] == [
        ("R-9", "1"),
        ("2", "2"),
    ]
    assert [person.entrant for person in entrants.persons] == ["R-9", "2"]
    assert "stands in line 2 already" in errors_of(entrants.problems)[0].what


def test_chips_may_stand_in_several_columns_or_in_one_cell() -> None:
    entrants = read("bib,race,chip2,chip1,tag\n1,10k,0b,00a1,c;d e/f\n")
    assert set(entrants.chips) == {(chip, "1") for chip in ("A1", "B", "C", "D", "E", "F")}
    assert next(chip for chip, _ in entrants.chips) == "A1"


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [("Ana Quill", "Ana", "Quill"), ("Quill, Ana", "Ana", "Quill"), ("Ana Maria Quill", "Ana Maria", "Quill"),
     ("Ana", "Ana", "")],
)  # fmt: skip
def test_a_full_name_is_taken_apart(name: str, first: str, last: str) -> None:
    person = one(f'bib,race,name\n1,10k,"{name}"\n')[1]
    assert (person.first, person.last) == (first, last)


def test_a_surname_that_looks_like_nothing_is_a_surname() -> None:
    assert one("bib,race,first,last\n1,10k,Jo,Null\n")[1].last == "Null"


def test_who_wants_to_be_hidden_is() -> None:
    assert one("bib,race,anonymous,display\n1,10k,Y,name\n")[1].display == "hidden"


def test_legs_and_teams_belong_to_relays() -> None:
    event, _ = parse_event(relay_text())
    text = "bib,race,team,leg\n1-1,relay,Otters,1\n1-2,relay,Otters,4\n7,10k,Otters,2\n"
    entrants = read(text, event)
    runner, nowhere, other = entrants.entrants
    assert (runner.team, runner.leg) == ("Otters", 1)
    assert nowhere.leg is None
    assert "from 1 to 3" in errors_of(entrants.problems)[0].do
    assert (other.team, other.leg, entrants.persons[2].club) == ("", None, "Otters")


WHOLE_TEAM = "1-1,relay,Otters,1,\n1-2,relay,Otters,2,\n1-3,relay,Otters,3,\n"


@pytest.mark.parametrize(
    ("rows", "line", "severity", "what", "do"),
    [
        ("1-4,relay,Otters,2,\n", 5, "error",
         'Leg 2 of the team "Otters" is run by the row in line 3 already; both are kept.', "another leg"),
        ("1-4,relay,Otters,4,\n", 5, "error", "has no leg 4", "from 1 to 3"),
        ("1-4,relay,Otters,,\n", 5, "error", "names no leg of it", "from 1 to 3"),
        ("2-1,relay,,2,\n", 5, "error", "for no team, so it counts for none", "column team"),
        ("2-1,relay,Stoats,2,\n", 5, "warning",
         'Nobody in this file runs legs 1 and 3 of the team "Stoats"', "Enter who does"),
        ("2-1,relay,Stoats,1,\n2-2,relay,Stoats,2,\n", 5, "warning",
         'Nobody in this file runs leg 3 of the team "Stoats"', "Enter who does"),
    ],
)  # fmt: skip
def test_a_relay_that_cannot_be_run_as_written_is_named_and_everybody_entered(
    rows: str, line: int, severity: str, what: str, do: str
) -> None:
    event, _ = parse_event(relay_text())
    entrants = read("bib,race,team,leg,status\n" + WHOLE_TEAM + rows, event)
    assert len(entrants.entrants) == 3 + rows.count("\n")
    found = [one for one in entrants.problems if one.severity != "note" and "chip" not in one.what]
    (problem,) = found
    assert (problem.line, problem.severity) == (line, severity)
    assert what in problem.what
    assert do in problem.do


def test_a_whole_team_and_who_takes_the_place_of_somebody_give_no_finding() -> None:
    event, _ = parse_event(relay_text())
    rows = (
        WHOLE_TEAM
        + "1-4,relay,Weasels,1,DNS\n"
        + WHOLE_TEAM.replace("1-", "2-").replace("Otters", "Weasels")
    )
    entrants = read("bib,race,team,leg,status\n" + rows, event)
    assert len(entrants.entrants) == 7
    assert not [one for one in entrants.problems if "team" in one.what]


@pytest.mark.parametrize(
    ("first", "second"),
    [("12", "012"), ("0012", "12"), ("a7", "A7"), ("F 17", "f17"), ("007", "07")],
)
def test_two_spellings_of_a_bib_are_one_bib(first: str, second: str) -> None:
    """Whatever is said of bib 012 on the day is heard of bib 12."""
    entrants = read(f"bib,race\n{first},10k\n{second},10k\n13,10k\n")
    assert [entrant.bib for entrant in entrants.entrants] == [first.upper().replace(" ", ""), "13"]
    (error,) = errors_of(entrants.problems)
    assert error.line == 3
    assert "stands in line 2 already" in error.what
    assert "this row is left out" in error.what


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_files_are_read_in_every_usual_encoding(encoding: str) -> None:
    text = "bib,first,last,race\n1,Zoë,Müller-Ødegård,10k\n"
    entrants = parse_entrants(text.encode(encoding), EVENT)
    assert entrants.persons[0].last == "Müller-Ødegård"
    notes = [problem for problem in entrants.problems if "Windows-1252" in problem.what]
    assert [note.line for note in notes] == ([2] if encoding == "cp1252" else [])


def test_lines_of_two_encodings_in_one_file_are_both_right() -> None:
    data = "bib,first,race\n1,Zoë,10k\n".encode() + "2,Jürgen,10k\n".encode("cp1252")
    entrants = parse_entrants(data, EVENT)
    assert [person.first for person in entrants.persons] == ["Zoë", "Jürgen"]


def test_letters_that_were_encoded_twice_are_noticed() -> None:
    entrants = parse_entrants("bib,first,race\n1,Zo\u00c3\u00ab,10k\n".encode(), EVENT)
    assert any(
        "twice encoded" in problem.what and problem.line == 2 for problem in entrants.problems
    )


def test_broken_bytes_are_never_fatal() -> None:
    entrants = parse_entrants(b"bib,first,race\n1,\xff\xfe\x81\x00,10k\n2,Bo,10k\n", EVENT)
    assert [entrant.bib for entrant in entrants.entrants] == ["1", "2"]


def test_marks_that_turn_the_direction_of_writing_are_taken_out_of_names() -> None:
    person = one("bib,race,first,last\n1,10k,A\u202ena\u00a0B,Qui\u200dll\n")[1]
    assert (person.first, person.last) == ("Ana B", "Qui\u200dll")


def test_line_breaks_in_quotes_blank_lines_and_titles_are_no_obstacle() -> None:
    text = 'Three Rivers entrants\n\nbib,first,club,race\n\n1,Ana,"The\nOtters",10k\n,,,\n  \n2,Bo,,10k\n'
    entrants = read(text)
    assert [entrant.bib for entrant in entrants.entrants] == ["1", "2"]
    assert entrants.persons[0].club == "The Otters"
    assert entrants.counts.rows == 2
    assert errors_of(entrants.problems) == []


def test_a_line_that_tells_the_delimiter_is_understood() -> None:
    assert one("sep=;\nbib;race\n5;10k\n")[0].bib == "5"


def test_headings_that_stand_again_are_no_entrant() -> None:
    entrants = read("bib,race\n1,10k\nbib,race\n2,10k\n")
    assert [entrant.bib for entrant in entrants.entrants] == ["1", "2"]
    assert (entrants.counts.rows, entrants.counts.left_out) == (3, 0)


@pytest.mark.parametrize("row", [100, 1998])
def test_a_quote_that_is_never_closed_costs_no_other_row(row: int) -> None:
    rows = [f'{bib},"N. {bib}",10k' for bib in range(1, 2001)]
    rows[row - 1] = f'{row},"Unclosed,10k'
    entrants = read("\n".join(["bib,first,race", *rows]) + "\n")
    assert len(entrants.entrants) == 2000
    named = [problem for problem in entrants.problems if "not closed" in problem.what]
    assert [problem.line for problem in named] == [row + 1]


def test_two_stray_quotes_swallow_no_rows_between_them() -> None:
    text = 'bib,first,race\n1,Ana,10k\n2,"Bo,10k\n3,Cy,10k\n4,"Di,10k\n5,Ed,10k\n'
    assert [entrant.bib for entrant in read(text).entrants] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("text", "what", "do"),
    [
        ("", "empty", "names the columns"),
        ("\n \n", "empty", "names the columns"),
        ("first,last,race\nAna,Quill,10k\n", "No column has the bib", '"bib"'),
        ("1,Ana,Quill\n2,Bo,Hill\n", "No heading", "bib,first,last"),
        ("<html></html>", "seems to be a web page", "CSV (UTF-8)"),
    ],
)
def test_a_file_without_headings_or_bibs_says_how_it_should_begin(
    text: str, what: str, do: str
) -> None:
    entrants = read(text)
    assert entrants.entrants == ()
    error = errors_of(entrants.problems)[0]
    assert what in error.what
    assert do in error.do


def test_a_misspelt_heading_is_suggested() -> None:
    entrants = read("bib,race,emial\n1,10k,a@example.org\n")
    assert any(
        problem.severity == "warning" and '"email"' in problem.do for problem in entrants.problems
    )


def test_columns_that_are_not_used_are_named() -> None:
    entrants = read("bib,race,t-shirt,chip\n1,10k,XL,C1\n")
    assert [str(problem) for problem in entrants.problems] == [
        'entrants.csv, line 1 (note): Columns that are not used: "t-shirt".'
    ]


def test_without_an_event_everything_else_is_still_checked() -> None:
    entrants = read("bib,race,wave,dob,sex\n1,anything,Z,1980-01-01,f\n1,x,,,\n", None)
    assert (entrants.entrants[0].race, entrants.entrants[0].age) == ("anything", None)
    assert "Bib 1 stands" in errors_of(entrants.problems)[0].what


def test_many_rows_cost_a_small_multiple_of_splitting_them() -> None:
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(
        ["bib", "first", "last", "race", "wave", "sex", "dob", "club", "chip", "display", "photos"]
    )
    writer.writerows(
        [bib, f"Ana{bib % 300}", f"Quill{bib % 5000}", "half", "AB"[bib % 2], "fmx"[bib % 3],
         f"{1940 + bib % 60}-0{1 + bib % 9}-1{bib % 9}", f"Club {bib % 90}", f"A{bib:05}", "name", "yes"]
        for bib in range(1, 10_001)
    )  # fmt: skip
    data = sheet.getvalue().encode()

    def cost_s(work: object) -> float:
        begin = time.process_time()
        assert callable(work)
        work()
        return time.process_time() - begin

    splitting = min(cost_s(lambda: list(csv.reader(io.StringIO(data.decode())))) for _ in range(3))
    reading = min(cost_s(lambda: parse_entrants(data, EVENT)) for _ in range(3))
    assert parse_entrants(data, EVENT).counts.kept == 10_000
    assert reading < 40 * splitting


def test_a_table_of_very_many_columns_is_read_with_few_findings() -> None:
    entrants = read("bib,race," + "firstnamee," * 20_000 + "\n1,10k\n")
    assert [entrant.bib for entrant in entrants.entrants] == ["1"]
    assert len(entrants.problems) < 100
