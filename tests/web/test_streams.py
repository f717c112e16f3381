"""Streams: one message for all who may see the same, at once, never more than a client takes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from starlette.applications import Starlette

from homestretch.picture import Picture
from homestretch.state.snapshot import FlagNow
from homestretch.web import followed as followed_room
from homestretch.web import streams as streams_room
from homestretch.web.streams import Streams
from tests.aside import run
from tests.boards.days import ALL, make_picture
from tests.patience import PATIENCE_S
from tests.web.shelf import make_app, make_client

STREAM = "/three-rivers/stream"
PICTURE = make_picture(ALL["small"])


def later(minutes: int) -> Picture:
    """The same day some minutes on; its number ends in the minutes."""
    return replace(PICTURE, number=f"900000-1-{minutes}", now=PICTURE.now + minutes * 60_000)


class Follower:
    """A client of the application without a socket; ``messages`` are the chunks as they were sent."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.messages: asyncio.Queue[bytes] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.ended = asyncio.Event()
        self.reads = asyncio.Event()
        self.reads.set()

    async def next(self) -> bytes:
        """The next message."""
        return await asyncio.wait_for(self.messages.get(), PATIENCE_S)

    async def receive(self) -> dict[str, object]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]  # type: ignore[assignment]  # what ASGI says
            pairs: list[tuple[bytes, bytes]] = message["headers"]  # type: ignore[assignment]
            self.headers = {name.decode(): value.decode() for name, value in pairs}
            return
        await self.reads.wait()
        self.messages.put_nowait(message["body"])  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def follow(
    application: Starlette, query: str = "board=home", role: str = "public", **headers: str
) -> AsyncIterator[Follower]:
    """Somebody who follows a board until the block ends."""
    follower = Follower()
    given = {"x-role": role, **{name.replace("_", "-"): text for name, text in headers.items()}}
    path = given.pop("path", STREAM)
    scope = {
        "type": "http",
        "method": given.pop("method", "GET"),
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), text.encode()) for name, text in given.items()],
        "scheme": "http",
        "server": ("event.test", 80),
        "client": ("198.51.100.7", 4711),
        "root_path": "",
        "http_version": "1.1",
    }

    async def run() -> None:
        await application(scope, follower.receive, follower.send)  # type: ignore[arg-type]
        follower.ended.set()

    task = asyncio.ensure_future(run())
    try:
        yield follower
    finally:
        follower.gone.set()
        follower.reads.set()
        await asyncio.wait_for(task, PATIENCE_S)


