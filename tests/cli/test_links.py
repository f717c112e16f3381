"""The file of private links: made once, told once, and made anew for who has lost one."""

from __future__ import annotations

import csv
import hashlib
import stat
from pathlib import Path

import pytest

from homestretch.race.entrant import Person
from homestretch.store.keys import token_hash
from homestretch.store.links import Link
from tests.cli.conftest import Run, opened

BASE = "https://race.example.org"


def rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["bib"]: row for row in csv.DictReader(file)}


def link_behind(folder: Path, address: str) -> Link:
    assert address.startswith(f"{BASE}/mill-race/me/")
    with opened(folder) as store:
        found = store.people.find_link(token_hash(address.rpartition("/")[2]))
    assert found is not None
    return found


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "links.csv"


def test_everybody_gets_a_link_that_nobody_else_reads(folder: Path, run: Run, out: Path) -> None:
    said = run("links", folder, out, "--base-url", BASE)
    assert "7 entrants" in said.stdout
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    made = rows(out)
    assert made["101"]["email"] == "ilsabet@example.org"
    assert made["104"]["name"] == "'=1+1 @Sumcell"
    assert {link_behind(folder, row["link"]).entrant for row in made.values()} == set(made)
    assert {row["guardian_link"] for row in made.values()} == {""}
    database = b"".join(file.read_bytes() for file in folder.glob("people.db*"))
    assert made["101"]["link"].rpartition("/")[2].encode() not in database


def test_a_second_run_makes_links_only_for_late_entries_and_never_over_a_file(
    folder: Path, run: Run, out: Path
) -> None:
    run("links", folder, out, "--base-url", BASE)
    first = out.read_bytes()
    again = run("links", folder, out, "--base-url", BASE)
    assert again.exit_code == 1
    assert "there already" in again.stderr
    assert out.read_bytes() == first
    late = folder.parent / "late.csv"
    late.write_text("bib,first,last,race,sex,age\n301,Lina,Lateford,5k,f,15\n")
    run("import", folder, late)
    newer = folder.parent / "newer.csv"
    said = run("links", folder, newer, "--base-url", BASE).stdout
    assert "1 entrant, 1 of them with a guardian's" in said
    assert "7 entrants had a link before" in said
    (row,) = rows(newer).values()
    assert [link_behind(folder, row[name]).hand for name in ("link", "guardian_link")] == ["own", "guardian"]  # fmt: skip


def test_a_lost_link_is_made_anew_and_the_old_one_opens_nothing(
    folder: Path, run: Run, out: Path
) -> None:
    run("links", folder, out, "--base-url", BASE)
    old = rows(out)
    newer = folder.parent / "newer.csv"
    assert "1 entrant" in run("links", folder, newer, "--bib", "101", "--base-url", BASE).stdout
    assert link_behind(folder, old["101"]["link"]).revoked_at is not None
    assert link_behind(folder, rows(newer)["101"]["link"]).revoked_at is None
    assert link_behind(folder, old["102"]["link"]).revoked_at is None
    everybody = folder.parent / "everybody.csv"
    run("links", folder, everybody, "--again", "--base-url", BASE)
    assert link_behind(folder, old["102"]["link"]).revoked_at is not None
    assert "1 link is taken back" in run("links", folder, "--revoke", "--bib", "102").stdout
    assert link_behind(folder, rows(everybody)["102"]["link"]).revoked_at is not None


def test_a_packet_has_its_code(folder: Path, run: Run, out: Path) -> None:
    codes = folder.parent / "codes"
    assert "7 codes" in run("links", folder, out, "--qr", codes, "--base-url", BASE).stdout
    drawn = codes / "101.svg"
    assert b"<svg" in drawn.read_bytes()
    assert stat.S_IMODE(drawn.stat().st_mode) == 0o600


def test_who_was_erased_gets_none(folder: Path, run: Run, out: Path) -> None:
    run("links", folder, out, "--base-url", BASE)
    run("erase", folder, "105", "--yes")
    with opened(folder) as store:
        assert store.people.list_links("105") == []
    anew = folder.parent / "anew.csv"
    run("links", folder, anew, "--again", "--base-url", BASE)
    assert "105" not in rows(anew)


def test_what_cannot_be_meant_is_refused_in_words_and_makes_nothing(
    folder: Path, run: Run, out: Path
) -> None:
    assert "no address" in run("links", folder, out).stderr
    assert run("links", folder).exit_code == 2
    assert run("links", folder, "--revoke").exit_code == 2
    assert run("links", folder, out, "--bib", "999", "--base-url", BASE).exit_code == 1
    assert run("links", folder, folder / "no" / "x.csv", "--base-url", BASE).exit_code == 1
    assert not out.exists()
    with opened(folder) as store:
        assert store.people.list_links() == []


def test_what_the_runner_said_by_hand_no_newer_file_takes_back(folder: Path, run: Run) -> None:
    from homestretch.app import load_folder, load_into_store
    from homestretch.race.consent import Said, say
    from tests.cli.conftest import NIGHT_BEFORE

    with opened(folder) as store:
        before = store.people.find_person("101")
        assert before is not None
        words = Said(display="hidden", photos=False, stories="yes", club="Weir Runners")
        after = say(before, words, "own", minor=False, unless_told="initials")
        store.people.put_persons([after])
    text = (folder / "entrants.csv").read_text().replace("Ilsabet", "Ilsabeth")
    (folder / "entrants.csv").write_text(text)
    load_into_store(folder, load_folder(folder), NIGHT_BEFORE + 1)
    newer = folder.parent / "newer.csv"
    newer.write_text("bib,first,last,race,club,display\n101,Ilsabeth,Quarrelholm,10k,Mill,name\n")
    run("import", folder, newer)
    with opened(folder) as store:
        kept = store.people.find_person("101")
    assert kept is not None
    assert (kept.first, kept.display, kept.stories, kept.club) == (
        "Ilsabeth", "hidden", "yes", "Weir Runners",
    )  # fmt: skip


def test_what_a_file_said_is_digested_as_earlier_versions_did_whatever_else_is_stored() -> None:
    """Else each row of every file would look changed after an upgrade, and take back what was put right since."""
    from homestretch.loading import said_of

    person = Person(
        entrant="101",
        first="Una",
        last="Vexley",
        club="Weir Runners",
        email="una@example.org",
        display="name",
        companions=True,
        stories="yes",
        taken_down=True,
        by_hand=("club",),
    )
    digest = hashlib.blake2b(said_of(person), digest_size=8).hexdigest()
    assert digest == "c6555dd8437a3de5", "as version 0.1 before private links wrote it"
