"""Where a server listens, told in the folder of each of its events as long as it runs.

So `homestretch key` can print a link that works, and a second server can say who has the port that it wants.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from homestretch.errors import PlanError
from homestretch.folder.problem import EVENT
from homestretch.server.listening import is_served, listen, said_host

ADDRESS_FILE: Final = ".address.json"
EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
_ELSEWHERE: Final = ("192.0.2.1", 9)
"""An address of no computer (RFC 5737): asked for the way there, the system names our own address."""


class Address(msgspec.Struct, frozen=True):
    """The address of the pages, the ports of the event's doors by the names of their readers, and whether the
    pages are served over TLS."""

    host: str
    port: int
    doors: list[tuple[str, int]] = []
    secure: bool = False

    def link(self) -> str:
        """The start of a link to the pages: for other computers too, if they can reach it."""
        host = self.host
        if host in EVERYWHERE:
            host = own_address() or said_host(host)
        return f"{scheme_of(secure=self.secure)}://{said_host(host)}:{self.port}"


def scheme_of(*, secure: bool) -> str:
    """How an address of the pages begins."""
    return "https" if secure else "http"


@contextlib.contextmanager
def telling_address(folder: Path, address: Address) -> Iterator[None]:
    """Tell where an event is served as long as that lasts, and not longer."""
    file = folder / ADDRESS_FILE
    written = file.with_suffix(".new")
    written.write_bytes(msgspec.json.encode(address))
    written.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def find_address(folder: Path) -> Address | None:
    """Where the event of a folder is served now; None when no server runs there."""
    if not is_served(folder):
        return None
    try:
        return msgspec.json.decode((folder / ADDRESS_FILE).read_bytes(), type=Address)
    except (OSError, msgspec.MsgspecError):
        return None


def listen_as(host: str, port: int, purpose: str, folder: Path) -> socket.socket:
    """A listening socket for the event of a folder; PlanError that also names another event of ours, beside
    it in the same folder, when that one has the port."""
    try:
        return listen(host, port, purpose)
    except PlanError as error:
        if (holder := _find_holder(port, folder)) is None:
            raise
        other, what = holder
        where = "--port" if purpose.endswith("(--port)") else f"[doors] of {folder / EVENT}"
        raise PlanError(
            f"{error.what} {other} is being served, and has port {port} for {what}.",
            f"Write another port into {where}, or stop the other server.",
        ) from error


def _find_holder(port: int, folder: Path) -> tuple[Path, str] | None:
    """Which event beside this one has a port of this computer, and for what."""
    for other in _list_beside(folder):
        address = find_address(other)
        if address is None:
            continue
        ports = {door: f"its door {reader}" for reader, door in address.doors}
        ports[address.port] = "its pages"
        if port in ports:
            return other, ports[port]
    return None


def own_address() -> str:
    """This computer's address in the network that leads elsewhere; empty when it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)  # a datagram's way is looked up; nothing is sent
        except OSError:
            return ""
        host: str = probe.getsockname()[0]
    return "" if is_own_alone(host) else host


def is_own_alone(host: str) -> bool:
    """Whether a host means this computer to everybody, so that nobody else can reach it."""
    return host in ("localhost", "::1", "0.0.0.0") or host.startswith("127.")  # noqa: S104 - compared


def _list_beside(folder: Path) -> Iterable[Path]:
    try:
        return sorted(
            other
            for other in folder.absolute().parent.iterdir()
            if (other / ADDRESS_FILE).exists() and not other.samefile(folder)
        )
    except OSError:
        return []
