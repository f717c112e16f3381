"""Who could still change a podium, and until when: by hand-made days, and on whole rehearsed ones."""

from __future__ import annotations

from typing import Any

import pytest

from homestretch.facts import PlaceShared
from homestretch.race.event import Awards
from homestretch.state.podiums import Podium, find_podiums
from scripts.measure_podiums import watch_day
from tests.state.days import Day, Seen, a_day, a_race, at


def women(*finishes: str, awards: Awards | None = None, **race: Any) -> Day:
    """Bibs 1, 2, ... with these finish times, all women of one age, whole ways."""
    day = a_day(a_race(**race), awards=awards or Awards())
    for number, finish in enumerate(finishes, start=1):
        day.entrant(str(number), sex="f", age=41)
        day.runs(
            str(number), start="07:00:30", p10k="07:40", half="08:25", p30k="09:00", finish=finish
        )
    return day


def podium(day: Day, now: str, key: str = "marathon/f") -> tuple[Podium, Seen]:
    seen = day.state(now)
    found = {one.category.key: one for one in find_podiums(day.event, seen.state)}
    return found[key], seen


def bibs(seen: Seen, rows: Any) -> list[str]:
    return [seen.state.roster.bibs[row] for row in rows.tolist()]


def test_while_a_place_of_the_podium_is_free_everybody_who_is_out_can_take_it() -> None:
    day = women("09:40", "09:50")
    day.entrant("9", sex="f", age=41)
    day.runs("9", start="07:02", p10k="08:40")
    found, seen = podium(day, "12:00")
    assert (found.full, found.final, found.until_at) == (False, False, -1)
    assert bibs(seen, found.coming) == ["9"]


def test_who_cannot_be_in_time_even_at_the_fastest_pace_of_all_is_no_rival() -> None:
    day = women("09:40", "09:50", "10:00")
    day.entrant("9", sex="f", age=41)
    day.runs("9", start="07:02", p10k="07:50", half="08:57")
    # From half way at 160 s a kilometre: 08:57 + 56:15 = 09:53:15, before the third.
    found, seen = podium(day, "10:05")
    assert (bibs(seen, found.unread), found.final) == (["9"], False)
    day.read("9", "30k", "09:30")  # 12,195 m more are 32:31: 10:02:31 at the earliest
    found, seen = podium(day, "10:05")
    assert (found.final, bibs(seen, found.first)) == (True, ["1", "2", "3"])


def test_who_could_have_been_in_time_may_have_come_unread_until_they_are_accounted_for() -> None:
    day = women("09:40", "09:50", "10:40")
    day.entrant("9", sex="f", age=41)
    day.runs("9", start="07:02", p10k="08:20", half="09:25")
    found, seen = podium(day, "10:30")
    assert (found.full, bibs(seen, found.coming)) == (False, ["3", "9"])
    found, seen = podium(day, "10:45")
    assert (bibs(seen, found.coming), bibs(seen, found.unread)) == ([], ["9"])
    day.ruled("9", "dnf", "10:50")
    day.taken("9", "home", "10:50")
    assert podium(day, "10:55")[0].final


def test_by_net_time_somebody_who_started_late_can_come_when_the_others_are_long_home() -> None:
    day = women("09:40", "09:50", "10:00", places_by="net")
    day.entrant("9", sex="f", age=41)
    day.runs("9", start="07:50", p10k="08:25")
    found, seen = podium(day, "10:30")
    assert bibs(seen, found.coming) == ["9"]
    assert found.until_at == at("07:50") + at("10:00") - at("07:00:30")
    late, seen = podium(day, "10:50")
    assert (bibs(seen, late.coming), bibs(seen, late.unread)) == ([], ["9"])
    day.taken("9", "home", "10:55")
    assert podium(day, "11:00")[0].final


def test_by_gun_time_the_same_person_can_not() -> None:
    day = women("09:40", "09:50", "10:00")
    day.entrant("9", sex="f", age=41)
    day.runs("9", start="07:50", p10k="08:25", half="09:20")
    assert podium(day, "10:30")[0].final


