"""The world, and strangers who wish it ill, at a published story: real sockets, bounded memory, everybody else served."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from homestretch.picture import Picture
from homestretch.stories.finding import find_stories
from homestretch.web import connection
from homestretch.web.connection import HEAD_BYTES
from homestretch.web.newsstand import LONGEST, Newsstand, Place, Printed, read_plain
from tests.aside import run
from tests.patience import PATIENCE_S
from tests.stories.days import picture_at, published, saying, words_of
from tests.web.shelf import make_app
from tests.web.test_story_pages import ask, get, put, serving

MIB = 2**20
STRANGERS = 90
BOUND_S = 0.6


class Counting(Newsstand):
    """A newsstand whose copies stay fresh, and that counts how often something was printed."""

    def __init__(self) -> None:
        super().__init__(lambda: 0.0)
        self.printed = 0

    def put(self, place: Place, picture: Picture, media_type: str, body: bytes) -> Printed:
        self.printed += 1
        return super().put(place, picture, media_type, body)


@pytest.fixture(scope="module")
def shown() -> Picture:
    picture = picture_at(7, 400, 300, 15.17)
    return published(picture, find_stories(picture)[0])


@pytest.fixture(scope="module")
def page(shown: Picture) -> str:
    return f"/three-rivers/stories/{find_stories(shown)[0].id}"


def memory() -> int:
    """Bytes that this process holds (Linux, resident): server and strangers are in it."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def bounded(most: int) -> Iterator[None]:
    before = memory()
    yield
    assert memory() - before < most


async def served(port: int, *paths: str) -> None:
    """Everybody else is answered, at once."""
    async with asyncio.timeout(PATIENCE_S):
        answers = await ask(port, *(get(path) for path in paths for _ in range(5)))
    assert {one[0] for one in answers} == {200}


async def gone(strangers: list[asyncio.StreamReader]) -> None:
    """Every stranger's connection has ended."""
    async with asyncio.timeout(PATIENCE_S):
        for one in strangers:
            try:
                while await one.read(65_536):
                    pass
            except ConnectionError:
                pass


def test_who_never_ends_a_request_and_who_never_reads_is_let_go_and_nobody_waits_for_them(
    shown: Picture, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bound in ("HEAD_S", "UNREAD_S"):
        monkeypatch.setattr(connection, bound, BOUND_S)
    application, _ = make_app(shown)
    beside = (page, f"{page}/card.svg", "/three-rivers/stories/feed.xml")
    starts = (b"", b"GET ", get(page)[:-2], get(page)[:-2] + b"X-More: ")

    async def look() -> None:
        async with serving(application) as port:
            await served(port, *beside)
            with bounded(48 * MIB), ExitStack() as held:
                stalled = []
                for number in range(STRANGERS):
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                    held.callback(writer.close)
                    writer.write(starts[number % len(starts)])
                    stalled.append(reader)
                deaf = []
                for _ in range(STRANGERS // 3):
                    # A window that is never emptied, and far more asked for than it holds.
                    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=256)
                    held.callback(writer.close)
                    writer.write(get(page) * 120)
                    deaf.append(reader)
                await served(port, *beside)
                await asyncio.sleep(2 * BOUND_S)
                await served(port, *beside)
                await gone(stalled)
                async with asyncio.timeout(PATIENCE_S):
                    for one in deaf:
                        got = 0
                        try:
                            while chunk := await one.read(MIB):
                                got += len(chunk)
                        except ConnectionError:
                            pass
                        assert got < 120 * 15_000, "it was let go before it had everything"
            await served(port, *beside)

    run(look())


def test_ten_thousand_queries_of_many_clients_make_one_copy_of_each(
    shown: Picture, page: str
) -> None:
    application, _ = make_app(shown)
    stand = application.state.newsstand = Counting()
    paths = (page, f"{page}/card.svg", "/three-rivers/stories/feed.json")

    async def look() -> None:
        async with serving(application) as port:
            await served(port, *paths)
            with bounded(48 * MIB):
                await asyncio.gather(*(crowd(port, which) for which in range(20)))

    async def crowd(port: int, which: int) -> None:
        for first in range(
            0, 500, 50
        ):  # what came is not held here, or it would be what is measured
            asked = [
                get(f"{paths[number % 3]}?fbclid={which}-{number}&utm_source=x", "If-None-Match: *")
                for number in range(first, first + 50)
            ]
            assert {one[0] for one in await ask(port, *asked)} == {304}

    run(look())
    assert (stand.count, stand.printed) == (3, 3)
    assert read_plain.cache_info().currsize <= 1024


def test_a_flood_on_one_address_prints_it_once_however_many_wait(shown: Picture, page: str) -> None:
    application, _ = make_app(shown)
    stand = application.state.newsstand = Counting()

    async def look() -> None:
        async with serving(application) as port:
            answers = await asyncio.gather(*(ask(port, get(f"{page}/card.png")) for _ in range(60)))
        assert {one[0][0] for one in answers} == {200}
        assert len({one[0][2] for one in answers}) == 1

    run(look())
    assert stand.printed == 1


def test_what_was_being_printed_when_somebody_asked_to_take_it_down_is_not_kept(
    shown: Picture, page: str
) -> None:
    application, shelf = make_app(shown)
    stand = application.state.newsstand = Counting()
    stand.on_picture(shown)
    story = find_stories(shown)[0]
    down = saying(shown, *words_of(shown, story, "takedown-asked"))

    async def look() -> None:
        async with serving(application) as port:
            early = asyncio.create_task(ask(port, get(f"{page}/card.png")))
            while stand.count == stand.printed == 0 and not early.done():
                await asyncio.sleep(0.005)
                if asyncio.all_tasks() and any("_print" in str(t) for t in asyncio.all_tasks()):
                    break
            put(application, shelf, down)
            await early
            assert stand.count == 0
            assert {one[0] for one in await ask(port, get(f"{page}/card.png"), get(page))} == {410}

    run(look())


def test_larger_headers_than_a_page_needs_are_refused_and_large_ones_are_answered(
    shown: Picture, page: str
) -> None:
    application, _ = make_app(shown)

    async def look() -> None:
        async with serving(application) as port:
            await served(port, page)
            large, plain = await ask(port, get(page, f"X-Large: {'a' * LONGEST}"), get(page))
            assert (large[0], large[2]) == (200, plain[2])
            for _ in range(5):
                ((status, _, body),) = await ask(port, get(page, f"X-Huge: {'a' * HEAD_BYTES}"))
                assert (status, body) == (431, b"")
            await served(port, page)

    run(look())
