"""Places: by order at the line; divisions, pacers, legs and the moved up apart. Hand-made days."""

from __future__ import annotations

import pytest

from homestretch.facts import Verdict
from homestretch.state.snapshot import NEVER, Mark, Status
from tests.state.days import HALF_M, SHARED, Day, a_day, a_race


def finishers(day: Day, *times: str, start: str = "07:01") -> None:
    """Bibs 1, 2, ... with these finish times."""
    for number, time in enumerate(times, start=1):
        day.entrant(str(number))
        day.runs(str(number), start=start, finish=time)


def test_places_follow_the_order_at_the_line() -> None:
    day = a_day()
    finishers(day, "10:00:01", "09:59:59", "10:30")
    seen = day.state()
    assert [seen.place(bib) for bib in "123"] == [2, 1, 3]


def test_times_that_look_alike_are_in_the_order_of_milliseconds() -> None:
    day = a_day()
    finishers(day, "10:00:00.700", "10:00:00.699", "10:00:00.701")
    seen = day.state()
    assert {seen.gun(bib) for bib in "123"} == {"3:00:01"}
    assert [seen.place(bib) for bib in "123"] == [2, 1, 3]


def test_equal_milliseconds_are_settled_by_the_facts_not_by_arrival() -> None:
    day = a_day()
    for bib, source in (("1", "box-b"), ("2", "box-a"), ("3", "box-c")):
        day.entrant(bib)
        day.read(bib, "finish", "10:00:00.500", source=source)
    seen = day.state()
    assert [seen.place(bib) for bib in "123"] == [2, 1, 3]
    day.items.reverse()
    assert [day.state().place(bib) for bib in "123"] == [2, 1, 3]


def test_a_race_that_ranks_by_net_time_does_so_and_keeps_the_gun_time() -> None:
    day = a_day(a_race(places_by="net"))
    for bib, start, finish in (
        ("1", "07:00", "10:00"),
        ("2", "07:10", "10:05"),
        ("3", "07:10", "10:10"),
    ):
        day.entrant(bib)
        day.runs(bib, start=start, finish=finish)
    seen = day.state()
    assert [seen.gun(bib) for bib in "123"] == ["3:00:00", "3:05:00", "3:10:00"]
    assert [seen.net(bib) for bib in "123"] == ["3:00:00", "2:55:00", "3:00:00"]
    assert [seen.place(bib) for bib in "123"] == [2, 1, 3]  # 1 was at the line before 3


def test_each_wave_counts_from_its_own_gun_in_the_places() -> None:
    day = a_day(a_race(gun={"A": "07:00", "B": "07:30"}))
    day.entrant("1", wave="A")
    day.entrant("2", wave="B")
    day.runs("1", start="07:00:10", finish="10:00")
    day.runs("2", start="07:30:10", finish="10:20")
    assert [day.state().place(bib) for bib in "12"] == [2, 1]


def test_races_are_ranked_apart() -> None:
    day = a_day(a_race(), a_race("half", HALF_M), points=SHARED)
    for bib, race in (("1", "marathon"), ("2", "half"), ("3", "half")):
        day.entrant(bib, race)
        day.runs(bib, start="07:01", finish=f"10:00:0{bib}")
    assert [day.state().place(bib) for bib in "123"] == [1, 1, 2]


def test_places_in_sex_and_age_group() -> None:
    day = a_day()
    people: list[tuple[str, str | None, int | None]] = [
        ("1", "f", 34),
        ("2", "m", 34),
        ("3", "f", 30),
        ("4", "f", 35),
        ("5", "x", 34),
        ("6", None, 34),
        ("7", "f", None),
        ("8", "m", 19),
        ("9", "m", 12),
    ]
    for bib, sex, age in people:
        day.entrant(bib, sex=sex, age=age)
        day.runs(bib, start="07:01", finish=f"10:00:0{bib}")
    seen = day.state()
    assert {bib: seen.places(bib) for bib, _, _ in people} == {
        "1": (1, 1, 1),
        "2": (2, 1, 1),
        "3": (3, 2, 2),
        "4": (4, 3, 1),
        "5": (5, 1, 1),
        "6": (6, NEVER, NEVER),
        "7": (7, 4, NEVER),
        "8": (8, 2, 1),
        "9": (9, 3, 2),
    }


