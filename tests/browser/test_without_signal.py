"""A point's page where there is no signal: over TLS, under a name that is not localhost, through a reload."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import re
import time
from collections.abc import Iterator

import numpy as np
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, Route, expect

from homestretch.facts import Fact, HelpCalled, Sighting, Struck, TakenOver
from homestretch.intake.uploads import FOLDER, Upload, Uploads, Witness
from homestretch.store.opening import open_store
from scripts.ensure_browser import find_browser
from tests.browser.line import Line
from tests.browser.server import Server, free_ports, running, todays_texts, wait_for
from tests.conftest import BROWSER_ARGUMENTS

EVENT, POINT, NAME = "river-half", "mile-6", "race.example"
STEP_S, TAPS = 22, 30
TEN_MINUTES_MS = 600_000
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def certificate() -> trustme.LeafCert:
    """A certificate for the name under which the phone knows the server."""
    return trustme.CA().issue_cert(NAME)


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, certificate: trustme.LeafCert
) -> Iterator[Server]:
    """An event of today, served with its own certificate by the command that everybody uses, where nothing is
    installed that reads pictures."""
    folder = tmp_path_factory.mktemp("tls") / EVENT
    folder.mkdir(0o700)
    port, door_port = free_ports(2)
    door = f'"127.0.0.1:{door_port}"'
    for name, text in todays_texts().items():
        (folder / name).write_text(re.sub(r'"127\.0\.0\.1:\d+"', door, text), encoding="utf-8")
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    command = ["run", str(folder), "--tls", f"--port={port}"]
    bare = tmp_path_factory.mktemp("bare")
    missing = 'import sys\nsys.modules["rapidocr"] = None\n'
    (bare / "sitecustomize.py").write_text(missing, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(bare))
        with running(command, f"https://127.0.0.1:{port}", {EVENT: folder}) as server:
            yield server


def pin_of(certificate: trustme.LeafCert) -> str:
    """The digest by which a browser trusts this certificate and no other."""
    key = x509.load_pem_x509_certificate(certificate.cert_chain_pems[0].bytes()).public_key()
    said = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(said).digest()).decode()


@pytest.fixture(scope="module")
def far(browser: Browser, certificate: trustme.LeafCert) -> Iterator[Browser]:
    """A browser for which the server has a name of its own."""
    arguments = [
        *BROWSER_ARGUMENTS,
        f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
        f"--ignore-certificate-errors-spki-list={pin_of(certificate)}",
    ]
    far = browser.browser_type.launch(executable_path=find_browser(), args=arguments)
    yield far
    far.close()


@pytest.fixture(scope="module")
def line(served: Server) -> Iterator[Line]:
    """The only way from the phone to the server."""
    line = Line(served.port)
    yield line
    line.close()


@pytest.fixture
def phone(far: Browser, served: Server, line: Line) -> Iterator[BrowserContext]:
    """A phone that was opened at the point's page by its key."""
    context = far.new_context(viewport=PHONE, locale="en-US")  # type: ignore[arg-type]  # width and height
    context.clock.install()
    page = context.new_page()
    _, token = served.make_key("station", event=EVENT, station=POINT)
    page.goto(f"https://{NAME}:{line.port}/{EVENT}/key/{token}")
    page.goto(f"https://{NAME}:{line.port}/{EVENT}/stations/{POINT}")
    expect(page.locator("html")).to_have_attribute("data-offline", "kept")
    expect(page.locator("[data-plain]")).to_be_hidden()
    yield context
    context.close()
    line.mend()


def lose_signal(phone: BrowserContext, line: Line) -> None:
    """The phone knows that it has none, and nothing would get through."""
    line.cut()
    phone.set_offline(True)


def find_signal(phone: BrowserContext, line: Line) -> None:
    """There is signal again."""
    line.mend()
    phone.set_offline(False)


def list_facts(server: Server, kind: type[Fact]) -> list[Fact]:
    """What is on disk of a kind."""
    with contextlib.closing(open_store(server.folders[EVENT], EVENT)) as store:
        return [one.fact for one in store.log.read_since(0).others if isinstance(one.fact, kind)]


def tap(page: Page, bib: str) -> None:
    """Write a bib on the page's own keys and say that it was seen."""
    for digit in bib:
        page.locator(f'[data-key="{digit}"]').click()
    page.get_by_role("button", name="Seen", exact=True).click()


