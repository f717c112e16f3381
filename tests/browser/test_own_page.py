"""A runner's own page on a phone, by keyboard alone: what is chosen there holds on a page that somebody else has open."""

from __future__ import annotations

import contextlib
import time

from playwright.sync_api import Browser, Page, expect

from homestretch.store.links import new_link
from homestretch.store.opening import open_store
from tests.browser.server import EVENT, Server
from tests.browser.test_every_page import SIZES, faults_of

DAY_MS = 86_400_000


def link_of(server: Server, bib: str) -> str:
    """A private link, made beside the server as the command makes one; in the demo the bib is the id."""
    now = time.time_ns() // 1_000_000
    with contextlib.closing(open_store(server.folders[EVENT], EVENT)) as store:
        person = next(p for p in store.people.list_persons() if p.entrant == bib)
        link, token = new_link(person.entrant, "own", created_at=now, expires_at=now + DAY_MS)
        store.people.put_links([link])
    return f"{server.address}/{EVENT}/me/{token}"


def shown_finisher(server: Server) -> dict[str, str]:
    rows = server.get(f"/{EVENT}/results/half.json").json()["rows"]
    return next(row["who"] for row in rows if row["who"]["bib"] and " " in row["who"]["name"] and "." not in row["who"]["name"])  # fmt: skip


def test_what_a_runner_chooses_by_keyboard_holds_on_a_page_that_is_open_elsewhere(
    page: Page, browser: Browser, busy_day: Server
) -> None:
    who = shown_finisher(busy_day)
    family = browser.new_context(locale="en-US").new_page()
    family.goto(f"{busy_day.address}/{EVENT}/results/half?q={who['bib']}")
    expect(family.locator("#live-results")).to_contain_text(who["name"])
    page.set_viewport_size({"width": SIZES["phone"][0], "height": SIZES["phone"][1]})
    page.goto(link_of(busy_day, who["bib"]))
    assert "/me/" not in page.url
    for details in page.locator("details").all():
        details.evaluate("each => each.open = true")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]  # a theme
        assert faults_of(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    page.locator('input[name="display"][value="name"]').focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Kept.")
    expect(family.locator("#live-results")).not_to_contain_text(who["name"])
    page.locator("summary", has_text="Take everything down").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take everything down now").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Taken down.")
    expect(family.locator("#live-results")).not_to_contain_text(who["bib"])
    family.context.close()
    page.get_by_role("button", name="Forget this link").click()
    page.goto(f"{busy_day.address}/{EVENT}/me")
    expect(page.locator("main")).to_contain_text("No private link is open on this phone.")