def test_age_groups_may_be_ranked_by_net_time_while_the_race_is_ranked_by_the_gun() -> None:
    day = a_day(a_race(groups_by="net"))
    for bib, start, finish in (("1", "07:00", "10:00"), ("2", "07:10", "10:05")):
        day.entrant(bib, sex="f", age=41)
        day.runs(bib, start=start, finish=finish)
    assert [day.state().places(bib) for bib in "12"] == [(1, 1, 2), (2, 2, 1)]
    found = {one.category.key: one for one in find_podiums(day.event, day.state().state)}
    assert (found["marathon/f"].category.by_net, found["marathon/f/40-44"].category.by_net) == (
        False,
        True,
    )


def test_who_was_never_seen_keeps_it_open_until_the_director_says_that_they_did_not_start() -> None:
    day = women("09:40", "09:50", "10:00")
    day.entrant("9", sex="f", age=41)
    found, seen = podium(day, "12:00")
    assert (bibs(seen, found.unseen), found.final) == (["9"], False)
    day.ruled("*", "dns", "12:10")
    assert podium(day, "12:20")[0].final
    assert day.state("12:20").status("9").name == "DNS"
    day.read("9", "finish", "12:25")
    assert day.state("12:30").status("9").name == "FINISHED"
    assert day.state("12:30").questions() == []


def test_a_word_about_everybody_rules_nobody_out_whose_start_is_still_open() -> None:
    day = a_day(a_race(gun={"A": "07:00", "B": "08:00"}))
    day.entrant("1", wave="A")
    day.entrant("2", wave="B")
    day.ruled("*", "dns", "08:30")
    assert [day.state("09:30").status(bib).name for bib in "12"] == ["DNS", "ENTERED"]


@pytest.mark.parametrize("by", ["bus", "self", "home"])
def test_who_was_taken_over_is_no_rival(by: Any) -> None:
    day = women("09:40", "09:50", "10:40")
    day.entrant("9", sex="f", age=41)
    day.runs("9", start="07:02", p10k="07:50")
    assert not podium(day, "10:50")[0].final
    day.taken("9", by, "08:30", "Bus 2" if by == "bus" else "")
    assert podium(day, "10:50")[0].final


def test_a_finish_that_a_person_wrote_down_is_not_settled_and_neither_are_two_within_a_second() -> (
    None
):
    day = women("09:40", "09:50", "10:00", "10:20")
    assert podium(day, "11:00")[0].final
    day.entrant("9", sex="f", age=41)
    day.runs("9", start="07:02", half="08:40")
    day.seen("9", "finish", "10:01")
    found, seen = podium(day, "11:00")
    assert bibs(seen, found.asked) == ["9"]
    close = women("09:40", "09:50", "10:00:00.100", "10:00:00.700")
    found, seen = podium(close, "11:00")
    assert bibs(seen, found.asked) == ["3", "4"]


def test_a_shared_place_is_settled_by_its_ruling() -> None:
    day = women("09:40", "09:50:00.100", "09:50:00.300", "10:20")
    assert not podium(day, "11:00")[0].final
    day.add(PlaceShared(seen_at=at("10:50"), bibs=("2", "3")))
    found, seen = podium(day, "11:00")
    assert (found.final, bibs(seen, found.first)) == (True, ["1", "2", "3"])
    assert [seen.place(bib) for bib in "1234"] == [1, 2, 2, 4]


def test_so_many_places_have_an_award_as_the_plan_says() -> None:
    day = women("09:40", "09:50", awards=Awards(podium=1))
    found, seen = podium(day, "11:00")
    assert (bibs(seen, found.first), found.final) == (["1"], True)


@pytest.mark.parametrize("seed", [2001, 2002])
def test_on_a_rehearsed_day_no_podium_that_was_called_final_changes_by_itself(seed: int) -> None:
    watched = watch_day(seed)
    assert watched.changed == []
    assert len(watched.final_h) > watched.categories // 2