def tap_without_signal(page: Page, bib: str) -> int:
    """The same; the moment at which that was, as the phone keeps it."""
    tap(page, bib)
    kept = "Object.keys(localStorage).filter((key) => key.includes(':q:')).sort().at(-1)"
    seen_at: int = page.evaluate(f"JSON.parse(localStorage[{kept}]).item.seen_at")
    return seen_at


def test_thirty_sightings_of_ten_minutes_without_signal_arrive_once_each_with_their_times(
    phone: BrowserContext, served: Server, line: Line
) -> None:
    (page,) = phone.pages
    state, before = page.locator("[data-queue]"), len(list_facts(served, Sighting))
    lose_signal(phone, line)
    tapped: dict[str, int] = {}
    for number in range(TAPS):
        if number == TAPS // 2:
            page.reload()  # the page comes from the phone, with all that waits
            expect(state).to_contain_text(f"{TAPS // 2} waiting for signal")
        bib = f"{11 + number}"
        tapped[bib] = tap_without_signal(page, bib)
        page.clock.fast_forward(STEP_S * 1000)
    page.reload()
    expect(state).to_contain_text(f"{TAPS} waiting for signal")
    times = sorted(tapped.values())
    assert TEN_MINUTES_MS <= times[-1] - times[0] < TAPS * STEP_S * 1000 + 60_000
    assert len(list_facts(served, Sighting)) == before
    find_signal(phone, line)
    expect(state).to_have_text("Everything was sent.")
    found = [one for one in list_facts(served, Sighting) if isinstance(one, Sighting)]
    assert {one.bib: one.seen_at for one in found if one.bib in tapped} == tapped
    assert len(found) == before + TAPS
    tap(page, "61+62")  # side by side: one entry with one time
    wait_for(lambda: len(list_facts(served, Sighting)) == before + TAPS + 2)
    found = [one for one in list_facts(served, Sighting) if isinstance(one, Sighting)]
    assert len({one.seen_at for one in found if one.bib in ("61", "62")}) == 1


def test_a_call_for_help_without_signal_says_that_it_is_not_delivered_and_is_never_sent(
    phone: BrowserContext, served: Server, line: Line
) -> None:
    (page,) = phone.pages
    help_, before = page.locator("#help"), len(list_facts(served, HelpCalled))
    lose_signal(phone, line)
    page.get_by_label("Then write, if you can").fill("somebody fell")
    page.get_by_role("button", name="Send to race control as well").click()
    said = help_.get_by_role("alert")
    expect(said).to_contain_text("NOT DELIVERED. There is no signal: nothing was sent")
    expect(said).to_contain_text("Use the radio or the phone")
    page.reload()
    expect(said).to_contain_text("NOT DELIVERED. There is no signal: nothing was sent")
    expect(page.locator("[data-queue]")).to_be_empty()
    find_signal(phone, line)
    tap(page, "61")  # what may wait is sent, the call is not
    expect(page.locator("[data-queue]")).to_have_text("Everything was sent.")
    assert len(list_facts(served, HelpCalled)) == before
    expect(said).to_contain_text("NOT DELIVERED")
    for words in ("sent to", "is sent", "was sent", "delivered."):
        assert words not in said.inner_text().replace("nothing was sent", "")


def test_a_call_that_nobody_has_read_stays_undelivered_through_a_reload_without_signal(
    phone: BrowserContext, served: Server, line: Line
) -> None:
    (page,) = phone.pages
    before = len(list_facts(served, HelpCalled))
    page.get_by_label("Then write, if you can").fill("somebody fell")
    send = page.get_by_role("button", name="Send to race control as well")
    send.dblclick()
    expect(page.locator("#live-help")).to_contain_text("NOT DELIVERED")
    expect(page.get_by_label("Then write, if you can")).to_have_value("")
    send.click()  # impatient: it is the call that was made
    expect(page.locator("#live-help").get_by_role("button")).to_be_hidden()
    lose_signal(phone, line)
    page.reload()  # what the phone kept is older than the call
    expect(page.locator("#help").get_by_role("alert")).to_contain_text("NOT DELIVERED yet")
    assert len(list_facts(served, HelpCalled)) == before + 1


