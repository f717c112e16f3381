"""Clients that are slow, silent, half-open or too many: each is bounded, told on the devices' page, in nobody's way."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest

from homestretch.boards import Choices
from homestretch.boards.devices import DevicesBoard, rows
from homestretch.facts import PlanLoaded, Received, received
from homestretch.intake import conversation, listener
from homestretch.intake.devices import Devices
from homestretch.live import Live
from homestretch.race.event import Plan
from homestretch.race.privacy import Viewer
from homestretch.readers import ReaderKind
from homestretch.readers.chronotrack import READER as CHRONOTRACK
from homestretch.readers.jchip import READER as JCHIP
from homestretch.readers.mylaps import READER as MYLAPS
from homestretch.store import Appended
from homestretch.store.memory import MemoryPeople
from tests.aside import Took, Watch, run
from tests.folder.good import good_event
from tests.intake.test_callers import AT, beside
from tests.intake.test_garbage import READ, Door, ReadsLog, speak
from tests.state.days import LINE

FLOODS, FULL, MOST = 3, 5_000, 30_000
A_LOT = 16_000_000
"""More bytes than the buffers of two sockets and a stream hold together."""


class CrowdedLog(ReadsLog):
    """A log that says when much was read, and when the device called HONEST was."""

    def __init__(self) -> None:
        super().__init__()
        self.full, self.honest = asyncio.Event(), asyncio.Event()
        self._count = 0

    def append(self, items: Sequence[Received]) -> Appended:
        appended = super().append(items)
        self._count += len(items)
        if self._count > FULL:
            self.full.set()
        if any(item.source == "jchip:HONEST" for item in items):
            self.honest.set()
        return appended


class House:
    """An event with one door, and what control sees of it."""

    def __init__(self, kind: ReaderKind) -> None:
        self.log = CrowdedLog()
        self.live = Live(self.log, MemoryPeople(), lambda: AT, lambda _: None)
        self.devices = Devices(self.live, lambda: AT)
        self.door = Door(self.live, self.devices, kind)
        self.port = 0
        plan = msgspec.json.encode(Plan(event=good_event(), course=LINE))
        fact = PlanLoaded(seen_at=AT - 1000, plan=msgspec.Raw(plan))
        self.log.append([received(fact, "event-folder", AT - 1000)])

    @contextlib.asynccontextmanager
    async def open(self, keeps: bool = True) -> AsyncIterator[None]:
        """The door is open; ``keeps``: and what is said is made durable."""
        sock = socket.create_server(("127.0.0.1", 0))
        self.port = sock.getsockname()[1]
        async with await self.door.serve(sock), beside(*([self.live.run()] if keeps else [])):
            yield

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def board(self) -> DevicesBoard:
        """The page of the devices."""
        await self.live.keep(self.devices.take_news())
        self.live.refresh()
        assert self.live.picture is not None
        return rows(self.live.picture, Viewer("control"), Choices())

    async def troubles(self) -> list[tuple[str, str]]:
        return [(door, words) for door, words, _ in (await self.board()).troubles]

    async def errors_of(self, source: str) -> tuple[str, ...]:
        (row,) = [row for row in (await self.board()).devices if row.source == source]
        assert row.state == "gone"
        return row.errors


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines are looked at more often than on a race day."""
    monkeypatch.setattr(conversation, "TICK_S", 0.01)


async def is_closed(stream: asyncio.StreamReader) -> bool:
    """Whether the other side ends the connection, within a minute."""
    with contextlib.suppress(ConnectionError):
        while await asyncio.wait_for(stream.read(1000), 60):
            pass
    return True


def test_who_connects_and_says_nothing_is_closed_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "FIRST_WORD_S", 0.05)
    house = House(JCHIP)

    async def day() -> None:
        async with house.open():
            stream, writer = await house.connect()
            assert await is_closed(stream)
            writer.close()
            assert await house.troubles() == [("jchip", "it never said a word")]

    run(day())


