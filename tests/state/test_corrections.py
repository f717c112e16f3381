"""What is said of a clock after something was said of it before: the new word adds to the old one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from homestretch.facts import FactId
from homestretch.state.corrections import Span, add_to, list_spans
from homestretch.state.snapshot import Correction

MOMENTS = st.integers(0, 400)
EDGES = st.none() | MOMENTS
OFFSETS = st.integers(-60, 60)


def newest_first(spans: list[Span]) -> tuple[Correction, ...]:
    """Corrections of one box, of which the last one in the list was said last."""
    return tuple(
        Correction(FactId("control", number, 0), "box", *span, number, "control", None)
        for number, span in reversed(list(enumerate(spans)))
    )


def corrected(spans: list[Span], at: int) -> int:
    """A moment by the rule of the fold: what was said last holds."""
    for offset, since, until in reversed(spans):
        if (since is None or at >= since) and (until is None or at < until):
            return at + offset
    return at


@given(st.lists(st.builds(Span, OFFSETS, EDGES, EDGES), max_size=4), OFFSETS, EDGES)
def test_a_further_correction_shifts_what_comes_after_its_moment_and_nothing_before(
    said: list[Span], offset_ms: int, since_at: int | None
) -> None:
    more = add_to(list_spans(newest_first(said), "box"), offset_ms, since_at)
    for at in range(-5, 406):
        before = corrected(said, at)
        shifted = since_at is None or before >= since_at
        assert corrected(said + more, at) == before + (offset_ms if shifted else 0)


def test_a_clock_of_which_nothing_was_said_is_shifted_by_one_word() -> None:
    assert add_to(list_spans((), "box"), -30, 100) == [Span(-30, 100, None)]
    assert add_to(list_spans((), "box"), -30, None) == [Span(-30, None, None)]


def test_what_was_said_of_another_box_plays_no_part() -> None:
    assert list_spans(newest_first([Span(5, None, None)]), "other") == [Span(0, None, None)]
