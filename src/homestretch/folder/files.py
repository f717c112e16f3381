"""Files put in place whole: nobody reads half of one, nobody else reads a private one, and a link that
somebody has planted leads nowhere."""

from __future__ import annotations

import os
import secrets
import stat
import time
from pathlib import Path

LEFT_S = 600.0
"""A file that was not put in place for so long was left by a process that was killed."""
_FRESH = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def make_folder(folder: Path) -> None:
    """Make the folder of an event, for its owner alone; one that is there stays as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def put(path: Path, data: bytes, *, public: bool = False) -> None:
    """Write a file, or what was there anew, for its owner's eyes unless it is ``public``. OSError when that
    cannot be done; then what was there is there still."""
    _forget_left(path)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    try:
        _write(fresh, data, 0o644 if public else 0o600)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def put_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, for its owner's eyes; FileExistsError when something is, be it a
    link to nowhere."""
    _write(path, data, 0o600)


def everybody_reads(path: Path) -> bool:
    """Whether others than its owner and group can come to a file and read it; False when nobody knows."""
    try:
        path = path.resolve(strict=True)
        ways = [folder.stat().st_mode & stat.S_IXOTH for folder in path.parents]
        return bool(path.stat().st_mode & stat.S_IROTH) and all(ways)
    except OSError:
        return False


def _write(path: Path, data: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, _FRESH, 0o600), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _forget_left(path: Path) -> None:
    """Take away what a killed process has left of this file: it may name people."""
    before = time.time() - LEFT_S
    for left in path.parent.glob(f".{path.name}.*.new"):
        if left.lstat().st_mtime < before:
            left.unlink(missing_ok=True)
