"""event.toml: every mistake is named once, in its line, with what to do about it."""

from __future__ import annotations

from typing import Any

import pytest

from homestretch.folder.event_toml import parse_event
from homestretch.folder.write import event_toml_text
from homestretch.race.vehicles import find_vehicle, list_phones, list_vehicles
from tests.folder.good import EVENT_TOML, errors_of, good_event, line_of, spoilt

TRANSPORTS = {"jchip": "tcp-server", "mylaps": "tcp-server", "ipico": "tcp-client"}
# what is replaced, by what, a piece of the line to be named, words of what is wrong, words of what to do
MISTAKES = [
    ('name = "River Half', 'nmae = "River Half', "nmae", "nmae", "name"),
    ("[sweep]", "[sweeep]", "[sweeep]", "sweeep", "sweep"),
    ("places_by", "place_by", "place_by", "place_by", "places_by"),
    ("[privacy]", "[secrecy]", "[secrecy]", "secrecy", "event, race, point"),
    ('id = "river-half"', 'id = "River Half"', 'id = "River', "River Half", "river-half"),
    ('id = "river-half"', 'id = "static"', '"static"', "static", "another"),
    ("date = 2026-05-03", 'date = "3 May"', "3 May", "not a date", "2026-05-03"),
    ("date = 2026-05-03", "date = 07:00:00", "date = 07", "must be a date", "2026-05-03"),
    ("date = 2026-05-03", "date = 0001-01-01", "0001", "year", "date of the event"),
    ('"America/New_York"', '"New York"', "New York", "time zone", "America/New_York"),
    ('"America/New_York"', '"Asia/Vienna"', "Vienna", "time zone", "Europe/Vienna"),
    ('"America/New_York"', '"Europe/New York"', "New York", "time zone", "America/New_York"),
    ('"America/New_York"', '"EST"', "EST", "time zone", "America/New_York"),
    ('"America/New_York"', '"America/Nwe_York"', "Nwe", "time zone", "America/New_York"),
    ('units = "mi"', 'units = "miles"', "miles", 'must be "mi" or "km"', "units"),
    ('language = "en"', 'language = "german"', "german", 'must be "en" or "de"', "language"),
    ("distance_m = 21097.5             #", 'distance_m = "21 km" #', "21 km", "must be a number", "without quotes"),
    ("distance_m = 10000", "distance_m = 10", "distance_m = 10\n", "between 100", "distance_m = 42195"),
    ("distance_m = 10000", "distance_m = 42.195", "42.195", "between 100 and 1,000,000", "distance_m = 42195"),
    ("distance_m = 10000", "distance_m = true", "= true", "true (yes or no)", "number"),
    ("distance_m = 10000", "distance_m = nan", "nan", "between 100", "distance_m"),
    ('places_by = "gun"', 'places_by = "chip"', '"chip"', 'must be "gun" or "net"', "places_by"),
    ("gun = 07:05:00", "gun = 7", "gun = 7\n", "7 is not a time", "07:00:00"),
    ("gun = 07:05:00", 'gun = "25:00"', "25:00", "25:00", "07:00:00"),
    ("gun = 07:05:00", "gun = 2026-05-13 07:05:00", "05-13", "2026-05-13", "date of the event"),
    ("gun = 07:05:00", "", '[[race.wave]]\n  name = "B"', "no gun", "gun = 07:00:00"),
    ("gun = 07:30:00", "", '[[race]]\nid = "10k"', "no start", "gun = 07:00:00"),
    ('places_by = "gun"', "gun = 06:00:00", "gun = 06:00", "gun of its own", "[[race.wave]]"),
    ('name = "B"', 'name = "A "', 'name = "A "', "Two waves", "its own name"),
    ('places_by = "gun"', 'fastest_pace = "20:00/km"', "fastest_pace", "32:11/mi is slower than the closing pace of 15:48/mi", "2:40/km"),
    ('places_by = "gun"', 'fastest_pace = "5:00/km"', "fastest_pace", "many people run", "take the line away"),
    ("[[race.wave]]\n  name = \"B\"", "[[wave]]\n  name = \"B\"", "[[wave]]", "wave", "[[race.wave]] below the race"),
    ('name = "B"', 'name = "a"', 'name = "a"', "Two waves", "its own name"),
    ('id = "5k"', 'id = "start"', 'id = "start"\nname = "5K"', "Two points", "one point with a distance"),
    ("{ half = 5000, 10k = 5000 }", "{ halv = 5000, 10k = 5000 }", "halv", 'no race "halv"', "half"),
    ("{ half = 5000, 10k = 5000 }", "5000", "distance_m = 5000", "several races", "half = 5000"),
    ("{ half = 5000, 10k = 5000 }", "{ half = 25000, 10k = 5000 }", "25000", "beyond the end", "distance_m"),
    ("{ half = 5000, 10k = 5000 }", '{ half = "5 km", 10k = 5000 }', "5 km", "distance_m of half", "number"),
    ("{ half = 5000, 10k = 5000 }", "{ half = 15000, 10k = 5000 }", "distance_m = { half = 15000 }", "Two mats", "two devices"),
    ("half = 21097.5, 10k = 10000 }", "half = 21090, 10k = 10000 }", '[[race]]\nid = "half"', "no mat at its finish", "is it the finish?"),
    ("cutoff = { half = 09:32:00 }", "cutoff = { 10k = 09:32:00 }", "{ 10k = 09:32", "does not pass", "distance_m"),
    ("cutoff = { half = 09:32:00 }", "cutoff = { half = 06:10:00 }", "06:10", "before the first gun", "+1 02:00"),
    ("half = 10:32:00, 10k", "half = 09:20:00, 10k", "09:20", "earlier than", "Mend one"),
    ('race = "half"\npace', 'race = "hal"\npace', '"hal"', 'no race "hal"', '"half"'),
    ('pace = "15:48/mi"', 'pace = "15:48"', '"15:48"', "not a pace", "9:49/km"),
    ('pace = "15:48/mi"', 'pace = "0:10/km"', "0:10", "anybody", "9:49/km"),
    ("starts = 07:10:00", "starts = 2026-05-05 07:10:00", "05-05", "a day after", "start"),
    ('kind = "sweep"', 'kind = "swep"', '"swep"', "must be", 'Did you mean "sweep"'),
    ('kind = "sweep"', 'kind = "bus"', 'kind = "bus"', "closes the course", "another name"),
    ('kind = "sweep"', "", '[[vehicle]]\nname', "no kind", 'kind = "lead"'),
    ('ids = ["SW"]', 'ids = ["SW"]\nrace = "hal"', '"hal"', 'no race "hal"', '"half"'),
    ('ids = ["SW"]', 'ids = ["SW"]\n[[vehicle]]\nname = "Sweep"\nkind = "sweep"', 'name = "Sweep"', "Two vehicles", "its own name"),
    ('ids = ["SW"]', 'ids = ["SW"]\n[[vehicle]]\nname = "lead"\nkind = "lead"\nids = ["sw"]', 'ids = ["sw"]', 'also belongs to "sweep"', "one vehicle"),
    ('ids = ["SW"]', 'ids = ["SW"]\n[[vehicle]]\nname = "Mile 6"\nkind = "bus"', 'name = "Mile 6"\nkind = "bus"', "a point is called", "something else"),
    ('unless_told = "initials"', 'unless_told = "initals"', "initals", "must be", 'Did you mean "initials"'),
    ('"127.0.0.1:53135"', '"127.0.0.1"', '"127.0.0.1"', "not an address", "127.0.0.1:53135"),
    ('"127.0.0.1:53135"', '"127.0.0.1:70000"', "70000", "port 70000", "1 to 65535"),
    ('"127.0.0.1:53135"', '[53135, "0.0.0.0:53135"]', "0.0.0.0", "both want port 53135", "own port"),
    ("jchip =", "jchp =", "jchp", 'No reader is called "jchp"', "jchip"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "where", "what", "do"), MISTAKES)
