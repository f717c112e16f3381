"""`homestretch say`: an official's word as a fact, and the name of who said it where it can be erased."""

from __future__ import annotations

from pathlib import Path

import pytest

from homestretch.facts import Flag, Gun, TakenOver
from homestretch.store import TEXT_KEEP_MS, Logged
from homestretch.store.keys import FORGOTTEN, say_signer
from tests.cli.conftest import Run, opened

NAME = "Ottmar Bellwether"


def last_fact(folder: Path) -> Logged:
    with opened(folder) as store:
        return store.log.get(store.log.last_seq())


def signer(folder: Path, by: str) -> str:
    with opened(folder) as store:
        return say_signer(by, store.people.list_keys(), store.people.find_text)


def test_what_is_said_is_a_fact_of_the_command_line(folder: Path, run: Run) -> None:
    done = run("say", folder, "gun", "race=10k", "wave=A", "at=09:00:07")
    assert done.exit_code == 0
    said = last_fact(folder)
    assert said.id.source == "command-line"
    assert said.fact == Gun(seen_at=1_714_827_607_000, race="10k", wave="A", by="director")


def test_a_typed_name_stands_in_no_fact_and_staff_read_it_while_it_is_kept(
    folder: Path, run: Run
) -> None:
    run("say", folder, "taken-over", "bib=101", "taken_by=bus", "--by", NAME)
    fact = last_fact(folder).fact
    assert isinstance(fact, TakenOver)
    assert fact.by.startswith("by-")
    assert signer(folder, fact.by) == NAME
    held = (folder / "facts.db").read_bytes() + last_fact(folder).id.source.encode()
    assert b"Bellwether" not in held
    with opened(folder) as store:
        store.people.drop_expired(store.log.get(store.log.last_seq()).received_at + TEXT_KEEP_MS)
    assert signer(folder, fact.by) == FORGOTTEN


def test_the_reference_of_a_name_does_not_tell_the_name(folder: Path, run: Run) -> None:
    """Two words of one person have nothing in common, so that no guess at a name can be tried."""
    found = set()
    for bib in ("101", "102"):
        run("say", folder, "taken-over", f"bib={bib}", "taken_by=bus", "at=10:00", "--by", NAME)
        fact = last_fact(folder).fact
        assert isinstance(fact, TakenOver)
        found.add(fact.by)
    assert len(found) == 2


def test_a_text_goes_with_the_fact(folder: Path, run: Run) -> None:
    run("say", folder, "flag", "state=hold", "races=10k,5k", "text=Wait at the start.")
    fact = last_fact(folder).fact
    assert isinstance(fact, Flag)
    assert fact.races == ("10k", "5k")
    assert fact.text_ref is not None
    with opened(folder) as store:
        assert store.people.find_text(fact.text_ref) == b"Wait at the start."


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("dance",), "not one that this door takes"),
        (("ruled", "bib=101", "verdict=gone"), "field is missing or wrong"),
        (("gun", "race=10k", "at=noon"), "'noon' is not a time."),
        (("flag", "state=hold", "from_m=far"), "from_m=far is not a number."),
    ],
)
def test_what_cannot_be_a_fact_leaves_nothing_behind(
    folder: Path, run: Run, words: tuple[str, ...], reason: str
) -> None:
    before = last_fact(folder)
    done = run("say", folder, *words, "--by", NAME)
    assert done.exit_code == 1
    assert reason in done.stderr
    assert last_fact(folder) == before
    with opened(folder) as store:
        assert store.people.list_texts() == []
