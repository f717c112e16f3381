"""`homestretch publish`: everything public of an event as plain files, for any host, and for twenty years.

The files are what the server shows to the public: home, results with every page and table, runners, stories with
cards, feeds and press kits, finishers by home town, and the JSON twins. A later run writes what differs, and removes
what it wrote before and nobody may see any more; what lies in the folder beside that is left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from homestretch.companions.following import Following
from homestretch.errors import PlanError
from homestretch.facts import (
    Entered,
    Held,
    Hidden,
    PhotoLocked,
    PhotoTakenDown,
    Ruled,
    StoryPictured,
    StoryWithdrawn,
    Struck,
    TakedownAsked,
)
from homestretch.office.exports import make_picture
from homestretch.office.site_pages import File, list_files
from homestretch.office.site_photos import (
    Developing,
    SitePhotos,
    no_developing,
    without_photos,
)
from homestretch.picture import Picture
from homestretch.state.snapshot import NEVER
from homestretch.store.opening import Store
from homestretch.web.assets import STATIC

LIST: Final = ".homestretch.json"
"""What an earlier run wrote: file -> digest."""

LOOK_EVERY: Final = 25
"""Files between two looks whether something must go."""
RUNS: Final = 3
"""So often a run begins again; the last one goes to its end."""
TAKES_AWAY: Final = (
    Entered, Held, Hidden, PhotoLocked, PhotoTakenDown, Ruled, StoryPictured, StoryWithdrawn, Struck, TakedownAsked,
)  # fmt: skip
"""Words after which something that is published may not be seen any more."""


class Published(NamedTuple):
    """How many files there are, and of these how many were written, and how many were removed."""

    files: int
    written: int
    removed: int


def make_public_picture(store: Store, now: int) -> Picture:
    """The event as the public sees it ``now`` (UTC ms), its clock at the moment when everybody was home, or at the
    newest read: so a page says the same again as long as nothing of it has changed."""
    picture = make_picture(store, now)
    state = picture.state
    if any(word.kind == "story-published" for word in state.stories):
        found = Following().look(picture.event, state, anew=True)
        picture = replace(picture, companions=found)
    last_at = max(
        int(state.last_proof_at.max(initial=NEVER)), int(state.finish_at.max(initial=NEVER))
    )
    shown_at = picture.now if last_at == NEVER else last_at
    return replace(picture, now=shown_at, number="published")


def publish(
    picture: Picture,
    out: Path,
    origin: str,
    *,
    runners: bool,
    is_stale: Callable[[], bool] = lambda: False,
    developing: Developing = no_developing,
) -> Published:
    """Write the site into a folder; PlanError when that cannot be done. ``origin`` is where it will be found
    (``https://results.example``), empty where nobody knows yet; without ``runners`` nobody has a page of their own.
    What nobody may see any more goes first. When ``is_stale``, the rest is left to the next run.
    ``developing`` makes the pictures of stories; by itself there are none."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        before = _read_list(out)
        photos = SitePhotos(picture, out, developing)
        files = [*_assets(), *list_files(picture, origin, photos, runners=runners)]
        names = {file.name for file in files}
        removed = sum(_remove(out, name) for name in before if name not in names)
        now = {name: digest for name, digest in before.items() if name in names}
        _keep_list(out, now)
        if failed := photos.make():
            picture = without_photos(picture, failed)
            files = [*_assets(), *list_files(picture, origin, photos, runners=runners)]
        written = 0
        for number, file in enumerate(files):
            if number % LOOK_EVERY == 0 and is_stale():
                break
            content = file.make()
            known, digest = now.get(file.name), hashlib.blake2b(content, digest_size=12).hexdigest()
            now[file.name] = digest
            written += _put(out / file.name, content, same=known == digest)
        _keep_list(out, now)
    except OSError as error:
        raise PlanError(
            f"{out} cannot be written: {error.strerror}.", "Name another folder."
        ) from error
    return Published(len(now), written, removed)


def _keep_list(out: Path, now: Mapping[str, str]) -> None:
    (out / LIST).write_bytes(msgspec.json.format(msgspec.json.encode(now), indent=0))


def _assets() -> Iterator[File]:
    for asset in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        yield File(f"static/{asset.relative_to(STATIC).as_posix()}", asset.read_bytes)


class Watch:
    """Publishes an event again whenever something was said: within seconds what may not be seen any more is gone
    from the folder. ``now`` gives the event's moment (UTC ms)."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], int],
        out: Path,
        origin: str,
        *,
        runners: bool,
        developing: Developing = no_developing,
    ) -> None:
        self._store, self._now, self._out, self._origin = store, now, out, origin
        self._runners, self._developing = runners, developing
        self._seen: tuple[int, int] | None = None
        self.is_whole = False
        """whether all was written in the last look, and nothing was said in it that may take something away"""
        self.provisional = False
        """whether results are not declared yet, as of the last look"""

    def finish(self) -> Published | None:
        """Publish until all of it is written as it was at one moment: a run that something was said in begins again, the
        last of them goes to its end. ``is_whole`` tells whether something was said in that one as well."""
        done = self.look()
        for run in range(RUNS):
            if self.is_whole:
                break
            done = self.look(to_the_end=run == RUNS - 1)
        return done

    def look(self, *, to_the_end: bool = False) -> Published | None:
        """Publish if anything has changed since the last look, or was left then; None where nothing has. What is said
        meanwhile, and may take something away, ends a run that does not go ``to_the_end``."""
        seen = self._store.log.last_seq(), self._store.people.version()
        if seen == self._seen and self.is_whole:
            return None
        self._seen, self.is_whole = seen, True
        picture = make_public_picture(self._store, self._now())
        self.provisional = picture.provisional
        done = publish(
            picture,
            self._out,
            self._origin,
            runners=self._runners,
            is_stale=(lambda: False) if to_the_end else self._is_stale,
            developing=self._developing,
        )
        self._is_stale()
        return done

    def _is_stale(self) -> bool:
        """Whether something was said meanwhile because of which something may have to go: of a person, or a story.
        New reads alone do not stop a run."""
        assert self._seen is not None
        last_seq, version = self._seen
        if self._store.people.version() == version:
            others = self._store.log.read_since(last_seq).others
            if not any(isinstance(one.fact, TAKES_AWAY) for one in others):
                return False
        self.is_whole = False
        return True


def _put(file: Path, content: bytes, *, same: bool) -> bool:
    """Write a file whole or not at all; whether it was. One that is as it was is left as it lies."""
    if same and file.is_file() and file.stat().st_size == len(content):
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(file.name + ".new")
    fresh.write_bytes(content)
    fresh.replace(file)
    return True


def _remove(out: Path, name: str) -> bool:
    """Remove a file that an earlier run wrote, and the folders that it leaves empty."""
    file = (out / name).resolve()
    if not file.is_relative_to(out.resolve()) or not file.is_file():
        return False
    file.unlink()
    for folder in file.parents:
        if folder == out.resolve() or any(folder.iterdir()):
            break
        folder.rmdir()
    return True


def _read_list(out: Path) -> Mapping[str, str]:
    try:
        found: dict[str, str] = msgspec.json.decode((out / LIST).read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return {}
    except msgspec.MsgspecError as error:
        raise PlanError(
            f"{out / LIST} is not the list of an earlier run.", "Remove it, or name another folder."
        ) from error
    return found
