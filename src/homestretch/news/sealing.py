"""Messages sealed for one browser, and the word of who sends them. Only this file needs the package cryptography.

Encryption is RFC 8291 with the content coding aes128gcm of RFC 8188, one record; the sender is named by a signed token
(VAPID, RFC 8292). The tests hold it to the example of RFC 8291, section 5.
"""

from __future__ import annotations

import base64
import os
import struct
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from homestretch.errors import MissingExtra, PlanError

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
except ImportError as error:  # pragma: no cover - every extra is installed here
    raise MissingExtra("cryptography", "push", "Sending news to phones") from error

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )

RECORD: Final = 4096
LARGEST: Final = 3000
"""Bytes of a message: a push service takes 4096 of what is sealed (RFC 8030, 7.2)."""
TOKEN_S: Final = 12 * 3600
"""How long a token holds; RFC 8292 allows a day."""
CURVE: Final = ec.SECP256R1()


def to_text(content: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def to_bytes(text: str) -> bytes:
    """What base64url stands for."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def make_private() -> str:
    """A new private key: 32 bytes as base64url."""
    key = ec.generate_private_key(CURVE)
    return to_text(key.private_numbers().private_value.to_bytes(32, "big"))


def public_of(private: str) -> str:
    """The public key of a private one, as browsers want it; PlanError for what is no key."""
    return to_text(_point_of(_private_key(private).public_key()))


def seal(content: bytes, p256dh: str, auth: str) -> bytes:
    """``content`` (at most ``LARGEST`` bytes) as only this browser can read it; ValueError for a key that is none."""
    return seal_with(ec.generate_private_key(CURVE), os.urandom(16), content, p256dh, auth)


def seal_with(
    once: EllipticCurvePrivateKey, salt: bytes, content: bytes, p256dh: str, auth: str
) -> bytes:
    """The same with a given key for this one message and a given salt (16 bytes)."""
    if len(content) > LARGEST:
        raise ValueError(f"A message of {len(content)} bytes is too large.")
    theirs, ours = to_bytes(p256dh), _point_of(once.public_key())
    try:
        browser = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs)
    except UnsupportedAlgorithm as error:
        raise ValueError("The browser's key is of another curve.") from error
    shared = once.exchange(ec.ECDH(), browser)
    secret = _derive(to_bytes(auth), shared, b"WebPush: info\x00" + theirs + ours, 32)
    key = _derive(salt, secret, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(salt, secret, b"Content-Encoding: nonce\x00", 12)
    head = salt + struct.pack("!IB", RECORD, len(ours)) + ours
    # 0x02 ends the last record; there is one.
    return head + AESGCM(key).encrypt(nonce, content + b"\x02", None)


def sign(private: str, contact: str, endpoint: str, now_s: int) -> str:
    """The header Authorization for an endpoint: who sends, how to reach them (``contact``), until when it holds."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"https://{parts.netloc}", "exp": now_s + TOKEN_S, "sub": contact}
    head = {"typ": "JWT", "alg": "ES256"}
    said = ".".join(to_text(msgspec.json.encode(part)) for part in (head, claims))
    key = _private_key(private)
    r, s = utils.decode_dss_signature(key.sign(said.encode(), ec.ECDSA(hashes.SHA256())))
    signature = to_text(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={said}.{signature}, k={public_of(private)}"


def _private_key(private: str) -> EllipticCurvePrivateKey:
    try:
        return ec.derive_private_key(int.from_bytes(to_bytes(private), "big"), CURVE)
    except ValueError as error:
        raise PlanError(
            "The key for messages to phones cannot be read.",
            "Make another with homestretch push: everybody must then follow anew.",
        ) from error


def _point_of(key: EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
