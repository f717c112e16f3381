"""Pictures that come in pieces: each upload is a file that grows, and a piece is answered once it is on disk.

::

    DIR/uploads/KEY/ID.json    what is known of an upload, and in the end what became of it
    DIR/uploads/KEY/ID.part    its bytes so far: how many there are is the file's own size
    DIR/uploads/ready/KEY-ID   all of them: the next to be taken in

A server that is killed leaves files that say by themselves how far each upload had come. Whoever sends names an
upload with words of their own, so beginning it again, from whichever tab, is the same upload.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from homestretch.errors import BusyError, FactError, NotFound
from homestretch.photos.opening import MOST_BYTES, kind_of
from homestretch.photos.other_kinds import LOOKED_AT, name_other
from homestretch.race.kept_words import KeptWords, keep_words, say_kept
from homestretch.race.saying import joined, said

FOLDER: Final = "uploads"
READY: Final = "ready"
UNFINISHED: Final = 200
"""Uploads of one key that have begun and are not whole: a phone sends one after another."""
WAITING: Final = 20_000
WAITING_BYTES: Final = 20_000_000_000
"""Whole pictures of an event that wait to be taken in, and their bytes."""
SPARE_BYTES: Final = 1_000_000_000
"""So much room stays for the race."""
ABANDONED_MS: Final = 24 * 3_600_000
"""An upload of which no piece came for so long is over."""
REMEMBERED_MS: Final = 3 * 24 * 3_600_000
"""So long it is remembered what became of an upload."""
_LOOK_S: Final = 1.0
_NAME: Final = re.compile(r"[0-9a-f]{8}")
_ID: Final = re.compile(r"[0-9a-f]{24}")


class Witness(msgspec.Struct, frozen=True, omit_defaults=True):
    """What whoever took a picture says beside it: their name, what they saw in one line, whether they may be quoted,
    and whose picture they meant to take (a bib)."""

    name: str = ""
    line: str = ""
    quoted: bool = False
    bib: str = ""

    @property
    def says(self) -> bool:
        """Whether anything was said."""
        return bool(self.line or self.bib)


class Upload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An upload: ``owner`` is the id of the key that began it, ``by`` how that key signs, ``length`` bytes in all,
    ``place`` where the picture was taken (empty: nobody said so), ``seen_at`` when by the event's clock (UTC ms, 0:
    unknown), ``name`` what its sender calls the file. ``state`` is what became of it, ``refusal`` why it was
    refused, in sentences (``why``: in words), ``photo`` what the picture is called that it became, ``tries`` how often
    it was begun to be opened."""

    id: str
    owner: str
    by: str
    length: int
    place: str = ""
    seen_at: int = 0
    name: str = ""
    witness: Witness = Witness()
    state: Literal["coming", "taken", "refused"] = "coming"
    refusal: tuple[KeptWords, ...] = ()
    photo: str = ""
    tries: int = 0

    @property
    def why(self) -> str:
        """Why it was refused, in words that can be said again; empty when it was not."""
        return joined((say_kept(one) for one in self.refusal), " ")


class Moved(FactError):
    """A piece does not begin where the upload ends."""


def id_of(owner: str, words: str) -> str:
    """What an upload is called here, by its key and its sender's own words for it: 24 hex digits."""
    return hashlib.blake2b(f"{owner}\0{words}".encode(), digest_size=12).hexdigest()


