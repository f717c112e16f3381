"""Two events on one computer, and where the running server is: what is said names the folders."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from homestretch.server.listening import only_server_of
from homestretch.server.told_address import (
    ADDRESS_FILE,
    Address,
    find_address,
    is_own_alone,
    own_address,
    telling_address,
)
from tests.cli.conftest import Run
from tests.cli.serving import serving

ALONE = "works on this computer only"


def another(folder: Path, event_id: str = "weir-race") -> Path:
    """A second event beside the first, with the same door."""
    other = folder.parent / event_id
    other.mkdir()
    for name in ("event.toml", "course.gpx", "entrants.csv"):
        shutil.copy(folder / name, other / name)
    plan = (other / "event.toml").read_text().replace("mill-race", event_id)
    (other / "event.toml").write_text(plan)
    return other


def door_of(folder: Path) -> str:
    return re.findall(r"jchip = (\d+)", (folder / "event.toml").read_text())[0]


def test_two_events_of_one_server_with_one_door_are_both_named(folder: Path, run: Run) -> None:
    other = another(folder)
    done = run("run", folder, other, "--port", "0")
    assert done.exit_code == 1
    assert f"mill-race and weir-race both want port {door_of(folder)} (jchip)." in done.stderr
    assert f"the events in {folder} and {other}" in done.stderr
    assert "below [doors]" in done.stderr


def test_a_second_server_names_the_event_that_has_the_door_or_the_port(
    folder: Path, run: Run
) -> None:
    other = another(folder)
    with serving("run", folder, "--port", "0") as server:
        address = server.wait_for(r"Mill Race Run: (http://\S+)/mill-race")[1]
        door = run("run", other, "--port", "0")
        assert door.exit_code == 1
        assert f"weir-race: door jchip: Address already in use. {folder} is being" in door.stderr
        assert f"has port {door_of(folder)} for its door jchip." in door.stderr
        assert f"[doors] of {other / 'event.toml'}" in door.stderr
        port = address.rsplit(":", 1)[1]
        pages = run("run", other, "--port", port)
        assert f"{folder} is being served, and has port {port} for its pages." in pages.stderr
        assert "--port" in pages.stderr
        assert server.end() == 0


def test_a_stranger_on_the_port_is_not_called_ours(folder: Path, run: Run) -> None:
    other = another(folder)
    told = Address("127.0.0.1", 8000, [("jchip", int(door_of(folder)))])
    with telling_address(other, told):  # a server that was killed: nobody holds its lock
        assert find_address(other) is None


def test_a_link_has_the_address_of_the_server_that_runs(folder: Path, run: Run) -> None:
    with serving("run", folder, "--port", "0") as server:
        address = server.wait_for(r"Mill Race Run: (http://\S+)/mill-race")[1]
        shown = run("key", "create", folder, "--role", "control").stdout
        assert f"  {address}/mill-race/key/" in shown
        assert ALONE in shown
        assert server.end() == 0
    assert not (folder / ADDRESS_FILE).exists()
    assert not list(folder.glob("*.new"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_server_for_the_network_is_linked_by_this_computers_address(
    folder: Path, run: Run, host: str
) -> None:
    with only_server_of(folder), telling_address(folder, Address(host, 8123)):
        shown = run("key", "create", folder, "--role", "desk").stdout
    reachable = own_address() or ("127.0.0.1" if host == "0.0.0.0" else "[::1]")
    assert f"  http://{reachable}:8123/mill-race/key/" in shown
    assert (ALONE in shown) == (not own_address())


def test_without_a_server_the_address_is_called_a_guess(folder: Path, run: Run) -> None:
    shown = run("key", "create", folder, "--role", "desk").stdout
    assert f"No server runs in {folder} now" in shown
    assert "  http://127.0.0.1:8000/mill-race/key/" in shown
    assert ALONE in shown


def test_an_address_that_others_can_reach_needs_no_warning(folder: Path, run: Run) -> None:
    for base in ("https://live.example.org", "http://10.0.0.5:8000"):
        shown = run("key", "create", folder, "--role", "desk", "--base-url", base).stdout
        assert "computer only" not in shown
        assert "guess" not in shown
    shown = run("key", "create", folder, "--role", "desk", "--base-url", "http://localhost").stdout
    assert ALONE in shown


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"host": 1, "port": "x"}'])
def test_an_address_that_cannot_be_read_is_none(folder: Path, content: bytes) -> None:
    (folder / ADDRESS_FILE).write_bytes(content)
    with only_server_of(folder):
        assert find_address(folder) is None


def test_this_computers_own_address_is_one_that_others_can_reach() -> None:
    assert not is_own_alone(own_address())
    assert all(map(is_own_alone, ("127.0.0.1", "localhost", "::1", "127.0.1.1")))
    assert not is_own_alone("192.168.1.7")