def test_a_mistake_is_named_once_in_its_line_with_what_to_do(
    old: str, new: str, where: str, what: str, do: str
) -> None:
    text = spoilt(EVENT_TOML, old, new)
    _, problems = parse_event(text, TRANSPORTS)
    errors = errors_of(problems)
    assert len(errors) == 1, [str(problem) for problem in problems]
    assert errors[0].file == "event.toml"
    assert errors[0].line == line_of(text, where)
    assert what in errors[0].what
    assert do in errors[0].do


# mistakes of writing: what is replaced, by what, words of what is wrong and of what to do; all in the line of it
SLIPS = [
    ('name = "10K"\ndistance_m = 10000', 'name = "10K\ndistance_m = 10000', "not closed", 'name = "10K"'),
    ('name = "10K"\ndistance_m = 10000', "name = 10K\ndistance_m = 10000", "not a number", "quotes"),
    ('name = "10K"\ndistance_m = 10000', "name = Ten K\ndistance_m = 10000", "no quotes", '"Ten K"'),
    ('name = "10K"\ndistance_m = 10000', "name = “10K”\ndistance_m = 10000", "curly", "straight"),
    ('name = "10K"\ndistance_m = 10000', 'name: "10K"\ndistance_m = 10000', "colon", 'name = "10K"'),
    ('name = "10K"\ndistance_m = 10000', 'name =\ndistance_m = 10000', "no value", "value after"),
    ('name = "10K"\ndistance_m = 10000', 'name = "A" id = "B"\ndistance_m = 10000', "follows", "line of its own"),
    ("distance_m = 10000", "distance_m = 10,000", "not a number", "distance_m = 10000"),
    ("distance_m = 10000", "distance_m = 10 000", "not a number", "distance_m = 10000"),
    ("distance_m = 10000", "distance_m = 42.195,00", "not a number", "distance_m = 42195 (no marks"),
    ("distance_m = 10000", "distance_m = 42,195.50", "not a number", "distance_m = 42195.50 (no marks"),
    ("distance_m = 10000", "distance_m = 1.042.195,0", "not a number", "distance_m = 1042195 (no marks"),
    ("distance_m = 21097.5 ", "distance_m = 21097,5 ", "decimal comma", "21097.5"),
    ("date = 2026-05-03", "date = 5/3/2026", "not a date", "2026-05-03"),
    ("gun = 07:30:00", "gun = 7h30", "not a time", "07:00:00"),
    ("gun = 07:30:00", "gun = 7:30 am", "not a time", "07:00:00"),
    ('kind = "station"     ', "kind = True ", "how yes or no", "true"),
    ('devices = ["5K-1"]', 'devices = ["5K-1"', "never closed", "]"),
    ('devices = ["5K-1"]', 'devices = [5K-1]', "cannot be read", '["a", "b"]'),
    ('devices = ["5K-1"]', 'devices = ["5K-1"]\ndevices = ["5K-2"]', "second time", "Keep one"),
    ('address = "Bridge Street"', 'address = "C:\\maps"', "not closed", "C:/maps"),
    ('address = "Bridge Street"', "Bridge Street", "neither a heading nor", "name = "),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "what", "do"), SLIPS)
