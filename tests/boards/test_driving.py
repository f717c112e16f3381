"""The driver of a sweep vehicle: who is ahead, who was passed, who rides; nobody rides in two vehicles."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.boards.driving import Driving, riders_of
from homestretch.boards.sweep import SweepChoices, rows
from homestretch.facts import TakenBy, TakenOver
from homestretch.picture import Picture
from homestretch.race.event import Vehicle
from homestretch.race.privacy import PRIVATE, Viewer
from homestretch.state.snapshot import Status
from homestretch.web.render import board_key, fragments
from tests.boards.pictures import person, picture_of
from tests.state.days import Day, a_day, a_sweep, at, fold

BUS = Vehicle(name="Bus 2", kind="bus")
BIBS = ("101", "102", "103", "104")


def day_on_the_road() -> Day:
    """The sweep leaves at 07:30 by its plan, at 6 km/h: at 08:30 it is at 6 km, where nobody has been read yet."""
    day = a_day(sweep=a_sweep(), vehicles=(BUS,))
    for bib in BIBS:
        day.entrant(bib)
        day.read(bib, "start", "07:00:10")
    return day


def driving(picture: Picture, vehicle: str = "sweep") -> Driving:
    found = rows(picture, Viewer("sweep", vehicle), SweepChoices()).driving
    assert found is not None
    return found


def picture_at(day: Day, now: str) -> Picture:
    people = [person(bib, f"Ada No{bib}") for bib in BIBS[:3]]
    hidden = person(BIBS[3], "Ada Secret", "hidden")
    return picture_of(day, now, *people, hidden)


def test_a_driver_sees_who_is_ahead_and_what_comes_next() -> None:
    found = driving(picture_at(day_on_the_road(), "08:00"))
    assert found.at_m == 3000.0
    assert found.seen_at is None
    assert found.stop is not None
    assert (found.stop.id, found.stop.in_m) == ("10k", 7000.0)
    assert {row.who.bib for row in found.ahead} == {"101", "102", "103", ""}
    assert found.passed == ()
    assert found.others == ("Bus 2",)


def test_whom_the_sweep_has_passed_stands_apart_the_nearest_first() -> None:
    day = day_on_the_road()
    for bib, time in (("101", "08:30"), ("102", "08:40")):
        day.read(bib, "10k", time)
    picture = picture_at(day, "09:30")
    state = picture.state
    position_m = state.position_m.copy()
    position_m[:] = [20_000.0, 13_000.0, 9_000.0, 11_500.0]
    found = driving(replace(picture, state=replace(state, position_m=position_m)))
    assert [row.who.bib for row in found.ahead] == ["102", "101"]
    assert {row.who.name for row in found.passed} == {PRIVATE, "Ada No103"}
    assert found.ahead[0].by_m == 1000.0
    assert found.ahead[0].by_min == 10.0
    assert not found.ahead[0].unsure


def test_who_was_not_read_where_due_may_be_anywhere() -> None:
    found = driving(picture_at(day_on_the_road(), "09:30"))
    assert all(row.unsure for row in found.passed)


def test_who_is_taken_on_board_rides_there_until_let_off() -> None:
    day = day_on_the_road()
    day.taken("101", "bus", "08:20", "sweep")
    day.taken("102", "bus", "08:20", "bus 2")
    picture = picture_at(day, "08:30")
    assert [rider.who.bib for rider in driving(picture).on_board] == ["101"]
    assert [rider.who.bib for rider in driving(picture, "Bus 2").on_board] == ["102"]
    day.taken("101", "bus", "08:40", "Bus 2")
    picture = picture_at(day, "08:50")
    assert driving(picture).on_board == ()
    assert len(driving(picture, "Bus 2").on_board) == 2
    day.taken("101", "home", "09:40")
    assert len(driving(picture_at(day, "09:50"), "Bus 2").on_board) == 1


def test_a_hidden_runner_is_no_name_and_no_bib_on_the_drivers_page() -> None:
    day = day_on_the_road()
    day.taken("104", "bus", "08:20", "sweep")
    picture = picture_at(day, "08:30")
    (rider,) = driving(picture).on_board
    assert (rider.who.name, rider.who.bib) == (PRIVATE, "")
    page = fragments(board_key("sweep", {}), picture, Viewer("sweep", "sweep")).decode()
    assert "104" not in page
    assert "Type the bib below" in page


def test_a_key_without_a_vehicle_sees_nobody() -> None:
    found = driving(picture_at(day_on_the_road(), "08:30"), "")
    assert (found.ahead, found.passed, found.on_board) == ((), (), ())


moves = st.lists(
    st.tuples(
        st.sampled_from(BIBS),
        st.sampled_from(["bus", "bus", "bus", "home", "care", "road"]),
        st.sampled_from(["sweep", "SWEEP", "Bus 2", "bus-2"]),
        st.integers(0, 30),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(moves, st.randoms(use_true_random=False))
def test_two_vehicles_never_count_one_person_twice_in_whatever_order_words_arrive(
    said: list[tuple[str, TakenBy, str, int]], random: object
) -> None:
    day = day_on_the_road()
    for bib, taken_by, keeper, minute in said:
        name = keeper if taken_by == "bus" else ""
        seen_at = at("08:00") + 60_000 * minute
        fact = TakenOver(seen_at=seen_at, bib=bib, taken_by=taken_by, keeper=name)
        day.add(fact, f"http:sweep-{keeper}")
    items = list(day.items)
    random.shuffle(items)  # type: ignore[attr-defined]  # hypothesis' random
    state = fold([items], at("09:00")).state
    picture = replace(picture_of(day, "09:00"), state=state)
    aboard = [set(riders_of(picture, vehicle)) for vehicle in ("sweep", "Bus 2")]
    assert not aboard[0] & aboard[1]
    assert len(aboard[0] | aboard[1]) == int((state.status == Status.RIDING).sum())
    assert state.status.tolist() == day.state("09:00").state.status.tolist()