def test_who_sends_byte_by_byte_and_ends_no_message_is_closed_and_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conversation, "FIRST_MESSAGE_S", 0.2)
    house = House(JCHIP)

    async def dribble(writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"D")
            await asyncio.sleep(0.02)

    async def day() -> None:
        async with house.open():
            stream, writer = await house.connect()
            async with beside(dribble(writer)):
                assert await is_closed(stream)
            writer.close()
            assert await house.errors_of("jchip:unnamed") == ("it never ended a message",)

    run(day())


def test_a_device_that_has_said_who_it_is_may_be_silent_for_hours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conversation, "FIRST_WORD_S", 0.1)
    monkeypatch.setattr(conversation, "FIRST_MESSAGE_S", 0.1)
    house = House(JCHIP)

    async def day() -> None:
        async with house.open():
            stream, writer = await house.connect()
            writer.write(b"N0000FINISH\r")
            assert await stream.read(10) == b"GT\r"
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(stream.read(10), 0.3)
            writer.write(READ % 1)
            await house.log.heard.wait()
            writer.close()

    run(day())


def test_a_device_that_comes_again_under_its_name_is_there_while_its_old_line_dies() -> None:
    """What the old connection still brings counts: the second box of a point may bear the same name."""
    house = House(JCHIP)

    async def day() -> None:
        async with house.open():
            writers = []
            for chip in range(2):
                stream, writer = await house.connect()
                writer.write(b"N0000FINISH\r")
                assert await stream.read(10) == b"GT\r"
                house.log.heard.clear()
                writer.write(READ % chip)
                await house.log.heard.wait()
                writers.append(writer)
            house.log.heard.clear()
            writers[0].write(READ % 3)
            await house.log.heard.wait()
            writers[0].transport.abort()
            house.log.heard.clear()
            writers[1].write(READ % 4)
            await house.log.heard.wait()
            (row,) = (await house.board()).devices
            assert (row.source, row.state) == ("jchip:FINISH", "there")
            writers[1].close()

    run(day())
    assert len(house.log.read_since(0).reads) == 4


def test_a_client_whose_protocol_pings_and_that_falls_silent_is_closed_and_told() -> None:
    """A ChronoTrack client behind a line that is half open: its side is gone, and nobody said so."""
    house = House(msgspec.structs.replace(CHRONOTRACK, silence_s=0.3))

    async def day() -> None:
        async with house.open():
            stream, writer = await house.connect()
            writer.write(b"SimpleClient~0.6.0~CTP01\r\n")
            assert await is_closed(stream)
            writer.close()
            assert await house.errors_of("chronotrack:SimpleClient") == ("it fell silent",)

    run(day())


def test_the_system_is_asked_to_notice_a_device_whose_cable_was_pulled() -> None:
    """Where a protocol knows no ping: two minutes, and not the two hours that are usual."""
    house = House(JCHIP)
    seen: list[tuple[int, ...]] = []

    async def day() -> None:
        server = await asyncio.start_server(
            lambda _, writer: seen.append(options(writer)), "127.0.0.1", 0
        )
        house.port = server.sockets[0].getsockname()[1]
        async with server:
            stream, writer = await house.connect()
            assert await is_closed(stream)
            writer.close()

    def options(writer: asyncio.StreamWriter) -> tuple[int, ...]:
        conversation._keep_alive(writer)
        raw = writer.get_extra_info("socket")
        names = ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT")
        there = [getattr(socket, name) for name in names if hasattr(socket, name)]
        found = [raw.getsockopt(socket.IPPROTO_TCP, name) for name in there]
        on = raw.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        writer.close()
        return (int(bool(on)), *found)

    run(day())
    (found,) = seen
    assert found[0] == 1
    assert found[1:] in ((60, 10, 3), (), (10, 3))


