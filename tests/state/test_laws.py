"""The laws of the state, held on messy made-up days."""

from __future__ import annotations

import copy
from collections import Counter
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from homestretch.facts import (
    Assigned,
    Corrected,
    Declared,
    Entered,
    PlanLoaded,
    Read,
    Received,
    Struck,
    digest,
)
from homestretch.state.clocks import LARGEST_OFFSET_MS
from homestretch.state.roster import fastest_s_per_km
from homestretch.state.snapshot import (
    FINISHERS,
    NEVER,
    ON_THE_ROAD,
    OPEN,
    Mark,
    Status,
    Unused,
)
from tests.state.days import Day, Seen, at, fold
from tests.state.messy import GUN_AT, days, make_day, unstruck_days

NOW = at("13:30")
lawful = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
nows = st.one_of(st.just(NOW), st.integers(GUN_AT - 3_600_000, GUN_AT + 8 * 3_600_000))


@lawful
@given(day=days, now=nows, data=st.data())
def test_any_order_any_batches_and_any_repetition_of_the_facts_make_the_same_state(
    day: Day, now: int, data: st.DataObject
) -> None:
    expected = fold([day.items], now).comparable()
    again = data.draw(st.lists(st.sampled_from(day.items), max_size=5))
    resent = [
        msgspec.structs.replace(item, received_at=item.received_at + 60_000) for item in again
    ]
    arriving = data.draw(st.permutations([*day.items, *resent]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(arriving)), max_size=4)))
    plan = [item for item in day.items if isinstance(item.fact, PlanLoaded)]
    batches = [
        arriving[first:last] for first, last in zip([0, *cuts], [*cuts, len(arriving)], strict=True)
    ]
    others = data.draw(st.lists(nows, max_size=2))
    found = fold([plan, *batches], *others, now).comparable()
    for field, value in expected.items():
        assert found[field] == value, field


@lawful
@given(day=days, now=nows)
def test_everybody_is_in_exactly_one_status_and_the_statuses_add_up(day: Day, now: int) -> None:
    state = day.state(now).state
    n = len(state.roster.entrants)
    assert len(set(state.roster.entrants)) == n
    assert set(state.status.tolist()) <= {int(status) for status in Status}
    assert sum(state.counts.values()) == n
    assert state.counts == {status: int((state.status == status).sum()) for status in Status}
    for race, counts in enumerate(state.race_counts):
        assert sum(counts.values()) == int((state.roster.race == race).sum())
    summed: Counter[Status] = Counter()
    for counts in state.race_counts:
        summed.update(counts)
    assert dict(summed) == state.counts
    assert set(state.roster.entrants) <= {
        item.fact.entrant for item in day.items if isinstance(item.fact, Entered)
    }


@lawful
@given(day=days, now=nows)
def test_nobody_with_a_proof_of_being_on_the_course_is_waited_for(day: Day, now: int) -> None:
    state = day.state(now).state
    proven = (state.passed_at >= 0).any(axis=1) | (state.last_proof_at >= 0)
    waiting = np.isin(state.status, (Status.ENTERED, Status.DNS))
    read = (state.passed_at >= 0).any(axis=1)
    assert not (read & waiting).any()
    assert not (proven & (state.status == Status.ENTERED)).any()
    finished = np.isin(state.status, FINISHERS)
    assert (state.finish_at[finished] >= 0).all()
    assert ((state.last_proof_at >= 0) | ~np.isin(state.status, ON_THE_ROAD)).all()


def corrected_at(day: Day, item: Received, now: int) -> int:
    """The time of a read by the rule for corrections, written down plainly."""
    struck = held_strikes(day, now)
    read = item.fact
    issued = [
        (other.fact.seen_at, other.fact.by, other.id, other.fact.offset_ms)
        for other in day.items
        if isinstance(other.fact, Corrected)
        and other.id not in struck
        and other.fact.seen_at <= now + 60_000
        and other.fact.of == item.source
        and abs(other.fact.offset_ms) <= LARGEST_OFFSET_MS
        and (other.fact.from_at is None or read.seen_at >= other.fact.from_at)
        and (other.fact.until_at is None or read.seen_at < other.fact.until_at)
    ]
    return read.seen_at + (max(issued)[3] if issued else 0)


def held_strikes(day: Day, now: int) -> set[Any]:
    """Identities that are struck, by the plain rule: a strike holds unless a strike on it holds."""
    strikes = {
        item.id: (item.fact.source, item.fact.number, item.fact.digest)
        for item in day.items
        if isinstance(item.fact, Struck) and item.fact.seen_at <= now + 60_000
    }

    def holds(identity: Any) -> bool:
        return not any(target == identity and holds(by) for by, target in strikes.items())

    return {target for target in strikes.values() if not holds(target)}


