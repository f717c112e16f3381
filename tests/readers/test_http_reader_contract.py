"""One contract for every reader of requests that is found: any bytes, any number of times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.facts import Unreadable
from homestretch.readers import HttpReaderKind, Reply, Request, list_http_readers
from tests.readers.requests import AT, SAMPLES, a_caller, list_samples

KINDS = list(list_http_readers().values())
EACH = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
PIECES = (
    b"",
    b"null",
    b"{}",
    b"[]",
    b'"',
    b"\x00\xff",
    b"1e999",
    b"-1",
    b"\xed\xa0\x80",
    b"9" * 400,
)
WORDS = ("", "id", "lat", "lon", "timestamp", "u", "d", "nan", "1e400", "-1", "9" * 30, "\x00", "é")


@st.composite
def disturbed(draw: st.DrawFn, kind: HttpReaderKind) -> Request:
    """A request of the sample with pieces of its body and its query changed, left out or put in."""
    request = draw(st.sampled_from(list_samples(kind.name)))
    body = request.body
    for _ in range(draw(st.integers(0, 4))):
        first = draw(st.integers(0, len(body)))
        last = min(len(body), first + draw(st.integers(0, 30)))
        part = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=6)))
        body = body[:first] + part + body[last:]
    query = dict(request.query)
    for name in draw(st.lists(st.sampled_from([*query, *WORDS]), max_size=3)):
        query[name] = draw(st.one_of(st.sampled_from(WORDS), st.text(max_size=12)))
    method = draw(st.sampled_from((request.method, "GET", "POST")))
    return Request(method, query, request.headers, body)


def check(reply: Reply) -> None:
    """What any log can hold, and what any client can be answered."""
    assert 200 <= reply.status < 500
    assert reply.status < 400 or reply.body, "a refusal says why"
    reply.media_type.encode("latin-1")
    for heard in reply.heard:
        item = heard.received
        assert -(2**63) <= item.number < 2**63
        assert 0 <= item.fact.seen_at < 4_102_444_800_000
        text = f"{item.source}{item.fact!r}"
        assert "\x00" not in text
        text.encode()
        assert isinstance(item.id.digest, int)
        if isinstance(item.fact, Unreadable):
            assert item.fact.reason
            assert item.fact.text_ref
            assert heard.text


def test_there_is_a_reader_and_a_sample_for_each() -> None:
    assert {kind.name for kind in KINDS} >= {"owntracks", "traccar"}
    assert {kind.name for kind in KINDS} <= {path.stem for path in SAMPLES.iterdir()}


@EACH
def test_its_sample_is_understood_whole(kind: HttpReaderKind) -> None:
    replies = [kind.read(request, a_caller(), AT) for request in list_samples(kind.name)]
    facts = [heard.received.fact for reply in replies for heard in reply.heard]
    assert len(facts) >= 3
    assert not any(isinstance(fact, Unreadable) for fact in facts)
    assert {reply.status for reply in replies} == {200}


@EACH
@given(data=st.data())
def test_a_disturbed_request_is_answered_and_makes_what_a_log_can_hold(
    kind: HttpReaderKind, data: st.DataObject
) -> None:
    check(kind.read(data.draw(disturbed(kind)), a_caller(), AT))


@EACH
@given(
    body=st.binary(max_size=400),
    query=st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=4),
    method=st.sampled_from(("GET", "POST")),
)
def test_no_bytes_make_an_exception(
    kind: HttpReaderKind, body: bytes, query: dict[str, str], method: str
) -> None:
    check(kind.read(Request(method, query, {}, body), a_caller("sweep"), AT))


@EACH
def test_what_is_nested_without_end_is_no_exception(kind: HttpReaderKind) -> None:
    for body in (b"[" * 200_000, b'{"a":' * 200_000, b'{"location":' * 2000 + b"}" * 2000):
        check(kind.read(Request("POST", {}, {}, body), a_caller("sweep"), AT))


@EACH
@given(data=st.data())
def test_the_same_request_twice_is_the_same_facts(
    kind: HttpReaderKind, data: st.DataObject
) -> None:
    request = data.draw(disturbed(kind))
    once, again = (kind.read(request, a_caller(), at) for at in (AT, AT + 60_000))
    ids = [[heard.received.id for heard in reply.heard] for reply in (once, again)]
    assert ids[0] == ids[1]
    assert (once.status, once.body) == (again.status, again.body)


@EACH
@given(garbage=st.binary(min_size=1, max_size=80).filter(bytes.strip))
def test_garbage_is_kept_whole_with_a_reason(kind: HttpReaderKind, garbage: bytes) -> None:
    body = b"\xff\xfe" + garbage
    (heard,) = kind.read(Request("POST", {}, {}, body), a_caller("sweep"), AT).heard
    assert isinstance(heard.received.fact, Unreadable)
    assert heard.text is not None
    assert heard.text.strip() == body.strip()
