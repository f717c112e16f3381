"""A newer file of entrants while the day runs: what is new in it counts, what was decided stays decided."""

from __future__ import annotations

from pathlib import Path

from homestretch.app import load_folder, load_into_store, wall_now
from homestretch.facts import AnyFact, Assigned, DetailsChanged, Ruled, Sighting, received
from homestretch.office.exports import make_picture
from homestretch.picture import Picture
from homestretch.state.snapshot import Status
from tests.cli.conftest import NIGHT_BEFORE, READS, Run, opened, picture_of
from tests.cli.test_import import unreadable_texts, write

HEAD = "id,bib,first,last,race,wave,division,sex,age,club,email,chip,display"
REGISTERED = f"""{HEAD}
R1,101,Ilsabet,Quarrelholm,10k,A,,f,34,Mill Lane AC,ilsabet@example.org,C101,name
R2,102,Tobin,Fallowsund,10k,A,,m,51,,,C102,name
R3,103,Hidda,Canarywick,10k,A,,f,29,Hidden Harriers,,C103,hidden
R4,104,Sumela,Sumcell,10k,A,,m,40,,,C104,name
R5,105,Wen,Slowater,10k,A,,x,60,,,C105,name
R6,106,Rolla,Wheelgate,10k,Wheelchairs,wheelchair,f,33,,,C106,name
R7,201,Fivo,Kilometz,5k,,,m,22,,,C201,name
"""


def registered(folder: Path, run: Run, *changes: tuple[str, str], code: int = 0) -> str:
    """Registration exports its table again, with these changes, and it is imported: what is said."""
    text = REGISTERED
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    done = run("import", folder, write(folder, "registered.csv", text))
    assert done.exit_code == code, done.output
    return str(done.stdout)


def say(folder: Path, fact: AnyFact) -> None:
    """Control says something."""
    with opened(folder) as store:
        store.log.append([received(fact, "control:1", fact.seen_at)])


def statuses(folder: Path, *bibs: str) -> list[Status]:
    """How these stand now that the file was imported."""
    with opened(folder) as store:
        state = make_picture(store, wall_now()).state
    return [Status(state.status[state.roster.row_of_bib[bib]]) for bib in bibs]


def start_again(folder: Path) -> None:
    load_into_store(folder, load_folder(folder), NIGHT_BEFORE + 5000)


def named(picture: Picture, bib: str) -> str:
    """First and last name of whoever wears a bib."""
    row = picture.state.roster.row_of_bib[bib]
    person = picture.names.persons[picture.state.roster.entrants[row]]
    return f"{person.first} {person.last}"


def race_of(picture: Picture, bib: str) -> str:
    roster = picture.state.roster
    return picture.event.races[int(roster.race[roster.row_of_bib[bib]])].id


def finished(picture: Picture) -> set[str]:
    """Bibs that have a finish."""
    state = picture.state
    return {bib for bib, row in state.roster.row_of_bib.items() if state.finish_at[row] > 0}


def test_a_table_with_ids_for_people_who_were_entered_by_bib_enters_nobody_twice(
    folder: Path, run: Run
) -> None:
    registered(folder, run)
    picture = picture_of(folder)
    assert len(picture.state.roster.entrants) == 7
    assert named(picture, "104") == "Sumela Sumcell"
    start_again(folder)
    assert len(picture_of(folder).state.roster.entrants) == 7


def test_a_table_without_ids_means_those_who_hold_the_bibs(folder: Path, run: Run) -> None:
    registered(folder, run)
    registered(folder, run, ("R7,201,Fivo,Kilometz", "R7,202,Fivo,Kilometz"))
    text = "bib,first,last,race\n202,Fivo,Kilometers,5k\n"
    run("import", folder, write(folder, "plain.csv", text))
    picture = picture_of(folder)
    assert len(picture.state.roster.entrants) == 7
    assert named(picture, "202") == "Fivo Kilometers"


