"""How often one key, or one address without a key, may send: a stuck button, a script or a stranger must not be in
the way of everybody else."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from typing import Final, NamedTuple

from homestretch.errors import BusyError
from homestretch.race.saying import said


class Allowance(NamedTuple):
    """So much may come at once, and so much a second from then on."""

    burst: float
    per_s: float


FORMS: Final = Allowance(60.0, 2.0)
"""Of one person: more than a bus full of people tapped on board one by one."""
DEVICES: Final = Allowance(1000.0, 200.0)
"""Of one device that sends each read by itself."""
CROWD: Final = Allowance(600.0, 20.0)
"""Of one address behind which many people may be: everybody who opens a private link in the tent of the start."""
KEPT: Final = 10_000
"""Senders that are remembered, the newest; whoever was silent for half a minute has all of theirs again."""
_NET_OF_ONE: Final = 64
"""Bits of an IPv6 address that one customer has in common."""


class Often:
    """Counts what each sender sends; it is forgotten at the rate that is allowed."""

    def __init__(self) -> None:
        self._sent: OrderedDict[tuple[str, Allowance], tuple[float, float]] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()

    def remember(self, sender: str) -> None:
        """From now on ``sender`` (a hash of what was shown) is known: it is counted by itself, so that whoever guesses
        from the same address shuts nobody out."""
        self._known[sender] = None
        self._known.move_to_end(sender)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    def knows(self, sender: str) -> bool:
        """Whether it was remembered."""
        return sender in self._known

    def check(self, sender: str, now_s: float | None = None, allowed: Allowance = FORMS) -> None:
        """BusyError when ``sender`` has sent too much; ``now_s`` is of any clock that only goes on."""
        now_s = time.monotonic() if now_s is None else now_s
        count, at_s = self._sent.pop((sender, allowed), (0.0, now_s))
        count = max(0.0, count - allowed.per_s * (now_s - at_s)) + 1.0
        self._sent[sender, allowed] = min(count, allowed.burst + 1.0), now_s
        while len(self._sent) > KEPT:
            self._sent.popitem(last=False)
        if count > allowed.burst:
            raise BusyError(
                said("Too much came from here in a short time."),
                said("Wait some seconds, then try again."),
            )


def net_of(address: str) -> str:
    """An address as it is counted: of IPv6 the part that one customer has; what is none stays as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _NET_OF_ONE), strict=False))
    return address
