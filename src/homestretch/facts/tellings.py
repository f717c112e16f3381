"""What other systems were told, and how that went."""

from __future__ import annotations

from typing import Literal

from homestretch.facts.identity import Fact


class Delivered(Fact, frozen=True, kw_only=True, tag="delivered", omit_defaults=True):
    """How telling goes: ``to`` is the name of a webhook or an alert service. An alarm (``alarm``, in words that name
    nobody) was ``sent``; nothing could be sent any more (``failing``, ``reason`` says why, ``waiting`` how many messages
    are kept for it); or it takes what it is sent (``back``): said once, and again after it had failed. A receiver's
    address never stands here."""

    to: str
    outcome: Literal["sent", "failing", "back"]
    alarm: str = ""
    tries: int = 0
    waiting: int = 0
    reason: str = ""
