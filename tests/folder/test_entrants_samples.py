"""Exports of the systems that organisers use, as they come: recognised, good rows kept, the bad one listed.

The people are invented; headings, order of columns, quotes, line ends and letters are those of the systems.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from homestretch.folder.entrants import Entrants, parse_entrants
from homestretch.folder.event_toml import parse_event
from homestretch.intake.asking import Told
from homestretch.intake.looking import File, Table, look
from homestretch.race.event import Event
from tests.folder.good import EVENT_TOML

SAMPLES = Path(__file__).parent / "entrants_samples"


class Sample(NamedTuple):
    """What a sample says: (bib, race, sex, age) of each entrant, chips by bib, words about the row left out, and
    the race of a file that has races in no column."""

    rows: list[tuple[str, str, str | None, int | None]]
    chips: dict[str, set[str]]
    left_out: str
    race: str = ""


EXPECTED = {
    "runsignup": Sample(
        [("4101", "half", "f", 34), ("4102", "half", "m", None), ("4201", "10k", None, 28)],
        {"4101": {"4101"}, "4102": {"4102"}, "4201": {"4201"}},
        "The row has no bib",
    ),
    "race_result": Sample(
        [
            ("4101", "half", "f", 34),
            ("4102", "half", "m", 46),
            ("4103", "10k", "m", 47),
            ("4104", "10k", None, None),
            ("4105", "10k", "m", None),
            ("4106", "10k", "m", None),
        ],
        {
            "4101": {"ZICAD30", "ZICAD31"},
            **{f"41{bib:02}": {f"ZICAD{bib + 30}"} for bib in range(2, 7)},
        },
        'There is no race "7"',
    ),
    "opensplittime": Sample(
        [("4101", "half", "f", 34), ("4102", "10k", None, None)], {}, "more cells than"
    ),
    "ultrasignup": Sample(
        [("4101", "half", "f", 34), ("4102", "half", None, None), ("4104", "half", "f", None)],
        {},
        "The row has no bib",
        race="half",
    ),
    "rtrt": Sample(
        [("4101", "half", "f", None), ("4102", "10k", None, None)],
        {"4101": {"58000128608"}, "4102": {"58000128609"}},
        'There is no race "15k"',
    ),
    "crossmgr": Sample(
        [("4101", "half", None, 34), ("4102", "10k", None, None)],
        {"4101": {"413A35", "413A36"}, "4102": {"413A37"}},
        "Bib 4101 stands in line 2 already",
    ),
    "boston": Sample(
        [("F17", "half", "f", 34), ("4102", "half", None, 51)],
        {},
        "The row has no bib",
        race="half",
    ),
}


def event() -> Event:
    """Half Marathon and 10K, which RACE RESULT knows as contests 1 and 2."""
    text = EVENT_TOML.replace('name = "Half Marathon"', 'name = "Half Marathon"\naliases = ["1"]')
    text = text.replace('name = "10K"\ndistance', 'name = "10K"\naliases = ["2"]\ndistance')
    found, problems = parse_event(text)
    assert found is not None, problems
    assert [race.aliases for race in found.races] == [("1",), ("2",)]
    return found


EVENT = event()


def data_of(system: str) -> bytes:
    return (SAMPLES / f"{system}.csv").read_bytes()


def imported(system: str) -> Table:
    """A sample as `import` takes it, without a word about what it is."""
    file = File(f"{system}.csv", data_of(system), 0, 0)
    looked = look(EVENT, file, None, Told(race=EXPECTED[system].race))
    assert isinstance(looked, Table)
    return looked


def check(entrants: Entrants, sample: Sample) -> None:
    assert [(row.bib, row.race, row.sex, row.age) for row in entrants.entrants] == sample.rows
    chips: dict[str, set[str]] = {}
    for chip, bib in entrants.chips:
        chips.setdefault(bib, set()).add(chip)
    assert chips == sample.chips
    ((line, _),) = entrants.left_out
    (problem,) = [one for one in entrants.problems if one.severity == "error"]
    assert problem.line == line
    assert sample.left_out in problem.what


def test_there_is_a_sample_of_each_system() -> None:
    assert {file.stem for file in SAMPLES.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("system", EXPECTED)
def test_an_import_recognises_the_entrants_of_a_system_and_lists_the_bad_row(system: str) -> None:
    table = imported(system)
    assert table.says.startswith("a table of entrants: ")
    check(table.entrants, EXPECTED[system])


@pytest.mark.parametrize("system", [name for name, one in EXPECTED.items() if not one.race])
def test_the_same_file_may_be_entrants_csv(system: str) -> None:
    check(parse_entrants(data_of(system), EVENT), EXPECTED[system])


@pytest.mark.parametrize("system", EXPECTED)
def test_the_first_person_is_who_the_file_says(system: str) -> None:
    first = imported(system).entrants.persons[0]
    name = ("", "") if system == "boston" else ("Marla", "Tennwick")
    assert (first.first, first.last.title()) == name
    assert first.town == ("" if system == "crossmgr" else "Ferrow")


def test_the_numbers_of_race_results_status_say_who_does_not_come_and_who_does_not_compete() -> (
    None
):
    entrants = imported("race_result").entrants
    assert entrants.rulings == (("4105", "dns"), ("4106", "dns"))
    roles = {row.bib: row.role for row in entrants.entrants}
    assert roles["4102"] == "guest"
    assert set(roles.values()) == {"guest", "runner"}
    results = [one for one in entrants.problems if "A result stands in the column" in one.what]
    assert [one.line for one in results] == [4], "a DSQ or DNF is for control to say"


def test_results_alone_are_no_sightings_by_their_elapsed_times() -> None:
    """RunSignup's results may come without names: 1:18:22 is no time of day."""
    text = "bib_num,place,clock_time,chip_time,event_id,result_set_name\n7,1,01:18:22.00,01:18:21.00,8,10K\n"
    looked = look(EVENT, File("r.csv", text.encode(), 0, 0), None, Told())
    assert isinstance(looked, Table)
    assert [(row.bib, row.race) for row in looked.entrants.entrants] == [("7", "10k")]


def test_a_number_of_a_contest_that_no_race_has_is_refused_with_where_to_write_it() -> None:
    problems = imported("race_result").entrants.problems
    (problem,) = [one for one in problems if one.severity == "error"]
    assert "write that among the aliases of its [[race]] in event.toml" in problem.do


def test_two_races_cannot_have_one_alias() -> None:
    text = EVENT_TOML.replace(
        'name = "10K"\ndistance', 'name = "10K"\naliases = ["HALF"]\ndistance'
    )
    _, problems = parse_event(text)
    (problem,) = [one for one in problems if one.severity == "error"]
    assert '"HALF" is also what another race is called' in problem.what
