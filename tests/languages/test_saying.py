"""Words that can be said again: English as a text, the same in any language, in either unit, and on the wire."""

from __future__ import annotations

import json
import pickle

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from homestretch.boards import write_twin
from homestretch.boards.words import list_words, say_count, say_ordinal, say_people
from homestretch.race.clock import say_distance, say_pace
from homestretch.race.saying import ENGLISH, MILE_M, Said, english, joined, lowered, said, say_again
from homestretch.web.spoken import find_speech

GERMAN = find_speech("de")
TEXTS = st.text(max_size=20)


class Row(msgspec.Struct, frozen=True):
    """A part of a board: words, other people's words, and numbers."""

    words: str
    name: str
    count: int
    parts: tuple[str, ...] = ()


@given(TEXTS, st.integers(0, 10**6))
def test_english_said_again_is_what_it_was(name: str, count: int) -> None:
    words = joined([said("from {town}", town=name), say_people(count), name], " · ")
    assert words.again(ENGLISH) == words
    assert pickle.loads(pickle.dumps(words)) == words


@given(TEXTS, st.integers(0, 10**6))
def test_words_that_were_sent_to_another_process_can_be_said_again_there(
    name: str, count: int
) -> None:
    words = joined([lowered(said("from {town}", town=name)), say_people(count)], " · ")
    sent = pickle.loads(pickle.dumps(words))
    assert isinstance(sent, Said)
    assert sent.again(GERMAN) == words.again(GERMAN)


@given(TEXTS)
def test_what_somebody_wrote_is_filled_in_as_it_is(name: str) -> None:
    assert said("from {town}", town=name).again(GERMAN) == f"aus {name}"


@given(st.floats(0, 100_000))
def test_a_distance_is_the_same_in_miles_and_kilometres(distance_m: float) -> None:
    miles, km = (
        float(say_distance(distance_m, "km").again(english(unit)).split()[0])  # type: ignore[arg-type]  # a unit
        for unit in ("mi", "km")
    )
    assert abs(miles * MILE_M / 1000 - km) <= 0.05 + 0.05 * MILE_M / 1000 + 1e-9


def test_numbers_places_and_lists_are_said_in_the_language_s_way() -> None:
    assert say_count(4061).again(GERMAN) == "4.061"
    assert say_ordinal(42).again(GERMAN) == "42."
    assert say_people(1).again(GERMAN) == "1 Person"
    assert list_words(["A", "B", "C"]).again(GERMAN) == "A, B und C"
    assert say_distance(21_097.5, "km").again(GERMAN) == "21,1 km"
    assert say_pace(300.0, "km").again(find_speech("de", "mi")) == "8:03/mi"


def test_a_board_is_said_again_as_a_whole_and_stays_as_it_was() -> None:
    row = Row(words=said("on the road"), name="on the road", count=3, parts=(said("home"), "x"))
    again = say_again(row, GERMAN)
    assert (again.words, again.name, again.count) == ("auf der Strecke", "on the road", 3)
    assert row.words == "on the road"
    plain = Row(words="a", name="b", count=1)
    assert say_again(plain, GERMAN) is plain


def test_a_twin_holds_words_as_texts() -> None:
    row = Row(words=said("on the road"), name="x", count=3)
    assert json.loads(write_twin(row)) == {
        "words": "on the road",
        "name": "x",
        "count": 3,
        "parts": [],
    }
