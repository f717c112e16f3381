"""Results in another site's page, in a real browser: they are shown there, and no other page of ours is."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.boards.days import CANARY_OVER, make_picture
from tests.patience import PATIENCE_S
from tests.web.shelf import make_app

FRAMES = '<!doctype html><iframe name="{name}" src="{address}" width="600" height="400"></iframe>'


@contextmanager
def ours() -> Iterator[str]:
    """The pages of a day that is over, at the address that is given."""
    config = uvicorn.Config(
        make_app(make_picture(CANARY_OVER))[0], port=0, log_level="error", lifespan="off"
    )
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)


@contextmanager
def a_club(html: str) -> Iterator[str]:
    """Another site with a page of its own."""

    class Club(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Club)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_results_stand_in_the_page_of_a_club_and_the_day_itself_does_not(browser: Browser) -> None:
    with ours() as address:
        results = f"{address}/three-rivers/results/marathon/embed"
        html = FRAMES.format(name="results", address=results)
        html += FRAMES.format(name="day", address=f"{address}/three-rivers")
        with a_club(html) as club:
            page = browser.new_page()
            refused: list[str] = []
            page.on("console", lambda message: refused.append(message.text))
            page.goto(club)
            frame = page.frame("results")
            assert frame is not None
            assert frame.locator("h1").inner_text() == "Three Rivers Marathon: Marathon"
            assert frame.locator("tbody tr").count() > 20
            assert "canary" not in frame.content()
            assert [text for text in refused if "frame-ancestors 'none'" in text]
            day = page.frame("day")
            assert day is not None
            assert day.url.startswith("chrome-error:")
            page.close()
        page = browser.new_context(bypass_csp=True).new_page()  # axe comes as a script
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(results)
            assert Axe().run(page).violations_count == 0
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.context.close()
