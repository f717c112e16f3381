"""`homestretch import --preview`: how a file is understood is shown, and nothing is entered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import READS, Run, opened, picture_of
from tests.cli.test_import import JCHIP, write

LATE = """Bib#,LastName,FirstName,Team,Category,Age,Tag,Tag2,Shirt
117,Quillfeather,Anabeth,Tollgate,10k,40,413a35,413A36,M
118,Quillfeather,Bodrin,Tollgate,11k,41,413a37,,L
"""


def looks(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, as it is."""
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_preview_of_reads_shows_reader_columns_zone_date_and_first_rows(
    folder: Path, run: Run
) -> None:
    done = run("import", folder, write(folder, "reads.csv", READS), "--preview")
    assert done.exit_code == 0
    said = done.stdout.splitlines()
    assert said[0] == (
        "reads.csv is a table with commas: chips in column 1, times in column 2, places in column 3."
    )
    assert said[1] == (
        "Read by the reader table. Times are of the zone America/New_York (the event's)."
        " They say their own date."
    )
    assert said[3] == "  line 2: chip C101 at start, 09:00:01.250 on Saturday 4 May 2024"
    assert len([line for line in said if line.startswith("  line")]) == 5
    assert said[-1] == (
        "13 rows: 13 can be kept, 0 refused. This is a preview: nothing was entered."
    )


def test_a_preview_of_entrants_shows_what_each_column_was_taken_for(folder: Path, run: Run) -> None:
    done = run("import", folder, write(folder, "late.csv", LATE), "--preview")
    said = done.stdout.splitlines()
    assert said[:2] == [
        "late.csv is a table of entrants: 1 in 10k.",
        "Read as entrants: commas, headings in line 1.",
    ]
    assert '"Bib#" is the bib, "LastName" is the last name' in said[2]
    assert '"Category" is the race or division' in said[2]
    assert '"Tag" is the chip, "Tag2" is the chip' in said[2]
    assert said[4] == (
        "  line 2: bib 117, Anabeth Quillfeather, 10k, 40 years, Tollgate, chips 413A35 and 413A36"
    )
    assert '  late.csv, line 1 (note): Columns that are not used: "Shirt".' in said


def test_a_preview_lists_the_rows_that_would_be_refused_with_line_and_reason(
    folder: Path, run: Run
) -> None:
    entrants = run("import", folder, write(folder, "late.csv", LATE), "--preview")
    assert entrants.exit_code == 1
    assert 'late.csv, line 3: There is no race "11k", so the row is left out.' in entrants.stdout
    assert "2 rows: 1 can be kept, 1 refused." in entrants.stdout
    file = write(folder, "backup.txt", f"{JCHIP}at noon\n")
    reads = run("import", folder, file, "--place", "finish", "--preview")
    assert reads.exit_code == 1
    assert "  backup.txt, line 3: not a JChip line" in reads.stdout
    assert "They were read at finish." in reads.stdout


def test_a_preview_does_not_say_the_place_that_was_told_where_rows_say_their_own(
    folder: Path, run: Run
) -> None:
    rows = "TO~1~413A39~160~18~1777806000.64~12000C~8~-63~1~P~192\n"
    said = run("import", folder, write(folder, "to.txt", rows), "--place", "finish", "--preview")
    assert "chip 413A39 at 160/18" in said.stdout
    assert "Rows say themselves where they were read." in said.stdout
    assert "They were read at finish." not in said.stdout


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("reads.csv", READS, ()),
        ("late.csv", LATE, ()),
        ("spare.csv", "bib,chip\n101,SPARE1\n", ()),
        ("bad.txt", f"{JCHIP}garbage\n", ("--place", "finish")),
        ("desk.csv", "bib,collected\n101,yes\n", ()),
        ("seen.csv", "bib,time,place\n101,09:20:00,mill\n", ()),
    ],
)
def test_a_preview_enters_nothing(
    folder: Path, run: Run, name: str, text: str, words: tuple[str, ...]
) -> None:
    file = write(folder, name, text)
    with opened(folder) as store:
        before = store.log.last_seq()
    files = looks(folder)
    done = run("import", folder, file, *words, "--preview")
    assert "nothing was entered" in done.stdout
    assert "First rows, as understood:" in done.stdout
    assert looks(folder) == files
    with opened(folder) as store:
        assert store.log.last_seq() == before


def test_what_was_told_of_the_times_is_said_to_be_told(folder: Path, run: Run) -> None:
    file = write(folder, "r.csv", "chip,time\nC101,15:41:02.301\n")
    words = ("--place", "finish", "--zone", "Europe/Vienna", "--date", "2024-05-04", "--preview")
    said = run("import", folder, file, *words).stdout
    assert "Times are of the zone Europe/Vienna (as told)." in said
    assert "Their date is 2024-05-04 (as told)." in said


def test_times_with_an_offset_say_their_own_zone(folder: Path, run: Run) -> None:
    file = write(folder, "r.csv", "chip,time\nC101,2024-05-04T13:41:02.301Z\n")
    said = run("import", folder, file, "--place", "finish", "--preview").stdout
    assert "Times say their own zone. They say their own date." in said
    assert "chip C101 at finish, 09:41:02.301 on Saturday 4 May 2024" in said


def test_times_that_cannot_be_of_the_event_make_a_question_that_names_the_options(
    folder: Path, run: Run
) -> None:
    """A box whose clock shows UTC, or a stopwatch: with the zone of the event nobody was on the road."""
    file = write(folder, "r.csv", "chip,time\nC101,18:41:02\nC102,18:42:00\n")
    before = looks(folder)
    for words in ((), ("--preview",)):
        done = run("import", folder, file, "--place", "finish", *words)
        assert done.exit_code == 1
        assert "r.csv does not say the zone and date of its times" in done.stderr
        assert "from 05:50 on Saturday 4 May to 15:00" in done.stderr
        assert "--zone America/New_York --date 2024-05-04" in done.stderr
        assert looks(folder) == before
    assert run("import", folder, file, "--place", "finish", "--zone", "UTC").exit_code == 0
    state = picture_of(folder).state
    assert int(state.finish_at[state.roster.row_of_bib["101"]]) == 1_714_848_062_000


def test_reads_of_another_day_are_kept_and_said_to_be_of_another_day(
    folder: Path, run: Run
) -> None:
    file = write(folder, "r.csv", "chip,time\nC101,2023-05-06 09:41:02\n")
    done = run("import", folder, file, "--place", "finish")
    assert done.exit_code == 0
    assert "1 of 1 row are not within the hours of the event" in done.stdout


def test_a_chute_list_has_no_preview_because_it_is_imported_whole_or_not_at_all(
    folder: Path, run: Run
) -> None:
    times, bibs = write(folder, "t.csv", "1,09:41:02\n"), write(folder, "b.txt", "101\n")
    done = run("import", folder, times, "--chute", bibs, "--preview")
    assert done.exit_code == 2
    assert "no --preview" in done.stderr
