"""Where pictures are kept: a folder of the event, or any object store by its URL (s3://, gs://, az://).

A picture is named by its own bytes (SHA-256), never by what somebody called it: no name leads out of here,
and the same picture twice is one.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from homestretch.errors import HomestretchError, MissingExtra, NotFound

if TYPE_CHECKING:
    from obstore.store import ObjectStore

FOLDER: Final = "photos"
ORIGINALS: Final = "originals"
SMALL: Final = "small"
SHOWN: Final = "shown"
SUFFIXES: Final = {"JPEG": "jpg", "PNG": "png", "HEIF": "heic"}


def name_of(data: bytes) -> str:
    """What a picture is called, by its bytes: 32 hex digits."""
    return hashlib.sha256(data).hexdigest()[:32]


def small_of(photo: str) -> str:
    """What the small one of a picture is called where it is kept."""
    return f"{SMALL}/{photo[:2]}/{photo}.jpg"


def shown_of(photo: str, name: str, px: int) -> str:
    """What a picture for others' eyes is called where it is kept: made by the order of this name, so large."""
    return f"{SHOWN}/{photo}/{name}-{px}.jpg"


class Pictures:
    """The originals of an event."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._store: ObjectStore = _open(url)

    def keep(self, photo: str, kind: str, data: bytes) -> str:
        """Keep an original; returns what it is called where it is kept."""
        kept = f"{ORIGINALS}/{photo[:2]}/{photo}.{SUFFIXES[kind]}"
        self._said(self._store.put, kept, data)
        return kept

    def keep_small(self, photo: str, data: bytes) -> None:
        """Keep a small one for those who work with it: made anew, without what the original says of itself."""
        self._said(self._store.put, small_of(photo), data)

    def keep_shown(self, photo: str, name: str, px: int, data: bytes) -> None:
        """Keep what is shown of a picture, for as long as it may be."""
        self._said(self._store.put, shown_of(photo, name, px), data)

    def erase_shown(self, photo: str = "") -> None:
        """Erase all that is shown of a picture; without one, of every picture."""
        for batch in self._store.list(f"{SHOWN}/{photo}" if photo else SHOWN):
            for one in batch:
                self.erase(str(one["path"]))

    def get(self, kept: str) -> bytes:
        """The bytes of a picture; NotFound when it was erased."""
        try:
            return bytes(self._store.get(kept).bytes())
        except FileNotFoundError as error:
            raise NotFound("This picture is no longer kept.", "Its time was over.") from error

    def erase(self, kept: str) -> None:
        """Erase a picture at once; one that is gone is no error."""
        try:
            self._store.delete(kept)
        except FileNotFoundError:
            return

    def _said(self, do: Any, *arguments: Any) -> None:
        try:
            do(*arguments)
        except OSError as error:
            raise HomestretchError(
                f"The picture could not be kept at {self.url}: {error}.",
                "Look whether there is room and whether it may be written to; then try again.",
            ) from error


def url_of(folder: Path, url: str = "") -> str:
    """Where the pictures of an event are: what was named, else a folder of its own."""
    return url or (folder.absolute() / FOLDER).as_uri()


def _open(url: str) -> ObjectStore:
    try:
        from obstore.store import from_url
    except ImportError as error:
        raise MissingExtra("obstore", "photos", "Keeping pictures") from error
    if url.startswith("file:"):  # only its user may enter it
        Path(unquote(urlsplit(url).path)).mkdir(mode=0o700, parents=True, exist_ok=True)
    return from_url(url)
