"""Results: places, times, filters, search, tables apart, and everybody without a finish as a number."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from homestretch.boards import choices_of, results
from homestretch.boards.results import ResultRow, ResultsBoard, ResultsChoices
from homestretch.errors import NotFound
from homestretch.picture import Picture
from homestretch.race.groups import age_group
from homestretch.race.privacy import Viewer
from homestretch.state.snapshot import NEVER, Mark, Status
from tests.boards.days import ALL, Wanted, make_picture

BIG = Wanted(marathon=300, half=260, minutes=900)


def board(
    picture: Picture, race: str = "marathon", role: str = "public", **choices: object
) -> ResultsBoard:
    return results.rows(picture, Viewer(role), ResultsChoices(race=race, **choices))  # type: ignore[arg-type]  # words of the test


def everybody(picture: Picture, **choices: object) -> list[ResultRow]:
    first = board(picture, **choices)  # type: ignore[arg-type]  # words of the test
    pages = [board(picture, page=page, **choices).rows for page in range(1, first.pages + 1)]  # type: ignore[arg-type]  # words of the test
    return [row for page in pages for row in page]


@pytest.mark.parametrize("race", ["marathon", "half"])
def test_pages_together_hold_every_place_once_in_order(race: str) -> None:
    picture = make_picture(BIG)
    first = board(picture, race)
    rows = everybody(picture, race=race)
    assert first.pages == 3
    assert [row.place for row in rows] == list(range(1, first.found + 1))
    elapsed = [row.gun_ms if first.places_by == "gun" else row.net_ms for row in rows]
    assert elapsed == sorted(elapsed)


@pytest.mark.parametrize("wanted", [ALL["small"], ALL["late"], BIG], ids=["small", "late", "big"])
@pytest.mark.parametrize("race", ["marathon", "half"])
def test_every_finisher_is_in_exactly_one_table(race: str, wanted: Wanted) -> None:
    found = board(make_picture(wanted), race)
    assert found.finished == found.found + sum(table.count for table in found.tables)


def test_wheels_and_pacers_have_tables_of_their_own_and_no_place_among_the_runners() -> None:
    picture = make_picture(BIG)
    tables = {table.id: table for table in board(picture).tables}
    assert set(tables) == {"division-wheelchair", "out-of-competition"}
    assert [row.place for row in tables["division-wheelchair"].rows] == list(
        range(1, tables["division-wheelchair"].count + 1)
    )
    assert {row.place for row in tables["out-of-competition"].rows} == {0}
    assert {row.note for row in tables["out-of-competition"].rows} == {"pacer"}
    apart = {row.who.bib for table in tables.values() for row in table.rows} - {""}
    assert not apart.intersection(row.who.bib for row in everybody(picture))


def test_a_division_can_be_chosen() -> None:
    picture = make_picture(BIG)
    found = board(picture, division="wheelchair")
    assert found.divisions == ("wheelchair",)
    assert [table.id for table in found.tables] == ["division-wheelchair"]
    assert found.rows == ()


@pytest.mark.parametrize(
    "choices",
    [
        {"sex": "f", "group": "30-34"},
        {"sex": "m"},
        {"group": "40-44"},
        {"division": "wheelchair"},
        {"club": "a"},
        {"q": "a"},
    ],
    ids=str,
)
def test_a_list_chosen_by_what_people_are_names_nobody_who_hides(choices: dict[str, str]) -> None:
    picture = make_picture(BIG)
    everyone = picture.names.persons
    hidden = {
        entrant: msgspec.structs.replace(person, display="hidden") if number % 3 == 0 else person
        for number, (entrant, person) in enumerate(everyone.items())
    }
    picture = replace(picture, names=replace(picture.names, persons=hidden))
    seen = board(picture, **choices)  # type: ignore[arg-type]  # words of the test
    rows = [*everybody(picture, **choices), *(row for table in seen.tables for row in table.rows)]
    assert rows
    assert not [row for row in rows if row.who.hidden]
    assert seen.found == len(everybody(picture, **choices))
    told = board(picture, role="director", **choices)  # type: ignore[arg-type]  # words of the test
    count = told.found + sum(table.count for table in told.tables)
    assert count > len(rows), "the director sees everybody"
    assert any(row.who.hidden for row in everybody(picture)), "who chooses nothing sees every place"


def test_a_filter_by_sex_and_group_keeps_places_of_the_whole_race() -> None:
    picture = make_picture(BIG)
    whole = {row.place: row for row in everybody(picture, role="director")}
    rows = everybody(picture, role="director", sex="f", group="30-34")
    assert rows
    assert all(row.sex == "f" and row.group == "30-34" for row in rows)
    assert [whole[row.place] for row in rows] == rows
    assert [row.place_group for row in rows] == list(range(1, len(rows) + 1))


def test_groups_to_choose_from_go_from_young_to_old() -> None:
    groups = board(make_picture(BIG)).groups
    assert groups[0] == "under 20"
    assert groups[-1] == "80+"
    assert list(groups[1:-1]) == sorted(groups[1:-1])


def test_of_a_hidden_finisher_nothing_is_told_but_place_and_times() -> None:
    hidden = [row for row in everybody(make_picture(BIG)) if row.who.hidden]
    assert len(hidden) > 40
    for row in hidden:
        assert (row.who.bib, row.who.club, row.sex, row.group) == ("", "", "", "")
        assert (row.place_sex, row.place_group) == (0, 0)
        assert row.place > 0
        assert row.gun_ms > 0


def test_a_search_finds_by_bib_and_by_the_shown_name_alone() -> None:
    picture = make_picture(BIG)
    shown = next(
        row
        for row in everybody(picture)
        if " " in row.who.name and "." not in row.who.name and row.who.bib
    )
    assert board(picture, q=shown.who.bib).rows == (shown,)
    by_name = everybody(picture, q=shown.who.name.lower())
    assert shown in by_name
    assert all(row.who.name == shown.who.name for row in by_name)


def test_who_is_shown_by_initials_or_not_at_all_is_not_found_by_name() -> None:
    picture = make_picture(BIG)
    persons, roster = picture.names.persons, picture.state.roster
    for display in ("initials", "hidden"):
        row = next(
            row
            for row in np.flatnonzero(picture.state.place != NEVER)
            if (person := persons.get(roster.entrants[row]))
            and person.display == display
            and roster.race[row] == 0
        )
        person = persons[roster.entrants[row]]
        found = everybody(picture, q=f"{person.first} {person.last}")
        assert roster.bibs[row] not in {entry.who.bib for entry in found}
        assert not [entry for entry in found if entry.who.hidden]
        bib = roster.bibs[row]
        by_bib = board(picture, q=bib)
        assert [entry.who.bib for entry in by_bib.rows] == ([bib] if display == "initials" else [])
        assert [entry.who.bib for entry in board(picture, role="director", q=bib).rows] == [bib]


def test_initials_are_found_as_they_are_shown() -> None:
    picture = make_picture(BIG)
    initials = next(row for row in everybody(picture) if "." in row.who.name)
    found = everybody(picture, q=initials.who.name)
    assert initials in found
    assert all(row.who.name == initials.who.name for row in found)


def test_a_club_is_found_as_far_as_it_is_shown() -> None:
    found = everybody(make_picture(BIG), club="steel")
    assert found
    assert {row.who.club for row in found} == {"Steel Valley Striders"}


def test_the_latest_come_first_when_asked_for_and_on_a_wall() -> None:
    picture = make_picture(BIG)
    latest = [row.finish_at for row in everybody(picture, order="latest")]
    assert latest == sorted(latest, reverse=True)
    wall = board(picture, wall=True)
    assert wall.latest
    assert [row.finish_at for row in wall.rows] == latest[: results.WALL]


def test_on_a_wall_a_word_of_control_has_room_above_fewer_rows() -> None:
    wanted = Wanted(marathon=300, half=260, minutes=300)
    open_wall, stopped = (
        board(make_picture(it), "half", wall=True)
        for it in (wanted, replace(wanted, flag="stopped"))
    )
    assert [len(it.rows) for it in (open_wall, stopped)] == [5, 3]
    assert stopped.rows == open_wall.rows[:3]


def test_everybody_without_a_finish_is_a_number_that_adds_up() -> None:
    picture = make_picture(ALL["small"])
    for number, race in enumerate(picture.event.races):
        found = board(picture, race.id)
        w = found.without
        without = w.still_on_course + w.off_course + w.did_not_start + w.not_seen + w.not_ranked
        counts = picture.state.race_counts[number]
        assert without + counts[Status.FINISHED] + counts[Status.FINISHED_LATE] == sum(
            counts.values()
        )


def test_who_came_after_a_stop_without_a_ruling_stands_apart() -> None:
    picture = make_picture(BIG)
    state = picture.state
    row = int(np.flatnonzero((state.place != NEVER) & (state.roster.race == 0))[-1])
    place, marks = state.place.copy(), state.marks.copy()
    place[row] = NEVER
    marks[row] |= int(Mark.AFTER_STOP)
    stopped = replace(picture, state=replace(state, place=place, marks=marks))
    tables = {table.id: table for table in board(stopped).tables}
    assert tables["after-stop"].count == 1
    assert tables["after-stop"].rows[0].finish_at == state.finish_at[row]


def test_that_everybody_is_accounted_for_makes_no_results_official() -> None:
    late, finished = (board(make_picture(ALL[name])).frame for name in ("late", "finished"))
    assert (late.provisional, late.settled) == (True, False)
    assert (finished.provisional, finished.settled) == (True, True)


def test_the_age_group_is_that_of_the_ranking() -> None:
    picture = make_picture(BIG)
    for row in everybody(picture, role="director")[:50]:
        at = picture.state.roster.row_of_bib[row.who.bib]
        assert row.group == age_group(int(picture.state.roster.age[at]))


@pytest.mark.parametrize(
    "given",
    [
        {"race": "marathon", "sex": "q"},
        {"race": "marathon", "page": "0"},
        {"race": "marathon", "q": "x" * 200},
        {},
    ],
)
def test_choices_that_cannot_be_read_are_refused_in_words(given: dict[str, str]) -> None:
    with pytest.raises(NotFound) as refusal:
        choices_of(results.BOARD, given)
    assert refusal.value.hint


def test_an_unknown_race_names_the_known_ones() -> None:
    with pytest.raises(NotFound, match="marathon, half"):
        board(make_picture(ALL["small"]), "ultra")


def test_unknown_choices_are_left_aside() -> None:
    assert choices_of(results.BOARD, {"race": "half", "utm_source": "mail"}) == ResultsChoices(
        race="half"
    )
