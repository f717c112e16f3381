"""The webhooks of event.toml, and what is wrong with them; secrets and alert addresses lie in files of their own."""

from __future__ import annotations

import base64
import ipaddress
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlsplit

from homestretch.errors import PlanError
from homestretch.folder.files import everybody_reads, put
from homestretch.folder.problem import EVENT, Problem, one_of
from homestretch.folder.tables import Table
from homestretch.race.hooks import HOOK_KINDS, PUBLIC_KINDS, Hook, HookKind
from homestretch.race.privacy import Role

SECRETS: Final = "hooks"
"""The folder of the secrets, one file for each hook, for the owner's eyes alone."""
KEY: Final = "event.key"
ALERTS: Final = "alerts.txt"
"""One address of Apprise a line: they hold passwords, so they stand in no event.toml."""
PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
LARGEST: Final = 64 * 1024
LEDGER: Final = ("control", "medical", "director")


def read_hooks(tables: Sequence[Table]) -> tuple[Hook, ...]:
    """The hooks of the tables that could be read; what is wrong with them is said."""
    found: dict[str, Hook] = {}
    for table in tables:
        name, url = table.find("name"), table.find("url")
        private = bool(table.find("private_net"))
        if name in found:
            table.say(f'There are two webhooks "{name}".', "Give one of them another name.", "name")
            continue
        if url and (why := find_fault(url, private_net=private)):
            table.say(why, "Write an address such as https://club.example/hook.", "url")
            continue
        if name and url:
            role = cast("Role", table.find("role") or "public")
            kinds = _read_kinds(table, role)
            found[name] = Hook(name=name, url=url, kinds=kinds, role=role, private_net=private)
    return tuple(found.values())


def _read_kinds(table: Table, role: Role) -> tuple[HookKind, ...]:
    kinds = tuple(table.find("kinds") or PUBLIC_KINDS)
    for kind in kinds:
        if kind not in HOOK_KINDS:
            table.say(f'"{kind}" is not told.', f"Told is {one_of(HOOK_KINDS)}.", "kinds")
    if "alarm" in kinds and role not in LEDGER:
        table.say(
            "Alarms are for who keeps the ledger.", f"Write role = {one_of(LEDGER)}.", "kinds"
        )
    return cast("tuple[HookKind, ...]", tuple(kind for kind in kinds if kind in HOOK_KINDS))


def find_fault(url: str, *, private_net: bool) -> str:
    """Why nothing can be sent to an address; empty when nothing is against it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "This is not an address."
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return "This is not an address."
    if parts.username is not None or parts.fragment:
        return "An address with a user or a # is not taken."
    if parts.scheme == "http" and not private_net:
        return "Over http everybody on the way can read it, and only private_net = true takes that."
    try:
        address = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return ""
    return say_reach(address, private_net=private_net)


def say_reach(address: ipaddress.IPv4Address | ipaddress.IPv6Address, *, private_net: bool) -> str:
    """Why an address must not be reached; empty when it may. Link-local ones (where clouds keep the passwords of
    their machines), multicast and what is reserved are never reached, a private net only where that is meant."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return f"{address} is nobody's address to be told at."
    if address.is_global:
        return ""
    if private_net and (address.is_private or address.is_loopback):
        return ""
    return f"{address} is in a private net, and only private_net = true takes that."


def check_hooks(folder: Path, hooks: Sequence[Hook]) -> list[Problem]:
    """What is missing for hooks and alerts to be sent, and who else can read the addresses of the alerts."""
    found = [
        Problem(
            file=EVENT,
            line=0,
            what=f"The webhook {hook.name} has no secret, so it is not sent.",
            do=f"Make one with: homestretch hook secret {folder} {hook.name}",
            severity="warning",
        )
        for hook in hooks
        if not (folder / SECRETS / f"{hook.name}.secret").exists()
    ]
    if everybody_reads(folder / ALERTS):
        found.append(
            Problem(
                file=ALERTS,
                line=0,
                what="Everybody on this computer can read this file, with passwords in its addresses.",
                do=f"Keep it to yourself: chmod go= {ALERTS}",
                severity="warning",
            )
        )
    return found


def make_secret(folder: Path, name: str) -> str:
    """A new secret for a hook, put into its file, for its owner's eyes."""
    secret = PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    _put(folder, f"{name}.secret", secret.encode() + b"\n")
    return secret


def find_secret(folder: Path, name: str) -> bytes | None:
    """The bytes of a hook's secret; None without a file, PlanError when it is none."""
    text = _read(folder / SECRETS / f"{name}.secret")
    if text is None:
        return None
    try:
        secret = base64.b64decode(text.strip().removeprefix(PREFIX), validate=True)
    except ValueError:
        secret = b""
    if not 24 <= len(secret) <= 64:
        raise PlanError(
            f"The secret of the webhook {name} is none.",
            f"Make one with: homestretch hook secret DIR {name}",
        )
    return secret


def get_event_key(folder: Path) -> bytes:
    """What the names of messages are made with, so that nobody can guess whom one is about; made once."""
    text = _read(folder / SECRETS / KEY)
    if text is not None:
        return bytes.fromhex(text.strip())
    key = secrets.token_bytes(SECRET_BYTES)
    _put(folder, KEY, key.hex().encode() + b"\n")
    return key


def list_alert_addresses(folder: Path) -> list[str]:
    """The addresses of Apprise in alerts.txt, none without such a file; ``#`` begins a remark."""
    text = _read(folder / ALERTS) or ""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _put(folder: Path, name: str, data: bytes) -> None:
    where = folder / SECRETS
    where.mkdir(mode=0o700, exist_ok=True)
    put(where / name, data)


def _read(path: Path) -> str | None:
    if not os.path.lexists(path):
        return None
    try:
        with path.open("rb") as file:
            return file.read(LARGEST).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(
            f"{path} cannot be read.", "Look at its rights and what is in it."
        ) from error
