"""Who wears which chip when, who holds which bib, and whose clock is wrong: hand-made days."""

from __future__ import annotations

import pytest

from homestretch.facts import Corrected
from homestretch.state.snapshot import Status
from tests.state.days import HALF_M, SHARED, a_day, a_race, at, clock


def test_a_chip_that_changes_hands_belongs_to_whoever_wore_it_then() -> None:
    day = a_day()
    day.entrant("1", chip="A")
    day.entrant("2", chip="")
    day.chip("A", "2", since="08:30", when="08:31")
    day.read_chip("A", "10k", "07:50", "08:29:59.999")
    day.read_chip("A", "half", "09:30")
    seen = day.state()
    assert seen.splits("1") == {"10k": "07:50:00"}
    assert seen.splits("2") == {"half": "09:30:00"}
    day.read_chip("A", "30k", "08:30")  # too fast for 2, who had it from this moment on
    assert day.state().splits("1") == {"10k": "07:50:00"}


def test_chips_swapped_between_two_people_are_put_right_for_the_whole_day() -> None:
    day = a_day()
    day.entrant("1", chip="A")
    day.entrant("2", chip="B")
    day.read_chip("A", "10k", "07:50")
    day.read_chip("B", "10k", "08:10")
    assert day.state("09:00").passed("1", "10k") == "07:50:00"
    day.chip("A", "2", when="12:00")
    day.chip("B", "1", when="12:00")
    seen = day.state()
    assert (seen.passed("1", "10k"), seen.passed("2", "10k")) == ("08:10:00", "07:50:00")


def test_of_two_words_about_the_same_moment_the_one_issued_last_holds() -> None:
    day = a_day()
    for bib in "123":
        day.entrant(bib, chip="")
    day.chip("A", "1", since="07:00", when="06:10")
    day.chip("A", "2", since="07:00", when="06:20")
    day.chip("A", "3", since="09:00", when="06:05")
    day.read_chip("A", "10k", "07:50")
    day.read_chip("A", "30k", "10:00")
    seen = day.state()
    assert [seen.splits(bib) for bib in "123"] == [{}, {"10k": "07:50:00"}, {"30k": "10:00:00"}]


def test_a_chip_given_back_is_nobodys() -> None:
    day = a_day()
    day.entrant("1", chip="A")
    day.chip("A", "", since="08:00", when="08:00")
    day.read_chip("A", "10k", "07:50")
    day.read_chip("A", "30k", "10:00")
    seen = day.state()
    assert seen.splits("1") == {"10k": "07:50:00"}
    assert seen.unused() == {"USED": 1, "UNKNOWN_CHIP": 1}


def test_a_chip_taken_away_for_the_whole_day_is_nobodys() -> None:
    day = a_day()
    day.entrant("1", chip="A")
    day.chip("A", "", when="06:30")
    day.chip("B", "1", when="06:30")
    day.read_chip("A", "10k", "07:50")
    day.read_chip("B", "10k", "07:55")
    assert day.state().splits("1") == {"10k": "07:55:00"}


def test_two_chips_of_one_runner_make_one_passing() -> None:
    day = a_day()
    day.entrant("1", chip="A")
    day.chip("B", "1")
    day.read_chip("A", "10k", "07:50:02")
    day.read_chip("B", "10k", "07:50:01")
    day.read_chip("B", "start", "07:01:00")
    day.read_chip("A", "start", "07:01:01")
    assert day.state().splits("1") == {"start": "07:01:01", "10k": "07:50:01"}


def test_a_chip_of_a_bib_that_nobody_holds_waits_until_somebody_does() -> None:
    day = a_day()
    day.chip("A", "77")
    day.read_chip("A", "10k", "07:50")
    assert day.state().unused() == {"UNKNOWN_CHIP": 1}
    day.entrant("77", chip="", when="11:00")  # found at the desk hours later
    assert day.state().splits("77") == {"10k": "07:50:00"}


def test_who_is_entered_again_moves_to_the_other_race() -> None:
    day = a_day(a_race(), a_race("half", HALF_M), points=SHARED)
    day.entrant("1", "marathon")
    day.entrant("1", "half", when="06:50", chip="")
    day.runs("1", start="07:00", p10k="08:00", finish="09:10")
    seen = day.state()
    assert seen.counts() == {"FINISHED": 1}
    assert [sum(counts.values()) for counts in seen.state.race_counts] == [0, 1]
    assert seen.gun("1") == "2:10:00"


def test_who_was_moved_to_a_race_that_is_not_in_the_plan_stays_where_they_were() -> None:
    day = a_day()
    day.entrant("1")
    day.entrant("1", "ultra", when="06:50", chip="")
    assert day.state().counts() == {"ENTERED": 1}


def test_who_is_numbered_anew_has_the_new_bib_only() -> None:
    day = a_day()
    day.entrant("1", chip="A")
    day.entrant("401", entrant="e1", chip="A", when="06:50")
    day.read_chip("A", "10k", "07:50")
    seen = day.state()
    assert seen.state.roster.bibs == ("401",)
    assert seen.splits("401") == {"10k": "07:50:00"}


