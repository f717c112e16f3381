"""What a private link may say of its entrant, and what only a guardian's may."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.errors import RefusedError
from homestretch.race.consent import Said, say
from homestretch.race.entrant import Person
from homestretch.race.privacy import (
    ADULT_AGE,
    HIDDEN,
    Viewer,
    is_grown,
    may_photograph,
    may_tell,
    show,
)

DISPLAYS = st.sampled_from(("name", "initials", "hidden"))
WORD = st.text("ab ü", max_size=12)
PERSONS = st.builds(
    Person,
    entrant=st.just("e1"),
    first=WORD,
    last=st.just("Vexley"),
    display=st.none() | DISPLAYS,
    companions=st.booleans(),
    photos=st.booleans(),
    guardian=st.booleans(),
    stories=st.sampled_from(("", "yes", "no-photo", "no")),
    taken_down=st.booleans(),
)
SAYINGS = st.builds(
    Said,
    display=st.none() | DISPLAYS,
    companions=st.none() | st.booleans(),
    photos=st.none() | st.booleans(),
    stories=st.none() | st.sampled_from(("", "yes", "no-photo", "no")),
    taken_down=st.none() | st.booleans(),
    club=st.none() | WORD,
)
FORMS = {"hidden": 0, "initials": 1, "name": 2}


def said(person: Person, hand: str = "own", minor: bool = False, **words: Any) -> Person:
    return say(person, Said(**words), hand, minor=minor, unless_told="initials")  # type: ignore[arg-type]  # a hand


def exposure(person: Person, age: int) -> tuple[int, ...]:
    """How much the public is shown of somebody: each part may only shrink by the hand of a child."""
    seen = show(person, "1", age, Viewer())
    hidden = seen == HIDDEN
    form = 0 if hidden else 2 if "Vexley" in seen.name else 1
    grown = is_grown(age, None)
    told = {"": 0, "no": 0, "no-photo": 1, "yes": 2}[may_tell(person, grown=grown, hidden=hidden)]
    return form, may_photograph(person, grown=grown, hidden=hidden), told, person.companions


@given(PERSONS, SAYINGS)
def test_the_link_of_a_child_never_shows_more_than_was_shown_before(
    person: Person, words: Said
) -> None:
    try:
        after = say(person, words, "own", minor=True, unless_told="initials")
    except RefusedError:
        return
    for was, now in zip(exposure(person, 15), exposure(after, 15), strict=True):
        assert now <= was


@given(PERSONS, SAYINGS)
def test_what_an_adult_says_holds_and_no_file_takes_it_back(person: Person, words: Said) -> None:
    after = say(person, words, "own", minor=False, unless_told="initials")
    if words.taken_down:
        assert show(after, "1", 40, Viewer()) == HIDDEN
        assert exposure(after, 40) == (0, False, 0, False)
        return
    for name in ("display", "companions", "photos", "stories"):
        wanted = getattr(words, name)
        assert getattr(after, name) == (getattr(person, name) if wanted is None else wanted)
    changed = {n for n in ("display", "companions", "photos", "club") if getattr(after, n) != getattr(person, n)}  # fmt: skip
    assert changed <= set(after.by_hand)


def test_a_guardian_shows_a_child_and_takes_it_back() -> None:
    child = Person(entrant="e1", first="Una", last="Vexley", display="name", photos=True)
    assert show(child, "1", 15, Viewer()) == HIDDEN
    assert not may_photograph(child, grown=False, hidden=True)
    agreed = said(child, "guardian", minor=True, guardian=True, display="initials")
    assert show(agreed, "1", 15, Viewer()).name == "U. V."
    assert show(said(agreed, "guardian", minor=True, guardian=False), "1", 15, Viewer()) == HIDDEN
    assert "guardian" in agreed.by_hand


def test_a_childs_own_link_may_still_take_back_what_a_guardian_agreed_to() -> None:
    child = Person(entrant="e1", last="Vexley", display="name", photos=True, guardian=True)
    assert show(said(child, minor=True, display="hidden"), "1", 15, Viewer()) == HIDDEN
    assert not said(child, minor=True, photos=False).photos
    with pytest.raises(RefusedError, match="a guardian decides"):
        said(said(child, minor=True, display="initials"), minor=True, display="name")


def test_hands_that_may_not_say_it_are_refused() -> None:
    grown = Person(entrant="e1", last="Vexley")
    with pytest.raises(RefusedError, match="under 18"):
        said(grown, "guardian", minor=False, display="name")
    with pytest.raises(RefusedError, match="Only a guardian"):
        said(grown, guardian=True)
    with pytest.raises(RefusedError, match="own bib"):
        said(grown, apart="e1")
    for text in ("a\u202eb", "a\x00b"):
        with pytest.raises(RefusedError, match="cannot be shown"):
            said(grown, club=text)


def test_a_name_is_asked_for_and_club_and_town_hold_at_once() -> None:
    before = Person(entrant="e1", first="Una", last="Vexly", club="Weir Runners")
    after = said(before, first="Una", last="Vexley", club=" Mill  Lane AC ", town="Weir")
    assert (after.first, after.last) == ("Una", "Vexly")
    assert (after.asks_first, after.asks_last) == ("Una", "Vexley")
    assert (after.club, after.town) == ("Mill Lane AC", "Weir")
    assert not said(after, first="Una", last="Vexly").asks_last


def test_not_this_person_stands_until_it_is_taken_back() -> None:
    apart = said(said(Person(entrant="e1"), apart="e2"), apart="e2")
    assert apart.not_with == ("e2",)
    assert said(apart, again="e2").not_with == ()


@pytest.mark.parametrize(
    ("age", "minimum"), list(itertools.product((None, 15, 40), (None, 17.0, 18.0)))
)
def test_an_unknown_age_is_a_childs_unless_the_event_takes_nobody_under_18(
    age: int | None, minimum: float | None
) -> None:
    assert is_grown(age, minimum) == (
        age == 40 or (age is None and minimum is not None and minimum >= ADULT_AGE)
    )
