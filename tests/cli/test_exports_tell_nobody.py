"""Every form of export there is, and what commands say meanwhile: nobody who is not to be named is in a byte of it."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec
import pytest

from homestretch.app import load_folder, load_into_store
from homestretch.cli import main
from homestretch.race.entrant import Person
from tests.cli.conftest import ENTRANTS, NIGHT_BEFORE, Run, opened

FIELDS = ("first", "last", "club", "town", "region", "country", "email", "phone")
AGES = {"101": 34, "102": 40, "103": 15, "104": 50, "105": 60}
DISPLAYS = {"101": "hidden", "102": "initials", "103": "name", "104": "", "105": "name"}


def list_forms() -> list[tuple[str, ...]]:
    """Options for each form in which the public results are written."""
    command = main.commands["export"]
    forms = [
        str(choice)
        for option in command.params
        if "--form" in option.opts and isinstance(option.type, click.Choice)
        for choice in option.type.choices
    ]
    return [(), *(("--form", form) for form in forms)]


def words_of(bib: str) -> dict[str, str]:
    mail = {"email": f"zqemail{bib}@example.org", "phone": f"555 0{bib}77"}
    return {field: f"Zq{field}{bib}" for field in FIELDS} | mail


@pytest.fixture
def planted(folder: Path, run: Run) -> Path:
    """The folder with a word of its own in each field of five entrants, all of whom finish."""
    heading, *_ = ENTRANTS.splitlines()
    assert heading.startswith("bib,first,last")
    lines = ["bib,race,age,display,chip,sex," + ",".join(FIELDS)]
    lines += [
        f"{bib},10k,{age},{DISPLAYS[bib]},C{bib},f," + ",".join(words_of(bib).values())
        for bib, age in AGES.items()
    ]
    (folder / "entrants.csv").write_text("\n".join([*lines, ""]))
    load_into_store(folder, load_folder(folder), NIGHT_BEFORE + 1)
    reads = folder.parent / "planted.csv"
    times = [f"C{bib},2024-05-04 09:4{number}:00,finish" for number, bib in enumerate(AGES)]
    reads.write_text("\n".join(["chip,time,location", *times, ""]))
    assert run("import", folder, reads).exit_code == 0
    with opened(folder) as store:
        person = store.people.find_person("105")
        assert isinstance(person, Person)
        store.people.put_persons([msgspec.structs.replace(person, taken_down=True)])
    return folder


@pytest.mark.parametrize("form", list_forms(), ids=lambda form: " ".join(form) or "usual")
def test_a_public_export_names_nobody_who_is_not_to_be_named(
    planted: Path, run: Run, form: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    out = planted.parent / "out"
    done = run("export", planted, "--out", out, *form)
    assert done.exit_code == 0, done.output
    files = [path for path in out.rglob("*") if path.is_file()]
    assert files
    text = b"".join(path.read_bytes() for path in files).decode("utf-8", "replace").lower()
    text += "".join((done.output, *capfd.readouterr())).lower()
    for bib in AGES:
        shown_with_initials = {"club", "town"} if DISPLAYS[bib] in ("initials", "") else set()
        for field, word in words_of(bib).items():
            if field not in shown_with_initials:
                assert word.lower() not in text, (bib, field)
    assert "102" in text, "the search would find what is there: somebody shown by initials"
