"""The herald as a process of a server: whether there is one, and how it begins."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import uvloop

from homestretch.herald.receivers import list_receivers
from homestretch.server.listening import say_what_matters
from homestretch.server.spec import BesideSpec, ServerSpec
from homestretch.server.supervisor import Child, command_of, ends_with_supervisor


def list_heralds(spec: ServerSpec, environment: Mapping[str, str]) -> list[Child]:
    """One process for all events of which somebody is told, none without. PlanError when a folder's webhooks or
    alerts cannot be read."""
    told = {event.id: event.folder for event in spec.events if list_receivers(Path(event.folder))}
    if not told:
        return []
    about = msgspec.json.encode(BesideSpec(spec.beside.wire, told))
    return [Child("herald", command_of("_herald"), (), about, environment, later=True)]


def tell_others(spec: BesideSpec) -> None:
    """The process."""
    from homestretch.herald.following import Heralds

    say_what_matters()
    uvloop.run(ends_with_supervisor(Heralds(spec.folders).follow(Path(spec.wire))))
