"""A whole made-up day, as bytes through the readers: the state finds the truth that was hidden from it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.facts import Flag, Received, received
from homestretch.folder.check import Loaded, load
from homestretch.live import Live
from homestretch.loading import enter
from homestretch.readers import Caller, Context, Request, owntracks
from homestretch.readers.jchip import JChip
from homestretch.readers.json_door import read_batch
from homestretch.rehearsal.day import SENDERS, Day, day
from homestretch.rehearsal.lines import jchip_name
from homestretch.rehearsal.plan import plan
from homestretch.rehearsal.schedule import DATE, ZONE
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.snapshot import NEVER, Mark, State, Status
from homestretch.store.memory import MemoryLog, MemoryPeople
from tests.same import list_differences

SIZES = {"marathon": 400, "half": 400}
SEED = 7
MIDNIGHT = int(dt.datetime.combine(DATE, dt.time(), ZoneInfo(ZONE)).timestamp()) * 1000
ENDED_AS = {
    "finished": Status.FINISHED,
    "finished late": Status.FINISHED_LATE,
    "did not start": Status.ENTERED,
    "bus": Status.HOME,
    "care": Status.HOME,
    "self": Status.LEFT,
    "lost": Status.HOME,
    "moved up": Status.HOME,
    "wrong turn": Status.HOME,
}


@cache
def made() -> Day:
    return day(SEED, **SIZES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("event")
    planned = plan(SEED, **SIZES)
    (folder / "event.toml").write_text(planned.event_toml, encoding="utf-8")
    (folder / "course.gpx").write_text(planned.course_gpx, encoding="utf-8")
    (folder / "entrants.csv").write_text(planned.entrants_csv, encoding="utf-8")
    return folder


@cache
def heard() -> tuple[Received, ...]:
    """Everything that the devices and people of the day said, in the order of arrival."""
    context = Context(zone=ZoneInfo(ZONE), date=DATE.isoformat())
    roles = {sender.name: sender.role for sender in SENDERS}
    connections: dict[str, JChip] = {}
    found: list[Received] = []
    for message in made().messages:
        device = message.device
        if message.door == "owntracks":
            assert isinstance(message.payload, bytes)
            phone = Caller(device, "", ZoneInfo(ZONE), DATE.isoformat(), phones={"sw": "sweep"})
            reply = owntracks.read(Request("POST", {}, {}, message.payload), phone, message.at_ms)
            found += [item.received for item in reply.heard]
        elif isinstance(message.payload, dict):
            body = msgspec.json.encode({"items": [message.payload]})
            batch = read_batch(body, message.at_ms, f"http:{device}", roles[device], device)
            assert not batch.refused
            found += [item.received for item in batch.heard]
        elif message.payload is None:
            connections.pop(device, None)
        else:
            if device not in connections:
                connections[device] = JChip(context)
                connections[device].receive(jchip_name(device), message.at_ms)
            said = connections[device].receive(message.payload, message.at_ms)
            found += [item.received for item in said]
    return tuple(found)


@cache
def loaded(folder: Path) -> Loaded:
    return load(folder, {"jchip": "tcp-server"})


def entered(folder: Path) -> MemoryLog:
    """A log with what the folder says, the night before."""
    log, found = MemoryLog(), loaded(folder)
    enter(log, MemoryPeople(), found.plan, found.entrants, MIDNIGHT)
    return log


def folded(log: MemoryLog, now: int) -> State:
    columns = Columns()
    columns.take(log.read_since(0))
    state = Fold(columns).state(now)
    assert state is not None
    return state


def state_at(folder: Path, hours: float) -> State:
    """The state as it was known at a time of the day: from what had arrived by then."""
    now = MIDNIGHT + round(hours * 3_600_000)
    log = entered(folder)
    log.append([item for item in heard() if item.received_at <= now])
    return folded(log, now)


def states_at(folder: Path, hours: Sequence[float]) -> list[State]:
    """The states at moments one after the other, as a server that runs has them: each folds what is new."""
    log, columns, states = entered(folder), Columns(), list[State]()
    fold, before, taken = Fold(columns), 0, 0
    for hour in hours:
        now = MIDNIGHT + round(hour * 3_600_000)
        log.append([item for item in heard() if before < item.received_at <= now])
        before = now
        rows = log.read_since(taken)
        columns.take(rows)
        taken = rows.last_seq
        state = fold.state(now)
        assert state is not None
        states.append(state)
    return states


@pytest.fixture(scope="module")
def end(folder: Path) -> State:
    return state_at(folder, 17.0)


def test_every_split_is_the_read_that_counts(end: State) -> None:
    truth = made().truth
    rows = [end.roster.row_of_bib[bib] for bib in truth.bibs]
    columns = [end.points.ids.index(point) for point in truth.points]
    expected = truth.read_at.copy()
    wrong_turn = truth.row_of(truth.with_outcome("wrong turn")[0])
    race = end.roster.race[rows[wrong_turn]]
    expected[wrong_turn, np.isnan(end.points.distance_m[race, columns])] = NEVER
    assert (end.passed_at[np.ix_(rows, columns)] == expected).all()


def test_every_day_ends_as_it_did(end: State) -> None:
    truth = made().truth
    found = {bib: Status(int(end.status[row])) for bib, row in end.roster.row_of_bib.items()}
    assert found == {
        bib: ENDED_AS[ended] for bib, ended in zip(truth.bibs, truth.outcome, strict=True)
    }
    assert end.over
    for bib in truth.dead_chips:
        row = end.roster.row_of_bib[bib]
        assert end.status[row] == Status.FINISHED
        assert end.marks[row] & Mark.SEEN_BY_A_PERSON


def test_only_the_wrong_turn_is_still_a_question_in_the_end(end: State) -> None:
    (asked,) = end.questions
    assert asked.kind == "read on another course"
    assert [end.roster.bibs[asked.row]] == made().truth.with_outcome("wrong turn")


def test_who_went_astray_unseen_is_found_and_hardly_anybody_else_is_asked_for(
    folder: Path,
) -> None:
    truth = made().truth
    lost = set(truth.with_outcome("lost"))
    asked_for: dict[str, int] = defaultdict(int)
    for state in states_at(folder, [half_hour / 2 for half_hour in range(15, 32)]):
        for row in np.flatnonzero(state.marks & Mark.OVERDUE):
            asked_for[state.roster.bibs[row]] += 1
    assert lost <= asked_for.keys()
    assert all(asked_for[bib] >= 4 for bib in lost)
    assert len(asked_for) <= 4


def test_a_mat_that_went_silent_is_shown_as_silent_and_no_other(folder: Path) -> None:
    quiet = made().truth.silences[0]
    minutes = (-5, 0, 15, 25, 30)
    from_hour = (quiet.from_at - MIDNIGHT) / 3_600_000
    states = states_at(folder, [from_hour + minute / 60 for minute in minutes])
    silent = dict(zip(minutes, states, strict=True))
    shown = {
        minute: [state.points.ids[k] for k in np.flatnonzero(state.points.silent)]
        for minute, state in silent.items()
    }
    assert shown == {-5: [], 0: [], 15: ["30k"], 25: ["30k"], 30: []}


def test_the_last_one_home_was_the_lantern(folder: Path) -> None:
    truth = made().truth
    row = truth.row_of(truth.last_home)
    finish_at = int(truth.crossed_at[row, -1])
    state = state_at(folder, (finish_at - 60_000 - MIDNIGHT) / 3_600_000)
    assert state.roster.bibs[state.lantern] == truth.last_home


@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_the_picture_of_a_day_that_came_in_small_batches_is_that_of_a_restart_at_each_moment(
    folder: Path, data: st.DataObject
) -> None:
    """The live path folds as facts arrive and keeps what changes rarely; a restart folds the whole log at
    once. Both have the same state to the last array, wherever the batches end and whenever one looks. One
    flag comes from a phone that is five minutes ahead: it holds only when its moment has come."""
    facts, log, moment = list(heard()), entered(folder), [MIDNIGHT]
    places = st.integers(1, len(facts) - 1)
    singly = data.draw(places)
    at = facts[singly].received_at
    facts.insert(singly, received(Flag(seen_at=at + 300_000, state="hold"), "phone", at))
    cuts = {*data.draw(st.sets(places, min_size=10, max_size=25)), *range(singly, singly + 8)}
    ends = sorted(cut for cut in {*cuts, len(facts)} if cut <= len(facts))
    looks = {*data.draw(st.sets(st.sampled_from(ends), max_size=4)), len(facts)}
    live = Live(log, MemoryPeople(), lambda: moment[0], lambda _picture: None)
    done = 0
    for until in ends:
        log.append(facts[done:until])
        moment[0] = max(moment[0], *(fact.received_at for fact in facts[done:until]))
        live.refresh()
        done = until
        if until in looks or at + 300_000 <= moment[0] < at + 1_200_000:
            assert live.picture is not None
            assert list_differences(live.picture.state, folded(log, moment[0])) == []