@lawful
@given(day=days, now=nows)
def test_every_split_is_the_corrected_time_of_its_evidence(day: Day, now: int) -> None:
    seen = day.state(now)
    state = seen.state
    by_id = {item.id: item for item in day.items}
    used = state.evidence[state.evidence != NEVER].tolist()
    assert len(set(used)) == len(used)
    assert ((state.evidence == NEVER) == (state.passed_at == NEVER)).all()
    struck = held_strikes(day, now)
    for row, column in zip(*np.nonzero(state.evidence != NEVER), strict=True):
        logged = seen.log.get(int(state.evidence[row, column]))
        assert isinstance(logged.fact, Read)
        assert logged.id not in struck
        time = corrected_at(day, by_id[logged.id], now)
        assert state.passed_at[row, column] == time
        assert state.roster.gun_at[row] <= time <= now + 60_000
        assert wearer(day, seen, logged.fact.chip, time, struck) == row
        assert stands_at(day, state.points.ids[column], logged.fact.place)


def wearer(day: Day, seen: Seen, chip: str, time: int, struck: set[Any]) -> int:
    """Who wore a chip, by the plain rule: the newest moment from which somebody has it."""
    given_out = [
        (-1 if item.fact.since_at is None else item.fact.since_at, item.fact.seen_at, item.id, item)
        for item in day.items
        if isinstance(item.fact, Assigned) and item.fact.chip == chip and item.id not in struck
    ]
    held = [given for given in given_out if given[0] <= time]
    bib = max(held)[3].fact.bib if held else ""
    return seen.state.roster.row_of_bib.get(bib, NEVER)


def stands_at(day: Day, point_id: str, place: str) -> bool:
    point = day.event.find_point(point_id)
    assert point is not None
    names = {name.casefold() for name in (point.id, point.name, *point.devices)}
    return place.casefold() in names or place.casefold()[:-2] in names


@lawful
@given(day=days, now=nows)
@example(day=make_day(109_920, 7), now=NOW)
def test_the_splits_of_a_row_are_possible_one_after_the_other(day: Day, now: int) -> None:
    """The way to the end is as long as it was that day: of a shortened one nobody knows how long."""
    state = day.state(now).state
    for row in range(len(state.roster.entrants)):
        if state.marks[row] & Mark.MOVED_UP:
            continue
        race = int(state.roster.race[row])
        pace = fastest_s_per_km(day.event.races[race], state.roster.division[row])
        metres = state.points.distance_m[race]
        columns = [c for c in np.argsort(metres) if state.passed_at[row, c] != NEVER]
        if state.marks[row] & Mark.CHANGED_COURSE:
            columns = [c for c in columns if c != state.roster.end_point[row]]
        for one, other in pairwise(columns):
            least_ms = (metres[other] - metres[one]) * pace - 2.0
            assert state.passed_at[row, other] - state.passed_at[row, one] >= least_ms


@lawful
@given(day=days, now=nows)
def test_every_read_has_a_reason(day: Day, now: int) -> None:
    state = day.state(now).state
    reads = {item.id for item in day.items if isinstance(item.fact, Read)}
    assert sum(state.unused.values()) == len(reads)
    assert state.unused[Unused.USED] == int((state.passed_at != NEVER).sum())
    assert sum(state.unknown_places.values()) == state.unused[Unused.UNKNOWN_PLACE]


@lawful
@given(day=days, now=nows, data=st.data())
def test_what_is_struck_is_as_if_nobody_had_said_it(
    day: Day, now: int, data: st.DataObject
) -> None:
    target = data.draw(
        st.sampled_from([item for item in day.items if not isinstance(item.fact, PlanLoaded)])
    )
    without = copy.copy(day)
    without.items = [item for item in day.items if item.id != target.id]
    expected = without.state(now).comparable()
    strike = Struck(
        seen_at=GUN_AT - 5_000_000,
        source=target.source,
        number=target.number,
        digest=digest(target.fact),
    )
    day.add(strike, "referee")
    found = day.state(now).comparable()
    # What arrived has arrived: it is counted as struck, and its device was heard.
    counted = {"unused", "unknown_places", "unknown_chips", "unreadable", "devices"}
    of_reads = {"points"} if isinstance(target.fact, Read) else set()
    if isinstance(
        target.fact, Declared
    ):  # a number that somebody may have printed is not given again
        for one in (found, expected):
            for version in one["words"]["declared"]:
                del version["number"]
    for one in (found, expected):  # pages keep what was taken back, struck through
        one["entries"] = [entry for entry in one["entries"] if not entry["void"]]
    for field in expected.keys() - counted - of_reads:
        assert found[field] == expected[field], field


