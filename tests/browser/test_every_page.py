"""Every page in a real browser, at every size, by day and by night: nothing broken, nothing out of reach."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, Page, expect

from homestretch.boards import list_boards
from homestretch.web.headers import HEADERS
from tests.browser.addresses import (
    list_addresses,
    list_control_addresses,
    list_staff_addresses,
)
from tests.browser.server import EVENT, Server, wait_for

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
SIZES = {"phone": (390, 844), "laptop": (1280, 800), "wall": (1920, 1080)}
GRAVE = {"serious", "critical"}
LIGHTEST = 100 * 1024
"""Bytes of a board's first view as they travel, fonts included."""
PHOTOGRAPH = re.compile(r"/photo-\w+-\d+\.jpg$")


MANY_ROWS = [["tbody tr:nth-child(n+6)"], [".board-row:nth-child(n+6)"]]
"""Left out: a hundred rows of one make are judged by their first five."""


def faults_of(page: Page, *, colours_only: bool = False) -> list[str]:
    """What axe finds serious or critical, each with its first element."""
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if colours_only:
        options["runOnly"] = {"type": "rule", "values": ["color-contrast"]}
    context = {"include": [["html"]], "exclude": MANY_ROWS}
    found = Axe().run(page, context=context, options=options).response["violations"]
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in found
        if fault["impact"] in GRAVE
    ]


ALIKE = re.compile(r"ledger-(?!sheet$|questions$|open$)")
"""Lists of the ledger that differ in who stands on them alone: axe judges the longest, the questions and a sheet."""
LOOKS = {
    "phone": (("light", "everything"), ("dark", "colours")),
    "laptop": (("dark", ""),),
    "wall": (("light", "colours"), ("dark", "everything")),
}
"""What each size is looked at in, and what axe is asked there: it takes seconds for a long table. `make day` keeps
pictures of every size in both themes."""