@pytest.fixture(autouse=True)
def no_calm(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every change is rendered at once, except where the calm itself is the subject."""
    if "pulse" not in request.node.name:
        monkeypatch.setattr(streams_room, "CALM_S", 0.0)


@contextlib.asynccontextmanager
async def sending(streams: Streams) -> AsyncIterator[None]:
    task = asyncio.ensure_future(streams.run())
    yield
    task.cancel()


def test_the_first_message_comes_at_once_with_its_number_and_line_feeds_alone() -> None:
    async def day() -> None:
        application, _ = make_app(PICTURE)
        for headers in ({}, {"last_event_id": "1-1-1"}):
            async with follow(application, "board=home&after=1-1-1", **headers) as follower:
                message = await follower.next()
                assert follower.status == 200
                assert follower.headers["content-type"].startswith("text/event-stream")
                assert follower.headers["cache-control"] == "no-store"
                assert message.startswith(f"id: {PICTURE.number}\ndata: <hx-partial ".encode())
                assert message.endswith(b"</hx-partial>\n\n")
                assert b"\r" not in message
                assert message.count(b"\n") == 3

    run(day())


def test_who_sees_the_same_gets_the_same_bytes_and_who_does_not_never_does() -> None:
    async def day() -> None:
        application, shelf = make_app(PICTURE)
        streams: Streams = application.state.streams
        async with (
            follow(application) as one,
            follow(application) as two,
            follow(application, role="director") as director,
            sending(streams),
        ):
            seen = [[await who.next() for who in (one, two, director)]]
            for minutes in (1, 2):
                shelf.put(later(minutes))
                streams.on_picture(shelf.get("three-rivers"))
                seen.append([await who.next() for who in (one, two, director)])
                assert f"900000-1-{minutes}\n".encode() in seen[-1][0]
            for first, second, third in seen:
                assert first is second
                assert first != third
                assert b"?list=" in third, "the ledger"
                assert b"?list=" not in first

    run(day())


def test_a_quiet_board_repeats_its_message_before_anybody_thinks_it_dead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert followed_room.QUIET_S <= 15

    async def day() -> None:
        application, shelf = make_app(PICTURE)
        streams: Streams = application.state.streams
        async with follow(application) as follower, sending(streams):
            first = await follower.next()
            shelf.put(replace(PICTURE, number="900000-1-1"))
            streams.on_picture(PICTURE)
            await asyncio.sleep(0.05)
            assert follower.messages.empty(), "nothing changed and little time went by"
            monkeypatch.setattr(followed_room, "QUIET_S", 0.0)
            shelf.put(replace(PICTURE, number="900000-1-2"))
            streams.on_picture(PICTURE)
            assert (await follower.next()).split(b"\n")[1:] == first.split(b"\n")[1:]

    run(day())


def test_who_does_not_read_is_sent_the_newest_message_and_no_pile() -> None:
    async def day() -> None:
        application, shelf = make_app(PICTURE)
        streams: Streams = application.state.streams
        async with (
            follow(application) as slow,
            follow(application) as quick,
            sending(streams),
        ):
            await slow.next()
            await quick.next()
            slow.reads.clear()
            for minutes in range(1, 21):
                shelf.put(later(minutes))
                streams.on_picture(shelf.get("three-rivers"))
                await quick.next()
            slow.reads.set()
            waiting = [await slow.next(), await slow.next()]
            assert b"900000-1-20\n" in waiting[1]
            assert slow.messages.empty()

    run(day())


def test_nobody_is_counted_or_rendered_for_after_they_left() -> None:
    async def day() -> None:
        application, _ = make_app(PICTURE)
        streams: Streams = application.state.streams
        async with contextlib.AsyncExitStack() as stack:
            for query in ("board=home", "board=home", "board=results&race=half"):
                follower = await stack.enter_async_context(follow(application, query))
                await follower.next()
            assert streams.count == 3
        assert streams.count == 0
        assert not any(streams._followed.values())

    run(day())


def test_a_full_front_refuses_the_crowd_and_still_takes_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams_room, "STREAMS", 3)
    monkeypatch.setattr(streams_room, "KEPT_FREE", 1)

    async def day() -> None:
        application, _ = make_app(PICTURE)
        async with contextlib.AsyncExitStack() as stack:

            async def come(role: str) -> Follower:
                follower = await stack.enter_async_context(follow(application, role=role))
                await follower.next()
                return follower

            statuses = [(await come(role)).status for role in ("public", "public", "public")]
            assert statuses == [200, 200, 503]
            refused = await come("public")
            assert refused.headers["retry-after"]
            assert (await come("control")).status == 200
            assert (await come("control")).status == 503

    run(day())


def test_a_board_is_rendered_however_little_time_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """And it is the one that most people wait for, whatever strangers opened before it."""
    monkeypatch.setattr(streams_room, "RENDER_S", 0.0)
    monkeypatch.setattr(streams_room, "REST_S", 60.0)

    async def day() -> None:
        application, shelf = make_app(PICTURE)
        streams: Streams = application.state.streams
        async with contextlib.AsyncExitStack() as stack:
            for number in range(5):
                strange = f"board=results&race=half&q={number}"
                await (await stack.enter_async_context(follow(application, strange))).next()
            # So many that it is theirs by far, however slowly this machine opens the others.
            crowd = [await stack.enter_async_context(follow(application)) for _ in range(60)]
            for follower in crowd:
                await follower.next()
            await stack.enter_async_context(sending(streams))
            shelf.put(later(1))
            streams.on_picture(shelf.get("three-rivers"))
            for follower in crowd:
                assert b"900000-1-1\n" in await follower.next()

    run(day())


def test_what_must_be_seen_at_once_waits_for_one_board_and_not_for_all() -> None:
    """A Picture comes while the boards of the one before are being rendered."""

    async def day() -> None:
        ticks = itertools.count()
        application, shelf = make_app(PICTURE, clock=lambda: next(ticks) / 1e6)
        streams: Streams = application.state.streams
        async with contextlib.AsyncExitStack() as stack:

            async def open_(board: str) -> Follower:
                following = follow(application, f"board={board}", role="control")
                follower = await stack.enter_async_context(following)
                await follower.next()
                return follower

            home = await open_("home")
            # What is said of the race changes the first of these, and the others when there is time.
            named = "calls desk devices photos podiums radio sending stories takeover towns"
            others = [await open_(board) for board in named.split()]
            await stack.enter_async_context(sending(streams))
            shelf.put(later(1))
            streams.on_picture(shelf.get("three-rivers"))
            rendered = [asyncio.ensure_future(other.messages.get()) for other in others]
            await asyncio.wait(rendered, return_when=asyncio.FIRST_COMPLETED)
            told = later(2)
            stopped = FlagNow("stopped", told.now)
            shelf.put(replace(told, state=replace(told.state, flags=(stopped,))))
            streams.on_picture(shelf.get("three-rivers"))
            while b"The race was stopped" not in await home.next():
                pass
            assert not all(board.done() for board in rendered), "all were rendered before it"
            for board in rendered:
                board.cancel()

    run(day())


def test_a_stream_ends_when_its_key_no_longer_holds() -> None:
    async def day() -> None:
        application, shelf = make_app(PICTURE)
        streams: Streams = application.state.streams
        find, revoked = application.state.viewer_of, asyncio.Event()

        def find_until_revoked(connection: object) -> object:
            from homestretch.race.privacy import Viewer

            return Viewer() if revoked.is_set() else find(connection)

        application.state.viewer_of = find_until_revoked
        async with (
            follow(application, role="director") as follower,
            follow(application) as anybody,
            sending(streams),
        ):
            await follower.next()
            await anybody.next()
            revoked.set()
            shelf.put(later(1))
            streams.on_picture(shelf.get("three-rivers"))
            assert await follower.next() == b""
            await asyncio.wait_for(follower.ended.wait(), PATIENCE_S)
            assert b"900000-1-1\n" in await anybody.next()
            assert not anybody.ended.is_set()

    run(day())


def test_asking_for_the_head_of_a_stream_opens_none() -> None:
    async def day() -> None:
        application, _ = make_app(PICTURE)
        async with follow(application, method="HEAD") as follower:
            await asyncio.wait_for(follower.ended.wait(), PATIENCE_S)
            assert follower.status == 200
            assert application.state.streams.count == 0

    run(day())


def with_instruction(text: str) -> Picture:
    """The small day, stopped, with what control wrote."""
    stopped = FlagNow("stopped", PICTURE.now, text_ref="text-1")
    return replace(
        PICTURE,
        state=replace(PICTURE.state, flags=(stopped,)),
        names=replace(PICTURE.names, texts={"text-1": text}),
    )


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028", "\u2029"])
def test_what_somebody_wrote_in_lines_is_one_message_and_comes_in_lines(end: str) -> None:
    forged = f"Walk to the shelter.{end}data: <h1>forged</h1>{end}{end}id: 7"

    async def day() -> None:
        application, _ = make_app(with_instruction(forged))
        async with follow(application) as follower:
            message = (await follower.next()).decode()
            assert message.count("\n") == 3
            assert len(message.splitlines()) == 3
            assert "Walk to the shelter.&#10;data: &lt;h1&gt;" in message

    run(day())
    page = make_client(with_instruction(forged)).get("/three-rivers").text
    assert '<p class="is-said">Walk to the shelter.&#10;data:' in page


def test_who_follows_somebody_who_was_erased_is_let_go_and_nobody_gets_the_old_page(
    capfd: pytest.CaptureFixture[str],
) -> None:
    roster = PICTURE.state.roster
    row = next(
        row for row, entrant in enumerate(roster.entrants)
        if PICTURE.names.persons[entrant].display == "name" and roster.age[row] >= 18
    )  # fmt: skip
    bib, entrant = roster.bibs[row], roster.entrants[row]
    others = {name: person for name, person in PICTURE.names.persons.items() if name != entrant}
    erased = replace(
        PICTURE, number="900000-2-1", names=replace(PICTURE.names, version=2, persons=others)
    )

    async def day() -> None:
        application, shelf = make_app(PICTURE)
        streams: Streams = application.state.streams
        query = f"board=runner&bib={bib}"
        async with follow(application, query) as first:
            assert bib.encode() in await first.next()
            shelf.put(erased)
            async with follow(application, query) as late:
                await asyncio.wait_for(late.ended.wait(), PATIENCE_S)
                assert late.status == 404
            async with sending(streams):
                streams.on_picture(erased)
                assert await first.next() == b""
                await asyncio.wait_for(first.ended.wait(), PATIENCE_S)
            assert streams.count == 0
            assert not streams._followed["three-rivers"]
        async with follow(application, query) as second, sending(streams):
            await asyncio.wait_for(second.ended.wait(), PATIENCE_S)
            assert second.status == 404
        shelf.put(PICTURE)
        async with follow(application, query) as first, sending(streams):
            await first.next()
            shelf.put(erased)
            for _ in range(5):
                streams.on_picture(erased)
                await asyncio.sleep(0)
            assert await first.next() == b""
        out, err = capfd.readouterr()
        assert (out + err).count("can no longer be shown") == 1
        assert f" {bib}" not in out + err

    run(day())


def test_searches_that_the_public_follows_have_an_end_and_races_and_runners_have_none() -> None:
    async def day() -> None:
        application, _ = make_app(PICTURE)
        streams: Streams = application.state.streams
        async with contextlib.AsyncExitStack() as stack:

            async def status(query: str, role: str = "public") -> int:
                follower = await stack.enter_async_context(follow(application, query, role))
                await follower.next()
                return follower.status

            queries = [f"board=results&race=half&q=nobody{number}" for number in range(400)]
            statuses = [await status(query) for query in queries]
            assert statuses == [200] * streams_room.SEARCHES + [503] * (400 - streams_room.SEARCHES)
            assert len(streams._followed["three-rivers"]) == streams_room.SEARCHES
            assert await status(queries[0]) == 200, "one that is kept anyway"
            for plain in (
                "board=home",
                "board=results&race=half",
                "board=results&race=half&wall=1",
            ):
                assert await status(plain) == 200
            assert await status("board=results&race=half&q=+&club=%20%20") == 200, "no search"
            assert await status("board=results&race=half&q=x", "control") == 200
        assert streams.count == 0
        assert not streams._followed["three-rivers"]

    run(day())


def test_blanks_around_a_choice_make_no_other_board() -> None:
    async def day() -> None:
        application, _ = make_app(PICTURE)
        async with (
            follow(application, "board=results&race=half&q=Mara++Sed") as one,
            follow(application, "board=results&race=half&q=+Mara%09Sed+&club=+") as two,
        ):
            assert await one.next() is await two.next()

    run(day())


def test_what_changes_the_pulse_is_sent_at_once_and_the_rest_when_there_is_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams_room, "CALM_S", 3600.0)

    async def day() -> None:
        application, shelf = make_app(PICTURE)
        streams: Streams = application.state.streams
        async with follow(application) as follower, sending(streams):
            await follower.next()
            shelf.put(later(1))
            streams.on_picture(shelf.get("three-rivers"))
            told = later(2)
            stopped = FlagNow("stopped", told.now)
            shelf.put(replace(told, state=replace(told.state, flags=(stopped,))))
            streams.on_picture(shelf.get("three-rivers"))
            message = await follower.next()
            assert b"900000-1-2\n" in message
            assert b"The race was stopped" in message
            shelf.put(later(3))
            streams.on_picture(shelf.get("three-rivers"))
            assert b"900000-1-3\n" in await follower.next(), "it is open again"

    run(day())
