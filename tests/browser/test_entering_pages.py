"""The pages on which people enter facts, as they are used: by thumb, by scanner, by keyboard, without script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from scripts.ensure_browser import find_browser
from tests.browser.server import EVENT, Server
from tests.browser.test_every_page import LIGHTEST, SCREENSHOTS, SIZES, faults_of
from tests.conftest import BROWSER_ARGUMENTS

PHONE = {"width": 390, "height": 844}
THUMB = 44


@pytest.fixture
def control(page: Page, busy_day: Server) -> Page:
    """A phone that belongs to the director."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(busy_day.directors_link)
    return page


def find_runner(server: Server) -> str:
    """A bib of somebody who is on the road."""
    text = (server.folders[EVENT] / "entrants.csv").read_text(encoding="utf-8")
    for bib in reversed(re.findall(r"(?m)^(\d+),", text)):
        answer = server.get(f"/{EVENT}/runners/{bib}.json")
        if answer.status_code == 200 and answer.json()["on_road"]:
            return bib
    raise AssertionError("nobody is on the road")


def too_small(page: Page) -> list[str]:
    """Buttons and fields that a thumb would miss."""
    found = []
    for one in page.locator("main :is(button, input, select, textarea):visible").all():
        box = one.bounding_box()
        kind = one.get_attribute("type")
        if box and kind not in ("checkbox", "hidden") and box["height"] < THUMB:
            found.append(f"{one.inner_text()} {box['height']:.0f}")
    return found


def test_a_line_of_the_radio_is_entered_and_taken_back_by_keyboard_alone(
    control: Page, busy_day: Server
) -> None:
    control.goto(f"{busy_day.address}/{EVENT}/radio")
    bib = find_runner(busy_day)
    expect(control.get_by_label("What the radio says")).to_be_focused()
    control.keyboard.type(f"mile 25: {bib}; tell my mother")
    for _ in range(3):
        control.keyboard.press("Tab")
    expect(control.get_by_role("button", name="Look at it")).to_be_focused()
    control.keyboard.press("Enter")
    expect(control.locator("main")).to_contain_text("Not understood: “tell my mother”")
    assert faults_of(control) == []
    assert too_small(control) == []
    expect(control.get_by_role("button", name="Enter 1")).to_be_focused()
    control.keyboard.press("Enter")
    expect(control.locator("main")).to_contain_text("Entered: 1 sighting.")
    summary = control.locator("#live-entered summary").first
    expect(summary).to_be_visible()
    summary.focus()
    control.keyboard.press("Enter")
    control.keyboard.press("Tab")
    control.keyboard.press("Enter")
    expect(control.locator("main")).to_contain_text("Taken back")
    expect(control.locator("#live-entered s").first).to_be_visible()


def test_a_scanner_types_an_address_and_a_thumb_says_who_has_them(
    control: Page, busy_day: Server
) -> None:
    bib = find_runner(busy_day)
    control.goto(f"{busy_day.address}/{EVENT}/takeover?keeper=Bus+9")
    expect(control.get_by_label("Bib: scan")).to_be_focused()
    control.keyboard.type(f"https://bib.example/{EVENT}/runners/{bib}\n")
    expect(control.locator(".bib-large")).to_have_text(bib)
    assert faults_of(control) == []
    assert too_small(control) == []
    assert control.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    control.get_by_role("button", name="Bus", exact=True).dblclick()
    expect(control.locator("main")).to_contain_text(f"Entered: {bib} on Bus 9")
    control.locator(f"#rider-{bib} label").click()
    clock = control.locator("#live-clock").inner_text()
    expect(control.locator("#live-clock")).not_to_have_text(clock)
    expect(control.locator(f"#rider-{bib} input")).to_be_checked()
    control.get_by_role("button", name="Let off whom I ticked").click()
    control.get_by_role("button", name="Runs on").click()
    expect(control.locator("main")).to_contain_text(f"Entered: {bib} back on the road")
    control.emulate_media(color_scheme="dark")
    assert faults_of(control, colours_only=True) == []


