"""How results stand, and what an old version shows: numbers of then, names of today."""

from __future__ import annotations

from dataclasses import replace

import pytest

from homestretch.boards.certificate import CertificateChoices
from homestretch.boards.certificate import rows as make_certificate
from homestretch.boards.results import ResultsBoard, ResultsChoices
from homestretch.boards.results import rows as make_results
from homestretch.boards.runner import RunnerChoices
from homestretch.boards.runner import rows as runner_page
from homestretch.boards.shards import make_shard
from homestretch.boards.standing import find_changed, find_standing, list_obstacles
from homestretch.errors import NotFound
from homestretch.facts import Declared, Entered, FactId, Hidden, Protested, Ruled
from homestretch.office.embedded import page_text
from homestretch.office.result_rows import make_results as make_exported
from homestretch.picture import Picture, Version
from homestretch.race.privacy import Viewer
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.versions import KeptVersions
from tests.boards.pictures import person, picture_of
from tests.state.days import HALF_M, SHARED, Day, a_day, a_race, at

PEOPLE = (person("1", "Ada Amberlow"), person("2", "Bela Amberlow"), person("3", "Cleo Amberlow"))


def day_of_three() -> Day:
    day = a_day()
    for bib, finish in (("1", "09:40"), ("2", "09:50"), ("3", "10:00")):
        day.entrant(bib, sex="f", age=30)
        day.runs(bib, start="07:00:20", finish=finish)
    return day


def declare(day: Day, when: str, race: str = "marathon") -> FactId:
    return day.add(Declared(seen_at=at(when), race=race), "director")


def picture(day: Day, now: str, *people: object) -> Picture:
    """The Picture with its versions, as the keeper makes it."""
    found = picture_of(day, now, *(people or PEOPLE))  # type: ignore[arg-type]  # people
    columns = Columns()
    columns.take(day.state(now).log.read_since(0))
    Fold(columns).state(at(now))
    versions = KeptVersions().find(columns, found.state.words.declared)
    return replace(found, versions=tuple(Version(word, state) for word, state in versions))


def results(found: Picture, version: int = 0) -> ResultsBoard:
    return make_results(found, Viewer(), ResultsChoices(race="marathon", version=version))


def names(board: ResultsBoard) -> list[str]:
    return [row.who.name for row in board.rows]


def test_they_are_provisional_until_they_are_declared_and_each_race_is_by_itself() -> None:
    day = a_day(a_race(), a_race("half", HALF_M), points=SHARED)
    for bib, race in (("1", "half"), ("2", "marathon")):
        day.entrant(bib, race)
        day.runs(bib, start="07:01", finish=f"09:5{bib}")
    declare(day, "10:30", "half")
    found = picture(day, "11:00")
    marathon, half = found.event.races
    assert (find_standing(found, half).official, find_standing(found, marathon).official) == (
        True,
        False,
    )
    assert find_standing(found, marathon).words == (
        "Provisional: everybody is accounted for, and the director has not declared them yet"
    )


def test_a_version_has_the_results_of_its_moment_whatever_comes_later() -> None:
    day = day_of_three()
    declare(day, "11:00")
    day.ruled("2", "dsq", "11:30")
    declare(day, "12:00")
    day.ruled("1", "dsq", "12:30")
    found = picture(day, "13:00")
    assert names(results(found, 1)) == ["Ada Amberlow", "Bela Amberlow", "Cleo Amberlow"]
    assert names(results(found)) == names(results(found, 2)) == ["Ada Amberlow", "Cleo Amberlow"]
    assert results(found).standing.words == "Official, version 2, 3 May 12:00"
    assert find_changed(found, found.event.races[0]) == (("1",), 1)
    with pytest.raises(NotFound, match="no version 3"):
        results(found, 3)


def test_a_version_is_dated_by_when_it_was_received_not_by_when_its_page_was_opened() -> None:
    day = day_of_three()
    day.add(Declared(seen_at=at("11:00"), race="marathon"), "director", late_s=1800)
    day.ruled("3", "dsq", "11:15")
    found = picture(day, "12:00")
    assert results(found).standing.words == "Official, version 1, 3 May 11:30"
    assert len(results(found).rows) == 2


def test_a_late_read_changes_the_next_version_and_not_the_one_before() -> None:
    day = day_of_three()
    day.entrant("4", sex="f", age=30)
    declare(day, "11:00")
    day.read("4", "finish", "09:45", late_s=3 * 3600)
    found = picture(day, "13:00", *PEOPLE, person("4", "Dora Amberlow"))
    assert len(results(found).rows) == 3
    declare(day, "13:00")
    found = picture(day, "13:30", *PEOPLE, person("4", "Dora Amberlow"))
    assert names(results(found))[1] == "Dora Amberlow"
    assert len(results(found, 1).rows) == 3


def test_a_version_that_is_taken_back_leaves_its_number_free_for_nobody() -> None:
    day = day_of_three()
    first = declare(day, "11:00")
    day.struck(first, "11:10")
    assert not find_standing(picture(day, "11:20"), day.event.races[0]).official
    declare(day, "11:30")
    found = picture(day, "12:00")
    assert find_standing(found, found.event.races[0]).version == 2
    with pytest.raises(NotFound, match="The versions are: 2"):
        results(found, 1)


