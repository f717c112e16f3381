"""The track of the sweep car: bounded against the clock, true to the longest story, the same in any order."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.facts import Ping, Received, received
from homestretch.state.columns import Columns
from homestretch.state.snapshot import SweepTrack
from homestretch.state.sweep import (
    EVERY_MS,
    FASTEST_M_PER_S,
    SLACK_M,
    SweepLine,
    track_sweep,
)
from homestretch.store.memory import MemoryLog
from tests.state.days import LINE, MARATHON_M, a_day, a_sweep, at

EVENT = a_day(sweep=a_sweep()).event
START_AT = at("07:30")
PACE_M_PER_S = 1000.0 / 600.0
MINUTE_MS = 60_000
lawful = settings(max_examples=40, deadline=None)


def fix(at_ms: int, metres: float, source: str = "phone", vehicle: str = "sweep") -> Received:
    """A phone that far along the straight course."""
    lat = LINE.lat[0] + (LINE.lat[1] - LINE.lat[0]) * metres / MARATHON_M
    return received(Ping(seen_at=at_ms, vehicle=vehicle, lat=lat, lon=-80.0), source, at_ms)


def plan_m(at_ms: int) -> float:
    return (at_ms - START_AT) / 1000.0 * PACE_M_PER_S


def honest(minutes: float, every_ms: int = 15_000, first_at: int = START_AT) -> list[Received]:
    """The car's own phone, at the closing pace."""
    times = range(first_at, first_at + int(minutes * MINUTE_MS) + 1, every_ms)
    return [fix(moment, plan_m(moment)) for moment in times]


class Asked:
    """A track that is asked for again and again, as the fold asks for it."""

    def __init__(self) -> None:
        self._log, self._columns = MemoryLog(), Columns()
        self._line = SweepLine(LINE, a_sweep())

    def track(self, new: Sequence[Received], now: int) -> SweepTrack:
        if new:
            self._log.append(new)
            self._columns.take(self._log.read_since(self._columns.last_seq))
        found = track_sweep(self._columns, EVENT, self._line, frozenset(), now)
        assert found is not None
        return found


def track(fixes: Sequence[Received], now: int) -> SweepTrack:
    return Asked().track(fixes, now)


def test_an_honest_phone_is_followed_to_the_metre() -> None:
    fixes = honest(300)
    for minutes in (1, 30, 150, 300):
        now = START_AT + minutes * MINUTE_MS
        found = track([item for item in fixes if item.fact.seen_at <= now], now)
        assert found.distance_m == pytest.approx(plan_m(now), abs=1.0)
        assert found.seen_at == now


def test_pings_a_millisecond_and_80_metres_apart_do_not_carry_the_car_to_the_finish() -> None:
    now = START_AT + 60 * MINUTE_MS
    before = track(honest(60), now).distance_m
    leaps = [fix(now + number, plan_m(now) + 80 * number) for number in range(1, 500)]
    after = track([*honest(60), *leaps], now + 1000).distance_m
    assert before <= after <= before + SLACK_M + FASTEST_M_PER_S


anywhere = st.floats(0, MARATHON_M)


@lawful
@given(
    told=st.lists(st.tuples(st.integers(0, 900_000), anywhere), max_size=60),
    every_s=st.sampled_from([10, 15, 60, 240]),
    within=st.integers(1, 900_000),
    sources=st.integers(1, 3),
)
def test_whatever_is_sent_within_a_time_moves_the_car_no_farther_than_it_can_drive(
    told: list[tuple[int, float]], every_s: int, within: int, sources: int
) -> None:
    now = START_AT + 60 * MINUTE_MS
    known = honest(60, every_s * 1000)
    before = track(known, now).distance_m
    lies = [
        fix(now + 1 + later % within, metres, f"liar-{number % sources}")
        for number, (later, metres) in enumerate(told)
    ]
    after = track([*known, *lies], now + within).distance_m
    assert after - before <= FASTEST_M_PER_S * (within + 1) / 1000 + SLACK_M + 1e-6


@lawful
@given(
    told=st.lists(
        st.tuples(st.integers(0, 7_200_000), anywhere, st.sampled_from("abc")), max_size=80
    )
)
def test_between_any_two_fixes_the_car_gains_no_more_than_it_can_drive(
    told: list[tuple[int, float, str]],
) -> None:
    fixes = sorted(
        (fix(START_AT + later, metres, source) for later, metres, source in told),
        key=lambda item: (item.fact.seen_at, item.id),
    )
    shown = []
    for item in fixes:
        now = item.fact.seen_at
        found = track([one for one in fixes if one.fact.seen_at <= now], now - MINUTE_MS)
        if found.fixes:
            shown.append((now, found.distance_m))
    for number, (from_at, from_m) in enumerate(shown):
        for until_at, until_m in shown[number:]:
            assert (
                until_m - from_m <= FASTEST_M_PER_S * (until_at - from_at) / 1000 + SLACK_M + 1e-6
            )


