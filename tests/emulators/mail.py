"""A server for letters (SMTP, RFC 5321) on a real socket, as far as a sender needs one. It can refuse and be away."""

from __future__ import annotations

import base64
import email
import email.policy
import socketserver
import threading
from email.message import EmailMessage
from typing import cast


class MailServer:
    """``got`` are the letters that were taken; ``refuses`` are addresses that are refused for good, ``login`` is the
    user and password that it wants; ``port`` stays the same when it is away for a while."""

    def __init__(self, login: tuple[str, str] | None = None) -> None:
        self.got: list[EmailMessage] = []
        self.refuses: set[str] = set()
        self.login = login
        self.port = 0
        self._server: socketserver.ThreadingTCPServer | None = None

    def start(self) -> None:
        """It is there."""
        mine = self

        class Talking(socketserver.StreamRequestHandler):
            timeout = 10

            def handle(self) -> None:
                mine._talk(self)

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", self.port), Talking)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """It is away."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _talk(self, line: socketserver.StreamRequestHandler) -> None:
        def say(words: str) -> None:
            line.wfile.write(words.encode() + b"\r\n")

        let_in = self.login is None
        say("220 mail.test")
        while words := line.rfile.readline().decode().strip():
            verb = words.split()[0].upper()
            if verb == "EHLO":
                say("250-mail.test")
                say("250 AUTH PLAIN" if self.login else "250 SIZE")
            elif verb == "AUTH" and self.login is not None:
                let_in = (
                    base64.b64decode(words.split()[2]) == "\0{}\0{}".format(*self.login).encode()
                )
                say("235 welcome" if let_in else "535 no")
            elif verb == "RCPT" and any(one in words for one in self.refuses):
                say("550 nobody of that name")
            elif verb == "MAIL" and not let_in:
                say("530 who are you")
            elif verb == "DATA":
                say("354 go on")
                self._take(line)
                say("250 taken")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

    def _take(self, line: socketserver.StreamRequestHandler) -> None:
        lines = []
        while (one := line.rfile.readline()) != b".\r\n":
            lines.append(one[1:] if one.startswith(b"..") else one)
        found = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        self.got.append(cast(EmailMessage, found))
