"""What is written from values is read back as the same values."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.folder.entrants import parse_entrants
from homestretch.folder.event_toml import parse_event
from homestretch.folder.gpx import parse_gpx
from homestretch.folder.write import course_gpx_text, entrants_csv_text, event_toml_text
from homestretch.race.course import Course
from homestretch.race.event import Awards, Door, Event, Point, Privacy, Race, Sweep, Vehicle, Wave
from tests.folder.good import COURSE_GPX, ENTRANTS_CSV, errors_of, good_event

TEXTS = st.text(min_size=1, max_size=20).map(lambda text: " ".join(text.split())).filter(bool)
ZONES = st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Kathmandu", "UTC"])


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Any event whose settings do not contradict each other."""
    date = draw(st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1)))
    zone = draw(ZONES)
    morning = dt.datetime.combine(date, dt.time(8), ZoneInfo(zone))
    begin = int(morning.timestamp()) * 1000
    races = []
    distances: dict[str, dict[str, float]] = {"start": {}, "middle": {}, "finish": {}}
    cutoffs: dict[str, int] = {}
    for race_id in draw(
        st.lists(st.sampled_from(["marathon", "half", "10k", "5"]), min_size=1, unique=True)
    ):
        distance_m = draw(st.floats(1000, 100_000))
        names = draw(st.lists(TEXTS, min_size=1, max_size=3, unique_by=str.casefold))
        waves = tuple(
            Wave(
                name=name,
                gun_at=begin + draw(st.integers(0, 3_600_000)),
                division=draw(st.sampled_from(["", "wheelchair"])) if position else "",
            )
            for position, name in enumerate(names)
        )
        races.append(
            Race(
                id=race_id,
                name=draw(TEXTS),
                distance_m=distance_m,
                waves=waves,
                places_by=draw(st.sampled_from(["gun", "net"])),
                groups_by=draw(st.sampled_from([None, "gun", "net"])),
                legs=draw(st.sampled_from([(), ("start", "middle", "finish")])),
                start_open_min=draw(st.floats(1, 1000)),
                fastest_s_per_km=draw(st.floats(60, 200)),
            )
        )
        distances["start"][race_id] = 0.0
        distances["middle"][race_id] = distance_m / 2
        distances["finish"][race_id] = distance_m
        cutoffs[race_id] = begin + draw(st.integers(40_000_000, 100_000_000))
    return Event(
        id="some-event",
        name=draw(TEXTS),
        date=date.isoformat(),
        zone=zone,
        units=draw(st.sampled_from(["mi", "km"])),
        language=draw(st.sampled_from(["en", "de"])),
        phone=draw(st.just("") | TEXTS),
        note=draw(st.just("") | TEXTS),
        dead_time_s=draw(st.floats(0, 3600)),
        races=tuple(races),
        points=tuple(
            Point(
                id=name,
                name=draw(TEXTS),
                distance_m=by_race,
                cutoff_at=cutoffs if name == "finish" else {},
                devices=tuple(f"{name}-{number}" for number in range(draw(st.integers(0, 2)))),
                address=draw(st.just("") | TEXTS),
            )
            for name, by_race in distances.items()
        ),
        sweep=draw(
            st.none()
            | st.builds(
                Sweep,
                race=st.just(races[0].id),
                start_at=st.integers(begin, begin + 7_200_000),
                pace_s_per_km=st.floats(300, 1000) | st.just(948 / 1.609344),
                vehicle=TEXTS,
            )
        ),
        vehicles=draw(
            st.lists(
                st.builds(
                    Vehicle,
                    name=st.sampled_from(["lead car", "Bus 1", "bike-7"]),
                    kind=st.sampled_from(["lead", "marshal", "bus", "other"]),
                    ids=st.lists(st.integers().map("{:+}".format), max_size=2, unique=True).map(
                        tuple
                    ),
                    race=st.sampled_from(["", races[0].id]),
                ),
                max_size=3,
                unique_by=lambda vehicle: vehicle.name,
            )
            .filter(
                lambda all_: len({i for v in all_ for i in v.ids}) == sum(len(v.ids) for v in all_)
            )
            .map(tuple)
        ),
        doors=draw(
            st.sampled_from(
                [
                    (),
                    (Door(reader="jchip", host="127.0.0.1", port=53135),),
                    (
                        Door(reader="jchip", host="::1", port=1),
                        Door(reader="jchip", host="a.b", port=2),
                    ),
                ]
            )
        ),
        privacy=Privacy(
            unless_told=draw(st.sampled_from(["name", "initials", "hidden"])),
            minimum_age=draw(st.sampled_from([None, 16.0, 18.0])),
        ),
        awards=Awards(
            podium=draw(st.integers(1, 20)), protest_min=draw(st.sampled_from([0.0, 30.0, 45.5]))
        ),
    )


@settings(max_examples=60)
@given(events())
def test_an_event_that_is_written_is_read_back_as_it_was(event: Event) -> None:
    read, problems = parse_event(event_toml_text(event, comment="made up\nby rules"))
    assert errors_of(problems) == []
    assert read == event


def test_the_fresh_event_survives_being_written_and_is_good_to_read() -> None:
    text = event_toml_text(good_event())
    assert parse_event(text) == (good_event(), [])
    assert 'pace = "15:48/mi"' in text
    assert "gun = 07:30:00" in text
    assert "distance_m = 21097.5" in text


def test_a_moment_that_comes_twice_is_written_with_its_offset() -> None:
    text = event_toml_text(good_event()).replace("date = 2026-05-03", "date = 2026-11-01")
    event, _ = parse_event(text.replace("gun = 07:30:00", "gun = 2026-11-01T01:30:00-05:00"))
    assert event is not None
    again = event_toml_text(event)
    assert "gun = 2026-11-01T01:30:00-05:00" in again
    assert parse_event(again)[0] == event


def test_a_course_that_is_written_is_read_back() -> None:
    course, _ = parse_gpx(COURSE_GPX.encode(), 21_097.5)
    assert course is not None
    again, problems = parse_gpx(course_gpx_text(course, "A <b> & c").encode(), 21_097.5)
    assert problems == []
    assert again == Course(
        lat=course.lat, lon=course.lon, ele_m=course.ele_m, distance_m=course.distance_m
    )


def test_entrants_that_are_written_are_read_back() -> None:
    read = parse_entrants(ENTRANTS_CSV.encode(), good_event())
    text = entrants_csv_text(read.entrants, read.persons, read.chips)
    again = parse_entrants(text.encode(), good_event())
    assert errors_of(again.problems) == []
    assert (again.entrants, again.persons, again.chips) == (read.entrants, read.persons, read.chips)
