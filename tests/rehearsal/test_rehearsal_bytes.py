"""The day as bytes: the same every time, and understood by the readers of the doors."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homestretch.facts import Assigned, Ping, Read, Unreadable
from homestretch.folder.entrants import parse_entrants
from homestretch.folder.event_toml import parse_event
from homestretch.readers import Caller, Context, Heard, Request, owntracks
from homestretch.readers.jchip import JChip
from homestretch.readers.json_door import read_batch
from homestretch.rehearsal.crossings import FINISH_MAT, NEVER
from homestretch.rehearsal.day import SENDERS, Day, day
from homestretch.rehearsal.lines import jchip_clock, jchip_name
from homestretch.rehearsal.plan import RehearsalPlan, plan
from homestretch.rehearsal.sample import sample_reads
from homestretch.rehearsal.schedule import DATE, ZONE
from homestretch.rehearsal.truth import last_finish_at


def fingerprint(seed: int) -> str:
    """The digest of a day and its folder."""
    folder = plan(seed, marathon=150, half=150)
    text = folder.event_toml + folder.course_gpx + folder.entrants_csv
    found = hashlib.sha256(text.encode())
    for message in day(seed, marathon=150, half=150).messages:
        found.update(repr(message).encode())
    return found.hexdigest()


def test_the_same_seed_makes_the_very_same_bytes_and_another_seed_others() -> None:
    once = fingerprint(3)
    assert fingerprint(3) == once
    assert fingerprint(4) != once


def test_another_process_makes_the_same_bytes() -> None:
    code = f"import runpy; print(runpy.run_path({__file__!r})['fingerprint'](3))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == fingerprint(3)


def test_a_part_of_the_messages_is_what_all_of_them_say(small: Day) -> None:
    everything = list(small.messages)
    assert len(everything) == len(small.messages)
    assert small.messages[100:200] == everything[100:200]
    assert small.messages[-1] == everything[-1]
    start, end = everything[300].at_ms, everything[700].at_ms
    expected = [message for message in everything if start <= message.at_ms < end]
    assert small.messages.between(start, end) == expected


def test_a_full_day_takes_less_than_three_seconds() -> None:
    began = time.process_time()
    made = day(2)
    assert len(made.messages) > 300_000
    assert time.process_time() - began < 3.0


def read_fix(body: bytes, device: str, at_ms: int) -> list[Heard]:
    """A fix at the door of OwnTracks."""
    phone = Caller(device, "", ZoneInfo(ZONE), DATE.isoformat(), phones={"sw": "sweep"})
    reply = owntracks.read(Request("POST", {}, {}, body), phone, at_ms)
    assert reply.status == 200
    return reply.heard


def heard_by_the_doors(made: Day) -> list[Heard]:
    """The day through the readers: JChip in crooked chunks over connections that break, JSON in batches, the
    phone's fixes one by one."""
    context = Context(zone=ZoneInfo(ZONE), date=DATE.isoformat())
    connections: dict[str, JChip] = {}
    batches: dict[str, list[dict[str, object]]] = defaultdict(list)
    heard: list[Heard] = []
    for message in made.messages:
        if message.door == "owntracks":
            assert isinstance(message.payload, bytes)
            heard.extend(read_fix(message.payload, message.device, message.at_ms))
        elif isinstance(message.payload, dict):
            batches[message.device].append(message.payload)
        elif message.payload is None:
            connections.pop(message.device, None)
        else:
            if message.device not in connections:
                connections[message.device] = JChip(context)
                greeting = jchip_name(message.device) + jchip_clock(message.at_ms)
                heard.extend(connections[message.device].receive(greeting, message.at_ms))
            for chunk in (message.payload[:7], message.payload[7:]):
                heard.extend(connections[message.device].receive(chunk, message.at_ms))
    roles = {sender.name: sender.role for sender in SENDERS}
    for device, items in batches.items():
        batch = read_batch(msgspec.json.encode({"items": items}), 1, device, roles[device], device)
        assert batch.refused == []
        heard.extend(batch.heard)
    return heard


