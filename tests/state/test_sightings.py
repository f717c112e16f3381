"""Whom people saw where, and how many the same hand entered beside them."""

from __future__ import annotations

from homestretch.facts import FactId, Sighting
from tests.state.days import POINTS, Day, Seen, a_day, a_point, a_race, at

STATION = "key-1/phone/station"


def saw(day: Day, place: str, time: str, *bibs: str, by: str = STATION) -> list[FactId]:
    """One entry: bibs at a place, with one time."""
    return [day.add(Sighting(seen_at=at(time), bib=bib, place=place), by, at(time) + number) for number, bib in enumerate(bibs)]  # fmt: skip


def a_day_of(*bibs: str) -> Day:
    day = a_day(points=(*POINTS, a_point("mile-24", 38_600.0, kind="station")))
    for bib in bibs:
        day.entrant(bib)
        day.read(bib, "start", "07:00:10")
    return day


def told(seen: Seen) -> list[tuple[str, str, int, int]]:
    """(bib, point, in the entry, in a row) of every sighting."""
    found, points = seen.state.sightings, [*POINTS, a_point("mile-24", 1.0)]
    return [
        (seen.state.roster.bibs[row], points[point].id, entry, in_a_row)
        for row, point, entry, in_a_row in zip(
            found.row, found.point, found.in_entry.tolist(), found.in_a_row.tolist(), strict=True
        )
    ]


def test_a_line_with_two_bibs_is_told_from_taps_one_by_one_and_from_a_list() -> None:
    day = a_day_of("1", "2", "3", "4", "5", "6", "7")
    saw(day, "mile-24", "11:00", "1", "2")
    saw(day, "mile-24", "11:05", "3")
    saw(day, "mile-24", "11:05:06", "4")
    saw(day, "mile-24", "11:05:07", "4", by="key-2/phone/station")
    saw(day, "mile-24", "11:10", "5", "6", "7*")
    assert told(day.state()) == [
        ("1", "mile-24", 2, 2),
        ("2", "mile-24", 2, 2),
        ("3", "mile-24", 1, 2),
        ("4", "mile-24", 1, 2),
        ("4", "mile-24", 1, 1),
        ("5", "mile-24", 3, 3),
        ("6", "mile-24", 3, 3),
    ]


def test_two_bibs_in_one_picture_are_one_entry_and_two_pictures_are_two() -> None:
    day = a_day_of("1", "2", "3")
    saw(day, "mile-24", "11:00", "1", "2", by="photos:a1b2")
    saw(day, "mile-24", "11:00", "3", by="photos:c3d4")
    assert [entry for *_, entry, _ in told(day.state())] == [2, 2, 1]


def test_each_sighting_names_its_evidence_and_one_that_was_taken_back_is_gone() -> None:
    day = a_day_of("1", "2")
    first, second = saw(day, "Mile 24", "11:00", "1", "2")
    seen = day.state()
    assert [seen.log.get(seq).id for seq in seen.state.sightings.seq.tolist()] == [first, second]
    day.struck(second)
    assert told(day.state()) == [("1", "mile-24", 1, 1)]


def test_what_cannot_be_and_what_means_no_one_place_is_left_out() -> None:
    day = a_day_of("1", "2")
    saw(day, "mile-24", "06:50", "1")
    saw(day, "nowhere", "11:00", "1")
    day.taken("2", "bus", "10:00")
    saw(day, "mile-24", "11:00", "2")
    assert told(day.state()) == []
    assert told(day.state("09:00")) == []
    twice = a_day(
        a_race(), a_race("half"),
        points=(a_point("start", {"marathon": 0.0, "half": 0.0}, "box"), a_point("finish", {"marathon": 42_195.0}, "box")),
    )  # fmt: skip
    twice.entrant("1")
    saw(twice, "box", "08:00", "1")
    saw(twice, "finish", "10:30", "1")
    found = twice.state().state.sightings
    assert found.point.tolist() == [1]
