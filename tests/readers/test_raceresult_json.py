"""RACE RESULT's exporter of JSON records: what becomes of them, and how they are answered."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.facts import Marker, Read, Unreadable
from homestretch.readers import LONGEST_RAW, Caller, Heard, Reply, Request, list_http_readers
from homestretch.readers.raceresult_json import HTTP_READER

NEW_YORK = ZoneInfo("America/New_York")
CALLER = Caller(label="exporter", place="", zone=NEW_YORK, date="2026-05-03")
AT = 1_777_808_500_000
RECORD: dict[str, Any] = {
    "ID": 1, "Bib": 50001, "TimingPoint": "STARTFINISH", "Result": -10, "Time": 32795.944,
    "Invalid": False,
    "Passing": {
        "Transponder": "ZICAD30", "Position": {}, "Hits": 75, "RSSI": -75, "DeviceID": "D-50432",
        "FileNo": 177, "PassingNo": 1, "IsMarker": False,
        "Received": "2024-01-12T09:07:43.15+01:00", "UTCTime": "2024-01-12T09:06:35.944Z",
    },
}  # fmt: skip


def record(passing: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    """The record with other values; None leaves a field out."""
    made = RECORD | changed | {"Passing": RECORD["Passing"] | (passing or {})}
    made["Passing"] = {name: value for name, value in made["Passing"].items() if value is not None}
    return {name: value for name, value in made.items() if value is not None}


def post(body: object, caller: Caller = CALLER, method: str = "POST") -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HTTP_READER.read(Request(method, {}, {}, content), caller, AT)


def heard(body: object, caller: Caller = CALLER) -> Heard:
    (item,) = post(body, caller).heard
    return item


def refused(body: object) -> str:
    item = heard(body)
    assert isinstance(item.received.fact, Unreadable)
    assert item.text
    return item.received.fact.reason


def utc(text: str) -> int:
    stamp = dt.datetime.fromisoformat(text)
    return int(stamp.timestamp()) * 1000 + stamp.microsecond // 1000


def test_it_is_found_by_its_name() -> None:
    assert list_http_readers()["raceresult"] is HTTP_READER


def test_a_record_is_a_read_under_the_number_of_its_box_and_file() -> None:
    reply = post(RECORD)
    (item,) = reply.heard
    assert reply.status == 200
    assert item.received.fact == Read(
        seen_at=utc("2024-01-12T09:06:35.944+00:00"), chip="ZICAD30", place="STARTFINISH"
    )
    assert (item.received.source, item.received.number) == ("raceresult-http:D-50432/177", 1)
    assert item.received.received_at == AT


def test_an_array_is_as_many_records() -> None:
    many = [record({"PassingNo": number}) for number in range(1, 6)]
    reply = post(many)
    assert [item.received.number for item in reply.heard] == [1, 2, 3, 4, 5]
    assert post([]) == Reply([])


def test_a_record_that_is_sent_again_is_known_again() -> None:
    assert heard(RECORD).received.id == heard([record(ID=2, Result=5)]).received.id


@pytest.mark.parametrize(
    ("stamp", "seconds", "expected"),
    [
        ("2026-05-03T11:00:00.5Z", 1.0, "2026-05-03T11:00:00.500+00:00"),
        ("2026-05-03T11:00:00.1239999Z", 1.0, "2026-05-03T11:00:00.123+00:00"),
        ("2026-05-03T13:00:00+02:00", 1.0, "2026-05-03T11:00:00+00:00"),
        ("2026-05-03T11:00:00", 1.0, "2026-05-03T11:00:00+00:00"),
        (None, 32795.944, "2026-05-03T09:06:35.944-04:00"),
        ("0001-01-01T00:00:00Z", 32795.944, "2026-05-03T09:06:35.944-04:00"),
        ("soon", 0, "2026-05-03T00:00:00-04:00"),
        ("", 86_399.9996, "2026-05-04T00:00:00-04:00"),
        (None, 90_000, "2026-05-04T01:00:00-04:00"),
    ],
)
def test_the_time_is_utc_if_it_is_said_else_seconds_of_the_events_day(
    stamp: str | None, seconds: float, expected: str
) -> None:
    assert heard(record({"UTCTime": stamp}, Time=seconds)).received.fact.seen_at == utc(expected)


@pytest.mark.parametrize("seconds", [None, "noon", -1, 864_000, True, [], 1e300])
def test_without_any_time_it_is_kept_as_unreadable(seconds: object) -> None:
    reason = "no time, or one that does not exist"
    assert refused(record({"UTCTime": None}, Time=seconds)) == reason


def test_the_place_is_that_of_the_key_else_the_timing_point_else_the_box() -> None:
    at_finish = Caller(label="exporter", place="finish", zone=NEW_YORK, date="2026-05-03")
    for body, caller, place in (
        (RECORD, at_finish, "finish"),
        (RECORD, CALLER, "STARTFINISH"),
        (record({"DeviceName": "Mat 2"}, TimingPoint=""), CALLER, "Mat 2"),
        (record(TimingPoint=None), CALLER, "D-50432"),
        (record({"DeviceID": None}, TimingPoint=None), CALLER, "exporter"),
    ):
        fact = heard(body, caller).received.fact
        assert isinstance(fact, Read)
        assert fact.place == place


def test_a_record_without_a_number_of_its_own_is_numbered_by_its_time() -> None:
    for number in (None, "one", 0, -5, True, 10**13):
        item = heard(record({"PassingNo": number}))
        assert item.received.number == item.received.fact.seen_at


def test_codes_and_names_may_be_numbers() -> None:
    item = heard(record({"Transponder": 413, "DeviceID": 7}))
    assert item.received.source == "raceresult-http:7/177"
    assert isinstance(item.received.fact, Read)
    assert item.received.fact.chip == "413"


@pytest.mark.parametrize(
    "passing", [{"IsMarker": True}, {"Transponder": "99999"}, {"IsMarker": True, "Transponder": ""}]
)
def test_a_marker_is_a_proposal(passing: dict[str, Any]) -> None:
    fact = heard(record(passing)).received.fact
    assert isinstance(fact, Marker)
    assert fact.place == "STARTFINISH"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (record(Invalid=True), "marked as invalid by the sender"),
        (record({"Transponder": ""}), "no transponder"),
        ({"Bib": 1}, "a record without a passing"),
        ({"Passing": [1]}, "a record without a passing"),
        ([5], "not a record of the exporter"),
        ([[RECORD]], "not a record of the exporter"),
    ],
)
def test_what_is_no_read_is_kept_with_a_reason_and_answered_all_the_same(
    body: object, reason: str
) -> None:
    assert post(body).status == 200
    assert refused(body) == reason


@pytest.mark.parametrize(
    "bad", [b'{"Passing":"\xff"}', b'{"Passing":"\\ud800"}', b"null", b'{"Time":1e999}', b"NaN"]
)
def test_a_bad_record_spoils_no_other(bad: bytes) -> None:
    good = json.dumps(RECORD).encode()
    reply = post(b"[" + b",".join((good, bad, good)) + b"]")
    kinds = [type(item.received.fact) for item in reply.heard]
    assert (reply.status, kinds) == (200, [Read, Unreadable, Read])


@pytest.mark.parametrize(
    "body", [b"hello", b"\xff", b"5", b'"text"', b"{", b"[" * 100_000, b"{'a':1}"]
)
def test_what_is_no_json_of_the_exporter_is_answered_with_a_hint_and_kept(body: bytes) -> None:
    reply = post(body)
    assert reply.status == 400
    assert b"Raw Data Record JSON" in reply.body
    (item,) = reply.heard
    assert isinstance(item.received.fact, Unreadable)
    assert item.text == body[:LONGEST_RAW]  # of very many bytes the first are kept


def test_an_empty_body_says_nothing_that_could_be_kept() -> None:
    assert (post(b"").status, post(b"").heard) == (400, [])


def test_other_methods_are_answered_with_the_hint() -> None:
    reply = post(b"", method="GET")
    assert (reply.status, reply.heard) == (405, [])
    assert reply.body


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(
    body=st.binary(max_size=200)
    | JSON
    | st.fixed_dictionaries(
        {name: st.just(value) | JSON for name, value in RECORD.items() if name != "Passing"}
        | {
            "Passing": st.fixed_dictionaries(
                {name: st.just(value) | JSON for name, value in RECORD["Passing"].items()}
            )
        }
    )
)
def test_no_request_makes_an_exception(body: object) -> None:
    reply = post(body)
    assert reply.status in (200, 400)
    for item in reply.heard:
        assert -(2**63) <= item.received.number < 2**63
        assert 0 <= item.received.fact.seen_at < 4_102_444_800_000
        f"{item.received.source}{item.received.fact!r}".encode()
