"""Reads that are nobody's split: counted for those who keep the ledger, by reason, place and chip."""

from __future__ import annotations

import pytest

from homestretch.boards import home
from homestretch.boards.home import HomeChoices
from homestretch.boards.reads import MOST, UnusedReads
from homestretch.boards.words import UNUSED_WORDS, say_use
from homestretch.facts import Unreadable
from homestretch.race.privacy import Viewer
from homestretch.state.snapshot import Unused
from homestretch.state.uses import Use
from homestretch.web.render import board_key, live_parts
from tests.boards.days import ALL, make_picture
from tests.boards.kinds import OUTSIDE_THE_LEDGER, list_faults
from tests.boards.pictures import picture_of
from tests.state.days import Day, a_day, at


def a_day_with_odd_reads() -> Day:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:00:20", p10k="07:50")
    day.read("12", "10k", "07:50:01", "07:50:02")
    day.read("12", "half", "07:55")
    for chip in ("GHOST", "GHOST", "SPIRIT"):
        day.read_chip(chip, "10k", clock_of(len(day.items)))
    for number in range(MOST + 3):
        day.read("12", f"box {number}", clock_of(number))
    day.read("12", "box 0", "08:30")
    day.add(Unreadable(seen_at=at("08:00"), reason="no time in it"), "mat:10k", 1)
    return day


def clock_of(number: int) -> str:
    return f"08:{number // 60:02}:{number % 60:02}"


def reads_of(day: Day) -> UnusedReads:
    found = home.rows(picture_of(day, "09:00"), Viewer("control"), HomeChoices()).reads
    assert found is not None
    return found


def test_every_read_is_counted_once() -> None:
    for wanted in ALL.values():
        picture = make_picture(wanted)
        found = home.rows(picture, Viewer("director"), HomeChoices()).reads
        assert found is not None
        assert found.reads == sum(picture.state.unused.values())
        others = sum(reason.count for reason in found.reasons)
        assert found.reads == found.splits + found.repeats + others


def test_reasons_come_with_chips_places_and_what_could_not_be_read() -> None:
    found = reads_of(a_day_with_odd_reads())
    assert (found.splits, found.repeats, found.chips) == (2, 2, 2)
    assert {reason.reason: reason.count for reason in found.reasons} == {
        "unknown-place": MOST + 4,
        "unknown-chip": 3,
        "too-fast": 1,
    }
    assert (found.places[0].words, found.places[0].count) == ("box 0", 2)
    assert (len(found.places), found.other_places) == (MOST, 3)
    assert [(row.words, row.count) for row in found.unreadable] == [("no time in it", 1)]


def test_the_section_is_live_and_whole_and_opens_each_list() -> None:
    picture = picture_of(a_day_with_odd_reads(), "09:00")
    key, viewer = board_key("home", {}), Viewer("director")
    html = live_parts(key, key.kind.rows(picture, viewer, key.choices), viewer)["live-reads"]
    assert list(list_faults(html)) == []
    assert 'href="/day/reads/unknown-chip"' in html
    assert "box 0 (2)" in html
    assert "under other names (3)" in html
    assert "2 chips" in html
    assert "no time in it" in html


@pytest.mark.parametrize("viewer", OUTSIDE_THE_LEDGER, ids=lambda viewer: str(viewer.role))
def test_nobody_else_is_told(viewer: Viewer) -> None:
    picture = picture_of(a_day_with_odd_reads(), "09:00")
    assert home.rows(picture, viewer, HomeChoices()).reads is None


def test_everything_that_can_become_of_a_read_has_words() -> None:
    assert set(UNUSED_WORDS) == set(Unused)
    assert say_use(None) == "not looked at yet"
    split = Use(reason=Unused.USED, bib="12", point="10K", passed_at=1, counts_seq=7)
    assert say_use(split) == "the split at 10K of bib 12"
    again = Use(reason=Unused.REPEATED, bib="12", point="10K", passed_at=1, counts_seq=7)
    assert say_use(again) == "not used: repeats a passing at 10K, chip of bib 12"
    assert say_use(Use(reason=Unused.BEFORE_THE_GUN, bib="12")) == (
        "not used: before the gun, chip of bib 12"
    )
    assert say_use(Use(reason=Unused.UNKNOWN_CHIP)) == "not used: a chip that no entrant carries"
