"""The stories of a rehearsed day: the right ones, in the right order, of the right people, with the right facts."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from homestretch.facts import FactId
from homestretch.picture import Picture
from homestretch.race.entrant import Person
from homestretch.showing import grown
from homestretch.state.told import HeldWord
from homestretch.stories import list_kinds
from homestretch.stories.finding import find_stories, find_story
from homestretch.stories.gate import may_tell, shown_in_story
from homestretch.stories.measures import home_order
from tests.stories.days import Rehearsed, picture_at, rehearse

SEED, MARATHON, HALF = 7, 400, 300


@pytest.fixture(scope="module")
def day() -> Rehearsed:
    return rehearse(SEED, MARATHON, HALF)


@pytest.fixture(scope="module")
def before_the_end() -> Picture:
    """Ten minutes past three: the two are home, others are still on the road."""
    return picture_at(SEED, MARATHON, HALF, 15.17)


@pytest.fixture(scope="module")
def over() -> Picture:
    return picture_at(SEED, MARATHON, HALF, 17.0)


def bibs_of(picture: Picture, rows: tuple[int, ...]) -> set[str]:
    return {picture.state.roster.bibs[row] for row in rows}


def with_person(picture: Picture, row: int, **more: object) -> Picture:
    """The Picture in which the runner of a row has said this."""
    entrant = picture.state.roster.entrants[row]
    persons = dict(picture.names.persons)
    persons[entrant] = msgspec.structs.replace(persons[entrant], **more)
    return replace(picture, names=replace(picture.names, persons=persons))


def test_before_the_race_is_over_the_two_who_met_stand_first_with_the_right_facts(
    day: Rehearsed, before_the_end: Picture
) -> None:
    first = find_stories(before_the_end)[0]
    assert not before_the_end.state.over
    meeting = day.day.truth.meeting
    assert (first.kind, bibs_of(before_the_end, first.rows)) == ("met", set(meeting.bibs))
    assert before_the_end.state.points.ids[first.since] == meeting.since
    truth, points = day.day.truth, list(day.day.truth.points)
    one, other = (truth.row_of(bib) for bib in meeting.bibs)
    gap_s = (
        abs(truth.read_at[one, points.index("half")] - truth.read_at[other, points.index("half")])
        / 1000
    )
    assert first.headline.text == "Four minutes apart at the half"
    assert 210 <= gap_s < 270
    text = " ".join(sentence.text for sentence in first.sentences)
    assert "15:05:08" in text
    assert "Between the half and 25K the gap closed" in text
    assert "5 minutes before the sweep car was due" in text
    assert "mile 14" not in text.lower()


def test_once_everybody_is_home_the_last_one_is_told_of_too(
    day: Rehearsed, before_the_end: Picture, over: Picture
) -> None:
    def of_marathon(picture: Picture) -> list[set[str]]:
        found = [story for story in find_stories(picture) if story.kind == "last"]
        return [bibs_of(picture, story.rows) for story in found if story.race == 0]

    assert of_marathon(before_the_end) == []
    assert of_marathon(over) == [{day.day.truth.last_home}]


def test_each_kind_is_ranked_and_says_what_it_never_says(over: Picture) -> None:
    stories = find_stories(over)
    order = [(story.rarity.rank, story.rarity.share) for story in stories]
    assert order == sorted(order)
    assert all(0 < story.rarity.found <= story.rarity.among for story in stories)
    assert len({story.id for story in stories}) == len(stories)
    assert all(kind.never and kind.words for kind in list_kinds())


def test_a_story_is_found_again_by_its_id_whatever_else_happened(
    before_the_end: Picture, over: Picture
) -> None:
    first = find_stories(before_the_end)[0]
    again = find_story(over, first.id)
    assert again is not None
    assert again.rows == first.rows
    assert find_story(over, "met-0000000000") is None
    assert find_story(over, "gone") is None


def test_nobody_is_told_of_who_is_under_18_hidden_out_of_competition_or_off_the_course(
    over: Picture,
) -> None:
    roster, told = over.state.roster, may_tell(over)
    assert told.any()
    for row in range(len(told)):
        if told[row]:
            assert grown(over, row)
            assert not shown_in_story(over, row).hidden
            assert roster.role[row] == "runner"
    named = {row for story in find_stories(over) for row in story.rows}
    assert all(told[row] for row in named)


@pytest.mark.parametrize(
    "said",
    [{"display": "hidden"}, {"companions": False}, {"stories": "no"}],
    ids=["hidden", "no companions", "no stories"],
)
def test_a_pair_is_no_story_unless_both_let_it_be(
    before_the_end: Picture, said: dict[str, object]
) -> None:
    story = find_stories(before_the_end)[0]
    for row in story.rows:
        without = with_person(before_the_end, row, **said)
        assert find_story(without, story.id) is None


def test_not_this_person_and_an_erased_one_end_a_story(before_the_end: Picture) -> None:
    story = find_stories(before_the_end)[0]
    one, other = story.entrants
    apart = with_person(before_the_end, story.rows[0], not_with=(other,))
    assert find_story(apart, story.id) is None
    persons: dict[str, Person] = {k: v for k, v in before_the_end.names.persons.items() if k != one}
    erased = replace(before_the_end, names=replace(before_the_end.names, persons=persons))
    assert find_story(erased, story.id) is None


def test_two_chips_on_one_person_are_no_story_until_an_official_has_ruled(
    before_the_end: Picture,
) -> None:
    story, found = find_stories(before_the_end)[0], before_the_end.companions
    assert found is not None
    one, other = sorted(story.rows)
    odd = replace(before_the_end, companions=replace(found, doubled=((one, other),)))
    assert find_story(odd, story.id) is None
    ruled = replace(odd.state, ruled=frozenset({one}))
    assert find_story(replace(odd, state=ruled), story.id) is not None


def test_a_held_entry_has_no_story_at_once(before_the_end: Picture) -> None:
    story = find_stories(before_the_end)[0]
    word = HeldWord(FactId("desk", 1, 1), story.rows[0], before_the_end.now, "key-1", None)
    held = replace(before_the_end, state=replace(before_the_end.state, held=(word,)))
    assert not [one for one in find_stories(held) if story.rows[0] in one.rows]


def test_an_unknown_age_is_no_adults_unless_the_event_takes_nobody_younger(
    before_the_end: Picture,
) -> None:
    story, state = find_stories(before_the_end)[0], before_the_end.state
    age = state.roster.age.copy()
    age[story.rows[0]] = -1
    unknown = replace(before_the_end, state=replace(state, roster=replace(state.roster, age=age)))
    assert find_story(unknown, story.id) is None
    grown = msgspec.structs.replace(before_the_end.event.privacy, minimum_age=18)
    event = msgspec.structs.replace(before_the_end.event, privacy=grown)
    assert find_story(replace(unknown, event=event), story.id) is not None


def test_the_order_home_is_that_of_the_clock_at_the_line(over: Picture) -> None:
    order = home_order(over)
    for race in (0, 1):
        rows = [
            row for row in range(len(order)) if order[row] and over.state.roster.race[row] == race
        ]
        rows.sort(key=lambda row: order[row])
        times = [int(over.state.finish_at[row]) for row in rows]
        assert times == sorted(times)
        assert [int(order[row]) for row in rows] == list(range(1, len(rows) + 1))
