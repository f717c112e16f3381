"""The arrangement of frontend/README.md in a real browser: a page follows a stream and says when it is lost."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn
from anyio import open_file
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from frontend.assets import STATIC

OPENED_LATE = open_file
"""anyio loads it at its first use: in the server's thread, while pytest compiles in its own, which Python 3.11
does not stand."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'"
)
MANIFEST = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
LOST = "No news reaches this screen since 14:46."
PAGE = f"""<!doctype html>
<html lang="en"><head><title>Mile 25</title>
<link rel="icon" href="/static/{MANIFEST["icon.svg"]}">
<link rel="stylesheet" href="/static/{MANIFEST["app.css"]}">
<script defer src="/static/{MANIFEST["app.js"]}"></script></head>
<body><header class="page-head"><h1>Mile 25</h1><time class="clock" id="clock">14:45</time></header>
<p id="live-sub">asked 0 times</p>
<main hx-sse:connect="/live?after=1" hx-swap="none">
<ol class="board" id="board" data-moves>
<li class="board-row" id="bib-1">one</li><li class="board-row" id="bib-2">two</li></ol>
<p class="notice" role="status" data-live data-live-clock="#clock"
   data-live-lost="No news reaches this screen since {{time}}."
   data-live-polled="Asked again at {{time}}."></p>
</main></body></html>"""


def message(number: int, clock: str, bibs: tuple[int, ...] = (1, 2)) -> str:
    rows = "\n".join(f'<li class="board-row" id="bib-{bib}">{clock} {bib}</li>' for bib in bibs)
    html = (
        f'<hx-partial hx-target="#clock" hx-swap="textContent">{clock}</hx-partial>\n'
        f'<hx-partial hx-target="#board" hx-swap="innerMorph">{rows}</hx-partial>\n'
        '<hx-partial hx-target="#elsewhere">not on this page</hx-partial>'
    )
    lines = "".join(f"data: {line}\n" for line in html.split("\n"))
    return f"id: {number}\n{lines}\n"


@dataclass
class Road:
    """A server whose streams the test opens, refuses and breaks."""

    address: str = ""
    asked_after: list[str | None] = field(default_factory=list)
    refuse: bool = False
    shown: int = 0
    loop: asyncio.AbstractEventLoop | None = None
    listeners: set[asyncio.Queue[str | None]] = field(default_factory=set)

    def tell(self, text: str | None) -> None:
        """Sends a message to every stream; None ends them all."""
        assert self.loop is not None
        for queue in tuple(self.listeners):
            self.loop.call_soon_threadsafe(queue.put_nowait, text)

    async def show_page(self, _: Request) -> Response:
        self.shown += 1
        page = PAGE.replace("asked 0 times", f"asked {self.shown} times")
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})

    async def live(self, request: Request) -> Response:
        self.asked_after.append(request.headers.get("last-event-id"))
        if self.refuse:
            return HTMLResponse("<h1>Too many streams</h1>", status_code=503)
        self.loop = asyncio.get_running_loop()
        clock = "14:48" if self.asked_after[-1] else "14:46"
        return StreamingResponse(self._messages(clock), media_type="text/event-stream")

    async def _messages(self, clock: str) -> AsyncIterator[str]:
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self.listeners.add(queue)
        try:
            yield message(7, clock)
            while (text := await queue.get()) is not None:
                yield text
        finally:
            self.listeners.discard(queue)


@pytest.fixture
def road() -> Iterator[Road]:
    road = Road()
    app = Starlette(
        routes=[
            Route("/", road.show_page),
            Route("/live", road.live),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]
    )
    listening = socket.create_server(("127.0.0.1", 0))
    road.address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1, lifespan="off")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield road
    if road.listeners:
        road.tell(None)
    server.should_exit = True
    thread.join()
    listening.close()


def test_messages_change_what_they_name_and_rows_keep_their_identity(
    page: Page, road: Road
) -> None:
    page.goto(road.address)
    expect(page.locator("#clock")).to_have_text("14:46")
    page.evaluate("window.first = document.querySelector('#bib-1')")
    road.tell(message(8, "14:47", bibs=(2, 1, 3)))
    expect(page.locator("#board > li")).to_have_text(["14:47 2", "14:47 1", "14:47 3"])
    assert page.evaluate("window.first === document.querySelector('#bib-1')")
    expect(page.locator("[data-live]")).to_be_empty()
    assert road.asked_after == [None]


def test_a_lost_stream_is_said_in_the_events_own_time_and_taken_back(
    page: Page, road: Road, page_faults: list[str]
) -> None:
    page.goto(road.address)
    expect(page.locator("#clock")).to_have_text("14:46")
    road.refuse = True
    road.tell(None)
    expect(page.locator("[data-live]")).to_have_text(LOST)
    expect(page.locator("html")).to_have_attribute("data-stream", "lost")
    road.refuse = False
    expect(page.locator("[data-live]")).to_be_empty()
    expect(page.locator("html")).to_have_attribute("data-stream", "open")
    assert road.asked_after[-1] == "7"
    assert all("503" in fault for fault in page_faults)
    page_faults.clear()


def test_a_first_connection_that_is_refused_is_tried_again(
    page: Page, road: Road, page_faults: list[str]
) -> None:
    road.refuse = True
    page.goto(road.address)
    expect(page.locator("[data-live]")).to_have_text(re.compile("since 14:45"))
    expect(page.locator("#board > li")).to_have_text(["one", "two"])
    road.refuse = False
    expect(page.locator("#clock")).to_have_text("14:46")
    expect(page.locator("[data-live]")).to_be_empty()
    assert all("503" in fault for fault in page_faults)
    page_faults.clear()


def test_while_streams_are_refused_the_page_itself_is_asked_for(
    page: Page, road: Road, page_faults: list[str]
) -> None:
    road.refuse = True
    page.clock.install()
    page.goto(road.address)
    expect(page.locator("#live-sub")).to_have_text("asked 1 times")
    for _ in range(5):  # each answer comes before its time is over
        with page.expect_response("**/live?after=1"):
            page.clock.run_for(3_000)
    expect(page.locator("#live-sub")).to_have_text("asked 2 times")
    expect(page.locator("[data-live]")).to_have_text("Asked again at 14:45.")
    road.refuse = False
    page.clock.run_for(4_000)
    expect(page.locator("[data-live]")).to_be_empty()
    assert all("503" in fault for fault in page_faults)
    page_faults.clear()


def test_a_stream_that_falls_silent_is_asked_again(page: Page, road: Road) -> None:
    page.clock.install()
    page.goto(road.address)
    expect(page.locator("#clock")).to_have_text("14:46")
    page.clock.run_for(51_000)
    expect(page.locator("#clock")).to_have_text("14:48")
    expect(page.locator("[data-live]")).to_be_empty()
    assert road.asked_after == [None, "7"]
