"""Dates of birth in many forms become ages on race day; what can be read two ways is not guessed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.folder.birth import TWO_WAYS, UNCLEAR, YEAR_ALONE, Age, age_on, say_order
from homestretch.folder.entrants import parse_entrants
from tests.folder.good import good_event

RACE_DAY = dt.date(2026, 5, 3)


@pytest.mark.parametrize(
    ("cell", "years"),
    [
        ("1980-05-03", 46),
        ("1980-05-04", 45),
        ("1980/5/4", 45),
        ("19800504", 45),
        ("1980-05-04 00:00:00", 45),
        ("1980-05-04T00:00:00Z", 45),
        ("04.05.1980", 45),
        ("4.5.80", 45),
        ("4 May 1980", 45),
        ("04-May-80", 45),
        ("May 4, 1980", 45),
        ("Sept. 4, 1980", 45),
        ("29345", 45),
        ("29-Feb-08", 18),
        ("25/12/1980", 45),
        ("12/25/1980", 45),
        ("3/4/15", 11),
        ("1980", 46),
        ("2008-05-03", 18),
        ("2008-05-04", 17),
    ],
)
def test_a_date_of_birth_gives_the_age_on_race_day(cell: str, years: int) -> None:
    assert age_on(RACE_DAY, cell, None) == Age(years)


@pytest.mark.parametrize(
    "cell",
    ["", "soon", "1980-13-01", "31.02.1980", "32/33/1980", "2030-01-01", "1850-01-01", "0", "²"],
)
def test_what_is_no_date_of_birth_gives_no_age(cell: str) -> None:
    assert age_on(RACE_DAY, cell, None) == Age(None, UNCLEAR)


def test_a_date_that_can_be_read_two_ways_matters_only_when_the_age_does() -> None:
    assert age_on(RACE_DAY, "03/04/1980", None) == Age(46)
    assert age_on(RACE_DAY, "03/06/1980", None) == Age(None, TWO_WAYS)
    assert age_on(RACE_DAY, "03/06/1980", True) == Age(45)
    assert age_on(RACE_DAY, "03/06/1980", False) == Age(46)


def test_who_may_be_a_minor_is_treated_as_one() -> None:
    assert age_on(RACE_DAY, "03/06/2008", None) == Age(17, TWO_WAYS)
    assert age_on(RACE_DAY, "2008", None) == Age(17, YEAR_ALONE)


def test_the_order_of_a_column_is_told_by_the_dates_that_can_be_read_one_way_only() -> None:
    assert say_order(["03/04/1980", "25/12/1980"]) is True
    assert say_order(["03/04/1980", "12/25/1980"]) is False
    assert say_order(["25/12/1980", "12/25/1980"]) is None
    assert say_order(["03/04/1980", "25.12.1980", "1980-12-25"]) is None


def ages(text: str) -> list[int | None]:
    return [entrant.age for entrant in parse_entrants(text.encode(), good_event()).entrants]


def test_the_heading_settles_the_order() -> None:
    rows = "1,10k,03/06/1980\n"
    assert ages(f"bib,race,Date of birth (MM/DD/YYYY)\n{rows}") == [46]
    assert ages(f"bib,race,DOB dd/mm/yyyy\n{rows}") == [45]
    assert ages(f"bib,race,DOB\n{rows}") == [None]


def test_the_other_dates_settle_the_order_and_a_note_says_so() -> None:
    text = "bib,race,dob\n1,10k,03/06/1980\n2,10k,25/12/1990\n"
    entrants = parse_entrants(text.encode(), good_event())
    assert [entrant.age for entrant in entrants.entrants] == [45, 35]
    assert any("read day first" in problem.what for problem in entrants.problems)


def test_those_whose_age_depends_on_the_order_are_named() -> None:
    text = "bib,race,dob\n1,10k,03/06/1980\n2,10k,03/04/1980\n3,10k,04/06/1980\n"
    problems = parse_entrants(text.encode(), good_event()).problems
    asked = [problem for problem in problems if "day first or month first" in problem.what]
    assert len(asked) == 1
    assert "lines 2, 4" in asked[0].what
    assert "MM/DD/YYYY" in asked[0].do


def test_no_date_of_birth_leaves_the_reading() -> None:
    text = "bib,race,first,dob,year of birth\n1,10k,Ana,1981-12-19,1981\n2,10k,Bo,,1977\n"
    entrants = parse_entrants(text.encode(), good_event())
    assert [entrant.age for entrant in entrants.entrants] == [44, 49]
    for date in ("1981", "12-19", "1977"):
        assert date not in repr(entrants)


@given(born=st.dates(dt.date(1930, 1, 1), dt.date(2020, 1, 1)))
def test_every_form_of_a_date_tells_the_same_age(born: dt.date) -> None:
    years = RACE_DAY.year - born.year - ((born.month, born.day) > (5, 3))
    for form in ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d %b %Y", "%B %d, %Y", "%d-%b-%y"):
        if form == "%d-%b-%y" and RACE_DAY.year - born.year >= 95:
            continue
        assert age_on(RACE_DAY, born.strftime(form), None) == Age(years), form
    assert age_on(RACE_DAY, born.strftime("%d/%m/%Y"), True) == Age(years)
    assert age_on(RACE_DAY, born.strftime("%m/%d/%Y"), False) == Age(years)
