"""Each thing that the made-up day promises is in it."""

from __future__ import annotations

import functools
import json
import statistics
from collections import Counter, defaultdict
from typing import Any

import numpy as np

from homestretch.rehearsal.cast import PARTS
from homestretch.rehearsal.course import MATS, get_line, on_the_line
from homestretch.rehearsal.crossings import FINISH_MAT, NEVER, mats_m
from homestretch.rehearsal.day import Day, day
from homestretch.rehearsal.mats import DEVICES
from homestretch.rehearsal.messages import Message, Messages
from homestretch.rehearsal.officials import PEOPLE
from homestretch.rehearsal.schedule import DATE, RACES, midnight_at, sweep_m, sweep_s
from homestretch.rehearsal.truth import Truth, last_finish_at

SECOND = 1000
MINUTE = 60 * SECOND
MIDNIGHT = midnight_at(DATE)
POINT_OF = {device.name: place for place, mat in enumerate(MATS) for device in mat.devices}


@functools.cache
def by_device(messages: Messages) -> dict[str, list[Message]]:
    """All messages, in order, by who sends them."""
    sent: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        sent[message.device].append(message)
    return sent


def told(made: Day, *kinds: str) -> list[dict[str, Any]]:
    """What people said to the JSON door, of these kinds."""
    people = [sender.name for sender in PEOPLE]
    items = [message.payload for name in people for message in by_device(made.messages)[name]]
    return [item for item in items if isinstance(item, dict) and item["kind"] in kinds]


def fix_of(message: Message) -> dict[str, Any]:
    """What a phone said with the app OwnTracks."""
    assert isinstance(message.payload, bytes)
    return dict(json.loads(message.payload))


def lines(made: Day, device: str) -> list[Message]:
    """What a JChip device sent, without the breaks of its connection."""
    sent = by_device(made.messages)[device]
    return [message for message in sent if message.payload is not None]


def chip_of(line: object) -> str:
    assert isinstance(line, bytes)
    return line[2:8].decode()


def clock_ms(line: object) -> int:
    """Milliseconds after midnight in a JChip line."""
    assert isinstance(line, bytes)
    hours, minutes, seconds = line[9:11], line[12:14], line[15:24]
    return round((int(hours) * 60 + int(minutes)) * MINUTE + float(seconds) * SECOND)


def is_read(message: Message) -> bool:
    return (
        isinstance(message.payload, bytes)
        and message.payload.startswith(b"DA4")
        and message.payload.endswith(b"\r")
    )


def crossed(truth: Truth, bib: str, point: str) -> int:
    return int(truth.crossed_at[truth.row_of(bib), truth.points.index(point)])


def test_two_strangers_meet_after_mile_13_and_finish_together_ahead_of_the_sweep(full: Day) -> None:
    truth = full.truth
    one, other = truth.meeting.bibs
    apart = [
        abs(crossed(truth, one, point) - crossed(truth, other, point)) for point in truth.points
    ]
    since = truth.points.index(truth.meeting.since)
    assert apart[truth.points.index("half")] == 4 * MINUTE
    assert min(apart[:since]) > 3 * MINUTE
    assert max(apart[since:]) < 5 * SECOND
    assert 13 * 1609.344 < truth.meeting.met_m < 25000
    due = MIDNIGHT + 1000 * float(sweep_s(np.array(42195.0)))
    assert 4 * MINUTE < due - crossed(truth, one, "finish") < 6 * MINUTE
    assert not np.isfinite(truth.caught_m[[truth.row_of(bib) for bib in truth.meeting.bibs]]).any()
    rows = {part.key: part for part in PARTS}
    assert rows["mara"].start != rows["jo"].start


def test_the_last_one_comes_home_after_the_sweep_was_due(full: Day, small: Day) -> None:
    for truth in (full.truth, small.truth):
        row = truth.row_of(truth.last_home)
        assert truth.crossed_at[row, FINISH_MAT] == last_finish_at(truth)
        assert np.sort(truth.crossed_at[:, FINISH_MAT])[-2] < last_finish_at(truth) - 45 * SECOND
        assert truth.outcome[row] == "finished late"
        assert np.isfinite(truth.caught_m[row])


def test_nobody_is_caught_but_those_whom_the_sweep_passes(full: Day) -> None:
    truth = full.truth
    for race in RACES:
        metres = mats_m(RACES.index(race))
        due = MIDNIGHT + 1000 * sweep_s(metres if race == "marathon" else on_the_line(metres))
        rows = np.flatnonzero([name == race for name in truth.race])
        behind = (truth.crossed_at[rows] > due + 3 * SECOND) & (truth.crossed_at[rows] != NEVER)
        behind[:, 0] = False
        caught = np.isfinite(truth.caught_m[rows])
        assert not (behind.any(axis=1) & ~caught).any()
    rode = [o == "bus" for o in truth.outcome]
    assert (np.isfinite(truth.caught_m) & rode).any()


