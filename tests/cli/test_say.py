"""`homestretch say`: an official's word as a fact, and the name of who said it where it can be erased."""

from __future__ import annotations

from pathlib import Path

import pytest

from homestretch.commands.say_words import MEANS
from homestretch.facts import Flag, Gun, TakenOver
from homestretch.readers.json_door import KINDS_OF_ROLE
from homestretch.readers.json_fields import FIELDS
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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("taken-over", "bib=70", "taken_by=bus"), "Nobody has bib 70: it is kept and stands as a"),
        (("ruled", "bib=70", "verdict=DNS"), "Nobody has bib 70: it is kept and stands as a"),
        (("sighting", "bib=70", "place=finish"), "Nobody has bib 70: it is kept and counts once"),
        (("assigned", "bib=70", "chip=C9"), "Nobody has bib 70: it is kept and counts once"),
        (("sighting", "bib=9*1", "place=finish"), "Nobody has bib 9*1"),
        (("sighting", "bib=101", "place=finsh"), "no point 'finsh': it is kept"),
        (("mat-lifted", "place=weir"), "no mat 'weir': it is kept"),
        (("withdrawn", "bib=101", "place=moon"), "There are: start, mill, weir, finish."),
        (("gun", "race=10m", "wave=A", "at=09:00"), "no race '10m'"),
        (("gun", "race=10k", "wave=C", "at=09:00"), "Its waves are: A, Wheelchairs."),
        (("gun", "race=10k", "wave=A", "at=+2 09:00"), "more than a day from the planned gun"),
        (("flag", "state=hold", "races=10k,15k"), "no race '15k'"),
        (("corrected", "of=jchip:MILL", "offset_ms=50"), "No read has come from 'jchip:MILL' yet"),
        (("struck", "source=x", "number=1", "digest=2"), "it is kept and strikes nothing"),
    ],
)
def test_what_the_event_does_not_know_is_kept_and_said(
    folder: Path, run: Run, words: tuple[str, ...], said: str
) -> None:
    before = last_fact(folder)
    done = run("say", folder, *words)
    assert done.exit_code == 0
    assert said in done.stdout
    assert last_fact(folder) != before


@pytest.mark.parametrize(
    "words",
    [
        ("taken-over", "bib=0101", "taken_by=bus", "place=The Mill"),
        ("sighting", "bib=10*", "place=weir"),
        ("ruled", "bib=*", "verdict=other-course-settled"),
        ("assigned", "chip=C101", "bib="),
        ("gun", "race=10k", "wave=a", "at=09:00:05"),
        ("mat-lifted", "place=MILL-1"),
        ("flag", "state=HOLD", "races=10k, 5k", "from_m=3000"),
    ],
)
def test_what_the_event_knows_is_confirmed_in_one_sentence(
    folder: Path, run: Run, words: tuple[str, ...]
) -> None:
    done = run("say", folder, *words)
    assert done.exit_code == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_a_source_that_has_been_read_from_is_known_and_one_like_it_is_suggested(
    read_folder: Path, run: Run
) -> None:
    right = run("say", read_folder, "corrected", "of=file:reads.csv", "offset_ms=-50")
    assert len(right.stdout.splitlines()) == 1
    wrong = run("say", read_folder, "corrected", "of=file:reads", "offset_ms=-50")
    assert "Did you mean 'file:reads.csv'?" in wrong.stdout


def test_the_day_that_was_understood_is_said(folder: Path, run: Run) -> None:
    done = run("say", folder, "taken-over", "bib=101", "taken_by=home", "at=+1 00:12")
    assert "dated 00:12 on Sunday 5 May." in done.stdout
    assert last_fact(folder).fact.seen_at == 1_714_882_320_000


@pytest.mark.parametrize(
    ("words", "hints"),
    [
        (("flagg", "state=hold"), ("Did you mean 'flag'?",)),
        (("dance",), ("The kinds are assigned, collected,",)),
        (("flag", "state=stopd"), ("one of open, delayed,", "Did you mean 'stopped'?")),
        (("flag",), ("state is missing: one of open, delayed,",)),
        (("ruled", "bib=101", "verdct=dnf"), ("Did you mean 'verdict'?", "bib, verdict, text")),
        (("ping", "vehicle=sweep", "lat=x", "lon=1"), ("lat=x is not a number.",)),
    ],
)
def test_a_refusal_says_what_can_be_said(
    folder: Path, run: Run, words: tuple[str, ...], hints: tuple[str, ...]
) -> None:
    done = run("say", folder, *words)
    assert done.exit_code == 1
    assert all(hint in done.stderr for hint in hints), done.stderr


def test_the_help_lists_every_kind_with_its_fields_and_values(run: Run) -> None:
    shown = " ".join(run("say", "--help").stdout.split())
    for kind in KINDS_OF_ROLE["director"]:
        assert f"{kind}: {MEANS[kind]}" in shown
        for name, field in FIELDS[kind].items():
            assert f"{name}={'|'.join(field.values)}" in shown
