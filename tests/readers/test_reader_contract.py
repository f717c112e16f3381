"""One contract for every reader that is found: any chunks, any bytes, any number of times."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.facts import Unreadable
from homestretch.intake.files import read_file, recognise
from homestretch.readers import Context, Heard, ReaderKind, list_readers

SAMPLES = Path(__file__).parent / "samples"
CONTEXT = Context(zone=ZoneInfo("America/New_York"), date="2026-05-03")
AT = 1_777_808_500_000
KINDS = list(list_readers().values())


def sample_of(kind: ReaderKind) -> bytes:
    (path,) = SAMPLES.glob(f"{kind.name}.*")
    return path.read_bytes()


def end_of(kind: ReaderKind) -> bytes:
    """What ends a message of this protocol: the byte that its sample ends with."""
    return sample_of(kind)[-1:]


def context_of(kind: ReaderKind) -> Context:
    """Whom we call has an address."""
    called = kind.transport == "tcp-client"
    return msgspec.structs.replace(CONTEXT, peer=f"192.168.1.20:{kind.port}" if called else "")


def facts(kind: ReaderKind, *chunks: bytes) -> list[Heard]:
    reader = kind.make(context_of(kind))
    return [heard for chunk in chunks for heard in reader.receive(chunk, AT)]


def talk(kind: ReaderKind, *chunks: bytes) -> tuple[list[Heard], bytes]:
    """Facts, and everything that the reader had to say."""
    reader = kind.make(context_of(kind))
    heard: list[Heard] = []
    said = reader.to_send()
    for chunk in chunks:
        heard += reader.receive(chunk, AT)
        said += reader.to_send()
    return heard, said


def cut(content: bytes, places: list[int]) -> list[bytes]:
    at = sorted({min(place, len(content)) for place in places})
    return [content[first:last] for first, last in zip([0, *at], [*at, len(content)], strict=True)]


@st.composite
def disturbed(draw: st.DrawFn, kind: ReaderKind) -> bytes:
    """A sample with bytes changed, left out, put in, or parts of it twice."""
    content, end = sample_of(kind), end_of(kind)
    for _ in range(draw(st.integers(0, 6))):
        first = draw(st.integers(0, len(content)))
        last = min(len(content), first + draw(st.integers(0, 40)))
        part = draw(
            st.sampled_from(
                (b"", content[first:last] * 2, end, b"\r", b"\x00\xff", b"date=", b"9" * 1500)
            )
        )
        part = draw(st.one_of(st.just(part), st.binary(max_size=8)))
        content = content[:first] + part + content[last:]
    return content


def test_there_is_a_reader_and_a_sample_for_each() -> None:
    assert {kind.name for kind in KINDS} >= {"jchip"}
    for kind in KINDS:
        assert len(facts(kind, sample_of(kind))) > 5
    assert {path.stem for path in SAMPLES.iterdir()} == {kind.name for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(data=st.data())
def test_any_chunks_make_the_same_facts_and_the_same_answers(
    kind: ReaderKind, data: st.DataObject
) -> None:
    content = data.draw(disturbed(kind))
    places = data.draw(st.lists(st.integers(0, len(content)), max_size=12))
    assert talk(kind, *cut(content, places)) == talk(kind, content)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_byte_by_byte_makes_the_same_facts(kind: ReaderKind) -> None:
    content = sample_of(kind) + b"x" * 5000 + sample_of(kind)
    single = [content[k : k + 1] for k in range(len(content))]
    assert talk(kind, *single) == talk(kind, content)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(content=st.binary(max_size=3000))
def test_no_bytes_make_an_exception(kind: ReaderKind, content: bytes) -> None:
    for heard in facts(kind, content):
        assert heard.received.fact is not None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(data=st.data())
def test_a_disturbed_stream_makes_facts_that_any_log_can_hold(
    kind: ReaderKind, data: st.DataObject
) -> None:
    for heard in facts(kind, data.draw(disturbed(kind))):
        item = heard.received
        assert -(2**63) <= item.number < 2**63
        assert 0 <= item.fact.seen_at < 4_102_444_800_000
        text = f"{item.source}{item.fact!r}"
        assert "\x00" not in text
        text.encode()
        assert isinstance(item.id.digest, int)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(garbage=st.binary(min_size=1, max_size=200))
def test_garbage_becomes_unreadable_with_a_reason_and_the_stream_goes_on(
    kind: ReaderKind, garbage: bytes
) -> None:
    content, end = sample_of(kind), end_of(kind)
    clean = facts(kind, content, end, content)
    stirred = facts(kind, content, end, garbage, end * 2, content)
    for heard in stirred:
        if isinstance(heard.received.fact, Unreadable):
            assert heard.received.fact.reason
            assert heard.received.fact.text_ref
            assert heard.text
    stirred_ids = {heard.received.id for heard in stirred}
    assert {heard.received.id for heard in clean} <= stirred_ids


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(data=st.data())
def test_the_same_bytes_twice_make_the_same_facts(kind: ReaderKind, data: st.DataObject) -> None:
    content = data.draw(disturbed(kind)) + end_of(kind)
    once = [heard.received.id for heard in facts(kind, content)]
    again = [heard.received.id for heard in facts(kind, content)]
    assert once == again
    resent = {heard.received.id for heard in facts(kind, sample_of(kind), sample_of(kind))}
    assert resent == {heard.received.id for heard in facts(kind, sample_of(kind))}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("times", [1, 30, 1000])
def test_what_cannot_be_read_is_kept_whole(kind: ReaderKind, times: int) -> None:
    ends = {*end_of(kind), *b"\r\n"}
    raw = bytes(byte for byte in range(256) if byte not in ends) * times
    kept = b"".join(heard.text or b"" for heard in facts(kind, raw, end_of(kind)))
    assert kept == raw


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(data=st.data())
def test_seconds_that_go_by_change_no_fact_and_are_never_chatty(
    kind: ReaderKind, data: st.DataObject
) -> None:
    content = data.draw(disturbed(kind))
    places = data.draw(st.lists(st.integers(0, len(content)), max_size=12))
    reader = kind.make(context_of(kind))
    heard = []
    for chunk in cut(content, places):
        heard += reader.receive(chunk, AT)
        reader.to_send()
        seconds = data.draw(st.integers(0, 70))
        heard += [item for _ in range(seconds) for item in reader.tick(AT)]
        assert len(reader.to_send()) <= 200 + 40 * seconds
    assert {item.received.id for item in facts(kind, content)} <= {
        item.received.id for item in heard
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(known=st.lists(st.integers(-1, 2**62), max_size=20, unique=True))
def test_what_is_known_already_is_not_asked_for_and_still_heard(
    kind: ReaderKind, known: list[int]
) -> None:
    reader = kind.make(context_of(kind))
    reader.resume(lambda _: np.array(sorted(known), np.int64))
    assert reader.receive(sample_of(kind), AT) == facts(kind, sample_of(kind))


@given(text=st.text(max_size=300), rows=st.integers(0, 3))
def test_no_file_of_reads_makes_an_exception(text: str, rows: int) -> None:
    table = "chip,time,place\nA1,2026-05-03 07:00:00.5,5K\n" * rows + text
    recognised = recognise(table)
    if recognised is not None:
        found = read_file(table, recognised, CONTEXT, "file:test", AT)
        unreadable = [item for item in found.heard if isinstance(item.received.fact, Unreadable)]
        assert len(unreadable) == len(found.refused)
        assert found.rows == len(found.heard)
