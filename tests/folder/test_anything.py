"""Whatever bytes stand in a file, its reader answers with findings, never with an exception."""

from __future__ import annotations

import random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from homestretch.folder.entrants import parse_entrants
from homestretch.folder.event_toml import parse_event
from homestretch.folder.gpx import parse_gpx
from homestretch.folder.letters import read_letters
from homestretch.folder.problem import Findings, Problem
from homestretch.race.event import Event
from tests.folder.good import COURSE_GPX, ENTRANTS_CSV, EVENT_TOML, good_event

EVENT = good_event()
SHORT_GPX = (
    COURSE_GPX[: COURSE_GPX.index("<trkpt")]
    + "".join(COURSE_GPX[COURSE_GPX.index("<trkpt") :].splitlines(keepends=True)[:6])
    + "    </trkseg>\n  </trk>\n</gpx>\n"
)
BITS = ['"', "'", "[", "]", "{", "}", "=", ",", ";", "\n", "\r", "\t", "#", "\\", "\x00", "<", ">", "&", "/",
        "-1", "0", "99999999999999999999", "1e999", "nan", "é", "\u202e", "\ufeff", "\U0001f3c3", "+1 ", "12:60",
        "true", "²", "٣", "0x" + "f" * 60]  # fmt: skip


def mutated(text: str, seed: int, count: int) -> str:
    """The text with ``count`` small pieces cut out, doubled, swapped or put in, by a seed."""
    chance = random.Random(seed)
    for _ in range(count):
        at, to = sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)))
        to = min(to, at + chance.choice([0, 1, 3, 20]))
        text = text[:at] + chance.choice(["", text[at:to] * 2, *chance.sample(BITS, 3)]) + text[to:]
    return text


def assert_said(problems: list[Problem] | tuple[Problem, ...], text: bytes) -> None:
    """Findings are in the file, have words, and can be printed."""
    lines = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 2
    for problem in problems:
        assert problem.what
        assert 0 <= problem.line <= lines
        assert str(problem)


MUTATIONS = {"seed": st.integers(0, 2**32), "count": st.integers(1, 12)}


@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"\x00\x00\x00\x00")
def test_any_bytes_are_read_by_all_three(data: bytes) -> None:
    event, problems = parse_event(read_letters(data, Findings("event.toml")))
    assert event is None
    assert problems
    assert_said(problems, data)
    course, problems = parse_gpx(data, 10_000.0)
    assert course is None
    assert problems
    assert_said(problems, data)
    assert_said(parse_entrants(data, EVENT).problems, data)


@given(st.text(alphabet=st.sampled_from('abib,race;10k"\n\r\t |#-0123456789é'), max_size=200))
def test_any_table_is_read(text: str) -> None:
    data = ("bib,race,born,age,wave,chip\n" + text).encode()
    entrants = parse_entrants(data, EVENT)
    assert_said(entrants.problems, data)
    assert len(entrants.persons) == len(entrants.entrants)


@settings(max_examples=150)
@given(**MUTATIONS)
def test_a_spoilt_event_never_raises(seed: int, count: int) -> None:
    text = mutated(EVENT_TOML, seed, count)
    event, problems = parse_event(text)
    assert_said(problems, text.encode())
    assert event is None or isinstance(event, Event)
    if event is None:
        assert any(problem.severity == "error" for problem in problems)


@settings(max_examples=100)
@given(**MUTATIONS)
def test_a_spoilt_course_never_raises(seed: int, count: int) -> None:
    data = mutated(SHORT_GPX, seed, count).encode("utf-8", "surrogatepass")
    course, problems = parse_gpx(data, 21_097.5)
    assert_said(problems, data)
    assert course is not None or problems


@settings(max_examples=150)
@given(**MUTATIONS)
def test_a_spoilt_file_of_entrants_never_raises_and_keeps_the_rows_it_left_alone(
    seed: int, count: int
) -> None:
    head, *rows = ENTRANTS_CSV.splitlines(keepends=True)
    middle = mutated("".join(rows[4:6]), seed, count)
    tail = "".join(rows[6:])
    data = (head + "".join(rows[:4]) + middle + "\n" + tail).encode("utf-8", "surrogatepass")
    entrants = parse_entrants(data, EVENT)
    assert_said(entrants.problems, data)
    bibs = {entrant.bib for entrant in entrants.entrants}
    before = {row.split(",", 1)[0] for row in rows[:4]}
    assert before <= bibs
    assert entrants.counts.rows >= entrants.counts.kept
    assert len({entrant.id for entrant in entrants.entrants}) == len(entrants.entrants) == len(bibs)
