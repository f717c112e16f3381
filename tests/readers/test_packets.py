"""Lists of packets handed out, recognised by their headings."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from homestretch.facts import Collected
from homestretch.intake.files import read_file, recognise
from homestretch.readers import Context
from tests.state.days import at

CONTEXT = Context(zone=ZoneInfo("America/New_York"), date="2026-05-03")


def handed_out(text: str) -> list[tuple[str, int]]:
    recognised = recognise(text)
    assert recognised is not None
    assert recognised.kind.name == "packets"
    found = read_file(text, recognised, CONTEXT, "file:desk.csv", at("05:00"))
    facts = [heard.received.fact for heard in found.heard if heard.text is None]
    return [(fact.bib, fact.seen_at) for fact in facts if isinstance(fact, Collected)]


@pytest.mark.parametrize(
    "text",
    [
        "bib,collected\n101,yes\n102,no\na7,x\n104,\n",
        "Bib #;Picked up\n101;Y\n102;n\nA7;1\n",
        "collected\tstart no\nja\t101\nnein\t102\nja\ta7\n",
    ],
)
def test_yes_and_no_in_several_ways(text: str) -> None:
    assert handed_out(text) == [("101", at("00:00")), ("A7", at("00:00"))]


def test_a_time_in_the_column_or_beside_it_says_when() -> None:
    text = "bib,picked up at\n101,2026-05-02 14:31:00\n102,05:41\n"
    assert [when for _, when in handed_out(text)] == [at("00:00") - 34_140_000, at("05:41")]
    assert handed_out("bib,collected,time\n101,yes,05:42:10\n") == [("101", at("05:42:10"))]


def test_a_row_that_is_not_understood_is_refused_with_a_reason() -> None:
    text = "bib,collected\n101,maybe\n,yes\n1 2,yes\n105,yes\n"
    recognised = recognise(text)
    assert recognised is not None
    found = read_file(text, recognised, CONTEXT, "file:desk.csv", at("05:00"))
    assert [(row.line, row.reason) for row in found.refused] == [
        (2, "neither yes, nor no, nor a time"),
        (3, "no bib"),
        (4, "not a bib"),
    ]
    assert found.heard[-1].received.fact == Collected(
        seen_at=at("00:00"), bib="105", by="file:desk.csv"
    )


@pytest.mark.parametrize("text", ["bib,time\n101,09:00:00\n", "bib,first,last\n101,A,B\n"])
def test_a_table_without_the_heading_is_no_list_of_packets(text: str) -> None:
    recognised = recognise(text)
    assert recognised is None or recognised.kind.name != "packets"