def test_what_the_server_refuses_is_told_and_what_was_sent_is_taken_back_without_signal(
    phone: BrowserContext, served: Server, line: Line
) -> None:
    (page,) = phone.pages
    state, waiting = page.locator("[data-queue]"), page.locator("[data-waiting]")
    struck = len(list_facts(served, Struck))
    tap(page, "71")
    row = page.locator("#live-entered .board-row").filter(has=page.get_by_text("71", exact=True))
    expect(row).to_be_visible()
    lose_signal(phone, line)
    row.locator("summary").click()
    page.get_by_role("button", name="Take back 71").click()
    expect(waiting).to_contain_text("is taken back: waiting")
    tap(page, "72")
    # A word about another place, as a phone would have it whose key was changed meanwhile.
    page.evaluate(
        """() => {
          const name = Object.keys(localStorage).filter((key) => key.includes(":q:")).sort().at(-1);
          localStorage[name] = localStorage[name].replace('"mile-6"', '"finish"');
        }"""
    )
    find_signal(phone, line)
    expect(state).to_have_text("1 not taken: look below")
    expect(waiting).to_contain_text("72 seen: not taken. A station's key speaks for its own place")
    assert len(list_facts(served, Struck)) == struck + 1
    expect(row.locator("s")).to_contain_text("71")
    waiting.get_by_role("button", name="I have read it").click()
    expect(waiting).to_be_empty()


def test_a_row_that_slid_under_the_thumb_is_not_entered_and_the_last_word_can_be_taken_back_there(
    phone: BrowserContext, served: Server
) -> None:
    """Two taps at one spot, half a second apart: the tapped row has gone, and the next one stands in its place."""
    (page,) = phone.pages
    before = len(list_facts(served, Sighting))
    rows = """(bibs) => {
      const row = (bib) => `<li id="crew-${bib}"><button name="seen" value="${bib}" data-seen>Seen ${bib}</button></li>`;
      const form = document.querySelector("[data-rows]");
      const list = form.querySelector(".of-this-test") ?? form.appendChild(document.createElement("ol"));
      list.className = "of-this-test"; // beside the list that the stream renews
      list.innerHTML = bibs.map(row).join("");
      document.dispatchEvent(new CustomEvent("htmx:after:swap"));
    }"""
    page.evaluate(rows, ["83", "84", "85"])
    page.clock.fast_forward(1_500)
    page.get_by_role("button", name="Seen 83").click()
    wait_for(lambda: len(list_facts(served, Sighting)) == before + 1)
    page.evaluate(rows, ["84", "85"])
    page.get_by_role("button", name="Seen 84").click()
    moved = page.locator("[data-moved]")
    expect(moved).to_contain_text("84 was not entered")
    last = page.locator("[data-last]")
    expect(last).to_contain_text("83 seen")
    back = last.get_by_role("button", name="Take it back")
    expect(back).to_be_visible()

    def is_taken_back() -> bool:
        back.click()  # right after a tap the button, which came under the thumb, takes none
        return last.is_hidden()

    wait_for(is_taken_back)
    expect(page.locator("#live-entered s").first).to_contain_text("83")
    expect(last).to_be_hidden()
    page.clock.fast_forward(1_500)
    page.get_by_role("button", name="Seen 84").click()  # the list stands still: it is meant
    expect(last).to_contain_text("84 seen")
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)
    page.evaluate(rows, ["85"])
    for passed_ms, is_refused in ((0, True), (200, True), (200, False)):
        page.clock.run_for(passed_ms)
        page.get_by_role(
            "button", name="Seen 85"
        ).click()  # a tap, its bounce, and one that is meant
        assert moved.is_visible() is is_refused
    page.clock.resume()
    expect(last).to_contain_text("85 seen")
    wait_for(lambda: len(list_facts(served, Sighting)) == before + 3)
    seen = [one.bib for one in list_facts(served, Sighting) if isinstance(one, Sighting)]
    assert seen[-3:] == ["83", "84", "85"]


