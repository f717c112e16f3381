"""The clock check on whole days: the made-up one with its silent mat, and the real one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from homestretch.clocks import Watched, check_clocks
from homestretch.rehearsal.course import MATS
from homestretch.rehearsal.sending import SILENCES
from homestretch.state.snapshot import NEVER
from scripts.measure_clocks import DAY, Day, load_day, shift_one
from tests.clocks.made import heard_until, rehearsed
from tests.conftest import find_real_files

SILENT = SILENCES[0]


@cache
def made() -> Watched:
    return rehearsed()


def test_the_made_up_day_has_no_proposal_while_a_mat_is_silent_and_delivers_late() -> None:
    mat = next(k for k, one in enumerate(MATS) if SILENT.device in {d.name for d in one.devices})
    silent = (mat, round(1000 * SILENT.from_s), round(1000 * SILENT.until_s))
    times = np.sort(made().passed_at[made().passed_at != NEVER])
    around = np.linspace(silent[1] - 60_000, silent[2] + 600_000, 12).astype(np.int64)
    for now in [*times[2000::4000].tolist(), *around.tolist(), int(times[-1])]:
        assert check_clocks(heard_until(made(), now, silent)) == ()


def test_a_jump_on_the_made_up_day_is_found() -> None:
    mat = next(k for k, one in enumerate(MATS) if one.id == "10k")
    watched = made()
    at, reads = watched.passed_at.copy(), watched.reads
    assert reads is not None
    moment = int(np.median(at[at[:, mat] != NEVER, mat]))
    at[at[:, mat] >= moment, mat] += 120_000
    late = (reads.point == mat) & (reads.at >= moment)
    shifted = type(reads)(reads.row, reads.point, reads.source, reads.at + 120_000 * late)
    wrong = Watched(
        at, watched.source, watched.metres, watched.race, shifted, watched.points, watched.sources
    )
    (found,) = check_clocks(wrong)
    assert (found.kind, found.point) == ("step", mat)
    assert found.offset_ms == pytest.approx(-120_000, abs=2 * found.error_ms)


@cache
def real_day() -> Day:
    from homestretch.playing.replay_file import load_past_race

    folder = find_real_files()
    assert isinstance(folder, Path)
    return load_day(load_past_race(folder / DAY, "", 42195.0))


@pytest.mark.real_files
def test_the_real_day_has_no_proposal_while_it_grows() -> None:
    day = real_day()
    order = np.sort(day.time_s[~np.isnan(day.time_s)])
    for now in order[5000::8000]:
        assert check_clocks(day.watched(np.where(day.time_s <= now, day.time_s, np.nan))) == ()


@pytest.mark.real_files
@pytest.mark.parametrize(("mat", "shift_s"), [(2, 15), (5, -15), (5, 120), (4, -30), (8, 30)])
def test_a_jump_on_the_real_day_is_found_in_time(mat: int, shift_s: float) -> None:
    found = shift_one(real_day(), mat, 0.4, shift_s)
    assert found.found_s == pytest.approx(shift_s, abs=2 * (found.error_s or 0.0))
    assert (found.passings or 48_000) <= (1000 if mat <= 5 else 3000)
    assert found.others == 0


@pytest.mark.real_files
def test_an_hour_from_the_start_is_found_on_the_real_day() -> None:
    day = real_day()
    time_s = day.time_s.copy()
    time_s[:, 7] += 3600.0
    (found,) = check_clocks(day.watched(time_s))
    assert (found.kind, found.point, found.offset_ms) == ("hour", 7, -3_600_000)