def test_a_slip_of_writing_is_explained_and_the_rest_is_still_read(
    old: str, new: str, what: str, do: str
) -> None:
    text = spoilt(EVENT_TOML, old, new)
    text = spoilt(text, 'unless_told = "initials"', 'unless_told = "nobody"')
    event, problems = parse_event(text)
    errors = errors_of(problems)
    assert len(errors) == 2, [str(problem) for problem in problems]
    assert what in errors[0].what
    assert do in errors[0].do
    expected = line_of(text, new) + (1 if "second time" in what else 0)
    assert errors[0].line == expected
    assert errors[1].line == line_of(text, "unless_told")
    if "date" not in old:
        assert event is not None
        assert [race.id for race in event.races] == ["half", "10k"]


def test_all_mistakes_come_at_once_in_the_order_of_lines() -> None:
    text = EVENT_TOML
    for old, new in [
        ('id = "river-half"', 'id = "RIVER"'),
        ('name = "B"', "name = B"),
        ("gun = 07:30:00", "gunn = 07:30:00"),
        ('kind = "station"     ', 'kind = "balloon" '),
        ('pace = "15:48/mi"', 'pace = "fast"'),
    ]:
        text = spoilt(text, old, new)
    _, problems = parse_event(text)
    lines = [problem.line for problem in problems]
    marks = ["RIVER", "name = B", "gunn", "balloon", "fast"]
    assert lines == [line_of(text, mark) for mark in marks]


def test_two_races_with_one_id_are_named_with_both_lines() -> None:
    text = spoilt(EVENT_TOML, 'id = "10k"\nname = "10K"', 'id = "half"\nname = "10K"')
    _, problems = parse_event(text)
    first = next(problem for problem in problems if "Two races" in problem.what)
    assert first.line == line_of(text, 'id = "half"\nname = "10K"')
    heading = line_of(text, 'id = "half"') - 1
    assert f"line {heading}." in first.what


