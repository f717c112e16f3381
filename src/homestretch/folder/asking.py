"""How an event asks by e-mail and text message: ``asking.toml``, a file of its own, because it holds passwords."""

from __future__ import annotations

import os
import tomllib
from email.utils import parseaddr
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import msgspec

from homestretch.errors import PlanError
from homestretch.folder.files import everybody_reads
from homestretch.folder.problem import Problem

ASKING: Final = "asking.toml"
PHONE: Final = "{phone}"
"""Stands in the address of a service for the number that a text message goes to."""
EXAMPLE: Final = """\
pages = "https://race.example.org"
[e-mail]
server = "smtps://user:password@mail.example.org"
from = "Spring Race <stories@race.example.org>"
[text]
service = "twilio://sid:token@+15550100/{phone}"
"""
SECURE_PORT, PLAIN_PORT = 465, 587


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A server that takes letters (SMTP): ``secure`` speaks TLS from the first byte, otherwise it begins it
    (STARTTLS) unless the server is this computer. ``sender`` is the whole line From."""

    host: str
    port: int
    user: str
    password: str
    secure: bool
    sender: str


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """``pages`` is the address by which people reach the event's server, ``text`` an address of Apprise with a place
    for the number; None and empty for a channel that the event does not have."""

    pages: str
    mail: Mail | None
    text: str


class _MailTable(msgspec.Struct, rename={"sender": "from"}, forbid_unknown_fields=True):
    server: str
    sender: str


class _TextTable(msgspec.Struct, forbid_unknown_fields=True):
    service: str


class _File(msgspec.Struct, rename={"mail": "e-mail"}, forbid_unknown_fields=True):
    pages: str
    mail: _MailTable | None = None
    text: _TextTable | None = None


def find_asking(folder: Path) -> Asking | None:
    """What the file says, None without one; PlanError when it cannot be read."""
    path = folder / ASKING
    if not os.path.lexists(path):
        return None
    try:
        read = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise _wrong(f"{path} cannot be read: {error}.") from error
    if urlsplit(read.pages).scheme not in ("https", "http") or not urlsplit(read.pages).hostname:
        raise _wrong(f"{path}: pages is no address.")
    text = read.text.service if read.text else ""
    if text and PHONE not in text:
        raise _wrong(f"{path}: the service has no place for the number ({PHONE}).")
    mail = _read_mail(read.mail, path) if read.mail else None
    return Asking(pages=read.pages.rstrip("/"), mail=mail, text=text)


def _read_mail(table: _MailTable, path: Path) -> Mail:
    try:
        parts = urlsplit(table.server)
        port = parts.port
    except ValueError as error:
        raise _wrong(f"{path}: server is no address.") from error
    secure = parts.scheme == "smtps"
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise _wrong(f"{path}: server begins with smtps:// or smtp://.")
    if "@" not in parseaddr(table.sender)[1] or "\n" in table.sender or "\r" in table.sender:
        raise _wrong(f"{path}: from is no address of a sender.")
    return Mail(
        host=parts.hostname,
        port=port or (SECURE_PORT if secure else PLAIN_PORT),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        secure=secure,
        sender=table.sender,
    )


def _wrong(what: str) -> PlanError:
    return PlanError(what, "docs/stories.md shows what stands in it, under Asking.")


def check_asking(folder: Path) -> list[Problem]:
    """What is wrong with the file, and whether others can read its passwords."""
    try:
        find_asking(folder)
    except PlanError as error:
        return [Problem(file=ASKING, line=0, what=error.what, do=error.hint, severity="error")]
    if not everybody_reads(folder / ASKING):
        return []
    return [
        Problem(
            file=ASKING,
            line=0,
            what="Everybody on this computer can read this file, with passwords in its addresses.",
            do=f"Keep it to yourself: chmod go= {ASKING}",
            severity="warning",
        )
    ]