def test_late_entries_are_entered_beside_those_who_are(folder: Path, run: Run) -> None:
    registered(folder, run)
    late = "R8,301,Latta,Comerly,5k,,,f,19,,,C301,name\n"
    registered(folder, run, ("R7,", f"{late}R7,"))
    picture = picture_of(folder)
    assert len(picture.state.roster.entrants) == 8
    assert named(picture, "301") == "Latta Comerly"


def test_two_people_who_swap_bibs_take_their_names_races_and_chips_along(
    folder: Path, run: Run
) -> None:
    registered(folder, run)
    registered(
        folder,
        run,
        ("R2,102,", "R2,XXX,"),
        ("R7,201,", "R7,102,"),
        ("R2,XXX,", "R2,201,"),
    )
    run("import", folder, write(folder, "reads.csv", READS))
    picture = picture_of(folder)
    assert (named(picture, "201"), race_of(picture, "201")) == ("Tobin Fallowsund", "10k")
    assert (named(picture, "102"), race_of(picture, "102")) == ("Fivo Kilometz", "5k")
    assert "201" in finished(picture), "chip C102 went with its runner"
    assert len(picture.state.roster.entrants) == 7


def test_a_bib_that_somebody_gave_back_may_be_given_to_somebody_new(folder: Path, run: Run) -> None:
    registered(folder, run)
    late = "R8,101,Latta,Comerly,5k,,,f,19,,,C301,name\n"
    for _ in range(2):
        registered(folder, run, ("R1,101,", "R1,151,"), ("R7,", f"{late}R7,"))
    picture = picture_of(folder)
    assert named(picture, "101") == "Latta Comerly"
    assert named(picture, "151") == "Ilsabet Quarrelholm"
    assert len(picture.state.roster.entrants) == 8


def test_a_new_chip_of_a_newer_file_counts(folder: Path, run: Run) -> None:
    registered(folder, run)
    registered(folder, run, (",C105,", ",SPARE5,"))
    run("import", folder, write(folder, "r.csv", "SPARE5,09:50:00\n"), "--place", "finish")
    assert finished(picture_of(folder)) == {"105"}


def test_who_moves_to_another_race_runs_that_and_keeps_name_and_chip(
    folder: Path, run: Run
) -> None:
    registered(folder, run)
    run("import", folder, write(folder, "moves.csv", "bib,race\n105,5k\n"))
    picture = picture_of(folder)
    assert race_of(picture, "105") == "5k"
    assert named(picture, "105") == "Wen Slowater"
    row = picture.state.roster.row_of_bib["105"]
    assert (picture.state.roster.sex[row], int(picture.state.roster.age[row])) == ("x", 60)


def test_what_a_file_has_no_column_for_stays_as_it_was(folder: Path, run: Run) -> None:
    registered(folder, run)
    before = picture_of(folder)
    done = run("import", folder, write(folder, "phones.csv", "bib,phone\n106,555 0106\n"))
    assert done.exit_code == 0, done.output
    picture = picture_of(folder)
    person = picture.names.persons["106"]
    assert (person.phone, person.last, person.display) == ("555 0106", "Wheelgate", "name")
    assert picture.state.roster.division == before.state.roster.division
    assert picture.state.roster.wave.tolist() == before.state.roster.wave.tolist()


def test_a_name_that_was_put_right_stays_right_when_the_event_is_started_again(
    folder: Path, run: Run
) -> None:
    registered(folder, run, ("Tobin,Fallowsund", "Tobias,Fallowsund"))
    assert named(picture_of(folder), "102") == "Tobias Fallowsund"
    start_again(folder)
    assert named(picture_of(folder), "102") == "Tobias Fallowsund"


def test_a_name_that_is_put_right_in_entrants_csv_holds_then(folder: Path, run: Run) -> None:
    registered(folder, run, ("Tobin,Fallowsund", "Tobias,Fallowsund"))
    file = folder / "entrants.csv"
    file.write_text(file.read_text().replace("Tobin,Fallowsund", "Tobyn,Fallowsund"))
    start_again(folder)
    assert named(picture_of(folder), "102") == "Tobyn Fallowsund"
    assert named(picture_of(folder), "104") == "Sumela Sumcell", "nobody else is touched"