@pytest.mark.parametrize("role", ["pacer", "guide", "sweeper", "guest"])
def test_who_is_out_of_competition_has_times_and_no_place(role: str) -> None:
    day = a_day()
    finishers(day, "10:00", "10:10")
    day.entrant("99", role=role, sex="f", age=40)
    day.runs("99", start="07:01", finish="09:50")
    seen = day.state()
    assert seen.places("99") == (NEVER, NEVER, NEVER)
    assert seen.gun("99") == "2:50:00"
    assert seen.status("99") == Status.FINISHED
    assert Mark.OUT_OF_COMPETITION in seen.marks("99")
    assert seen.place("1") == 1


def test_a_division_has_its_own_gun_and_rolls_faster_than_anybody_runs() -> None:
    race = a_race(gun={"A": "07:00", "Chairs": "06:50"}, divisions={"Chairs": "wheelchair"})
    day = a_day(race)
    day.entrant("1")
    day.entrant("500", division="wheelchair")
    day.runs("500", start="06:50:05", p10k="07:08:00", half="07:28:00", finish="08:10:30.5")
    day.runs("1", start="07:00:05", p10k="07:18:00", finish="09:50")
    seen = day.state()
    assert seen.gun("500") == "1:20:31"
    assert len(seen.splits("500")) == 4
    assert seen.place("500") == NEVER
    assert seen.place("1") == 1
    assert "10k" not in seen.splits("1")  # 108 s a kilometre is not run


def test_somebody_of_a_division_with_a_wave_of_their_own_starts_with_that_wave() -> None:
    race = a_race(gun={"A": "07:00", "Chairs": "06:50"}, divisions={"Chairs": "wheelchair"})
    day = a_day(race)
    day.entrant("500", division="wheelchair", wave="A")
    day.entrant("501", division="elite")
    for bib in ("500", "501"):
        day.runs(bib, start="07:00:05", finish="09:50")
    assert [day.state().gun(bib) for bib in ("500", "501")] == ["2:50:00", "2:50:00"]


def test_a_place_appears_with_the_finish_and_goes_with_a_ruling() -> None:
    day = a_day()
    finishers(day, "10:00", "10:10", "10:20")
    assert [day.state("10:05").place(bib) for bib in "123"] == [1, NEVER, NEVER]
    day.ruled("1", "dsq", "11:00")
    assert [day.state("10:58").place(bib) for bib in "123"] == [1, 2, 3]
    assert [day.state("11:00").place(bib) for bib in "123"] == [NEVER, 1, 2]


def test_who_is_seen_at_the_finish_is_ranked_among_the_others() -> None:
    day = a_day()
    finishers(day, "10:00", "10:20")
    day.entrant("7")
    day.runs("7", start="07:01", half="08:30")
    day.seen("7", "finish", "10:10")
    assert [day.state().place(bib) for bib in ("1", "7", "2")] == [1, 2, 3]


@pytest.mark.parametrize(
    ("verdict", "places"), [("dnf", [NEVER, 1]), ("dsq", [NEVER, 1]), ("reinstated", [1, 2])]
)
def test_only_who_is_ruled_out_loses_the_place(verdict: Verdict, places: list[int]) -> None:
    day = a_day()
    finishers(day, "10:00", "10:20")
    day.ruled("1", verdict)
    assert [day.state().place(bib) for bib in "12"] == places


def test_late_guns_move_everybody_and_no_places() -> None:
    day = a_day()
    finishers(day, "10:00", "10:20")
    before = day.state()
    day.gun("marathon", "all", "07:00:30")
    after = day.state()
    assert [after.gun(bib) for bib in "12"] == ["2:59:30", "3:19:30"]
    assert (after.state.place == before.state.place).all()
