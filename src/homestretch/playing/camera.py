"""The camera at mile 25, played: each picture is painted when it is taken, and lands in the event's inbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from homestretch.intake.inbox import NAME
from homestretch.playing.story_hour import wait_until
from homestretch.rehearsal.painting import paint_shot
from homestretch.rehearsal.snapping import PLACE, Snap
from homestretch.server.held_clock import HeldClock


async def play_camera(
    clock: HeldClock, folder: Path, snaps: Sequence[Snap], wall_now: Callable[[], int]
) -> None:
    """Drop each picture when it is due on the event's clock."""
    for snap in snaps:
        await wait_until(snap.at, clock, wall_now)
        await asyncio.to_thread(_drop, folder / NAME / PLACE, snap)


def _drop(inbox: Path, snap: Snap) -> None:
    """A file that appears there whole."""
    inbox.mkdir(parents=True, exist_ok=True)
    fresh = inbox / f".{snap.name}"
    fresh.write_bytes(paint_shot(snap.shot))
    fresh.replace(inbox / snap.name)
