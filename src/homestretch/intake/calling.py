"""Who calls which device: most protocols through a reader of ours, some through a package that speaks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from homestretch.intake.caller import TcpCaller
from homestretch.intake.devices import Devices
from homestretch.intake.llrp import LlrpCaller
from homestretch.live import Live
from homestretch.readers import Context, list_readers


class Calls(Protocol):
    """Something that calls a device until it is cancelled."""

    async def run(self) -> None: ...


def caller_of(
    reader: str, context: Context, address: tuple[str, int]
) -> Callable[[Live, Devices, Callable[[], int]], Calls]:
    """How the device at an address is called, for an event's ``Live``, ``Devices`` and clock."""
    if reader == "llrp":
        return lambda live, devices, now: LlrpCaller(context, address, live, devices, now)
    kind = list_readers()[reader]
    return lambda live, devices, now: TcpCaller(kind, context, address, live, devices, now)
