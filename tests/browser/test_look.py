"""What only a browser can tell of the look: walls that are whole, phones, paper, and a lost stream."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.addresses import list_addresses
from tests.browser.server import EVENT, Server

CUT = "(() => { const it = document.querySelector('main'); return it.scrollHeight - it.clientHeight })()"


@pytest.mark.parametrize("day", ["busy_day", "stopped_day", "finished_day"])
def test_nothing_on_a_wall_is_cut(page: Page, request: pytest.FixtureRequest, day: str) -> None:
    server: Server = request.getfixturevalue(day)
    page.set_viewport_size({"width": 1920, "height": 1080})
    cut = {}
    for name, address in list_addresses(server).items():
        if name.split("-")[0] in ("announcer", "home", "results", "runner", "station"):
            page.goto(f"{server.address}{address}{'&' if '?' in address else '?'}wall=1")
            page.evaluate("document.fonts.ready")
            cut[name] = page.evaluate(CUT)
    assert {name: by for name, by in cut.items() if by > 0} == {}
    assert len(cut) >= 4


@pytest.mark.parametrize("day", ["busy_day", "stopped_day"])
def test_nothing_on_a_wall_of_the_staff_is_cut(
    page: Page, request: pytest.FixtureRequest, day: str
) -> None:
    """Notices of theirs stand above, and take room from the rows."""
    server: Server = request.getfixturevalue(day)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(server.directors_link)
    cut = {}
    for name in ("", "/control", "/devices", "/sweep"):
        page.goto(f"{server.address}/{EVENT}{name}?wall=1")
        page.evaluate("document.fonts.ready")
        cut[name] = page.evaluate(CUT)
    assert {name: by for name, by in cut.items() if by > 0} == {}


def test_no_page_is_wider_than_the_smallest_phone(page: Page, busy_day: Server) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for address in list_addresses(busy_day).values():
        page.goto(busy_day.address + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_finishers_are_on_the_first_screen_of_a_phone(page: Page, busy_day: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{busy_day.address}/{EVENT}/results/half")
    second = "document.querySelectorAll('#live-results tbody tr')[1].getBoundingClientRect()"
    assert page.evaluate(f"{second}.bottom") < 844


def test_results_on_paper_are_the_table_and_its_moment(page: Page, busy_day: Server) -> None:
    page.goto(f"{busy_day.address}/{EVENT}/results/half")
    page.emulate_media(media="print")
    for left_out in (".search", ".choices", ".ribbon-card", ".tabs"):
        expect(page.locator(left_out)).to_be_hidden()
    # Both at once: a minute of this day is three seconds.
    both = "['clock', 'sub'].map((it) => document.querySelector(`#live-${it}`).innerText)"
    clock, sub = page.evaluate(both)
    assert f"provisional, {clock}" in sub


def test_counts_stand_in_even_rows_on_a_tablet_and_on_paper(page: Page, busy_day: Server) -> None:
    page.set_viewport_size({"width": 820, "height": 1100})
    page.goto(f"{busy_day.address}/{EVENT}")
    for media in ("screen", "print"):
        page.emulate_media(media=media)  # type: ignore[arg-type]  # a medium
        tops = page.evaluate(
            "[...document.querySelectorAll('.count')].map((it) => it.getBoundingClientRect().top)"
        )
        assert [tops.count(top) for top in sorted(set(tops))] == [3, 3]


def test_a_lost_stream_is_told_however_far_the_page_is_scrolled(
    page: Page, finished_day: Server
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{finished_day.address}/{EVENT}/results/half")
    page.evaluate("document.querySelector('[data-live]').textContent = 'No news since 13:05.'")
    page.evaluate("window.scrollTo(0, 4000)")
    expect(page.locator("[data-live]")).to_be_in_viewport()