def test_somebody_gone_from_the_file_stays_entered(folder: Path, run: Run) -> None:
    registered(folder, run)
    gone = next(line for line in REGISTERED.splitlines() if line.startswith("R5,"))
    registered(folder, run, (f"{gone}\n", ""))
    picture = picture_of(folder)
    assert named(picture, "105") == "Wen Slowater"
    assert picture.state.counts[Status.ENTERED] == 7


def test_a_chip_that_control_gave_away_stays_there_whatever_the_file_says(
    folder: Path, run: Run
) -> None:
    registered(folder, run)
    swap = Assigned(seen_at=NIGHT_BEFORE + 10, chip="SPARE9", bib="102", by="control")
    say(folder, swap)
    registered(folder, run)
    said = registered(folder, run, (",C105,", ",SPARE9,"))
    assert "Chip SPARE9 stays with bib 102, as control said; the file gives it to bib 105." in said
    assert "homestretch say DIR assigned chip=SPARE9 bib=105" in said
    run("import", folder, write(folder, "r.csv", "SPARE9,09:50:00\n"), "--place", "finish")
    assert finished(picture_of(folder)) == {"102"}


def test_a_chip_swap_of_control_is_not_undone_by_the_same_file_again(
    folder: Path, run: Run
) -> None:
    registered(folder, run)
    say(folder, Assigned(seen_at=NIGHT_BEFORE + 10, chip="C101", bib="102", by="control"))
    say(folder, Assigned(seen_at=NIGHT_BEFORE + 10, chip="C102", bib="101", by="control"))
    registered(folder, run, ("Tobin", "Tobias"))
    start_again(folder)
    run("import", folder, write(folder, "r.csv", "C101,09:50:00\n"), "--place", "finish")
    assert finished(picture_of(folder)) == {"102"}


def test_a_chip_that_control_gave_from_a_moment_on_may_have_been_anothers_before(
    folder: Path, run: Run
) -> None:
    ten = 1_714_831_200_000  # 10:00 at the mill
    say(folder, Assigned(seen_at=ten, chip="SPARE9", bib="102", since_at=ten, by="control"))
    said = registered(folder, run, (",C105,", ",SPARE9,"))
    assert "stays with" not in said
    run("import", folder, write(folder, "r.csv", "SPARE9,09:50:00\n"), "--place", "finish")
    assert finished(picture_of(folder)) == {"105"}


def with_status(*cells: str) -> str:
    """The registered table with a column for the status."""
    head, *rows = REGISTERED.splitlines()
    said = [*cells, *[""] * (len(rows) - len(cells))]
    return "\n".join(
        [f"{head},status", *(f"{row},{cell}" for row, cell in zip(rows, said, strict=True))]
    )


def test_a_ruling_of_an_official_holds_against_the_file(folder: Path, run: Run) -> None:
    say(folder, Ruled(seen_at=NIGHT_BEFORE + 10, bib="101", verdict="reinstated", by="director"))
    done = run("import", folder, write(folder, "status.csv", with_status("DNS", "DNS")))
    said = "Bib 101 stays ruled reinstated, as an official said; the file says dns."
    assert said in done.stdout
    assert statuses(folder, "101", "102") == [Status.ENTERED, Status.DNS]


def test_who_was_said_not_to_come_and_stands_in_the_newer_file_without_that_is_expected_again(
    folder: Path, run: Run
) -> None:
    run("import", folder, write(folder, "status.csv", with_status("DNS", "DNS")))
    assert statuses(folder, "101", "102") == [Status.DNS, Status.DNS]
    run("import", folder, write(folder, "status.csv", with_status("", "DNS")))
    assert statuses(folder, "101", "102") == [Status.ENTERED, Status.DNS]


def test_a_file_without_a_status_takes_no_ruling_back(folder: Path, run: Run) -> None:
    run("import", folder, write(folder, "status.csv", with_status("DNS")))
    registered(folder, run)
    assert statuses(folder, "101") == [Status.DNS]


