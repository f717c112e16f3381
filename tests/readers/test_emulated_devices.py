"""Devices that were written from the description alone, and the readers: nothing is lost, nothing counts twice."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.facts import FactId, Read, normal_chip
from homestretch.facts import Marker as MarkerFact
from homestretch.readers import Context, Heard
from homestretch.readers.ipico import Ipico
from homestretch.readers.mylaps import Mylaps
from tests.aside import run
from tests.emulators import ipico, mylaps
from tests.emulators.mylaps import Exporter, Marker, Passing

NEW_YORK = ZoneInfo("America/New_York")
CONTEXT = Context(zone=NEW_YORK, date="2026-05-03", place="finish", peer="10.0.0.5:10000")
START = dt.datetime.fromisoformat("2026-05-03T23:59:30")
AT = 1_777_808_500_000


class Seen(NamedTuple):
    """What a passing or a read should have become."""

    place: str
    chip: str
    seen_at: int


def utc_ms(wall: dt.datetime) -> int:
    moment = wall.replace(tzinfo=NEW_YORK)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def passings(count: int) -> list[Passing]:
    """One chip after another at three locations, across midnight; some know the time of the world."""
    walls = [START + dt.timedelta(milliseconds=137 * k) for k in range(count)]
    return [
        Passing(
            ("Start", "10KM", "Finish")[k // 7 % 3],
            f"KV{k:05}",
            wall,
            utc_ms(wall) if k % 2 else None,
        )
        for k, wall in enumerate(walls)
    ]


def expected(items: list[Passing]) -> set[Seen]:
    return {Seen(item.location, normal_chip(item.chip), utc_ms(item.wall)) for item in items}


class Log:
    """What is durable: each fact once."""

    def __init__(self) -> None:
        self.facts: dict[FactId, object] = {}

    def keep(self, heard: list[Heard]) -> None:
        self.facts.update({item.received.id: item.received.fact for item in heard})

    def reads(self) -> list[Seen]:
        facts = self.facts.values()
        return [Seen(f.place, f.chip, f.seen_at) for f in facts if isinstance(f, Read)]


class Wire:
    """A connection between an exporter and a reader on a clock of its own; it may break at any byte."""

    def __init__(self, exporter: Exporter, log: Log) -> None:
        self.exporter, self.log = exporter, log
        self.now = 0.0
        self.connect()

    def connect(self) -> None:
        self.reader = Mylaps(CONTEXT)
        self.carry(self.exporter.connected(self.now))

    def carry(self, data: bytes, lost: bool = False) -> None:
        """Bytes to the reader; what it heard is durable; its answers back, unless they are lost."""
        self.log.keep(self.reader.receive(data, AT + round(self.now * 1000)))
        answer = self.reader.to_send()
        if not lost:
            self.exporter.received(answer)

    def go_on(self, seconds: float) -> None:
        self.now += seconds
        self.reader.tick(AT + round(self.now * 1000))
        self.carry(self.exporter.due(self.now))


def test_everything_that_an_exporter_sends_is_there_once_when_it_is_acknowledged() -> None:
    items = passings(2500)
    exporter, log = Exporter(batch=100), Log()
    exporter.pass_by(*items)
    wire = Wire(exporter, log)
    assert exporter.version == 2
    assert {"c", "t", "d", "utc"} <= set(exporter.features)
    while not exporter.done:
        wire.go_on(1)
    assert sorted(log.reads()) == sorted(expected(items))
    told = [item for held in exporter.acknowledged.values() for item in held]
    assert sorted(told) == sorted(items)
    assert exporter.strange == []


def test_an_exporter_of_the_first_version_sends_records_of_39_characters() -> None:
    items = passings(300)
    exporter, log = Exporter(), Log()
    exporter.pass_by(*items)
    wire = Wire(exporter, log)
    exporter.version = 1  # it did not understand what it was offered
    while not exporter.done:
        wire.go_on(1)
    assert sorted(log.reads()) == sorted(expected(items))


def test_a_gun_is_marked_and_acknowledged() -> None:
    exporter, log = Exporter(), Log()
    wall = dt.datetime.fromisoformat("2026-05-03T11:03:40.347")
    exporter.pass_by(Marker("Start", "Gunshot", "Gunshot 1", wall))
    Wire(exporter, log).go_on(1)
    assert exporter.done
    assert list(log.facts.values()) == [
        MarkerFact(seen_at=utc_ms(wall), place="Start", label="Gunshot 1")
    ]


def test_what_was_not_acknowledged_comes_again_and_counts_once() -> None:
    items = passings(40)
    exporter, log = Exporter(batch=10), Log()
    exporter.pass_by(*items)
    wire = Wire(exporter, log)
    wire.carry(exporter.due(1), lost=True)
    assert exporter.unacknowledged
    assert exporter.acknowledged == {}
    assert sorted(log.reads()) == sorted(expected(items))
    assert exporter.due(20.9) == b"T&S@Ping@$"
    again = exporter.due(21.0)
    assert again.count(b"@Passing@") == len(exporter.unacknowledged)
    wire.carry(again)
    assert exporter.done
    assert sorted(log.reads()) == sorted(expected(items))


def test_both_sides_ping_and_neither_needs_an_answer() -> None:
    exporter, log = Exporter(), Log()
    wire = Wire(exporter, log)
    for _ in range(12):
        wire.go_on(10)
    assert exporter.pings_answered == 12
    wire.reader.tick(AT + 3_600_000)
    exporter.received(wire.reader.to_send())
    assert b"T&S@AckPing@$" in exporter.due(wire.now)


@settings(max_examples=50)
@given(data=st.data())
def test_whatever_breaks_no_acknowledged_record_is_missing_and_none_counts_twice(
    data: st.DataObject,
) -> None:
    items = passings(120)
    exporter, log = Exporter(batch=data.draw(st.integers(1, 30)), resend_s=3), Log()
    exporter.pass_by(*items)
    wire = Wire(exporter, log)
    for _ in range(data.draw(st.integers(0, 12))):
        wire.now += data.draw(st.sampled_from([0.5, 1.0, 4.0]))
        sent = exporter.due(wire.now)
        whole = data.draw(st.integers(0, len(sent)))
        wire.carry(sent[:whole], lost=data.draw(st.booleans()))
        told = [item for held in exporter.acknowledged.values() for item in held]
        assert expected([item for item in told if isinstance(item, Passing)]) <= set(log.reads())
        if whole < len(sent) or data.draw(st.booleans()):
            wire.connect()
    while not exporter.done:
        wire.go_on(1)
    assert sorted(log.reads()) == sorted(expected(items))


async def _converse(reader: Mylaps, log: Log, stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:  # fmt: skip
    while data := await stream.read(4096):
        log.keep(reader.receive(data, AT))
        writer.write(reader.to_send())
        await writer.drain()
    writer.close()


def test_an_exporter_runs_on_a_real_socket() -> None:
    items = passings(500)
    exporter, log = Exporter(), Log()
    exporter.pass_by(*items)

    async def day() -> None:
        server = await asyncio.start_server(
            lambda stream, writer: _converse(Mylaps(CONTEXT), log, stream, writer), "127.0.0.1", 0
        )
        async with server:
            port = server.sockets[0].getsockname()[1]
            await asyncio.wait_for(mylaps.run(exporter, "127.0.0.1", port), 20)

    run(day())
    assert exporter.done
    assert sorted(log.reads()) == sorted(expected(items))


@pytest.mark.parametrize("tto", ["", "060080"])
@pytest.mark.parametrize("seen", ["", "FS", "LS"])
@given(
    tag=st.integers(0, 16**12 - 1),
    hundredths=st.integers(0, 86_400 * 100 - 1),
    reader=st.integers(0, 255),
)
def test_each_line_of_a_box_is_the_read_that_it_was(
    seen: ipico.Seen, tto: str, tag: int, hundredths: int, reader: int
) -> None:
    wall = dt.datetime.fromisoformat("2026-05-03") + dt.timedelta(milliseconds=10 * hundredths)
    written = ipico.line(f"{tag:012x}", wall, reader=reader, seen=seen, tto=tto)
    assert len(written) == 36 + len(tto) + len(seen)
    (heard,) = Ipico(CONTEXT).receive(written.encode() + b"\r\n", AT)
    chip = normal_chip(f"{tag:012x}")
    assert heard.received.fact == Read(seen_at=utc_ms(wall), chip=chip, place="finish")
    assert heard.received.source == f"ipico:10.0.0.5:10000/{reader:02x}"


def test_the_published_lines_of_a_box_are_those_that_the_emulated_one_writes() -> None:
    wall = dt.datetime.fromisoformat("2026-03-06T20:27:47.350")
    assert ipico.line("058000128608", wall) == "aa0005800012860800012603062027472353"
    wall = dt.datetime.fromisoformat("2001-12-30T18:45:59.390")
    written = ipico.line("000000012345", wall, reader=0x40, hits=0x0A2A, seen="FS")
    assert written == "aa400000000123450a2a01123018455927a7FS"


def test_the_published_record_of_an_exporter_is_the_one_that_the_emulated_one_writes() -> None:
    wall = dt.datetime.fromisoformat("2025-03-08T16:13:57.417")
    record = mylaps.v1_record(Passing("Finish", "KV86583", wall), 0)
    assert record == "KV8658316:13:57.417 3 0F  1000025030870"


def test_a_box_runs_on_a_real_socket_and_keeps_what_nobody_heard() -> None:
    box, log = ipico.Box(), Log()
    walls = [START + dt.timedelta(milliseconds=250 * k) for k in range(300)]

    async def day() -> None:
        server = await box.serve("127.0.0.1", 0)
        async with server:
            box.read("058000120e01", START - dt.timedelta(seconds=1))
            port = server.sockets[0].getsockname()[1]
            stream, writer = await asyncio.open_connection("127.0.0.1", port)
            await box.called.wait()
            for k, wall in enumerate(walls):
                box.read(f"0580001{k:05x}", wall)
            box.drop()
            reader = Ipico(CONTEXT)
            while data := await stream.read(100):
                log.keep(reader.receive(data, AT))
            writer.close()

    run(asyncio.wait_for(day(), 20))
    assert len(log.reads()) == len(walls) == len(box.sent)
    assert len(box.memory) == len(walls) + 1
    assert box.told == []