def test_a_client_that_reads_no_answers_is_cut_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "UNREAD_S", 0.3)
    house = House(MYLAPS)

    async def day() -> int:
        async with house.open():
            stream, writer = await house.connect()
            stream._limit = 1  # type: ignore[attr-defined]  # this client stops to read
            sent = 0
            with contextlib.suppress(ConnectionError):
                writer.write(b"Finish@Pong@$")
                while sent < A_LOT:
                    writer.write(b"T&S@Ping@$" * 1000)
                    sent += 10_000
                    await asyncio.wait_for(writer.drain(), 60)
            writer.transport.abort()
            assert await house.errors_of("mylaps:Finish") == ("it does not read what it is told",)
            return sent

    assert run(day()) < A_LOT, "and what it was told is bounded"


def test_a_full_door_lets_a_device_in_by_closing_who_has_said_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listener, "CONNECTIONS", 4)
    house = House(JCHIP)

    async def day() -> None:
        async with house.open():
            strangers = [await house.connect() for _ in range(4)]
            strangers[1][1].write(b"%%garbage%%\r")
            await speak(house.port, house.log)
            assert await is_closed(strangers[0][0]), "the one that has waited longest"
            assert (await house.troubles())[0] == (
                "jchip",
                "more than 4 connections: who had said nothing made room",
            )
            for _, writer in strangers:
                writer.close()

    run(day())


def test_a_door_full_of_devices_refuses_one_more_and_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "CONNECTIONS", 4)
    house = House(JCHIP)

    async def day() -> None:
        async with house.open():
            devices = [await house.connect() for _ in range(4)]
            for number, (stream, writer) in enumerate(devices):
                writer.write(b"N0000MAT-%d\r" % number)
                assert await stream.read(10) == b"GT\r"
            stream, writer = await house.connect()
            assert await is_closed(stream)
            assert await house.troubles() == [("jchip", "more than 4 connections")]
            board = await house.board()
            assert [row.state for row in board.devices] == ["there"] * 4
            for _, each in [*devices, (stream, writer)]:
                each.close()

    run(day())


async def flood(port: int, number: int) -> None:
    """Good reads as fast as they are taken, and then silence."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    sent = 0
    try:
        writer.write(b"N0000FLOOD-%d\r" % number)
        while sent < MOST:
            lines = [
                b"DB%d 08:%02d:%02d.%02d 10  0000F      C7\r" % (number, n // 6000 % 60, n // 100 % 60, n % 100)
                for n in range(sent, sent + 500)
            ]  # fmt: skip
            sent += 500
            writer.write(b"".join(lines))
            await writer.drain()
        await asyncio.Event().wait()
    finally:
        writer.transport.abort()


def test_a_flood_of_reads_delays_no_other_device() -> None:
    house = House(JCHIP)

    async def day() -> list[Took]:
        floods = (flood(house.port, number) for number in range(FLOODS))
        async with house.open():
            async with beside(*floods):
                await house.log.full.wait()
                took = await speak_honestly(house)
            await house.door.empty.wait()
            return took

    took = run(day())
    work_s = sorted(each.work_s for each in took)
    assert work_s[len(took) // 2] < 0.5
    assert work_s[-1] < 2.0
    assert min(each.wall_s for each in took) < 0.5, "no read had to wait for nothing"


async def speak_honestly(house: House) -> list[Took]:
    """How long each read of a device took until it was kept."""
    stream, writer = await house.connect()
    writer.write(b"N0000HONEST\r")
    assert await stream.read(10) == b"GT\r"
    took = []
    for number in range(1, 11):
        watch = Watch()
        house.log.honest.clear()
        writer.write(READ % number)
        await house.log.honest.wait()
        took.append(watch.read())
    writer.close()
    return took


def test_what_is_not_yet_durable_is_bounded_however_much_is_sent() -> None:
    """The disk stands still: what a device sends then waits at its own side, and not in our memory."""
    house = House(JCHIP)

    async def day() -> int:
        async with house.open(keeps=False):
            _, writer = await house.connect()
            writer.write(b"N0000FINISH\r")
            sent = 0
            with contextlib.suppress(TimeoutError):
                while sent < A_LOT:
                    writer.write(READ % 7 * 1000)
                    sent += 1000 * len(READ % 7)
                    await asyncio.wait_for(writer.drain(), 1.0)
            writer.transport.abort()
            return sent

    assert run(day()) < A_LOT
