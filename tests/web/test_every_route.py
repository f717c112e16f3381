"""Every action by someone without the right role is refused: over all addresses of the application and all roles."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from starlette.routing import Mount

from homestretch.boards import EVERYBODY
from homestretch.errors import BusyError
from homestretch.race.privacy import Role
from homestretch.web.access import GuardedRoute
from homestretch.web.application import list_routes
from homestretch.web.forms import LARGEST_FORM
from homestretch.web.often import FORMS, KEPT, Often
from tests.boards.days import ALL, make_picture
from tests.web.shelf import Client, make_client

ROLES: tuple[Role, ...] = get_args(Role)
VALUES = {"event": "three-rivers", "bib": "101", "race": "marathon", "point": "10k", "list": "road"}
SAFE = {"GET", "HEAD"}
JSON = {"Accept": "application/json"}
BY_THEIR_KEY = {
    "/{event}/facts": "the keeper lets each key say the kinds of its role (test_who_may_say)",
    "/{event}/doors/{door}": "the keeper lets in the keys of devices, control and director (test_phones)",
    "/{event}/doors/{door}/": "likewise, for apps that put a slash behind it",
    "/{event}/doors/{door}/{token}": "likewise",
    "/{event}/doors/{door}/{token}/": "likewise",
    "/{event}/me": "the keeper lets each private link speak for its own entrant (test_private_links)",
}
"""Addresses to which anybody may send something: what is in it is judged by the key that comes with it."""
BY_EVERYBODY = {
    "/{event}/stories/{story}/takedown": "whoever reads a story may have it taken down, without a key: same-site,"
    " bounded and not too often",
    "/{event}/runners/{bib}/follow": "a browser follows a runner without an account: bounded, and judged by the"
    " privacy gate (tests/news/test_pushing.py)",
}


def list_actions() -> list[tuple[str, str, frozenset[Role]]]:
    """(method, address, who) of every address and method there is."""
    found: list[tuple[str, str, frozenset[Role]]] = []
    for route in list_routes():
        if isinstance(route, Mount):
            assert route.who == EVERYBODY  # type: ignore[attr-defined]  # of a guarded mount
            continue
        assert isinstance(route, GuardedRoute)
        found += [(method, route.path, route.who) for method in sorted(route.methods or ())]
    return found


def filled(path: str) -> str:
    return re.sub(r"{(\w+)}", lambda name: VALUES.get(name[1], "1"), path)


REFUSED = [
    pytest.param(method, path, role, id=f"{method} {path} {role}")
    for method, path, who in list_actions()
    if path not in BY_THEIR_KEY and method != "HEAD"
    for role in ROLES
    if role not in who
]


@pytest.fixture(scope="module")
def application() -> Client:
    return make_client(make_picture(ALL["small"]))


@pytest.fixture
def client(application: Client) -> Client:
    """One that nothing was sent from so far: how much one address may send is another test's."""
    application.application.state.often = Often()
    return application


@pytest.mark.parametrize(("method", "path", "role"), REFUSED)
def test_whoever_has_another_role_is_refused(
    client: Client, method: str, path: str, role: Role
) -> None:
    answer = client.request(method, filled(path), headers={"X-Role": role, **JSON})
    assert answer.status_code == 403, (method, path, role)
    assert answer.json()["error"] in ("This page is for other roles.", "This page needs a key.")


def test_no_address_is_for_the_public_to_send_to_but_those_that_ask_for_a_key() -> None:
    unsafe = {
        path for method, path, who in list_actions() if method not in SAFE and "public" in who
    }
    assert unsafe == set(BY_THEIR_KEY) | set(BY_EVERYBODY)


@pytest.mark.parametrize(
    ("path", "who"),
    [
        (path, who)
        for method, path, who in list_actions()
        if method not in SAFE and path not in BY_THEIR_KEY
    ],
)
def test_what_another_sites_page_sends_is_refused_to_whoever_holds_a_key(
    client: Client, path: str, who: frozenset[Role]
) -> None:
    for role in who:
        headers = {"X-Role": role, "Sec-Fetch-Site": "cross-site", **JSON}
        answer = client.request("POST", filled(path), headers=headers)
        assert answer.status_code == 403, (path, role)
        assert answer.json()["error"] == "Another site's page sent this."


def test_every_form_is_bounded() -> None:
    picture = make_picture(ALL["small"])
    large = b"why=" + b"x" * LARGEST_FORM
    for method, path, who in list_actions():
        if method in SAFE or path in BY_THEIR_KEY:
            continue
        headers = {"X-Role": sorted(who)[0], **JSON}
        if "/uploads/" in path:  # POST is none of an upload's methods unless it is meant as one
            headers["X-HTTP-Method-Override"] = "PATCH"
        client = make_client(picture)  # a new one: here it is not about how often
        answer = client.request(method, filled(path), headers=headers, content=large)
        assert answer.status_code == 400, path
        assert "larger than 64 KiB" in answer.json()["error"]


def test_a_key_that_sends_without_end_waits_and_nobody_else_does() -> None:
    often = Often()
    for _ in range(int(FORMS.burst)):
        often.check("one", 100.0)
    with pytest.raises(BusyError):
        often.check("one", 100.0)
    often.check("another", 100.0)
    often.check("one", 101.0)
    for number in range(KEPT + 1):
        often.check(f"sender {number}", 102.0)
    often.check("one", 102.0)


def test_a_form_that_comes_too_often_is_told_when_to_come_again() -> None:
    client = make_client(make_picture(ALL["small"]))
    headers = {"X-Role": "control", **JSON}
    statuses: list[int] = []
    while 503 not in statuses and len(statuses) < 5 * FORMS.burst:
        answer = client.request("POST", "/three-rivers/hide", headers=headers)
        statuses.append(answer.status_code)
    assert set(statuses) == {404, 503}
    assert len(statuses) > FORMS.burst
    assert "retry-after" in answer.headers


def test_each_action_of_control_is_among_them() -> None:
    forms = {path for method, path, _ in list_actions() if method == "POST"}
    pages = (
        "control",
        "audit",
        "hide",
        "sweep",
        "devices",
        "radio",
        "takeover",
        "desk",
        "desk/stories",
    )
    assert {f"/{{event}}/{page}" for page in pages} <= forms
    assert len(REFUSED) > 100
