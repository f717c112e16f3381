"""Calls for help: delivered when a person says so, whatever arrives first; and what the phones of a point sent."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from homestretch.facts import HelpCalled, HelpHeard, Received, Sighting, Struck
from homestretch.readers.json_door import read_batch
from homestretch.state.entries import LINES
from homestretch.state.snapshot import NEVER
from homestretch.store.memory import MemoryLog
from tests.state.days import Day, a_day, at

NOON = at("12:00")


def call(day: Day, when: str = "12:00", late_s: float = 0, **more: str) -> HelpHeard:
    """A call for help from the half; the answer that would name it."""
    source, number, digest = day.add(
        HelpCalled(seen_at=at(when), place="half", **more), "phone", late_s=late_s
    )
    return HelpHeard(seen_at=at("12:03"), source=source, number=number, digest=digest, by="key-c")


def test_a_call_is_open_until_somebody_has_heard_it() -> None:
    day = a_day()
    answer = call(day, bib="1")
    (open_call,) = day.state("12:05").state.calls
    assert (open_call.heard_at, open_call.place, open_call.bib) == (NEVER, "half", "1")
    day.add(answer, "control")
    (heard,) = day.state("12:05").state.calls
    assert (heard.heard_at, heard.heard_by) == (at("12:03"), "key-c")


def test_a_call_is_shown_when_it_arrives_although_the_phones_clock_is_ahead() -> None:
    day = a_day()
    call(day, "13:30", late_s=-80 * 60)
    assert [one.called_at for one in day.state("12:15").state.calls] == [at("13:30")]
    assert day.state("12:05").state.calls == ()


def test_a_call_and_its_answer_can_be_taken_back() -> None:
    day = a_day()
    answered = day.add(call(day), "control")
    day.add(
        Struck(
            seen_at=at("12:04"),
            source=answered.source,
            number=answered.number,
            digest=answered.digest,
        )
    )
    assert [one.heard_at for one in day.state("12:05").state.calls] == [NEVER]
    first = day.state("12:05").state.calls[0].id
    day.add(
        Struck(seen_at=at("12:05"), source=first.source, number=first.number, digest=first.digest)
    )
    assert [one.void for one in day.state("12:06").state.calls] == [True]


def test_the_phones_of_one_point_do_not_push_out_what_another_entered() -> None:
    day = a_day()
    for place, count in (("half", 3), ("30k", 3 * LINES)):
        for number in range(count):
            seen = Sighting(seen_at=NOON + number, bib="1", place=place)
            day.add(seen, f"{place}-key/station", (NOON + number) * 1000)
    entered = [one.place for one in day.state("12:30").state.entries]
    assert (entered.count("half"), entered.count("30k")) == (3, LINES)


TAPS = st.lists(
    st.tuples(st.integers(0, 600_000), st.integers(0, 999), st.sampled_from(["7", "12", "3*1"])),
    min_size=1,
    max_size=12,
    unique_by=lambda tap: tap[:2],
)


@given(taps=TAPS, data=st.data())
def test_what_a_phone_kept_is_there_once_however_it_is_sent(
    taps: list[tuple[int, int, str]], data: st.DataObject
) -> None:
    items = [
        {
            "seq": (NOON + after_ms) * 1000 + number,
            "kind": "sighting",
            "device": "station",
            "seen_at": NOON + after_ms,
            "place": "half",
            "bib": bib,
        }
        for after_ms, number, bib in taps
    ]
    some = st.lists(st.sampled_from(items), max_size=8)
    log = MemoryLog()
    for batch in [
        *data.draw(st.lists(some, max_size=4)),
        items,
        *data.draw(st.lists(some, max_size=2)),
    ]:
        body = msgspec.json.encode({"items": batch})
        heard = read_batch(body, NOON + 900_000, "http:station-1", "station", "key-1", "half")
        assert heard.refused == []
        kept: list[Received] = [one.received for one in heard.heard]
        log.append(kept)
    found = [one.fact for one in log.read_since(0).others]
    assert sorted((one.seen_at, one.bib) for one in found if isinstance(one, Sighting)) == sorted(
        (NOON + after_ms, bib) for after_ms, _, bib in taps
    )
