"""`homestretch publish`: everything public of an event as plain files, for any host, and for twenty years.

The files are what the server shows to the public: home, results with every page and table, runners, stories with
cards, feeds and press kits, finishers by home town, and the JSON twins. A later run writes what differs, and removes
what it wrote before and nobody may see any more; what lies in the folder beside that is left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from homestretch.companions.following import Following
from homestretch.errors import PlanError
from homestretch.office.exports import make_picture
from homestretch.office.site_pages import Photos, list_pages
from homestretch.office.site_photos import Developing, find_photos, no_developing
from homestretch.picture import Picture
from homestretch.state.snapshot import NEVER
from homestretch.store.opening import Store
from homestretch.web.assets import STATIC

LIST: Final = ".homestretch.json"
"""What an earlier run wrote: file -> digest."""


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
    developing: Developing = no_developing,
) -> Published:
    """Write the site into a folder; PlanError when that cannot be done. ``origin`` is where it will be found
    (``https://results.example``), empty where nobody knows yet; without ``runners`` nobody has a page of their own.
    ``developing`` makes the pictures of stories; by itself there are none."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        before = _read_list(out)
        picture, photos = find_photos(picture, out, developing)
        now: dict[str, str] = {}
        written = 0
        for file, content in _files(picture, origin, photos, runners=runners):
            now[file] = hashlib.blake2b(content, digest_size=12).hexdigest()
            written += _put(out / file, content, same=before.get(file) == now[file])
        gone = [file for file in before if file not in now]
        removed = sum(_remove(out, file) for file in gone)
        (out / LIST).write_bytes(msgspec.json.format(msgspec.json.encode(now), indent=0))
    except OSError as error:
        raise PlanError(
            f"{out} cannot be written: {error.strerror}.", "Name another folder."
        ) from error
    return Published(len(now), written, removed)


def _files(
    picture: Picture, origin: str, photos: Photos, *, runners: bool
) -> Iterator[tuple[str, bytes]]:
    for asset in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        yield f"static/{asset.relative_to(STATIC).as_posix()}", asset.read_bytes()
    yield from list_pages(picture, origin, photos, runners=runners)


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
