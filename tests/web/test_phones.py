"""Phones at a real server: what an app keeps and sends again, and what becomes of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Literal

import httpx
import numpy as np
import pytest

from homestretch.facts import DeviceStatus, Fact, Ping, Unreadable
from homestretch.rehearsal.course import get_line
from homestretch.rehearsal.plan import plan
from homestretch.rehearsal.schedule import DATE, SWEEP_LEAVES_S, midnight_at
from homestretch.store.opening import open_store
from tests.browser.server import EVENT, Server, free_port, running, wait_for
from tests.emulators.phones import Answered, OwnTracks, Sent, Traccar
from tests.patience import PATIENCE_S

LEAVES_S = midnight_at(DATE) // 1000 + int(SWEEP_LEAVES_S)
VEHICLES = """
[[vehicle]]
name = "lead-car"
kind = "lead"
ids = ["48241179"]

[[vehicle]]
name = "bus-1"
kind = "bus"
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("phones") / "day"
    folder.mkdir()
    planned = plan(1, marathon=120, half=120, jchip_port=free_port())
    texts = {
        "event.toml": planned.event_toml + VEHICLES,
        "course.gpx": planned.course_gpx,
        "entrants.csv": planned.entrants_csv,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    port = free_port()
    with running(["run", str(folder), f"--port={port}"], f"http://127.0.0.1:{port}", {EVENT: folder}) as server:  # fmt: skip
        yield server


@pytest.fixture(scope="module")
def directors_key(server: Server) -> str:
    return server.make_key("director")[1]


def carry(sent: Sent) -> Answered:
    """A network that works."""
    try:
        answer = httpx.request(
            sent.method, sent.address, headers=sent.headers, content=sent.body, timeout=PATIENCE_S
        )
    except httpx.TransportError as error:
        raise OSError from error
    return Answered(answer.status_code, answer.content)


def carry_and_lose_the_answer(sent: Sent) -> Answered:
    """A network that breaks when the server has answered."""
    carry(sent)
    raise OSError


def place(at_m: float) -> tuple[float, float]:
    """Latitude and longitude at metres of the course."""
    lat, lon = get_line().find_position(np.array([at_m]))
    return round(float(lat[0]), 6), round(float(lon[0]), 6)


def door(server: Server, name: str, token: str = "") -> str:
    return f"{server.address}/{EVENT}/doors/{name}" + (f"/{token}" if token else "")


def list_facts(server: Server, kind: type[Fact], source: str = "") -> list[Any]:
    """The facts of a kind in the log, as a program beside the server reads them."""
    with contextlib.closing(open_store(server.folders[EVENT], EVENT)) as store:
        found = (store.log.get(seq) for seq in range(1, store.log.last_seq() + 1))
        return [one.fact for one in found if isinstance(one.fact, kind) and source in one.id.source]


def find_vehicle(server: Server, key: str, name: str) -> dict[str, Any]:
    table = server.get(f"/{EVENT}.json", key).json()["vehicles"]
    (row,) = [row for row in table["vehicles"] if row["name"] == name]
    return dict(row)


def test_owntracks_keeps_its_fixes_while_nobody_answers_and_they_are_counted_once(
    server: Server, directors_key: str
) -> None:
    _, token = server.make_key("device", label="sweep-phone")
    nowhere = f"http://127.0.0.1:{free_port()}/{EVENT}/doors/owntracks"
    phone = OwnTracks(nowhere, token, user="driver", device="pixel", tid="SW")
    for minute in range(1, 31):
        phone.fix(LEAVES_S + 60 * minute, *place(101.9 * minute), batt=90 - minute)
    assert phone.try_to_send(carry) == 0
    assert len(phone.waiting) == 30

    phone.address = door(server, "owntracks")
    assert phone.try_to_send(carry_and_lose_the_answer) == 0
    assert phone.try_to_send(carry) == 30
    pings = list_facts(server, Ping, "owntracks:sweep-phone")
    assert [ping.seen_at // 1000 for ping in pings] == [
        LEAVES_S + 60 * minute for minute in range(1, 31)
    ]
    newest_at = (LEAVES_S + 1800) * 1000
    wait_for(lambda: find_vehicle(server, directors_key, "sweep")["seen_at"] == newest_at)
    sweep = find_vehicle(server, directors_key, "sweep")
    assert sweep["at_m"] == pytest.approx(101.9 * 30, abs=10)
    assert sweep["battery"] == pytest.approx(0.6)


def test_garbage_in_a_phone_does_not_hold_up_the_fixes_behind_it(server: Server) -> None:
    _, token = server.make_key("device", label="broken-phone")
    phone = OwnTracks(door(server, "owntracks"), token, user="driver", device="old", tid="SW")
    phone.say(b'{"_type":"location","lat":40.44,"lon":')
    phone.say(b"")
    phone.say(b'{"_type":"lwt","tst":1777795000}')
    phone.say(b'{"_type":"encrypted","data":"c2VjcmV0"}')
    phone.fix(LEAVES_S + 3, *place(10.0))
    assert phone.try_to_send(carry) == 5
    reasons = [fact.reason for fact in list_facts(server, Unreadable, "owntracks:broken-phone")]
    assert len(reasons) == 2
    assert len(list_facts(server, Ping, "owntracks:broken-phone")) == 1


@pytest.mark.parametrize("form", ["json", "query", "form"])
def test_traccar_old_and_new_sends_what_it_kept(
    server: Server, form: Literal["json", "query", "form"]
) -> None:
    _, token = server.make_key("device", label=f"lead-{form}")
    phone = Traccar(door(server, "traccar", token), "48241179", form)
    for second in range(0, 50, 10):
        phone.fix((LEAVES_S + second) * 1000, *place(5.0 * second + len(form)))
    phone.heartbeat()
    assert phone.try_to_send(carry_and_lose_the_answer) == 0
    assert phone.try_to_send(carry) == 6
    pings = list_facts(server, Ping, f"traccar:lead-{form}")
    assert len(pings) == 5
    assert {ping.vehicle for ping in pings} == {"lead-car"}
    assert pings[-1].speed_m_per_s == pytest.approx(1.7, abs=0.01)


def test_a_wrong_key_is_refused_and_counted_and_the_phone_keeps_its_fixes(server: Server) -> None:
    phones = (
        OwnTracks(door(server, "owntracks"), "wrong", user="driver", device="pixel", tid="SW"),
        Traccar(door(server, "traccar", "wrong"), "48241179"),
        Traccar(door(server, "traccar"), "48241179", "query"),
    )
    before = len(list_facts(server, Ping))
    for phone in phones:
        phone.fix(LEAVES_S, *place(0.0))
        assert phone.try_to_send(carry) == 0
        assert len(phone.waiting) == 1
        assert phone.refused is not None
        assert phone.refused.status == 403
    assert len(list_facts(server, Ping)) == before
    wait_for(lambda: any("a wrong key" in word for word in told_of_doors(server)))


def told_of_doors(server: Server) -> list[str]:
    facts = list_facts(server, DeviceStatus)
    return [word for fact in facts if fact.of.startswith("door:") for word in fact.errors]


def test_a_phone_of_no_vehicle_is_refused_and_told_until_its_key_is_one_of_a_vehicle(
    server: Server, directors_key: str
) -> None:
    _, token = server.make_key("device", label="whose-phone")
    phone = Traccar(door(server, "traccar", token), "9999")
    phone.fix((LEAVES_S + 60) * 1000, *place(2000.0))
    assert phone.try_to_send(carry) == 0
    assert phone.refused is not None
    assert phone.refused.status == 400
    assert b'"9999"' in phone.refused.body
    wait_for(lambda: "in no vehicle" in server.get(f"/{EVENT}/devices", directors_key).text)

    _, of_bus = server.make_key("device", station="bus-1", label="bus phone")
    phone.address = door(server, "traccar", of_bus)
    assert phone.try_to_send(carry) == 1
    wait_for(lambda: find_vehicle(server, directors_key, "bus-1")["at_m"])


def test_the_public_sees_neither_the_table_nor_a_bus(server: Server) -> None:
    board = server.get(f"/{EVENT}.json").json()
    assert board["vehicles"] is None
    assert not [car for car in board["frame"]["ribbon"]["vehicles"] if car["kind"] == "bus"]


def test_the_address_of_traccar_can_be_tried_in_a_browser(server: Server) -> None:
    _, token = server.make_key("device", label="tried")
    for end in ("", "/"):  # some apps put "/?id=..." behind the address that they were given
        answer = server.get(f"/{EVENT}/doors/traccar/{token}{end}")
        assert answer.status_code == 200
        assert "The key is right" in answer.text
    assert server.get(f"/{EVENT}/doors/traccar/wrong").status_code == 403


def test_a_device_of_another_kind_opens_no_vehicles_door(server: Server) -> None:
    _, token = server.make_key("announcer", label="announcer")
    phone = OwnTracks(door(server, "owntracks"), token, user="a", device="b", tid="SW")
    phone.fix(LEAVES_S, *place(0.0))
    assert phone.try_to_send(carry) == 0
    assert phone.refused is not None
    assert phone.refused.status == 403