def test_single_brackets_are_read_as_they_were_meant() -> None:
    text = EVENT_TOML.replace("[[race]]\n", "[race]\n").replace("[[point]]\n", "[point]\n")
    event, problems = parse_event(text)
    assert event == good_event()
    assert len(errors_of(problems)) == 2 + 5
    assert all("[[" in problem.do for problem in problems)


def test_a_heading_that_stands_twice_is_named() -> None:
    text = EVENT_TOML + '\n[event]\nname = "Another"\n'
    _, problems = parse_event(text)
    assert problems[0].line == line_of(text, '[event]\nname = "Another"')
    assert "second time" in problems[0].what


def test_short_times_need_no_seconds() -> None:
    text = EVENT_TOML.replace(":00\n", "\n").replace(":00 }", " }").replace(":00,", ",")
    assert "07:30\n" in text
    assert "10:32, 10k = 10:32 }" in text
    assert parse_event(text) == (good_event(), [])


def test_an_empty_file_says_how_to_begin() -> None:
    for text in ("", "\n\n", "# nothing yet\n"):
        event, problems = parse_event(text)
        assert event is None
        assert "homestretch new" in problems[0].do


def test_a_file_of_another_kind_is_refused_without_an_exception() -> None:
    for text in (
        "<gpx></gpx>",
        "bib,name\n1,A\n",
        "[" * 100_000,
        "x = " + "9" * 10_000,
        "a." * 5000,
    ):
        event, problems = parse_event(text)
        assert event is None
        assert errors_of(problems)


def test_a_huge_number_is_no_exception() -> None:
    text = spoilt(EVENT_TOML, "distance_m = 10000", "distance_m = 0x" + "f" * 6000)
    _, problems = parse_event(text)
    assert "number" in errors_of(problems)[0].what


def test_what_is_missing_is_said_for_a_bare_event() -> None:
    _, problems = parse_event("[event]\n")
    said = " ".join(str(problem) for problem in problems)
    for word in ("no id", "no name", "no date", "no zone", "no [[race]]", "no [[point]]"):
        assert word in said


def test_one_box_at_start_and_finish_is_a_note() -> None:
    text = spoilt(EVENT_TOML, '["FINISH-1", "FINISH-2"]', '["start_1"]')
    event, problems = parse_event(text)
    assert event is not None
    assert [problem.severity for problem in problems] == ["note"]
    assert "told apart by their time" in problems[0].what
    assert problems[0].line == line_of(text, "start_1")


def test_a_device_that_is_called_like_another_point_is_a_note() -> None:
    text = spoilt(EVENT_TOML, '["5K-1"]', '["15k"]')
    _, problems = parse_event(text)
    assert [problem.severity for problem in problems] == ["note"]
    assert 'also belongs to "5k"' in problems[0].what


def test_a_relay_without_a_start_mat_is_an_error() -> None:
    text = spoilt(relay_text(), "relay = 0, ", "")
    _, problems = parse_event(text)
    assert ["mat at its start" in problem.what for problem in errors_of(problems)] == [True]


def test_a_race_without_a_start_mat_is_a_warning() -> None:
    text = spoilt(EVENT_TOML, "{ half = 0, 10k = 0 }", "{ half = 0 }")
    event, problems = parse_event(text)
    assert event is not None
    assert [problem.severity for problem in problems] == ["warning"]
    assert "count from the gun" in problems[0].what


def test_a_closing_pace_faster_than_the_cutoffs_is_a_warning_that_names_them() -> None:
    text = spoilt(EVENT_TOML, '"15:48/mi"', '"9:00/km"')
    _, problems = parse_event(text)
    assert [problem.severity for problem in problems] == ["warning"]
    assert "15K at 09:25 (closes 09:32)" in problems[0].what
    assert "Finish at 10:19 (closes 10:32)" in problems[0].what


def test_a_sweep_before_the_last_gun_is_a_warning() -> None:
    text = spoilt(EVENT_TOML, "starts = 07:10:00", "starts = 07:01:00")
    _, problems = parse_event(text)
    assert any("before the last gun" in problem.what for problem in problems)
    assert not errors_of(problems)


def test_a_second_sweep_is_shown_but_closes_nothing() -> None:
    more = '\n[[vehicle]]\nname = "last-bike"\nkind = "sweep"'
    _, problems = parse_event(spoilt(EVENT_TOML, 'ids = ["SW"]', f'ids = ["SW"]{more}'))
    (problem,) = problems
    assert problem.severity == "note"
    assert '"sweep" alone' in problem.what