def test_packets_are_handed_out_without_script(browser: Browser, busy_day: Server) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(busy_day.directors_link)
    page.goto(f"{busy_day.address}/{EVENT}/desk")
    for bib in (find_runner(busy_day), "no-such-bib"):
        page.get_by_label("Packet handed out").fill(bib)
        page.get_by_role("button", name="Handed out").click()
        expect(page.locator("main")).to_contain_text(bib)
    expect(page.get_by_role("button", name=re.compile("all the same"))).to_be_visible()
    context.close()


def test_a_list_on_paper_is_black_on_white_with_its_title_on_the_table(
    control: Page, busy_day: Server
) -> None:
    control.emulate_media(media="print", color_scheme="dark")
    control.goto(f"{busy_day.address}/{EVENT}/paper/start-list")
    expect(control.locator(".paper-title")).to_contain_text(
        re.compile(r"Three Rivers Marathon · Start list by bib · as of \d\d:\d\d")
    )
    expect(control.locator(".tabs")).to_be_hidden()
    heading = control.locator(".paper thead")
    assert heading.evaluate("it => getComputedStyle(it).display") == "table-header-group"
    paper = control.locator("html").evaluate("it => getComputedStyle(it).backgroundColor")
    assert paper == "rgb(255, 255, 255)"


def test_course_control_decides_by_keyboard_alone_and_without_script(
    browser: Browser, busy_day: Server
) -> None:
    """A ruling without a reason: it comes back with the runner, and nothing was said."""
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]  # a size
    page = context.new_page()
    page.goto(busy_day.directors_link)
    page.goto(f"{busy_day.address}/{EVENT}/control")
    assert too_small(page) == []
    bib = find_runner(busy_day)
    page.get_by_label("Scan the code on the bib").focus()
    page.keyboard.type(bib)
    page.keyboard.press("Enter")
    expect(page.locator("#handled-title")).to_contain_text(bib)
    page.get_by_role("button", name="DSQ").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Not said: say why")
    expect(page.locator("#handled-title")).to_contain_text(bib)
    page.get_by_text("The state of the course").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Say it on every page")).to_be_visible()
    assert too_small(page) == []
    context.close()


@pytest.fixture
def crew(page: Page, busy_day: Server) -> Page:
    """A phone of the crew at Mile 25, at its own page."""
    _, token = busy_day.make_key("station", station="mile-25", label="Mile 25 crew")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # width and height
    page.goto(f"{busy_day.address}/{EVENT}/key/{token}")
    page.goto(f"{busy_day.address}/{EVENT}/stations/mile-25")
    return page


def test_the_crews_page_is_whole_at_every_size_and_light_enough_for_a_bad_line(
    crew: Page, busy_day: Server
) -> None:
    weighed: list[float] = []
    session: CDPSession = crew.context.new_cdp_session(crew)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.on("Network.loadingFinished", lambda it: weighed.append(it["encodedDataLength"]))
    crew.reload(wait_until="load")
    crew.evaluate("document.fonts.ready")
    assert sum(weighed) < LIGHTEST
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for size, theme in (("phone", "light"), ("laptop", "dark")):
        width, height = SIZES[size]
        crew.set_viewport_size({"width": width, "height": height})
        crew.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # a theme
        crew.screenshot(path=SCREENSHOTS / f"busy-crew-{size}-{theme}.png", full_page=True)
        assert faults_of(crew, colours_only=size == "laptop") == []
        assert not crew.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        if size == "phone":
            assert too_small(crew) == []


