"""A made-up RACE RESULT decoder: a server that answers, numbers its passings in files and pushes new ones.

Written from the description of the protocol alone (and, for GETSTATUS and GETCONFIG, the vendor's own words);
it knows nothing of Homestretch. In memory a `Conversation` takes bytes and gives bytes; `serve` puts it
behind a real socket.
"""

from __future__ import annotations

import datetime as dt
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.patience import PATIENCE_S

NO_GPS = "0000-00-00"


class Decoder:
    """A box with its files of passings. `fields` is how many an older firmware writes of each passing;
    to the commands in `silent` it does not answer, and it says its name only if it `tells_its_name`."""

    def __init__(
        self,
        now: Callable[[], dt.datetime] = dt.datetime.now,
        *,
        box_name: str = "FINISH",
        box_id: str = "D-50432",
        file: int = 177,
        versions: tuple[str, str] = ("1.0", "3.3"),
        fields: int = 20,
        silent: frozenset[str] = frozenset(),
        tells_its_name: bool = True,
    ) -> None:
        self.now, self.box_name, self.box_id = now, box_name, box_id
        self.files: dict[int, list[str]] = {file: []}
        self.file = file
        self.versions, self.fields, self.silent = versions, fields, silent
        self.tells_its_name = tells_its_name
        self.operating = True
        self.has_gps = True
        self.battery = "87"
        self.errors = "0"
        self.conversations: list[Conversation] = []
        self.seen_during_the_next_list: list[str] = []
        self.lock = threading.RLock()

    @property
    def passings(self) -> list[str]:
        """The rows of the current file."""
        return self.files[self.file]

    def see(self, code: str, at: dt.datetime | None = None, date: str | None = None) -> str:
        """A transponder crosses the line; whoever asked for it hears of it at once."""
        with self.lock:
            at = at or self.now()
            date = date or (f"{at:%Y-%m-%d}" if self.has_gps else NO_GPS)
            clock = f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"
            number = len(self.passings) + 1
            row = [
                str(number), code, date, clock, "6692", "12", "-68", "", "0", "1", "", "", "", "",
                "", "", self.box_name, str(self.file), "1", self.box_id,
            ]  # fmt: skip
            self.passings.append(";".join(row[: self.fields]))
            for conversation in self.conversations:
                if conversation.pushing:
                    conversation.say(f"#P;{self.passings[-1]}")
            return self.passings[-1]

    def begin_a_file(self, number: int | None = None) -> None:
        """Timing mode was left and entered again: the index begins anew."""
        with self.lock:
            self.file = self.file + 1 if number is None else number
            self.files[self.file] = []

    def connect(self) -> Conversation:
        """Somebody calls."""
        with self.lock:
            self.conversations.append(Conversation(self))
            return self.conversations[-1]

    def drop(self) -> None:
        """All connections break; what was not taken is gone."""
        with self.lock:
            for conversation in self.conversations:
                conversation.close()
            self.conversations.clear()


class Conversation:
    """One connection: `receive` what the other side says, `take` what the decoder has said."""

    def __init__(self, decoder: Decoder) -> None:
        self.decoder = decoder
        self.pushing = False
        self.commands: list[str] = []
        self.pings = 0
        self.wake: Callable[[], None] = lambda: None
        self.close: Callable[[], None] = lambda: None
        self._in = b""
        self._out = b""

    def say(self, line: str) -> None:
        self._out += f"{line}\r\n".encode("latin-1")
        self.wake()

    def take(self) -> bytes:
        with self.decoder.lock:
            out, self._out = self._out, b""
            return out

    def receive(self, data: bytes) -> None:
        with self.decoder.lock:
            *lines, self._in = (self._in + data).split(b"\r\n")
            for line in lines:
                command = line.decode("ascii")
                if command == "PING":
                    self.pings += 1
                    continue
                self.commands.append(command)
                if command.split(";")[0] not in self.decoder.silent:
                    self._answer(command)

    def _answer(self, command: str) -> None:
        decoder = self.decoder
        name, *arguments = command.split(";")
        now = decoder.now()
        date = f"{now:%Y-%m-%d}" if decoder.has_gps else NO_GPS
        clock = f"{now:%H:%M:%S}.{now.microsecond // 1000:03d}"
        if name == "GETPROTOCOL":
            self.say(";".join((name, "2.0", *decoder.versions)))
        elif name in ("SETPROTOCOL", "SETPUSHPASSINGS"):
            self.pushing |= name == "SETPUSHPASSINGS" and arguments[0] == "1"
            self.say(command)
            if name == "SETPUSHPASSINGS" and arguments[1] == "1":
                for row in decoder.passings:
                    self.say(f"#P;{row}")
        elif name == "STARTOPERATION":
            decoder.operating = True
            decoder.begin_a_file()
            self.say(f"{name};OK;{date};{clock}")
        elif command == "GETCONFIG;GENERAL;BOXNAME" and decoder.tells_its_name:
            self.say(f"{command};{decoder.box_name};{decoder.box_id}")
        elif name == "GETTIME":
            self.say(f"{name};{date};{clock}")
        elif name == "GETSTATUS":
            self.say(f"{name};{date};{clock};{self._status()}")
        elif name == "PASSINGS":
            self.say(f"{name};{len(decoder.passings)};{decoder.file}")
        elif name[:1].isdigit():
            self._list(*(int(part) for part in name.split(":")))
        else:
            self.say(f"UNKNOWN COMMAND {command}")

    def _status(self) -> str:
        decoder = self.decoder
        gps = int(decoder.has_gps)
        return (
            f"1;11110000;{int(decoder.operating)};{decoder.file};{gps};49.721,8.254;1;"
            f"{decoder.battery};31;35;0;0;;;;;;1;{gps};0;0;{decoder.errors}"
        )

    def _list(self, first: int, many: int = 1) -> None:
        rows = self.decoder.passings[first - 1 : first - 1 + many]
        for position, row in enumerate(rows):
            if position == len(rows) // 2:
                while self.decoder.seen_during_the_next_list:
                    self.decoder.see(self.decoder.seen_during_the_next_list.pop(0))
            self.say(row)
        self.say("")


@contextmanager
def serve(decoder: Decoder, host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """The decoder behind a listening socket (its port), for as many callers as come."""
    with socket.create_server((host, port)) as listener:
        accepting = threading.Thread(target=_accept, args=(listener, decoder), daemon=True)
        accepting.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join(PATIENCE_S)
        decoder.drop()


def _accept(listener: socket.socket, decoder: Decoder) -> None:
    while True:
        try:
            peer, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_converse, args=(peer, decoder), daemon=True).start()


def _converse(peer: socket.socket, decoder: Decoder) -> None:
    conversation = decoder.connect()
    sending = threading.Lock()

    def wake() -> None:
        with sending:
            peer.sendall(conversation.take())

    def close() -> None:
        conversation.wake = lambda: None
        try:
            peer.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    conversation.wake, conversation.close = wake, close
    with peer:
        try:
            while data := peer.recv(4096):
                conversation.receive(data)
        except OSError:
            return
        finally:  # nothing is pushed to whoever has left
            conversation.wake = conversation.close = lambda: None
