"""Who stood in entrants.csv and does no longer is named, and nothing is decided about them."""

from __future__ import annotations

from pathlib import Path

from homestretch.app import find_vanished, load_folder, load_into_store
from tests.cli.conftest import NIGHT_BEFORE, Run, picture_of
from tests.cli.serving import serving


def change(folder: Path, old: str, new: str) -> None:
    file = folder / "entrants.csv"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def renumber(folder: Path) -> None:
    """Bib 102 becomes 102a in the file: without a column for ids these are two entrants."""
    change(folder, "102,Tobin,", "102a,Tobin,")


def said(folder: Path) -> list[str]:
    return [str(problem) for problem in find_vanished(folder)]


def test_a_bib_that_was_changed_in_the_file_is_named_with_its_twin(folder: Path, run: Run) -> None:
    assert said(folder) == []
    renumber(folder)
    (sentence,) = said(folder)
    assert sentence == (
        "entrants.csv (warning): Bib 102 stands no longer in the file, and is still entered."
        " Bib 102A has the same name. Put the row back, or rule on it:"
        " homestretch say DIR ruled bib=102 verdict=dns"
    )
    checked = run("check", folder)
    assert checked.exit_code == 0
    assert sentence in checked.stdout


def test_it_is_said_at_the_start_until_somebody_has_ruled(folder: Path, run: Run) -> None:
    renumber(folder)
    with serving("run", folder, "--port", "0") as server:
        server.wait_for("Mill Race Run: http")
        assert server.end() == 0
    assert [line for line in server.said if line == said(folder)[0]]
    picture = picture_of(folder)
    assert {"102", "102A"} <= set(picture.state.roster.row_of_bib)
    run("say", folder, "ruled", "bib=102", "verdict=dns")
    assert said(folder) == []


def test_a_changed_bib_with_an_id_of_its_own_is_one_entrant(folder: Path) -> None:
    """Also when the file got its ids after everybody was entered by bib."""
    file = folder / "entrants.csv"
    head, *rows = file.read_text().splitlines()
    with_ids = ["id," + head, *(f"E{place},{row}" for place, row in enumerate(rows))]
    file.write_text("\n".join(with_ids))
    assert said(folder) == []
    load_into_store(folder, load_folder(folder), NIGHT_BEFORE + 1)
    change(folder, ",102,", ",102a,")
    load_into_store(folder, load_folder(folder), NIGHT_BEFORE + 2)
    assert said(folder) == []
    roster = picture_of(folder).state.roster
    assert "102" not in roster.row_of_bib
    assert len(roster.entrants) == 7
    assert picture_of(folder).names.persons["102"].last == "Fallowsund"


def test_who_was_erased_imported_since_or_is_in_a_row_left_out_is_not_named(
    folder: Path, run: Run
) -> None:
    rows = (folder / "entrants.csv").read_text().splitlines()
    (folder / "entrants.csv").write_text("\n".join([rows[0], *rows[4:]]))
    assert len(said(folder)) == 3
    assert run("erase", folder, "101", "--yes").exit_code == 0
    late = folder.parent / "late.csv"
    late.write_text(f"{rows[0]}\n{rows[2]}\n".replace(",m,51", ",m,52"))
    assert run("import", folder, late).exit_code == 0
    with (folder / "entrants.csv").open("a") as file:
        file.write("\n" + rows[3].replace("10k", "10m"))
    assert said(folder) == []


def test_a_file_that_is_missing_is_no_field_that_left(folder: Path) -> None:
    (folder / "entrants.csv").unlink()
    assert said(folder) == []


def test_of_many_twenty_are_said_at_the_start(folder: Path) -> None:
    rows = [f"{bib},Una,Manyrow,10k,A,,f,30,,,D{bib},name\n" for bib in range(300, 325)]
    text = (folder / "entrants.csv").read_text()
    (folder / "entrants.csv").write_text(text + "".join(rows))
    load_into_store(folder, load_folder(folder), NIGHT_BEFORE + 1)
    (folder / "entrants.csv").write_text(text)
    with serving("run", folder, "--port", "0") as server:
        server.wait_for("Mill Race Run: http")
        assert server.end() == 0
    assert sum("stands no longer" in line for line in server.said) == 20
    assert f"5 more: homestretch check {folder}" in server.said


def test_before_the_first_start_a_check_makes_no_store(tmp_path: Path, run: Run) -> None:
    run("new", tmp_path / "fresh")
    assert run("check", tmp_path / "fresh").exit_code == 0
    names = {path.name for path in (tmp_path / "fresh").iterdir()}
    assert names == {"event.toml", "course.gpx", "entrants.csv"}
