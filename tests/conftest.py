"""What every test may ask for: a real browser, and a page that must stay free of faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.ensure_browser import HINT, find_browser

BROWSER_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium. A machine without one fails: pages that nobody opened prove nothing."""
    path = find_browser()
    if path is None:
        pytest.fail(HINT, pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=list(BROWSER_ARGUMENTS), headless=True
        )
        yield browser
        browser.close()


@pytest.fixture
def page_faults() -> list[str]:
    """What the console of `page` complained about; a test that expects a fault takes it out."""
    return []


@pytest.fixture
def page(browser: Browser, page_faults: list[str]) -> Iterator[Page]:
    """A fresh page; the test fails when anything was written to its console as an error or warning."""
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.on("pageerror", lambda error: page_faults.append(f"uncaught: {error}"))
    page.on(
        "console",
        lambda message: (
            page_faults.append(f"{message.type}: {message.text}")
            if message.type in {"error", "warning"}
            else None
        ),
    )
    yield page
    context.close()
    assert not page_faults