def test_the_sweep_cars_phone_tells_its_way_along_the_course_at_the_closing_pace(full: Day) -> None:
    sent = by_device(full.messages)["SWEEP-CAR"]
    fixes = [fix_of(message) for message in sent]
    assert {fix["tid"] for fix in fixes} == {"SW"}
    seen_s = np.array([fix["tst"] - MIDNIGHT / 1000 for fix in fixes])
    assert np.median(np.diff(np.sort(seen_s))) == 15.0
    on_the_way = sweep_m(seen_s)
    rolling = (on_the_way > 0) & (on_the_way < 42195)
    lat, lon = get_line().find_position(np.clip(on_the_way, 0, 42195))
    north_m = (np.array([fix["lat"] for fix in fixes]) - lat) * 111_195
    east_m = (np.array([fix["lon"] for fix in fixes]) - lon) * 111_195 * np.cos(np.radians(40.44))
    off_m = np.hypot(north_m, east_m)[rolling]
    assert off_m.max() < 90
    assert np.median(off_m) > 3
    late = [message.at_ms - 1000 * fix_of(message)["tst"] for message in sent]
    assert max(late) > 5 * MINUTE
    assert {message.door for message in sent} == {"owntracks"}
    assert 0 < fixes[-1]["batt"] < fixes[0]["batt"] <= 100


def test_a_mat_is_silent_for_a_while_and_then_sends_what_it_kept_and_some_of_it_again(
    full: Day,
) -> None:
    quiet = full.truth.silences[0]
    sent = by_device(full.messages)[quiet.device]
    broken = [message for message in sent if message.payload is None]
    assert [message.at_ms for message in broken] == [quiet.from_at]
    assert not [m for m in sent if quiet.from_at < m.at_ms < quiet.until_at]
    after = [m.payload for m in sent if m.at_ms >= quiet.until_at]
    before = [m.payload for m in sent if m.at_ms < quiet.from_at]
    assert len(set(before) & set(after)) == 40
    kept = [p for p in after if quiet.from_at < MIDNIGHT + clock_ms(p) < quiet.until_at]
    assert len(kept) > 500


def test_a_connection_breaks_within_a_line_and_the_device_sends_again(
    full: Day, small: Day
) -> None:
    for made in (full, small):
        quiet = made.truth.silences[1]
        sent = by_device(made.messages)[quiet.device]
        place = next(k for k, message in enumerate(sent) if message.payload is None)
        assert sent[place - 1].payload == b"DA4"
        again = {m.payload for m in sent[:place]} & {m.payload for m in sent[place + 1 :]}
        assert len(again) == 60


def test_buffers_are_sent_twice_with_the_very_same_bytes_and_numbers(full: Day) -> None:
    again = {
        device: len(sent) - len({repr(message.payload) for message in sent})
        for device, sent in by_device(full.messages).items()
    }
    assert {device for device, count in again.items() if count} == {
        *full.truth.sent_again,
        *(quiet.device for quiet in full.truth.silences),
    }
    assert (again["25K"], again["15K"], again["FINISH-2"]) == (120, 45, 200)


def test_lines_come_out_of_order_as_real_files_show(full: Day) -> None:
    for device in ("START-1", "FINISH-1", "10K"):
        seen = np.array([clock_ms(m.payload) for m in lines(full, device) if is_read(m)])
        earlier = float(np.mean(np.diff(seen) < 0))
        assert 0.05 < earlier < 0.45, (device, earlier)


def test_every_message_comes_in_time_order_and_after_what_it_tells(full: Day) -> None:
    assert (np.diff(full.messages.at_ms) >= 0).all()
    for message in full.messages[::97]:
        if isinstance(message.payload, dict):
            assert message.at_ms >= message.payload["seen_at"]
        elif message.door == "owntracks":
            assert message.at_ms > 1000 * fix_of(message)["tst"]
        elif is_read(message):
            assert message.at_ms > MIDNIGHT + clock_ms(message.payload)


def test_mats_miss_as_many_chips_as_real_lines_did(full: Day) -> None:
    truth = full.truth
    chips = [lines_of(full, name) for name in ("START-1", "START-2")]
    started = (truth.crossed_at[:, 0] != NEVER).sum()
    missed = (truth.read_at == NEVER) & (truth.crossed_at != NEVER)
    missed[[truth.row_of(bib) for bib in truth.dead_chips]] = False
    assert abs(1 - len(chips[0]) / started - 0.05) < 0.012
    assert abs(1 - len(chips[1]) / started - 0.008) < 0.005
    assert abs(missed[:, 0].sum() / started - 0.005) < 0.003
    assert missed[:, FINISH_MAT].sum() == 0


