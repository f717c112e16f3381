"""A stretch of the course left out: a hole and a leg faster than any other of the same runner."""

from __future__ import annotations

import pytest

from tests.state.days import MARATHON_M, Day, a_day, a_point

KIND = "perhaps a stretch of the course left out"
METRES = {
    "start": 0.0, "p5k": 5_000.0, "p10k": 10_000.0, "p15k": 15_000.0, "p20k": 20_000.0,
    "p30k": 30_000.0, "finish": MARATHON_M,
}  # fmt: skip


def loop_day(runners: int = 8) -> Day:
    """Others run everywhere at 5:00 a kilometre, so that every mat has heard somebody."""
    day = a_day(points=[a_point(name.removeprefix("p"), metres) for name, metres in METRES.items()])
    for number in range(runners):
        bib = str(100 + number)
        day.entrant(bib)
        day.runs(bib, **{name: clock(metres / 1000 * 300) for name, metres in METRES.items()})
    return day


def clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{7 + minutes // 60:02}:{minutes % 60:02}:{rest:02}"


def runner(day: Day, bib: str, **times_min: float) -> list[tuple[str, str]]:
    """Somebody with these minutes after the gun; the questions at the end of the day."""
    day.entrant(bib)
    day.runs(bib, **{name: clock(minutes * 60) for name, minutes in times_min.items()})
    return day.state().questions()


def test_two_mats_missed_and_faster_across_them_than_anywhere_else_is_a_question() -> None:
    day = loop_day()
    asked = runner(day, "7", start=0, p5k=30, p10k=60, p30k=145, finish=220)
    assert asked == [(KIND, "7")]
    day.ruled("7", "reinstated")
    assert day.state().questions() == []


@pytest.mark.parametrize(
    "times",
    [
        pytest.param({"start": 0, "p5k": 30, "p10k": 60, "p30k": 180, "finish": 250}, id="even pace"),
        pytest.param({"start": 0, "p5k": 30, "p10k": 60, "p20k": 112, "p30k": 170, "finish": 245}, id="one hole, little faster"),
        pytest.param({"start": 0, "p10k": 60, "p30k": 130, "finish": 200}, id="one own leg alone"),
        pytest.param({"p5k": 30, "p10k": 60, "p15k": 90, "p20k": 120, "p30k": 180, "finish": 250}, id="no start read"),
    ],
)  # fmt: skip
def test_a_hole_or_a_fast_leg_alone_asks_nothing(times: dict[str, float]) -> None:
    assert runner(loop_day(), "7", **times) == []


def test_one_mat_missed_asks_when_the_leg_is_much_faster() -> None:
    times = {"start": 0, "p5k": 30, "p10k": 60, "p20k": 100, "p30k": 160, "finish": 235}
    assert runner(loop_day(), "7", **times) == [(KIND, "7")]


def test_a_mat_that_hears_few_misses_nobody() -> None:
    day = a_day(points=[a_point(name.removeprefix("p"), metres) for name, metres in METRES.items()])
    for bib in ("7", "8", "9"):
        day.entrant(bib)
        times = {"start": 0, "p5k": 30, "p10k": 60, "p30k": 145, "finish": 220}
        day.runs(bib, **{name: clock(minutes * 60) for name, minutes in times.items()})
    assert day.state().questions() == []


def test_a_course_that_was_changed_asks_nobody() -> None:
    day = loop_day()
    day.flag("shortened", "08:00")
    asked = runner(day, "7", start=0, p5k=30, p10k=60, p30k=145, finish=220)
    assert [kind for kind, _ in asked if kind == KIND] == []


def test_who_was_carried_ahead_is_not_asked() -> None:
    day = loop_day()
    day.taken("7", "vehicle", "08:10")
    asked = runner(day, "7", start=0, p5k=30, p10k=60, p30k=145, finish=220)
    assert KIND not in [kind for kind, _ in asked]