class Uploads:
    """The uploads of one event, in its folder. Every method works on the disk: call it beside the loop."""

    def __init__(
        self,
        folder: Path,
        *,
        unfinished: int = UNFINISHED,
        waiting: int = WAITING,
        spare: int = SPARE_BYTES,
    ) -> None:
        self._root = folder / FOLDER
        self._unfinished, self._most_waiting, self._spare = unfinished, waiting, spare
        self._looked_s, self._many, self._bytes = -_LOOK_S, 0, 0

    def begin(self, upload: Upload) -> Upload:
        """Begin an upload, or find it begun; FactError for what is never taken, BusyError when too much waits."""
        if upload.length > MOST_BYTES:
            raise FactError(
                said("This file has {size} MB, a picture at most {most}.", size=-(-upload.length // 1_000_000), most=MOST_BYTES // 1_000_000),
                said("Send it as JPEG, not as raw file."),
            )  # fmt: skip
        if upload.length <= 0:
            raise FactError(said("This file is empty."), said("Choose it again."))
        with contextlib.suppress(NotFound):
            known = self.find(upload.owner, upload.id)
            if known.length == upload.length:
                return known
            raise FactError(
                said("Another file was sent under this name."), said("Choose the file again.")
            )
        self._check_room(upload)
        self._folder_of(upload.owner).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._part(upload).touch(mode=0o600)
        self._write(upload)
        return upload

    def find(self, owner: str, upload_id: str) -> Upload:
        """An upload of this key; NotFound for another's, and for one that is over."""
        with _found():
            if not (_ID.fullmatch(upload_id) and _NAME.fullmatch(owner)):
                raise FileNotFoundError
            return _read(self._folder_of(owner) / f"{upload_id}.json")

    def offset(self, upload: Upload) -> int:
        """How many bytes of it are here."""
        try:
            return self._part(upload).stat().st_size
        except FileNotFoundError:
            return upload.length

    def append(self, upload: Upload, offset: int, piece: bytes) -> int:
        """Keep a piece; how many bytes are here now, all of them on disk. Moved when it does not begin where the
        upload ends, FactError when it is too long, or when its first bytes are no picture's."""
        here = self.offset(upload)
        if offset != here:
            raise Moved(
                said("{here} bytes of this upload are here.", here=here), said("Go on from there.")
            )
        if offset + len(piece) > upload.length:
            raise FactError(said("This piece goes beyond the end."), said("Choose the file again."))
        if upload.state != "coming" or here == upload.length:
            return here
        if offset == 0 and len(piece) >= min(LOOKED_AT, upload.length) and not kind_of(piece):
            raise self._refuse(upload, piece)
        self._check_disk(len(piece))  # what was begun before may have taken the room meanwhile
        # Not made anew where its sender has said meanwhile that it is not wanted: nobody would find it again.
        with _found(), self._part(upload).open("r+b") as held:
            held.seek(0, os.SEEK_END)
            held.write(piece)
            held.flush()
            os.fsync(held.fileno())
        if offset + len(piece) == upload.length:
            self._finish(upload)
        return offset + len(piece)

    def end(self, upload: Upload) -> None:
        """Its sender wants it no more; what was taken in is course control's to take down."""
        if upload.state == "taken" or self._ready(upload).exists():
            raise FactError(
                said("This picture has come in."), said("Course control can take it down.")
            )
        self._part(upload).unlink(missing_ok=True)
        self._record(upload).unlink(missing_ok=True)

    def list_ready(self) -> Iterator[tuple[Upload, Path]]:
        """Uploads that are whole and wait to be taken in, those that were finished first in front."""
        with contextlib.suppress(FileNotFoundError):
            files = [
                (file.stat().st_mtime_ns, file.name) for file in os.scandir(self._root / READY)
            ]
            for _, name in sorted(files):
                owner, _, upload_id = name.partition("-")
                file = self._root / READY / name
                try:
                    yield self.find(owner, upload_id), file
                except NotFound:  # nobody can say whose it is
                    file.unlink(missing_ok=True)

    def is_ready(self, upload: Upload) -> bool:
        """Whether it is whole and waits."""
        return self._ready(upload).exists()

    def has_ready(self) -> bool:
        """Whether any upload waits to be taken in."""
        try:
            with os.scandir(self._root / READY) as found:
                return next(found, None) is not None
        except FileNotFoundError:
            return False

    def begin_try(self, upload: Upload) -> Upload:
        """It is going to be opened: should that end the process, the next one knows."""
        tried = msgspec.structs.replace(upload, tries=upload.tries + 1)
        self._write(tried)
        return tried

    def settle(self, upload: Upload, *, photo: str = "", why: Iterable[str] = ()) -> None:
        """What became of an upload stays; its bytes go from here. ``why``: the sentences of a refusal."""
        sentences = tuple(keep_words(one) for one in why if one)
        state: Literal["taken", "refused"] = "refused" if sentences else "taken"
        told = msgspec.structs.replace(
            upload, state=state, refusal=sentences, photo=photo, name="", witness=Witness()
        )
        self._write(told)
        self._ready(upload).unlink(missing_ok=True)

    def drop_abandoned(self, wall_now: int) -> int:
        """Forget uploads of which no piece came for a day, and what became of those of three days ago (UTC ms of the
        wall); how many."""
        dropped = 0
        for record in self._root.glob("*/*.json"):
            part = record.with_suffix(".part")
            with contextlib.suppress(FileNotFoundError):
                newest = (part if part.exists() else record).stat().st_mtime_ns // 1_000_000
                waits = (self._root / READY / f"{record.parent.name}-{record.stem}").exists()
                keep_ms = ABANDONED_MS if part.exists() else REMEMBERED_MS
                if not waits and newest < wall_now - keep_ms:
                    part.unlink(missing_ok=True)
                    record.unlink(missing_ok=True)
                    dropped += 1
        return dropped

    def _check_room(self, upload: Upload) -> None:
        folder = self._folder_of(upload.owner)
        begun = sum(1 for file in folder.glob("*.part")) if folder.exists() else 0
        if begun >= self._unfinished:
            raise BusyError(
                said("{count} pictures of this key have begun and are not finished.", count=begun),
                said("Let those finish, then send the others."),
            )
        self._look()
        if self._many >= self._most_waiting or self._bytes + upload.length > WAITING_BYTES:
            raise BusyError(
                said("{count} pictures wait to be taken in already.", count=self._many),
                said("They are kept. Send the others later."),
            )
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._check_disk(upload.length)

    def _check_disk(self, size: int) -> None:
        if shutil.disk_usage(self._root).free < self._spare + size:
            raise BusyError(
                said("The server has no more room for pictures."), said("Tell the race director.")
            )

    def _look(self) -> None:
        """Count what waits, once a second at most."""
        if time.monotonic() - self._looked_s < _LOOK_S:
            return
        self._looked_s = time.monotonic()
        try:
            sizes = [file.stat().st_size for file in os.scandir(self._root / READY)]
        except FileNotFoundError:
            sizes = []
        self._many, self._bytes = len(sizes), sum(sizes)

    def _refuse(self, upload: Upload, data: bytes) -> FactError:
        what = said(
            "This is no JPEG, HEIC or PNG, whatever its name says: it is {what}.",
            what=name_other(data),
        )
        hint = said("Send pictures as JPEG, HEIC or PNG.")
        self._part(upload).unlink(missing_ok=True)
        self.settle(upload, why=(what, hint))
        return FactError(what, hint)

    def _finish(self, upload: Upload) -> None:
        ready = self._ready(upload)
        ready.parent.mkdir(mode=0o700, exist_ok=True)
        self._part(upload).rename(ready)
        _sync(ready.parent)
        _sync(self._folder_of(upload.owner))
        self._many, self._bytes = self._many + 1, self._bytes + upload.length

    def _write(self, upload: Upload) -> None:
        """The record, whole or not at all."""
        record = self._record(upload)
        # Two tabs may begin the same upload at once: each writes a file of its own.
        fresh = record.with_suffix(f".{os.getpid()}-{threading.get_ident()}.new")
        with fresh.open("wb") as held:
            held.write(msgspec.json.encode(upload))
            held.flush()
            os.fsync(held.fileno())
        fresh.replace(record)
        _sync(record.parent)

    def _folder_of(self, owner: str) -> Path:
        return self._root / owner

    def _record(self, upload: Upload) -> Path:
        return self._folder_of(upload.owner) / f"{upload.id}.json"

    def _part(self, upload: Upload) -> Path:
        return self._folder_of(upload.owner) / f"{upload.id}.part"

    def _ready(self, upload: Upload) -> Path:
        return self._root / READY / f"{upload.owner}-{upload.id}"


@contextlib.contextmanager
def _found() -> Iterator[None]:
    """A file that is not there is an upload that is not there."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound(
            said("There is no such upload."), said("It may be too old. Choose the file again.")
        ) from error


def _read(record: Path) -> Upload:
    return msgspec.json.decode(record.read_bytes(), type=Upload)


def _sync(folder: Path) -> None:
    """What a folder lists outlives a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
