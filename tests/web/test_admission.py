"""Keys at a real server with two events: who may open what, and what a key may say."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from starlette.routing import Mount, Route

from bench.served import cpu_s
from homestretch.facts import DeviceStatus, Sighting, Unreadable
from homestretch.race.privacy import Role
from homestretch.rehearsal.plan import plan
from homestretch.store.opening import open_store
from homestretch.web.application import list_routes
from tests.browser.server import Server, free_port, running, wait_for
from tests.patience import PATIENCE_S

EVENTS = ("harbour-day", "hill-day")
NOON = "2026-05-03T12:00:00-04:00"
FILLED = {
    "{race}": "marathon",
    "{bib}": "101",
    "{seq}": "1",
    "{reason}": "unknown-chip",
    "{token}": "unknown",
    "{list}": "start-list",
    "{door}": "none",
    "{language}": "de",
    "{story}": "none",
    "{number}": "1",
    "{point}": "finish",
    "{story:slug}": "none",
    "{photo}": "none",
    "{upload}": "none",
    "{entrant}": "none",
    "{size}": "page",
    "{number:int}": "0",
}
JCHIP = b"N0000FINISH-1\rGT012000000 date=20260503\rDA%s 12:00:16.443300 10  0000F      C7 date=20260503\r"


def write_event(folder: Path, event: str, seed: int, port: int) -> None:
    planned = plan(seed, marathon=120, half=120, jchip_port=port)
    folder.mkdir(parents=True)
    toml = planned.event_toml.replace(f'id = "{planned.event_id}"', f'id = "{event}"', 1)
    (folder / "event.toml").write_text(toml, encoding="utf-8")
    (folder / "course.gpx").write_text(planned.course_gpx, encoding="utf-8")
    (folder / "entrants.csv").write_text(planned.entrants_csv, encoding="utf-8")


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return {event: free_port() for event in EVENTS}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, ports: dict[str, int]) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("two")
    folders = {event: folder / event for event in EVENTS}
    for seed, event in enumerate(EVENTS, start=1):
        write_event(folders[event], event, seed, ports[event])
    port = free_port()
    command = ["run", *map(str, folders.values()), f"--port={port}"]
    with running(command, f"http://127.0.0.1:{port}", folders) as server:
        yield server


@pytest.fixture(scope="module")
def keys(server: Server) -> dict[str, str]:
    """A token for each role of the first event, once the server knows them."""
    roles = [role for role in get_args(Role) if role != "public"]
    made = {
        role: server.make_key(
            role, event=EVENTS[0], station="mile-25" if role == "station" else ""
        )[1]
        for role in roles
    }
    wait_for(lambda: say(server, made[roles[-1]]).status_code == 200)
    return made | {"public": ""}


def say(
    server: Server, token: str, *items: dict[str, Any], event: str = EVENTS[0]
) -> httpx.Response:
    """The answer to a batch of facts."""
    body = json.dumps({"items": items}).encode()
    return server.ask("POST", f"/{event}/facts", token, content=body)


def read(seq: int, **more: object) -> dict[str, Any]:
    return {
        "seq": seq,
        "kind": "read",
        "seen_at": NOON,
        "chip": f"A{seq}",
        "place": "finish",
        **more,
    }


def list_guarded(routes: list[Any]) -> Iterator[tuple[str, frozenset[str]]]:
    for route in routes:
        if isinstance(route, Mount):
            yield route.path + "/app.css", route.who  # type: ignore[attr-defined]  # every route has it
        elif isinstance(route, Route) and "GET" in (route.methods or ()):
            yield route.path, route.who  # type: ignore[attr-defined]


def test_every_address_refuses_every_role_that_it_does_not_declare(
    server: Server, keys: dict[str, str]
) -> None:
    tried = 0
    for path, who in list_guarded(list_routes()):
        if path.endswith("/stream") or "{token}" in path or "/doors/" in path:
            continue  # a stream does not end; a link is for who has none yet; doors are below
        address = path.replace("{event}", EVENTS[0])
        address = re.sub(r"{(\w+):\w+}", r"{\1}", address)
        for name, value in FILLED.items():
            address = address.replace(name, value)
        assert "{" not in address, f"say in FILLED what stands for {address}"
        for role, token in keys.items():
            answer = server.get(address, token)
            refused = answer.status_code == 403
            assert refused == (role not in who), (address, role, answer.status_code)
            if refused:
                tried += 1
                assert path.endswith(".json") or "<h1>" in answer.text
                said = server.get(address, token, Accept="application/json").json()
                assert said["error"]
                assert said["hint"]
    assert tried >= 5, "somewhere somebody is refused"


def test_a_devices_door_opens_to_the_keys_of_devices_and_control_in_each_way_a_key_can_come(
    server: Server, keys: dict[str, str]
) -> None:
    door = f"/{EVENTS[0]}/doors/no-such-protocol"
    assert server.get(door).status_code == 403
    for role, token in keys.items():
        basic = base64.b64encode(f"anybody:{token}".encode()).decode()
        answers = (
            server.get(door, token),
            server.get(door, Authorization=f"Basic {basic}"),
            server.get(f"{door}/{token or 'none'}"),
        )
        expected = 404 if role in ("device", "control", "director") else 403
        assert [answer.status_code for answer in answers] == [expected] * 3, role
    assert server.get(f"{door}/none").status_code == 403


def test_a_key_that_was_revoked_or_has_expired_or_is_anothers_opens_nothing(
    server: Server, keys: dict[str, str]
) -> None:
    address = f"/{EVENTS[0]}/evidence/1"
    revoked_id, revoked = server.make_key("director", event=EVENTS[0])
    _, expired = server.make_key("director", event=EVENTS[0], lasts_ms=-1)
    _, foreign = server.make_key("director", event=EVENTS[1])
    wait_for(lambda: server.get(address, revoked).status_code != 403)
    wait_for(lambda: say(server, foreign, event=EVENTS[1]).status_code == 200)
    server.revoke(revoked_id, EVENTS[0])
    wait_for(lambda: server.get(address, revoked).status_code == 403)
    for token in (revoked, expired, foreign, "nonsense", "é", keys["director"][:-1]):
        headers = {b"authorization": b"Bearer " + token.encode()}
        for method, path in (("GET", address), ("POST", f"/{EVENTS[0]}/facts")):
            answer = httpx.request(
                method,
                server.address + path,
                headers=headers,
                content=b'{"items": []}',
                timeout=PATIENCE_S,
            )
            assert answer.status_code == 403, (token, method)
        opened = httpx.get(f"{server.address}/{EVENTS[0]}/key/{token}", timeout=PATIENCE_S)
        assert opened.status_code == 403
        assert "set-cookie" not in opened.headers


def test_a_link_lets_in_every_browser_that_opens_it(server: Server) -> None:
    """A team passes its link on; so nobody is told that a link is used up."""
    key_id, token = server.make_key("control", event=EVENTS[0])
    wait_for(lambda: say(server, token).status_code == 200)
    browsers = [
        httpx.Client(base_url=server.address, follow_redirects=True, timeout=PATIENCE_S)
        for _ in range(3)
    ]
    for browser in browsers:
        browser.get(f"/{EVENTS[0]}/key/{token}")
        assert browser.get(f"/{EVENTS[0]}.json").json()["ledger"] is not None
    server.revoke(key_id, EVENTS[0])
    address = f"/{EVENTS[0]}/evidence/1"
    wait_for(lambda: browsers[0].get(address).status_code == 403)
    said = browsers[0].get(address, headers={"Accept": "application/json"}).json()
    assert "If it has expired or was taken back, ask for a new one." in said["hint"]
    for browser in browsers:
        browser.close()


def test_a_fact_holds_the_id_of_a_persons_key_and_staff_read_its_label(server: Server) -> None:
    key_id, token = server.make_key("control", event=EVENTS[0], label="Ottmar Bellwether")
    seen = {"seq": 5, "kind": "sighting", "seen_at": NOON, "bib": "101", "place": "mile-25"}
    assert say(server, token, seen).json()["durable"] == 1
    with httpx.Client(
        base_url=server.address, follow_redirects=True, timeout=PATIENCE_S
    ) as browser:
        browser.get(f"/{EVENTS[0]}/key/{token}")
        body = json.dumps({"items": [seen]}).encode()
        assert browser.post(f"/{EVENTS[0]}/facts", content=body).json()["durable"] == 1
        with contextlib.closing(open_store(server.folders[EVENTS[0]], EVENTS[0])) as store:
            rows = [row for row in store.log.read_since(0).others if row.id.number == 5]
        (row,) = [row for row in rows if isinstance(row.fact, Sighting)]  # a session says it again
        assert row.id.source == f"http:control-{key_id}"
        assert isinstance(row.fact, Sighting)
        assert row.fact.by == f"key-{key_id}"
        page = browser.get(f"/{EVENTS[0]}/evidence/{row.seq}").text
    assert "Ottmar Bellwether (control)" in page


def test_what_a_key_may_not_say_is_refused_and_kept_as_unreadable(
    server: Server, keys: dict[str, str]
) -> None:
    gun = {"seq": 1, "kind": "gun", "seen_at": NOON, "race": "marathon", "wave": "A"}
    sighting = {"seq": 2, "kind": "sighting", "seen_at": NOON, "bib": "101", "place": "mile-25"}
    allowed = {"device": {"read"}, "station": {"sighting"}}
    for role in ("device", "station", "announcer", "desk", "photographer"):
        said = say(server, keys[role], gun, sighting, read(3))
        if role in ("announcer", "photographer"):
            assert said.status_code == 403
            assert "says nothing" in said.json()["error"]
            continue
        answer = said.json()
        reasons = {item["seq"]: item["reason"] for item in answer["refused"]}
        for item in (gun, sighting, read(3)):
            told = reasons.get(item["seq"], "")
            refused = f"A key for {role} may not say" in told
            assert refused == (item["kind"] not in allowed.get(role, set())), (role, item, told)
    assert say(server, "").status_code == 403
    with contextlib.closing(open_store(server.folders[EVENTS[0]], EVENTS[0])) as store:
        facts = [store.log.get(seq).fact for seq in range(1, store.log.last_seq() + 1)]
        kept = [fact for fact in facts if isinstance(fact, Unreadable)]
        assert any("A key for device may not say 'gun'" in fact.reason for fact in kept)


def test_one_bad_item_does_not_keep_its_neighbours_out(
    server: Server, keys: dict[str, str]
) -> None:
    good = json.dumps(read(70)).encode()
    for number, bad in enumerate(
        (
            b'{"seq": 71, "kind": ["read"]}',
            b'{"seq": 72, "kind": {"a": 1}}',
            b'{"seq": 73, "kind": "read", "chip": "\xff", "seen_at": 1777827900000, "place": "x"}',
            b'{"seq": 74, "kind": "read", "seen_at": 1e999}',
            b"[1, 2]",
        )
    ):
        body = b'{"items": [%s, %s]}' % (bad, good.replace(b"70", b"%d" % (80 + number)))
        answer = server.ask("POST", f"/{EVENTS[0]}/facts", keys["device"], content=body)
        assert answer.status_code == 200, bad
        assert answer.json()["durable"] == 1
        assert len(answer.json()["refused"]) == 1


def test_a_batch_that_is_none_is_answered_at_once_in_words(
    server: Server, keys: dict[str, str]
) -> None:
    """At once: it costs its processes next to no work, whatever else the machine does."""
    deep = b'{"items": [' + b"[" * 200_000 + b"]" * 200_000 + b"]}"
    pids = [server.find_process(name) for name in ("_front", "_keeper")]
    for body in (deep, b"", b"null", b'{"items": 1}', b"\xff\xfe", b" " * (1024 * 1024 + 1)):
        before_s = sum(map(cpu_s, pids))
        answer = server.ask("POST", f"/{EVENTS[0]}/facts", keys["device"], content=body)
        assert answer.status_code == 400, body[:20]
        assert answer.json()["error"]
        assert sum(map(cpu_s, pids)) - before_s < 5


def test_a_session_of_one_event_says_nothing_in_the_other(server: Server) -> None:
    _, token = server.make_key("director", event=EVENTS[1])
    wait_for(lambda: say(server, token, event=EVENTS[1]).status_code == 200)
    with httpx.Client(
        base_url=server.address, follow_redirects=True, timeout=PATIENCE_S
    ) as browser:
        assert browser.get(f"/{EVENTS[1]}/key/{token}").url.path == f"/{EVENTS[1]}"
        assert browser.get(f"/{EVENTS[1]}.json").json()["ledger"] is not None
        assert browser.get(f"/{EVENTS[0]}.json").json()["ledger"] is None
        session = browser.cookies[f"homestretch-{EVENTS[1]}"]
        assert session != token
        browser.cookies.set(f"homestretch-{EVENTS[0]}", session)
        assert browser.get(f"/{EVENTS[0]}.json").json()["ledger"] is None
        empty = b'{"items": []}'
        assert browser.post(f"/{EVENTS[0]}/facts", content=empty).status_code == 403
        assert browser.post(f"/{EVENTS[1]}/facts", content=empty).status_code == 200
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://elsewhere.test"},
            {"Origin": "null"},
            {"Origin": "http://["},
        ):
            answer = browser.post(f"/{EVENTS[1]}/facts", content=empty, headers=headers)
            assert answer.status_code == 403, headers
            assert "Another site" in answer.json()["error"]


def test_a_link_whose_head_is_asked_for_is_not_opened(server: Server) -> None:
    _, token = server.make_key("director", event=EVENTS[0])
    link = f"/{EVENTS[0]}/key/{token}"
    with contextlib.closing(open_store(server.folders[EVENTS[0]], EVENTS[0])) as store:
        before = len(store.people.list_keys())
        answer = server.ask("HEAD", link)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert len(store.people.list_keys()) == before
        assert "set-cookie" in server.get(link).headers
        assert len(store.people.list_keys()) == before + 1


def test_no_address_sends_anybody_on_to_the_host_that_they_named(server: Server) -> None:
    _, token = server.make_key("director", event=EVENTS[0])
    for path in (f"/{EVENTS[0]}/key/{token}/", "//elsewhere.test/", "/healthz/", "/static"):
        answer = server.get(path, Host="elsewhere.test")
        assert answer.status_code == 404, path
        assert "location" not in answer.headers
    answer = server.get(f"/{EVENTS[0]}/?lang=de", Host="elsewhere.test")
    assert answer.headers["location"] == f"/{EVENTS[0]}?lang=de"


def test_a_wrong_key_for_facts_is_told_of_and_counted(server: Server) -> None:
    for number in range(20):
        assert say(server, f"wrong-{number}").status_code == 403

    def troubles() -> list[str]:
        with contextlib.closing(open_store(server.folders[EVENTS[0]], EVENTS[0])) as store:
            others = [logged.fact for logged in store.log.read_since(0).others]
            said = [fact for fact in others if isinstance(fact, DeviceStatus)]
            return [word for fact in said if fact.of == "door:facts" for word in fact.errors]

    wait_for(troubles)
    assert len(troubles()) == 1, "once a minute, however often"
    assert troubles()[0].startswith("a wrong key")


def test_a_door_belongs_to_the_event_that_names_it(server: Server, ports: dict[str, int]) -> None:
    def heard(event: str) -> int:
        with contextlib.closing(open_store(server.folders[event], event)) as store:
            rows = store.log.read_since(0)
            return len(rows.reads)

    before = {event: heard(event) for event in EVENTS}
    with socket.create_connection(("127.0.0.1", ports[EVENTS[1]])) as reader:
        reader.sendall(JCHIP % b"413A35")
        wait_for(lambda: heard(EVENTS[1]) == before[EVENTS[1]] + 1)
    assert heard(EVENTS[0]) == before[EVENTS[0]]


@pytest.mark.parametrize("same", ["id", "door"])
def test_two_events_with_one_id_or_one_door_are_refused_in_words(tmp_path: Path, same: str) -> None:
    port = free_port()
    write_event(tmp_path / "a", "day-a", 1, port)
    write_event(tmp_path / "b", "day-a" if same == "id" else "day-b", 2, port if same == "door" else free_port())  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-m", "homestretch", "run", str(tmp_path / "a"), str(tmp_path / "b"), f"--port={free_port()}"],
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert ('the id "day-a"' if same == "id" else f"both want port {port}") in run.stderr


def test_a_link_leads_to_the_page_for_which_its_key_was_made(server: Server) -> None:
    for role, station, page in (
        ("director", "", ""), ("control", "", "/control"), ("sweep", "", "/sweep"), ("announcer", "", "/announcer"),
        ("desk", "", "/desk"), ("medical", "", "/calls"), ("photographer", "", "/sending"),
        ("station", "finish", "/stations/finish"),
    ):  # fmt: skip
        _, token = server.make_key(
            role, event=EVENTS[0], **({"station": station} if station else {})
        )
        link = f"/{EVENTS[0]}/key/{token}"
        wait_for(lambda link=link: server.get(link).status_code == 303)
        with httpx.Client(
            base_url=server.address, follow_redirects=True, timeout=PATIENCE_S
        ) as browser:
            opened = browser.get(link)
            assert (opened.status_code, opened.url.path) == (200, f"/{EVENTS[0]}{page}"), role
