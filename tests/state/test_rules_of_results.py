"""The rules of results as a table: every case was reckoned by hand, and stands beside its sum."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from homestretch.facts import Moved, PlaceShared
from homestretch.race.clock import say_elapsed
from homestretch.state.snapshot import NEVER
from tests.state.days import HALF_M, SHARED, Day, a_day, a_point, a_race, at


class Line(NamedTuple):
    """What results say of a bib: gun and net time (empty: none), and places in the race, in the sex, in sex and age
    group, and apart (division, relay); 0 for none."""

    gun: str
    net: str
    race: int = 0
    sex: int = 0
    group: int = 0
    apart: int = 0


class Case(NamedTuple):
    rule: str
    day: Callable[[], Day]
    lines: dict[str, Line]


def field(*runs: tuple[str, str, str], day: Day | None = None) -> Day:
    """Bibs with start and finish, all women of 41; a start that is empty was not read."""
    day = day or a_day()
    for bib, start, finish in runs:
        day.entrant(bib, sex="f", age=41)
        if start:
            day.read(bib, "start", start)
        day.read(bib, "finish", finish)
    return day


def by_gun() -> Day:
    return field(("1", "07:00:10", "10:00:00"), ("2", "07:05:00", "10:02:00"))


def by_net() -> Day:
    race = a_race(places_by="net")
    return field(("1", "07:00:10", "10:00:00"), ("2", "07:05:00", "10:02:00"), day=a_day(race))


def groups_by_net() -> Day:
    race = a_race(groups_by="net")
    return field(("1", "07:00:10", "10:00:00"), ("2", "07:05:00", "10:02:00"), day=a_day(race))


def several_guns() -> Day:
    day = a_day(a_race(gun={"A": "07:00", "B": "07:10"}))
    for bib, wave, finish in (("1", "A", "10:00:00"), ("2", "B", "10:05:00")):
        day.entrant(bib, sex="f", age=41, wave=wave)
        day.runs(bib, start="07:10:30" if wave == "B" else "07:00:30", finish=finish)
    return day


def late_gun() -> Day:
    day = field(("1", "07:02:00", "10:00:00"))
    day.gun("marathon", "all", "07:01:30")
    return day


def ceiling() -> Day:
    return field(
        ("1", "07:00:00.700", "09:09:44.300"),
        ("2", "07:00:00.000", "09:09:45.000"),
        ("3", "07:00:00.999", "09:09:45.001"),
    )


def ties() -> Day:
    day = a_day()
    for bib, source in (("1", "box-b"), ("2", "box-a")):
        day.entrant(bib, sex="f", age=41)
        day.read(bib, "finish", "10:00:00.500", source=source)
    return day


def no_start() -> Day:
    return field(("1", "", "10:00:00.001"))


def start_before_gun() -> Day:
    return field(("1", "06:59:59.999", "10:00:00"))


def start_at_gun() -> Day:
    return field(("1", "07:00:00", "10:00:00"))


def last_start_first_finish() -> Day:
    day = field(("1", "07:00:05", "10:00:00"))
    day.read("1", "start", "07:00:25")
    day.read("1", "finish", "10:00:02")
    return day


def four(*words: Callable[[Day], object]) -> Callable[[], Day]:
    """1, 2, 3, 4 at 10:00, 10:10, 10:20, 10:30, all from the gun; then what was said."""

    def make() -> Day:
        day = field(*((str(n), "07:00:00", f"10:{n - 1}0:00") for n in range(1, 5)))
        for say in words:
            say(day)
        return day

    return make


def four_lines(*places: int) -> dict[str, Line]:
    times = ("3:00:00", "3:10:00", "3:20:00", "3:30:00")
    return {
        str(n): Line(time, time, place, place, place)
        for n, (time, place) in enumerate(zip(times, places, strict=True), start=1)
    }


def share(*bibs: str) -> Callable[[Day], object]:
    return lambda day: day.add(PlaceShared(seen_at=at("11:00"), bibs=bibs))


def take_back_sharing(day: Day) -> None:
    day.struck(day.add(PlaceShared(seen_at=at("11:00"), bibs=("1", "2"))), "11:30")


def mixed_share() -> Day:
    day = a_day()
    for bib, sex, finish in (
        ("1", "f", "10:00"),
        ("2", "m", "10:01"),
        ("3", "m", "10:02"),
        ("4", "f", "10:03"),
    ):
        day.entrant(bib, sex=sex, age=41)
        day.runs(bib, start="07:00", finish=finish)
    day.add(PlaceShared(seen_at=at("11:00"), bibs=("1", "2", "4")))
    return day


def moved() -> Day:
    day = a_day(a_race(), a_race("half", HALF_M, gun="07:30"), points=SHARED)
    for bib, race in (("1", "half"), ("2", "marathon")):
        day.entrant(bib, race, sex="f", age=41)
        day.runs(bib, start="07:31", p10k="08:20", finish="09:1" + bib)
    day.add(Moved(seen_at=at("09:30"), bib="2", race="half"))
    return day


def sexes() -> Day:
    day = a_day()
    people: tuple[tuple[str, str | None, int | None], ...] = (
        ("1", "x", 41), ("2", "f", 41), ("3", None, 41), ("4", "x", None), ("5", "f", 44), ("6", "f", 45),
    )  # fmt: skip
    for bib, sex, age in people:
        day.entrant(bib, sex=sex, age=age)
        day.runs(bib, start="07:00", finish=f"10:0{bib}")
    return day


def chairs() -> Day:
    race = a_race(gun={"A": "07:00", "Chairs": "06:50"}, divisions={"Chairs": "wheelchair"})
    day = field(("1", "07:00", "09:50"), day=a_day(race))
    for bib, finish in (("500", "08:40"), ("501", "08:30")):
        day.entrant(bib, division="wheelchair", sex="f", age=41)
        day.runs(bib, start="06:50:00", finish=finish)
    return day


RELAY_POINTS = (
    a_point("start", {"relay": 0.0}),
    a_point("half", {"relay": HALF_M}),
    a_point("finish", {"relay": 2 * HALF_M}),
)


def relay(*, missing: bool = False) -> Callable[[], Day]:
    def make() -> Day:
        day = a_day(
            a_race("relay", 2 * HALF_M, legs=("start", "half", "finish")), points=RELAY_POINTS
        )
        for team, legs in (("Amber", ("1", "2")), ("Birch", ("3", "4"))):
            for leg, bib in enumerate(legs, start=1):
                day.entrant(bib, "relay", team=team, leg=leg)
        if not missing:
            day.runs("1", start="07:00:10", half="08:40")
        day.read("2", "finish", "10:20")
        day.runs("3", start="07:00:20", half="08:50")
        day.read("4", "finish", "10:30")
        return day

    return make


def carried() -> Day:
    day = field(("1", "07:00", "10:00"), ("2", "07:00", "10:10"))
    day.taken("1", "vehicle", "08:00", "Bus 1")
    day.taken("1", "road", "08:20")
    return day


def pacing() -> Day:
    day = field(("1", "07:00", "10:00"))
    day.entrant("90", role="pacer", sex="f", age=41)
    day.runs("90", start="07:00", finish="09:50")
    return day


def stopped(*, counts: bool) -> Callable[[], Day]:
    def make() -> Day:
        day = field(("1", "07:00", "10:00"), ("2", "07:00", "10:30"))
        day.flag("stopped", "10:15")
        if counts:
            day.ruled("*", "count-after-stop", "12:00")
        return day

    return make


def late() -> Day:
    points = (a_point("start", 0.0), a_point("finish", 42_195.0, cutoff={"marathon": "10:15"}))
    return field(("1", "07:00", "10:00"), ("2", "07:00", "10:30"), day=a_day(points=points))


CASES = (
    # 10:00:00 - 7:00:00 = 3:00:00 and 3:02:00; net 2:59:50 and 2:57:00.
    Case(
        "by gun, whoever was quicker over the course",
        by_gun,
        {"1": Line("3:00:00", "2:59:50", 1, 1, 1), "2": Line("3:02:00", "2:57:00", 2, 2, 2)},
    ),
    Case(
        "by net, both times kept",
        by_net,
        {"1": Line("3:00:00", "2:59:50", 2, 2, 2), "2": Line("3:02:00", "2:57:00", 1, 1, 1)},
    ),
    Case(
        "the race and the sexes by gun, the age groups by net",
        groups_by_net,
        {"1": Line("3:00:00", "2:59:50", 1, 1, 2), "2": Line("3:02:00", "2:57:00", 2, 2, 1)},
    ),
    # 10:05 - 7:10 = 2:55 is less than 10:00 - 7:00 = 3:00: the second at the line is first.
    Case(
        "several guns: each from the own one",
        several_guns,
        {"1": Line("3:00:00", "2:59:30", 2, 2, 2), "2": Line("2:55:00", "2:54:30", 1, 1, 1)},
    ),
    # The gun went off 90 s late: 10:00 - 7:01:30.
    Case("a gun that was late", late_gun, {"1": Line("2:58:30", "2:58:00", 1, 1, 1)}),
    # 1: gun 2:09:44.300 up to :45, net 2:09:43.600 up to :44.   2: whole seconds stay.
    # 3: gun 2:09:45.001 up to :46, net 2:09:44.002 up to :45; rounded values would differ by :44.
    Case(
        "the next longer whole second, of the exact difference",
        ceiling,
        {
            "1": Line("2:09:45", "2:09:44", 1, 1, 1),
            "2": Line("2:09:45", "2:09:45", 2, 2, 2),
            "3": Line("2:09:46", "2:09:45", 3, 3, 3),
        },
    ),
    # 3:00:00.500 both; box-a's record comes before box-b's.
    Case(
        "a tie to the millisecond gives two places, by the records",
        ties,
        {"1": Line("3:00:01", "3:00:01", 2, 2, 2), "2": Line("3:00:01", "3:00:01", 1, 1, 1)},
    ),
    Case(
        "no start read: net falls back to the gun",
        no_start,
        {"1": Line("3:00:01", "3:00:01", 1, 1, 1)},
    ),
    Case(
        "a start read before the gun is none",
        start_before_gun,
        {"1": Line("3:00:00", "3:00:00", 1, 1, 1)},
    ),
    Case(
        "a start read at the gun is one", start_at_gun, {"1": Line("3:00:00", "3:00:00", 1, 1, 1)}
    ),
    # The last read of the start, the first of the finish: 10:00:00 - 7:00:25.
    Case(
        "a start is the last read, a finish the first",
        last_start_first_finish,
        {"1": Line("3:00:00", "2:59:35", 1, 1, 1)},
    ),
    Case("four in a row", four(), four_lines(1, 2, 3, 4)),
    Case(
        "disqualified: those behind move up",
        four(lambda day: day.ruled("2", "dsq")),
        four_lines(1, 0, 2, 3),
    ),
    Case(
        "disqualified and reinstated: as before",
        four(
            lambda day: day.ruled("2", "dsq", "18:00"),
            lambda day: day.ruled("2", "reinstated", "18:30"),
        ),
        four_lines(1, 2, 3, 4),
    ),
    Case(
        "reinstated, and disqualified later: the last word",
        four(
            lambda day: day.ruled("2", "reinstated", "17:30"),
            lambda day: day.ruled("2", "dsq", "18:00"),
        ),
        four_lines(1, 0, 2, 3),
    ),
    Case("a shared place: 1, 2, 2, 4", four(share("2", "3")), four_lines(1, 2, 2, 4)),
    Case("three share: 1, 2, 2, 2", four(share("4", "2", "3")), four_lines(1, 2, 2, 2)),
    Case(
        "two rulings that have somebody in common are one",
        four(share("1", "2"), share("3", "2")),
        four_lines(1, 1, 1, 4),
    ),
    Case(
        "nobody shares a place across somebody else",
        four(share("1", "3")),
        four_lines(1, 2, 3, 4),
    ),
    Case(
        "once the one in between is out, they come one behind the other",
        four(share("1", "3"), lambda day: day.ruled("2", "dsq")),
        four_lines(1, 0, 1, 3),
    ),
    Case(
        "of three who share one is out: the others share",
        four(share("1", "2", "3"), lambda day: day.ruled("1", "dsq")),
        four_lines(0, 1, 1, 3),
    ),
    Case(
        "a ruling that was taken back shares nothing",
        four(take_back_sharing),
        four_lines(1, 2, 3, 4),
    ),
    # 1 f, 2 m, 3 m, 4 f: in the race 3 stands between, so nobody shares; of the women 1 and 4 are neighbours.
    Case(
        "a place is shared in each table where they are neighbours",
        mixed_share,
        {
            "1": Line("3:00:00", "3:00:00", 1, 1, 1),
            "2": Line("3:01:00", "3:01:00", 2, 1, 1),
            "3": Line("3:02:00", "3:02:00", 3, 2, 2),
            "4": Line("3:03:00", "3:03:00", 4, 1, 1),
        },
    ),
    # The half's gun is 7:30: 9:11 - 7:30 = 1:41, 9:12 - 7:30 = 1:42; net from 7:31.
    Case(
        "moved to another race: ranked there, by its gun",
        moved,
        {"1": Line("1:41:00", "1:40:00", 1, 1, 1), "2": Line("1:42:00", "1:41:00", 2, 2, 2)},
    ),
    # x: 1 and 4; f: 2, 5 (both 40-44) and 6 (45-49); 3 has no sex, 4 no age.
    Case(
        "sex X is ranked like the others; without a sex in the race alone, without an age in no group",
        sexes,
        {
            "1": Line("3:01:00", "3:01:00", 1, 1, 1),
            "2": Line("3:02:00", "3:02:00", 2, 1, 1),
            "3": Line("3:03:00", "3:03:00", 3),
            "4": Line("3:04:00", "3:04:00", 4, 2),
            "5": Line("3:05:00", "3:05:00", 5, 2, 2),
            "6": Line("3:06:00", "3:06:00", 6, 3, 1),
        },
    ),
    # Chairs from 6:50: 1:50 and 1:40; 1 is first of the runners.
    Case(
        "a wheelchair division by itself, from its own gun",
        chairs,
        {
            "1": Line("2:50:00", "2:50:00", 1, 1, 1),
            "500": Line("1:50:00", "1:50:00", apart=2),
            "501": Line("1:40:00", "1:40:00", apart=1),
        },
    ),
    Case(
        "a relay team has the gun time of its last leg",
        relay(),
        {"2": Line("3:20:00", "3:20:00", apart=1), "4": Line("3:30:00", "3:30:00", apart=2)},
    ),
    Case(
        "a team of which a leg is missing has no place",
        relay(missing=True),
        {"2": Line("3:20:00", "3:20:00"), "4": Line("3:30:00", "3:30:00", apart=1)},
    ),
    Case(
        "whom a vehicle carried ahead has no time and no place",
        carried,
        {"1": Line("", ""), "2": Line("3:10:00", "3:10:00", 1, 1, 1)},
    ),
    Case(
        "a pacer has times and no place",
        pacing,
        {"1": Line("3:00:00", "3:00:00", 1, 1, 1), "90": Line("2:50:00", "2:50:00")},
    ),
    Case(
        "who finishes after the stop has a time, and no place without a ruling",
        stopped(counts=False),
        {"1": Line("3:00:00", "3:00:00", 1, 1, 1), "2": Line("3:30:00", "3:30:00")},
    ),
    Case(
        "... and one with it",
        stopped(counts=True),
        {"1": Line("3:00:00", "3:00:00", 1, 1, 1), "2": Line("3:30:00", "3:30:00", 2, 2, 2)},
    ),
    Case(
        "who finishes after the cutoff is ranked",
        late,
        {"1": Line("3:00:00", "3:00:00", 1, 1, 1), "2": Line("3:30:00", "3:30:00", 2, 2, 2)},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[case.rule for case in CASES])
def test_results_are_as_they_were_reckoned_by_hand(case: Case) -> None:
    seen = case.day().state()
    state = seen.state

    def line(bib: str) -> Line:
        row = seen.row(bib)
        gun_ms, net_ms = int(state.gun_ms[row]), int(state.net_ms[row])
        columns = (state.place, state.place_sex, state.place_group, state.place_apart)
        return Line(
            "" if gun_ms == NEVER else say_elapsed(gun_ms),
            "" if net_ms == NEVER else say_elapsed(net_ms),
            *(max(0, int(column[row])) for column in columns),
        )

    assert {bib: line(bib) for bib in case.lines} == case.lines


def test_a_shared_place_depends_on_no_order_of_arrival() -> None:
    day = four(share("1", "2"), share("3", "2"))()
    before = day.state().state.place.tolist()
    day.items.reverse()
    assert day.state().state.place.tolist() == before
