"""`homestretch key`: links for people, words for devices; only hashes are kept, and they can be taken back."""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from homestretch.store.keys import Key, new_key, token_hash
from tests.cli.conftest import Run, opened
from tests.cli.serving import fetch, serving
from tests.patience import PATIENCE_S

DAY_MS = 86_400_000

SWEEP = """
[sweep]
race = "10k"
starts = 09:20:00
pace = "9:00/km"
"""


def list_keys(folder: Path) -> list[Key]:
    with opened(folder) as store:
        return store.people.list_keys()


def test_a_link_and_a_code_to_photograph_are_shown(folder: Path, run: Run) -> None:
    done = run("key", "create", folder, "--role", "station", "--at", "weir", "--label", "cowbells")
    assert done.exit_code == 0
    (token,) = re.findall(r"^  http://127.0.0.1:8000/mill-race/key/([\w-]{43})$", done.stdout, re.M)
    assert "█" in done.stdout
    (key,) = list_keys(folder)
    assert (key.role, key.station, key.label, key.hash) == (
        "station",
        "weir",
        "cowbells",
        token_hash(token),
    )


def test_the_key_itself_is_in_no_file(folder: Path, run: Run) -> None:
    shown = run("key", "create", folder, "--role", "control").stdout
    token = re.findall(r"/key/([\w-]{43})", shown)[0].encode()
    assert not [path for path in folder.iterdir() if token in path.read_bytes()]


def test_the_address_of_the_link_can_be_told(folder: Path, run: Run) -> None:
    words = ("--role", "desk", "--base-url", "https://live.example.org/")
    shown = run("key", "create", folder, *words).stdout
    assert re.search(r"^  https://live.example.org/mill-race/key/[\w-]{43}$", shown, re.M)


def test_a_point_may_be_named_as_people_call_it(folder: Path, run: Run) -> None:
    run("key", "create", folder, "--role", "station", "--at", "the MILL")
    assert list_keys(folder)[0].station == "mill"


@pytest.mark.parametrize("words", [("--at", "LEAD car"), ("--label", "lead-car")])
def test_the_phone_of_a_vehicle_is_told_what_to_write_into_its_app(
    folder: Path, run: Run, words: tuple[str, str]
) -> None:
    plan = folder / "event.toml"
    vehicle = '\n[[vehicle]]\nname = "lead-car"\nkind = "lead"\n'
    plan.write_text(plan.read_text(encoding="utf-8") + vehicle, encoding="utf-8")
    base = ("--base-url", "https://live.example.org")
    shown = run("key", "create", folder, "--role", "device", *words, *base).stdout
    doors = "https://live.example.org/mill-race/doors"
    (token,) = re.findall(r"^  Password  ([\w-]{43})$", shown, re.M)
    assert re.search(rf"^  URL +{doors}/owntracks$", shown, re.M)
    assert re.search(rf"^  {doors}/traccar/{token}$", shown, re.M)
    assert "https addresses alone" not in shown
    assert list_keys(folder)[0].station == ("lead-car" if words[0] == "--at" else "")
    assert (
        "https addresses alone" in run("key", "create", folder, "--role", "device", *words).stdout
    )


def test_a_key_holds_some_days(folder: Path, run: Run) -> None:
    before = time.time_ns() // 1_000_000
    run("key", "create", folder, "--role", "desk", "--days", "5")
    run("key", "create", folder, "--role", "control")
    ends = {key.role: key.expires_at - before for key in list_keys(folder)}
    assert 5 * DAY_MS <= ends["desk"] < 5 * DAY_MS + 60_000
    assert 2 * DAY_MS <= ends["control"] < 2 * DAY_MS + 60_000


def test_a_key_made_weeks_ahead_holds_until_two_days_after_the_event(
    folder: Path, run: Run
) -> None:
    plan = folder / "event.toml"
    plan.write_text(plan.read_text().replace("2024-05-04", "2098-05-03"))
    done = run("key", "create", folder, "--role", "control")
    assert "until 2098-05-06 00:00" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--role", "king"), 2, "'king' is not one of"),
        (("--role", "public"), 2, "'public' is not one of"),
        (("--role", "station"), 2, "--at with one of start, mill, weir, finish"),
        (("--role", "desk", "--at", "weir"), 2, "leave --at out"),
        (("--role", "station", "--at", "moon"), 1, "no point 'moon'"),
        (("--role", "device", "--at", "moon"), 1, "no point 'moon'"),
        (("--role", "desk", "--days", "0"), 2, "--days"),
        ((), 2, "--role"),
    ],
)
def test_what_cannot_be_made_is_said_and_nothing_is_kept(
    folder: Path, run: Run, words: tuple[str, ...], code: int, said: str
) -> None:
    done = run("key", "create", folder, *words)
    assert done.exit_code == code
    assert said in done.stderr
    assert list_keys(folder) == []