def test_the_doors_understand_the_day_and_the_rules_of_the_trade_find_the_truth(
    small: Day, small_plan: RehearsalPlan
) -> None:
    heard = heard_by_the_doors(small)
    facts = {item.received.id: item.received.fact for item in heard}.values()
    unreadable = [fact for fact in facts if isinstance(fact, Unreadable)]
    assert len(unreadable) == 3
    event, _ = parse_event(small_plan.event_toml)
    carried = dict(parse_entrants(small_plan.entrants_csv.encode(), event).chips)
    for fact in facts:
        if isinstance(fact, Assigned):
            carried[fact.chip] = fact.bib
    truth = small.truth
    rows = {bib: row for row, bib in enumerate(truth.bibs)}
    assert event is not None
    columns = {device: truth.points.index(p.id) for p in event.points for device in p.devices}
    read_at = np.full_like(truth.read_at, NEVER)
    for fact in facts:
        bib = carried.get(fact.chip) if isinstance(fact, Read) else None
        if not bib or not isinstance(fact, Read) or fact.seen_at < truth.gun_at[rows[bib]]:
            continue
        row, column = rows[bib], columns[fact.place]
        before = read_at[row, column]
        if before == NEVER or (fact.seen_at > before if column == 0 else fact.seen_at < before):
            read_at[row, column] = fact.seen_at
    assert (read_at == truth.read_at).all()
    assert sum(isinstance(fact, Ping) for fact in facts) > 1500


def test_a_devices_clock_is_right(small: Day) -> None:
    reader = JChip(Context(zone=ZoneInfo(ZONE), date=DATE.isoformat()))
    reader.receive(jchip_name("FINISH-1"), 0)
    assert reader.to_send() == b"GT\r"
    at = int(small.truth.gun_at[0])
    (checked,) = reader.receive(jchip_clock(at), at)
    assert json.loads(msgspec.json.encode(checked.received.fact))["offset_ms"] == at % 10
    assert reader.to_send() == b"S0000\r"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**31), size=st.integers(120, 400))
def test_whatever_the_seed_the_day_keeps_its_promises(seed: int, size: int) -> None:
    made = day(seed, marathon=size, half=size)
    truth = made.truth
    assert truth.crossed_at[truth.row_of(truth.last_home), FINISH_MAT] == last_finish_at(truth)
    for outcome in (
        "did not start",
        "bus",
        "care",
        "self",
        "lost",
        "moved up",
        "wrong turn",
        "finished late",
    ):
        assert truth.with_outcome(outcome), outcome
    times = np.where(truth.crossed_at == NEVER, 2**62, truth.crossed_at)
    ran = np.array([outcome != "wrong turn" for outcome in truth.outcome])
    later = times[ran][:, 1:] - times[ran][:, :-1]
    assert (
        later[(truth.crossed_at[ran][:, 1:] != NEVER) & (truth.crossed_at[ran][:, :-1] != NEVER)]
        > 0
    ).all()
    assert ((truth.crossed_at[:, 0] == NEVER) | (truth.crossed_at[:, 0] >= truth.gun_at)).all()
    assert (truth.read_at[truth.crossed_at == NEVER] == NEVER).all()


def test_a_big_sample_has_the_reads_that_it_says_count() -> None:
    sample = sample_reads(3000, 2.9)
    assert abs(len(sample.chip) / (3000 * 14 * 2.9) - 1) < 0.03
    assert (np.diff(sample.received_at) >= 0).all()
    assert 0.05 < (np.diff(sample.seen_at) < 0).mean() < 0.45
    assert len(set(sample.chips)) == 3000
    assert 0.005 < (sample.read_at == NEVER).mean() < 0.015
    first: dict[tuple[int, int], int] = {}
    columns = (sample.chip.tolist(), sample.place.tolist(), sample.seen_at.tolist())
    for chip, place, seen_at in zip(*columns, strict=True):
        best = max if place == 0 else min
        first[chip, place] = best(first.get((chip, place), seen_at), seen_at)
    assert all(sample.read_at[cell] == seen_at for cell, seen_at in first.items())
    assert len(first) == (sample.read_at != NEVER).sum()
