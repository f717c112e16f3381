"""How the file of a past race is understood, what is made up, and what is said about a wrong one."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.errors import MissingExtra, PlanError
from homestretch.folder.event_toml import parse_event
from homestretch.folder.gpx import parse_gpx
from homestretch.folder.write import course_gpx_text, event_toml_text
from homestretch.playing.replay_file import read_columns
from homestretch.rehearsal.replay_lines import ReplayScript
from homestretch.rehearsal.replay_plan import (
    SMALLEST_WAVE,
    find_waves,
    list_entrants,
    make_course,
    make_event,
)
from homestretch.rehearsal.replay_times import NEVER, PastPoint, PastRace, read_past_race
from tests.replay.folding import hear
from tests.replay.past import write_parquet


def race(file: Path, **more: str | float) -> PastRace:
    edition = str(more.pop("edition", ""))
    return read_past_race(read_columns(file, edition), **{k: float(v) for k, v in more.items()})


def test_distances_come_from_the_names_of_the_columns(tmp_path: Path) -> None:
    columns = {
        "c_finish": [40_000],
        "c_5k": [26_000],
        "c_start": [25_000],
        "c_half": [32_000],
        "c_25mi": [39_000],
        "c_12.5k": [29_000],
    }
    past = race(write_parquet(tmp_path / "a.parquet", columns))
    assert past.points == (
        PastPoint("start", "Start", 0.0),
        PastPoint("5k", "5K", 5000.0),
        PastPoint("12-5k", "12.5K", 12500.0),
        PastPoint("half", "Half", 21097.5),
        PastPoint("25mi", "25MI", 25 * 1609.344),
        PastPoint("finish", "Finish", 42195.0),
    )


def test_a_null_and_a_nan_are_no_read(tmp_path: Path) -> None:
    columns = {
        "c_start": [25_000.0, 25_001.0],
        "c_5k": [None, float("nan")],
        "c_finish": [40_000.0, None],
    }
    past = race(write_parquet(tmp_path / "a.parquet", columns))
    assert past.clock_ms[:, 1].tolist() == [NEVER, NEVER]
    assert past.finished.tolist() == [True, False]


def test_net_splits_are_put_on_the_clock_of_their_start(tmp_path: Path) -> None:
    columns = {
        "start_clock_s": [25_000, None, 25_100],
        "t_5k": [1500, 1600, None],
        "t_finish": [10_000, 11_000, 12_000],
    }
    past = race(write_parquet(tmp_path / "a.parquet", columns))
    assert past.clock_ms.tolist() == [
        [25_000_000, 26_500_000, 35_000_000],
        [25_000_000, 26_600_000, 36_000_000],
        [25_100_000, NEVER, 37_100_000],
    ]
    assert not past.starts_made_up


def test_without_any_start_people_start_ten_a_second_in_the_order_of_their_finish(
    tmp_path: Path,
) -> None:
    times = [20_000 - n for n in range(25)]
    past = race(write_parquet(tmp_path / "a.parquet", {"t_finish": times}))
    starts = past.clock_ms[:, 0] // 1000 - 7 * 3600
    assert starts[::-1].tolist() == [0] * 10 + [1] * 10 + [2] * 5
    assert past.starts_made_up


@pytest.mark.parametrize(
    ("text", "sex"),
    [("Female", "f"), ("W", "f"), ("M", "m"), ("Non-binary", "x"), ("N", "x"), ("Not specified", None), (None, None)],
)  # fmt: skip
def test_words_for_sexes(tmp_path: Path, text: str | None, sex: str | None) -> None:
    file = write_parquet(tmp_path / "a.parquet", {"sex": [text, "f"], "t_finish": [9000, 9000]})
    assert race(file).sex == (sex, "f")


@pytest.mark.parametrize(
    ("column", "value", "age"),
    [("age_group", "45-49", 45), ("age_group", "80+", 80), ("age_group", "19 and under", 19), ("age_group", "–", NEVER),
     ("age5", 15, 18), ("age5", 60, 60), ("age", 37, 37), ("age", 999, NEVER)],
)  # fmt: skip
def test_ages_are_the_lower_end_of_a_group_and_nobody_is_a_child(
    tmp_path: Path, column: str, value: str | int, age: int
) -> None:
    file = write_parquet(tmp_path / "a.parquet", {column: [value], "t_finish": [9000]})
    assert race(file).age.tolist() == [age]


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"c_start": [1]}, "no column c_finish"),
        ({"bib": [1]}, "no column c_finish"),
        ({"c_5k": [1], "c_finish": [2]}, "no column c_start"),
        ({"c_start": [1], "c_moon": [2], "c_finish": [3]}, "names no distance"),
        ({"c_start": [1], "c_50k": [2], "c_finish": [3]}, "lies at 50,000 m"),
        ({"c_start": [1], "c_5k": [2], "c_5.0k": [2], "c_finish": [3]}, "same point"),
        ({"c_start": ["07:00"], "c_finish": ["09:00"]}, "holds texts"),
        ({"c_start": [1], "c_finish": [-5]}, "out of range"),
        ({"c_start": [1], "c_finish": [999_999]}, "out of range"),
        ({"c_start": [], "c_finish": []}, "no rows|holds texts"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_what_to_do(
    tmp_path: Path, columns: dict[str, list[float | str]], what: str
) -> None:
    with pytest.raises(PlanError, match=what) as caught:
        race(write_parquet(tmp_path / "a.parquet", columns))
    assert caught.value.hint


def test_a_file_that_is_no_parquet_file_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "results.parquet"
    file.write_text("bib,name\n")
    with pytest.raises(PlanError, match="cannot be read as a parquet file") as caught:
        read_columns(file)
    assert "\n" not in caught.value.what


def test_without_the_package_that_reads_parquet_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra) as caught:
        read_columns(tmp_path / "a.parquet")
    assert "pip install 'homestretch[parquet]'" in caught.value.hint


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"no file .*none\.parquet"):
        read_columns(tmp_path / "none.parquet")


def test_one_edition_is_chosen_of_several(tmp_path: Path) -> None:
    columns = {
        "race": ["mill", "mill", "hill"],
        "year": [2015, 2016, 2016],
        "t_finish": [9000, 9100, 9200],
    }
    file = write_parquet(tmp_path / "a.parquet", columns)
    with pytest.raises(PlanError, match="holds 3 races") as caught:
        race(file)
    assert '"hill 2016", "mill 2015", "mill 2016"' in caught.value.hint
    with pytest.raises(PlanError, match="no edition"):
        race(file, edition="mill 2020")
    assert race(file, edition="mill 2016").clock_ms[0, -1] == (7 * 3600 + 9100) * 1000


@given(st.lists(st.integers(0, 7200) | st.just(-1), min_size=1, max_size=120))
def test_every_start_is_at_or_behind_its_gun_and_guns_are_whole_minutes(starts: list[int]) -> None:
    start_ms = np.array([NEVER if s < 0 else s * 1000 for s in starts], np.int64)
    waves = find_waves(start_ms)
    known = start_ms != NEVER
    assert (waves.gun_ms % 60_000 == 0).all()
    assert (np.diff(waves.gun_ms) > 0).all()
    assert (start_ms[known] >= waves.gun_ms[waves.of_row[known]]).all()


def test_a_break_of_a_minute_makes_a_wave_of_twenty_or_more() -> None:
    first = [25_203 + n for n in range(30)]
    second = [25_500 + n for n in range(SMALLEST_WAVE)]
    few = [26_000 + n for n in range(SMALLEST_WAVE - 1)]
    waves = find_waves(np.array([*(1000 * s for s in (*first, *second, *few)), NEVER]))
    assert (waves.gun_ms // 1000).tolist() == [25_200, 25_500]
    assert waves.of_row.tolist() == [0] * 30 + [1] * (SMALLEST_WAVE * 2 - 1) + [0]


@given(
    st.lists(
        st.tuples(*[st.integers(0, 100_000_000) | st.just(NEVER)] * 3), min_size=1, max_size=25
    ),
    st.sampled_from([1000, 60_000]),
    st.integers(1, 9),
)
def test_every_read_is_sent_once_in_whatever_slices_and_never_before_it_was_seen(
    rows: list[tuple[int, int, int]], window_ms: int, step: int
) -> None:
    points = (
        PastPoint("start", "Start", 0.0),
        PastPoint("5k", "5K", 5000.0),
        PastPoint("finish", "Finish", 42195.0),
    )
    clock_ms = np.array(rows, np.int64)
    past = PastRace(points, clock_ms, (None,) * len(rows), np.full(len(rows), NEVER), False)
    script = ReplayScript(past, window_ms)
    whole = script[0 : len(script)]
    sliced = [one for at in range(0, len(script), step) for one in script[at : at + step]]
    assert sliced == list(whole)
    assert (np.diff(script.at_ms) >= 0).all()
    reads = [one.received for one in hear(past, window_ms) if one.text is None]
    assert all(one.fact.seen_at < one.received_at for one in reads)
    sent = sorted((one.fact.chip, one.fact.place, one.fact.seen_at) for one in reads)  # type: ignore[union-attr] # reads only
    assert len(set(sent)) == len(sent) == int((clock_ms != NEVER).sum()) == script.reads


def test_the_folder_of_a_replay_has_nothing_to_mend(tmp_path: Path) -> None:
    columns = {
        "c_start": [25_000, 29_900],
        "c_5k": [26_500, 31_000],
        "c_finish": [28_000, 33_000],
    }
    past = race(write_parquet(tmp_path / "a.parquet", columns), distance_m=10_000)
    event = make_event(past, find_waves(past.clock_ms[:, 0]), "a", 5000)
    read, problems = parse_event(event_toml_text(event, "a remark"), {"jchip": "tcp-server"})
    assert read == event
    assert problems == []
    course, wrong = parse_gpx(course_gpx_text(make_course(10_000), "invented").encode(), 10_000)
    assert course is not None
    assert list(wrong) == []


def test_names_are_plainly_made_up(tmp_path: Path) -> None:
    past = race(write_parquet(tmp_path / "a.parquet", {"t_finish": [9000, 9001]}))
    names = [
        (entrant.bib, f"{person.first} {person.last}", chip)
        for entrant, person, chip in list_entrants(past, find_waves(past.clock_ms[:, 0]))
    ]
    assert names == [("1", "Runner 00001", "400000"), ("2", "Runner 00002", "400001")]