def test_a_driver_without_signal_is_told_that_a_tap_is_not_sent_and_it_is_sent_once(
    far: Browser, served: Server, line: Line
) -> None:
    context = far.new_context(viewport=PHONE, locale="en-US")  # type: ignore[arg-type]  # width and height
    page = context.new_page()
    _, token = served.make_key("sweep", event=EVENT, station="sweep")
    page.goto(f"https://{NAME}:{line.port}/{EVENT}/key/{token}")
    page.goto(f"https://{NAME}:{line.port}/{EVENT}/sweep")
    lose_signal(context, line)
    page.locator("#bib").fill("11")
    page.get_by_role("button", name="Takes on board").dblclick()
    waiting = page.locator("[data-drive-waiting]")
    expect(waiting).to_contain_text("NOT SENT: 1")
    expect(waiting).to_contain_text("11 Takes on board: waiting")
    assert list_facts(served, TakenOver) == []
    kept = "Object.keys(localStorage).filter((key) => key.includes(':d:'))"
    tapped = page.evaluate(f"JSON.parse(localStorage[{kept}[0]]).at")
    find_signal(context, line)
    expect(page.locator("[data-drive-said]")).to_contain_text(
        "11: on board of sweep",
    )
    expect(waiting).to_be_empty()
    (taken,) = list_facts(served, TakenOver)
    assert isinstance(taken, TakenOver)
    assert (taken.bib, taken.taken_by, taken.seen_at) == ("11", "bus", tapped)
    context.close()


def test_a_german_phone_is_led_to_german_and_speaks_it_without_signal(
    far: Browser, served: Server, line: Line
) -> None:
    context = far.new_context(viewport=PHONE, locale="de-DE")  # type: ignore[arg-type]  # width and height
    page = context.new_page()
    _, token = served.make_key("station", event=EVENT, station=POINT)
    page.goto(f"https://{NAME}:{line.port}/{EVENT}/key/{token}")
    page.goto(f"https://{NAME}:{line.port}/{EVENT}/stations/{POINT}")
    expect(page).to_have_url(re.compile(r"\?lang=de$"))
    expect(page.locator("html")).to_have_attribute("data-offline", "kept")
    lose_signal(context, line)
    page.reload()  # the page and its words come from the phone
    page.locator('[data-key="9"]').click()
    page.get_by_role("button", name="Gesehen", exact=True).click()
    expect(page.locator("[data-queue]")).to_contain_text("1 wartet auf Empfang")
    page.get_by_role("button", name="Auch an die Rennleitung senden").click()
    said = page.locator("[data-help-state]")
    expect(said).to_contain_text("NICHT ZUGESTELLT. Kein Empfang: nichts wurde gesendet")
    find_signal(context, line)
    expect(page.locator("[data-queue]")).to_have_text("Alles ist gesendet.")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(f"https://{NAME}:{line.port}/{EVENT}/stations/{POINT}")
    expect(page.locator("html")).to_have_attribute("lang", "en")  # the choice is kept
    context.close()


def a_picture(seed: int, side: int = 80) -> FilePayload:
    """Noise as a PNG, which no packing makes smaller."""
    noise = np.random.default_rng(seed).integers(0, 255, (side, side, 3), np.uint8)
    held = io.BytesIO()
    Image.fromarray(noise).save(held, "PNG")
    return {"name": f"IMG {seed}.PNG", "mimeType": "image/png", "buffer": held.getvalue()}


def list_arrived(server: Server) -> list[tuple[Upload, bytes]]:
    """The pictures that are whole on the server."""
    found = Uploads(server.folders[EVENT]).list_ready()
    return [(upload, file.read_bytes()) for upload, file in found]


def test_five_pictures_arrive_once_each_though_the_line_is_cut_and_the_page_closed_in_between(
    phone: BrowserContext, served: Server, line: Line
) -> None:
    pictures = [a_picture(seed, 500) for seed in range(5)]
    drawing = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"<svg " + b" " * 100}
    line.cut_after(2_000_000)  # in the middle of the third
    page = phone.new_page()
    page.goto(f"https://{NAME}:{line.port}/{EVENT}/sending")
    expect(page.get_by_text("Pictures are kept and wait: nothing on this server")).to_be_visible()
    page.get_by_label("Pictures: JPEG").set_input_files([*pictures, drawing])  # type: ignore[list-item]  # a payload
    state = page.locator("[data-outbox-state]")
    expect(state).to_contain_text("Pictures that wait for signal: 4")
    begun = len(list_arrived(served))
    assert begun == 2
    page.close()
    line.mend()
    page = phone.new_page()
    page.goto(f"https://{NAME}:{line.port}/{EVENT}/sending")
    state = page.locator("[data-outbox-state]")
    expect(state).to_have_text("Pictures that were not taken: 1. Look below.")
    expect(page.locator("[data-outbox-list]")).to_contain_text("a.jpg not taken. This is no JPEG")
    arrived = list_arrived(served)
    assert sorted(data for _, data in arrived) == sorted(it["buffer"] for it in pictures)
    assert {upload.place for upload, _ in arrived} == {POINT}


