"""A whole rehearsed day, driven in the browser: every board that is found, for everybody who has a page there.

Each member of the day has a browser of their own, as on the day: the public, the director, control, a crew, the driver of
the sweep. Whatever a console says is a fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, BrowserContext, Page

from homestretch.boards import EVERYBODY, list_boards
from homestretch.race.clock import say_time
from homestretch.rehearsal.cast import PARTS
from homestretch.web.headers import HEADERS
from tests.browser.addresses import fill
from tests.browser.server import EVENT, Server, now_of, wait_for

CAST = {part.key: str(part.bib) for part in PARTS}
FOLLOWED = [("", CAST["nell"]), ("-companion", CAST["mara"])]
"""The last one home, and one of two who meet."""
CREW_AT = "mile-25"
LATER = ("certificate",)
"""Pages that are not there before their runner is home."""
STEPS = 70
"""Presses of Tab after which a long list is taken for granted."""

OPEN_TO_TAB = """() => {
  document.addEventListener('htmx:before:swap', (news) => news.preventDefault(), true);
  const all = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  const shut = (it) => it.closest('details:not([open])') && it.tagName !== 'SUMMARY';
  window.reached = new Set();
  window.meant = [...document.querySelectorAll(all)].filter((it) =>
    !it.disabled && it.type !== 'hidden' && it.checkVisibility({ visibilityProperty: true }) && !shut(it));
  document.activeElement?.blur();
  return window.meant.length;
}"""
AT_FOCUS = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return 'nowhere';
  window.reached.add(it);
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(it);
  const seen = (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
  return seen ? '' : it.outerHTML.slice(0, 120);
}"""
LEFT = "() => window.meant.filter((it) => it.isConnected && !window.reached.has(it)).map((it) => it.outerHTML.slice(0, 120))"


@dataclass
class Seat:
    """Somebody's browser. ``pages`` are the addresses of this member of the day, by a name for files."""

    context: BrowserContext
    page: Page
    pages: dict[str, str]
    faults: list[str] = field(default_factory=list)


def take_seats(browser: Browser, server: Server) -> dict[str, Seat]:
    """The browsers of the day: ``public``, ``director``, ``control``, ``crew``, ``driver``, each at its link."""
    _, crew = server.make_key("station", station=CREW_AT, label="crew of the day")
    _, control = server.make_key("control", label="control of the day")
    _, driver = server.make_key("sweep", station="sweep", label="driver of the day")
    home = f"/{EVENT}"
    station, sweep = f"{home}/stations/{CREW_AT}", f"{home}/sweep"
    seats = {
        "public": _sit(browser, list_public()),
        "director": _sit(browser, list_directors()),
        "control": _sit(browser, list_of_control()),
        "crew": _sit(browser, {"crew": station, "crew-need": f"{station}?order=need"}),
        "driver": _sit(browser, {"driver": sweep}),
    }
    links = {
        "control": f"{home}/key/{control}",
        "crew": f"{home}/key/{crew}",
        "driver": f"{home}/key/{driver}",
    }
    for name, link in links.items():
        seats[name].page.goto(server.address + link)
    seats["director"].page.goto(server.directors_link)
    return seats


def _sit(browser: Browser, pages: dict[str, str]) -> Seat:
    context = browser.new_context(locale="en-US", reduced_motion="reduce")
    seat = Seat(context, context.new_page(), pages)
    watch(seat.page, seat.faults)
    return seat


def watch(page: Page, faults: list[str]) -> None:
    """Whatever this page's console complains of from now on; a broken policy is among it."""
    page.on("pageerror", lambda error: faults.append(f"{page.url}: uncaught: {error}"))
    page.on(
        "console",
        lambda message: (
            faults.append(f"{page.url}: {message.text}")
            if message.type in {"error", "warning"}
            else None
        ),
    )


def list_public() -> dict[str, str]:
    """What everybody may see, and the walls of it."""
    found = {"events": "/"}
    for kind in list_boards():
        if kind.who == EVERYBODY:
            found |= {f"{kind.name}{more}": at for more, at in fill(kind.path, FOLLOWED)}
    return found


def list_directors() -> dict[str, str]:
    """What the director sees beside it."""
    home = f"/{EVENT}"
    found = {"ledger": home, "audit": f"{home}/audit", "crews": f"{home}/stations/finish"}
    for kind in list_boards():
        if kind.who != EVERYBODY and "director" in kind.who:
            found |= {f"{kind.name}{more}": at for more, at in fill(kind.path, FOLLOWED)}
    return found


def list_of_control() -> dict[str, str]:
    """What is not even for the director."""
    found: dict[str, str] = {}
    for kind in list_boards():
        if "director" not in kind.who:
            assert "control" in kind.who, f"{kind.name}: say here who opens it"
            found |= {f"{kind.name}{more}": at for more, at in fill(kind.path, FOLLOWED)}
    return found


def wait_until(server: Server, moment: str, within_s: float) -> None:
    """Until the event's clock shows ``HH:MM`` or later."""
    zone = ZoneInfo(server.get(f"/{EVENT}.json").json()["frame"]["event"]["zone"])
    wait_for(lambda: say_time(now_of(server), zone) >= moment, within_s)


def visit(seat: Seat, server: Server, *, wall: bool = False) -> Iterator[str]:
    """Opens each page of a seat; gives its name while it stands there."""
    for name, address in seat.pages.items():
        if wall:
            address += "&wall=1" if "?" in address else "?wall=1"
        if name.startswith(LATER) and not seat.page.request.get(server.address + address).ok:
            continue
        answer = seat.page.goto(server.address + address)
        assert answer is not None
        assert answer.status == 200, address
        assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
        yield name


def walk(page: Page) -> list[str]:
    """What the Tab key does not reach on a page, and where its focus is not to be seen. News is held back from then on:
    at the speed of this day a list is another one before the key comes up."""
    meant = int(page.evaluate(OPEN_TO_TAB))
    unseen: list[str] = []
    for _ in range(min(meant + 3, STEPS)):
        page.keyboard.press("Tab")
        said = page.evaluate(AT_FOCUS)
        if said and said != "nowhere":
            unseen.append(f"no focus to be seen: {said}")
    left = page.evaluate(LEFT) if meant <= STEPS - 3 else []
    return unseen + [f"out of reach: {one}" for one in left]
