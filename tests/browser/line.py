"""The line between a phone and the server, which a test can cut: nothing gets through, whatever asks."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

HOST = "127.0.0.1"


class Line:
    """Passes on what comes to ``port``. A browser's own switch for being offline leaves out a worker that was
    started anew; this one leaves out nobody."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._door = socket.create_server((HOST, 0))
        self.port: int = self._door.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._is_cut, self._left = False, -1
        self._turn = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """No connection stays, and none comes about."""
        with self._turn:
            self._is_cut = True
            for one in self._open:
                _end(one)
            self._open.clear()

    def cut_after(self, count: int) -> None:
        """Cut when so many bytes more have gone to the server."""
        with self._turn:
            self._left = count

    def _goes_through(self, count: int) -> bool:
        if self._left < 0:
            return True
        with self._turn:
            self._left = max(0, self._left - count)
            is_over = self._left == 0
        if is_over:
            self.cut()
        return not is_over

    def mend(self) -> None:
        """The line is there again."""
        with self._turn:
            self._is_cut, self._left = False, -1

    def close(self) -> None:
        """Nobody needs it any more."""
        self.cut()
        _end(self._door)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._door.accept()
                with self._turn:
                    if self._is_cut:
                        _end(here)
                        continue
                    there = socket.create_connection((HOST, self._to_port))
                    self._open |= {here, there}
                for pair in ((here, there, self._goes_through), (there, here, _always)):
                    threading.Thread(target=_pump, args=pair, daemon=True).start()


def _always(_count: int) -> bool:
    return True


def _pump(one: socket.socket, other: socket.socket, may_pass: Callable[[int], bool]) -> None:
    with contextlib.suppress(OSError):
        while (content := one.recv(65_536)) and may_pass(len(content)):
            other.sendall(content)
    _end(one)
    _end(other)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
