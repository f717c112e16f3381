"""Files that are put in place: whole, private, and never through a link that somebody planted."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from homestretch.folder.check import OPEN, check
from homestretch.folder.files import LEFT_S, everybody_reads, make_folder, put, put_new
from homestretch.folder.start import write_new


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def reachable(folder: Path) -> Iterator[None]:
    """Let everybody come to a folder for a while."""
    closed = [one for one in (folder, *folder.parents) if not mode(one) & 0o001]
    modes = {one: mode(one) for one in closed}
    for one in closed:
        one.chmod(modes[one] | 0o001)
    try:
        yield
    finally:
        for one, before in modes.items():
            one.chmod(before)


def test_a_file_is_private_unless_it_is_meant_for_everybody(tmp_path: Path) -> None:
    put(tmp_path / "full.csv", b"names")
    put(tmp_path / "public.csv", b"places", public=True)
    put_new(tmp_path / "new.csv", b"births")
    assert [mode(tmp_path / name) for name in ("full.csv", "public.csv", "new.csv")] == [
        0o600,
        0o644,
        0o600,
    ]
    (tmp_path / "full.csv").chmod(0o666)
    put(tmp_path / "full.csv", b"more names")
    assert mode(tmp_path / "full.csv") == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full.csv", "new.csv", "public.csv"]


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "somebody's file"
    victim.write_bytes(b"precious")
    for name in ("full.csv", ".full.csv.new"):
        (tmp_path / name).symlink_to(victim)
    put(tmp_path / "full.csv", b"names")
    assert (tmp_path / "full.csv").read_bytes() == b"names"
    assert not (tmp_path / "full.csv").is_symlink()
    assert victim.read_bytes() == b"precious"


def test_a_new_file_takes_the_place_of_nothing_not_even_of_a_link_to_nowhere(
    tmp_path: Path,
) -> None:
    (tmp_path / "entrants.csv").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        put_new(tmp_path / "entrants.csv", b"births")
    assert not (tmp_path / "elsewhere").exists()


def test_what_could_not_be_put_in_place_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="directory"):
        put(tmp_path / "taken", b"names")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_what_a_killed_process_left_of_a_file_goes_with_the_next_one(tmp_path: Path) -> None:
    old, fresh = tmp_path / ".full.csv.0a1b.new", tmp_path / ".full.csv.ffff.new"
    other = tmp_path / ".half.csv.0a1b.new"
    for path in (old, fresh, other):
        path.write_bytes(b"names")
    for path in (old, other):
        os.utime(path, (0, path.stat().st_mtime - 2 * LEFT_S))
    put(tmp_path / "full.csv", b"names")
    assert not old.exists()
    assert fresh.exists(), "somebody may be writing it"
    assert other.exists()


def test_a_new_event_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        written = write_new(tmp_path / "day")
        make_folder(tmp_path / "other")
    finally:
        os.umask(before)
    assert [mode(path) for path in written] == [0o600] * 3
    assert mode(tmp_path / "day") == mode(tmp_path / "other") == 0o700


def test_a_check_warns_of_entrants_that_everybody_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "day"
    write_new(folder)
    entrants = folder / "entrants.csv"
    with reachable(folder):
        assert OPEN not in check(folder)
        entrants.chmod(0o644)
        assert everybody_reads(entrants)
        assert OPEN in check(folder)
        assert "chmod" in str(OPEN)
        entrants.chmod(0o640)
        assert OPEN not in check(folder), "a group was chosen"
        entrants.chmod(0o644)
        folder.chmod(0o700)
        assert OPEN not in check(folder), "nobody comes there"
    assert not everybody_reads(folder / "nothing")
