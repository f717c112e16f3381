"""An official's word beside the files: who runs in another race, and who is shown to nobody any more."""

from __future__ import annotations

from homestretch.facts import Entered, Hidden, Moved
from tests.state.days import SHARED, a_day, a_race, at


def test_whom_an_official_moves_runs_in_the_other_race_and_the_reads_there_count() -> None:
    day = a_day(a_race(), a_race("half", 21_097.5, "07:30"), points=SHARED)
    day.entrant("7", "half")
    day.runs("7", start="07:30:20", p10k="08:30", p30k="10:30")
    before = day.state("10:40")
    assert ("read on another course", "7") in before.questions()
    word = day.add(Moved(seen_at=at("10:35"), bib="7", race="marathon"))
    assert day.state("10:20").state.roster.race.tolist() == [1]
    after = day.state("10:40")
    assert after.splits("7")["30k"] == "10:30:00"
    assert after.questions() == []
    assert after.state.race_counts[0] != before.state.race_counts[0]
    day.struck(word, "10:38")
    assert day.state("10:40").questions() == before.questions()


def test_a_file_that_comes_later_moves_nobody_back() -> None:
    day = a_day(a_race(), a_race("half", 21_097.5, "07:30"), points=SHARED)
    day.entrant("7", "half", team="Otters", leg=2)
    day.add(Moved(seen_at=at("06:30"), bib="007", race="marathon"))
    again = Entered(seen_at=at("06:45"), entrant="e7", bib="7", race="half", sex="f")
    day.add(again, "entrants-file")
    state = day.state("08:00").state
    assert state.roster.race.tolist() == [0]
    assert (state.roster.leg[0], state.roster.team[0], state.roster.sex[0]) == (-1, "", "f")


def test_a_race_that_the_plan_does_not_have_moves_nobody() -> None:
    day = a_day()
    day.entrant("7")
    day.add(Moved(seen_at=at("06:30"), bib="7", race="ultra"))
    day.add(Moved(seen_at=at("06:30"), bib="8", race="marathon"))
    assert day.state("08:00").state.roster.race.tolist() == [0]


def test_who_was_hidden_stays_hidden_under_another_bib_until_that_is_taken_back() -> None:
    day = a_day()
    day.entrant("7")
    day.entrant("8")
    word = day.add(Hidden(seen_at=at("09:00"), entrant="e7"))
    day.add(Entered(seen_at=at("09:30"), entrant="e7", bib="900", race="marathon"))
    seen = day.state("10:00")
    assert seen.state.roster.hidden == {seen.row("900")}
    day.struck(word, "09:45")
    assert day.state("10:00").state.roster.hidden == frozenset()
