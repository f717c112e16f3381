"""MYLAPS: what is answered and when, V1 and V2, times, several locations, messages that nobody can read."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.errors import FactError
from homestretch.facts import Marker, Read, Unreadable
from homestretch.readers import Context, Heard
from homestretch.readers.mylaps import FILE, LONGEST_MESSAGE, READER, Mylaps

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
DATE = "2026-05-03"
AT = 1_777_808_500_000
V1 = b"KV8658316:13:57.417 3 0F  1000025030870"
V2 = b"t=13:11:30.904|c=0000041|ct=UH|d=120606|l=13|dv=4|re=0|an=00001111|g=0|b=41|n=41"


def at(clock: str, date: str = DATE, zone: ZoneInfo = NEW_YORK, fold: int = 0) -> int:
    moment = dt.datetime.fromisoformat(f"{date}T{clock}").replace(tzinfo=zone, fold=fold)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def reader(zone: ZoneInfo = NEW_YORK, date: str = DATE) -> Mylaps:
    return Mylaps(Context(zone=zone, date=date))


def hear(message: bytes, zone: ZoneInfo = NEW_YORK, date: str = DATE) -> list[Heard]:
    return reader(zone, date).receive(message, AT)


def answer(message: bytes) -> bytes:
    made = reader()
    made.receive(message, AT)
    return made.to_send()


def passing(
    record: bytes, zone: ZoneInfo = NEW_YORK, function: bytes = b"Passing", date: str = DATE
) -> Read:
    (heard,) = hear(b"Finish@" + function + b"@" + record + b"@7@$", zone, date)
    assert isinstance(heard.received.fact, Read)
    return heard.received.fact


def reason(record: bytes, function: bytes = b"Passing") -> str:
    (heard,) = hear(b"Finish@" + function + b"@" + record + b"@7@$")
    assert isinstance(heard.received.fact, Unreadable)
    assert heard.text == record
    assert (heard.received.source, heard.received.fact.place) == ("mylaps:Finish", "Finish")
    return heard.received.fact.reason


def reads(heard: list[Heard]) -> list[tuple[str, str]]:
    facts = (item.received.fact for item in heard)
    return [(fact.place, fact.chip) for fact in facts if isinstance(fact, Read)]


# The conversation


def test_the_exporter_calls_us_at_the_port_that_it_is_set_to() -> None:
    assert (READER.name, READER.transport, READER.port) == ("mylaps", "tcp-server", 3097)


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        (
            b"Finish@Pong@$",
            b"Homestretch@AckPong@Version2.1@c|ct|t|d|b|utc|h@id|n|mac|ant@$",
        ),
        (b"T&S@Ping@$", b"Homestretch@AckPing@$"),
        (b"10KM@Passing@" + V2 + b"@1016@$", b"Homestretch@AckPassing@1016@$"),
        (
            b"Finish@Marker@t=11:03:40.347|mt=Gunshot|n=Gunshot 1@4@$",
            b"Homestretch@AckMarker@4@$",
        ),
        (b"Finish@Store@" + V1 + b"@2@$", b"Homestretch@AckStore@2@$"),
        (b"10KM@Passing@" + V2 + b"@ 1016@$", b"Homestretch@AckPassing@1016@$"),
        (b"10KM@Passing@" + V2 + b"@1016$", b"Homestretch@AckPassing@1016@$"),
        (b"10KM@Passing@1016@$", b"Homestretch@AckPassing@1016@$"),
    ],
)
def test_each_message_has_its_answer(said: bytes, answered: bytes) -> None:
    assert answer(said) == answered


@pytest.mark.parametrize(
    "said",
    [
        b"Finish@AckPing@$",
        b"Finish@AckPong@$",
        b"Finish@GetInfo@$",
        b"Finish@Nonsense@5@$",
        b"noise$",
        b"$$",
        b"10KM@Passing@" + V2 + b"@$",
        b"10KM@Passing@" + V2 + b"@" + b"9" * 21 + b"@$",
        b"10KM@Passing@" + V2 + b"@1016@",
    ],
)
def test_what_asks_for_no_answer_or_names_no_number_is_not_answered(said: bytes) -> None:
    assert answer(said) == b""


def test_nothing_is_acknowledged_before_the_message_is_whole() -> None:
    made = reader()
    message = b"Finish@Store@" + V1 + b"@2@$"
    assert made.receive(message[:-1], AT) == []
    assert made.to_send() == b""
    assert len(made.receive(message[-1:], AT)) == 1
    assert made.to_send() == b"Homestretch@AckStore@2@$"
    assert made.to_send() == b""


def test_answers_come_in_the_order_of_the_messages() -> None:
    said = b"A@Pong@$B@Pong@$A@Store@" + V1 + b"@2@$T@Ping@$B@Store@" + V1 + b"@1@$"
    functions = [part.split(b"@")[1:3] for part in answer(said).split(b"$")[:-1]]
    assert functions == [
        [b"AckPong", b"Version2.1"],
        [b"AckPong", b"Version2.1"],
        [b"AckStore", b"2"],
        [b"AckPing", b""],
        [b"AckStore", b"1"],
    ]


def test_after_half_a_minute_of_silence_we_ask_and_nobody_has_to_answer() -> None:
    made = reader()
    assert made.tick(AT) == []
    assert made.to_send() == b""
    made.receive(b"Finish@Pong@$", AT)
    made.to_send()
    made.tick(AT + 29_999)
    assert made.to_send() == b""
    made.tick(AT + 30_000)
    assert made.to_send() == b"Homestretch@Ping@$"
    made.tick(AT + 31_000)
    assert made.to_send() == b""
    made.tick(AT + 60_000)
    assert made.to_send() == b"Homestretch@Ping@$"
    assert reads(made.receive(b"Finish@Passing@" + V2 + b"@1@$", AT + 61_000))
    made.to_send()
    made.tick(AT + 90_999)
    assert made.to_send() == b""


@pytest.mark.parametrize("between", [b"\r\n", b"\n", b"\r", b"", b" \r\n\r\n ", b"\0\r\n"])
def test_ends_of_lines_between_messages_do_not_matter(between: bytes) -> None:
    message = b"Finish@Store@" + V1 + b"@2@$"
    made = reader()
    heard = made.receive(between + (message + between) * 2, AT)
    assert reads(heard) == [("Finish", "KV86583")] * 2
    assert made.to_send() == b"Homestretch@AckStore@2@$" * 2


# Locations


def test_one_connection_carries_several_locations_each_a_source_and_a_place() -> None:
    heard = hear(
        b"Start@Passing@c=1|t=07:00:00.1|d=260503@1@$Finish@Passing@c=1|t=07:00:00.1|d=260503@2@$"
    )
    assert [item.received.source for item in heard] == ["mylaps:Start", "mylaps:Finish"]
    assert reads(heard) == [("Start", "1"), ("Finish", "1")]


def test_the_source_is_the_location_that_spoke_last() -> None:
    made = reader()
    assert made.source == "mylaps:unnamed"
    made.receive(b"Start@Pong@$T&S@Ping@$", AT)
    assert made.source == "mylaps:Start"
    made.receive(b"Finish@Store@" + V1 + b"@2@$", AT)
    assert made.source == "mylaps:Finish"


def test_every_location_that_has_spoken_is_there_whoever_speaks_now() -> None:
    made = reader()
    assert made.sources == ()
    made.receive(b"T&S@Ping@$Start@Pong@$Finish@Pong@$Start@Store@" + V1 + b"@2@$", AT)
    assert made.sources == ("mylaps:Start", "mylaps:Finish")
    made.receive(b"".join(b"Mat %d@Pong@$" % k for k in range(1000)), AT)
    assert len(made.sources) == 100


def test_a_location_is_shown_without_control_characters_and_in_the_letters_of_windows() -> None:
    assert reads(hear(b" Fin\x1bish \x00@Store@" + V1 + b"@2@$")) == [("Finish", "KV86583")]
    assert reads(hear(b"D\xe9part@Store@" + V1 + b"@2@$")) == [("Départ", "KV86583")]
    assert reads(hear("Départ@Store@".encode() + V1 + b"@2@$")) == [("Départ", "KV86583")]
    assert reads(hear(b"x" * 500 + b"@Store@" + V1 + b"@2@$")) == [("x" * 100, "KV86583")]


def test_a_location_without_a_name_is_what_the_plan_calls_it() -> None:
    made = Mylaps(Context(zone=NEW_YORK, date=DATE, place="finish"))
    heard = made.receive(b"@Store@" + V1 + b"@2@$", AT)
    assert reads(heard) == [("finish", "KV86583")]
    assert heard[0].received.source == "mylaps:unnamed"


# V2


def test_the_published_passing_is_read() -> None:
    assert passing(V2) == Read(seen_at=at("13:11:30.904", "2012-06-06"), chip="41", place="Finish")


def test_the_order_of_keys_and_keys_that_nobody_knows_do_not_matter() -> None:
    shuffled = b"ts=NTP|zz|h=3|d=120606|am=15|dm=0030568F2CE|c=0000041|=|t=13:11:30.904|x=y=z"
    assert passing(shuffled) == passing(V2)


@pytest.mark.parametrize("source", [b"Unknown", b"Manual", b"GPS", b"NTP", b""])
def test_where_a_device_has_its_time_from_changes_nothing(source: bytes) -> None:
    assert passing(V2 + b"|ts=" + source) == passing(V2)


def test_a_message_of_a_hundred_passings_is_read_whole() -> None:
    records = b"@".join(
        b"c=C%06d|ct=UH|t=07:41:%02d.%03d|d=260503|l=1|dv=4|re=0|an=00001111|g=0|b=-1|n=x|h=9|utc="
        % (k, k % 60, k)
        for k in range(100)
    )
    heard = hear(b"Finish@Passing@" + records + b"@3@$")
    assert len({chip for _, chip in reads(heard)}) == 100


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (b"t=07:00:00.1|d=260503", "no chip"),
        (b"c=|t=07:00:00.1|d=260503", "no chip"),
        (b"c=\xc3\xa9|t=07:00:00.1|d=260503", "not a chip"),
        (b"c=" + b"1" * 65 + b"|t=07:00:00.1|d=260503", "not a chip"),
        (b"c=1|d=260503", "no time"),
        (b"c=1", "no time"),
        (b"c=1|utc=11273599", "no time"),
        (b"c=1|utc=-1777806001123", "no time"),
        (b"c=1|utc=" + b"9" * 400, "no time"),
        (b"c=1|t=24:00:00.0|d=260503", "a date or time that does not exist"),
        (b"c=1|t=07:60:00.0|d=260503", "a date or time that does not exist"),
        (b"c=1|t=07:00:60.0|d=260503", "a date or time that does not exist"),
        (b"c=1|t=07:00|d=260503", "a date or time that does not exist"),
        (b"c=1|t=07:00:00.0|d=260230", "a date or time that does not exist"),
        (b"c=1|t=07:00:00.0|d=000000", "a date or time that does not exist"),
        (b"c=1|t=07:00:00.0|d=2026-05-03", "a date or time that does not exist"),
        (b"c=1|t=0000-00-00 07:00:00.0", "a date or time that does not exist"),
        (b"c=1|t=1969-12-31 07:00:00.0", "a date or time that does not exist"),
        (b"garbage", "no keys and values"),
    ],
)
def test_a_record_that_cannot_be_read_says_why_and_is_kept(record: bytes, why: str) -> None:
    assert reason(record) == why


def test_a_bad_record_spoils_no_other_and_the_message_is_acknowledged() -> None:
    made = reader()
    good, bad = b"c=%d|t=07:00:00.1|d=260503", b"c=9|t=07:99:00.1|d=260503"
    said = b"Finish@Passing@" + b"@".join((good % 1, bad, b"", good % 2)) + b"@5@$"
    heard = made.receive(said, AT)
    assert [type(item.received.fact) for item in heard] == [Read, Unreadable, Read]
    assert heard[1].text == bad
    assert made.to_send() == b"Homestretch@AckPassing@5@$"


# Times


def test_a_passing_without_a_date_is_of_the_day_of_the_event() -> None:
    assert passing(b"c=1|t=07:00:00.5").seen_at == at("07:00:00.500")
    assert passing(b"c=1|t=07:00:00.5|d=").seen_at == at("07:00:00.500")


def test_a_time_may_hold_its_date() -> None:
    assert passing(b"c=1|t=2026-05-04 07:00:00.5|d=260503").seen_at == at(
        "07:00:00.500", "2026-05-04"
    )


def test_a_day_ends_at_midnight() -> None:
    before = passing(b"c=1|t=23:59:59.999|d=260503").seen_at
    after = passing(b"c=1|t=00:00:00.000|d=260504").seen_at
    assert after - before == 1
    assert passing(b"c=1|t=00:00:01|d=260504").seen_at == after + 1000


def test_times_have_milliseconds_and_what_is_finer_is_left_off() -> None:
    assert passing(b"c=1|t=7:00:00.9999999|d=260503").seen_at == at("07:00:00.999")
    assert passing(b"c=1|t=07:00:00.5|d=260503").seen_at == at("07:00:00.500")


def test_utc_counts_where_the_wall_shows_the_same() -> None:
    utc = at("07:00:00.123")
    assert passing(b"c=1|t=07:00:00.1|d=260503|utc=%d" % utc).seen_at == utc
    assert passing(b"c=1|t=07:00:59.0|d=260503|utc=%d" % utc).seen_at == utc


@pytest.mark.parametrize("off_ms", [61_000, -61_000, 3_600_000, -4 * 3_600_000, 86_400_000])
def test_utc_of_a_computer_in_another_zone_does_not_count(off_ms: int) -> None:
    utc = at("07:00:00.000") + off_ms
    assert passing(b"c=1|t=07:00:00.0|d=260503|utc=%d" % utc).seen_at == at("07:00:00.000")


@pytest.mark.parametrize("utc", [b"39600123", b"-1", b"", b"0", b"99999999999999", b"soon"])
def test_utc_that_is_no_moment_does_not_count(utc: bytes) -> None:
    assert passing(b"c=1|t=07:00:00.0|d=260503|utc=" + utc).seen_at == at("07:00:00.000")


def test_utc_has_to_do_where_no_time_stands() -> None:
    utc = at("07:00:00.123")
    assert passing(b"c=1|utc=%d" % utc).seen_at == utc
    assert passing(b"c=1|d=260503|utc=%d" % utc).seen_at == utc
    assert reason(b"c=1|d=260504|utc=%d" % utc) == "no time"


def test_utc_says_the_day_where_no_date_stands() -> None:
    utc = at("00:00:01.000", "2026-05-04")
    assert passing(b"c=1|t=00:00:01.0|utc=%d" % utc).seen_at == utc
    assert passing(b"c=1|t=23:59:59.0|utc=%d" % utc).seen_at == utc
    assert passing(b"c=1|t=00:02:01.0|utc=%d" % utc).seen_at == at("00:02:01.000")


def test_of_an_hour_that_the_wall_shows_twice_the_first_is_meant_unless_utc_says_the_second() -> (
    None
):
    record = b"c=1|t=02:30:00.0|d=261025"
    first, second = (at("02:30:00.000", "2026-10-25", BERLIN, fold) for fold in (0, 1))
    assert second - first == 3_600_000
    assert passing(record, BERLIN).seen_at == first
    assert passing(record + b"|utc=%d" % first, BERLIN).seen_at == first
    assert passing(record + b"|utc=%d" % second, BERLIN).seen_at == second


@pytest.mark.parametrize(
    ("zone", "date", "clock", "utc"),
    [
        ("America/New_York", "260503", "07:00:00.0", "2026-05-03T11:00:00+00:00"),
        ("Europe/Berlin", "261025", "03:00:00.0", "2026-10-25T02:00:00+00:00"),
        ("America/New_York", "260308", "01:59:59.0", "2026-03-08T06:59:59+00:00"),
        ("America/New_York", "260308", "03:00:00.0", "2026-03-08T07:00:00+00:00"),
        ("Asia/Kolkata", "260118", "05:40:00.0", "2026-01-18T00:10:00+00:00"),
    ],
)
def test_times_are_wall_times_of_the_event_also_where_clocks_change(
    zone: str, date: str, clock: str, utc: str
) -> None:
    record = f"c=1|t={clock}|d={date}".encode()
    expected = int(dt.datetime.fromisoformat(utc).timestamp()) * 1000
    assert passing(record, ZoneInfo(zone)).seen_at == expected


# V1


def test_the_published_record_is_read() -> None:
    expected = Read(seen_at=at("16:13:57.417", "2025-03-08"), chip="KV86583", place="Finish")
    assert passing(V1, function=b"Store") == expected


@pytest.mark.parametrize(
    ("record", "chip", "clock"),
    [
        (b"0000041 9:05:01.250 3 0F  1000026050370", "41", "09:05:01.250"),
        (b"0000041    9:05:01 3 0F  1000026050370", "41", "09:05:01.000"),
        (b"LL00113 23:59:59.999  3  0 FF   12 000F more 2605037C", "LL00113", "23:59:59.999"),
        (b"LL0011323:59:59.999 3 0F  1000F2605037C  ", "LL00113", "23:59:59.999"),
        (b"   113A23:59:59.999 3 0F  1000F2605037C", "113A", "23:59:59.999"),
    ],
)
def test_of_a_longer_or_spaced_record_only_its_ends_matter(
    record: bytes, chip: str, clock: str
) -> None:
    read = passing(record, function=b"Store")
    assert (read.chip, read.seen_at) == (chip, at(clock))


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (b"KV86583", "not a passing"),
        (b"KV8658316:13:57.417", "not a passing"),
        (b"KV8658316:13:57.417 3 0F  10000      70", "not a passing"),
        (b"KV86583 3 0F  1000025030870", "not a passing"),
        (b"       16:13:57.417 3 0F  1000025030870", "no chip"),
        (b"KV 658316:13:57.417 3 0F  1000025030870", "not a chip"),
        (b"KV8658324:13:57.417 3 0F  1000025030870", "a date or time that does not exist"),
        (b"KV8658316:13:57.417 3 0F  1000025023070", "a date or time that does not exist"),
        (b"KV8658316:13:57.417 3 0F  1000000000070", "a date or time that does not exist"),
        (b"\xff\xfe\x00", "not a passing"),
    ],
)
def test_a_v1_record_that_cannot_be_read_says_why(record: bytes, why: str) -> None:
    assert reason(record, b"Store") == why


# Markers


@pytest.mark.parametrize(
    ("record", "label", "clock", "date"),
    [
        (b"t=11:03:40.347|mt=Gunshot|n=Gunshot 1", "Gunshot 1", "11:03:40.347", DATE),
        (b"n=Gunshot 1|mt=gunshot|t=11:03:40.347|d=260504", "Gunshot 1", "11:03:40.347", "2026-05-04"),
        (b"t=2026-05-04 11:03:40.347|mt=Gunshot|n=Wave B", "Gunshot: Wave B", "11:03:40.347", "2026-05-04"),
        (b"t=11:03:40.347|mt=Gunshot", "Gunshot", "11:03:40.347", DATE),
        (b"t=11:03:40.347|n=Wave \x07B", "Wave B", "11:03:40.347", DATE),
        (b"t=11:03:40.347", "", "11:03:40.347", DATE),
    ],
)  # fmt: skip
def test_a_marker_is_a_moment_with_a_label(
    record: bytes, label: str, clock: str, date: str
) -> None:
    (heard,) = hear(b"Start@Marker@" + record + b"@4@$")
    assert heard.received.fact == Marker(seen_at=at(clock, date), place="Start", label=label)
    assert heard.received.source == "mylaps:Start"


def test_a_marker_without_a_time_is_kept_as_unreadable() -> None:
    assert reason(b"mt=Gunshot|n=Gunshot 1", b"Marker") == "no time"


# Identity


def test_a_passing_is_known_again_in_whatever_message_it_comes() -> None:
    other = b"c=1|t=07:00:00.1|d=260503"
    (first,) = hear(b"Finish@Passing@" + V2 + b"@1016@$")
    _, second = hear(b"Finish@Passing@" + other + b"@" + V2 + b"@17@$")
    assert first.received.id == second.received.id


def test_an_unreadable_record_is_known_again_in_whatever_message_it_comes() -> None:
    (first,) = hear(b"Finish@Passing@garbage@1016@$")
    _, second = hear(b"Finish@Passing@" + V2 + b"@garbage@17@$")
    assert first.received.id == second.received.id


def test_another_millisecond_chip_or_location_is_another_read() -> None:
    said = (
        b"A@Passing@c=1|t=07:00:00.001|d=260503@1@$",
        b"A@Passing@c=1|t=07:00:00.002|d=260503@1@$",
        b"A@Passing@c=2|t=07:00:00.001|d=260503@1@$",
        b"B@Passing@c=1|t=07:00:00.001|d=260503@1@$",
    )
    assert len({heard.received.id for message in said for heard in hear(message)}) == 4


# What is no message


def test_a_message_of_an_unknown_kind_is_kept_whole_whoever_spoke_before() -> None:
    raw = b"Finish@Nonsense@a@b@5@"
    (alone,) = hear(raw + b"$")
    _, later = hear(b"Start@Store@" + V1 + b"@1@$" + raw + b"$")
    assert alone.text == raw
    assert isinstance(alone.received.fact, Unreadable)
    assert alone.received.fact.reason == "a message of an unknown kind"
    assert alone.received.id == later.received.id


def test_a_message_that_never_ends_is_kept_in_pieces_and_the_next_one_is_read() -> None:
    made = reader()
    assert made.receive(b"x" * LONGEST_MESSAGE, AT) == []
    (piece,) = made.receive(b"x", AT)
    assert isinstance(piece.received.fact, Unreadable)
    assert piece.received.fact.reason == "a message of over 65,536 bytes"
    heard = made.receive(b"@Store@" + V1 + b"@1@$Finish@Store@" + V1 + b"@2@$", AT)
    assert [type(item.received.fact) for item in heard] == [Unreadable, Read]
    assert made.to_send() == b"Homestretch@AckStore@2@$"


WORDS = st.sampled_from(
    [
        b"@", b"$", b"|", b"=", b"\r\n", b"Finish", b"Pong", b"Ping", b"Passing", b"Store", b"Marker",
        b"AckPing", b"c=1", b"t=07:00:00.1", b"d=260503", b"utc=1777806001123", b"n=x", b"mt=Gunshot",
        b"17", V1, V2, b"9" * 30, b"\xff", b" ",
    ]
)  # fmt: skip


@given(words=st.lists(WORDS, max_size=60), places=st.lists(st.integers(0, 500), max_size=5))
def test_no_order_of_words_makes_an_exception_and_no_cut_changes_what_is_said(
    words: list[bytes], places: list[int]
) -> None:
    said = b"".join(words)
    whole, cut = reader(), reader()
    expected = whole.receive(said, AT)
    at_bytes = [0, *sorted(min(place, len(said)) for place in places), len(said)]
    heard, answers = [], b""
    for first, last in pairwise(at_bytes):
        heard += cut.receive(said[first:last], AT)
        answers += cut.to_send()
    assert heard == expected
    assert answers == whole.to_send()


@given(record=st.binary(max_size=80), function=st.sampled_from([b"Passing", b"Store", b"Marker"]))
def test_every_numbered_message_is_acknowledged_and_nothing_of_it_is_lost(
    record: bytes, function: bytes
) -> None:
    record = record.replace(b"@", b"").replace(b"$", b"")
    made = reader()
    heard = made.receive(b"Finish@" + function + b"@" + record + b"@7@$", AT)
    assert made.to_send() == b"Homestretch@Ack" + function + b"@7@$"
    assert len(heard) == bool(record.strip())


# Files


LINES = [
    "KV8658316:13:57.417 3 0F  1000025030870",
    "TC3970107:41:00.638 3 0F  100002605037E",
    "0000041 9:05:01.250 3 0F  1000126050351",
]


def test_a_file_of_v1_records_is_recognised() -> None:
    assert FILE.find(LINES) == 1
    assert FILE.find([*LINES, "a heading"]) == 0.75
    assert FILE.find([]) == 0


@pytest.mark.parametrize(
    "line",
    [
        "Z413A35 10:11:16.4433 10  10000      C7",
        "DA413A35 10:11:16.443300 10  0000F      C7 date=20121103",
        "DA413A3 10:11:16.443 10  0000F      C7 date=20121103",
        "tag,2016-09-11 09:15:34.305",
        "1;33;0000-00-00;00:00:02.773;6692;12;-68;09ca52",
        "TO~1~9511~160~18~1620458668.64~12000C~8~-63~1~P~192",
        "aa400000000123450a2a01123018455927a7FS",
        "",
        "\udcff",
    ],
)
def test_lines_of_other_files_are_not_taken_for_v1_records(line: str) -> None:
    assert FILE.find([line]) == 0


def test_a_file_holds_dates_and_no_places_and_its_rows_are_reads() -> None:
    made = FILE.make(LINES, Context(zone=NEW_YORK, date=DATE, place="finish"))
    assert (made.says, made.says_places, made.says_dates) == ("a MYLAPS file", False, True)
    rows = [made.read(line) for line in [*LINES, ""]]
    assert [row and row.fact for row in rows] == [
        Read(seen_at=at("16:13:57.417", "2025-03-08"), chip="KV86583", place="finish"),
        Read(seen_at=at("07:41:00.638"), chip="TC39701", place="finish"),
        Read(seen_at=at("09:05:01.250"), chip="41", place="finish"),
        None,
    ]
    assert {row.number for row in rows if row} == {None}


def test_a_row_that_is_no_record_or_has_no_place_is_refused_with_the_reason() -> None:
    made = FILE.make(LINES, Context(zone=NEW_YORK, date=DATE, place="finish"))
    with pytest.raises(FactError, match="not a passing"):
        made.read("a heading")
    with pytest.raises(FactError, match="no place"):
        FILE.make(LINES, Context(zone=NEW_YORK, date=DATE)).read(LINES[0])


@given(line=st.text(max_size=100))
def test_no_row_makes_another_exception(line: str) -> None:
    made = FILE.make([line], Context(zone=NEW_YORK, date=DATE, place="finish"))
    assert 0 <= FILE.find([line]) <= 1
    with suppress(FactError):
        made.read(line)
