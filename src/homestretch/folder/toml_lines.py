"""In which line of a TOML text each setting stands: the standard library's parser does not say."""

from __future__ import annotations

import contextlib
import re
import tomllib
from typing import NamedTuple, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys and, in arrays, positions: ``("race", 0, "wave", 1, "gun")``."""

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*')
      | (?P<mark>[\[\]{},=.])
      | (?P<line>\n)
      | (?P<bare>[^\s"'\#\[\]{},=.]+)
      | (?P<stray>\S)""",
    re.VERBOSE | re.DOTALL,
)


class Lines:
    """The lines of the settings of one text."""

    def __init__(self, known: dict[Path, int]) -> None:
        self._known = known

    def get_line(self, path: Path) -> int:
        """The line of a setting, else of the table that it should stand in, else 0."""
        while path and path not in self._known:
            path = path[:-1]
        return self._known.get(path, 0)


def find_lines(text: str) -> Lines:
    """The lines of all settings of a text that tomllib has read; never raises on any other text."""
    walk = _Walk(text)
    # What was found before an end is right, and the rest falls back to the line of its table.
    with contextlib.suppress(RecursionError, _EndError):
        walk.document()
    return Lines(walk.found)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


class _EndError(Exception):
    """The text ended within a setting."""


class _Walk:
    """One pass over the tokens of a text."""

    def __init__(self, text: str) -> None:
        self.found: dict[Path, int] = {}
        self._last: dict[Path, int] = {}
        self._tokens = list(_tokens(text))
        self._next = 0

    def document(self) -> None:
        table: Path = ()
        while self._next < len(self._tokens):
            token = self._tokens[self._next]
            if token.text == "[" and token.kind == "mark":
                table = self._header(token.line)
            elif token.kind in ("bare", "text"):
                self._setting(table)
            else:
                self._next += 1

    def _header(self, line: int) -> Path:
        self._next += 1
        repeated = self._peek().text == "["
        self._next += repeated
        *parents, last = self._key("]")
        path: Path = ()
        for part in parents:
            path = self._at_last((*path, part))
            self.found.setdefault(path, line)
        path = (*path, last)
        if repeated:
            self.found.setdefault(path, line)
            self._last[path] = self._last.get(path, -1) + 1
        path = self._at_last(path)
        self.found[path] = line
        self._next += repeated
        return path

    def _at_last(self, path: Path) -> Path:
        return (*path, self._last[path]) if path in self._last else path

    def _setting(self, table: Path) -> None:
        line = self._peek().line
        path = table
        for part in self._key("="):
            path = (*path, part)
            self.found.setdefault(path, line)
        self._value(path)

    def _key(self, end: str) -> list[str]:
        parts = []
        while (token := self._take()).text != end or token.kind != "mark":
            if token.kind in ("bare", "text"):
                parts.append(_unquoted(token))
            elif token.text != ".":
                raise _EndError
        if not parts:
            raise _EndError
        return parts

    def _value(self, path: Path) -> None:
        self._skip_lines()
        token = self._peek()
        if token.kind == "mark" and token.text in "[{":
            self._next += 1
            position = 0
            while not self._closed(token.text):
                if token.text == "{":
                    self._setting(path)
                else:
                    self.found[(*path, position)] = self._peek().line
                    self._value((*path, position))
                position += 1
            return
        while self._next < len(self._tokens):
            token = self._tokens[self._next]
            if token.kind == "line" or (token.kind == "mark" and token.text in ",]}"):
                return
            self._next += 1

    def _closed(self, opened: str) -> bool:
        """Whether the list or table ends here; goes on past commas and line ends."""
        while True:
            self._skip_lines()
            token = self._peek()
            if token.kind == "mark" and token.text == ",":
                self._next += 1
            elif token.kind == "mark" and token.text in "]}":
                self._next += 1
                if (token.text == "]") != (opened == "["):
                    raise _EndError
                return True
            else:
                return False

    def _skip_lines(self) -> None:
        while self._peek().kind == "line":
            self._next += 1

    def _peek(self) -> _Token:
        if self._next >= len(self._tokens):
            raise _EndError
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._peek()
        self._next += 1
        return token


def _tokens(text: str) -> list[_Token]:
    tokens = []
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "comment":
            tokens.append(_Token(kind, match[0], line))
        line += match[0].count("\n")
    return tokens


def _unquoted(token: _Token) -> str:
    if token.kind == "bare":
        return token.text
    try:
        return str(tomllib.loads(f"key = {token.text}")["key"])
    except tomllib.TOMLDecodeError:
        return token.text[1:-1]