def test_facts_of_one_moment_are_told_apart_by_their_place_in_the_log() -> None:
    day = day_of_three()
    declare(day, "11:00")
    day.ruled("1", "dsq", "11:00")  # a clock that is held says the same for both
    assert len(results(picture(day, "12:00")).rows) == 3


@pytest.mark.parametrize("what", ["hidden", "erased", "a child after all", "no longer entered"])
def test_an_old_version_names_nobody_whom_today_hides(what: str) -> None:
    day = day_of_three()
    declare(day, "11:00")
    people = list(PEOPLE)
    if what == "hidden":
        day.add(Hidden(seen_at=at("12:00"), entrant="e2"))
    elif what == "erased":
        del people[1]
    elif what == "a child after all":
        entered = Entered(
            seen_at=at("12:00"), entrant="e2", bib="2", race="marathon", sex="f", age=17
        )
        day.add(entered, "entrants-file")
    else:
        facts = [(one.id, one.fact) for one in day.items]
        (entry,) = [
            name for name, fact in facts if isinstance(fact, Entered) and fact.entrant == "e2"
        ]
        day.struck(entry, "12:00")
    shown = names(results(picture(day, "13:00", *people), 1))
    assert shown == ["Ada Amberlow", "private entrant", "Cleo Amberlow"]


def test_what_holds_a_declaration_up_is_said_by_name_of_the_bib() -> None:
    day = day_of_three()
    day.entrant("4")
    day.runs("4", start="07:01", half="08:50")
    found = picture(day, "12:00")
    race = found.event.races[0]
    assert list_obstacles(found, race) == ("Not accounted for: 4.",)
    day.taken("4", "bus", "12:10", "Bus 1")
    assert list_obstacles(picture(day, "12:20"), race) == ("Not accounted for: 4.",)
    day.taken("4", "home", "12:30")
    assert list_obstacles(picture(day, "12:40"), race) == ()
    day.flag("stopped", "12:50")
    assert "held back or stopped" in list_obstacles(picture(day, "13:00"), race)[0]


def test_who_finished_and_is_cared_for_holds_nothing_up() -> None:
    day = day_of_three()
    day.taken("3", "care", "10:05", "Tent 1")
    assert list_obstacles(picture(day, "11:00"), day.event.races[0]) == ()


def test_a_start_that_is_open_and_a_race_without_a_finish_hold_it_up() -> None:
    day = a_day()
    day.entrant("1")
    assert list_obstacles(picture(day, "07:30"), day.event.races[0]) == (
        "A start of this race is still open.",
        "Nobody of this race has finished.",
    )


def test_the_event_is_provisional_until_each_race_that_has_entrants_is_declared() -> None:
    day = a_day(a_race(), a_race("half", HALF_M), a_race("10k", 10_000.0), points=SHARED)
    for bib, race in (("1", "half"), ("2", "marathon")):
        day.entrant(bib, race)
        day.runs(bib, start="07:01", finish=f"09:5{bib}")
    assert picture(day, "10:20").provisional
    declare(day, "10:30", "half")
    assert picture(day, "10:40").provisional
    declare(day, "10:50")
    assert not picture(day, "11:00").provisional, "nobody entered the third race"


def test_what_was_declared_stands_for_everybody_but_the_ledger_until_another_version() -> None:
    day = day_of_three()
    declare(day, "10:30")
    day.add(Ruled(seen_at=at("10:40"), bib="1", verdict="dsq", by="office"), "control")
    found = picture(day, "10:50")
    public, control = (
        runner_page(found, Viewer(role=role), RunnerChoices(bib="1"))
        for role in ("public", "control")
    )
    assert (public.status, public.place) == ("finished", 1)
    assert control.status == "disqualified"
    rows = {row.bib: row for row in make_shard(found, 0).runners}
    assert [(rows[bib].status, rows[bib].place) for bib in "123"] == [
        ("finished", 1), ("finished", 2), ("finished", 3)
    ]  # fmt: skip
    declare(day, "11:00")
    found = picture(day, "11:10")
    rows = {row.bib: row for row in make_shard(found, 0).runners}
    assert [(rows[bib].status, rows[bib].place) for bib in "123"] == [
        ("not ranked", 0), ("finished", 1), ("finished", 2)
    ]  # fmt: skip


def test_a_result_against_which_somebody_has_protested_says_so_wherever_it_stands() -> None:
    day = day_of_three()
    declare(day, "10:30")
    day.add(Protested(seen_at=at("10:40"), bib="2"), "office")
    found = picture(day, "10:50")
    race = found.event.races[0]
    assert [row.who.bib for row in results(found).rows if row.under_protest] == ["2"]
    page = runner_page(found, Viewer(), RunnerChoices(bib="2"))
    assert page.notes == ("This result is under protest, which is not decided yet.",)
    assert "under protest" in make_certificate(found, Viewer(), CertificateChoices(bib="2")).stand
    exported = make_exported(found, race, full=False)
    assert [row.bib for row in exported.rows if "under protest" in row.marks] == ["2"]
    written = page_text(exported)
    assert written.count("under protest") == 1
    assert "Official, version 1, " in written
    for bib in ("1", "3"):
        assert runner_page(found, Viewer(), RunnerChoices(bib=bib)).notes == ()
