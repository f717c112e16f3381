"""ChronoTrack: the talk with a SimpleClient, its three kinds of time, guns and new points; files."""

from __future__ import annotations

import datetime as dt
import socket
import threading
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.errors import FactError
from homestretch.facts import FactId, Marker, Read, Unreadable
from homestretch.readers import Context, FileReader, Heard, list_files, list_readers
from homestretch.readers.chronotrack import FILE, ChronoTrack
from tests.emulators.chronotrack import Client, answer_once, call
from tests.patience import PATIENCE_S

NEW_YORK = ZoneInfo("America/New_York")
CONTEXT = Context(zone=NEW_YORK, date="2026-05-03")
AT = 1_777_808_500_000
NOON = dt.datetime(2026, 5, 3, 12, 0, 0, 250_000, NEW_YORK)
HELLO = b"SimpleClient~0.6.0~CTP01\r\n"
GREETING = (
    b"Homestretch~5\r\nguntimes=true\r\nnewlocations=true\r\nconnection-id=false\r\n"
    b"stream-mode=push\r\ntime-format=iso\r\n"
)


def utc(text: str) -> int:
    stamp = dt.datetime.fromisoformat(text)
    return int(stamp.timestamp()) * 1000 + stamp.microsecond // 1000


def say(line: str, context: Context = CONTEXT) -> Heard:
    (heard,) = ChronoTrack(context).receive(f"{line}\r\n".encode(), AT)
    return heard


def read(line: str, context: Context = CONTEXT) -> Read:
    fact = say(line, context).received.fact
    assert isinstance(fact, Read)
    return fact


def refused(line: str) -> str:
    heard = say(line)
    assert isinstance(heard.received.fact, Unreadable)
    assert heard.text == line.encode()
    return heard.received.fact.reason


def converse(reader: ChronoTrack, client: Client, first: bytes) -> dict[FactId, Heard]:
    """What the client says until nobody has anything more to say."""
    facts: dict[FactId, Heard] = {}
    data = first
    for _ in range(100):
        facts |= {heard.received.id: heard for heard in reader.receive(data, AT)}
        answer = reader.to_send()
        data = client.receive(answer)
        if not data and not answer:
            return facts
    raise AssertionError("they never stop talking")


def test_it_is_found_by_its_name_and_waits_for_the_client() -> None:
    kind = list_readers()["chronotrack"]
    assert (kind.transport, kind.port) == ("tcp-server", 3000)
    assert isinstance(kind.make(CONTEXT), ChronoTrack)


def test_the_greeting_has_five_features_and_the_talk_goes_on_step_by_step() -> None:
    reader = ChronoTrack(CONTEXT)
    assert reader.to_send() == b""
    assert reader.receive(HELLO, AT) == []
    assert reader.to_send() == GREETING + b"geteventinfo\r\n"
    assert reader.receive(b"ack~geteventinfo~NAME~ID~DESCRIPTION\r\n", AT) == []
    assert reader.to_send() == b"getlocations\r\n"
    assert reader.receive(b"ack~getlocations~Start~10K~Finish\r\n", AT) == []
    assert reader.to_send() == b"authorize\r\nstart\r\n"
    assert (
        reader.receive(b"ack~authorize\r\nack~start\r\nack\r\nack~\r\nack~what~ever\r\n", AT) == []
    )
    assert reader.to_send() == b""


def test_who_is_there_is_said_once_the_client_has_greeted() -> None:
    reader = ChronoTrack(CONTEXT)
    reader.receive(b"CT01_13~1~10K~50101~07:54:48.90~1~117F37~8\r\n", AT)
    assert reader.sources == ()
    reader.receive(HELLO, AT)
    assert reader.sources == ("chronotrack:SimpleClient",)


def test_a_question_that_is_not_answered_holds_up_nothing() -> None:
    client = Client()
    client.read("Start", "50101", NOON)
    client.forgets_to_answer = {"geteventinfo", "getlocations"}
    reader = ChronoTrack(CONTEXT)
    assert converse(reader, client, client.hello()) == {}
    for _ in range(20):
        reader.tick(AT)
    assert len(converse(reader, client, b"")) == 1


