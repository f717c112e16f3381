"""The pages over HTTP: addresses, twins, caching, headers, refusals, and who may see what."""

from __future__ import annotations

import gzip
import json
from urllib.parse import quote

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from homestretch.boards import EVERYBODY, list_boards
from homestretch.web.access import GuardedRoute, list_unguarded
from homestretch.web.application import list_routes, make_application
from homestretch.web.headers import HEADERS
from tests.boards.days import ALL, CANARY_OVER, at_number, make_picture
from tests.boards.kinds import list_faults
from tests.web.shelf import Client, make_app, make_client

PAGES = (
    "/three-rivers",
    "/three-rivers/results/marathon",
    "/three-rivers/results/half?order=latest",
    "/three-rivers/runners/101",
)


@pytest.fixture(scope="module")
def client() -> Client:
    return make_client(make_picture(ALL["small"]))


def test_every_address_declares_who_may_use_it() -> None:
    routes = list_routes()
    assert list(list_unguarded(routes)) == []
    paths = {getattr(route, "path", "") for route in routes}
    for kind in list_boards():
        assert {kind.path, f"{kind.path}.json"} <= paths


def test_an_address_that_does_not_declare_it_is_found() -> None:
    async def open_to_all(request: Request) -> Response:
        return PlainTextResponse("hello")

    bare = Route("/bare", open_to_all)
    nobody = GuardedRoute("/nobody", open_to_all, who=())
    below = Mount("/below", routes=[Route("/bare", open_to_all)])
    guarded = GuardedRoute("/good", open_to_all, who=EVERYBODY)
    assert list(list_unguarded([bare, nobody, below, guarded])) == [
        "/bare",
        "/nobody",
        "/below",
        "/bare",
    ]


def test_a_slash_too_many_behind_an_event_leads_to_its_page_and_to_no_other_host(
    client: Client,
) -> None:
    answer = client.get("/three-rivers/?lang=de", {"Host": "elsewhere.test"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/three-rivers?lang=de")
    assert client.get("/nowhere/").status_code == 404


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_whole_and_needs_no_script(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert list(list_faults(answer.text)) == []
    assert 'href="/static/app.css?v=' in answer.text
    assert 'hx-sse:connect="/three-rivers/stream?board=' in answer.text


@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_a_twin_in_json(client: Client, address: str) -> None:
    path, _, query = address.partition("?")
    answer = client.get(f"{path}.json?{query}")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.content)["frame"]["event"]["id"] == "three-rivers"
    page = client.get(address).text
    assert f'href="{path}.json' in page


@pytest.mark.parametrize("address", [*PAGES, "/three-rivers.json"])
def test_a_page_that_has_not_changed_is_not_sent_again(address: str) -> None:
    application, shelf = make_app(make_picture(ALL["small"]))
    client = Client(application)
    etag = client.get(address).headers["etag"]
    again = client.get(address, headers={"If-None-Match": f'W/"other", {etag}'})
    assert (again.status_code, again.content) == (304, b"")
    shelf.put(at_number(make_picture(ALL["small"]), "newer"))
    newer = client.get(address, headers={"If-None-Match": etag})
    assert newer.status_code == 200
    assert newer.headers["etag"] != etag


def test_viewers_of_different_roles_never_share_an_answer(client: Client) -> None:
    public = client.get("/three-rivers.json")
    director = client.get("/three-rivers.json", headers={"X-Role": "director"})
    assert public.headers["etag"] != director.headers["etag"]
    assert json.loads(public.content)["ledger"] is None
    assert json.loads(director.content)["ledger"] is not None
    assert public.headers["cache-control"].startswith("public")
    assert director.headers["cache-control"].startswith("private")
    assert "Cookie" in public.headers["vary"]
    again = client.get("/three-rivers.json")
    assert again.content == public.content


@pytest.mark.parametrize(
    "address",
    [*PAGES, "/", "/healthz", "/static/app.js", "/nowhere", "/three-rivers/results/ultra"],
)
def test_every_answer_carries_the_strict_headers(client: Client, address: str) -> None:
    answer = client.get(address)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/nowhere", 404),
        ("/three-rivers/nothing/here", 404),
        ("/three-rivers/results/ultra", 404),
        ("/three-rivers/runners/99999", 404),
        ("/three-rivers/results/marathon?sex=q", 404),
        ("/three-rivers?list=road", 403),
        ("/three-rivers/evidence/12", 403),
    ],
)
def test_a_refusal_is_a_page_with_a_hint_or_json_for_a_program(
    client: Client, address: str, status: int
) -> None:
    page = client.get(address, headers={"Accept": "text/html"})
    assert page.status_code == status
    assert list(list_faults(page.text)) == []
    assert "<h1>" in page.text
    program = client.get(address, headers={"Accept": "application/json"})
    assert program.status_code == status
    answer = program.json()
    assert answer["error"]
    assert answer["hint"]


