"""How RACE RESULT writes: passings and their times, the status of a box, files."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.errors import FactError
from homestretch.facts import DeviceStatus, Marker, Read
from homestretch.readers import Context, FileReader, list_files
from homestretch.readers.moments import WallClock
from homestretch.readers.raceresult_rows import FILE, get_passing, get_status, moment

NEW_YORK = ZoneInfo("America/New_York")
CONTEXT = Context(zone=NEW_YORK, date="2026-05-03", place="Finish")
ROW = "1;33;0000-00-00;00:00:02.773;6692;12;-68;09ca52"
FULL = "25;ZICAD30;2026-05-03;07:00:05.944;;75;-75;;1;3;1;;6233;3.0;17;;MAT-2;177;;D-50432"


def utc(text: str) -> int:
    stamp = dt.datetime.fromisoformat(text)
    return int(stamp.timestamp()) * 1000 + stamp.microsecond // 1000


def reading(*lines: str, context: Context = CONTEXT) -> FileReader:
    return FILE.make(list(lines), context)


def refused(line: str, context: Context = CONTEXT) -> str:
    with pytest.raises(FactError) as raised:
        reading(line, context=context).read(line)
    return raised.value.what


@pytest.mark.parametrize(
    ("zone", "date", "time", "expected"),
    [
        ("America/New_York", "2026-05-03", "07:00:02.942", "2026-05-03T07:00:02.942-04:00"),
        ("America/New_York", "2026-05-03", "07:00:02", "2026-05-03T07:00:02-04:00"),
        ("America/New_York", "2026-05-03", "07:00:02.9", "2026-05-03T07:00:02.900-04:00"),
        ("America/New_York", "0000-00-00", "23:59:59.999", "2026-05-03T23:59:59.999-04:00"),
        ("America/New_York", "0000-00-01", "00:00:00.000", "2026-05-04T00:00:00-04:00"),
        ("America/New_York", "0000-00-29", "00:00:00.000", "2026-06-01T00:00:00-04:00"),
        ("Asia/Kolkata", "0000-00-00", "05:40:00.000", "2026-05-03T05:40:00+05:30"),
    ],
)
def test_times_are_wall_times_and_days_count_from_the_events_date_without_gps(
    zone: str, date: str, time: str, expected: str
) -> None:
    assert moment(WallClock(ZoneInfo(zone), "2026-05-03"), date, time) == utc(expected)


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("2026-02-30", "07:00:00.000"),
        ("0000-01-00", "07:00:00.000"),
        ("1969-12-31", "07:00:00.000"),
        ("2100-01-01", "07:00:00.000"),
        ("03.05.2026", "07:00:00.000"),
        ("2026-05-03", "24:00:00.000"),
        ("2026-05-03", "07:60:00.000"),
        ("2026-05-03", "07:00:60.000"),
        ("2026-05-03", "7:00"),
        ("２０２６-05-03", "07:00:00.000"),
        ("", ""),
    ],
)
def test_what_does_not_exist_is_no_time(date: str, time: str) -> None:
    assert moment(WallClock(NEW_YORK, "2026-05-03"), date, time) is None


@pytest.mark.parametrize("many", range(4, 24))
def test_a_passing_has_four_fields_or_more(many: int) -> None:
    fields = [*FULL.split(";"), "new", "", "", "newer"]
    passing = get_passing(fields[:many])
    assert passing[:4] == ("25", "ZICAD30", "2026-05-03", "07:00:05.944")
    assert passing.box_name == ("MAT-2" if many > 16 else "")
    assert passing.file == ("177" if many > 17 else "")
    assert passing.box_id == ("D-50432" if many > 19 else "")


def test_a_file_number_is_a_number_and_a_name_has_no_control_characters() -> None:
    fields = FULL.split(";")
    fields[16:20] = ["MAT\x00\x1b-2 ", "0177", "", "\x07"]
    assert get_passing(fields)[4:] == ("MAT-2", "177", "")
    fields[17] = "other"
    assert get_passing(fields).file == ""


STATUS = "1;00011001;1;177;1;49.721,8.254;1;69;31;35;0;0;;;;;;1;1;0;0;0"


def status(text: str) -> DeviceStatus:
    return get_status(text.split(";"), "raceresult:D-1", "FINISH", 5)


@pytest.mark.parametrize("dated", ["", "2026-05-03;07:00:02.942;", "0000-00-00;00:02:39.942;"])
def test_a_status_says_power_antennas_mode_gps_battery_and_temperature(dated: str) -> None:
    assert status(dated + STATUS) == DeviceStatus(
        seen_at=5,
        of="raceresult:D-1",
        place="FINISH",
        reading=True,
        on_mains=True,
        battery=0.69,
        temperature_c=31.0,
        has_gps=True,
        antennas=3,
    )


@pytest.mark.parametrize("many", range(1, 30))
def test_what_an_older_box_does_not_say_is_not_known(many: int) -> None:
    said = status(";".join(f"{STATUS};;;;;;".split(";")[:many]))
    assert (said.antennas == 3) is (many > 1)
    assert said.reading is (True if many > 2 else None)
    assert said.has_gps is (True if many > 4 else None)
    assert said.battery == (0.69 if many > 7 else None)
    assert said.errors == ()


@pytest.mark.parametrize(
    ("position", "text", "field", "value"),
    [
        (0, "0", "on_mains", False),
        (0, "maybe", "on_mains", None),
        (1, "00000000", "antennas", 0),
        (1, "", "antennas", None),
        (1, "0x19", "antennas", None),
        (2, "0", "reading", False),
        (2, "", "reading", None),
        (4, "0", "has_gps", False),
        (6, "0", "errors", ("the reader is not healthy",)),
        (7, "-1", "battery", None),
        (7, "nan", "battery", None),
        (7, "100", "battery", 1.0),
        (7, "1e9", "battery", None),
        (8, "-12.5", "temperature_c", -12.5),
        (8, "-999", "temperature_c", None),
        (20, "1", "reading", False),
        (21, "16", "errors", ("the active loop has an error",)),
        (21, "2", "errors", ("error 2",)),
        (21, "0x0", "errors", ()),
    ],
)
def test_what_a_field_of_the_status_says(
    position: int, text: str, field: str, value: object
) -> None:
    fields = STATUS.split(";")
    fields[position] = text
    assert getattr(status(";".join(fields)), field) == value


def test_a_file_is_found_by_its_name_and_recognised_by_its_rows() -> None:
    assert list_files()["raceresult"] is FILE
    assert FILE.find([ROW, FULL, f"#P;{FULL}"]) == 1
    assert FILE.find([ROW, "a heading", FULL, "chip,time"]) == 0.5
    assert FILE.find(["Z413A35 10:11:16.4433 10  10000      C7"]) == 0
    assert FILE.find(["A1;2026-05-03 07:00:00;Start"]) == 0
    assert FILE.find([]) == 0


@pytest.mark.parametrize(
    ("rows", "says_places", "says_dates"),
    [((ROW,), False, False), ((FULL,), True, True), ((ROW, FULL), False, True)],
)
def test_a_file_says_what_it_leaves_open(
    rows: tuple[str, ...], says_places: bool, says_dates: bool
) -> None:
    made = reading(*rows)
    assert (made.says_places, made.says_dates) == (says_places, says_dates)
    assert made.says


def test_a_row_is_a_read_under_its_number() -> None:
    row: Any = reading(ROW).read(f"{ROW}\r\n")
    assert row.number == 1
    assert row.fact == Read(seen_at=utc("2026-05-03T00:00:02.773-04:00"), chip="33", place="Finish")
    row = reading(ROW).read(f"#P;{FULL}")
    assert (row.number, row.fact.chip) == (25, "ZICAD30")


def test_the_place_is_what_is_told_else_the_name_of_the_box() -> None:
    nowhere = Context(zone=NEW_YORK, date="2026-05-03")
    row: Any = reading(FULL, context=nowhere).read(FULL)
    assert row.fact.place == "MAT-2"
    row = reading(FULL).read(FULL)
    assert row.fact.place == "Finish"
    assert refused(ROW, nowhere) == "no place"


def test_a_marker_in_a_file_is_a_proposal() -> None:
    row: Any = reading(ROW).read("7;999991;2026-05-03;07:00:00.000")
    assert row.fact == Marker(
        seen_at=utc("2026-05-03T07:00:00-04:00"), place="Finish", label="marker 999991"
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("chip;time", "not a passing"),
        ("x;33;2026-05-03;07:00:00.000", "not a passing"),
        ("1;33;2026-02-30;07:00:00.000", "a date or time that does not exist"),
        ("1;;2026-05-03;07:00:00.000", "no transponder"),
    ],
)
def test_a_row_that_is_none_says_why(line: str, reason: str) -> None:
    assert refused(line) == reason


@given(
    line=st.text(max_size=100)
    | st.lists(st.sampled_from([*FULL.split(";"), "0000-00-99", "９"]), max_size=22).map(";".join)
)
def test_no_line_makes_another_exception(line: str) -> None:
    try:
        row = reading(line).read(line)
    except FactError:
        return
    assert row is not None
    assert 0 < row.fact.seen_at < 4_102_444_800_000
