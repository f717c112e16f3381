"""Following a runner on a phone that sleeps, in a real browser and with the server that everybody starts."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from homestretch.news.followers import PREFIX, decode
from homestretch.news.sealing import make_private, public_of
from homestretch.server.push_key import PushKey, put_push_key
from homestretch.store.opening import open_store
from homestretch.web.assets import asset
from tests.browser.server import Server, free_ports, running, todays_texts, wait_for
from tests.browser.test_every_page import faults_of
from tests.news.phone import Phone

EVENT = "river-half"
PRIVATE = make_private()
ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/of-this-browser"

STAND_IN = """(() => {
  const [endpoint, p256dh, auth] = %s;
  const subscription = { endpoint, toJSON: () => ({ endpoint, keys: { p256dh, auth } }) };
  PushManager.prototype.subscribe = async (asked) => {
    window.subscribedWith = asked.applicationServerKey.length;
    return subscription;
  };
  PushManager.prototype.getSubscription = async () => subscription;
})()"""
"""What the push service of a browser's maker gives a page."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An event of today that sends messages."""
    folder = tmp_path_factory.mktemp("push") / EVENT
    folder.mkdir(0o700)
    port, door_port = free_ports(2)
    door = f'"127.0.0.1:{door_port}"'
    for name, text in todays_texts().items():
        (folder / name).write_text(re.sub(r'"127\.0\.0\.1:\d+"', door, text), encoding="utf-8")
    put_push_key(folder, PushKey(private=PRIVATE, contact="mailto:race@example.org"))
    command = ["run", str(folder), f"--port={port}"]
    with running(command, f"http://127.0.0.1:{port}", {EVENT: folder}) as server:
        yield server


def list_endpoints(server: Server) -> list[str]:
    """Where messages for the browsers that follow would go, as it is on disk."""
    with contextlib.closing(open_store(server.folders[EVENT], EVENT)) as store:
        return [one.endpoint for one in decode(store.people.list_texts())]


def find_sender(server: Server) -> int:
    """The process that sends, once it was started; 0 before."""
    with contextlib.suppress(AssertionError):
        return server.find_process("_pusher")
    return 0


def test_a_runner_is_followed_by_keyboard_and_a_message_opens_the_page(
    page: Page, served: Server
) -> None:
    """The browser here has no push service of its maker: what one would give it stands in for it."""
    phone = Phone()
    page.context.grant_permissions(["notifications"], origin=served.address)
    page.add_init_script(STAND_IN % json.dumps([ENDPOINT, phone.p256dh, phone.auth]))
    page.set_viewport_size({"width": 390, "height": 844})
    bib = next(
        bib
        for bib in re.findall(r"(?m)^(\d+),", (served.folders[EVENT] / "entrants.csv").read_text())
        if served.get(f"/{EVENT}/runners/{bib}").status_code == 200
    )
    page.goto(f"{served.address}/{EVENT}/runners/{bib}")
    follow = page.get_by_role("button", name=f"Follow {bib}", exact=True)
    expect(follow).to_be_visible()
    expect(page.get_by_role("button", name=f"Stop following {bib}")).to_be_hidden()
    assert faults_of(page) == []
    follow.focus()
    page.keyboard.press("Enter")
    stop = page.get_by_role("button", name=f"Stop following {bib}")
    expect(stop).to_be_visible()
    expect(follow).to_be_hidden()
    assert page.evaluate("window.subscribedWith") == 65
    assert list_endpoints(served) == [ENDPOINT]
    page.reload()
    expect(stop).to_be_visible()
    stop.click()
    expect(follow).to_be_visible()
    wait_for(lambda: list_endpoints(served) == [])


def test_the_worker_shows_the_message_that_it_gets(page: Page, served: Server) -> None:
    page.context.grant_permissions(["notifications"], origin=served.address)
    page.goto(served.address)
    session = page.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda it: found.extend(one["registrationId"] for one in it["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.evaluate(
        """async ([worker, scope]) => {
          const registration = await navigator.serviceWorker.register(worker, { scope });
          const now = registration.installing;
          if (now) await new Promise((done) => now.addEventListener("statechange", () => now.state === "activated" && done()));
        }""",
        [asset("follow-worker.js"), f"/{EVENT}/runners/"],
    )
    assert wait_for(
        lambda: page.evaluate("true") and found
    )  # what it tells comes while it is asked
    message = '{"title": "7 A. O.", "body": "10K at 07:50.", "url": "/x", "about": "/x"}'
    session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": served.address, "registrationId": found[-1], "data": message},
    )
    look = f"""async () => (await (await navigator.serviceWorker.getRegistration("/{EVENT}/runners/"))
      .getNotifications()).map((one) => [one.title, one.body, one.tag, one.data])"""
    assert wait_for(lambda: page.evaluate(look)) == [["7 A. O.", "10K at 07:50.", "/x", "/x"]]


def test_the_key_is_for_its_owners_eyes_and_the_page_gets_the_public_half(served: Server) -> None:
    file = served.folders[EVENT] / "push-key.json"
    assert wait_for(lambda: find_sender(served))
    assert file.stat().st_mode & 0o077 == 0
    assert served.get(f"/{EVENT}/push-key").json() == {"key": public_of(PRIVATE)}
    assert PREFIX not in served.get(f"/{EVENT}.json").text
