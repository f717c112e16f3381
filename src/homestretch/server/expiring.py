"""What is kept for a while goes when its time is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from homestretch.errors import StoreError
from homestretch.store import People

EXPIRY_S: Final = 600.0

logger = structlog.get_logger(__name__)


async def drop_expired(people: People, wall_now: Callable[[], int]) -> None:
    """Free texts, unreadable bytes and sessions go when their time is over."""
    while True:
        try:
            people.drop_expired(wall_now())
        except StoreError as error:  # the day goes on; the next round tries again
            logger.error("expired texts could not be erased", reason=str(error))
        await asyncio.sleep(EXPIRY_S)
