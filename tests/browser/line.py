"""The line between a phone and the server, which a test can cut: nothing gets through, whatever asks."""

from __future__ import annotations

import contextlib
import socket
import threading

HOST = "127.0.0.1"


class Line:
    """Passes on what comes to ``port``. A browser's own switch for being offline leaves out a worker that was
    started anew; this one leaves out nobody."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._door = socket.create_server((HOST, 0))
        self.port: int = self._door.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._is_cut = False
        self._turn = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """No connection stays, and none comes about."""
        with self._turn:
            self._is_cut = True
            for one in self._open:
                _end(one)
            self._open.clear()

    def mend(self) -> None:
        """The line is there again."""
        with self._turn:
            self._is_cut = False

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
                for one, other in ((here, there), (there, here)):
                    threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while content := one.recv(65_536):
            other.sendall(content)
    _end(one)
    _end(other)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
