"""Several looks at one number say one thing together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.photos.lattice import Run
from homestretch.photos.lines import Read, _pooled, pool

texts = st.text("0123456789", min_size=1, max_size=5)
strings = st.lists(
    st.tuples(texts, st.floats(1e-3, 1.0)), min_size=1, max_size=6, unique_by=lambda item: item[0]
).map(lambda several: [(t, p / max(1.0, sum(q for _, q in several))) for t, p in several])


@given(st.lists(strings, min_size=1, max_size=5))
def test_looks_together_are_as_sure_as_in_the_mean_that_there_is_a_number(
    looks: list[list[tuple[str, float]]],
) -> None:
    together = pool(looks)
    mean = sum(p for look in looks for _, p in look) / len(looks)
    assert sum(p for _, p in together) <= mean + 1e-9
    assert [p for _, p in together] == sorted((p for _, p in together), reverse=True)


@given(st.lists(strings, min_size=2, max_size=5))
def test_the_order_of_looks_says_nothing(looks: list[list[tuple[str, float]]]) -> None:
    one, other = dict(pool(looks)), dict(pool(looks[::-1]))
    assert one.keys() == other.keys()
    assert all(one[text] == pytest.approx(other[text]) for text in one)


def test_what_all_looks_say_is_believed_more_than_by_each_of_them() -> None:
    text, p = pool([[("9877", 0.6), ("9879", 0.4)]] * 5)[0]
    assert text == "9877"
    assert 0.6 < p < 0.7


def test_one_look_that_is_surely_wrong_is_outvoted_and_leaves_a_doubt() -> None:
    looks = [[("9877", 0.9), ("9879", 0.1)]] * 4 + [[("9879", 0.98), ("9877", 0.02)]]
    text, p = pool(looks)[0]
    assert text == "9877"
    assert 0.7 < p < 0.95


def test_a_look_counts_for_the_number_at_its_place() -> None:
    def at(first: float, last: float, text: str) -> Read:
        return Read(Run(np.ones((4, 11)), first, last), [(text, 0.8)])

    other = [at(0.0, 0.3, "2016"), at(0.5, 0.9, "3627")]
    pooled = _pooled(at(0.52, 0.92, "3621"), [other, [at(0.0, 0.2, "11")]])
    assert {text for text, _ in pooled.strings} == {"3621", "3627"}