@lawful
@given(
    told=st.lists(
        st.tuples(st.integers(0, 3_600_000), anywhere, st.sampled_from("ab")), max_size=40
    ),
    seed=st.integers(0, 1000),
)
def test_the_track_is_the_same_in_whatever_order_its_fixes_come(
    told: list[tuple[int, float, str]], seed: int
) -> None:
    fixes = [*honest(60, 45_000), *(fix(START_AT + later, m, source) for later, m, source in told)]
    now = START_AT + 60 * MINUTE_MS
    expected = track(fixes, now)
    arriving, asked = list(fixes), Asked()
    draw = random.Random(seed)
    draw.shuffle(arriving)
    while arriving:
        count = draw.randint(1, 20)
        found = asked.track(arriving[:count], draw.choice([now, now - 600_000]))
        del arriving[:count]
    assert asked.track([], now) == expected
    assert found is not None


@pytest.mark.parametrize("ahead_m", [400.0, 3000.0, 15_000.0])
@pytest.mark.parametrize("lies", [1, 8])
def test_a_jump_is_taken_back_when_later_fixes_contradict_it_for_a_while(
    ahead_m: float, lies: int
) -> None:
    """After a silence of a quarter of an hour the car could really be as far as that."""
    silent_from = START_AT + 60 * MINUTE_MS
    heard_again = silent_from + 15 * MINUTE_MS
    jump = [
        fix(heard_again + number * 10_000, plan_m(heard_again) + ahead_m, "a lying phone")
        for number in range(lies)
    ]
    later = honest(60, first_at=heard_again + 15_000)
    asked = Asked()
    fooled = asked.track([*honest(60), *jump], heard_again + lies * 10_000).distance_m
    assert fooled > plan_m(heard_again) + 300
    now = heard_again + 60 * MINUTE_MS
    minutes = [
        asked.track([one for one in later if 0 < moment - one.fact.seen_at <= MINUTE_MS], moment)
        for moment in range(heard_again + MINUTE_MS, now + 1, MINUTE_MS)
    ]
    wrong = [abs(found.distance_m - plan_m(found.seen_at)) > 150 for found in minutes]
    assert not any(wrong[6:]), "after some minutes the track is the car's again"


def test_a_flood_from_the_finish_does_not_outvote_the_car() -> None:
    fixes = honest(120)
    for moment in range(START_AT + 30 * MINUTE_MS, START_AT + 120 * MINUTE_MS, 97):
        if moment % (MINUTE_MS // 4) < 1000:
            fixes.append(fix(moment, MARATHON_M - 10, "a lying phone"))
    for minutes in range(30, 121, 10):
        now = START_AT + minutes * MINUTE_MS
        found = track([one for one in fixes if one.fact.seen_at <= now], now)
        assert found.distance_m == pytest.approx(plan_m(now), abs=SLACK_M + 30)


def test_a_phone_that_was_left_at_the_start_does_not_hold_the_car_there() -> None:
    left = [
        fix(moment, 20.0, "hotel") for moment in range(START_AT - 3_600_000, at("10:00"), 10_000)
    ]
    fixes = [*left, *honest(120)]
    for minutes in (20, 60, 120):
        now = START_AT + minutes * MINUTE_MS
        found = track([one for one in fixes if one.fact.seen_at <= now], now)
        assert found.distance_m == pytest.approx(plan_m(now), abs=SLACK_M + 30)


def test_a_first_fix_that_was_a_lie_is_forgotten() -> None:
    fixes = [fix(START_AT, 480.0, "a lying phone"), *honest(30)]
    now = START_AT + 30 * MINUTE_MS
    assert track(fixes, now).distance_m == pytest.approx(plan_m(now), abs=1.0)
    early = START_AT + 4 * MINUTE_MS
    found = track([one for one in fixes if one.fact.seen_at <= early], early)
    assert found.distance_m == pytest.approx(plan_m(early), abs=SLACK_M)


def test_a_flood_of_fixes_is_thinned_and_costs_nothing_later() -> None:
    fixes = [
        fix(START_AT + number * 180, plan_m(START_AT + number * 180), f"phone-{number % 3}")
        for number in range(20_000)
    ]
    asked, now = Asked(), START_AT + 61 * MINUTE_MS
    found = asked.track(fixes, now)
    assert found.fixes <= 3 * (60 * MINUTE_MS // EVERY_MS + 1)
    assert found.distance_m == pytest.approx(plan_m(found.seen_at), abs=1.0)
    began = time.thread_time()
    for second in range(20):
        asked.track([], now + second * 1000)
    assert time.thread_time() - began < 0.5


def test_fixes_from_long_before_the_day_or_still_to_come_say_nothing() -> None:
    early = fix(START_AT - 20 * 3_600_000, 0.0)
    late = fix(START_AT + 40 * MINUTE_MS, plan_m(START_AT + 40 * MINUTE_MS))
    found = track([early, late], START_AT + 30 * MINUTE_MS)
    assert found.fixes == 0
    other = msgspec.structs.replace(late, fact=msgspec.structs.replace(late.fact, vehicle="van"))  # type: ignore[type-var]
    assert track([other], START_AT + 41 * MINUTE_MS).fixes == 0
    assert not math.isnan(found.distance_m)