@lawful
@given(day=days, now=nows, data=st.data())
def test_a_strike_that_is_struck_is_as_if_nothing_had_been_said(
    day: Day, now: int, data: st.DataObject
) -> None:
    expected = day.state(now).comparable()
    target = data.draw(st.sampled_from(day.items))
    for _ in range(2):
        source, number, content = target.id
        strike = Struck(seen_at=GUN_AT - 5_000_000, source=source, number=number, digest=content)
        day.add(strike, "referee")
        target = day.items[-1]
    found = day.state(now).comparable()
    for field, value in expected.items():
        assert found[field] == value, field


@lawful
@given(day=days, now=nows)
def test_a_state_depends_on_nothing_that_was_seen_later(day: Day, now: int) -> None:
    expected = day.state(now).comparable()
    setup = (PlanLoaded, Entered, Assigned)
    known = copy.copy(day)
    known.items = [
        item
        for item in day.items
        if isinstance(item.fact, setup)
        or (corrected_at(day, item, now) if isinstance(item.fact, Read) else item.fact.seen_at)
        <= now + 60_000
    ]
    found = known.state(now).comparable()
    # A device whose clock is ahead has been heard all the same, and its reads are counted as what they are.
    for field in expected.keys() - {"unused", "devices"}:
        assert found[field] == expected[field], field


@lawful
@given(day=days, now=nows)
def test_places_are_a_permutation_in_the_order_of_times(day: Day, now: int) -> None:
    state = day.state(now).state
    by_net = [race.places_by == "net" for race in day.event.races]
    for race in range(len(day.event.races)):
        ranked = np.flatnonzero((state.roster.race == race) & (state.place != NEVER))
        elapsed = (state.net_ms if by_net[race] else state.gun_ms)[ranked]
        order = np.argsort(state.place[ranked])
        assert state.place[ranked][order].tolist() == list(range(1, len(ranked) + 1))
        assert (np.diff(elapsed[order]) >= 0).all()
        assert (elapsed > 0).all()
        for sex in {state.roster.sex[row] for row in ranked} - {""}:
            mine = [row for row in ranked if state.roster.sex[row] == sex]
            assert sorted(state.place_sex[mine].tolist()) == list(range(1, len(mine) + 1))
    unranked = state.place == NEVER
    assert (unranked | state.roster.competes).all()
    assert (state.finish_at[~unranked] >= 0).all()
    ruled = np.isin(state.status, (Status.DNF, Status.DSQ, Status.DNS))
    assert unranked[ruled].all()
    assert unranked[(state.marks & Mark.MOVED_UP) != 0].all()


@lawful
@given(day=days, now=nows)
def test_who_is_on_the_road_is_somewhere_on_the_own_course(day: Day, now: int) -> None:
    state = day.state(now).state
    on_road = np.isin(state.status, ON_THE_ROAD)
    assert (np.isfinite(state.position_m) == on_road).all()
    length = np.array([race.distance_m for race in day.event.races])[state.roster.race]
    assert (state.position_m[on_road] >= 0.0).all()
    assert (state.position_m[on_road] <= length[on_road]).all()
    if state.lantern != NEVER:
        assert state.roster.competes[state.lantern]
        assert state.status[state.lantern] == Status.STARTED


@lawful
@given(day=days, now=nows)
def test_the_day_is_over_only_when_nobody_is_out(day: Day, now: int) -> None:
    state = day.state(now).state
    out = int(np.isin(state.status, OPEN).sum())
    assert not (state.over and out)
    rows = range(len(state.roster.entrants))
    assert all(question.row in rows or question.detail for question in state.questions)
    asked = {question.row for question in state.questions}
    carried = np.flatnonzero(np.isin(state.status, (Status.RIDING, Status.IN_CARE)))
    assert set(carried.tolist()) <= asked


@lawful
@given(day=unstruck_days, now=nows, when=st.integers(GUN_AT - 3_600_000, GUN_AT + 20_000_000))
def test_a_correction_and_its_contrary_issued_later_leave_no_trace_but_the_words(
    day: Day, now: int, when: int
) -> None:
    sources = [item.fact.of for item in day.items if isinstance(item.fact, Corrected)]
    assume("box-a" not in sources)  # a correction of its own would be overruled
    expected = day.state(now).comparable()
    for offset_ms in (5_000_000, 0):
        day.add(Corrected(seen_at=when, of="box-a", offset_ms=offset_ms, by=f"by {-offset_ms:09}"))
    found = day.state(now).comparable()
    del found["corrections"], expected["corrections"]
    assert found == expected
