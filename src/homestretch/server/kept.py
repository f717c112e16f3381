"""One event in the keeper: its log, its people, its newest Picture, and what is sent of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from homestretch.intake.devices import Devices
from homestretch.live import Live
from homestretch.server.darkroom import Darkroom
from homestretch.server.following import Following
from homestretch.server.wire import PicturePacker
from homestretch.store import Log, People
from homestretch.store.keys import Key

BATCHES = 2
"""Batches of an event that are read at the same time."""


@dataclass(slots=True)
class Kept:
    """One event in the keeper."""

    id: str
    log: Log
    people: People
    live: Live
    zone: str
    date: str
    devices: Devices
    pictures: str = ""
    """where its pictures are kept, as a URL"""
    packer: PicturePacker = field(default_factory=PicturePacker)
    packed: tuple[list[int], bytes] | None = None
    batches: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(BATCHES))
    keys: list[Key] = field(default_factory=list)
    keys_version: int = -1
    push_hosts: tuple[str, ...] = ()
    following: Following = field(init=False)
    darkroom: Darkroom = field(init=False)

    def __post_init__(self) -> None:
        self.following = Following(self.people, self.push_hosts)
        self.darkroom = Darkroom(self.pictures, lambda: self.live.picture)