def test_a_ping_goes_out_every_ten_seconds_once_the_client_has_greeted() -> None:
    reader = ChronoTrack(CONTEXT)
    for _ in range(30):
        assert reader.tick(AT) == []
    assert reader.to_send() == b""
    client = Client()
    converse(reader, client, client.hello())
    for _ in range(30):
        reader.tick(AT)
    assert reader.to_send() == b"ping\r\n" * 3
    assert reader.receive(client.receive(b"ping\r\n"), AT) == []


def test_a_ping_of_the_client_is_answered() -> None:
    reader = ChronoTrack(CONTEXT)
    assert reader.receive(b"ping\r\n", AT) == []
    assert reader.to_send() == b"ack~ping\r\n"


def test_everything_that_the_client_holds_is_heard_and_then_what_is_new() -> None:
    client = Client()
    client.read("Start", "50101", NOON)
    client.read("Finish", "50101", NOON + dt.timedelta(hours=1))
    reader = ChronoTrack(CONTEXT)
    facts = converse(reader, client, client.hello())
    facts |= converse(reader, client, client.read("10K", "50102", NOON))
    assert sorted((k.source, k.number) for k in facts) == [
        ("chronotrack:SimpleClient", number) for number in (1, 2, 3)
    ]
    assert {heard.received.fact for heard in facts.values()} == {
        Read(seen_at=utc("2026-05-03T12:00:00.250-04:00"), chip="50101", place="Start"),
        Read(seen_at=utc("2026-05-03T13:00:00.250-04:00"), chip="50101", place="Finish"),
        Read(seen_at=utc("2026-05-03T12:00:00.250-04:00"), chip="50102", place="10K"),
    }


def test_after_a_reconnect_what_comes_again_is_known_and_a_new_numbering_loses_nothing() -> None:
    client = Client()
    for tag in ("50101", "50102", "50103"):
        client.read("Start", tag, NOON)
    facts = converse(ChronoTrack(CONTEXT), client, client.hello())
    assert len(facts) == 3
    facts |= converse(ChronoTrack(CONTEXT), client, client.hello())
    assert len(facts) == 3
    del client.lines[0]  # line 1 is another one now
    facts |= converse(ChronoTrack(CONTEXT), client, client.hello())
    assert len(facts) == 5
    assert len({heard.received.fact for heard in facts.values()}) == 3


def test_a_gun_is_a_proposal_at_its_point() -> None:
    client = Client()
    client.gun("Start", NOON)
    (heard,) = converse(ChronoTrack(CONTEXT), client, client.hello()).values()
    assert heard.received.fact == Marker(
        seen_at=utc("2026-05-03T12:00:00.250-04:00"), place="Start", label="gun"
    )
    assert heard.received.source == "chronotrack:SimpleClient"


def test_a_new_point_is_asked_for_and_started() -> None:
    client = Client()
    reader = ChronoTrack(CONTEXT)
    converse(reader, client, client.hello())
    client.read("30k", "50101", NOON)
    facts = converse(reader, client, client.find_a_point("30k", NOON))
    assert client.heard[-2:] == ["getlocations", "start~30k"]
    (heard,) = facts.values()
    assert isinstance(heard.received.fact, Read)
    assert heard.received.fact.place == "30k"


def test_a_name_with_letters_of_any_language_is_started_as_it_was_said() -> None:
    reader = ChronoTrack(CONTEXT)
    line = "CT01_33~1~Zürich~newlocation~09:15:21.00~0~ED932A~0\r\n".encode()
    assert reader.receive(line, AT) == []
    assert reader.to_send() == "getlocations\r\nstart~Zürich\r\n".encode()


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("07:54:48.90", "2026-05-03T07:54:48.900-04:00"),
        ("07:54:48", "2026-05-03T07:54:48-04:00"),
        ("2026-05-04T00:00:00.01", "2026-05-04T00:00:00.010-04:00"),
        ("2026-05-03 07:54:48.90", "2026-05-03T07:54:48.900-04:00"),
        ("2026-05-03T07:54:48.90Z", "2026-05-03T03:54:48.900-04:00"),
        ("2026-05-03T07:54:48.90+02:00", "2026-05-03T01:54:48.900-04:00"),
        ("2026-05-03T07:54:48-0400", "2026-05-03T07:54:48-04:00"),
        ("07:54:48.90-04:00", "2026-05-03T07:54:48.900-04:00"),
        ("1777814100.25", "2026-05-03T09:15:00.250-04:00"),
        ("1777814100", "2026-05-03T09:15:00-04:00"),
    ],
)
def test_times_are_of_the_day_or_iso_or_seconds_since_1970(time: str, expected: str) -> None:
    assert read(f"CT01_13~24~START~50101~{time}~1~117F37~8").seen_at == utc(expected)