def look(page: Page, server: Server, day: str, size: str, pages: dict[str, str]) -> None:
    """Opens pages at a size, in its themes (a day that is over, and a list like another, in one); keeps a picture of what has a
    fault."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    found: list[str] = []
    for name, address in pages.items():
        if size == "wall":
            address += "&wall=1" if "?" in address else "?wall=1"
        answer = page.goto(server.address + address)
        assert answer is not None
        assert answer.status == 200, address
        assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
        for theme, asked in LOOKS[size][: 1 if day == "over" or ALIKE.match(name) else None]:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]  # a theme
            page.evaluate("document.fonts.ready")
            if asked and not ALIKE.match(name):
                faults = faults_of(page, colours_only=asked == "colours")
                found += [f"{address} ({theme}): {fault}" for fault in faults]
                if faults:
                    page.screenshot(path=SCREENSHOTS / f"{day}-{name}-{size}-{theme}.png")
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{address}: wider than a {size}")
    assert found == []


@pytest.mark.parametrize("size", SIZES)
def test_a_day_in_full_swing(page: Page, busy_day: Server, size: str) -> None:
    look(page, busy_day, "busy", size, list_addresses(busy_day, choices=size == "laptop"))


@pytest.mark.parametrize("size", SIZES)
def test_a_day_in_full_swing_as_the_director_sees_it(
    page: Page, busy_day: Server, size: str
) -> None:
    """Each list of the ledger, what became of reads, the devices; on a wall those that are boards."""
    page.goto(busy_day.directors_link)
    pages = list_staff_addresses(page, busy_day)
    if size == "wall":
        pages = {name: pages[name] for name in ("ledger", "devices", "sweep")}
    look(page, busy_day, "busy", size, pages)


def test_what_is_not_even_for_the_director_as_control_sees_it(page: Page, busy_day: Server) -> None:
    _, token = busy_day.make_key("control")
    page.goto(f"{busy_day.address}/{EVENT}/key/{token}")
    look(page, busy_day, "busy", "phone", list_control_addresses(busy_day))


def test_a_day_that_is_over(page: Page, finished_day: Server) -> None:
    look(page, finished_day, "over", "phone", list_addresses(finished_day))


def test_a_race_that_was_stopped_says_so_on_every_page(page: Page, stopped_day: Server) -> None:
    for address in list_addresses(stopped_day).values():
        page.goto(stopped_day.address + address)
        expect(page.locator("main")).to_contain_text("The race was stopped at 11:20")
        expect(page.locator("main")).to_contain_text("walk to the nearest aid station")


def test_whoever_is_out_when_a_race_is_stopped_stands_on_a_list_that_opens_by_itself(
    page: Page, stopped_day: Server
) -> None:
    page.goto(stopped_day.directors_link)
    expect(page.get_by_role("link", name="not yet accounted for")).to_have_attribute(
        "aria-current", "true"
    )
    expect(page.locator("#live-ledger .board-row")).to_have_count(100)
    sheet = f"/{EVENT}?list=open&whole=1"
    for size in ("phone", "laptop"):
        look(page, stopped_day, "stopped", size, {"ledger": f"/{EVENT}", "sheet": sheet})


def test_a_whole_list_is_printed_on_white_with_its_head_on_every_sheet_and_no_buttons(
    page: Page, stopped_day: Server
) -> None:
    page.goto(stopped_day.directors_link)
    for address in (f"/{EVENT}?list=open", f"/{EVENT}?list=open&whole=1"):
        page.goto(stopped_day.address + address)
        page.set_viewport_size({"width": 794, "height": 1123})
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
            "rgb(255, 255, 255)"
        )
        for unwanted in (".tabs", ".chips", ".list-links", ".not-on-paper", ".pages"):
            for part in page.locator(unwanted).all():
                expect(part).to_be_hidden()
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    rows = page.locator(".sheet tbody tr")
    assert rows.count() > 100
    head = page.locator(".sheet thead")
    assert head.evaluate("it => getComputedStyle(it).display") == "table-header-group"
    assert rows.first.evaluate("it => getComputedStyle(it).breakInside") == "avoid"
    expect(page.locator("main")).to_contain_text("The race was stopped at 11:20")


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nothing/here", 404, "There is no page at this address."),
        (f"/{EVENT}/runners/none", 404, "none"),
        (f"/{EVENT}/evidence/1", 403, "This page needs a key."),
        (f"/{EVENT}/key/unknown", 403, "Ask the race director"),
    ],
)
def test_a_refusal_is_a_page_like_any_other(
    page: Page, page_faults: list[str], finished_day: Server, address: str, status: int, words: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    answer = page.goto(finished_day.address + address)
    assert answer is not None
    assert answer.status == status
    expect(page.locator("main")).to_contain_text(words)
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
    assert faults_of(page) == []
    assert page.locator("main a").get_attribute("href") in ("/", f"/{EVENT}")
    assert all(str(status) in fault for fault in page_faults), page_faults
    page_faults.clear()  # the browser itself complains of the status


def test_the_first_view_of_every_page_weighs_less_than_100_kb(
    browser: Browser, busy_day: Server, finished_day: Server
) -> None:
    with closing(browser.new_context()) as context:
        page = context.new_page()
        for server in (busy_day, finished_day):
            for name, address in list_addresses(server).items():
                if server is busy_day or name.startswith("story"):
                    weighed = weigh(page, server.address + address)
                    assert len(weighed) >= 3, "page, style and script at least"
                    assert sum(weighed.values()) < LIGHTEST, (address, weighed)


def weigh(page: Page, address: str) -> dict[str, float]:
    """Bytes of what a page loads for its first view, by url, nothing of it known from an earlier one: all but a
    photograph, which comes on top."""
    urls: dict[str, str] = {}
    weighed: dict[str, float] = {}
    session: CDPSession = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.setBypassServiceWorker", {"bypass": True})
    session.on(
        "Network.responseReceived", lambda it: urls.update({it["requestId"]: it["response"]["url"]})
    )
    session.on(
        "Network.loadingFinished",
        lambda it: weighed.update({it["requestId"]: it["encodedDataLength"]}),
    )
    page.goto(address, wait_until="load")
    page.evaluate("document.fonts.ready")
    session.detach()
    return {
        urls.get(it, it): weight
        for it, weight in weighed.items()
        if not PHOTOGRAPH.search(urls.get(it, ""))
    }


def test_a_page_of_the_staff_weighs_as_little_and_is_whole_without_script(
    page: Page, busy_day: Server
) -> None:
    """What a browser loads beside a page is weighed once; the pages are asked for as they are, without a browser."""
    beside = weigh(page, busy_day.directors_link)
    parts = sum(weight for url, weight in beside.items() if "/static/" in url)
    assert parts > 10_000, "style, script and fonts at least"
    _, token = busy_day.make_key("director")
    wait_for(lambda: busy_day.get(f"/{EVENT}/audit", token).status_code == 200)
    heavy = {}
    for name, address in list_staff_addresses(page, busy_day).items():
        answer = busy_day.get(address, token)
        assert answer.status_code == 200, address
        heavy[name] = parts + answer.num_bytes_downloaded
        words = re.sub(r"<[^>]+>", " ", answer.text.split("<main", 1)[1])
        assert "<h1" in answer.text
        assert len(" ".join(words.split())) > 40, address
    assert {name: weight for name, weight in heavy.items() if weight >= LIGHTEST} == {}


def test_every_page_is_whole_without_script(browser: Browser, busy_day: Server) -> None:
    """What a page says is in the page: with JavaScript off it shows as many words as with it."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for address in list_addresses(busy_day).values():
        page.goto(busy_day.address + address)
        expect(page.locator("h1")).to_be_visible()
        assert len(page.locator("main").inner_text()) > 40, address
    page.goto(f"{busy_day.address}/{EVENT}/results/marathon")
    page.get_by_label("Name or bib").fill("zzzz-nobody")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("main")).to_contain_text("Nobody is found")
    context.close()


def test_every_board_has_its_page_here(page: Page, busy_day: Server, finished_day: Server) -> None:
    page.goto(busy_day.directors_link)
    names = {
        *list_addresses(busy_day),
        *list_addresses(finished_day),  # with a story that everybody in it has agreed to
        *list_staff_addresses(page, busy_day),
        *list_control_addresses(busy_day),
    }
    assert {kind.name for kind in list_boards()} <= names
