"""From what people enter at a station to two who are named together: facts, fold, companions, board."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from homestretch.boards import runner
from homestretch.boards.runner import RunnerChoices
from homestretch.companions.following import Following
from homestretch.companions.together import Companions
from homestretch.facts import FactId, Sighting
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from tests.boards.pictures import person, picture_of
from tests.state.days import Day, a_day, a_point, at

MATS = {"start": 0.0, "10k": 10_000.0, "half": 21_097.5, "30k": 30_000.0, "35k": 35_000.0, "finish": 42_195.0}  # fmt: skip
CHEERS = {"mile-22": 35_800.0, "mile-23": 37_000.0, "mile-24": 38_600.0, "mile-25": 40_200.0}
PAIR = ("1", "2")
RUNNERS = 240


@dataclass
class Course:
    """A day, and when its first runner is where."""

    day: Day
    lead_s: np.ndarray

    def sees(self, place: str, *bibs: str, late_s: float = 0.0, by: str = "key-1/phone/station") -> list[FactId]:  # fmt: skip
        """One entry with these bibs, when the first runner comes by."""
        second = np.interp(CHEERS[place], list(MATS.values()), self.lead_s) + late_s
        seen_at = at("07:00") + round(1000 * second)
        return [
            self.day.add(Sighting(seen_at=seen_at, bib=bib, place=place), by, seen_at + number)
            for number, bib in enumerate(bibs)
        ]

    def look(self) -> tuple[Picture, Companions]:
        """What is found, with both of the pair agreeing to be shown."""
        people = [person(bib, name, companions=True) for bib, name in zip(PAIR, ("Ada Amberlow", "Falk Dunmarsh"), strict=True)]  # type: ignore[arg-type]  # fmt: skip
        picture = picture_of(self.day, "17:00", *people)
        return picture, Following().look(picture.event, picture.state, anew=True)


@pytest.fixture
def course() -> Course:
    """Everybody at their own pace, but for two who meet behind 35K and come home side by side."""
    points = [a_point(name, metres) for name, metres in MATS.items()]
    points += [a_point(name, metres, kind="station") for name, metres in CHEERS.items()]
    day = a_day(points=points)
    random = np.random.default_rng(4)
    metres = np.array(list(MATS.values()))
    pace = 0.36 * np.exp(random.normal(0.0, 0.15, RUNNERS))
    legs_s = np.exp(random.normal(0.03, 0.03, (RUNNERS, len(metres) - 1))) * np.diff(metres)
    begun_s = random.uniform(5.0, 3600.0, RUNNERS)
    legs_s = np.cumsum(pace[:, None] * legs_s, axis=1)
    crossed_s = np.column_stack([begun_s, begun_s[:, None] + legs_s])
    crossed_s[1] = crossed_s[0] + np.array([300.0, 240.0, 150.0, 110.0, 50.0, 0.6])
    for row, times in enumerate(crossed_s.tolist()):
        day.entrant(str(row + 1))
        for place, second in zip(MATS, times, strict=True):
            day.read(str(row + 1), place, at("07:00") + round(1000 * second))  # type: ignore[arg-type]  # a moment
    return Course(day, crossed_s[0])


def named(picture: Picture, found: Companions) -> set[tuple[str, str]]:
    bibs = picture.state.roster.bibs
    return {(bibs[i], bibs[j]) for i, j in zip(found.i, found.j, strict=True)}


def test_two_who_met_behind_the_last_mat_are_found_when_people_saw_them(course: Course) -> None:
    picture, found = course.look()
    assert PAIR not in named(picture, found)
    evidence = [course.sees(place, *PAIR) for place in CHEERS]
    picture, found = course.look()
    assert named(picture, found) == {PAIR}
    told = course.day.state("17:00").log
    ids = [[told.get(seq).id for seq in one.evidence] for one in found.seen]
    assert [sorted(one) for one in ids] == [sorted(one) for one in evidence]
    (one,) = runner.rows(
        replace(picture, companions=found), Viewer(), RunnerChoices(bib="1")
    ).together
    assert one.words == (
        "Crossed the line in the same second; seen together at Mile-22, Mile-23, Mile-24 and Mile-25"
    )
    assert not any(place.evidence for place in one.seen), "the log is for who keeps the ledger"
    control = Viewer("control")
    (staff,) = runner.rows(
        replace(picture, companions=found), control, RunnerChoices(bib="1")
    ).together
    assert [place.evidence for place in staff.seen] == [seen.evidence for seen in found.seen]
    assert (one.since, one.until, one.still) == ("mile-22", "finish", True)
    assert (one.before, one.between) == (
        "50 seconds apart at 35K",
        "They came together between 35K and Mile-22.",
    )
    assert [gap.gap_s for gap in one.gaps if gap.beside] == [0.6]


def test_what_was_taken_back_is_as_if_nobody_had_said_it(course: Course) -> None:
    for place in CHEERS:
        for fact in course.sees(place, *PAIR):
            course.day.struck(fact, "16:00")
    picture, found = course.look()
    assert (named(picture, found), found.seen) == (set(), ())


def test_who_taps_a_crowd_saw_a_crowd(course: Course) -> None:
    for place in CHEERS:
        course.sees(place, "1")
        for late_s, bib in ((1.0, "2"), (2.0, "3"), (3.0, "4")):
            course.sees(place, bib, late_s=late_s)
        course.sees(place, *PAIR, "5", by="key-2/radio")
    picture, found = course.look()
    assert (named(picture, found), found.seen) == (set(), ())


def test_a_bib_that_was_seen_before_it_can_have_been_there_was_another(course: Course) -> None:
    for place in CHEERS:
        course.sees(place, *PAIR, late_s=-3600.0)
    picture, found = course.look()
    assert (named(picture, found), found.seen) == (set(), ())


def test_sightings_that_come_late_end_in_what_all_at_once_give(course: Course) -> None:
    following, before = Following(), course.look()[0]
    following.look(before.event, before.state, anew=True)
    for place in CHEERS:
        course.sees(place, *PAIR)
    picture, at_once = course.look()
    live = following.look(before.event, picture.state, anew=False)
    assert np.array_equal(live.i, at_once.i)
    assert np.allclose(live.score, at_once.score)
    assert live.seen == at_once.seen
