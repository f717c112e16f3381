"""A wheel holds all that a plain install needs; an sdist needs no Node to become one."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from frontend.assets import STATIC

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "homestretch"


@pytest.fixture(scope="module")
def wanted() -> set[str]:
    """Every file of the package, as a wheel names it."""
    return {
        f"homestretch/{path.relative_to(PACKAGE).as_posix()}"
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def built(wanted: set[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an sdist and the wheel made from that sdist."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        capture_output=True,
        check=True,
    )
    return folder


def test_the_wheel_holds_every_file_of_the_package(built: Path, wanted: set[str]) -> None:
    wheel = zipfile.ZipFile(next(built.glob("*.whl")))
    names = set(wheel.namelist())
    assert f"homestretch/web/static/{(STATIC / 'app.js').name}" in wanted
    assert wanted <= names
    assert not [name for name in names if "node_modules" in name or name.startswith("frontend")]


def test_the_wheel_is_for_every_machine_and_carries_command_and_licence(built: Path) -> None:
    path = next(built.glob("*.whl"))
    assert path.name.endswith("-py3-none-any.whl")
    wheel = zipfile.ZipFile(path)
    info = next(name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name)
    commands = wheel.read(f"{info}/entry_points.txt").decode()
    assert "homestretch = homestretch.cli:main" in commands
    assert b"Apache License" in wheel.read(f"{info}/licenses/LICENSE")


def test_an_sdist_brings_its_assets_built(built: Path, tmp_path: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        for member in (member for member in archive if member.isfile()):
            content = archive.extractfile(member)
            assert content is not None
            (tmp_path / member.name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / member.name).write_bytes(content.read())
    path = next(tmp_path.glob("*/frontend/assets.py"))
    spec = importlib.util.spec_from_file_location("assets_of_the_sdist", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.is_current()