def test_the_vehicles_are_those_of_their_tables_and_the_one_that_closes_the_course() -> None:
    bus = '\n[[vehicle]]\nname = "bus-1"\nkind = "bus"\nids = ["B1", "48241179"]\nrace = "10k"'
    event, problems = parse_event(spoilt(EVENT_TOML, 'ids = ["SW"]', f'ids = ["SW"]{bus}'))
    assert problems == []
    assert event is not None
    sweep, other = list_vehicles(event)
    assert (sweep.name, sweep.kind, sweep.ids, sweep.race) == ("sweep", "sweep", ("SW",), "half")
    assert (other.name, other.kind, other.race) == ("bus-1", "bus", "10k")
    assert list_phones(event) == {
        "sweep": "sweep", "sw": "sweep", "bus-1": "bus-1", "b1": "bus-1", "48241179": "bus-1",
    }  # fmt: skip
    assert find_vehicle(event, "BUS 1") == other
    assert find_vehicle(event, "bus-2") is None


def test_the_sweep_needs_no_table_of_its_own() -> None:
    start = EVENT_TOML.index("# One [[vehicle]]")
    text = EVENT_TOML[:start] + EVENT_TOML[EVENT_TOML.index("# How people are shown") :]
    event, problems = parse_event(text)
    assert problems == []
    assert event is not None
    assert event.vehicles == ()
    assert [vehicle.name for vehicle in list_vehicles(event)] == ["sweep"]


def test_a_cutoff_on_another_day_is_named_with_its_day() -> None:
    text = spoilt(EVENT_TOML, '"15:48/mi"', '"9:00/km"')
    text = spoilt(text, "half = 10:32:00,", 'half = "+1 00:30",')
    _, problems = parse_event(text)
    assert "Finish at 10:19 (closes 00:30 on Monday 4 May)" in problems[0].what


@pytest.mark.parametrize(
    ("gun", "said"),
    [
        ('"+1 09:10"', "goes off at 09:10 on Monday 4 May, 26 hours after the first one at 06:50."),
        ("21:10:00", "goes off at 21:10, 14 hours after the first one at 06:50."),
    ],
)
def test_a_gun_half_a_day_or_more_after_the_first_one_is_a_warning(gun: str, said: str) -> None:
    text = spoilt(EVENT_TOML, "gun = 07:05:00", f"gun = {gun}")
    event, problems = parse_event(text)
    assert event is not None
    assert not errors_of(problems)
    (warning,) = [problem for problem in problems if "gun goes off" in problem.what]
    assert said in warning.what
    assert warning.line == line_of(text, f"gun = {gun}")
    assert warning.severity == "warning"


def test_a_first_gun_on_another_date_than_the_event_is_a_warning() -> None:
    text = relay_text()
    for clock in ("06:50:00", "07:00:00", "07:05:00", "07:20:00", "07:30:00"):
        text = spoilt(text, f"gun = {clock}", f'gun = "+1 {clock}"')
    said = [problem.what for problem in parse_event(text)[1] if "first gun goes" in problem.what]
    assert said == [
        "The first gun goes off at 06:50 on Monday 4 May; the event is on Sunday 3 May."
    ]


def test_waves_around_midnight_are_no_warning() -> None:
    text = spoilt(EVENT_TOML, "gun = 06:50:00", "gun = 22:50:00")
    text = spoilt(spoilt(text, "gun = 07:00:00", "gun = 23:55:00"), "07:05:00", '"+1 00:05"')
    text = spoilt(text, "gun = 07:30:00", 'gun = "+1 00:15"')
    assert "gun goes off" not in " ".join(problem.what for problem in parse_event(text)[1])


@pytest.mark.parametrize("pace", ["2:10/km", "2:40/km", "3:45/km", "6:00/mi"])
def test_a_fastest_pace_that_hardly_anybody_runs_is_right(pace: str) -> None:
    text = spoilt(EVENT_TOML, 'places_by = "gun"', f'fastest_pace = "{pace}"')
    assert parse_event(text)[1] == []


def test_a_door_to_the_whole_network_is_a_warning() -> None:
    _, problems = parse_event(spoilt(EVENT_TOML, "127.0.0.1:53135", "0.0.0.0:53135"))
    assert [problem.severity for problem in problems] == ["warning"]


