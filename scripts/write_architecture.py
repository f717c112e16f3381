"""Writes the part of ARCHITECTURE.md that comes from the code: rooms and files with their first words.

Run it after a room or a file changed: python scripts/write_architecture.py
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "homestretch"
BEGIN, END = "<!-- made by scripts/write_architecture.py -->\n", "<!-- end -->\n"


def rooms_text() -> str:
    """The rooms and the files beside them, as Markdown."""
    rooms = sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))
    lines = ["### Rooms\n"]
    lines += [f"**{room.name}/** {_flat(_docstring(room / '__init__.py'))}\n" for room in rooms]
    lines.append("### Files beside the rooms\n")
    lines += [
        f"* `{file.name}`: {_flat(_docstring(file).split(chr(10) * 2)[0])}"
        for file in sorted(PACKAGE.glob("[a-z]*.py"))
    ]
    return "\n".join(lines) + "\n"


def renewed(text: str) -> str:
    """ARCHITECTURE.md with that part as it should be."""
    head, rest = text.split(BEGIN)
    return head + BEGIN + rooms_text() + END + rest.split(END)[1]


def _docstring(file: Path) -> str:
    return ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""


def _flat(text: str) -> str:
    paragraphs = text.split("\n\n")[:2]
    return " ".join(" ".join(paragraphs).split())


if __name__ == "__main__":
    document = ROOT / "ARCHITECTURE.md"
    document.write_text(renewed(document.read_text(encoding="utf-8")), encoding="utf-8")