def test_a_method_that_an_address_does_not_take_is_refused(client: Client) -> None:
    answer = client.request("POST", "/three-rivers")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.json()["hint"]
    assert client.request("HEAD", "/three-rivers").status_code == 200


def test_a_fault_of_ours_is_a_page_that_says_the_race_is_kept() -> None:
    application = make_application()
    answer = Client(application).get("/")
    assert answer.status_code == 500
    assert "The race is kept" in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_too_many_streams_are_answered_early_with_when_to_come_back() -> None:
    application, _ = make_app(make_picture(ALL["small"]))
    application.state.streams.count = 10**9
    answer = Client(application).get("/three-rivers/stream?board=home")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "3"


def test_the_start_page_lists_the_events() -> None:
    page = make_client(make_picture(ALL["late"])).get("/")
    assert 'href="/three-rivers"' in page.text
    assert "Marathon and Half marathon" in page.text
    assert list(list_faults(page.text)) == []
    assert "No event is served here yet" in make_client().get("/").text


def test_the_proof_of_life_waits_for_a_picture() -> None:
    picture = make_picture(ALL["small"])
    assert make_client().get("/healthz").status_code == 503
    answer = make_client(picture).get("/healthz")
    assert answer.json() == {
        "events": {"three-rivers": {"number": picture.number, "now": picture.now}}
    }


def test_a_wall_and_a_theme_are_chosen_in_the_address(client: Client) -> None:
    page = client.get("/three-rivers?wall&theme=dark").text
    assert '<html lang="en" data-size="wall" data-theme="dark">' in page
    assert "wall=1" in page
    assert "data-theme" not in client.get("/three-rivers?theme=%22%3E%3Cscript%3E").text


def test_a_search_is_shown_escaped(client: Client) -> None:
    asked = quote('"><script>alert(1)</script>')
    page = client.get(f"/three-rivers/results/marathon?q={asked}")
    assert "<script>alert" not in page.text
    assert list(list_faults(page.text)) == []


def test_a_page_is_compressed_for_who_takes_it() -> None:
    client = make_client(make_picture(CANARY_OVER))
    address = "/three-rivers/results/marathon"
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    body, headers = client.get_zipped(address)
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == plain.content
    assert len(body) < len(plain.content) / 4


def test_assets_with_a_digest_are_kept_for_ever_and_others_are_asked_for_again(
    client: Client,
) -> None:
    for name in ("app.js", "app.css"):
        assert "immutable" not in client.get(f"/static/{name}").headers["cache-control"]
        assert "immutable" in client.get(f"/static/{name}?v=1").headers["cache-control"]
    assert client.get("/static/../pages.py").status_code == 404


def test_the_first_view_of_a_page_weighs_less_than_100_kb() -> None:
    client = make_client(make_picture(CANARY_OVER))
    weight = 0
    for address in ("/three-rivers/results/marathon", "/static/app.js", "/static/app.css"):
        weight += len(client.get_zipped(address)[0])
    manifest = json.loads(client.get("/static/manifest.json").content)
    font = next(name for name in manifest if "next-latin-wght" in name)
    weight += len(client.get(f"/static/{manifest[font]}").content)
    assert weight < 100_000
