"""`homestretch erase`: after it no file of ours holds the person, and no import brings them back."""

from __future__ import annotations

from pathlib import Path

import pytest

from homestretch.app import load_folder, load_into_store
from homestretch.facts import Withdrawn, received
from homestretch.store import Text
from tests.cli.conftest import NIGHT_BEFORE, Run, opened, picture_of
from tests.cli.serving import fetch, serving

CANARIES = (b"Ilsabet", b"Quarrelholm", b"ilsabet@example.org", b"ankle of 101")


def holding(folder: Path) -> list[str]:
    """Files of ours in which some byte of the person stands; entrants.csv is the organiser's."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file()
        and path.name != "entrants.csv"
        and any(canary in path.read_bytes() for canary in CANARIES)
    )


@pytest.fixture
def spoken_of(read_folder: Path, run: Run) -> Path:
    """The folder with somebody of whom a reason, a raw row and results tell."""
    with opened(read_folder) as store:
        fact = Withdrawn(seen_at=NIGHT_BEFORE, bib="101", text_ref="text-1")
        store.people.put_texts([Text("text-1", b"ankle of 101", NIGHT_BEFORE * 2)])
        store.log.append([received(fact, "test", NIGHT_BEFORE, 1)])
    late = read_folder.parent / "late.csv"
    late.write_text("bib,first,last,race\n990,Ilsabet,Quarrelholm,marathon\n")
    assert run("import", read_folder, late).exit_code == 1
    run("export", read_folder)
    run("export", read_folder, "--full")
    return read_folder


def test_the_person_stands_in_files_before(spoken_of: Path) -> None:
    found = holding(spoken_of)
    assert "people.db" in " ".join(found)
    assert {"results/10k.csv", "results/10k.json", "results/10k-full.csv"} <= set(found)


def test_after_an_erasure_no_byte_of_the_person_is_in_any_file(spoken_of: Path, run: Run) -> None:
    done = run("erase", spoken_of, "101", "--yes")
    assert done.exit_code == 0
    assert holding(spoken_of) == []
    assert "So are 2 texts about them." in done.stdout


def test_times_and_place_stay_without_a_name(spoken_of: Path, run: Run) -> None:
    run("erase", spoken_of, "101", "--yes")
    full = (spoken_of / "results" / "10k-full.csv").read_text(encoding="utf-8-sig")
    (row,) = [line for line in full.splitlines() if ",101," in line]
    assert row.startswith("2,101,name erased,")
    assert "41:03" in row


def test_the_line_in_which_entrants_csv_still_has_them_is_named(spoken_of: Path, run: Run) -> None:
    said = run("erase", spoken_of, "101", "--yes").stdout
    assert f"{spoken_of / 'entrants.csv'} still has them in line 2." in said
    assert "delete that" in said


def test_nothing_brings_an_erased_person_back(spoken_of: Path, run: Run) -> None:
    run("erase", spoken_of, "101", "--yes")
    load_into_store(spoken_of, load_folder(spoken_of), NIGHT_BEFORE + 1)
    assert run("import", spoken_of, spoken_of / "entrants.csv").exit_code == 0
    assert "101" not in picture_of(spoken_of).names.persons
    assert holding(spoken_of) == []


def test_erasing_somebody_again_is_done_again(spoken_of: Path, run: Run) -> None:
    run("erase", spoken_of, "101", "--yes")
    assert run("erase", spoken_of, "101", "--yes").exit_code == 0


def test_it_asks_first_and_a_no_erases_nothing(spoken_of: Path, run: Run) -> None:
    done = run("erase", spoken_of, "101", answer="n\n")
    assert done.exit_code == 1
    assert "Bib 101, Ilsabet Quarrelholm, 10 km: erase for good?" in done.stdout
    assert "101" in picture_of(spoken_of).names.persons
    assert run("erase", spoken_of, "101", answer="y\n").exit_code == 0
    assert "101" not in picture_of(spoken_of).names.persons


def test_others_are_left_alone(spoken_of: Path, run: Run) -> None:
    before = picture_of(spoken_of).names.persons
    run("erase", spoken_of, "101", "--yes")
    after = picture_of(spoken_of).names.persons
    assert after == {entrant: person for entrant, person in before.items() if entrant != "101"}


def test_a_bib_that_nobody_has_is_named(spoken_of: Path, run: Run) -> None:
    done = run("erase", spoken_of, "777", "--yes")
    assert done.exit_code == 1
    assert "Nobody has the bib '777'." in done.stderr


def test_pages_of_a_running_event_forget_the_person(read_folder: Path, run: Run) -> None:
    with serving("run", read_folder, "--port", "0") as server:
        address = server.wait_for(r"Mill Race Run: (http://\S+)")[1]
        assert "Quarrelholm" in fetch(f"{address}/results/10k")
        done = run("erase", read_folder, "101", "--yes")
        assert done.exit_code == 0, done.stderr
        assert holding(read_folder) == []
        for _ in range(400):
            if "Quarrelholm" not in fetch(f"{address}/results/10k"):
                break
        else:
            pytest.fail("the page still has the name")
        assert server.end() == 0


def test_whoever_followed_them_follows_nobody_any_more(spoken_of: Path, run: Run) -> None:
    with opened(spoken_of) as store:
        entrant = next(one.entrant for one in store.people.list_persons() if one.first == "Ilsabet")
        for number, whom in enumerate((entrant, "somebody-else")):
            kept = b'{"endpoint": "https://push.example/x", "p256dh": "A", "auth": "A"}'
            store.people.put_text(f"follows/{whom}/{number}", kept, NIGHT_BEFORE * 2)
    run("erase", spoken_of, "101", "--yes")
    with opened(spoken_of) as store:
        left = [ref for ref, _ in store.people.list_texts() if ref.startswith("follows/")]
    assert left == ["follows/somebody-else/1"]