def test_a_disqualification_stays_when_the_file_takes_its_dns_back(folder: Path, run: Run) -> None:
    run("import", folder, write(folder, "status.csv", with_status("DNS")))
    say(folder, Ruled(seen_at=wall_now(), bib="101", verdict="dsq", by="director"))
    run("import", folder, write(folder, "status.csv", with_status("")))
    assert statuses(folder, "101") == [Status.DSQ]


def test_who_was_erased_stays_erased_under_every_id_and_in_every_file(
    folder: Path, run: Run
) -> None:
    assert run("erase", folder, "102", "--yes").exit_code == 0
    registered(folder, run)
    registered(folder, run, ("R2,102,", "R2,152,"))
    run("import", folder, write(folder, "plain.csv", "bib,name,race\n152,Tobin Fallowsund,10k\n"))
    start_again(folder)
    picture = picture_of(folder)
    assert "102" not in picture.names.persons
    assert not [one for one in picture.names.persons.values() if one.last == "Fallowsund"]
    assert len(picture.state.roster.entrants) == 7


def test_a_new_bib_with_the_name_of_somebody_entered_is_named(folder: Path, run: Run) -> None:
    done = run("import", folder, write(folder, "l.csv", "bib,name,race\n150,Wen Slowater,10k\n"))
    assert "with the name of somebody who is entered already: 150 (as 105)." in done.stdout
    assert picture_of(folder).state.counts[Status.ENTERED] == 8


def test_a_bib_that_changes_after_something_was_said_of_it_is_named(folder: Path, run: Run) -> None:
    registered(folder, run)
    say(folder, Sighting(seen_at=NIGHT_BEFORE + 10, bib="102", place="weir", by="station"))
    said = registered(folder, run, ("R2,102,", "R2,152,"))
    assert "Bibs that changed after something was said of them: 102 (now 152)." in said


def test_a_race_that_no_row_names_is_said_with_the_import(folder: Path, run: Run) -> None:
    file = write(folder, "late.csv", "bib,name\n301,Latta Comerly\n")
    assert "The row names no race" in run("import", folder, file).stdout
    assert run("import", folder, file, "--race", "5k").exit_code == 0
    assert race_of(picture_of(folder), "301") == "5k"
    unknown = run("import", folder, file, "--race", "50k")
    assert unknown.exit_code == 1
    assert "There is no race '50k'. The races are: 10k, 5k." in " ".join(unknown.stderr.split())


def late_entries(folder: Path, run: Run, *rows: str, preview: bool = False) -> tuple[int, str]:
    """A file of late entries alone is imported, or looked at: the exit code, and what is said."""
    text = "\n".join(["id,bib,name,race,chip", *rows]) + "\n"
    words = ["--preview"] if preview else []
    done = run("import", folder, write(folder, "late.csv", text), *words)
    return done.exit_code, done.stdout


def test_a_late_entry_takes_no_bib_from_somebody_who_is_not_in_the_file(
    folder: Path, run: Run
) -> None:
    registered(folder, run)
    row = "R8,105,Latta Comerly,5k,C301"
    for preview in (True, False):
        code, said = late_entries(folder, run, row, preview=preview)
        assert code == 1
        assert "late.csv, line 2: Bib 105 is somebody else's already; this row is left out." in said
        assert "a table of entrants: nobody." in said
    picture = picture_of(folder)
    assert (len(picture.state.roster.entrants), named(picture, "105")) == (7, "Wen Slowater")
    run("import", folder, write(folder, "r.csv", "C301,09:50:00\n"), "--place", "finish")
    assert finished(picture_of(folder)) == set()
    assert ("a row of an entrants file that could not be kept", row.encode()) in unreadable_texts(
        folder
    )


