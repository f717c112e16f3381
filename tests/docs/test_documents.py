"""The documents are true: links lead somewhere, commands exist, rooms and doors have their place."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from functools import cache
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ROOT / "src" / "homestretch"
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?[^)]*\)")
# Put together here, so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile(
    rf"(?<![\w.])/({'|'.join(('work', 'root', 'opt' + '/pypi', 'tmp' + '/brief'))})/"
)
REGISTRY_HOSTS = re.compile(
    "|".join(
        re.escape(host)
        for host in (
            "pypi" + ".org",
            "files.pythonhosted" + ".org",
            "registry.npmjs" + ".org",
            "registry.yarnpkg" + ".com",
        )
    )
)


@cache
def list_tracked() -> tuple[Path, ...]:
    """Every file that is in git or will be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted({path for path in paths if path.is_file()}))


@cache
def list_documents() -> tuple[Path, ...]:
    return tuple(path for path in list_tracked() if path.suffix == ".md")


def prose(document: Path) -> str:
    """The text without code."""
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", document.read_text(encoding="utf-8")))


def anchors(document: Path) -> set[str]:
    """The anchors that a renderer gives to headings: lower case, hyphens for blanks."""
    headings = re.findall(r"^#+\s+(.+?)\s*#*$", document.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def broken_links(document: Path) -> list[str]:
    """Relative links of a document that lead nowhere."""
    broken = []
    for target in LINK.findall(FENCE.sub("", document.read_text(encoding="utf-8"))):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (document.parent / path).resolve() if path else document
        if not there.exists() or (
            anchor and there.suffix == ".md" and anchor not in anchors(there)
        ):
            broken.append(target)
    return broken


def commands_in(document: Path) -> set[tuple[str, str]]:
    """(`make` or `homestretch`, its first word) of every command that stands in code."""
    code = "\n".join(
        [match.group(0) for match in FENCE.finditer(document.read_text(encoding="utf-8"))]
        + re.findall(r"`([^`\n]+)`", document.read_text(encoding="utf-8"))
    )
    found = re.findall(
        r"^[ $]*(?:\.venv/bin/)?(make|homestretch) ([a-z][\w-]*)", code, re.MULTILINE
    )
    return set(found)


def doors(room: str, constant: str) -> list[str]:
    """Names of the modules of a room that hold `constant`: the readers, the boards."""
    names = []
    for path in sorted((ROOMS / room).glob("*.py")):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        targets = [t for node in body if isinstance(node, ast.Assign) for t in node.targets]
        if any(isinstance(t, ast.Name) and t.id == constant for t in targets):
            names.append(path.stem)
    return names


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# A day\n\n## At the line\n", encoding="utf-8")
    document = tmp_path / "here.md"
    document.write_text(
        "[a](there.md) [b](there.md#at-the-line) [c](gone.md) [d](there.md#gone) [e](https://x.org)\n"
        "```\n[f](gone.md)\n```\n",
        encoding="utf-8",
    )
    assert broken_links(document) == ["gone.md", "there.md#gone"]


@pytest.mark.parametrize("document", list_documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    assert broken_links(document) == []


@pytest.mark.parametrize("document", list_documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_document_shouts(document: Path) -> None:
    assert "!" not in re.sub(r"!\[|!=|<!--", "", prose(document))


@pytest.mark.parametrize(
    ("what", "pattern"), [("a machine's paths", MACHINE_PATHS), ("registry hosts", REGISTRY_HOSTS)]
)
def test_no_file_names(what: str, pattern: re.Pattern[str]) -> None:
    found = []
    for path in list_tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if match := pattern.search(text):
            found.append(f"{path.relative_to(ROOT)}: {match.group(0)}")
    assert not found, what


def test_every_make_target_in_a_document_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {word for d in list_documents() for tool, word in commands_in(d) if tool == "make"}
    assert {"demo", "test"} <= named
    assert named <= targets


def test_every_homestretch_command_in_a_document_exists() -> None:
    main = importlib.import_module("homestretch.cli").main
    assert isinstance(main, click.Group)
    named = {w for d in list_documents() for tool, w in commands_in(d) if tool == "homestretch"}
    assert named
    assert named <= set(main.commands)


def test_every_command_has_its_place_in_the_documents() -> None:
    main = importlib.import_module("homestretch.cli").main
    named = {w for d in list_documents() for tool, w in commands_in(d) if tool == "homestretch"}
    assert {name for name, command in main.commands.items() if not command.hidden} <= named


def test_the_readme_says_the_two_commands() -> None:
    commands = commands_in(ROOT / "README.md")
    assert {("make", "demo"), ("make", "test")} <= commands


def test_every_room_says_what_comes_in_what_goes_out_and_what_never_happens() -> None:
    silent = []
    for room in sorted(path.parent for path in ROOMS.glob("*/__init__.py")):
        words = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8"))) or ""
        if not all(part in words for part in ("In:", "Out:", "Never:")):
            silent.append(room.name)
    assert not silent


def test_the_architecture_names_every_room() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = [path.parent.name for path in ROOMS.glob("*/__init__.py")]
    rooms += [path.name for path in ROOMS.glob("[a-z]*.py")]
    assert not [room for room in rooms if room not in text]


@pytest.mark.parametrize(
    ("room", "constant"), [("readers", "READER"), ("readers", "HTTP_READER"), ("boards", "BOARD")]
)
def test_every_door_has_its_section(room: str, constant: str) -> None:
    page = (ROOT / "docs" / f"{room}.md").read_text(encoding="utf-8")
    headings = "\n".join(re.findall(r"^#+ .+", page, re.MULTILINE)).lower()
    # Several modules may make one door: what counts is what it is called in its address.
    modules = [
        importlib.import_module(f"homestretch.{room}.{name}") for name in doors(room, constant)
    ]
    names = [getattr(module, constant).name for module in modules]
    assert names
    assert not [name for name in names if name.replace("_", " ") not in headings.replace("_", " ")]
