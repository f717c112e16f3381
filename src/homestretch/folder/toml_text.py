"""event.toml as tables. What cannot be read is named line by line, and the rest is read all the same.

The standard library's parser stops at the first mistake; here the line is reported, set aside and the
text read again, so that a director sees every mistake at once.
"""

from __future__ import annotations

import re
import secrets
import tomllib
from typing import Any, Final

from homestretch.folder.problem import Findings
from homestretch.folder.toml_lines import Lines, find_lines

UNREADABLE: Final = f"\ufffd{secrets.token_hex(8)}"
"""Stands for a value that was reported already; nobody types it."""

LONGEST_TEXT = 1_000_000
_MOST_MISTAKES = 40
_REPEATED_TABLES = ("race", "race.wave", "point")

_SETTING = re.compile(r"""^\s*([\w-]+|"[^"]*")\s*=\s*(.*?)\s*$""")
_COLON = re.compile(r"""^\s*"?([\w-]+)"?\s*:\s*(\S.*)$""")
_SHORT_TIME = re.compile(r"(?<=[=,{\[])(\s*)(\d{1,2}):(\d{2})(?=\s*(?:[,}\]#]|$))")
_HEADER = re.compile(r"^\s*\[\s*([\w. -]+?)\s*\]\s*(#.*)?$")
_SAID_LINE = re.compile(r"\(at line (\d+)")
_SAID_TWICE = re.compile(r"overwrite|twice|mutate|redefine|duplicate", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:[.,' ]\d{3})+[.,]\d+")
_AFTER_TEXT = re.compile(r"""^("(?:\\.|[^"\\])*"|'[^']*')\s*[^\s#]""")


def read_tables(text: str, findings: Findings) -> tuple[dict[str, Any], Lines]:
    """The tables of a text and where everything stands in it."""
    if len(text) > LONGEST_TEXT:
        findings.add(
            0,
            f"The file has {len(text):,} characters; a plan has a few thousand.",
            "Is this the right file?",
        )
        return {}, Lines({})
    lines = text.replace("\r\n", "\n").split("\n")
    _double_brackets(lines, findings)
    for _ in range(_MOST_MISTAKES):
        try:
            tables = tomllib.loads("\n".join(lines))
        except RecursionError:
            findings.add(0, "Brackets are nested far too deeply.", "Take the extra brackets away.")
            return {}, Lines({})
        except ValueError as error:
            if not _set_aside(lines, error, findings):
                return {}, Lines({})
        else:
            return tables, find_lines("\n".join(lines))
    findings.add(0, "There are more mistakes than are listed here.", "Mend these first.")
    return {}, Lines({})


def _double_brackets(lines: list[str], findings: Findings) -> None:
    """[race] for [[race]] is the commonest slip; what follows is read as it was meant."""
    for index, line in enumerate(lines):
        header = _HEADER.match(line)
        if header and header[1] in _REPEATED_TABLES:
            lines[index] = f"[[{header[1]}]]"
            findings.add(
                index + 1,
                f"[{header[1]}] has single brackets, but there can be several.",
                f"Write [[{header[1]}]].",
            )


def _set_aside(lines: list[str], error: ValueError, findings: Findings) -> bool:
    """Report one mistake and take it out of the text; False when reading cannot go on."""
    said = str(error)
    match = _SAID_LINE.search(said)
    if match:
        index = min(int(match[1]), len(lines)) - 1
    elif "end of document" in said:
        index = max((at for at, line in enumerate(lines) if line.strip()), default=0)
    else:
        findings.add(0, f"The file cannot be read: {said}.", "Compare it with a fresh one.")
        return False
    if _SAID_TWICE.search(said):
        return _set_aside_twice(lines, index, findings)
    if _parses(lines[index]):
        return _set_aside_open(lines, index, findings)
    mended = _SHORT_TIME.sub(lambda time: f"{time[1]}{int(time[2]):02}:{time[3]}:00", lines[index])
    if mended != lines[index]:
        lines[index] = mended
        return True
    line = lines[index].strip()
    findings.add(index + 1, *_explain(line))
    colon = _COLON.match(line)
    if colon and _parses(f"{colon[1]} = {colon[2]}"):
        lines[index] = f"{colon[1]} = {colon[2]}"
        return True
    return _drop(lines, index)


def _set_aside_twice(lines: list[str], index: int, findings: Findings) -> bool:
    setting = _SETTING.match(lines[index])
    if setting is None:
        findings.add(
            index + 1,
            f"The table {lines[index].strip()} stands here a second time.",
            "Put all its settings together under one heading.",
        )
        return False
    findings.add(
        index + 1,
        f"{setting[1]} stands here a second time in the same table.",
        "Keep one of the two.",
    )
    lines[index] = ""
    return True


def _set_aside_open(lines: list[str], index: int, findings: Findings) -> bool:
    """The line itself is right: an earlier one was never closed."""
    for start in range(index, -1, -1):
        setting = _SETTING.match(lines[start])
        if setting and not _parses(lines[start]):
            findings.add(
                start + 1,
                f"The value of {setting[1]} is never closed: a quote or a bracket is missing.",
                'Close lists with ], places in curly brackets with } and texts with ".',
            )
            for at in range(start, index):
                if not _parses(lines[at]):
                    lines[at] = ""
            return True
    findings.add(index + 1, "This line cannot be read.", "Compare it with a fresh event.toml.")
    return False


def _drop(lines: list[str], index: int) -> bool:
    setting = _SETTING.match(lines[index])
    if setting:
        lines[index] = f'{setting[1]} = "{UNREADABLE}"'
        return True
    if lines[index].lstrip().startswith("["):
        return False
    lines[index] = ""
    return True


def _parses(line: str) -> bool:
    try:
        tomllib.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _explain(line: str) -> tuple[str, str]:
    """What is wrong with one line and what to do, in the words of somebody who never saw TOML."""
    if re.search("[\u201c\u201d\u201e\u2018\u2019]", line):
        return "The quotes are curly, as a word processor makes them.", 'Use straight quotes: ".'
    if line.startswith("["):
        return (
            f"The heading {line} cannot be read.",
            "Write [sweep] or [[race]] with equal brackets.",
        )
    setting = _SETTING.match(line)
    if setting is None:
        key = _COLON.match(line)
        if key:
            return "A colon stands where = is needed.", f"Write {key[1]} = {key[2]}"
        return f"This is neither a heading nor a setting: {_short(line)}", 'Write name = "value".'
    return _explain_value(setting[1], setting[2])


def _explain_value(key: str, value: str) -> tuple[str, str]:
    bare = value.split("#")[0].strip()
    if not bare:
        return f"{key} has no value.", f"Write a value after {key} =, or take the line away."
    if bare.lower() in ("true", "false", "yes", "no"):
        word = "true" if bare.lower() in ("true", "yes") else "false"
        return f"{bare} is not how yes or no is written here.", f"Write {key} = {word}"
    if re.fullmatch(r"[\d\s]+,\d{3}(,\d{3})*|\d{1,3}( \d{3})+", bare):
        digits = re.sub(r"\D", "", bare)
        return f"{bare} is not a number here.", f"Write {key} = {digits}"
    if re.fullmatch(r"\d+,\d+", bare):
        return f"{bare} has a decimal comma.", f"Write {key} = {bare.replace(',', '.')}"
    if _GROUPED.fullmatch(bare):
        whole, _, part = bare.replace(",", ".").rpartition(".")
        digits = re.sub(r"\D", "", whole) + (f".{part}" if part.strip("0") else "")
        return (
            f"{bare} is not a number here.",
            f"Write {key} = {digits} (no marks between thousands, a point before decimals).",
        )
    if re.match(r"^\d{1,2}[:.h]\d{2}", bare):
        return f"{bare} is not a time.", f"Write {key} = 07:00:00"
    if re.match(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}$", bare):
        return f"{bare} is not a date.", f"Write {key} = 2026-05-03 (year, month, day)."
    if bare[0] in "\"'" and (bare.count(bare[0]) % 2 or "\\" in bare):
        return f"The quotes of {key} are not closed.", f"Write {key} = {_quoted(bare)}"
    if bare[0] in "\"'" and _AFTER_TEXT.match(bare):
        return f"Something follows the text of {key}.", "Put each setting into a line of its own."
    if bare[0] in "{[":
        return (
            f"The value of {key} cannot be read: {_short(bare)}",
            'Write lists as ["a", "b"] and values by race as { marathon = 10000, half = 10000 }.',
        )
    if bare[0].isdigit() or bare[0] in "+-.":
        return (
            f"{_short(bare)} is not a number, date or time.",
            f'A text needs quotes: {key} = "..."',
        )
    return f"The text {_short(bare)} has no quotes.", f"Write {key} = {_quoted(bare)}"


def _quoted(text: str) -> str:
    inner = text.strip("\"'").replace("\\", "/").replace('"', "'")
    return f'"{_short(inner)}"'


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
