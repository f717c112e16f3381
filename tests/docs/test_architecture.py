"""ARCHITECTURE.md says what the code says."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_rooms_in_architecture_md_are_those_of_the_code() -> None:
    renewed = runpy.run_path(str(ROOT / "scripts" / "write_architecture.py"))["renewed"]
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert renewed(text) == text, "run: python scripts/write_architecture.py"
