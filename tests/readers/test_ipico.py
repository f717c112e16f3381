"""IPICO: the published lines, checksums, hundredths in hex, first and last seen, lines that nobody can read."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.errors import FactError
from homestretch.facts import Marker, Read, Unreadable
from homestretch.readers import Context, Heard
from homestretch.readers.ipico import FILE, READER, Ipico

NEW_YORK = ZoneInfo("America/New_York")
DATE = "2026-05-03"
AT = 1_777_808_500_000
PEER = "10.0.0.5:10000"
SPACED = b"aa 00 058000128608 0001 260306 202747 23 53"
FIRST_SEEN = b"aa400000000123450a2a01123018455927a7FS"


def at(clock: str, date: str = DATE, zone: ZoneInfo = NEW_YORK) -> int:
    moment = dt.datetime.fromisoformat(f"{date}T{clock}").replace(tzinfo=zone)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def context(zone: ZoneInfo = NEW_YORK, place: str = "finish") -> Context:
    return Context(zone=zone, date=DATE, place=place, peer=PEER)


def hear(line: bytes, zone: ZoneInfo = NEW_YORK, place: str = "finish") -> Heard:
    (heard,) = Ipico(context(zone, place)).receive(line + b"\r\n", AT)
    return heard


def read(line: bytes, zone: ZoneInfo = NEW_YORK) -> Read:
    fact = hear(line, zone).received.fact
    assert isinstance(fact, Read)
    return fact


def reason(line: bytes) -> str:
    heard = hear(line)
    assert isinstance(heard.received.fact, Unreadable)
    assert heard.text == line
    assert (heard.received.source, heard.received.fact.place) == (f"ipico:{PEER}/00", "finish")
    return heard.received.fact.reason


def checked(told: bytes, header: bytes = b"aa") -> bytes:
    """A line with its checksum."""
    return header + told + f"{sum(told) % 256:02x}".encode()


def test_we_call_the_reader_at_its_port_and_say_nothing() -> None:
    assert (READER.name, READER.transport, READER.port) == ("ipico", "tcp-client", 10000)
    made = Ipico(context())
    made.receive(SPACED + b"\r\n" + b"noise\r\n", AT)
    made.tick(AT + 99_000)
    assert made.to_send() == b""


def test_the_published_lines_are_read() -> None:
    assert read(SPACED) == Read(
        seen_at=at("20:27:47.350", "2026-03-06"), chip="58000128608", place="finish"
    )
    assert read(FIRST_SEEN) == Read(
        seen_at=at("18:45:59.390", "2001-12-30"), chip="12345", place="finish"
    )


@pytest.mark.parametrize(
    "line",
    [
        SPACED.replace(b" ", b""),
        b"  " + SPACED + b"  ",
        SPACED.replace(b"aa", b"AA"),
        SPACED.replace(b" ", b"") + b"FS",
        SPACED.replace(b" ", b"") + b"LS",
        SPACED + b" ls",
    ],
)
def test_blanks_case_and_first_or_last_seen_do_not_matter(line: bytes) -> None:
    assert hear(line).received.id == hear(SPACED).received.id


def test_first_and_last_seen_of_a_tag_are_two_reads() -> None:
    made = Ipico(context())
    first = checked(b"00058000120e39000126050307411663") + b"FS"
    last = checked(b"00058000120e39000126050307412100") + b"LS"
    heard = made.receive(first + b"\n" + last + b"\n", AT)
    assert [item.received.fact.seen_at for item in heard] == [
        at("07:41:16.990"),
        at("07:41:21.000"),
    ]


def test_lines_of_a_tag_that_talks_only_have_six_characters_more_and_a_checksum_over_all() -> None:
    line = checked(b"00058000123b32000126050307412" + b"22f" + b"060080")
    assert len(line) == 42
    assert read(line) == read(line + b"FS")
    assert read(line).seen_at == at("07:41:22.470")
    assert reason(line[:34] + b"070080" + line[40:]) == "a wrong checksum"


@pytest.mark.parametrize(
    ("hundredths", "clock"),
    [
        (b"00", "07:41:16.000"),
        (b"09", "07:41:16.090"),
        (b"0a", "07:41:16.100"),
        (b"10", "07:41:16.160"),
        (b"63", "07:41:16.990"),
    ],
)
def test_hundredths_are_hex(hundredths: bytes, clock: str) -> None:
    assert read(checked(b"00058000120e380001260503074116" + hundredths)).seen_at == at(clock)


def test_a_checksum_in_capitals_is_right_and_any_other_one_is_wrong() -> None:
    line = SPACED.replace(b" ", b"")
    right = int(line[-2:], 16)
    for said in range(256):
        written = line[:-2] + f"{said:02X}".encode()
        if said == right:
            assert read(written)
        else:
            assert reason(written) == "a wrong checksum"


@pytest.mark.parametrize("place", range(2, 34))
def test_no_single_changed_digit_makes_another_read(place: int) -> None:
    line = SPACED.replace(b" ", b"")
    other = b"1" if line[place : place + 1] != b"1" else b"2"
    assert reason(line[:place] + other + line[place + 1 :]) == "a wrong checksum"


def test_the_id_of_the_reader_is_in_the_source_and_the_address_too() -> None:
    assert hear(SPACED).received.source == "ipico:10.0.0.5:10000/00"
    assert hear(FIRST_SEEN).received.source == "ipico:10.0.0.5:10000/40"
    assert Ipico(Context(zone=NEW_YORK, date=DATE)).source == "ipico:unnamed/00"


def test_a_reader_is_there_before_it_has_read_anything_and_so_are_others_behind_it() -> None:
    made = Ipico(context())
    assert made.sources == (made.source,) == ("ipico:10.0.0.5:10000/00",)
    made.receive(FIRST_SEEN + b"\n" + SPACED + b"\n", AT)
    assert made.sources == ("ipico:10.0.0.5:10000/00", "ipico:10.0.0.5:10000/40")


def test_the_place_is_what_the_plan_calls_it_else_the_address() -> None:
    assert read(SPACED).place == "finish"
    fact = hear(SPACED, place="").received.fact
    assert isinstance(fact, Read)
    assert fact.place == PEER


def test_a_day_ends_at_midnight() -> None:
    before = read(checked(b"00058000120e38000126050323595963")).seen_at
    after = read(checked(b"00058000120e38000126050400000000")).seen_at
    assert after - before == 10


@pytest.mark.parametrize(
    ("zone", "digits", "utc"),
    [
        ("America/New_York", "260503070000", "2026-05-03T11:00:00+00:00"),
        ("Europe/Berlin", "261025015959", "2026-10-24T23:59:59+00:00"),
        ("Europe/Berlin", "261025023000", "2026-10-25T00:30:00+00:00"),
        ("Europe/Berlin", "261025030000", "2026-10-25T02:00:00+00:00"),
        ("America/New_York", "260308015959", "2026-03-08T06:59:59+00:00"),
        ("America/New_York", "260308030000", "2026-03-08T07:00:00+00:00"),
    ],
)
def test_times_are_wall_times_of_the_event_also_where_clocks_change(
    zone: str, digits: str, utc: str
) -> None:
    line = checked(b"00058000120e380001" + digits.encode() + b"00")
    assert read(line, ZoneInfo(zone)).seen_at == (
        int(dt.datetime.fromisoformat(utc).timestamp()) * 1000
    )


@pytest.mark.parametrize(
    "digits",
    [
        b"260503240000" + b"00",
        b"260503076000" + b"00",
        b"260503070060" + b"00",
        b"260503070000" + b"64",
        b"260503070000" + b"ff",
        b"260230070000" + b"00",
        b"261303070000" + b"00",
        b"000000000000" + b"00",
    ],
)
def test_a_date_or_time_that_does_not_exist_is_refused(digits: bytes) -> None:
    line = checked(b"00058000120e380001" + digits)
    assert reason(line) == "a date or time that does not exist"


@pytest.mark.parametrize(
    "line",
    [
        b"noise",
        b"\xff\x00\x01",
        b"aa",
        SPACED[:-1],
        SPACED + b"0",
        SPACED + b"FX",
        SPACED + b"FSLS",
        SPACED.replace(b"aa", b"ab"),
        SPACED.replace(b"058000128608", b"05800012860g"),
        SPACED.replace(b"260306", b"2603a6"),
        b"ab00000121",
        b"ARM9 Controller v1.4 (RWXLF)",
    ],
)
def test_a_line_that_is_no_read_says_so_and_is_kept(line: bytes) -> None:
    assert reason(line) == "not a read"


def test_the_button_of_a_reader_marks_a_moment() -> None:
    heard = hear(b"ab000a2c260306052004151b2782ae")
    assert heard.received.fact == Marker(
        seen_at=at("20:04:15.270", "2026-03-06"), place="finish", label="trigger button"
    )
    assert heard.received.source == "ipico:10.0.0.5:10000/00"
    assert reason(b"ab000a2c260306052004151b2782af") == "a wrong checksum"
    late = checked(b"000a2c2603060525041500" + b"2782", header=b"ab")
    assert reason(late) == "a date or time that does not exist"


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"\r\n\r\n"])
def test_lines_end_as_they_like(end: bytes) -> None:
    heard = Ipico(context()).receive((SPACED + end) * 2, AT)
    assert len({item.received.id for item in heard}) == 1
    assert len(heard) == 2


def test_a_line_that_never_ends_is_kept_in_pieces_and_the_next_one_is_read() -> None:
    made = Ipico(context())
    assert made.receive(b"x" * 1024, AT) == []
    heard = made.receive(b"x\n" + SPACED + b"\n", AT)
    assert [type(item.received.fact) for item in heard] == [Unreadable, Unreadable, Read]


def test_a_read_is_known_again_whenever_it_comes() -> None:
    made, later = Ipico(context()), Ipico(context())
    (first,), (second,) = (
        made.receive(SPACED + b"\n", AT),
        later.receive(SPACED + b"\n", AT + 99_000),
    )
    assert first.received.id == second.received.id


@given(
    line=st.sampled_from([SPACED, FIRST_SEEN, b"ab000a2c260306052004151b2782ae"]),
    place=st.integers(0, 60),
    put=st.binary(max_size=4),
)
def test_no_disturbed_line_makes_an_exception_or_a_loss(
    line: bytes, place: int, put: bytes
) -> None:
    put = put.replace(b"\r", b"").replace(b"\n", b"")
    disturbed = line[:place] + put + line[place + len(put) :]
    heard = Ipico(context()).receive(disturbed + b"\n", AT)
    assert len(heard) == bool(disturbed.strip())


LINES = [SPACED.decode(), FIRST_SEEN.decode(), "aa00058000120e38000e26030713560136b0"]


def test_a_file_of_lines_is_recognised_also_where_a_checksum_is_wrong() -> None:
    assert FILE.find(LINES) == 1
    assert FILE.find([*LINES, "a heading"]) == 0.75
    assert FILE.find([LINES[0][:-1] + "0"]) == 1
    assert FILE.find(["DA413A35 10:11:16.443300 10", "tag,2016-09-11 09:15:34.305", "\udcff"]) == 0
    assert FILE.find([]) == 0


def test_a_file_holds_dates_and_no_places_and_its_rows_are_reads() -> None:
    made = FILE.make(LINES, context())
    assert (made.says, made.says_places, made.says_dates) == ("an IPICO file", False, True)
    rows = [made.read(line) for line in [*LINES, "  "]]
    assert [row and row.fact for row in rows] == [
        read(SPACED),
        read(FIRST_SEEN),
        Read(seen_at=at("13:56:01.540", "2026-03-07"), chip="58000120E38", place="finish"),
        None,
    ]
    assert {row.number for row in rows if row} == {None}


def test_a_row_that_is_no_read_or_has_no_place_is_refused_with_the_reason() -> None:
    with pytest.raises(FactError, match="a wrong checksum"):
        FILE.make(LINES, context()).read(LINES[0][:-1] + "4")
    with pytest.raises(FactError, match="not a read"):
        FILE.make(LINES, context()).read("a heading")
    with pytest.raises(FactError, match="no place"):
        FILE.make(LINES, Context(zone=NEW_YORK, date=DATE)).read(LINES[0])


@given(line=st.text(max_size=60))
def test_no_row_makes_another_exception(line: str) -> None:
    assert 0 <= FILE.find([line]) <= 1
    with suppress(FactError):
        FILE.make([line], context()).read(line)
