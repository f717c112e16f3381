"""With whom somebody agrees to be shown: kept by command, for good, and through a newer file of entrants."""

from __future__ import annotations

from pathlib import Path

from homestretch.app import load_folder, load_into_store
from homestretch.race.entrant import Person
from tests.cli.conftest import NIGHT_BEFORE, Run, picture_of


def person(folder: Path, bib: str) -> Person:
    return picture_of(folder).names.persons[bib]


def test_agreeing_and_refusing_hold_at_once_and_through_the_same_file_again(
    folder: Path, run: Run
) -> None:
    assert not person(folder, "101").companions
    assert "Bib 101 may be shown" in run("companions", folder, "101", "--agree").stdout
    assert person(folder, "101").companions
    load_into_store(folder, load_folder(folder), NIGHT_BEFORE + 1)
    assert person(folder, "101").companions
    assert "with nobody" in run("companions", folder, "101", "--refuse").stdout
    assert not person(folder, "101").companions


def test_not_this_person_stays_until_it_is_taken_back_by_who_said_it(
    folder: Path, run: Run
) -> None:
    run("companions", folder, "101", "--not-with", "105")
    run("companions", folder, "101", "--not-with", "105")
    assert person(folder, "101").not_with == ("105",)
    assert person(folder, "105").not_with == ()
    newer = (folder / "entrants.csv").read_text().replace("Mill Lane AC", "Weir Runners")
    (folder / "entrants.csv").write_text(newer)
    load_into_store(folder, load_folder(folder), NIGHT_BEFORE + 1)
    kept = person(folder, "101")
    assert (kept.not_with, kept.club) == (("105",), "Weir Runners")
    nobody_said = run("companions", folder, "105", "--again-with", "101")
    assert nobody_said.exit_code == 1
    assert "Bib 105 has said no such word" in nobody_said.stderr
    assert person(folder, "101").not_with == ("105",)
    run("companions", folder, "101", "--again-with", "105")
    assert person(folder, "101").not_with == ()


def test_what_cannot_be_meant_is_refused_in_words(folder: Path, run: Run) -> None:
    assert run("companions", folder, "101").exit_code == 2
    assert run("companions", folder, "999", "--agree").exit_code == 1
    alone = run("companions", folder, "101", "--not-with", "101")
    assert alone.exit_code == 1
    assert "one and the same bib" in alone.stderr
    run("erase", folder, "105", "--yes")
    assert "was erased" in run("companions", folder, "105", "--agree").stderr


def test_under_18_the_missing_word_of_a_guardian_is_named(folder: Path, run: Run) -> None:
    file = folder.parent / "young.csv"
    file.write_text("bib,age,guardian\n101,16,no\n105,16,yes\n")
    assert run("import", folder, file).exit_code == 0
    said = [run("companions", folder, bib, "--agree").stdout for bib in ("101", "102", "105")]
    assert ["before a guardian has agreed" in words for words in said] == [True, False, False]
