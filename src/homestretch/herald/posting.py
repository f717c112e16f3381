"""One message to one address: where it may go, how long it may take, and what its answer means.

Who may write event.toml says the address, nobody on a page. All the same it is looked up before each message, and an
address that leads into a private net, to this computer or to the passwords of a cloud is not called unless that was
meant; the connection goes to the very address that was looked at, and no redirect is followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from homestretch import __version__
from homestretch.folder.hooks import find_fault, say_reach
from homestretch.race.hooks import Hook

ANSWER_S: Final = 15.0
LARGEST_ANSWER: Final = 64 * 1024
LONGEST_WAIT_S: Final = 3600.0


class Outcome(NamedTuple):
    """What became of a message: it was taken, or why not (in words without the address), and how long the receiver
    asks us to wait."""

    taken: bool
    reason: str = ""
    wait_s: float = 0.0


def post(hook: Hook, headers: dict[str, str], body: bytes) -> Outcome:
    """Send a message and wait for its answer. It blocks, so it is called in a thread."""
    if why := find_fault(hook.url, private_net=hook.private_net):
        return Outcome(False, why)
    parts = urlsplit(hook.url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    try:
        port = parts.port or (443 if secure else 80)
        address = _look_up(host, port, private_net=hook.private_net)
        if not address:
            return Outcome(False, "the address leads where no message may go")
        connection = _Pinned(host, port, address, secure=secure)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            more = {"Content-Type": "application/json", "User-Agent": f"Homestretch/{__version__}"}
            connection.request("POST", path, body, headers | more)
            answer = connection.getresponse()
            answer.read(LARGEST_ANSWER)
            return _judge(answer.status, answer.getheader("Retry-After") or "")
        finally:
            connection.close()
    except socket.gaierror:
        return Outcome(False, "the name of its host is not known")
    except ssl.SSLError:
        return Outcome(False, "its certificate is not trusted, or the line is not secure")
    except TimeoutError:
        return Outcome(False, "it does not answer in time")
    except (OSError, http.client.HTTPException, ValueError):
        return Outcome(False, "it cannot be reached")


def _judge(status: int, retry_after: str) -> Outcome:
    if 200 <= status < 300:
        return Outcome(True)
    wait_s = float(retry_after) if retry_after.isascii() and retry_after.isdecimal() else 0.0
    return Outcome(False, f"it answers {status}", min(wait_s, LONGEST_WAIT_S))


def _look_up(host: str, port: int, *, private_net: bool) -> str:
    """An address of a host that may be reached; empty when one of them may not: then the name is not to be trusted."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(place[4][0]).partition("%")[0] for place in found]
    for address in addresses:
        if say_reach(ipaddress.ip_address(address), private_net=private_net):
            return ""
    return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to a host by an address that was looked at, whatever its name leads to a moment later."""

    def __init__(self, host: str, port: int, address: str, *, secure: bool) -> None:
        super().__init__(host, port, timeout=ANSWER_S)
        self._address, self._secure = address, secure

    def connect(self) -> None:
        """To the address; over TLS by the host's name."""
        self.sock = socket.create_connection((self._address, self.port), ANSWER_S)
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