def test_keys_are_listed_with_whether_they_hold(folder: Path, run: Run) -> None:
    assert "No keys yet" in run("key", "list", folder).stdout
    run("key", "create", folder, "--role", "station", "--at", "weir", "--label", "cowbells")
    (key,) = list_keys(folder)
    session, _ = new_key(
        "station", created_at=1, expires_at=key.expires_at, station="weir", parent=key.id
    )
    with opened(folder) as store:
        store.people.put_key(session)
    listed = run("key", "list", folder).stdout
    assert listed.startswith(f"{key.id}  station  at weir  cowbells  until ")
    assert listed.rstrip().endswith("open in 1 browser")
    assert len(listed.splitlines()) == 1


def test_a_revoked_key_takes_its_browsers_with_it(folder: Path, run: Run) -> None:
    run("key", "create", folder, "--role", "desk")
    (key,) = list_keys(folder)
    session, _ = new_key("desk", created_at=1, expires_at=key.expires_at, parent=key.id)
    with opened(folder) as store:
        store.people.put_key(session)
    assert run("key", "revoke", folder, key.id).exit_code == 0
    assert all(one.revoked_at is not None for one in list_keys(folder))
    assert "revoked" in run("key", "list", folder).stdout
    assert run("key", "revoke", folder, "nobody").exit_code == 1


def test_a_phones_key_can_be_made_for_the_sweep_car(folder: Path, run: Run) -> None:
    assert run("key", "create", folder, "--role", "device", "--at", "sweep").exit_code == 1
    toml = folder / "event.toml"
    toml.write_text(toml.read_text() + SWEEP)
    shown = run("key", "create", folder, "--role", "device", "--at", "Sweep").stdout
    assert "/doors/owntracks" in shown
    (key,) = list_keys(folder)
    assert key.station == "sweep"
    assert run("key", "create", folder, "--role", "station", "--at", "sweep").exit_code == 1


def test_a_device_is_told_what_to_send_and_what_it_says_is_kept(folder: Path, run: Run) -> None:
    with serving("run", folder, "--port", "0") as server:
        address = server.wait_for(r"Mill Race Run: (http://\S+)/mill-race")[1]
        shown = run("key", "create", folder, "--role", "device", "--base-url", address).stdout
        (token,) = re.findall(r"^  Authorization: Bearer ([\w-]{43})$", shown, re.M)
        (body,) = re.findall(r"-d '(.*)'$", shown, re.M)
        assert f"curl -X POST {address}/mill-race/facts" in shown
        request = urllib.request.Request(
            f"{address}/mill-race/facts",
            body.encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        assert json.loads(_sent(request)) == {
            "durable": 1,
            "refused": [],
            "refused_count": 0,
        }
        assert server.end() == 0


def test_a_link_is_swapped_for_a_cookie_and_revoking_it_shuts_the_door(
    folder: Path, run: Run
) -> None:
    with serving("run", folder, "--port", "0") as server:
        address = server.wait_for(r"Mill Race Run: (http://\S+)/mill-race")[1]
        words = ("key", "create", folder, "--role", "control", "--base-url", address)
        shown = run(*words).stdout
        (link,) = re.findall(r"^  (http://\S+/key/\S+)$", shown, re.M)
        _until(lambda: _status(link) == 303)
        (key_id,) = re.findall(r"\(id (\w+)\)", shown)
        assert run("key", "revoke", folder, key_id).exit_code == 0
        _until(lambda: _status(link) == 403)
        assert fetch(f"{address}/mill-race")
        assert server.end() == 0


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _status(link: str) -> int:
    try:
        with urllib.request.build_opener(_Stay).open(link, timeout=PATIENCE_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def _sent(request: urllib.request.Request) -> bytes:
    """What is answered, once the server has heard of the new key."""
    answers: list[bytes] = []

    def answered() -> bool:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                answers.append(answer.read())
        except urllib.error.HTTPError as error:
            error.close()
        return bool(answers)

    _until(answered)
    return answers[0]


def _until(holds: Callable[[], bool]) -> None:
    """Look again and again."""
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until
        threading.Event().wait(0.1)


def test_a_drivers_key_is_made_for_a_vehicle_of_the_plan(folder: Path, run: Run) -> None:
    event = folder / "event.toml"
    event.write_text(event.read_text(encoding="utf-8") + SWEEP, encoding="utf-8")
    for words, missing in (
        (("--role", "sweep"), "--at with one of sweep"),
        (("--role", "sweep", "--at", "weir"), "no vehicle 'weir'"),
    ):
        refused = run("key", "create", folder, *words)
        assert refused.exit_code != 0
        assert missing in refused.output
    assert run("key", "create", folder, "--role", "sweep", "--at", "SWEEP").exit_code == 0
    (key,) = list_keys(folder)
    assert (key.role, key.station) == ("sweep", "sweep")
