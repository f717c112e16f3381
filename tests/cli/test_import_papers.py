"""Papers of the day, imported: packets handed out, and the chute's list that backs up the finish."""

from __future__ import annotations

from pathlib import Path

import pytest

from homestretch.state.snapshot import Mark, Status
from tests.cli.conftest import Run, picture_of

TIMES = "place,time\n1,09:41:02.3\n2,09:47:10\n3,09:52:00\n"


def write(folder: Path, name: str, text: str) -> Path:
    file = folder.parent / name
    file.write_text(text, encoding="utf-8")
    return file


def test_packets_are_recognised_and_known_ones_change_nothing(folder: Path, run: Run) -> None:
    file = write(folder, "packets.csv", "bib,collected\n101,yes\n102,no\n999,yes\n")
    done = run("import", folder, file)
    assert done.exit_code == 0
    assert "packets.csv is a list of packets handed out." in done.stdout
    assert "2 rows: 2 kept, 0 refused (2 new facts)." in done.stdout
    state = picture_of(folder).state
    assert [state.roster.bibs[row] for row in state.collected.nonzero()[0]] == ["101"]
    assert [asked.detail for asked in state.questions] == ["999"]
    assert "0 new facts, 2 known before" in run("import", folder, file).stdout


def test_bibs_alone_are_packets_when_they_are_said_to_be(folder: Path, run: Run) -> None:
    file = write(folder, "bibs.txt", "101\n105\n")
    assert run("import", folder, file, "--as", "packets").exit_code == 0
    state = picture_of(folder).state
    assert [state.roster.bibs[row] for row in state.collected.nonzero()[0]] == ["101", "105"]


def test_a_chute_list_is_the_finish_of_whom_no_mat_read_and_changes_no_read(
    read_folder: Path, run: Run
) -> None:
    times = write(read_folder, "times.csv", TIMES)
    bibs = write(read_folder, "bibs.txt", "101\n?\n105\n")
    done = run("import", read_folder, times, "--chute", bibs)
    assert done.exit_code == 0, done.stderr
    assert "times.csv is a chute list with bibs.txt: 3 pairs at finish." in done.stdout
    picture = picture_of(read_folder)
    state, row = picture.state, picture.state.roster.row_of_bib
    assert Status(int(state.status[row["105"]])) == Status.FINISHED
    assert int(state.gun_ms[row["105"]]) == 52 * 60_000
    assert int(state.marks[row["105"]]) & Mark.SEEN_BY_A_PERSON
    assert int(state.gun_ms[row["101"]]) == 2_462_301
    assert (
        "0 new facts, 2 known before" in run("import", read_folder, times, "--chute", bibs).stdout
    )


def test_papers_that_do_not_agree_are_refused_and_what_is_left_over_is_named(
    read_folder: Path, run: Run
) -> None:
    times = write(read_folder, "times.csv", TIMES)
    bibs = write(read_folder, "bibs.txt", "101\n105\n")
    done = run("import", read_folder, times, "--chute", bibs)
    assert done.exit_code == 1
    assert "3 times and 2 bibs: they do not agree, and nothing was imported." in done.stderr
    assert "Times without a bib in times.csv: line 4 (09:52:00)." in done.stderr
    state = picture_of(read_folder).state
    assert state.status[state.roster.row_of_bib["105"]] == Status.STARTED
    forced = run("import", read_folder, times, "--chute", bibs, "--force-pairs")
    assert forced.exit_code == 0
    assert "Times without a bib in times.csv: line 4 (09:52:00)." in forced.stdout
    state = picture_of(read_folder).state
    assert state.gun_ms[state.roster.row_of_bib["105"]] == 47 * 60_000 + 10_000


@pytest.mark.parametrize(
    ("times", "bibs", "words", "said"),
    [
        ("1,09:41:02\n2,09:40:00\n", "101\n105\n", (), "Times that go back in times.csv: line 2."),
        ("1,41:02.3\n", "101\n", (), "are elapsed times."),
        ("1,00:41:02\n", "101\n", (), "before the first gun (08:50:00)"),
        ("place\n", "101\n", (), "holds no times"),
        ("1,41:02\n", "101\n", ("--started", "morning"), "'morning' is not a time of day"),
        ("1,09:41:02\n", "101\n", ("--place", "moon"), "The event has no mat 'moon'."),
        ("1,09:41:02\nrain\n2,09:42:00\n", "101\n105\n", (), "line 2 (no time)"),
    ],
)
def test_what_is_wrong_with_a_chute_list_is_said(
    folder: Path, run: Run, times: str, bibs: str, words: tuple[str, ...], said: str
) -> None:
    files = write(folder, "times.csv", times), write(folder, "bibs.txt", bibs)
    done = run("import", folder, files[0], "--chute", files[1], *words)
    assert (done.exit_code, said in done.stderr) == (1, True), done.stderr


def test_a_stopwatch_that_was_started_with_the_gun_shows_elapsed_times(
    read_folder: Path, run: Run
) -> None:
    times = write(read_folder, "times.csv", "1,52:00.3\n2,1:02:00\n")
    bibs = write(read_folder, "bibs.txt", "105\n105\n")
    done = run("import", read_folder, times, "--chute", bibs, "--started", "09:00")
    assert done.exit_code == 0, done.stderr
    assert "These bibs came in twice: 105." in done.stdout
    state = picture_of(read_folder).state
    assert state.gun_ms[state.roster.row_of_bib["105"]] == 52 * 60_000 + 300