def test_a_port_alone_is_a_port_of_this_machine() -> None:
    event, problems = parse_event(spoilt(EVENT_TOML, '"127.0.0.1:53135"', "53135"))
    assert problems == []
    assert event == good_event()


def test_an_event_with_one_race_needs_no_names_of_races() -> None:
    event, problems = parse_event(
        """
        [event]
        id = "mile"
        name = "The Mile"
        date = 2026-05-03
        zone = "Europe/Berlin"
        [[race]]
        id = "mile"
        name = "Mile"
        distance_m = 1609.344
        gun = "6:15 pm"
        [[point]]
        id = "start"
        distance_m = 0
        [[point]]
        id = "finish"
        distance_m = 1609
        cutoff = 18:40:00
        """
    )
    assert problems == []
    assert event is not None
    assert event.races[0].waves[0].gun_at == 1_777_824_900_000
    assert event.points[1].distance_m == {"mile": 1609.344}
    assert event.points[1].cutoff_at == {"mile": 1_777_826_400_000}


RELAY = """
[[race]]
id = "relay"
name = "Relay"
distance_m = 21097.5
gun = 07:20:00
legs = ["5k", "15k"]
"""


def relay_text(legs: str = '["5k", "15k"]') -> str:
    text = EVENT_TOML + RELAY.replace('["5k", "15k"]', legs)
    for metres in ("0", "5000", "15000", "21097.5"):
        text = spoilt(text, f"half = {metres}", f"relay = {metres}, half = {metres}")
    return text


def test_legs_of_a_relay_run_from_start_to_finish_over_the_exchange_points() -> None:
    event, problems = parse_event(relay_text())
    assert problems == []
    assert event is not None
    assert event.get_race("relay").legs == ("start", "5k", "15k", "finish")


@pytest.mark.parametrize(
    ("legs", "what", "do"),
    [('["5k", "51k"]', 'no mat "51k"', '"5k"'), ('["15k", "5k"]', "not in the order", "5k, 15k")],
)
def test_legs_that_cannot_be_run_are_named(legs: str, what: str, do: str) -> None:
    text = relay_text(legs)
    _, problems = parse_event(text)
    errors = errors_of(problems)
    assert [problem.line for problem in errors] == [line_of(text, "legs = ")]
    assert what in errors[0].what
    assert do in errors[0].do


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('"53135"', ("jchip", "127.0.0.1", 53135, "", False)),
        ('"0.0.0.0:53135"', ("jchip", "0.0.0.0", 53135, "", False)),
    ],
)
def test_a_door_at_which_devices_knock_needs_a_port_alone(said: str, expected: Any) -> None:
    event, _ = parse_event(
        spoilt(EVENT_TOML, 'jchip = "127.0.0.1:53135"', f"jchip = {said}"), TRANSPORTS
    )
    assert event is not None
    (door,) = event.doors
    assert (door.reader, door.host, door.port, door.place, door.calls) == expected


def test_a_device_that_is_called_has_an_address_and_may_have_a_place() -> None:
    text = spoilt(
        EVENT_TOML,
        'jchip = "127.0.0.1:53135"',
        'ipico = ["finish@10.0.0.5:10000", "box.local:10000"]',
    )
    event, problems = parse_event(text, TRANSPORTS)
    assert event is not None
    assert not [p for p in problems if p.severity == "error"]
    assert [(d.place, d.host, d.calls) for d in event.doors] == [
        ("finish", "10.0.0.5", True),
        ("", "box.local", True),
    ]
    assert parse_event(event_toml_text(event), TRANSPORTS)[0] == event


def test_a_device_that_is_called_without_an_address_is_asked_for_it() -> None:
    _, problems = parse_event(
        spoilt(EVENT_TOML, 'jchip = "127.0.0.1:53135"', 'ipico = "10000"'), TRANSPORTS
    )
    (problem,) = [p for p in problems if p.severity == "error"]
    assert "finish@192.168.1.20:3601" in problem.do


def test_the_same_device_is_not_called_twice() -> None:
    text = spoilt(
        EVENT_TOML, 'jchip = "127.0.0.1:53135"', 'ipico = ["a@10.0.0.5:10000", "b@10.0.0.5:10000"]'
    )
    _, problems = parse_event(text, TRANSPORTS)
    assert any("twice" in problem.what for problem in problems)