@pytest.mark.parametrize("form", ["normal", "iso", "unix"])
def test_the_client_may_write_time_as_it_likes(form: str) -> None:
    client = Client()
    client.hello()
    client.features["time-format"] = form
    client._started = {"Start"}
    (heard,) = ChronoTrack(CONTEXT).receive(client.read("Start", "1", NOON), AT)
    assert heard.received.fact.seen_at == utc("2026-05-03T12:00:00.250-04:00")


def test_a_read_is_a_tag_at_a_point_under_the_number_of_its_line() -> None:
    heard = say("CT01_13~24~ START ~0050101~07:54:48.90~1~117F37~8")
    assert heard.received.fact == Read(
        seen_at=utc("2026-05-03T07:54:48.900-04:00"), chip="50101", place="START"
    )
    assert (heard.received.source, heard.received.number) == ("chronotrack:unnamed", 24)


def test_a_line_without_a_number_is_numbered_by_its_time() -> None:
    heard = say("CT01_13~x~START~50101~07:54:48.90")
    assert heard.received.number == heard.received.fact.seen_at


def test_the_antenna_makes_no_gun() -> None:
    """In CT01_33 other programs count laps where the antenna stands."""
    assert read("CT01_33~4~finish~1234~14:02:15.31~0~CAMERA~0").chip == "1234"


def test_the_place_of_the_plan_stands_in_for_a_point_without_a_name() -> None:
    planned = Context(zone=NEW_YORK, date="2026-05-03", place="finish")
    assert read("CT01_13~1~~50101~07:54:48.90~1~117F37~8", planned).place == "finish"
    assert read("CT01_13~1~10K~50101~07:54:48.90~1~117F37~8", planned).place == "10K"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("garbage", "neither a read nor an answer"),
        ("err~start~invalid location", "neither a read nor an answer"),
        ("SimpleClient~0.6.0", "neither a read nor an answer"),
        ("SimpleClient~0.6.0~HTTP", "neither a read nor an answer"),
        ("CT01_13~11~Finish~50101", "neither a read nor an answer"),
        ("CT01~1~Finish~50101~07:00:00.00", "neither a read nor an answer"),
        ("CT01_13~1~Finish~50101~24:00:00.00", "a date or time that does not exist"),
        ("CT01_13~1~Finish~50101~2026-02-30T07:00:00", "a date or time that does not exist"),
        ("CT01_13~1~Finish~50101~2026-05-03T07:00:00+99:00", "a date or time that does not exist"),
        ("CT01_13~1~Finish~50101~1969-05-03T07:00:00Z", "a date or time that does not exist"),
        ("CT01_13~1~Finish~50101~noon", "a date or time that does not exist"),
        ("CT01_13~1~Finish~guntime~noon", "a date or time that does not exist"),
        ("CT01_13~1~Finish~~07:00:00.00", "no tag"),
        ("CT01_13~1~Finish~A\x07B~07:00:00.00", "no tag"),
    ],
)
def test_what_cannot_be_read_says_why_and_is_kept(line: str, reason: str) -> None:
    assert refused(line) == reason


@given(lines=st.lists(st.binary(max_size=40) | st.sampled_from(
    (HELLO.strip(), b"ack~geteventinfo", b"ack~getlocations", b"ack~", b"ping",
     b"CT01_33~1~30k~newlocation~09:15:21.00~0~ED932A~0")
), max_size=40))  # fmt: skip
def test_no_answers_make_it_talk_without_end(lines: list[bytes]) -> None:
    reader = ChronoTrack(CONTEXT)
    said = 0
    for line in lines:
        reader.receive(line + b"\r\n", AT)
        reader.tick(AT)
        said += len(reader.to_send())
    assert said <= 200 * sum(2 + line.count(b"\n") + line.count(b"\r") for line in lines)


