"""A folder that is watched: what is dropped into ``DIR/inbox`` while the event runs is imported by itself.

Timers save the files of their boxes there, or point the software of the box to it; a file that grows is taken again,
and what is known counts once. Where reads were made the file says itself, else the name of its folder
(``inbox/finish/backup.txt``) or its own (``finish.txt``). Each file is taken by ``homestretch import`` in a process of
its own, so that a large one holds up nobody. The pictures of a folder are only kept (``homestretch photos import
--keep-only``): one process looks at them and at the uploads (``uploaded.py``).
"""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import structlog

from homestretch.intake.commanding import run_beside
from homestretch.intake.devices import Devices
from homestretch.race.event import Event
from homestretch.state.places import find_points, make_ids, points_by_place

NAME = "inbox"
LOOK_S = 2.0
IMPORT_S = 600.0
PICTURES = (".jpg", ".jpeg", ".heic", ".heif", ".png")

logger = structlog.get_logger(__name__)


class Looks(NamedTuple):
    """What a file looked like: size in bytes and when it was changed (ns). One that still grows waits."""

    size: int
    changed_ns: int


class Inbox:
    """Watches one event's inbox. ``command`` makes the words of a command of this installation; ``find_event``
    gives the plan that holds. ``environment`` names the database, if there is one: a command line is public."""

    def __init__(
        self,
        folder: Path,
        devices: Devices,
        find_event: Callable[[], Event | None],
        command: Callable[..., Sequence[str]],
        environment: Mapping[str, str],
    ) -> None:
        self._folder = folder
        self._devices, self._find_event, self._command = devices, find_event, command
        self._environment = environment
        self._before: dict[Path, Looks] = {}
        self._taken: dict[Path, Looks] = {}

    async def run(self) -> None:
        """Look again and again, until cancelled; without the folder there is nothing to see."""
        while True:
            event = self._find_event()
            if event is not None:
                ready = self.list_ready()
                # A folder of pictures is taken at once: a process takes a while to begin.
                pictures = {file.parent for file in ready if is_picture(file)}
                for file in ready:
                    if not is_picture(file):
                        await self._take(file, self._import(file, event))
                for folder in sorted(pictures):
                    await self._take(folder, self._import_photos(folder, event))
            await asyncio.sleep(LOOK_S)

    def list_ready(self) -> list[Path]:
        """Files that are new or have changed, and have been the same for two looks."""
        now = {file: looks for file in self._list_files() if (looks := _look(file)) is not None}
        ready = [
            file
            for file, looks in now.items()
            if self._before.get(file) == looks and self._taken.get(file) != looks
        ]
        self._before = now
        for file in ready:
            self._taken[file] = now[file]
        return sorted(ready)

    def _list_files(self) -> list[Path]:
        inbox = self._folder / NAME
        try:
            here = [path for path in inbox.iterdir() if not path.name.startswith(".")]
            below = [
                path
                for folder in here
                if folder.is_dir() and not folder.is_symlink()
                for path in folder.iterdir()
                if not path.name.startswith(".")
            ]
        except OSError:
            return []
        return [*here, *below]

    def _import(self, file: Path, event: Event) -> list[str]:
        place = find_place(file.relative_to(self._folder / NAME), event)
        words = self._command("import", str(self._folder), str(file))
        return [*words, "--place", place] if place else [*words]

    def _import_photos(self, folder: Path, event: Event) -> list[str]:
        place = find_picture_place(folder.relative_to(self._folder / NAME), event)
        words = ("photos", "import", str(self._folder), str(folder), "--at", place, "--keep-only")
        return [*self._command(*words)]

    async def _take(self, file: Path, words: Sequence[str]) -> None:
        ran = await run_beside(words, self._environment, IMPORT_S)
        logger.info("a file was dropped", file=file.name, said=ran.said, code=ran.code)
        if ran.code:
            self._devices.trouble(f"inbox {file.name}", ran.said)


def find_place(file: Path, event: Event) -> str:
    """Where the reads of a file in the inbox were made, by its folder or its own name; empty when neither is
    a place of the plan."""
    known = points_by_place(event)
    names = [*(part for part in file.parts[:-1]), file.stem]
    return next((name for name in names if find_points(known, name)), "")


def is_picture(file: Path) -> bool:
    """Whether a file calls itself a picture; what it is, its bytes say when it is taken."""
    return file.suffix.lower() in PICTURES


def find_picture_place(folder: Path, event: Event) -> str:
    """The point at which the pictures of a folder in the inbox were taken, by its name; the name itself when
    no point is called so, and a question mark for the inbox itself: the command then says which there are."""
    name = folder.name or "?"
    return next((point for point in make_ids(event)(name)), name)


def _look(file: Path) -> Looks | None:
    """What a file looks like; None for what is no plain file of this folder (a link leads elsewhere)."""
    try:
        found = file.lstat()
    except OSError:
        return None
    return Looks(found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None
