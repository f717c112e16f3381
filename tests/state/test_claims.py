"""What runners say of pictures: their no is the last word, their yes wins over every judgement, not over a no."""

from __future__ import annotations

from typing import Literal

import pytest

from homestretch.facts import PhotoAnswered, PhotoClaimed, PhotoTagged, PhotoTaken
from tests.state.days import Day, a_day, at

Answer = Literal["there", "not-there", ""]
Claim = Literal["me", "not-me", ""]


def a_picture(answer: Answer, claim: Claim, p: float, *, claimed_first: bool) -> Day:
    day = a_day()
    day.entrant("12")
    day.add(PhotoTaken(seen_at=at("08:00"), photo="aa", place="10k", camera="c", timed=True))
    day.add(PhotoTagged(seen_at=at("08:00"), photo="aa", bib="12", p=p, reads=14, read="12"))
    first, second = ("08:10", "08:20") if claimed_first else ("08:20", "08:10")
    if claim:
        day.add(PhotoClaimed(seen_at=at(first), photo="aa", bib="12", answer=claim))
    if answer:
        day.add(PhotoAnswered(seen_at=at(second), photo="aa", bib="12", answer=answer))
    return day


@pytest.mark.parametrize("claimed_first", [True, False])
@pytest.mark.parametrize(
    ("answer", "claim", "p", "is_there"),
    [
        ("", "", 0.5, False),
        ("", "me", 0.5, True),
        ("", "not-me", 0.99, False),
        ("there", "not-me", 0.99, False),
        ("not-there", "me", 0.99, False),
        ("there", "me", 0.5, True),
    ],
)
def test_whoever_says_that_it_is_not_them_is_not_in_it(
    answer: Answer, claim: Claim, p: float, is_there: bool, claimed_first: bool
) -> None:
    (photo,) = a_picture(answer, claim, p, claimed_first=claimed_first).state("09:00").state.photos
    sure = [tag for tag in photo.tags if tag.answered]
    assert [tag.bib for tag in sure] == (["12"] if is_there else [])
    assert ("12" in photo.denied) == ("not" in answer + claim)
    assert photo.claimed == (frozenset({"12"}) if claim else frozenset())
