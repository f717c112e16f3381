"""Who else is told what happens: webhooks, as event.toml names them. They are no part of the plan, which is a fact:
where they lead may hold a password."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

import msgspec

from homestretch.race.privacy import Role

HookKind: TypeAlias = Literal["passing", "finish", "status", "results", "alarm"]
HOOK_KINDS: Final[tuple[HookKind, ...]] = get_args(HookKind)
PUBLIC_KINDS: Final[tuple[HookKind, ...]] = ("passing", "finish", "status", "results")
HOOK_ROLES: Final[tuple[Role, ...]] = ("public", "announcer", "control", "medical", "director")
"""As whom a receiver may be told."""


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """A receiver: its address, of which ``kinds`` it is told, and as which role. ``private_net``: it stands in the
    organiser's own network, which no other hook may reach."""

    name: str
    url: str
    kinds: tuple[HookKind, ...] = PUBLIC_KINDS
    role: Role = "public"
    private_net: bool = False
