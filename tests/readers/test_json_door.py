"""The JSON door: who may say what, numbers, times, texts, and JSON that means no good."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.errors import FactError
from homestretch.facts import (
    CHANGES,
    Assigned,
    Corrected,
    Flag,
    Read,
    Struck,
    TakenOver,
    Unreadable,
    Withdrawn,
)
from homestretch.race.privacy import Role
from homestretch.readers.json_door import KINDS_OF_ROLE, LONGEST_TEXT, Batch, read_batch
from homestretch.readers.json_fields import FIELDS, say_wrong
from homestretch.store.memory import MemoryLog

AT = 1_777_808_500_000
SEEN = "2026-05-03T07:00:01.123-04:00"
SEEN_AT = 1_777_806_001_123

ITEMS: dict[str, dict[str, Any]] = {
    "read": {"chip": "413A35", "place": "5K"},
    "ping": {
        "vehicle": "sweep",
        "lat": 40.44,
        "lon": -79.99,
        "accuracy_m": 8,
        "speed_m_per_s": 1.7,
    },
    "sighting": {"bib": "12", "place": "mile-25"},
    "assigned": {"chip": "413A35", "bib": "12"},
    "collected": {"bib": "12"},
    "clock-checked": {"offset_ms": 250},
    "device-status": {"battery": 0.5, "errors": ["antenna 2"]},
    "marker": {"place": "start", "label": "gun"},
    "unreadable": {"reason": "neither a read nor a command", "text": "%%"},
    "corrected": {"of": "jchip:FINISH-1", "offset_ms": -1500},
    "flag": {"state": "stopped", "races": ["marathon"], "from_m": 30000},
    "gun": {"race": "marathon", "wave": "A"},
    "held": {"entrant": "e12", "text": "as the family asked"},
    "help-called": {"place": "mile-25"},
    "help-heard": {"source": "http:station-1/station", "number": 5, "digest": -77},
    "hidden": {"entrant": "e12"},
    "mat-lifted": {"place": "10k"},
    "moved": {"bib": "12", "race": "marathon"},
    "photo-answered": {"photo": "ab12", "bib": "12", "answer": "not-there"},
    "photo-locked": {"photo": "ab12"},
    "photo-placed": {"photo": "ab12", "place": "10k"},
    "photo-taken-down": {"photo": "ab12"},
    "road-opened": {"from_place": "10k", "to_place": "half"},
    "ruled": {"bib": "12", "verdict": "dnf"},
    "story-asked": {"story": "met-1f0c9a77e2", "entrant": "e12", "channel": "qr"},
    "story-pictured": {"story": "met-1f0c9a77e2", "photo": "ab12"},
    "story-published": {"story": "met-1f0c9a77e2"},
    "story-withdrawn": {"story": "met-1f0c9a77e2"},
    "story-written": {
        "story": "met-1f0c9a77e2",
        "part": "quote",
        "text": "Ada Amberlow\nIt was a long day.",
    },
    "struck": {"source": "http:control", "number": 5, "digest": -77},
    "takedown-asked": {"story": "met-1f0c9a77e2", "text": "that is not me"},
    "taken-over": {"bib": "12", "taken_by": "bus", "keeper": "BUS 1"},
    "withdrawn": {"bib": "12", "place": "half"},
    "declared": {"race": "marathon"},
    "podium-cleared": {"category": "marathon/f/40-44"},
    "results-posted": {"category": "marathon"},
    "protested": {"bib": "12"},
    "protest-decided": {
        "source": "http:desk",
        "number": 5,
        "digest": -77,
        "decision": "dismissed",
    },
    "place-shared": {"bibs": ["12", "13"]},
}


def said(kind: str, seq: Any = 1, **more: Any) -> dict[str, Any]:
    return {"seq": seq, "kind": kind, "seen_at": SEEN, **ITEMS[kind], **more}


def batch(*items: Any, role: Role = "control", source: str = "http:desk") -> Batch:
    body = json.dumps({"items": list(items)}).encode()
    return read_batch(body, AT, source, role, "desk")


def one(item: dict[str, Any], role: Role = "control") -> Any:
    """The fact of one item that is not refused."""
    found = batch(item, role=role)
    assert found.refused == []
    return found.heard[0].received.fact


def refusal(item: Any, role: Role = "control") -> str:
    """Why an item is refused; it is kept, with a reason that has no words of the sender in it."""
    found = batch(item, role=role)
    (refused,), (heard,) = found.refused, found.heard
    assert isinstance(heard.received.fact, Unreadable)
    assert heard.received.fact.text_ref
    assert heard.text
    assert len(heard.received.fact.reason) < 100
    assert refused.reason.startswith(heard.received.fact.reason)
    assert len(refused.reason) < 400
    return refused.reason


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("kind", ITEMS)
def test_a_key_may_say_what_its_role_may_say_and_nothing_else(role: Role, kind: str) -> None:
    own = {"source": "http:desk"} if kind == "struck" else {}  # most take back only their own words
    if kind in KINDS_OF_ROLE[role]:
        assert one(said(kind, **own), role).__struct_config__.tag == kind
    else:
        assert refusal(said(kind), role) == f"A key for {role} may not say {kind!r}."


def test_each_role_says_what_its_work_needs() -> None:
    of_devices = {"clock-checked", "device-status", "marker", "unreadable"}
    assert KINDS_OF_ROLE["device"] == {"read", "ping"} | of_devices
    at_a_point = {"help-called", "sighting", "struck", "taken-over", "withdrawn"}
    assert KINDS_OF_ROLE["station"] == at_a_point
    of_the_director = {
        "declared", "place-shared", "podium-cleared", "protest-decided", "results-posted",
    }  # fmt: skip
    assert KINDS_OF_ROLE["director"] == set(ITEMS) - of_devices - {"help-heard"}
    assert KINDS_OF_ROLE["control"] == set(ITEMS) - of_devices - of_the_director
    assert KINDS_OF_ROLE["medical"] == at_a_point | {"held", "help-heard"}
    stories = {kind for kind in ITEMS if kind.startswith("story-")} | {"held", "takedown-asked"}
    assert KINDS_OF_ROLE["desk"] == {"collected", "struck"} | stories
    others: tuple[Role, ...] = ("public", "announcer", "photographer", "runner")
    assert not any(KINDS_OF_ROLE[role] for role in others)


@pytest.mark.parametrize(
    "kind",
    [
        "delivered",
        "details-changed",
        "ask-sent",
        "entered",
        "photo-claimed",
        "plan-loaded",
        "x",
        "",
    ],
)
def test_what_only_the_server_says_is_not_taken(kind: str) -> None:
    assert "not one that this door takes" in refusal({"seq": 1, "kind": kind, "seen_at": SEEN})


@pytest.mark.parametrize("kind", [None, 5, [], {}, True, ["read"], "READ"])
def test_a_kind_of_another_type_is_refused(kind: Any) -> None:
    assert "not one that this door takes" in refusal(said("read") | {"kind": kind})


def test_a_fact_is_signed_by_the_key_whatever_the_sender_writes() -> None:
    assert one(said("ruled", by="the director")).by == "desk"
    assert one(said("taken-over")).by == "desk"


def test_a_read_is_kept_in_its_normal_form_under_its_own_number() -> None:
    found = batch(said("read", 17, chip=" 00413a35 ", place=" 5K "), role="device")
    (heard,) = found.heard
    assert heard.received.fact == Read(seen_at=SEEN_AT, chip="413A35", place="5K")
    assert (heard.received.source, heard.received.number) == ("http:desk", 17)
    assert heard.received.received_at == AT
    assert one(said("assigned", chip="00ab")).chip == "AB"


@pytest.mark.parametrize("seq", [None, -1, 1.5, 1.0, "17", True, [], 2**62, 10**30, -(10**30)])
def test_an_item_without_a_whole_number_of_its_own_is_refused(seq: Any) -> None:
    assert "own number: seq" in refusal(said("read", seq))
    item = said("read")
    del item["seq"]
    assert "own number: seq" in refusal(item)


@pytest.mark.parametrize("seq", [0, 1, 2**62 - 1])
def test_the_largest_and_the_smallest_number_are_taken(seq: int) -> None:
    assert batch(said("read", seq)).heard[0].received.number == seq


@pytest.mark.parametrize(
    "written",
    [
        SEEN,
        SEEN_AT,
        SEEN_AT + 0.75,
        "2026-05-03T11:00:01.123Z",
        "2026-05-03T11:00:01.123456Z",
        "2026-05-03T11:00:01,123+00:00",
        "20260503T110001.123Z",
        "2026-05-03 16:30:01.123+05:30",
    ],
)
def test_a_time_is_the_same_in_all_its_forms(written: Any) -> None:
    assert one(said("read", seen_at=written)).seen_at == SEEN_AT


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (None, "missing"),
        ("", "cannot be read"),
        ("noon", "cannot be read"),
        ("2026-02-30T07:00:00Z", "cannot be read"),
        ("07:00:00", "cannot be read"),
        ("2026-05-03T07:00:00", "no offset"),
        ("2026-05-03", "no offset"),
        (1.5, "in seconds"),
        (SEEN_AT // 1000, "in seconds"),
        (True, "missing"),
        ([], "missing"),
        (0, "between 1970 and 2100"),
        (-5, "between 1970 and 2100"),
        (10**15, "between 1970 and 2100"),
        (10**30, "between 1970 and 2100"),
        ("0001-01-01T00:00:00+14:00", "between 1970 and 2100"),
        ("9999-12-31T23:59:59-14:00", "between 1970 and 2100"),
        ("x" * 100_000, "cannot be read"),
    ],
)
def test_a_time_that_is_none_is_refused(written: Any, reason: str) -> None:
    assert reason in refusal(said("read", seen_at=written))


def test_all_times_of_a_fact_may_be_written_in_words() -> None:
    fact = one(said("assigned", since_at=SEEN))
    assert isinstance(fact, Assigned)
    assert fact.since_at == SEEN_AT
    corrected = one(said("corrected", from_at=SEEN, until_at=SEEN_AT + 5))
    assert isinstance(corrected, Corrected)
    assert (corrected.from_at, corrected.until_at) == (SEEN_AT, SEEN_AT + 5)
    assert one(said("assigned", since_at=None)).since_at is None
    assert "no offset" in refusal(said("assigned", since_at="2026-05-03T07:00:00"))


def test_a_text_goes_with_the_fact_and_is_not_in_it() -> None:
    found = batch(said("withdrawn", text="Cramps since mile 18."))
    (heard,) = found.heard
    assert heard.text == b"Cramps since mile 18."
    fact = heard.received.fact
    assert isinstance(fact, Withdrawn)
    assert fact.text_ref is not None
    assert "Cramps" not in repr(fact)


def test_a_text_has_the_same_reference_whenever_it_is_sent_and_another_for_another_fact() -> None:
    def ref(item: dict[str, Any], source: str = "http:desk") -> str:
        fact = batch(item, source=source).heard[0].received.fact
        assert isinstance(fact, Withdrawn | TakenOver)
        assert fact.text_ref is not None
        return fact.text_ref

    first = ref(said("withdrawn", text="Cramps."))
    assert ref(said("withdrawn", text="Cramps.")) == first
    assert ref(dict(reversed(said("withdrawn", text="Cramps.").items()))) == first
    others = [
        ref(said("withdrawn", 2, text="Cramps.")),
        ref(said("withdrawn", bib="13", text="Cramps.")),
        ref(said("taken-over", text="Cramps.")),
        ref(said("withdrawn", text="Cramps."), "http:other"),
    ]
    assert len({first, *others}) == 5


def test_a_reference_of_the_sender_counts_for_nothing() -> None:
    item = said("withdrawn", text_ref="text-of-somebody-else")
    assert one(item).text_ref is None


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_lines_of_a_text_end_as_lines_end_whoever_wrote_it(end: str) -> None:
    text = f"The race is stopped.{end}Walk to the nearest shelter."
    (heard,) = batch(said("flag", text=text)).heard
    assert heard.text == b"The race is stopped.\nWalk to the nearest shelter."


@pytest.mark.parametrize("text", ["", None])
def test_no_text_is_no_text(text: str | None) -> None:
    (heard,) = batch(said("withdrawn", text=text)).heard
    assert heard.text is None
    assert heard.received.fact.text_ref is None  # type: ignore[union-attr]  # it is a withdrawal


def test_a_text_has_an_end() -> None:
    (heard,) = batch(said("withdrawn", text="ü" * LONGEST_TEXT)).heard
    assert heard.text == ("ü" * LONGEST_TEXT).encode()
    for text in ("x" * (LONGEST_TEXT + 1), 5, ["x"], {"x": 1}):
        assert "at most 2000 characters" in refusal(said("withdrawn", text=text))


def test_a_kind_without_a_text_takes_none() -> None:
    for kind in ("read", "ping", "collected", "hidden"):
        assert "does not have 'text'" in refusal(said(kind, text="hello"))


def test_a_misspelt_field_is_refused_and_not_forgotten() -> None:
    assert "does not have 'sinceat'" in refusal(said("assigned", sinceat=SEEN))
    assert "does not have" in refusal(said("read", **{"x" * 5000: 1}))


@pytest.mark.parametrize("kind", ITEMS)
def test_a_missing_or_wrong_field_is_refused(kind: str) -> None:
    roles: tuple[Role, ...] = ("director", "control", "device")
    role = next(role for role in roles if kind in KINDS_OF_ROLE[role])
    optional = {
        "accuracy_m",
        "speed_m_per_s",
        "races",
        "from_m",
        "keeper",
        "battery",
        "errors",
        "label",
    }
    for name in ITEMS[kind].keys() - optional - {"text"}:
        without = {key: value for key, value in said(kind).items() if key != name}
        if (kind, name) != ("withdrawn", "place"):
            assert refusal(without, role).startswith("A field is missing or wrong.")
        wrong = said(kind, **{name: [[]]})
        assert refusal(wrong, role).startswith("A field is missing or wrong.")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("read", "chip"),
        ("read", "place"),
        ("sighting", "bib"),
        ("assigned", "chip"),
        ("taken-over", "bib"),
        ("ruled", "bib"),
        ("withdrawn", "bib"),
        ("gun", "race"),
        ("mat-lifted", "place"),
        ("road-opened", "from_place"),
        ("road-opened", "to_place"),
        ("photo-answered", "photo"),
        ("photo-answered", "bib"),
        ("photo-locked", "photo"),
        ("photo-placed", "photo"),
        ("photo-placed", "place"),
        ("photo-taken-down", "photo"),
        ("corrected", "of"),
        ("ping", "vehicle"),
        ("protested", "bib"),
    ],
)
def test_an_empty_word_is_refused_where_it_is_needed(kind: str, name: str) -> None:
    for word in ("", "  "):
        assert refusal(said(kind, **{name: word})) == f"A word is missing. {name} is empty."
    assert one(said("assigned", bib="")).bib == ""


@pytest.mark.parametrize("word", ["A\x00B", "A\nB", "\x7f", "\x9b31m", "x" * 201])
def test_a_word_that_not_every_store_can_keep_is_refused(word: str) -> None:
    assert "control characters" in refusal(said("read", chip=word))
    assert "control characters" in refusal(said("flag", races=["marathon", word]))


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("ping", {"lat": 90.1}),
        ("ping", {"lon": -180.5}),
        ("ping", {"lat": 1e300}),
        ("ping", {"accuracy_m": -1}),
        ("ping", {"speed_m_per_s": 1e12}),
        ("corrected", {"offset_ms": 10**14}),
        ("struck", {"number": 2**63}),
        ("struck", {"digest": -(2**64)}),
        ("flag", {"from_m": -1}),
        ("flag", {"from_m": 1e300}),
    ],
)
def test_a_number_that_cannot_be_is_refused(kind: str, more: dict[str, Any]) -> None:
    assert refusal(said(kind, **more)) == "A number is out of its range."


def test_the_largest_numbers_that_can_be_are_taken() -> None:
    assert isinstance(one(said("struck", number=2**63 - 1, digest=-(2**63) + 1)), Struck)
    assert isinstance(one(said("flag", from_m=0)), Flag)


@pytest.mark.parametrize("state", CHANGES)
def test_a_change_of_the_course_is_refused_without_its_place(state: str) -> None:
    item = {key: value for key, value in said("flag", state=state).items() if key != "from_m"}
    assert refusal(item) == (
        "A change of the course needs its place: whoever has passed it ran as planned. "
        "from_m is where it begins, in metres from the start."
    )
    assert one(item | {"from_m": 32_000}).from_m == 32_000


def test_one_bad_item_does_not_spoil_the_others() -> None:
    found = batch(said("read", 1), {"seq": 2}, 7, None, "x", [], said("read", 3))
    assert [refused.seq for refused in found.refused] == [2, None, None, None, None]
    kinds = [type(heard.received.fact).__name__ for heard in found.heard]
    assert kinds == ["Read", *["Unreadable"] * 5, "Read"]


GOOD = json.dumps(said("read", 1)).encode()


@pytest.mark.parametrize(
    "bad",
    [
        b'{"seq": 2, "kind": "read", "chip": "\\ud800", "place": "5K"}',
        b'{"seq": 2, "kind": "read", "chip": "\xff\xfe", "place": "5K"}',
        b'{"seq": NaN}',
        b'{"seq": 1e999}',
        b'{"seq": ' + b"9" * 4000 + b"}",
        b'{"seq": -Infinity}',
        b'{"seq": 2, "kind": "ping", "seen_at": 1777806001123, "lat": 1e400, "lon": 0, "vehicle": "s"}',
    ],
)
def test_an_item_that_nobody_can_read_does_not_spoil_the_others(bad: bytes) -> None:
    found = read_batch(
        b'{"items": [' + GOOD + b"," + bad + b"]}", AT, "http:desk", "control", "desk"
    )
    assert [type(heard.received.fact) for heard in found.heard] == [Read, Unreadable]
    assert len(found.refused) == 1
    msgspec.json.encode(found.refused)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b"{",
        b"{}",
        b'{"items": {}}',
        b'{"items": "abc"}',
        b'{"items": null}',
        b'{"items": [], "more": 1}',
        b'{"items": [' + GOOD,
        b"[" * 100_000,
        b'{"items": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
        b"\xff\xfe{}",
        b"\x00",
        b'{"items": [NaN, ' + b"[" * 100_000,
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole_with_a_hint(body: bytes) -> None:
    with pytest.raises(FactError) as raised:
        read_batch(body, AT, "http:desk", "control", "desk")
    assert "items" in raised.value.hint


def test_an_empty_batch_says_nothing() -> None:
    assert batch() == Batch([], [])


def test_of_a_field_that_stands_twice_the_last_counts() -> None:
    body = b'{"items": [' + GOOD[:-1] + b', "chip": "B", "chip": "C"}]}'
    (heard,) = read_batch(body, AT, "http:desk", "control", "desk").heard
    assert isinstance(heard.received.fact, Read)
    assert heard.received.fact.chip == "C"


def test_a_batch_that_is_sent_again_changes_nothing() -> None:
    items = [
        said(kind, number, text="x") if "text" in kind else said(kind, number)
        for number, kind in enumerate(ITEMS)
    ]
    log = MemoryLog()
    for _ in range(2):
        appended = log.append([heard.received for heard in batch(*items, {"seq": 99}).heard])
    assert (appended.new, appended.known) == (0, len(items) + 1)


def test_one_number_for_two_records_loses_neither() -> None:
    log = MemoryLog()
    found = batch(said("read", 1), said("read", 1, chip="B"), said("read", 1, seen_at=SEEN_AT + 1))
    assert log.append([heard.received for heard in found.heard]).new == 3


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(data=st.data(), role=st.sampled_from(get_args(Role)))
def test_no_item_makes_an_exception_and_every_one_is_kept(data: st.DataObject, role: Role) -> None:
    kind = data.draw(st.sampled_from(list(ITEMS)))
    item = said(kind)
    for name in data.draw(st.lists(st.sampled_from([*item, "text", "since_at", "x"]), max_size=3)):
        item[name] = data.draw(junk)
    found = batch(item, data.draw(junk), role=role)
    assert len(found.heard) == 2
    unread = sum(isinstance(heard.received.fact, Unreadable) for heard in found.heard)
    assert len(found.refused) <= unread  # a station passes on what it could not read either
    assert kind == "unreadable" or len(found.refused) == unread
    msgspec.json.encode(found.refused)
    appended = MemoryLog().append([heard.received for heard in found.heard])
    assert appended.new == 2


@given(body=st.binary(max_size=300))
def test_no_bytes_make_any_other_exception(body: bytes) -> None:
    with contextlib.suppress(FactError):
        read_batch(body, AT, "http:desk", "control", "desk")


@given(
    seconds=st.integers(100_000, 4_102_300_000),
    micros=st.integers(0, 999_999),
    offset_min=st.integers(-14 * 60, 14 * 60),
)
def test_any_moment_is_read_to_the_millisecond(seconds: int, micros: int, offset_min: int) -> None:
    zone = dt.timezone(dt.timedelta(minutes=offset_min))
    moment = dt.datetime.fromtimestamp(seconds, zone).replace(microsecond=micros)
    read = one(said("read", seen_at=moment.isoformat()))
    assert read.seen_at == seconds * 1000 + micros // 1000


def test_only_the_director_rules_on_a_finish_after_the_stop() -> None:
    item = {"seq": 1, "kind": "ruled", "seen_at": AT, "bib": "*", "verdict": "count-after-stop"}
    assert "director's ruling" in refusal(item, "control")
    assert one(item, "director").verdict == "count-after-stop"


@pytest.mark.parametrize("kind", ["sighting", "withdrawn"])
def test_a_stations_key_speaks_for_its_own_place_alone(kind: str) -> None:
    items = [
        {"seq": n, "kind": kind, "seen_at": AT, "bib": "7", "place": place}
        for n, place in enumerate(("Mile 25", "mile-25", "5k"))
    ]
    body = msgspec.json.encode({"items": items})
    found = read_batch(body, AT, "http:desk", "station", "desk", "mile-25")
    assert [item.seq for item in found.refused] == [2]
    assert "its own place" in found.refused[0].reason


def test_a_station_passes_on_the_words_of_several_devices_each_under_its_own_name() -> None:
    items = [
        said("read", 5, device="jchip:10K-1"),
        said("read", 5, device="jchip:10K-2"),
        said("device-status", 7, device="jchip:10K-1"),
        said("read", 5),
    ]
    found = batch(*items, role="device", source="http:hill")
    assert found.refused == []
    sources = [heard.received.source for heard in found.heard]
    assert sources == [
        "http:hill/jchip:10K-1",
        "http:hill/jchip:10K-2",
        "http:hill/jchip:10K-1",
        "http:hill",
    ]
    assert found.heard[2].received.fact.of == "http:hill/jchip:10K-1"  # type: ignore[union-attr]  # a status


def test_a_device_speaks_for_no_other() -> None:
    item = said("clock-checked", of="jchip:FINISH-1")
    assert one(item, "device").of == "http:desk"


@pytest.mark.parametrize("name", ["", "  ", 7, {}, "a\x00b"])
def test_a_device_without_a_name_is_refused(name: Any) -> None:
    assert refusal(said("read", device=name), "device")


@pytest.mark.parametrize(
    ("item", "hint"),
    [
        ({"seq": 1, "kind": "flg", "seen_at": SEEN}, "Did you mean 'flag'?"),
        ({"seq": 1, "kind": "dance", "seen_at": SEEN}, "The kinds are assigned, collected, "),
        (said("flag", state="stopd"), "one of open, delayed, hold, stopped, "),
        (said("flag", state="stopd"), "Did you mean 'stopped'?"),
        (said("assigned", chip=5), "chip is 5, but must be a text in quotes."),
        (said("ping", lat="40"), "lat is '40', but must be a number without quotes."),
        (said("flag", races="half"), "must be a list of texts."),
        (said("ruled", verdct="dnf"), "Did you mean 'verdict'? Its fields are bib, verdict, text."),
    ],
)
def test_a_refusal_says_in_words_what_is_wanted(item: dict[str, Any], hint: str) -> None:
    assert hint in refusal(item)


def test_the_kinds_that_are_listed_are_those_of_the_key() -> None:
    assert "The kinds are help-called, sighting, struck, taken-over, withdrawn." in refusal(
        said("ruled") | {"kind": "dance"}, "station"
    )


@pytest.mark.parametrize("written", ["DNF", " Dnf ", "dnf"])
def test_a_verdict_may_be_written_in_capitals(written: str) -> None:
    assert one(said("ruled", verdict=written)).verdict == "dnf"
    assert one(said("ruled", verdict="Count after_stop"), "director").verdict == "count-after-stop"


@pytest.mark.parametrize("kind", FIELDS)
def test_a_refusal_of_any_field_of_any_kind_is_short(kind: str) -> None:
    whole: dict[str, Any] = {"of": "http:desk", **ITEMS.get(kind, {})}
    for name, field in FIELDS[kind].items():
        for value in ({"x": 1}, "y" * 190, 7, [["z"]], True, None):
            assert len(say_wrong(kind, {**whole, name: value}, "otherwise")) < 300
        if field.needed and kind in ITEMS:
            without = {other: word for other, word in whole.items() if other != name}
            assert say_wrong(kind, without, "").startswith(f"{name} is missing")


@pytest.mark.parametrize("bibs", [[], ["12"], ["12", " 12 "], ["12", "012"]])
def test_a_place_is_shared_by_two_people(bibs: list[str]) -> None:
    assert "shared by two or more" in refusal(said("place-shared", bibs=bibs), "director")
