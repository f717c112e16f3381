"""A certificate for the pages: where its files are, and what is wrong with them, said before anything is served."""

from __future__ import annotations

import http.client
import ssl
from pathlib import Path
from typing import Final

import msgspec

from homestretch.errors import PlanError

CERTIFICATE, PRIVATE_KEY = "cert.pem", "key.pem"
"""What the files are called in the folder of an event."""
_WHAT_TO_DO: Final = "It wants a certificate with its chain and its private key, both as PEM: docs/how-to/phones-and-tls.md."


class Tls(msgspec.Struct, frozen=True):
    """Files (PEM) of a certificate with its chain, and of its private key without a password."""

    certificate: str
    key: str


def get_tls(folder: Path, certificate: Path | None, key: Path | None) -> Tls:
    """The files that were named, else those in the folder; PlanError when they cannot be served with."""
    found = Tls(str(certificate or folder / CERTIFICATE), str(key or folder / PRIVATE_KEY))
    for file in (found.certificate, found.key):
        try:
            Path(file).read_bytes()
        except OSError as error:
            raise PlanError(f"{file} cannot be read: {error.strerror}.", _WHAT_TO_DO) from error
    try:
        # Without a word for the password: a server that starts by itself cannot be asked for one.
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            found.certificate, found.key, password=""
        )
    except (OSError, ValueError) as error:
        what = f"{found.certificate} and {found.key} are no certificate and its key"
        raise PlanError(f"{what}: {error}.", _WHAT_TO_DO) from error
    return found


def connection_to(
    host: str, port: int, timeout_s: float, *, secure: bool
) -> http.client.HTTPConnection:
    """A connection to our own pages on this computer, whose certificate is for another name."""
    if not secure:
        return http.client.HTTPConnection(host, port, timeout=timeout_s)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=context)
