"""Whatever may change something, at every address and by every method that there is: not from another site's page, not
without bound, and not too often from one key or one address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from homestretch.cli import main
from homestretch.race.privacy import Role
from homestretch.server.spec import FrontSpec
from homestretch.web.access import SAFE
from homestretch.web.admission import LARGEST_BODY
from homestretch.web.connection import front_config
from homestretch.web.often import CROWD, DEVICES, FORMS, Allowance, net_of
from tests.aside import run
from tests.state.days import a_day
from tests.web.every_route import list_guarded_routes
from tests.web.kept_day import KeptDay, kept_day
from tests.web.test_every_route import filled

NOW = "09:00"
MARK = {"Accept": "application/json"}


def list_unsafe() -> list[tuple[str, str, Role, Allowance]]:
    """(method, address, somebody who may, what is allowed) of every method that may change something."""
    found = []
    for path, route in list_guarded_routes():
        for method in sorted((route.methods or set()) - SAFE):
            role = sorted(route.who - {"public"})[0]
            address = filled(path).replace("/three-rivers", "/day")
            found.append((method, address, role, route.often))
    return found


def words_of(answer: httpx.Response) -> str:
    """What went wrong, as our pages or the API say it."""
    said = answer.json()
    return str(said.get("error") or said["detail"])


def during(ask: Callable[[KeptDay], Awaitable[None]]) -> None:
    async def asked() -> None:
        day = a_day()
        day.entrant("101")
        async with kept_day(day, NOW) as kept:
            await ask(kept)

    run(asked())


def test_there_are_many_such_addresses_and_each_of_the_three_allowances_is_among_them() -> None:
    assert len(list_unsafe()) > 15
    assert {allowed for *_, allowed in list_unsafe()} >= {FORMS, DEVICES, CROWD}


def test_another_sites_page_changes_nothing_anywhere_whatever_key_the_browser_holds() -> None:
    async def ask(day: KeptDay) -> None:
        for method, address, role, _ in list_unsafe():
            key = {"Authorization": f"Bearer {day.token(role)}"}
            for headers in (
                {"Sec-Fetch-Site": "cross-site"},
                {"Sec-Fetch-Site": "same-site", **key},
                {"Origin": "https://elsewhere.test"},
            ):
                answer = await day.client.request(method, address, headers={"X-Role": role, **MARK, **headers})  # fmt: skip
                assert answer.status_code == 403, (method, address)
                assert words_of(answer) == "Another site's page sent this."

    during(ask)


def test_no_address_takes_a_body_without_bound() -> None:
    async def ask(day: KeptDay) -> None:
        for method, address, role, _ in list_unsafe():
            headers = {"X-Role": role, "Authorization": f"Bearer {day.token(role)}", **MARK}
            if (
                "/uploads/" in address
            ):  # POST is none of an upload's methods unless it is meant as one
                headers["X-HTTP-Method-Override"] = "PATCH"
            large = b"x" * (LARGEST_BODY + 1)
            answer = await day.client.request(method, address, headers=headers, content=large)
            assert answer.status_code in (400, 413), (method, address, answer.text)
            assert "larger than" in words_of(answer)

    during(ask)


async def send(client: httpx.AsyncClient, method: str, address: str, role: str) -> httpx.Response:
    return await client.request(method, address, headers={"X-Role": role, **MARK})


async def until_busy(ask: Callable[[], Awaitable[httpx.Response]]) -> list[httpx.Response]:
    """The answers up to the first that says that it is too much; what was sent is forgotten meanwhile, at a rate."""
    answers = [await ask()]
    while answers[-1].status_code != 503:
        assert len(answers) < 5 * DEVICES.burst
        answers.append(await ask())
    return answers


def test_one_address_without_a_key_cannot_send_without_end_anywhere() -> None:
    async def ask(day: KeptDay) -> None:
        known: dict[Role, str] = {}
        for allowed in (FORMS, CROWD, DEVICES):
            there = [one for one in list_unsafe() if one[3] == allowed]
            method, address, role, _ = there[0]
            sent = await until_busy(partial(send, day.client, *there[0][:3]))
            assert len(sent) > allowed.burst
            for method, address, role, _ in there:
                (*_, answer) = await until_busy(partial(send, day.client, method, address, role))
                assert answer.headers["retry-after"]
                assert words_of(answer).startswith("Too much came from here")
            async with day.from_address("203.0.113.7") as elsewhere:
                assert (await send(elsewhere, method, address, role)).status_code != 503
        # A key that holds has an allowance of its own, whoever floods from beside it.
        for role in ("control", "device"):
            known[role] = day.token(role)  # type: ignore[index]  # a role
            key = {"Authorization": f"Bearer {day.token(role)}"}  # type: ignore[arg-type]  # a role
            async with day.from_address("203.0.113.8") as elsewhere:
                body = b'{"items": []}'
                first = await elsewhere.post("/day/facts", headers=key, content=body)
                assert first.status_code == 200
            assert (
                await day.client.post("/day/facts", headers=key, content=body)
            ).status_code == 200

    during(ask)


def test_opening_links_by_trial_is_slowed_down_as_well() -> None:
    async def ask(day: KeptDay) -> None:
        sent = await until_busy(lambda: day.client.get("/day/me/wrong"))
        assert len(sent) > CROWD.burst
        assert {answer.status_code for answer in sent[:-1]} == {403}
        assert len(await until_busy(lambda: day.client.get("/day/key/wrong"))) < CROWD.burst

    during(ask)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_is_counted_as_the_customer_that_it_belongs_to(
    address: str, counted: str
) -> None:
    assert net_of(address) == counted


@pytest.mark.parametrize(
    ("proxy", "peer", "seen"),
    [
        ("", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("203.0.113.9", "203.0.113.9", "198.51.100.1"),
        ("203.0.113.0/24", "203.0.113.9", "198.51.100.1"),
    ],
)
def test_a_forwarded_address_is_believed_of_a_named_proxy_alone(
    proxy: str, peer: str, seen: str
) -> None:
    told: list[str] = []

    async def look(scope: dict[str, object], _receive: object, send: Callable[..., Awaitable[None]]) -> None:  # fmt: skip
        host, _ = scope["client"]  # type: ignore[misc]  # host and port
        told.append(host)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    config = front_config(look, FrontSpec("wire", 0, proxy, None))  # type: ignore[arg-type]  # any application
    config.load()

    async def ask() -> None:
        transport = httpx.ASGITransport(config.loaded_app, client=(peer, 5))
        async with httpx.AsyncClient(transport=transport, base_url="http://event.test") as client:
            forged = "192.0.2.66, 198.51.100.1"
            await client.get("/", headers={"X-Forwarded-For": forged, "X-Forwarded-Proto": "https"})

    run(ask())
    assert told == [seen]


@pytest.mark.parametrize("named", ["*", "proxy.example.org", "10.0.0.1,*", "300.1.1.1"])
def test_a_proxy_is_named_by_its_address(named: str, tmp_path: Path) -> None:
    said = CliRunner().invoke(main, ["run", str(tmp_path), f"--behind-proxy={named}"])
    assert said.exit_code == 2
    assert "is no address" in said.output
