"""A receiver of webhooks: a real HTTP server that can be away, refuse, and start again at the same address."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import socket
import threading
from typing import Any

import msgspec

from tests.patience import PATIENCE_S


def fits(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether a message is signed with this secret, as a receiver finds out."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return f"v1,{right}" in headers["webhook-signature"].split(" ")


class Receiver:
    """``got`` has (headers, body) of each message that was answered; ``status`` is what it answers."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.more: dict[str, str] = {}
        self.arrived = threading.Condition()
        self._server: http.server.ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/hook?site=club"

    def start(self) -> None:
        """It is there."""
        mine = self

        class Answering(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = mine.status
                if status < 300:
                    with mine.arrived:
                        headers = {name.lower(): value for name, value in self.headers.items()}
                        mine.got.append((headers, body))
                        mine.arrived.notify_all()
                self.send_response(status)
                for name, value in mine.more.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Answering)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """It is away: nobody listens."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(PATIENCE_S)
            self._server = self._thread = None

    def wait_for(self, count: int, patience_s: float = PATIENCE_S) -> None:
        """Until so many messages have come."""
        with self.arrived:
            enough = self.arrived.wait_for(lambda: len(self.got) >= count, patience_s)
        assert enough, f"{len(self.got)} of {count} messages came"

    def items(self, *kinds: str) -> list[dict[str, Any]]:
        """Everything that was told of some kinds, in the order in which it came."""
        letters = [msgspec.json.decode(body) for _, body in self.got]
        return [
            item
            for letter in letters
            if not kinds or letter["type"] in kinds
            for item in letter["data"]["items"]
        ]