def test_a_call_for_help_goes_to_control_and_a_name_comes_back_by_keyboard_alone(
    crew: Page, browser: Browser, busy_day: Server
) -> None:
    crew.get_by_label("Then write, if you can").focus()
    crew.keyboard.type("somebody sits at the kerb")
    for _ in range(2):
        crew.keyboard.press("Tab")
    crew.keyboard.press("Enter")
    expect(crew.locator("#help")).to_contain_text("NOT DELIVERED")
    expect(crew.locator("#live-help")).to_contain_text("nobody has said that they read it")
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]  # width and height
    control = context.new_page()
    _, token = busy_day.make_key("control")
    control.goto(f"{busy_day.address}/{EVENT}/key/{token}")
    expect(control.locator("main")).to_contain_text("Help is called for at Mile 25")
    control.get_by_role("link", name="Read it and say that you have").click()
    expect(control.locator("main")).to_contain_text("somebody sits at the kerb")
    control.screenshot(path=SCREENSHOTS / "busy-calls-phone.png")
    name = control.get_by_label("Your name").first
    name.focus()
    control.keyboard.type("Ann Example")
    clock = control.locator("#live-clock").inner_text()
    expect(control.locator("#live-clock")).not_to_have_text(clock)
    expect(name).to_have_value("Ann Example")  # news does not wipe what is being written
    control.keyboard.press("Enter")
    expect(control.locator("main")).to_contain_text("Ann Example has read it")
    context.close()
    expect(crew.locator("#live-help")).to_contain_text("by Ann Example in race control")
    expect(crew.locator("#help")).not_to_contain_text("NOT DELIVERED")


def tap_a_row(crew: Page) -> str:
    """Tap the last row of a list that moves all the time, and once more when the page asks for it: its bib."""
    moved = crew.locator("[data-moved]")
    for _ in range(50):
        bib = str(crew.locator("[data-seen]:not(.is-done)").last.get_attribute("value"))
        row = crew.locator(f'[data-seen][value="{bib}"]:not(.is-done)')
        for _ in range(row.count() * 10):
            row.click()
            if moved.is_hidden():
                return bib
    raise AssertionError(moved.inner_text())


def test_taps_come_first_and_their_numbers_later_and_a_row_is_seen_by_a_tap(
    crew: Page, busy_day: Server
) -> None:
    for _ in range(2):
        crew.get_by_role("button", name="Somebody came by now").click()
    taps = crew.locator("[data-taps] button")
    expect(taps).to_have_count(2)
    taps.first.click()
    for digit in "1*3":
        crew.locator(f'[data-key="{digit}"]').click()
    crew.get_by_role("button", name="Seen", exact=True).click()
    expect(taps).to_have_count(1)
    crew.get_by_role("button", name="Seen", exact=True).click()  # of the other no digit was read
    expect(taps).to_have_count(0)
    expect(crew.locator("[data-queue]")).to_have_text("Everything was sent.")
    expect(crew.locator("#live-entered")).to_contain_text("1*3")
    bib = tap_a_row(crew)
    expect(crew.locator("#live-entered")).to_contain_text(bib)


def test_a_point_without_script_says_whom_it_saw_by_forms(
    browser: Browser, busy_day: Server
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]  # width and height
    page = context.new_page()
    _, token = busy_day.make_key("station", station="mile-25")
    page.goto(f"{busy_day.address}/{EVENT}/key/{token}")
    page.goto(f"{busy_day.address}/{EVENT}/stations/mile-25?order=need")
    page.locator("[data-seen]").first.click()
    expect(page.locator("main")).to_contain_text("Kept:")
    expect(page.get_by_role("link", name="who needs us")).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Send to race control as well").click()
    expect(page.get_by_role("alert").first).to_contain_text("NOT DELIVERED yet")
    expect(page.locator("[data-key]").first).to_be_hidden()
    context.close()


def test_over_plain_http_a_points_page_says_what_will_not_work(
    browser: Browser, busy_day: Server
) -> None:
    rules = "--host-resolver-rules=MAP race.example 127.0.0.1"
    arguments = [*BROWSER_ARGUMENTS, rules]
    far = browser.browser_type.launch(executable_path=find_browser(), args=arguments)
    page = far.new_page()
    _, token = busy_day.make_key("station", station="mile-25")
    page.goto(f"http://race.example:{busy_day.port}/{EVENT}/key/{token}")
    page.goto(f"http://race.example:{busy_day.port}/{EVENT}/stations/mile-25")
    expect(page.locator("[data-plain]")).to_contain_text(
        "cannot be opened or reloaded without signal"
    )
    page.get_by_role("button", name="Somebody came by now").click()
    page.locator("[data-taps] button").click()
    page.get_by_role("button", name="Seen", exact=True).click()
    expect(page.locator("[data-queue]")).to_have_text("Everything was sent.")
    far.close()
