"""Times clicked and bibs in order: pairs in their order, and nothing invented where they do not agree."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.readers import Context
from homestretch.readers.chute import Bib, Click, pair, read_bibs, read_clicks
from tests.state.days import at

CONTEXT = Context(zone=ZoneInfo("America/New_York"), date="2026-05-03")
CLICKS = st.lists(st.integers(0, 10**9).map(lambda ms: Click(ms, 0)), max_size=30)
BIBS = st.lists(st.sampled_from(["", "1", "2", "36*1", "A7"]).map(lambda bib: Bib(bib, 0)), max_size=30)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,09:58:02.31\n2,09:58:05\n", ["09:58:02.31", "09:58:05"]),
        ("place;time\n1;09:58:02,5\n", ["09:58:02.5"]),
        ("Lap,Split,Time of day\n1,00:58:02,09:58:02\n", ["09:58:02"]),
        ("2026-05-03 09:58:02\n", ["09:58:02"]),
    ],
)
def test_the_times_of_a_stopwatch(text: str, expected: list[str]) -> None:
    clicks, bad = read_clicks(text, CONTEXT)
    assert ([click.seen_at for click in clicks], bad) == ([at(time) for time in expected], [])


def test_elapsed_times_count_from_when_the_stopwatch_was_started() -> None:
    text = "1,17:32.45\n2,1:02:03.4\n3,00:58:01\n4,99:61\n"
    clicks, bad = read_clicks(text, CONTEXT, at("07:00"))
    assert [click.seen_at for click in clicks] == [
        at("07:17:32.450"),
        at("08:02:03.400"),
        at("07:58:01"),
    ]
    assert [one.line for one in bad] == [4]


def test_the_bibs_of_a_list_keep_the_place_of_whom_nobody_could_read() -> None:
    bibs, bad = read_bibs("bib\n4312\n?\n\n3. 5127\n4,a7\nred shirt\n36*1\n")
    assert [bib.bib for bib in bibs] == ["4312", "", "5127", "A7", "", "36*1"]
    assert [one.line for one in bad] == [7]


@given(clicks=CLICKS, bibs=BIBS)
def test_pairs_are_in_order_and_every_time_and_bib_is_in_a_pair_or_left_over(
    clicks: list[Click], bibs: list[Bib]
) -> None:
    found = pair(clicks, bibs)
    assert [click for click, _ in found.pairs] + list(found.clicks) == clicks
    assert [bib for _, bib in found.pairs] + list(found.bibs) == bibs
    assert not (found.clicks and found.bibs)
    times = [click.seen_at for click in clicks]
    assert found.agree == (len(clicks) == len(bibs) and times == sorted(times))


@given(st.text(max_size=300))
def test_no_paper_makes_an_exception(text: str) -> None:
    read_clicks(text, CONTEXT)
    read_clicks(text, CONTEXT, at("07:00"))
    read_bibs(text)
