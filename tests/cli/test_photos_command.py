"""`homestretch photos`: a card of pictures into an event, from the command line."""

from __future__ import annotations

import time
from pathlib import Path

from homestretch.intake.uploaded import list_unread
from tests.cli.conftest import Run, picture_of
from tests.photos.bib_pictures import TESTING, Worn, as_jpeg, draw


def test_a_folder_is_imported_and_what_is_no_picture_is_named(read_folder: Path, run: Run) -> None:
    card = read_folder.parent / "card"
    (card / "below").mkdir(parents=True)
    (card / "below" / "1.jpg").write_bytes(as_jpeg(draw([Worn("101")], TESTING, seed=1)))
    (card / "2.jpg").write_text("<svg/>", encoding="utf-8")
    done = run("photos", "import", read_folder, card, "--at", "mill", "--workers", "1")
    assert done.exit_code == 0, done.output
    assert "1 pictures are new, 1 refused." in done.stdout
    assert "2.jpg: This is no JPEG, HEIC or PNG" in done.stdout
    assert "1 were looked at." in done.stdout
    [photo] = picture_of(read_folder, time.time_ns() // 1_000_000).state.photos
    assert photo.place == "mill"
    assert "101" in photo.look
    again = run("photos", "import", read_folder, card, "--at", "mill")
    assert "0 pictures are new, 1 known before, 1 refused." in again.stdout
    assert "0 were looked at." in again.stdout


def test_pictures_that_are_only_kept_wait_until_somebody_looks_at_them(
    read_folder: Path, run: Run
) -> None:
    card = read_folder.parent / "card"
    card.mkdir()
    (card / "1.jpg").write_bytes(as_jpeg(draw([Worn("101")], TESTING, seed=1)))
    kept = run("photos", "import", read_folder, card, "--at", "mill", "--keep-only")
    assert kept.exit_code == 0, kept.output
    assert "1 pictures are new" in kept.stdout
    assert "looked at" not in kept.stdout
    now = time.time_ns() // 1_000_000
    photos = picture_of(read_folder, now).state.photos
    assert list_unread(photos) == {photos[0].photo}
    assert "1 were looked at." in run("photos", "see", read_folder, "--workers", "1").stdout
    assert not list_unread(picture_of(read_folder, now).state.photos)


def test_a_point_that_the_plan_does_not_have_is_refused_with_those_there_are(
    folder: Path, run: Run
) -> None:
    done = run("photos", "import", folder, folder, "--at", "moon")
    assert done.exit_code == 1
    assert "no point 'moon'" in done.stderr
    assert "mill" in done.stderr