def test_a_real_socket_carries_it() -> None:
    client = Client()
    for number in range(200):
        client.read("Start", str(number + 1), NOON)
    reader = ChronoTrack(CONTEXT)
    facts: set[FactId] = set()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        calling = threading.Thread(target=_call, args=(client, port))
        calling.start()
        peer, _ = listener.accept()
        with peer:
            peer.settimeout(PATIENCE_S)
            while len(facts) < 200:
                facts |= {heard.received.id for heard in reader.receive(peer.recv(999), AT)}
                peer.sendall(reader.to_send())
        calling.join(PATIENCE_S)
    assert {fact_id.number for fact_id in facts} == set(range(1, 201))


def _call(client: Client, port: int) -> None:
    with call(client, "127.0.0.1", port) as server:
        while answer_once(client, server):
            pass


ROW = "TO~1~9511~160~18~1620458668.64~12000C~8~-63~1~P~192"


def reading(*lines: str) -> FileReader:
    return FILE.make(list(lines), CONTEXT)


def test_a_file_is_found_by_its_name_and_recognised_by_its_rows() -> None:
    assert list_files()["chronotrack"] is FILE
    assert FILE.find([ROW, "TO~2~9512~160~018~1620458668~12000C~8~-63~1~I~1"]) == 1
    assert FILE.find([ROW, "something else"]) == 0.5
    assert FILE.find(["CT01_13~24~START~50101~2026-05-03T07:54:48.90~1~117F37~8"]) == 0
    assert FILE.find([]) == 0
    made = reading(ROW)
    assert (made.says_places, made.says_dates) == (True, True)
    assert made.says


def test_the_seconds_of_a_controller_are_its_clock_on_the_wall() -> None:
    """1620458668 is 07:24:28 on 8 May 2021, read as if it were UTC."""
    row: Any = reading(ROW).read(f"{ROW}\r\n")
    assert row.fact == Read(
        seen_at=utc("2021-05-08T07:24:28.640-04:00"), chip="9511", place="160/18"
    )
    assert row.number == 1


@pytest.mark.parametrize(
    ("codes", "place"),
    [("160~18", "160/18"), ("160~018", "160/18"), ("0160~0", "160/0"), ("A1~00X", "A1/X"),
     ("~", "0/0")],
)  # fmt: skip
def test_the_place_is_timer_and_event_padded_or_not(codes: str, place: str) -> None:
    row: Any = reading(ROW).read(f"TO~1~9511~{codes}~1620458668.64~12000C")
    assert row.fact.place == place


def test_immediate_and_keyed_reads_are_reads_too() -> None:
    for kind in "PIK":
        row: Any = reading(ROW).read(ROW.replace("~P~", f"~{kind}~"))
        assert isinstance(row.fact, Read)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("GO~1~9511~160~18~1620458668.64", "not a row of a controller's file"),
        ("TO~1~9511~160~18~soon", "not a row of a controller's file"),
        ("TO~1~~160~18~1620458668.64", "not a row of a controller's file"),
        ("TO~1~A\x07~160~18~1620458668.64", "no tag"),
        ("TO~1~9511~160~18~9999999999", "a date or time that does not exist"),
    ],
)
def test_a_row_that_is_none_says_why(line: str, reason: str) -> None:
    with pytest.raises(FactError) as raised:
        reading(ROW).read(line)
    assert raised.value.what == reason


@given(
    line=st.text(max_size=80)
    | st.lists(st.sampled_from([*ROW.split("~"), "9999999999", "９", "-1"]), max_size=13).map(
        "~".join
    )
)
def test_no_line_makes_another_exception(line: str) -> None:
    try:
        row = reading(line).read(line)
    except FactError:
        return
    assert row is not None
    assert 0 < row.fact.seen_at < 4_102_444_800_000
