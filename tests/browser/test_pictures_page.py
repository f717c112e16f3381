"""Control's page of pictures as a phone shows it."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from homestretch.facts import PhotoLooked, PhotoTagged, PhotoTaken, received
from homestretch.photos.values import Look
from homestretch.store.opening import open_store
from tests.browser.server import Server, free_ports, running, todays_texts
from tests.browser.test_every_page import faults_of

EVENT, POINT, BIB, MANY = "river-half", "mile-6", "11", 30
PHONE = {"width": 390, "height": 844}
SCREENS = 2.5
"""So many screens of a phone thirty tags may take."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An event of today with thirty pictures, each of which is tagged."""
    folder = tmp_path_factory.mktemp("pictures") / EVENT
    folder.mkdir(0o700)
    port, door_port = free_ports(2)
    door = f'"127.0.0.1:{door_port}"'
    for name, text in todays_texts().items():
        (folder / name).write_text(re.sub(r'"127\.0\.0\.1:\d+"', door, text), encoding="utf-8")
    address = f"http://127.0.0.1:{port}"
    with running(["run", str(folder), f"--port={port}"], address, {EVENT: folder}) as server:
        tag_pictures(folder)
        yield server


def tag_pictures(folder: Path) -> None:
    """What a look at thirty pictures and their judgement say."""
    now = time.time_ns() // 1_000_000
    look = msgspec.json.encode(Look((), aspect=1.5)).decode()
    facts = []
    for number in range(MANY):
        photo, at = f"{number:032x}", now - 1000 * number
        facts += [
            received(fact, "photos", now, number)
            for fact in (
                PhotoTaken(seen_at=at, photo=photo, place=POINT, camera="x", timed=True),
                PhotoLooked(seen_at=at, photo=photo, look=look),
                PhotoTagged(
                    seen_at=at, photo=photo, bib=BIB, p=0.99, reads=14, read=BIB, rivals=("12",),
                    odds=(0.01,), due=(at, at + 120_000), box=(0.4, 0.5, 0.1, 0.05),
                ),
            )
        ]  # fmt: skip
    with contextlib.closing(open_store(folder, EVENT)) as store:
        store.log.append(facts)


@pytest.fixture
def page(browser: Browser, served: Server) -> Iterator[Page]:
    """Control's phone at the page of pictures."""
    context = browser.new_context(viewport=PHONE, locale="en-US")  # type: ignore[arg-type]  # width and height
    page = context.new_page()
    _, token = served.make_key("control", event=EVENT)
    page.goto(f"{served.address}/{EVENT}/key/{token}")
    page.goto(f"{served.address}/{EVENT}/photos")
    yield page
    context.close()


def test_thirty_tagged_pictures_are_a_short_list_on_a_phone_and_each_opens_its_reasons(
    page: Page,
) -> None:
    rows = page.locator("#live-tagged > li")
    expect(rows).to_have_count(MANY)
    box = page.locator("#live-tagged").bounding_box()
    assert box is not None
    assert box["height"] <= SCREENS * PHONE["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    row, take_down = rows.nth(1), rows.nth(1).get_by_role("button", name="Take down")
    expect(take_down).to_be_hidden()
    row.locator("summary").click()
    expect(row).to_contain_text("Read 11 at")
    expect(row).to_contain_text(
        re.compile(r"12 .* 1 of 100 · expected here about \d+:\d+, picture")
    )
    expect(take_down).to_be_visible()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]  # a theme
        assert faults_of(page, colours_only=theme == "dark") == []
    take_down.click()
    expect(page.get_by_text("Said: taken down, and hidden at once.")).to_be_visible()
    page.reload()
    expect(page.locator("#live-tagged > li")).to_have_count(MANY - 1)
