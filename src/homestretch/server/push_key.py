"""The key with which an event names itself to push services: a file in its folder, for its owner's eyes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from homestretch.errors import PlanError
from homestretch.folder.files import put
from homestretch.news.followers import PUSH_HOSTS

PUSH_KEY: Final = "push-key.json"


class PushKey(msgspec.Struct, frozen=True, kw_only=True):
    """The private key (32 bytes, base64url), how a push service reaches who sends (``mailto:`` or ``https:``), and
    further push services that are known here."""

    private: str
    contact: str
    hosts: tuple[str, ...] = ()

    @property
    def all_hosts(self) -> tuple[str, ...]:
        """Where messages may be sent to."""
        return (*PUSH_HOSTS, *self.hosts)


def find_push_key(folder: Path) -> PushKey | None:
    """The key in an event's folder, None without one; PlanError when it cannot be read."""
    file = folder / PUSH_KEY
    try:
        return msgspec.json.decode(file.read_bytes(), type=PushKey)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise PlanError(
            f"{file} cannot be read: {error}.",
            "Take it away and make another with homestretch push: everybody must then follow anew.",
        ) from error


def put_push_key(folder: Path, key: PushKey) -> None:
    """Write the key, for its owner's eyes alone (0600)."""
    put(folder / PUSH_KEY, msgspec.json.format(msgspec.json.encode(key)) + b"\n")


def load_push_key(folder: Path) -> tuple[PushKey | None, str]:
    """The key in an event's folder and its public half; PlanError when it is none, MissingExtra when there is one and
    nothing to sign with."""
    key = find_push_key(folder)
    if key is None:
        return None, ""
    from homestretch.news.sealing import public_of

    return key, public_of(key.private)
