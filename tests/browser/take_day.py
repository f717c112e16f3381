"""Drives a whole rehearsed day in the browser and keeps a picture of every page at moments of it.

make day (ARGS="--speed 60", or "--still 4-late" for pictures of a moment alone). The pictures go to build/pages, which git leaves aside; exit status 1
when a console complained, a policy was broken, axe found a serious fault or the keyboard did not reach something.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from scripts.ensure_browser import HINT, find_browser
from tests.browser.server import Server, demo
from tests.browser.test_every_page import SIZES, faults_of
from tests.browser.whole_day import Seat, take_seats, visit, wait_until, walk
from tests.conftest import BROWSER_ARGUMENTS

PAGES = Path(__file__).parents[2] / "build" / "pages"
MOMENTS = {
    "1-before": "06:40",
    "2-early": "08:30",
    "3-crowded": "11:10",
    "4-late": "14:20",
    "5-last": "15:06",
    "6-over": "16:00",
}
"""Before the gun, both races on the road, people coming home, the last hour, the last one, nobody out any more."""
TALLEST = 2600
"""Pixels of a page that are kept: lists go on alike."""
MANY = 200
"""Rows of a list on paper that axe is not asked about: it takes minutes, and the suite asks about a shorter one."""
IN_PASSING = {"phone": ("light",), "laptop": ("dark",), "wall": ("light",)}
WALLS = ("public", "director")
WITH_WALL = ("home", "results", "runner", "station", "announcer", "calibration", "events", "ledger", "devices", "sweep")  # fmt: skip


def look(seats: dict[str, Seat], server: Server, moment: str, *, judged: bool = True) -> list[str]:
    """Pictures of every page at this moment, in every size; what axe and the keyboard find where it is ``judged``.
    A day goes on meanwhile, so that each size is then seen in one theme."""
    found: list[str] = []
    themes = IN_PASSING if judged else dict.fromkeys(SIZES, ("light", "dark"))
    for role, seat in seats.items():
        for name in visit(seat, server):
            for size in ("phone", "laptop"):
                _picture(seat, f"{moment}-{name}-{size}", size, themes[size])
            if judged and seat.page.locator("tbody tr").count() <= MANY:
                faults = [*faults_of(seat.page), *walk(seat.page)]
                found += [f"{moment} {name}: {fault}" for fault in faults]
        if role in WALLS:
            walls = {name: at for name, at in seat.pages.items() if name.startswith(WITH_WALL)}
            for name in visit(Seat(seat.context, seat.page, walls), server, wall=True):
                _picture(seat, f"{moment}-{name}-wall", "wall", themes["wall"])
    return found


def _picture(seat: Seat, name: str, size: str, themes: tuple[str, ...]) -> None:
    width, height = SIZES[size]
    page = seat.page
    page.set_viewport_size({"width": width, "height": height})
    for theme in themes:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # a theme
        page.evaluate("document.fonts.ready")
        tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        page.screenshot(
            path=PAGES / f"{name}-{theme}.png",
            full_page=True,
            clip={"x": 0, "y": 0, "width": width, "height": max(height, tall)},
        )


def drive(browser: Browser, speed: float) -> list[str]:
    """One day from before the gun until it is over, looked at while it runs; what was found."""
    first = next(iter(MOMENTS.values()))
    found: list[str] = []
    with _day(first, speed) as server:
        seats = take_seats(browser, server)
        for moment, at in MOMENTS.items():
            wait_until(server, at, within_s=10 * 3600 / speed + 600)
            found += look(seats, server, moment)
            print(f"{moment}: done", flush=True)
        found += leave(seats)
    return found


def stand_still(browser: Browser, moments: list[str]) -> list[str]:
    """Pictures alone, each moment from a day that begins there and goes no faster than life."""
    found: list[str] = []
    for moment in moments:
        with _day(MOMENTS[moment], 1.0) as server:
            seats = take_seats(browser, server)
            look(seats, server, moment, judged=False)
            found += leave(seats)
    return found


def _day(at: str, speed: float) -> AbstractContextManager[Server]:
    folder = Path(tempfile.mkdtemp()) / "day"
    return demo(folder, f"--at={at}", f"--speed={speed:g}", marathon=800, half=1200)


def leave(seats: dict[str, Seat]) -> list[str]:
    """Close the browsers of the day; what their consoles said."""
    for seat in seats.values():
        seat.context.close()
    return [fault for seat in seats.values() for fault in seat.faults]


def take() -> int:
    """The command; exit status 1 without a browser, or with faults."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--speed", type=float, default=30.0, help="times as fast as life")
    asked.add_argument("--still", nargs="*", choices=MOMENTS, help="pictures alone, at moments")
    given = asked.parse_args()
    browser_path = find_browser()
    if browser_path is None:
        print(HINT, file=sys.stderr)
        return 1
    PAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=list(BROWSER_ARGUMENTS)
        )
        if given.still is None:
            found = drive(browser, given.speed)
        else:
            found = stand_still(browser, given.still or list(MOMENTS))
        browser.close()
    print(*(found or ["nothing to complain of"]), sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(take())
