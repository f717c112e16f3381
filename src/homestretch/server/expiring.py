"""What is kept for a while goes when its time is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from homestretch.errors import HomestretchError
from homestretch.server.kept import Kept
from homestretch.server.small_photos import erase_due

EXPIRY_S: Final = 600.0

logger = structlog.get_logger(__name__)


async def drop_expired(kept: Kept, wall_now: Callable[[], int]) -> None:
    """Free texts, unreadable bytes, sessions and pictures go when their time is over, or they are taken down."""
    while True:
        try:
            kept.people.drop_expired(wall_now())
            erase_due(kept.live, kept.pictures, wall_now())
        except (HomestretchError, OSError) as error:  # the day goes on; the next round tries again
            logger.error("expired texts could not be erased", reason=str(error))
        await asyncio.sleep(EXPIRY_S)
