"""The page on how to add a reader is right: its reader, on its sample, does what the page says."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from homestretch.facts import Read, Unreadable
from homestretch.readers import ReaderKind
from tests.readers.test_reader_contract import facts, talk

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "add-a-reader.md"
LONGEST = 100
"""A reader of a small format has fewer lines than that."""


def blocks() -> list[str]:
    return re.findall(r"```(?:python)?\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def kind() -> ReaderKind:
    module = ModuleType("mybox")
    exec(compile(blocks()[1], "mybox.py", "exec"), module.__dict__)
    found = module.__dict__["READER"]
    assert isinstance(found, ReaderKind)
    return found


def test_the_reader_of_the_page_is_short() -> None:
    assert len(blocks()[1].splitlines()) < LONGEST


def test_the_sample_of_the_page_is_understood_in_any_chunks(kind: ReaderKind) -> None:
    sample = blocks()[0].encode()
    heard, said = talk(kind, sample)
    single = [sample[place : place + 1] for place in range(len(sample))]
    assert talk(kind, *single) == (heard, said)
    reads = [one for one in heard if isinstance(one.received.fact, Read)]
    assert len(reads) == 6
    assert len({one.received.id for one in reads}) == 5
    assert {one.received.source for one in heard} == {"mybox:finish"}
    assert said.split() == [b"OK;%d" % number for number in (16, 17, 17, 19, 20, 21)]


def test_what_nobody_can_read_on_the_page_has_a_reason(kind: ReaderKind) -> None:
    reasons = [
        one.received.fact.reason
        for one in facts(kind, blocks()[0].encode())
        if isinstance(one.received.fact, Unreadable)
    ]
    assert reasons == ["not a read", "a time that does not exist"]
