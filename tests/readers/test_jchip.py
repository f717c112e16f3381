"""The JChip dialect: the conversation, times and days, tags, clocks, lines that nobody can read."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from homestretch.facts import ClockChecked, Read, Unreadable
from homestretch.readers import Context, Heard
from homestretch.readers.jchip import JChip

NEW_YORK = ZoneInfo("America/New_York")
DATE = "2026-05-03"
AT = 1_777_808_500_000


def at(clock: str, date: str = DATE, zone: ZoneInfo = NEW_YORK) -> int:
    moment = dt.datetime.fromisoformat(f"{date}T{clock}").replace(tzinfo=zone)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def reader(date: str = DATE, zone: ZoneInfo = NEW_YORK) -> JChip:
    made = JChip(Context(zone=zone, date=date))
    made.receive(b"N0000FINISH-1\r", AT)
    made.to_send()
    return made


def read(line: bytes, date: str = DATE, zone: ZoneInfo = NEW_YORK) -> Read:
    (heard,) = reader(date, zone).receive(line + b"\r", AT)
    assert isinstance(heard.received.fact, Read)
    return heard.received.fact


def refused(line: bytes) -> str:
    (heard,) = reader().receive(line + b"\r", AT)
    assert isinstance(heard.received.fact, Unreadable)
    assert heard.text == line
    return heard.received.fact.reason


def test_a_name_is_asked_for_its_time_and_the_time_is_told_to_start() -> None:
    made = JChip(Context(zone=NEW_YORK, date=DATE))
    assert made.to_send() == b""
    assert made.receive(b"N0000FINISH-1\r", AT) == []
    assert made.to_send() == b"GT\r"
    (heard,) = made.receive(b"GT007413950 date=20260503\r", at("07:41:40.000"))
    assert heard.received.fact == ClockChecked(
        seen_at=at("07:41:40.000"), of="jchip:FINISH-1", offset_ms=500
    )
    assert made.to_send() == b"S0000\r"
    assert made.to_send() == b""


def test_the_name_is_the_place_and_the_source_from_there_on() -> None:
    made = reader()
    (first,) = made.receive(b"DA1 07:40:00.000 10\r", AT)
    made.receive(b"N0000 Start Zone 2 \r", AT)
    (second,) = made.receive(b"DA1 07:40:00.000 10\r", AT)
    assert first.received.source == "jchip:FINISH-1"
    assert second.received.source == "jchip:Start Zone 2"
    assert isinstance(second.received.fact, Read)
    assert second.received.fact.place == "Start Zone 2"


def test_a_name_has_no_control_characters_and_an_end() -> None:
    made = reader()
    made.receive(b"N0000BO\x00X\x1b\xff" + b"y" * 500 + b"\r", AT)
    assert made.name == ("BOX\xff" + "y" * 500)[:100]


@pytest.mark.parametrize("letters", ["utf-8", "cp1252"])
def test_a_name_with_umlauts_is_the_one_that_the_plan_knows(letters: str) -> None:
    made = reader()
    made.receive(b"N0000" + "Ziel-Süd".encode(letters) + b"\r", AT)
    assert (made.name, made.source) == ("Ziel-Süd", "jchip:Ziel-Süd")


def test_reads_before_any_name_are_kept() -> None:
    made = JChip(Context(zone=NEW_YORK, date=DATE))
    (heard,) = made.receive(b"DA1 07:40:00.000 10\r", AT)
    assert (heard.received.source, heard.received.fact.place) == ("jchip:unnamed", "")  # type: ignore[union-attr]  # it is a read


@pytest.mark.parametrize(
    ("line", "chip", "clock"),
    [
        (b"DA413A35 10:11:16.443300 10  0000F      C7 date=20260503", "413A35", "10:11:16.443"),
        (b"Da413a35 10:11:16.4 10  0000F      C7", "413A35", "10:11:16.400"),
        (b"DA000413A35 10:11:16.999999999 10", "413A35", "10:11:16.999"),
        (b"DA0 10:11:16.05", "0", "10:11:16.050"),
        (b"DA12    00:00:00.0 10", "12", "00:00:00.000"),
        (b"\nDA12 23:59:59.999 10\n", "12", "23:59:59.999"),
    ],
)
def test_a_read_is_a_tag_in_upper_case_without_leading_zeros_and_a_time(
    line: bytes, chip: str, clock: str
) -> None:
    assert read(line) == Read(seen_at=at(clock), chip=chip, place="FINISH-1")


def test_the_second_character_behind_the_time_counts_the_days() -> None:
    assert read(b"DA1 00:00:01.5 11  0000F").seen_at == at("00:00:01.500", "2026-05-04")
    assert read(b"DA1 00:00:01.5 19").seen_at == at("00:00:01.500", "2026-05-12")
    assert read(b"DA1 00:00:01.5 1x").seen_at == at("00:00:01.500")
    assert read(b"DA1 00:00:01.5").seen_at == at("00:00:01.500")


def test_a_date_in_the_line_counts_more_than_the_days() -> None:
    assert read(b"DA1 00:00:01.5 11  0F C7 date=20260507").seen_at == at(
        "00:00:01.500", "2026-05-07"
    )


@pytest.mark.parametrize(
    ("zone", "date", "clock", "utc"),
    [
        ("America/New_York", "2026-05-03", "07:00:00.0", "2026-05-03T11:00:00+00:00"),
        ("Europe/Berlin", "2026-10-25", "01:59:59.0", "2026-10-24T23:59:59+00:00"),
        ("Europe/Berlin", "2026-10-25", "03:00:00.0", "2026-10-25T02:00:00+00:00"),
        ("America/New_York", "2026-11-01", "08:00:00.0", "2026-11-01T13:00:00+00:00"),
        ("America/New_York", "2026-03-08", "01:59:59.0", "2026-03-08T06:59:59+00:00"),
        ("America/New_York", "2026-03-08", "03:00:00.0", "2026-03-08T07:00:00+00:00"),
        ("Asia/Kolkata", "2026-01-18", "05:40:00.0", "2026-01-18T00:10:00+00:00"),
    ],
)
def test_times_are_wall_times_of_the_event_also_where_clocks_change(
    zone: str, date: str, clock: str, utc: str
) -> None:
    found = read(b"DA1 " + clock.encode() + b" 10", date, ZoneInfo(zone)).seen_at
    assert found == int(dt.datetime.fromisoformat(utc).timestamp()) * 1000


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"garbage", "neither a read nor a command"),
        (b"DA413A35", "neither a read nor a command"),
        (b"DA413A35 10:11:16 10", "neither a read nor a command"),
        (b"D\xc3\xa9\xc3\xa9 10:11:16.0 10", "neither a read nor a command"),
        (b"N0000", "neither a read nor a command"),
        (b"\xff\xfe\x00", "neither a read nor a command"),
        (b"DA1 24:00:00.0 10", "a date or time that does not exist"),
        (b"DA1 07:60:00.0 10", "a date or time that does not exist"),
        (b"DA1 07:00:60.0 10", "a date or time that does not exist"),
        (b"DA1 07:00:00.0 10 date=00000000", "a date or time that does not exist"),
        (b"DA1 07:00:00.0 10 date=20260230", "a date or time that does not exist"),
        (b"DA1 07:00:00.0 10 date=2026", "a date or time that does not exist"),
        (b"DA1 07:00:00.0 10 date=00010101", "a date or time that does not exist"),
        (b"DA1 23:59:59.0 10 date=99991231", "a date or time that does not exist"),
        (b"DA1 07:00:00.0 10 date=19691231", "a date or time that does not exist"),
        (b"GT0999999", "a device time that is no time"),
        (b"GT025000000", "a device time that is no time"),
        (b"GT", "a device time that is no time"),
        (b"GT007000012 date=99991231", "a device time that is no time"),
        (b"GT007000012 date=00000000", "a device time that is no time"),
    ],
)
def test_what_cannot_be_read_says_why_and_is_kept(line: bytes, reason: str) -> None:
    assert refused(line) == reason


def test_a_device_that_tells_no_time_is_started_all_the_same() -> None:
    made = reader()
    made.receive(b"GT0nonsense\r", AT)
    assert made.to_send() == b"S0000\r"


@pytest.mark.parametrize(
    ("told", "clock", "date", "offset_ms"),
    [
        (b"GT007413950 date=20260503", "07:41:40.000", DATE, 500),
        (b"GT007414050", "07:41:40.000", DATE, -500),
        (b"GT123595900", "00:00:01.000", "2026-05-04", 2000),
        (b"GT000000100", "23:59:59.000", DATE, -2000),
        (b"GT007414000 date=20260502", "07:41:40.000", DATE, 86_400_000),
    ],
)
def test_the_clock_offset_is_server_time_minus_device_time(
    told: bytes, clock: str, date: str, offset_ms: int
) -> None:
    (heard,) = reader().receive(told + b"\r", at(clock, date))
    assert isinstance(heard.received.fact, ClockChecked)
    assert heard.received.fact.offset_ms == offset_ms


def test_a_clock_that_is_off_shifts_no_read_by_itself() -> None:
    made = reader()
    made.receive(b"GT008413950 date=20260503\r", at("07:41:40.000"))
    (heard,) = made.receive(b"DA1 08:41:41.0 10\r", at("07:41:42.000"))
    assert heard.received.fact.seen_at == at("08:41:41.000")


def reasons(heard: list[Heard]) -> list[str]:
    return [getattr(item.received.fact, "reason", "read") for item in heard]


def test_a_line_that_never_ends_is_kept_in_pieces_and_the_next_one_is_read() -> None:
    made = reader()
    long = "a line of over 1,024 bytes"
    assert reasons(made.receive(b"x" * 1024, AT)) == []
    assert reasons(made.receive(b"x", AT)) == [long]
    assert reasons(made.receive(b"x" * 3000, AT)) == [long, long]
    assert reasons(made.receive(b"x\rDA1 07:00:00.0 10\r", AT)) == [long, "read"]


def test_the_tail_of_a_long_line_is_no_read_even_if_it_looks_like_one() -> None:
    line = b"x" * 1024 + b"DA1 07:00:00.0 10"
    assert reasons(reader().receive(line + b"\r", AT)) == ["a line of over 1,024 bytes"] * 2


def test_line_feeds_and_empty_lines_do_not_matter() -> None:
    lines = b"\r\r\n \r\nDA1 07:00:00.0 10\r\nDA2 07:00:00.0 10\n\n"
    heard = reader().receive(lines, AT)
    assert [item.received.fact.chip for item in heard] == ["1", "2"]  # type: ignore[union-attr]  # all are reads


def test_a_read_is_known_again_whenever_it_comes() -> None:
    line = b"DA413A35 07:40:16.443300 10  0000F      C7 date=20260503\r"
    (first,), (second,) = reader().receive(line, AT), reader().receive(line, AT + 99_000)
    assert first.received.id == second.received.id
    assert first.received.received_at != second.received.received_at


def test_another_millisecond_tag_place_or_source_is_another_read() -> None:
    made = reader()
    lines = (b"DA1 07:00:00.001 10\r", b"DA1 07:00:00.002 10\r", b"DA2 07:00:00.001 10\r")
    ids = {heard.received.id for line in lines for heard in made.receive(line, AT)}
    made.receive(b"N0000FINISH-2\r", AT)
    ids |= {heard.received.id for heard in made.receive(lines[0], AT)}
    assert len(ids) == 4
