"""What is rendered first when not everything can be at once."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.web.streams import CALM_S, Streams
from tests.aside import run
from tests.boards.days import ALL, make_picture
from tests.patience import PATIENCE_S

PICTURE = make_picture(ALL["small"])
EVENT = PICTURE.event.id
CALM = tuple(f"calm-{number}" for number in range(8))


class Hall:
    """What is shown, by number of Picture; the first calm board takes so long that a Picture comes meanwhile."""

    def __init__(self) -> None:
        self.number, self.beats, self.seconds = 1, 0, 1_000.0
        self.rendered: list[tuple[str, int]] = []
        self.all = asyncio.Event()
        self.streams = Streams(self.get, lambda: self.seconds)
        for name in (*CALM, "beating"):
            self.streams.follow_shown(EVENT, name, Slate(name, self))

    def get(self, event_id: str) -> Picture:
        assert event_id == EVENT
        return PICTURE

    def next(self, *, beats: bool = False) -> None:
        """The next Picture."""
        self.number += 1
        self.beats += beats
        self.streams.on_picture(PICTURE)

    def render(self, name: str) -> bytes:
        """A message, and a Picture that comes while the third one is made."""
        self.rendered.append((name, self.number))
        if len(self.rendered) == len(CALM) + 1 + 3:
            self.next(beats=True)
        if len(self.rendered) == 2 * (len(CALM) + 1):
            self.all.set()
        return name.encode()


class Slate(NamedTuple):
    """A board of the hall."""

    name: str
    hall: Hall
    viewer: Viewer = Viewer()
    patience: int = 1

    def number(self) -> str:
        return str(self.hall.number)

    def pulse(self) -> object:
        return self.hall.beats if self.name == "beating" else 0

    def body(self) -> bytes:
        return self.hall.render(self.name)


def test_what_beats_in_a_newer_picture_does_not_wait_for_the_calm_boards_of_an_older_one() -> None:
    async def day() -> None:
        hall = Hall()
        opened = len(hall.rendered)
        task = asyncio.ensure_future(hall.streams.run())
        hall.seconds += 2 * CALM_S
        hall.next()
        async with asyncio.timeout(PATIENCE_S):
            await hall.all.wait()
        task.cancel()
        assert hall.rendered[opened:] == [
            *((name, 2) for name in CALM[:3]),
            ("beating", 3),
            *((name, 3) for name in CALM[3:]),
        ]

    run(day())