def lines_of(made: Day, device: str) -> set[str]:
    """Chips that a start reader saw after 06:49."""
    reads = [m.payload for m in lines(made, device) if is_read(m)]
    return {chip_of(p) for p in reads if clock_ms(p) > (6 * 60 + 49) * MINUTE}


def test_a_chip_gives_six_reads_at_a_line_in_the_median(full: Day) -> None:
    seen: Counter[str] = Counter()
    for device in ("FINISH-1", "FINISH-2"):
        seen.update(chip_of(p) for p in {m.payload for m in lines(full, device) if is_read(m)})
    assert statistics.median(seen.values()) == 6


def test_somebody_stands_on_a_mat(full: Day) -> None:
    standing = full.truth.standing
    seen = Counter(
        chip_of(p) for p in {m.payload for m in lines(full, standing.device) if is_read(m)}
    )
    assert seen.most_common(1)[0][1] >= standing.reads == 674
    assert seen.most_common(2)[1][1] < 40


def test_people_warm_up_on_the_start_mat_before_their_gun(small: Day) -> None:
    truth = small.truth
    assert len(truth.warmed_up) > 5
    before = [
        m for m in lines(small, "START-1") if MIDNIGHT + clock_ms(m.payload) < truth.gun_at.min()
    ]
    assert before


def test_strange_chips_are_read_and_belong_to_nobody(small: Day) -> None:
    assert len(small.truth.strange_chips) > 5
    read = {chip_of(m.payload) for name in ("10K", "START-1", "START-2", "FINISH-1", "FINISH-2", "HALF", "30K", "MILE-25")
            for m in lines(small, name) if isinstance(m.payload, bytes) and m.payload.startswith(b"DA3")}  # fmt: skip
    assert read & small.truth.strange_chips
    assigned = {item["chip"] for item in told(small, "assigned")}
    assert not assigned & small.truth.strange_chips


def test_chips_are_given_out_on_the_day_and_one_is_told_late(small: Day) -> None:
    assigned = told(small, "assigned")
    for chip in small.truth.new_chips:
        assert {"chip": chip.new, "bib": chip.bib}.items() <= next(
            item.items() for item in assigned if item["chip"] == chip.new
        )
        assert next(item for item in assigned if item["chip"] == chip.old)["bib"] == ""
    late = [chip for chip in small.truth.new_chips if chip.told_late]
    assert len(late) == 1
    sent = next(
        m
        for m in by_device(small.messages)["CONTROL"]
        if isinstance(m.payload, dict) and m.payload.get("chip") == late[0].new
    )
    assert sent.at_ms > small.truth.gun_at.max() + 30 * MINUTE


def test_two_who_wear_each_others_chips_are_put_right_later(small: Day) -> None:
    assert len(small.truth.swapped) == 2
    corrected = {
        item["bib"]
        for item in told(small, "assigned")
        if item["seen_at"] > MIDNIGHT + 12 * 60 * MINUTE
    }
    assert corrected == {bib for pair in small.truth.swapped for bib in pair}


def test_whose_chip_died_is_seen_by_a_marshal_at_the_finish(small: Day) -> None:
    for bib in small.truth.dead_chips:
        row = small.truth.row_of(bib)
        finish = small.truth.crossed_at[row, FINISH_MAT]
        assert finish != NEVER
        assert small.truth.read_at[row, FINISH_MAT] == NEVER
        seen = [
            item
            for item in told(small, "sighting")
            if item["bib"] == bib and item["place"] == "finish"
        ]
        assert [item["seen_at"] for item in seen] == [finish]


def test_no_shows_are_read_nowhere(small: Day) -> None:
    absent = [small.truth.row_of(bib) for bib in small.truth.with_outcome("did not start")]
    assert len(absent) == 30
    assert (small.truth.read_at[absent] == NEVER).all()


def test_who_stops_is_said_to_stop_taken_over_and_closed(full: Day) -> None:
    said: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in told(full, "withdrawn", "taken-over"):
        said[item["bib"]].append(item)
    for way in ("bus", "care", "self"):
        stopped = full.truth.with_outcome(way)
        assert stopped
        for bib in stopped:
            taken = [item["taken_by"] for item in said[bib] if item["kind"] == "taken-over"]
            assert taken == ([way] if way == "self" else [way, "home"])
            moments = [item["seen_at"] for item in said[bib]]
            assert moments == sorted(moments)