def test_of_two_entrants_with_one_bib_the_later_has_it_and_the_other_is_a_question() -> None:
    day = a_day()
    day.entrant("7", entrant="old", chip="")
    day.entrant("7", entrant="new", chip="A", when="06:40")
    day.read_chip("A", "10k", "07:50")
    seen = day.state()
    assert seen.counts() == {"ENTERED": 1, "STARTED": 1}
    assert seen.state.roster.entrants[seen.row("7")] == "new"
    assert seen.status("7") == Status.STARTED
    (asked,) = [q for q in seen.state.questions if "bib" in q.kind]
    assert seen.state.roster.entrants[asked.row] == "old"
    assert clock(asked.since_at) == "06:00:00"


def test_bibs_come_in_the_order_of_people() -> None:
    day = a_day()
    for bib in ("10", "9", "F2", "A10", "A9", "elite", "9b"):
        day.entrant(bib)
    bibs = day.state().state.roster.bibs
    assert bibs == ("9", "9b", "10", "A9", "A10", "F2", "elite")


def test_a_correction_shifts_the_reads_of_its_source() -> None:
    day = a_day()
    day.entrant("1")
    day.read("1", "10k", "07:50", source="box-a")
    day.read("1", "half", "08:50", source="box-b")
    day.corrected("box-a", -12.345)
    seen = day.state()
    assert seen.splits("1") == {"10k": "07:49:47.655", "half": "08:50:00"}
    assert clock(int(seen.state.points.last_read_at[1])) == "07:49:47.655"


def test_a_correction_holds_for_its_span_of_what_the_device_said() -> None:
    day = a_day()
    for bib, time in (("1", "07:59:59.999"), ("2", "08:00"), ("3", "08:29:59.999"), ("4", "08:30")):
        day.entrant(bib)
        day.read(bib, "10k", time, source="box")
    day.corrected("box", 3600, start="08:00", until="08:30")
    seen = day.state()
    assert [seen.passed(bib, "10k") for bib in "1234"] == [
        "07:59:59.999",
        "09:00:00",
        "09:29:59.999",
        "08:30:00",
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_corrections_that_contradict_each_other_are_settled_by_when_and_by_whom(
    turned: bool,
) -> None:
    day = a_day()
    day.entrant("1")
    day.read("1", "10k", "07:50", source="box")
    first = len(day.items)
    day.corrected("box", 10, by="amy", when="12:00:00")
    day.corrected("box", 20, by="ben", when="12:00:00")
    day.corrected("box", 30, by="zoe", when="11:59:59")
    if turned:
        day.items[first:] = day.items[: first - 1 : -1]
    assert day.state().passed("1", "10k") == "07:50:20"
    day.corrected("box", 5, by="ben", when="12:00:00")
    same_issuer = {item.id: item.fact for item in day.items if isinstance(item.fact, Corrected)}
    of_ben = [found for found in sorted(same_issuer) if same_issuer[found].by == "ben"]  # type: ignore[union-attr]  # all are corrections
    last = same_issuer[of_ben[-1]].offset_ms  # type: ignore[union-attr]  # likewise
    assert day.state().passed("1", "10k") == clock(at("07:50") + last)


def test_a_struck_correction_a_later_one_and_nonsense_shift_nothing() -> None:
    day = a_day()
    day.entrant("1")
    day.read("1", "10k", "07:50", source="box")
    day.struck(day.corrected("box", 10, when="11:00"), "11:30")
    day.corrected("nobody", 10)
    day.corrected("box", 1e18)
    day.corrected("box", 60, when="13:00")
    assert day.state("12:30").passed("1", "10k") == "07:50:00"
    assert day.state("13:00").passed("1", "10k") == "07:51:00"


def test_a_correction_can_make_a_read_possible_that_was_not() -> None:
    day = a_day()
    day.entrant("1")
    day.runs("1", start="07:00:30", half="08:50")
    day.read("1", "10k", "06:51:00", source="box")  # an hour off
    assert day.state("11:00").passed("1", "10k") == ""
    day.corrected("box", 3600)
    assert day.state().passed("1", "10k") == "07:51:00"


def test_a_chip_follows_the_corrected_time() -> None:
    day = a_day()
    day.entrant("1", chip="A")
    day.entrant("2", chip="")
    day.chip("A", "2", since="09:00", when="09:00")
    day.read_chip("A", "10k", "08:30", source="box")
    day.corrected("box", 3600)
    assert day.state().splits("2") == {"10k": "09:30:00"}


def test_of_reads_that_corrections_bring_to_one_moment_the_one_seen_first_is_the_evidence() -> None:
    day = a_day()
    day.entrant("1")
    day.read("1", "10k", "07:50:10", source="box-a")
    day.read("1", "10k", "07:50:00", source="box-b")
    day.corrected("box-b", 10)
    seen = day.state()
    won = seen.log.get(int(seen.state.evidence[seen.row("1"), seen.column("10k")]))
    assert (won.id.source, seen.passed("1", "10k")) == ("box-b", "07:50:10")
