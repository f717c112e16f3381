"""What the process that tells other systems has to say of it, on its way into the log."""

from __future__ import annotations

from typing import Final

import msgspec
import structlog

from homestretch.errors import HomestretchError
from homestretch.facts import Delivered, received
from homestretch.live import Live
from homestretch.readers import Heard

SOURCE: Final = "herald"

logger = structlog.get_logger(__name__)


class Tidings(msgspec.Struct, frozen=True):
    """How telling others goes, in facts."""

    facts: tuple[Delivered, ...]


async def note_tidings(live: Live, tidings: Tidings, now: int) -> None:
    """Keep them; when that cannot be, the day goes on."""
    try:
        await live.keep([Heard(received(fact, SOURCE, now), None) for fact in tidings.facts])
    except HomestretchError as error:
        logger.error("a delivery was not noted", reason=str(error))
