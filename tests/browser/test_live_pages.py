"""Pages that follow the day by themselves, say when they no longer do, and come back."""

from __future__ import annotations

import os
import re
import signal

from playwright.sync_api import Page, Request, expect

from tests.browser.server import EVENT, Server, wait_for


def figures(page: Page) -> list[str]:
    """The big counts of the home page."""
    return page.locator(".count-figure").all_inner_texts()


def test_the_clock_and_the_counts_move_without_a_reload(page: Page, busy_day: Server) -> None:
    page.goto(f"{busy_day.address}/{EVENT}")
    page.evaluate("window.untouched = true")
    clock, counts = page.locator("#live-clock").inner_text(), figures(page)
    expect(page.locator("#live-clock")).not_to_have_text(clock)
    wait_for(lambda: figures(page) != counts)
    assert page.evaluate("window.untouched")
    expect(page.locator("[data-live]")).to_be_empty()


def test_the_list_of_events_moves_without_a_reload(page: Page, busy_day: Server) -> None:
    page.goto(busy_day.address)
    page.evaluate("window.untouched = true")
    clock = page.locator("#live-events time")
    seen = clock.inner_text()
    expect(clock).not_to_have_text(seen)
    assert page.evaluate("window.untouched")
    expect(page.locator("[data-live]")).to_be_empty()
    page.get_by_role("link", name="Three Rivers Marathon").click()
    expect(page).to_have_url(f"{busy_day.address}/{EVENT}")


def test_a_search_finds_a_wheelchair_racer_in_their_own_table(
    page: Page, finished_day: Server
) -> None:
    path = f"/{EVENT}/results/marathon"
    tables = finished_day.get(f"{path}.json").json()["tables"]
    wheels = next(table for table in tables if table["id"] == "division-wheelchair")
    who = next(row["who"] for row in wheels["rows"] if row["who"]["bib"])
    page.goto(finished_day.address + path)
    page.get_by_label("Name or bib").fill(who["bib"])
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Wheelchair")).to_be_visible()
    expect(page.locator("#live-results tbody tr")).to_have_count(1)
    expect(page.locator("#live-results tbody tr")).to_contain_text(who["name"])


def test_the_newest_finisher_appears_on_a_wall_by_itself(page: Page, busy_day: Server) -> None:
    page.goto(f"{busy_day.address}/{EVENT}/results/marathon?wall=1")
    page.evaluate("window.untouched = true")
    first = page.locator("tbody tr").first.inner_text()
    expect(page.locator("tbody tr").first).not_to_have_text(first)
    assert page.evaluate("window.untouched")


def test_numbers_on_a_page_are_those_of_its_json(page: Page, finished_day: Server) -> None:
    page.goto(f"{finished_day.address}/{EVENT}")
    twin = finished_day.get(f"/{EVENT}.json").json()
    counts = twin["counts"]
    said = [counts[name] for name in ("started", "on_course", "finished", "off_course", "not_seen")]
    assert [int(text.replace(",", "")) for text in figures(page)] == [*said, twin["open_questions"]]
    for race in ("marathon", "half"):
        page.goto(f"{finished_day.address}/{EVENT}/results/{race}")
        twin = finished_day.get(f"/{EVENT}/results/{race}.json").json()
        table = page.locator("#live-results table").first
        expect(table.locator("tbody tr")).to_have_count(len(twin["rows"]))
        expect(table.locator("tbody tr").first).to_contain_text(twin["rows"][0]["who"]["name"])
        expect(table.locator("caption")).to_contain_text(f"{twin['found']} of {twin['finished']}")


def test_results_are_searched_and_filtered_in_the_address(page: Page, finished_day: Server) -> None:
    path = f"/{EVENT}/results/half"
    rows = finished_day.get(f"{path}.json").json()["rows"]
    who = next(row["who"] for row in rows if row["who"]["bib"])
    page.goto(finished_day.address + path)
    page.get_by_label("Name or bib").fill(who["bib"])
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(f"[?&]q={who['bib']}"))
    expect(page.locator("#live-results tbody tr")).to_have_count(1)
    expect(page.locator("#live-results tbody tr")).to_contain_text(who["name"])
    page.goto(finished_day.address + path)
    page.locator("summary").click()
    page.get_by_label("Sex").select_option("f")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("sex=f"))
    women = finished_day.get(f"{path}.json?sex=f").json()
    assert 0 < women["found"] < women["finished"]
    assert {row["sex"] for row in women["rows"] if row["sex"]} == {"f"}
    expect(page.locator("#live-results table").first.locator("tbody tr")).to_have_count(
        len(women["rows"])
    )


def test_a_directors_link_becomes_a_cookie_and_stays_nowhere(
    page: Page, finished_day: Server
) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.goto(f"{finished_day.address}/{EVENT}")
    expect(page.get_by_role("heading", name="The ledger")).to_have_count(0)
    asked.clear()
    link = finished_day.directors_link
    token = link.rsplit("/", 1)[1]
    page.goto(link)
    expect(page).to_have_url(f"{finished_day.address}/{EVENT}")
    expect(page.get_by_role("heading", name="The ledger")).to_be_visible()
    page.locator("nav").get_by_role("link", name="Half Marathon").click()
    expect(page).to_have_url(re.compile("/results/half"))
    opened, *later = asked
    assert token in opened.url
    assert len(later) >= 4
    for request in later:
        assert token not in request.url
        assert token not in str(request.all_headers())
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert token not in cookie["value"]
    assert token not in page.content()
    assert token not in page.evaluate(
        "JSON.stringify([history.state, document.referrer, localStorage])"
    )


def test_a_page_whose_front_is_killed_says_since_when_and_comes_back(
    page: Page, page_faults: list[str], busy_day: Server
) -> None:
    page.goto(f"{busy_day.address}/{EVENT}")
    seen = page.locator("#live-clock").inner_text()
    expect(page.locator("#live-clock")).not_to_have_text(seen)
    front = busy_day.find_process("_front")
    busy_day.process.send_signal(signal.SIGSTOP)  # nobody starts another front meanwhile
    try:
        os.kill(front, signal.SIGKILL)
        expect(page.locator("[data-live]")).to_have_text(
            re.compile(r"No news reaches this page since \d\d:\d\d\. It comes back by itself\."),
        )
        clock = page.locator("#live-clock").inner_text()
        expect(page.locator("[data-live]")).to_contain_text(clock)
    finally:
        busy_day.process.send_signal(signal.SIGCONT)
    expect(page.locator("[data-live]")).to_be_empty()
    expect(page.locator("#live-clock")).not_to_have_text(clock)
    assert busy_day.find_process("_front") != front
    expected = ("ERR_", "503", "network error")
    assert all(any(words in fault for words in expected) for fault in page_faults), page_faults
    page_faults.clear()
