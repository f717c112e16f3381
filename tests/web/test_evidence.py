"""Evidence over HTTP: what stands at a position of the log, what became of it, and who may know."""

from __future__ import annotations

import json

import httpx
import pytest

from homestretch.boards.words import LEDGER_ROLES
from tests.aside import run
from tests.boards.kinds import OUTSIDE_THE_LEDGER, list_faults
from tests.state.days import Day, a_day
from tests.web.kept_day import kept_day

NOW = "09:00"


def an_odd_day() -> Day:
    day = a_day()
    day.entrant("12")
    day.read("12", "start", "07:00:20")
    day.read("12", "10k", "07:50")
    day.read("12", "10k", "07:50:01")
    day.read_chip("NOBODYS", "10k", "07:51")
    day.read_chip("<b>odd</b>", "10k", "07:51:30")
    day.corrected("mat:half", -60.0, when="08:50")
    day.read("12", "half", "08:46")
    day.seen("12", "half", "08:45:30")
    day.taken("12", "care", "08:55", "tent 4")
    return day


def ask(*addresses: str, role: str = "director") -> list[httpx.Response]:
    """The answers of the odd day."""

    async def asked() -> list[httpx.Response]:
        async with kept_day(an_odd_day(), NOW) as day:
            return [await day.get(address, role) for address in addresses]

    return run(asked())


def seq_of(number: int) -> int:
    """The position in the log of a fact of the odd day, counted from its end."""
    return len(an_odd_day().items) + number


SPLIT, AGAIN, STRANGE, ODD, HALF, SEEN, CARE = map(seq_of, (-7, -6, -5, -4, -2, -1, 0))


@pytest.mark.parametrize(
    ("seq", "words"),
    [
        (SPLIT, "The split at 10K of bib 12"),
        (AGAIN, "Not used: repeats a passing at 10K, chip of bib 12"),
        (STRANGE, "Not used: a chip that no entrant carries"),
        (HALF, "The split at Half of bib 12"),
    ],
)
def test_a_page_says_what_became_of_a_read_and_its_twin_says_the_same(seq: int, words: str) -> None:
    page, twin = ask(f"/day/evidence/{seq}", f"/day/evidence/{seq}.json")
    assert (page.status_code, twin.status_code) == (200, 200)
    assert list(list_faults(page.text)) == []
    assert words in page.text
    assert (
        f'<link rel="alternate" type="application/json" href="/day/evidence/{seq}.json">'
        in page.text
    )
    assert "This page as data" in page.text
    assert twin.headers["content-type"] == "application/json"
    (seen,) = twin.json()["seen"]
    assert seen["row"]["seq"] == seq
    assert seen["became"].casefold() == words.casefold()
    for answer in (page, twin):
        assert answer.headers["cache-control"] == "private, no-store"


def test_a_repeated_read_leads_to_the_read_that_counts() -> None:
    (page,) = ask(f"/day/evidence/{AGAIN}")
    assert f'href="/day/evidence/{SPLIT}"' in page.text
    assert 'href="/day/runners/12"' in page.text


def test_a_corrected_split_says_the_time_that_counts_as_well() -> None:
    plain, corrected = ask(f"/day/evidence/{SPLIT}", f"/day/evidence/{HALF}")
    assert "counts as" not in plain.text
    assert "08:46:00.0" in corrected.text
    assert '<dt>counts as</dt><dd class="time">08:45:00.0</dd>' in corrected.text


def test_a_sighting_is_shown_and_became_nothing_else() -> None:
    page, twin = ask(f"/day/evidence/{SEEN}", f"/day/evidence/{SEEN}.json")
    assert "<dt>seen</dt>" in page.text
    assert list(list_faults(page.text)) == []
    assert twin.json()["seen"][0]["became"] == ""


def test_what_is_no_read_is_shown_by_neither_form() -> None:
    for answer in ask(f"/day/evidence/{CARE}", f"/day/evidence/{CARE}.json"):
        assert answer.status_code == 404
        assert "tent 4" not in answer.text
    (twin,) = ask("/day/evidence/none.json")
    assert twin.json()["hint"]


def test_reads_of_which_the_same_became_are_listed_the_newest_first() -> None:
    page, twin = ask("/day/reads/unknown-chip", "/day/reads/unknown-chip.json")
    assert list(list_faults(page.text)) == []
    assert "&lt;b&gt;odd" in page.text.lower()
    seqs = [seen["row"]["seq"] for seen in twin.json()["seen"]]
    assert seqs == [ODD, STRANGE]
    assert all(f'href="/day/evidence/{seq}"' in page.text for seq in seqs)
    empty, unknown = ask("/day/reads/too-fast", "/day/reads/whatever.json")
    assert "No read is on this list now." in empty.text
    assert unknown.status_code == 404
    assert "unknown-chip" in unknown.json()["hint"]


def test_evidence_is_for_those_who_keep_the_ledger_in_every_form() -> None:
    addresses = [
        path + suffix
        for path in (f"/day/evidence/{SPLIT}", "/day/reads/unknown-chip")
        for suffix in ("", ".json")
    ]
    for viewer in OUTSIDE_THE_LEDGER:
        for answer in ask(*addresses, role=viewer.role):
            assert answer.status_code == 403, viewer
    for role in LEDGER_ROLES:
        for answer in ask(*addresses, role=role):
            assert answer.status_code == 200, role


def test_the_newest_of_many_are_a_bounded_list() -> None:
    day = a_day()
    for number in range(130):
        day.read_chip("NOBODYS", "10k", f"08:{number // 60:02}:{number % 60:02}")

    async def asked() -> httpx.Response:
        async with kept_day(day, NOW) as kept:
            return await kept.get("/day/reads/unknown-chip.json", "control")

    assert len(json.loads(run(asked()).content)["seen"]) == 100
