"""Webhooks of a real server: secrets and trials by command, and a receiver that hears of the day while processes die."""

from __future__ import annotations

import os
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from homestretch.facts import Delivered
from homestretch.playing.demo import free_port
from tests.cli.conftest import READS, Run, opened
from tests.cli.serving import serving
from tests.herald.receiver import Receiver, fits
from tests.patience import PATIENCE_S

HOOK = """
[[webhook]]
name = "club"
url = "{url}"
kinds = ["finish"]
private_net = true
"""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.stop()


@pytest.fixture
def hooked(folder: Path, receiver: Receiver) -> Path:
    """The folder, with a webhook of the club."""
    with (folder / "event.toml").open("a") as file:
        file.write(HOOK.format(url=receiver.url))
    return folder


def processes_of(command: str, folder: Path, pid: int) -> list[int]:
    """The processes of a command that belong to a server, by their parent."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            words = (status.parent / "cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            continue
        if parent == pid and command.encode() in words:
            found.append(int(status.parent.name))
    return found


def test_a_secret_is_shown_once_and_lies_in_a_file_of_its_owner(hooked: Path, run: Run) -> None:
    assert "has no secret" in run("check", hooked).output
    said = run("hook", "secret", hooked, "club").output
    file = hooked / "hooks" / "club.secret"
    assert file.read_text().strip() in said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "has no secret" not in run("check", hooked).output
    assert run("hook", "secret", hooked, "club").output != said
    unknown = run("hook", "secret", hooked, "none")
    assert unknown.exit_code == 1
    assert "There is no webhook 'none'" in unknown.output


def test_a_hook_can_be_tried_before_the_day(hooked: Path, run: Run, receiver: Receiver) -> None:
    secret = run("hook", "secret", hooked, "club").output.splitlines()[1].strip()
    alone = run("hook", "test", hooked, "club")
    assert alone.exit_code == 1
    assert "club did not take it: it cannot be reached" in alone.output
    receiver.start()
    assert "club took it" in run("hook", "test", hooked, "club").output
    ((headers, body),) = receiver.got
    assert fits(secret, headers, body)
    assert "club" in run("hook", "list", hooked).output


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('url = "http://club.example/"', "Over http"),
        ('kinds = ["birthdays"]', '"birthdays" is not told'),
        ('kinds = ["alarm"]', "Alarms are for who keeps the ledger"),
        ('role = "device"', "role"),
        ("private_net = 5", "true or false"),
        ('name = "Club!"', "capitals, blanks"),
    ],
)
def test_what_is_wrong_with_a_hook_is_said_with_its_line(
    folder: Path, run: Run, line: str, says: str
) -> None:
    settings = {"name": 'name = "club"', "url": 'url = "https://club.example/"'}
    settings[line.split(" ")[0]] = line
    with (folder / "event.toml").open("a") as file:
        file.write("[[webhook]]\n" + "\n".join(settings.values()) + "\n")
    done = run("check", folder)
    assert done.exit_code == 1
    assert says in done.output
    assert "event.toml, line" in done.output


def test_the_log_of_facts_knows_nothing_of_an_address(hooked: Path, run: Run) -> None:
    from homestretch.app import load_folder, load_into_store

    load_into_store(hooked, load_folder(hooked), 1)
    assert b"/hook?site" not in (hooked / "facts.db").read_bytes()


def test_a_receiver_hears_of_every_finish_once_while_it_is_away_and_processes_die(
    hooked: Path, run: Run, receiver: Receiver
) -> None:
    run("hook", "secret", hooked, "club")
    head, *lines = READS.splitlines()
    early, late = hooked.parent / "early.csv", hooked.parent / "late.csv"
    early.write_text("\n".join([head, *(line for line in lines if not line.startswith("C101"))]))
    late.write_text("\n".join([head, *(line for line in lines if line.startswith("C101"))]))
    port = free_port("127.0.0.1")
    with serving("run", hooked, "--port", str(port)) as server:
        server.wait_for("Mill Race Run:")
        assert run("import", hooked, early).exit_code == 0
        _wait_until(lambda: bool(_deliveries(hooked)))  # it is said that nobody answers
        (failing,) = _deliveries(hooked)[:1]
        assert (failing.to, failing.outcome, failing.reason) == (
            "club", "failing", "it cannot be reached",
        )  # fmt: skip
        for pid in processes_of("_herald", hooked, server.process.pid):
            os.kill(pid, signal.SIGKILL)
        assert run("import", hooked, late).exit_code == 0
        receiver.start()
        _wait_until(lambda: len(receiver.items("finish")) == 5)
        _wait_until(lambda: _deliveries(hooked)[-1].outcome == "back")
        token = run("key", "create", hooked, "--role", "control").output
        assert "club took what it was sent" in _page_of_control(port, token)
    told = receiver.items("finish")
    assert sorted((item["bib"], item["place"]) for item in told) == [
        ("", 3), ("101", 2), ("102", 1), ("104", 4), ("106", 1),
    ]  # fmt: skip
    assert len({item["id"] for item in told}) == 5


def _page_of_control(port: int, said: str) -> str:
    token = next(line.strip() for line in said.splitlines() if "/key/" in line).rsplit("/", 1)[1]
    address = f"http://127.0.0.1:{port}/mill-race/devices"
    headers = {"Authorization": f"Bearer {token}"}
    found: list[str] = []

    def is_told() -> bool:
        found[:] = [httpx.get(address, headers=headers, timeout=PATIENCE_S).text]
        return "club took" in found[0]

    _wait_until(is_told)
    return found[0]


def _deliveries(folder: Path) -> list[Delivered]:
    with opened(folder) as store:
        others = store.log.read_since(0).others
    return [logged.fact for logged in others if isinstance(logged.fact, Delivered)]


def _wait_until(done: object) -> None:
    assert callable(done)
    until = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < until
        time.sleep(0.2)
