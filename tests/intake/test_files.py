"""Files of reads: recognised by content, in many forms, and every row is a fact or a refusal."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.facts import Read, Sighting, Unreadable
from homestretch.intake.files import FileOfReads, read_file, recognise
from homestretch.readers import Context

CONTEXT = Context(ZoneInfo("America/New_York"), "2026-05-03")
SEVEN = 1_777_806_000_000
"""2026-05-03 07:00:00 in New York, UTC ms"""
DAY_MS = 86_400_000


def read(text: str, place: str = "finish") -> FileOfReads:
    recognised = recognise(text)
    assert recognised is not None
    context = msgspec.structs.replace(CONTEXT, place=place)
    return read_file(text, recognised, context, "file:test", SEVEN)


def facts(text: str, place: str = "finish") -> list[tuple[str, str, int]]:
    """(chip, place, milliseconds after 07:00) of every read."""
    found = [one.received.fact for one in read(text, place).heard]
    return [(f.chip, f.place, f.seen_at - SEVEN) for f in found if isinstance(f, Read)]


@pytest.mark.parametrize(
    "text",
    [
        "tag,time\n413A35,2026-05-03 07:00:01.123\n",
        "413A35,2026-05-03 07:00:01.123\n",
        "413a35;2026-05-03T07:00:01,123",
        "00413A35\t2026-05-03 07:00:01.1239\r\n",
        '"Chip Code","Passing Time"\n"413A35","2026/05/03 07:00:01.123"\n',
        '1,413A35,0,"2026-05-03 07:00:01.123"\n',
        "no,chip,time\n7,413A35,07:00:01.123\n",
        "time,tag\n7:00:01.123,413A35\n",
        "chip,time\n413A35,2026-05-03T11:00:01.123Z\n",
        "chip,time\n413A35,2026-05-03 13:00:01.123 +02:00\n",
        "chip,time\n413A35,1777806001.123\n",
        "chip,time\n413A35,1777806001123\n",
        "chip;date;time\n413A35;2026-05-03;07:00:01.123\n",
        "1;413A35;0000-00-00;07:00:01.123\n",
        "\n\n413A35,2026-05-03 07:00:01.123\n\n",
        "Z413A35 07:00:01.1233 10  10000      C7\n",
        "Z413A35 07:00:01.1233 10  10000      C7 date=20260503\n",
        "413A35 07:00:01.123 3 0F  100002605036D\r\n",
        "413A35  7:00:01.123 3 0F  100002605036D\n",
        "N0000FINISH\rGT007000112 date=20260503\rDA413A35 07:00:01.123300 10  0000F      C7\r",
    ],
)
def test_one_read_is_understood_in_every_form(text: str) -> None:
    assert facts(text) == [("413A35", "FINISH" if text.startswith("N0000") else "finish", 1123)]


def test_the_lines_of_an_ipico_reader_are_recognised() -> None:
    assert facts("aa 00 058000120e38 0001 260503 070001 0c 9c\n") == [
        ("58000120E38", "finish", 1120)
    ]


def test_places_in_the_file_win_over_the_place_that_was_given() -> None:
    text = "chip,time,location\nA1,07:00:00.0,5K\nA2,07:00:00.0,\n"
    assert facts(text) == [("A1", "5K", 0), ("A2", "finish", 0)]


def test_a_column_of_who_came_in_first_is_no_place() -> None:
    assert facts("place,tag,time\n1,A1,07:00:00\n2,A2,07:00:01\n") == [
        ("A1", "finish", 0),
        ("A2", "finish", 1000),
    ]


def test_a_chip_that_looks_like_seconds_since_1970_is_a_chip() -> None:
    assert facts("1777806001,2026-05-03 07:00:00\n") == [("1777806001", "finish", 0)]


def test_bibs_that_somebody_noted_are_sightings() -> None:
    (one,) = read("bib;time\n345;07:12:00\n").heard
    assert one.received.fact == Sighting(
        seen_at=SEVEN + 720_000, bib="345", place="finish", by="file:test"
    )


def test_days_are_counted_by_a_device_without_a_date() -> None:
    late = "Z413A35 07:00:00.000 11  10000      C7\n"
    assert facts(late) == [("413A35", "finish", DAY_MS)]
    assert facts("1;A1;0000-00-01;07:00:00\n") == [("A1", "finish", DAY_MS)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A1,", "no time"),
        ("A1,later", "not a time"),
        ("A1,03.05.2026 07:00:00", "not a time"),
        ("A1,2026-02-30 07:00:00", "a date that does not exist"),
        ("A1,2026-13-01 07:00:00", "a date that does not exist"),
        ("A1,25:00:00", "a date or time that does not exist"),
        ("A1,1826-05-03 07:00:00", "a date or time that does not exist"),
        ("A1,2026-05-03 07:00:00+99:00", "an offset that does not exist"),
        (",07:00:00", "no chip"),
        ("A 1?,07:00:00", "not a chip"),
        ("A1", "too few cells"),
        ("A1," + "x" * 2000, "a line of over 1,024 characters"),
    ],
)
def test_a_row_that_cannot_be_kept_is_refused_with_its_line_and_kept_as_unreadable(
    row: str, reason: str
) -> None:
    found = read(f"chip,time\nB1,07:00:00\n{row}\nB2,07:00:01\n")
    assert [(refused.line, refused.reason) for refused in found.refused] == [(3, reason)]
    assert found.rows == 3
    kinds = [type(one.received.fact) for one in found.heard]
    assert kinds == [Read, Unreadable, Read]
    assert found.heard[1].text == row.encode()


def test_without_any_place_a_row_is_refused() -> None:
    assert [refused.reason for refused in read("A1,07:00:00\n", place="").refused] == ["no place"]


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "bib,first,last\n1,Ann,Oaken\n", "hello", "a,b\nc,d\n", "time\n07:00:00\n", "name,time\nAnn,07:00:00\n"],
)  # fmt: skip
def test_what_is_no_file_of_reads_is_not_taken_for_one(text: str) -> None:
    assert recognise(text) is None


def test_the_same_file_makes_the_same_facts() -> None:
    text = "chip,time\nB1,07:00:00\nrubbish\nB2,07:00:01\n"
    assert [one.received.id for one in read(text).heard] == [
        one.received.id for one in read(text).heard
    ]


@given(st.text(max_size=400) | st.lists(st.sampled_from(
    ["chip,time", "A1,07:00:00", "Z413A35 10:11:16.4433 10  10000      C7", '"', "N0000MAT", "GT0", ",,,", "\0", "bib;time"]
), max_size=12).map("\n".join))  # fmt: skip
def test_any_text_is_read_without_an_exception_and_no_row_is_lost(text: str) -> None:
    recognised = recognise(text)
    if recognised is not None:
        context = msgspec.structs.replace(CONTEXT, place="finish")
        found = read_file(text, recognised, context, "file:test", SEVEN)
        unreadable = [one for one in found.heard if isinstance(one.received.fact, Unreadable)]
        assert len(unreadable) == len(found.refused)
        assert found.rows == len(found.heard)
