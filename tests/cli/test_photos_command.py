"""`homestretch photos`: a card of pictures into an event, from the command line."""

from __future__ import annotations

import time
from pathlib import Path

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


def test_a_point_that_the_plan_does_not_have_is_refused_with_those_there_are(
    folder: Path, run: Run
) -> None:
    done = run("photos", "import", folder, folder, "--at", "moon")
    assert done.exit_code == 1
    assert "no point 'moon'" in done.stderr
    assert "mill" in done.stderr
