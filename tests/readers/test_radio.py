"""What the radio says: one line in, facts out, and not a bib lost on the way."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.race.spelling import place_key
from homestretch.readers.radio import (
    LONGEST_LINE,
    MOST_LINES,
    Ears,
    RadioLine,
    as_items,
    read_line,
    read_lines,
)

NOW = 1_777_826_700_000
PLACES = {"mile-18": "mile-18", "10k": "10k", "finish": "finish"}
TIMES = {"12:41": NOW - 60_000, "1:05 pm": NOW - 2_000, "12.41": NOW - 60_000}


def ears(place: str = "", at: int | None = NOW) -> Ears:
    return Ears(lambda said: PLACES.get(place_key(said), ""), TIMES.get, place, at)


def hear(text: str, place: str = "") -> RadioLine:
    return read_line(text, ears(place))


def said(line: RadioLine) -> list[str]:
    return [
        " ".join(part for part in (item.bib, item.fate.kind, item.fate.taken_by, item.fate.keeper) if part)
        for item in line.items
    ]  # fmt: skip


def test_a_line_says_where_when_who_was_seen_who_has_whom_and_who_stops() -> None:
    line = hear("mile 18 by radio at 12:41: 4312, 5127 on bus 2; 77 in care tent 3; 91 stops")
    assert (line.place, line.seen_at, line.unread) == ("mile-18", NOW - 60_000, ())
    assert said(line) == [
        "4312 sighting",
        "5127 taken-over bus Bus 2",
        "77 taken-over care Tent 3",
        "91 withdrawn",
    ]
    assert line.can_enter
    assert as_items(line)[1] == {
        "kind": "taken-over",
        "bib": "5127",
        "place": "mile-18",
        "seen_at": NOW - 60_000,
        "taken_by": "bus",
        "keeper": "Bus 2",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4312 and 5127 on bus 2, 88", ["4312 taken-over bus Bus 2", "5127 taken-over bus Bus 2", "88 sighting"]),
        ("on bus B: 1, 2 3; 4", ["1 taken-over bus Bus B", "2 taken-over bus Bus B", "3 taken-over bus Bus B", "4 sighting"]),
        ("bibs 12 & 13 seen; runner #14 is out", ["12 sighting", "13 sighting", "14 withdrawn"]),
        ("78 in care St Mary's hospital", ["78 taken-over care St Mary's hospital"]),
        ("5 with the medics, 6 in the medical tent 2", ["5 taken-over care Medics", "6 taken-over care Medical tent 2"]),
        ("79 on the sweep bus", ["79 taken-over bus Bus"]),
        ("9 left on her own; 10 home; 11 back on the road", ["9 taken-over self", "10 taken-over home", "11 taken-over road"]),
        ("36*1, a17", ["36*1 sighting", "A17 sighting"]),
        ("4312, 4312", ["4312 sighting"]),
    ],
)  # fmt: skip
def test_ways_to_say_it(text: str, expected: list[str]) -> None:
    line = hear(text, "finish")
    assert (said(line), line.unread) == (expected, ())


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("hello 4 you", ("hello 4 you",)),
        ("4312 on bus 5128", ("4312 on bus 5128",)),
        ("77 in care 91", ("77 in care 91",)),
        ("5127 on bus 2 91 stops", ("5127 on bus 2 91 stops",)),
        ("mile 18: 4312 at 12:41", ("4312 at 12:41",)),
        ("nowhere: 4312", ("nowhere",)),
        ("mile 18 at 25:99: 4312", ("25:99",)),
        ("on tour: 4312, 17", ("on tour",)),
        ("x; on tour: 4312, 17", ("x", "on tour: 4312, 17")),
        ("mile 18 ; on bus 2: hello, 5", ("mile 18", "on bus 2: hello")),
    ],
)
def test_what_is_not_understood_stays_word_for_word(text: str, unread: tuple[str, ...]) -> None:
    assert hear(text, "finish").unread == unread


@pytest.mark.parametrize(
    ("text", "place", "at"),
    [
        ("mile 18, 12:41: 5", "10k", NOW),
        ("mile 18 12.41: 5", "mile-18", NOW - 60_000),
        ("Mile-18 at 1:05 pm 5", "mile-18", NOW - 2_000),
        ("this is mile 18 over the radio: 5", "mile-18", NOW),
        ("12:41: 5", "10k", NOW - 60_000),
        ("5", "10k", NOW),
    ],
)
def test_where_and_when_come_from_the_line_else_from_the_form(text: str, place: str, at: int) -> None:  # fmt: skip
    line = hear(text, "10k")
    assert (line.place, line.seen_at) == (place, at)


def test_a_line_without_place_time_or_anybody_cannot_be_entered() -> None:
    assert not hear("5").can_enter
    assert not hear("mile 18 at 3:00: 5").can_enter
    assert not hear("mile 18:").can_enter
    assert not read_line("mile 18: 5", ears(at=None)).can_enter


def test_several_lines_are_heard_each_for_itself_and_none_is_dropped() -> None:
    lines = read_lines("mile 18 at 12:41: 5\n\n10k: 6\n", ears())
    assert [(line.place, said(line)) for line in lines] == [
        ("mile-18", ["5 sighting"]),
        ("10k", ["6 sighting"]),
    ]
    many = read_lines("\n".join(f"10k: {bib}" for bib in range(MOST_LINES + 5)), ears())
    assert len(many) == MOST_LINES + 5
    assert [line.unread for line in many[-5:]] == [(f"10k: {MOST_LINES + k}",) for k in range(5)]
    long = "10k: " + "7 " * LONGEST_LINE
    assert read_lines(long, ears())[0].unread == (long.strip(),)


PARTS = st.sampled_from(
    ["mile 18", "at 12:41", "by radio", ":", ";", ",", " ", "and", "on bus 2", "in care tent 3", "stops",
     "with", "bib", "on", "bus", "in care", "hello", "tent", "home", "-", "/", "#", "*", ".", "dnf", "12:41",
     "st mary", "é", "at", "@"]
)  # fmt: skip
BIBS = st.integers(100, 99_999).map(str)


@given(st.lists(st.one_of(PARTS, BIBS, BIBS), max_size=25).map(" ".join))
def test_every_bib_typed_is_in_an_item_or_in_what_was_not_understood(text: str) -> None:
    line = read_line(text, ears("finish"))
    kept = " ".join([*(item.bib for item in line.items), *line.unread])
    typed = re.findall(r"\d{3,}", text)
    assert not [bib for bib in typed if bib not in re.findall(r"\d+", kept)]


@given(st.text(max_size=200))
def test_no_line_makes_an_exception_and_its_items_are_whole(text: str) -> None:
    for line in read_lines(text, ears("finish")):
        for item in as_items(line):
            assert item["bib"]
            assert item["bib"].isprintable()