def list_parts(server: Server) -> list[int]:
    """How much has come of each picture that is on its way, in bytes."""
    folder = server.folders[EVENT] / FOLDER
    return [part.stat().st_size for part in folder.rglob("*.part")]


def test_what_is_not_to_be_sent_after_all_is_stopped_on_its_way_and_the_server_forgets_it(
    phone: BrowserContext, served: Server, line: Line
) -> None:
    before, held = len(list_arrived(served)), list[Route]()

    def hold_second_piece(route: Route) -> None:
        if int(route.request.headers.get("upload-offset", "0")):
            held.append(route)  # it is never answered: the picture stays half sent
        else:
            route.continue_()

    page = phone.new_page()
    page.goto(f"https://{NAME}:{line.port}/{EVENT}/sending")
    page.route("**/uploads/*", hold_second_piece)
    pictures = [a_picture(seed, 600) for seed in (91, 92, 93)]
    chooser, rows = page.get_by_label("Pictures: JPEG"), page.locator("[data-outbox-list] > li")
    chooser.set_input_files(pictures)
    half, waiting, other = (rows.filter(has_text=it["name"]) for it in pictures)
    expect(half.locator("progress")).to_be_visible()
    wait_for(lambda: page.evaluate("1") and held and list_parts(served)[0] > 0)
    waiting.get_by_role("button", name="Do not send").click()
    expect(rows).to_have_count(2)
    half.get_by_role("button", name="Do not send").click()
    expect(half).to_have_count(0)
    wait_for(lambda: page.evaluate("1") and len(held) == 2)  # the third is on its way now
    assert len(list_parts(served)) == 1  # of the first nothing is left
    page.unroute("**/uploads/*")
    page.reload()
    state = page.locator("[data-outbox-state]")
    expect(state).to_have_text("Everything was sent. Pictures that wait to be opened: 1.")
    expect(other).to_contain_text("sent")
    assert list_parts(served) == []
    arrived = [data for _, data in list_arrived(served)]
    assert len(arrived) == before + 1
    assert pictures[2]["buffer"] in arrived
    lose_signal(phone, line)
    chooser.set_input_files(pictures[0])  # chosen again and thought better of, without signal
    half.get_by_role("button", name="Do not send").click()
    expect(half).to_have_count(0)
    find_signal(phone, line)
    page.reload()
    expect(other).to_be_visible()
    expect(half).to_have_count(0)
    assert len(list_arrived(served)) == before + 1
    assert list_parts(served) == []


def test_the_camera_without_signal_keeps_its_picture_and_words_through_a_reload_and_sends_them_once(
    phone: BrowserContext, served: Server, line: Line
) -> None:
    (page,) = phone.pages
    before, camera = len(list_arrived(served)), page.locator("#camera")
    lose_signal(phone, line)
    camera.get_by_label("Take it").set_input_files(a_picture(77))
    camera.get_by_label("What you saw").fill("She waited for him.")
    camera.get_by_label("Your name").fill("Bo Coach")
    camera.get_by_label("I may be quoted").check()
    camera.get_by_role("button", name="Send the picture").click()
    state = camera.locator("[data-outbox-state]")
    expect(state).to_contain_text("Pictures that wait for signal: 1")
    page.reload()
    expect(state).to_contain_text("Pictures that wait for signal: 1")
    assert len(list_arrived(served)) == before
    find_signal(phone, line)
    expect(state).to_contain_text("Everything was sent.")
    page.reload()
    expect(state).to_contain_text("Everything was sent.")
    arrived = list_arrived(served)
    assert len(arrived) == before + 1
    upload, data = arrived[-1]
    assert data == a_picture(77)["buffer"]
    assert upload.witness == Witness("Bo Coach", "She waited for him.", quoted=True)
    assert abs(upload.seen_at - time.time() * 1000) < 600_000
