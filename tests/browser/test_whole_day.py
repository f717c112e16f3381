"""A whole rehearsed day in the browser: pages that stand open from before the gun until everybody is home, and every
board that is found, opened again and again meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.server import EVENT, Server, demo
from tests.browser.test_every_page import SIZES
from tests.browser.whole_day import Seat, take_seats, visit, walk, watch

BEGIN = "06:20"
SPEEDS = (2400, 600, 150)
"""The day takes a quarter of a minute; on a machine that opens no page before it is over, it goes slower."""
HOME_S = 900
"""Until everybody is home on the slowest of them, and somewhat more."""
LOOKERS = {"phone": ("public", "crew", "driver"), "laptop": ("director", "control"), "wall": ("public",)}  # fmt: skip
"""Who opens their pages at which size; test_every_page.py has the others."""
WALLS = {"home", "results", "runner", "station", "announcer"}


class Opened(NamedTuple):
    """A day that began a moment ago, and the two pages that stand open from before anybody is home."""

    server: Server
    home: Page
    line: Page
    faults: list[str]


@pytest.fixture
def fast_day(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """Nine and a half hours as fast as this machine can look at them from the beginning."""
    for speed in SPEEDS:
        faults: list[str] = []
        folder = tmp_path / f"{speed}" / "day"
        folder.parent.mkdir()
        with demo(folder, f"--at={BEGIN}", f"--speed={speed}", marathon=120, half=180) as server:
            home, line = _stand_open(browser, server, faults)
            if _count_finished(home) == 0:
                yield Opened(server, home, line, faults)
                return
            home.context.close()
            line.context.close()
    pytest.fail(f"no page was open before somebody was home, at {speed} times the speed of life")


def test_every_board_is_driven_through_a_whole_day_without_a_fault(
    browser: Browser, fast_day: Opened
) -> None:
    server, home, line, walked = fast_day
    seats = take_seats(browser, server)
    for rounds, (size, (width, height)) in enumerate(SIZES.items()):
        for name in LOOKERS[size]:
            seat = seats[name]
            seat.page.set_viewport_size({"width": width, "height": height})
            for page_name in visit(_on_wall(seat) if size == "wall" else seat, server, wall=size == "wall"):  # fmt: skip
                wide = seat.page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{page_name} is wider than a {size}"
                if (name, rounds) in {("crew", 0), ("driver", 0), ("control", 1)}:
                    walked += [f"{page_name}: {fault}" for fault in walk(seat.page)]
    expect(home.locator("#live-banner")).to_contain_text(
        "Everybody is home.", timeout=HOME_S * 1000
    )
    assert _count_finished(home) > 0
    expect(line.locator("#live-coming")).to_contain_text("Nobody is on the road any more.")
    for page in (home, line):
        assert page.evaluate("window.untouched"), "followed live, and never loaded again"
        page.context.close()
    for seat in seats.values():
        seat.context.close()
        walked += seat.faults
    assert walked == []


def _count_finished(home: Page) -> int:
    return int(home.locator(".count-figure").nth(2).inner_text())


def _stand_open(browser: Browser, server: Server, faults: list[str]) -> tuple[Page, Page]:
    """The home page, and the announcer's on a wall, that nobody touches until the day is over."""
    home, line = browser.new_context().new_page(), browser.new_context().new_page()
    for page, address in ((home, f"/{EVENT}"), (line, f"/{EVENT}/announcer?wall=1")):
        watch(page, faults)
        page.goto(server.address + address)
        page.evaluate("window.untouched = true")
    return home, line


def _on_wall(seat: Seat) -> Seat:
    """Of these pages those that hang on walls."""
    pages = {name: at for name, at in seat.pages.items() if name.split("-")[0] in WALLS}
    return Seat(seat.context, seat.page, pages, seat.faults)
