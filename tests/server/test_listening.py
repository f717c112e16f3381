"""The lock of a folder, and what stands in the list of processes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from homestretch.app import _children
from homestretch.errors import PlanError
from homestretch.server.listening import LOCK, is_served, only_server_of
from homestretch.server.spec import EventSpec, FrontSpec, ServerSpec
from homestretch.server.supervisor import Child, Supervisor

SECRET = "postgresql://race:hunter2@db.example/race"


def test_a_lock_that_is_a_link_is_refused_and_what_it_leads_to_stays_whole(tmp_path: Path) -> None:
    victim = tmp_path / "precious"
    victim.write_bytes(b"years of work")
    folder = tmp_path / "day"
    folder.mkdir()
    (folder / LOCK).symlink_to(victim)
    with pytest.raises(PlanError, match="is a link"), only_server_of(folder):
        pass
    assert not is_served(folder)
    assert victim.read_bytes() == b"years of work"


def test_a_lock_is_taken_without_changing_the_file(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_bytes(b"somebody's words")
    with only_server_of(tmp_path):
        assert is_served(tmp_path)
    assert not is_served(tmp_path)
    assert (tmp_path / LOCK).read_bytes() == b"somebody's words"


def test_no_password_is_on_a_command_line_and_a_front_knows_of_no_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOMESTRETCH_DATABASE", SECRET)
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    event = EventSpec("day", "", SECRET, "UTC", "2026-05-03", [])
    keeper, front, forecaster = _children(ServerSpec([event], "/run/wire", 3), [])
    for child in (keeper, front, forecaster):
        assert "hunter2" not in " ".join(child.command)
    assert msgspec.json.decode(keeper.told, type=ServerSpec).events == [event]
    told = FrontSpec("/run/wire", 3, folders={"day": ""})
    assert msgspec.json.decode(front.told, type=FrontSpec) == told
    for child in (front, forecaster):
        assert b"hunter2" not in child.told
        assert child.environment is not None
        assert "hunter2" not in " ".join(child.environment.values())
        assert "PATH" in child.environment


def test_a_child_hears_what_it_is_told_and_nobody_sees_it_in_the_list_of_processes(
    tmp_path: Path,
) -> None:
    heard = tmp_path / "heard"
    work = f"""
import pathlib, subprocess
from homestretch.server.supervisor import read_told
told = read_told()
listed = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, check=True).stdout
pathlib.Path({str(heard)!r}).write_bytes(told + (b"seen" if told.strip() in listed else b"hidden"))
"""
    child = Child("told", [sys.executable, "-c", work], told=b'"word-4711"', again=False, last=True)
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        assert Supervisor([child], lambda: True, lambda: None).run() == 0
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
    assert heard.read_bytes() == b'"word-4711"\nhidden'
    assert isinstance(child.process, subprocess.Popen)
