"""What every test may ask for: a real browser, and a page that must stay free of faults."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

import homestretch  # noqa: F401  # before any test loads numpy: it says how that computes
from scripts.ensure_browser import HINT, find_browser
from tests.in_turn import InTurn, place_of
from tests.patience import PATIENCE_S

# A machine that is shared has slow moments: how long one example takes says nothing about the code.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")
expect.set_options(timeout=PATIENCE_S * 1000)

BROWSER_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)
REAL_FILES = Path(__file__).parents[2] / "shared" / "data"
"""Where real files are looked for unless HOMESTRETCH_DATA names another folder."""
NOT_RUN = pytest.StashKey[list[str]]()


def find_real_files() -> Path | None:
    """The folder of the real files, if there is one on this machine."""
    folder = Path(os.environ.get("HOMESTRETCH_DATA") or REAL_FILES)
    return folder if folder.is_dir() else None


def get_real_files() -> Path:
    """The folder of the real files: for checks that carry the mark ``real_files``, which are not run
    without it."""
    folder = find_real_files()
    assert folder is not None, "mark this check with real_files"
    return folder


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without the real files their checks are not run; what was not run is listed at the end. The files that take
    longest come first."""
    items.sort(key=lambda item: place_of(item.nodeid))
    if find_real_files() is not None:
        return
    left_out = [item for item in items if item.get_closest_marker("real_files")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
        config.stash[NOT_RUN] = [item.nodeid for item in left_out]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Thousands of tests stay to the end: the garbage collector need not look at each of them again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InTurn | None:
    """Whole files for each process, in our order (``--dist loadfile``)."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return InTurn(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of several tells the one that reports."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["not_run"] = session.config.stash.get(NOT_RUN, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker tells; every worker has collected the same tests."""
    not_run = getattr(node, "workeroutput", {}).get("not_run")
    if not_run:
        node.config.stash[NOT_RUN] = not_run


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """List the checks on real files that were not run."""
    not_run = config.stash.get(NOT_RUN, [])
    if not_run:
        terminalreporter.section("not run: no folder of real files (HOMESTRETCH_DATA)")
        for nodeid in not_run:
            terminalreporter.line(f"NOT RUN {nodeid}")


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
        browser.on("context", _be_patient)
        yield browser
        browser.close()


def _be_patient(context: BrowserContext) -> None:
    context.set_default_timeout(PATIENCE_S * 1000)


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
