"""Takes the pictures of the documents anew: a made-up day at ten past one, as a laptop shows it.

Run it after the pages changed visibly: make pictures. What the README says of the picture is beside it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from scripts.ensure_browser import HINT, find_browser
from tests.browser.server import EVENT, demo

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
AT, SIZE = "13:10", {"width": 1200, "height": 820}


def take() -> int:
    """Write every picture; exit status 1 without a browser."""
    browser_path = find_browser()
    if browser_path is None:
        print(HINT, file=sys.stderr)
        return 1
    with (
        tempfile.TemporaryDirectory() as scratch,
        demo(Path(scratch) / "day", f"--at={AT}", "--speed=1", marathon=4000, half=6000) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=SIZE, color_scheme="light")  # type: ignore[arg-type]  # width and height
        page.goto(f"{server.address}/{EVENT}")
        page.evaluate("document.fonts.ready")
        page.screenshot(path=PICTURES / "home.png")
        print(page.locator(".counts").inner_text().replace("\n", " "))
        print(page.locator("#live-lantern").inner_text().replace("\n", " "))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(take())