def test_one_stops_unseen_and_is_found_by_telephone(full: Day) -> None:
    (bib,) = full.truth.with_outcome("lost")
    said = [item for item in told(full, "withdrawn", "taken-over") if item["bib"] == bib]
    assert [item["kind"] for item in said] == ["withdrawn", "taken-over"]
    assert said[1]["taken_by"] == "home"
    assert said[0]["seen_at"] > last_finish_at(full.truth)


def test_one_is_moved_up_by_a_vehicle_and_comes_home_too_early(full: Day) -> None:
    (bib,) = full.truth.with_outcome("moved up")
    taken = [item["taken_by"] for item in told(full, "taken-over") if item["bib"] == bib]
    assert taken == ["vehicle", "road"]
    leg_s = (crossed(full.truth, bib, "35k") - crossed(full.truth, bib, "30k")) / 1000
    usual_s = (crossed(full.truth, bib, "30k") - crossed(full.truth, bib, "25k")) / 1000
    assert leg_s < 0.9 * usual_s


def test_one_half_marathoner_is_read_on_the_marathons_loop(full: Day) -> None:
    (bib,) = full.truth.with_outcome("wrong turn")
    assert full.truth.race[full.truth.row_of(bib)] == "half"
    assert crossed(full.truth, bib, "half") != NEVER
    assert crossed(full.truth, bib, "finish") == NEVER


def test_everybody_who_started_is_accounted_for_at_the_end_of_the_day(
    small: Day, full: Day
) -> None:
    for made in (small, full):
        truth = made.truth
        closed = {
            item["bib"] for item in told(made, "taken-over") if item["taken_by"] in ("home", "self")
        }
        for bib, outcome, times in zip(truth.bibs, truth.outcome, truth.crossed_at, strict=True):
            if outcome != "did not start":
                assert (times[FINISH_MAT] != NEVER) != (bib in closed), (bib, outcome)


def test_wheelchairs_start_first_and_pacers_keep_their_pace(full: Day) -> None:
    truth = full.truth
    chairs = [truth.row_of(bib) for bib in truth.wheelchairs]
    assert truth.gun_at[chairs].max() < np.delete(truth.gun_at, chairs).min() - 5 * MINUTE
    for bib in truth.pacers:
        row = truth.row_of(bib)
        net_min = (truth.crossed_at[row, FINISH_MAT] - truth.crossed_at[row, 0]) / MINUTE
        assert -1.0 < net_min - 15 * round(net_min / 15) < 0.0


def test_friends_run_side_by_side(full: Day) -> None:
    truth = full.truth
    assert len(truth.pairs) > 100
    for one, other in truth.pairs:
        times = truth.crossed_at[[truth.row_of(one), truth.row_of(other)]]
        both = (times != NEVER).all(axis=0)
        assert np.abs(np.diff(times, axis=0))[0, both].max() < 15 * SECOND


def test_the_mats_are_lifted_when_the_sweep_has_passed(full: Day) -> None:
    lifted = {item["place"]: item["seen_at"] for item in told(full, "mat-lifted")}
    assert list(lifted) == [mat.id for mat in MATS]
    for mat in MATS[:-1]:
        due = MIDNIGHT + 1000 * float(sweep_s(np.array(mat.marathon_m)))
        assert 0 < lifted[mat.id] - due < 10 * MINUTE
        assert full.truth.read_at[:, truth_column(mat.id)].max() < lifted[mat.id]
    assert lifted["finish"] > last_finish_at(full.truth)


def truth_column(point: str) -> int:
    return [mat.id for mat in MATS].index(point)


def test_stations_write_down_the_last_ones_and_some_digits_are_hidden(full: Day) -> None:
    seen = told(full, "sighting")
    assert {item["place"] for item in seen} == {"finish", "mile-18", "mile-25"}
    assert any("*" in item["bib"] for item in seen)
    meeting = full.truth.meeting.bibs
    assert set(meeting) & {item["bib"] for item in seen if item["place"] == "mile-25"}


def test_control_stops_the_event_and_runners_keep_finishing() -> None:
    stop_s = 11 * 3600 + 20 * 60
    stopped = day(7, marathon=200, half=300, stop_at_s=stop_s)
    flags = [
        (m.at_ms, m.payload)
        for m in stopped.messages
        if isinstance(m.payload, dict) and m.payload["kind"] == "flag"
    ]
    assert len(flags) == 1
    at_ms, item = flags[0]
    assert at_ms == item["seen_at"] == MIDNIGHT + 1000 * stop_s
    assert item["state"] == "stopped"
    assert item["text"]
    assert (stopped.truth.crossed_at[:, FINISH_MAT] > at_ms).sum() > 20


def test_every_device_of_the_day_sends_something(small: Day) -> None:
    assert {device.name for device in DEVICES} <= {message.device for message in small.messages}
