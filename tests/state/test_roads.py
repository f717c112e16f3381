"""The road, zone by zone: closed until an official says that it is open, and again when that is taken back."""

from __future__ import annotations

from homestretch.facts import FactId, RoadOpened
from tests.state.days import Day, a_day, at


def opened(day: Day, start: str, end: str, when: str = "12:00", by: str = "control") -> FactId:
    return day.add(RoadOpened(seen_at=at(when), from_place=start, to_place=end, by=by))


def open_zones(day: Day, now: str) -> dict[str, list[str]]:
    """Zone -> who opened it; closed zones are left out."""
    state = day.state(now).state
    ids = state.points.ids
    return {
        f"{ids[zone.from_point]}-{ids[zone.to_point]}": [word.by for word in zone.words]
        for zone in state.zones
        if zone.words
    }


def test_every_stretch_between_two_mats_of_the_longest_course_is_a_zone_and_closed() -> None:
    state = a_day().state("12:00").state
    ends = [(state.points.ids[it.from_point], state.points.ids[it.to_point]) for it in state.zones]
    assert ends == [("start", "10k"), ("10k", "half"), ("half", "30k"), ("30k", "finish")]
    assert not any(zone.words for zone in state.zones)


def test_a_zone_is_open_from_the_moment_in_which_somebody_said_so() -> None:
    day = a_day()
    opened(day, "10K", "half", "11:30")
    assert open_zones(day, "11:20") == {}
    assert open_zones(day, "11:31") == {"10k-half": ["control"]}


def test_one_word_may_open_several_zones_in_whichever_order_their_ends_are_named() -> None:
    day = a_day()
    opened(day, "30k", "start")
    assert list(open_zones(day, "12:01")) == ["start-10k", "10k-half", "half-30k"]


def test_a_word_that_is_taken_back_closes_its_zone_unless_another_holds() -> None:
    day = a_day()
    first = opened(day, "start", "10k", "11:00", by="amy")
    opened(day, "start", "10k", "11:05", by="ben")
    assert open_zones(day, "11:10") == {"start-10k": ["amy", "ben"]}
    strike = day.struck(first, "11:15")
    assert open_zones(day, "11:16") == {"start-10k": ["ben"]}
    day.struck(strike, "11:20")
    assert open_zones(day, "11:21") == {"start-10k": ["amy", "ben"]}


def test_a_word_about_a_place_that_is_not_on_the_course_or_about_one_place_opens_nothing() -> None:
    day = a_day()
    opened(day, "10k", "the bridge")
    opened(day, "10k", "10K")
    assert open_zones(day, "13:00") == {}
