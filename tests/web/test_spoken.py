"""In which language and units a page answers: each address has one form, and a reader's choice is kept."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from homestretch.race.saying import MILE_M
from homestretch.web.spoken import COOKIE, find_asked
from tests.boards.days import ALL, make_picture
from tests.web.shelf import Client, make_client

GERMAN = {"Accept-Language": "de-AT, en;q=0.5"}
RUNNER = "/three-rivers/runners/101"


@pytest.fixture(scope="module")
def client() -> Client:
    return make_client(make_picture(ALL["small"]))


def test_without_a_wish_a_page_speaks_as_its_event(client: Client) -> None:
    answer = client.get("/three-rivers")
    assert answer.status_code == 200
    assert '<html lang="en"' in answer.text
    assert "Where everybody is now" in answer.text
    assert "Accept-Language" in answer.headers["vary"]


def test_an_address_says_its_language_and_has_one_form_whoever_asks(client: Client) -> None:
    plain, german = (client.get("/three-rivers?lang=de", headers=it) for it in ({}, GERMAN))
    assert plain.content == german.content
    assert '<html lang="de"' in plain.text
    assert "Wo gerade alle sind" in plain.text
    assert "Accept-Language" not in plain.headers["vary"]
    assert plain.headers["etag"] != client.get("/three-rivers").headers["etag"]


@pytest.mark.parametrize(
    ("address", "better"),
    [
        ("/three-rivers", "/three-rivers?lang=de"),
        ("/three-rivers?wall=1&theme=dark", "/three-rivers?wall=1&theme=dark&lang=de"),
        ("/three-rivers?unit=km", "/three-rivers?unit=km&lang=de"),
        ("/", "/?lang=de"),
    ],
)
def test_a_browser_that_asks_for_german_is_led_there_and_nobody_keeps_the_way(
    client: Client, address: str, better: str
) -> None:
    answer = client.get(address, headers=GERMAN)
    assert (answer.status_code, answer.headers["location"]) == (303, better)
    assert answer.headers["cache-control"] == "private, no-store"
    assert client.get(better, headers=GERMAN).status_code == 200


def test_a_choice_is_kept_and_goes_before_what_the_browser_asks_for(client: Client) -> None:
    chosen = client.get("/events/words?lang=en&to=/three-rivers", headers=GERMAN)
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/three-rivers")
    cookie = chosen.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=en.;")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    kept = {**GERMAN, "Cookie": f"{COOKIE}=en."}
    assert client.get("/three-rivers", headers=kept).status_code == 200
    other = client.get("/events/words?unit=km&to=/", headers=kept)
    assert other.headers["set-cookie"].startswith(f"{COOKIE}=en.km;")
    led = client.get("/three-rivers", headers={"Cookie": f"{COOKIE}=.km"})
    assert led.headers["location"] == "/three-rivers?unit=km"


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\r\nX: y"]
)
def test_a_choice_leads_to_no_other_host(client: Client, to: str) -> None:
    assert client.get(f"/events/words?lang=de&to={quote(to)}").headers["location"] == "/"


@pytest.mark.parametrize("odd", ["xx", "../../etc", "de.mo", "DE", ""])
def test_a_language_that_is_not_here_says_nothing(client: Client, odd: str) -> None:
    answer = client.get(f"/three-rivers?lang={quote(odd)}&unit={quote(odd)}")
    assert '<html lang="en"' in answer.text


def test_every_link_of_a_page_keeps_to_its_language_and_its_stream_speaks_it(
    client: Client,
) -> None:
    page = client.get("/three-rivers?lang=de&unit=km").text
    boards = re.findall(r'href="(/three-rivers/(?:results|stations|announcer)[^"]*)"', page)
    assert boards
    assert all("lang=de" in address and "unit=km" in address for address in boards)
    (stream,) = re.findall(r'hx-sse:connect="([^"]*)"', page)
    assert "lang=de" in stream
    assert "unit=km" in stream


@pytest.mark.parametrize(
    ("page", "role"),
    [("control", "director"), ("control", "control"), ("radio", "control"), ("sweep", "control"),
     ("desk", "desk"), ("podiums", "director"), ("stations/finish", "control")],
)  # fmt: skip
def test_what_a_form_is_answered_speaks_as_its_page_did(
    client: Client, page: str, role: str
) -> None:
    shown = client.get(f"/three-rivers/{page}?lang=de&unit=km", {"x-role": role}).text
    sent = re.findall(r'<form[^>]* method="post" action="([^"]*)"', shown)
    assert sent
    assert [to for to in sent if "lang=de&amp;unit=km" not in to] == []


def test_distances_and_paces_are_said_in_both_units_and_the_language_s_way(client: Client) -> None:
    english, german = (client.get(RUNNER + it).text for it in ("", "?lang=de&unit=km"))
    miles = {float(it) for it in re.findall(r'beside">(\d+\.\d) mi', english)}
    km = {float(it.replace(",", ".")) for it in re.findall(r'beside">(\d+,\d) km', german)}
    assert len(miles) == len(km) > 3
    assert {round(it * MILE_M / 1000) for it in miles} == {round(it) for it in km}
    assert "/mi" in english
    assert "/km" not in english
    assert "/km" in german
    assert "/mi" not in german


def test_the_twin_is_english_unless_its_address_asks_for_another_language(client: Client) -> None:
    english, asked, wished = (
        json.loads(client.get(f"/three-rivers.json{query}", headers=headers).content)
        for query, headers in (("", {}), ("?lang=de", {}), ("", GERMAN))
    )
    assert english == wished
    assert english["frame"]["lantern"]["words"].startswith("The last runner")
    assert asked["frame"]["lantern"]["words"].startswith("Die letzte Person")
    assert english["counts"] == asked["counts"]


def test_what_goes_wrong_is_said_in_the_reader_s_language(client: Client) -> None:
    page = client.get("/three-rivers/runners/99999", headers=GERMAN | {"Accept": "text/html"})
    assert page.status_code == 303
    gone = client.get("/three-rivers/runners/99999?lang=de", headers={"Accept": "text/html"})
    assert gone.status_code == 404
    assert "Zu Startnummer 99999 gibt es keine Seite." in gone.text


@given(st.text(max_size=60))
def test_any_header_asks_for_a_language_of_ours_or_for_none(text: str) -> None:
    header = text.encode("latin-1", "ignore").decode("latin-1")
    asked = find_asked(Headers({"accept-language": header}))
    assert asked in ("", "en", "de")


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("de", "de"),
        ("fr, de;q=0.3", "de"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("en;q=0.2, de-CH;q=0.9", "de"),
        ("de;q=0, en;q=0.1", "en"),
        ("fr", ""),
        ("*", ""),
        ("", ""),
    ],
)
def test_the_language_that_a_browser_likes_best_is_asked_for(header: str, asked: str) -> None:
    assert find_asked(Headers({"accept-language": header})) == asked
