"""`homestretch push`: the key with which an event sends messages to phones, and a way to stop."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest

from homestretch.errors import PlanError
from homestretch.news.followers import PUSH_HOSTS
from homestretch.news.sealing import public_of
from homestretch.server.push_key import PUSH_KEY, find_push_key, load_push_key
from tests.cli.conftest import Run


def test_the_key_is_made_once_for_its_owners_eyes_and_keeps_its_hosts(
    folder: Path, run: Run
) -> None:
    assert load_push_key(folder) == (None, "")
    done = run("push", folder, "--contact", "mailto:race@example.org", "--also", "push.example.org")
    assert done.exit_code == 0
    assert stat.S_IMODE((folder / PUSH_KEY).stat().st_mode) == 0o600
    key, public = load_push_key(folder)
    assert key is not None
    assert public == public_of(key.private)
    assert key.all_hosts == (*PUSH_HOSTS, "push.example.org")
    assert run("push", folder, "--contact", "https://race.example/contact").exit_code == 0
    assert find_push_key(folder) == msgspec.structs.replace(key, contact="https://race.example/contact")  # fmt: skip
    assert run("push", folder, "--off").exit_code == 0
    assert find_push_key(folder) is None


@pytest.mark.parametrize("contact", ["", "race@example.org", "mailto:race", "http://race.example"])
def test_a_push_service_must_be_able_to_reach_whoever_sends(
    folder: Path, run: Run, contact: str
) -> None:
    done = run("push", folder, "--contact", contact)
    assert done.exit_code == 2
    assert "mailto:race@example.org" in done.stderr
    assert not (folder / PUSH_KEY).exists()


def test_a_key_that_cannot_be_read_is_named_before_anything_is_served(folder: Path) -> None:
    (folder / PUSH_KEY).write_text("{}", encoding="utf-8")
    with pytest.raises(PlanError, match=PUSH_KEY):
        load_push_key(folder)
