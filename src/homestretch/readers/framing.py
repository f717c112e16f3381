"""A stream cut into its messages: any chunking gives the same ones, and nothing grows without end."""

from __future__ import annotations

LONGEST_LINE = 1024
TOO_LONG = "a line of over 1,024 bytes"


class Lines:
    """Cuts a stream at any of the bytes in ``ends``. A line of over ``longest`` bytes comes in pieces, each
    marked as too long, that do not depend on how it arrived."""

    def __init__(self, ends: bytes, longest: int = LONGEST_LINE) -> None:
        self._end, self._others = ends[:1], ends[1:]
        self._longest = longest
        self._buffer = b""
        self._overlong = False

    def take(self, data: bytes) -> list[tuple[bytes, bool]]:
        """The lines that are complete now, without their ends and without empty ones, each with whether it
        is (a piece of) one that is too long."""
        whole = self._buffer + data
        for other in self._others:
            whole = whole.replace(bytes([other]), self._end)
        *lines, self._buffer = whole.split(self._end)
        found: list[tuple[bytes, bool]] = []
        for line in lines:
            if len(line) > self._longest or self._overlong:
                found += [(piece, True) for piece in self._cut(line)]
                self._overlong = False
            elif line and not line.isspace():
                found.append((line, False))
        if len(self._buffer) > self._longest:
            *pieces, self._buffer = self._cut(self._buffer)
            found += [(piece, True) for piece in pieces]
            self._overlong = True
        return found

    def _cut(self, line: bytes) -> list[bytes]:
        """A line in pieces of at most the longest length."""
        step = self._longest
        return [line[first : first + step] for first in range(0, len(line), step)]
