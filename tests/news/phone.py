"""A phone and its push service: a browser's keys, and a real server with TLS that takes what is sent and reads it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import ssl
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import trustme
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from homestretch.news.sealing import to_bytes, to_text
from tests.patience import PATIENCE_S


@dataclass
class Phone:
    """The keys of a browser's subscription."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = bytes(range(16))

    @property
    def p256dh(self) -> str:
        """The public key as the browser gives it."""
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return to_text(point)

    @property
    def auth(self) -> str:
        """The secret as the browser gives it."""
        return to_text(self.secret)

    def open(self, sealed: bytes) -> bytes:
        """What a browser reads in a message: RFC 8291 from the other side."""
        salt, (record, length) = sealed[:16], struct.unpack("!IB", sealed[16:21])
        theirs, content = sealed[21 : 21 + length], sealed[21 + length :]
        assert len(content) <= record
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        info = b"WebPush: info\x00" + to_bytes(self.p256dh) + theirs
        secret = _derive(self.secret, self.private.exchange(ec.ECDH(), sender), info, 32)
        key = _derive(salt, secret, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _derive(salt, secret, b"Content-Encoding: nonce\x00", 12)
        plain = AESGCM(key).decrypt(nonce, content, None)
        return plain.rstrip(b"\x00").removesuffix(b"\x02")


def _derive(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def read_token(header: str) -> tuple[dict[str, Any], str]:
    """The claims in the header Authorization, and the public key; its signature must hold."""
    token, key = (part.split("=", 1)[1] for part in header.removeprefix("vapid ").split(", "))
    head, claims, signature = token.split(".")
    raw = to_bytes(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), to_bytes(key))
    signed = f"{head}.{claims}".encode()
    sender.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    return json.loads(base64.urlsafe_b64decode(claims + "==")), key


@dataclass
class Sent:
    """A request as it came to the push service."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """A push service on a socket of its own; it answers ``status`` from now on."""

    port: int = 0
    status: int = 201
    sent: list[Sent] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def host(self) -> str:
        """As it is listed."""
        return f"127.0.0.1:{self.port}"

    @property
    def endpoint(self) -> str:
        """Where messages for one browser go."""
        return f"https://{self.host}/browser/1"

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request after the other, as HTTP/1.1 has them."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                line, *rest = head.strip().split("\r\n")
                headers = {
                    name.lower(): value for name, value in (one.split(": ", 1) for one in rest)
                }
                body = await reader.readexactly(int(headers["content-length"]))
                self.sent.append(Sent(line.split(" ")[1], headers, body))
                self.came.set()
                extra = "Location: https://127.0.0.1:1/elsewhere\r\n" if self.status == 307 else ""
                answer = f"HTTP/1.1 {self.status} X\r\n{extra}Content-Length: 0\r\n\r\n"
                writer.write(answer.encode())
                await writer.drain()
        writer.close()

    async def wait_for(self, many: int, within_s: float = PATIENCE_S) -> list[Sent]:
        """The messages, once there are so many."""
        async with asyncio.timeout(within_s):
            while len(self.sent) < many:
                self.came.clear()
                await self.came.wait()
        return self.sent


@contextlib.asynccontextmanager
async def push_service() -> AsyncIterator[tuple[PushService, ssl.SSLContext]]:
    """A push service that listens, and what a sender must trust to talk to it."""
    authority = trustme.CA()
    here = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(here)
    trusts = ssl.create_default_context()
    authority.configure_trust(trusts)
    service = PushService()
    server = await asyncio.start_server(service.take, "127.0.0.1", 0, ssl=here)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service, trusts
    finally:
        server.close()