def test_a_late_entry_takes_no_chip_from_somebody_who_is_not_in_the_file(
    folder: Path, run: Run
) -> None:
    registered(folder, run)
    for preview in (True, False):
        _code, said = late_entries(folder, run, "R8,301,Latta Comerly,5k,C105", preview=preview)
        assert "late.csv, line 2: Chip C105 belongs to bib 105 already; bib 301 is kept" in said
        assert "homestretch say DIR assigned chip=C105 bib=301" in said
    run("import", folder, write(folder, "r.csv", "C105,09:50:00\n"), "--place", "finish")
    picture = picture_of(folder)
    assert finished(picture) == {"105"}
    assert named(picture, "301") == "Latta Comerly"


def test_a_table_of_chips_takes_none_from_a_bib_it_does_not_name_and_swaps_those_it_names(
    folder: Path, run: Run
) -> None:
    taken = run("import", folder, write(folder, "c.csv", "bib,chip\n201,C105\n"))
    assert "Chip C105 belongs to bib 105 already" in taken.stdout
    swapped = run("import", folder, write(folder, "c.csv", "bib,chip\n201,C101\n101,C201\n"))
    assert "belongs to" not in swapped.stdout
    reads = "C101,09:50:00\nC105,09:55:00\n"
    run("import", folder, write(folder, "r.csv", reads), "--place", "finish")
    assert finished(picture_of(folder)) == {"201", "105"}


def test_who_is_refused_a_bib_keeps_the_old_one_and_nobody_else_gets_it(
    folder: Path, run: Run
) -> None:
    registered(folder, run)
    rows = ("R1,102,Ilsabet Quarrelholm,10k,C101", "R8,101,Latta Comerly,10k,C301")
    _code, said = late_entries(folder, run, *rows)
    assert "line 2: Bib 102 is somebody else's" in said
    assert "line 3: Bib 101 is somebody else's" in said
    picture = picture_of(folder)
    assert [named(picture, bib)[:3] for bib in ("101", "102")] == ["Ils", "Tob"]
    assert len(picture.state.roster.entrants) == 7


def test_entrants_csv_takes_nothing_from_whom_an_import_entered_and_check_says_so(
    folder: Path, run: Run
) -> None:
    late_entries(folder, run, "R8,301,Latta Comerly,5k,C301")
    file = folder / "entrants.csv"
    file.write_text(file.read_text().replace(",C105,", ",C301,"))
    said = "line 6: Chip C301 belongs to bib 301 already; bib 105 is kept without it."
    assert f"entrants.csv, {said}" in run("check", folder).stdout
    entering = load_into_store(folder, load_folder(folder), NIGHT_BEFORE + 5000)
    assert any(note.startswith(said) for note in entering.decided)
    run("import", folder, write(folder, "r.csv", "C301,09:50:00\n"), "--place", "finish")
    assert finished(picture_of(folder)) == {"301"}


def test_what_entrants_csv_said_before_is_no_clash_with_what_was_imported_since(
    folder: Path, run: Run
) -> None:
    registered(folder, run)
    late = "R8,101,Latta,Comerly,5k,,,f,19,,,C301,name\n"
    registered(folder, run, ("R1,101,", "R1,151,"), ("R7,", f"{late}R7,"))
    entering = load_into_store(folder, load_folder(folder), NIGHT_BEFORE + 5000)
    assert entering.decided == ()
    picture = picture_of(folder)
    assert named(picture, "101") == "Latta Comerly"
    assert named(picture, "151") == "Ilsabet Quarrelholm"


def test_another_name_for_a_bib_that_somebody_has_is_said_before_and_after(
    folder: Path, run: Run
) -> None:
    file = write(folder, "late.csv", "bib,name\n104,Latta Comerly\n105,WEN  Slowater\n")
    for words in (["--preview"], []):
        said = run("import", folder, file, *words).stdout
        assert "The file gives another name to bib 104, in results as well." in said
    assert "another name" not in run("import", folder, file).stdout
    with opened(folder) as store:
        facts = [one.fact for one in store.log.read_since(0).others]
    changes = [(one.entrant, one.changed) for one in facts if isinstance(one, DetailsChanged)]
    assert [changed for _, changed in changes] == [("name",), ("name",)]
    assert "Latta" not in repr(facts), "what it was and is stands apart from the facts"
