"""``kill -9`` in the middle of an upgrade: the original is whole, for the version that wrote it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from homestretch.errors import NewerStore
from homestretch.store.opening import FACTS_FILE, open_store
from tests.patience import PATIENCE_S
from tests.store.test_earlier_folders import EARLIER, EVENT, VERSIONS, expected, seen

ROOT = Path(__file__).parents[2]


def upgrade(file: Path, moment: str) -> tuple[int, list[str]]:
    """The exit code of a process that upgrades, and what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.kill.upgrading", str(file), moment],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_S,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return done.returncode, done.stdout.split()


@pytest.mark.parametrize("moment", ["UPDATE facts", "CREATE INDEX", "COMMIT", "60000"])  # fmt: skip
def test_the_original_is_whole_and_the_next_upgrade_succeeds(moment: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EARLIER / VERSIONS[0], tmp_path / "mill"))
    told = expected(folder)
    code, said = upgrade(folder / FACTS_FILE, moment)
    assert code < 0, "it was killed"
    assert said == ["upgrading"]
    with contextlib.closing(open_store(folder, EVENT)) as store:
        found = seen(store, told)
    assert {key: found[key] for key in told} == told
    assert upgrade(folder / FACTS_FILE, "") == (0, ["upgrading", "upgraded"])
    with pytest.raises(NewerStore):
        open_store(folder, EVENT)


def test_what_was_upgraded_when_the_process_is_killed_is_upgraded(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EARLIER / VERSIONS[0], tmp_path / "mill"))
    code, said = upgrade(folder / FACTS_FILE, "after")
    assert code < 0
    assert said == ["upgrading", "upgraded"]
    assert upgrade(folder / FACTS_FILE, "") == (0, ["upgraded"])
