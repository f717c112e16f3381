"""The camera of the made-up day: it meets whom it says, is two minutes slow, and what it took can be read."""

from __future__ import annotations

import pytest

from homestretch.photos.looking import look_at
from homestretch.photos.opening import open_photo
from homestretch.rehearsal.day import day
from homestretch.rehearsal.painting import HEIGHT, WIDTH, paint_shot
from homestretch.rehearsal.snapping import PLACE, SLOW_MS, THREES, list_snaps
from tests.state.days import clock


@pytest.mark.parametrize(("marathon", "half"), [(400, 300), (150, 150)])
def test_everybody_in_a_picture_was_there_and_the_two_come_last(marathon: int, half: int) -> None:
    truth = day(7, marathon=marathon, half=half).truth
    snaps = list_snaps(truth)
    column = truth.points.index(PLACE)
    assert [len(snap.shot.bibs) for snap in snaps] == [3] * THREES + [2]
    assert set(snaps[-1].shot.bibs) == set(truth.meeting.bibs)
    bibs = [bib for snap in snaps for bib in snap.shot.bibs]
    assert len(set(bibs)) == len(bibs)
    for snap in snaps:
        crossed = [int(truth.crossed_at[truth.row_of(bib), column]) for bib in snap.shot.bibs]
        assert max(crossed) - min(crossed) < 60_000
        assert max(crossed) <= snap.at
    last = snaps[-1]
    assert clock((last.at - SLOW_MS) // 1000 * 1000) == last.shot.taken.partition(" ")[2]


def test_the_picture_of_the_two_is_read_and_carries_what_a_camera_writes() -> None:
    snap = list_snaps(day(1, marathon=150, half=150).truth)[-1]
    data = paint_shot(snap.shot)
    assert data == paint_shot(snap.shot)
    opened = open_photo(data)
    assert opened.size == (WIDTH, HEIGHT)
    assert opened.origin.taken == snap.shot.taken
    assert opened.origin.position is not None
    look = look_at(data)
    assert {one.text for one in look.seen if one.p_text > 0.9} == set(snap.shot.bibs)
