"""What is told: each thing once, as it holds, whatever facts it follows from and whenever they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.facts import Corrected, FactId, Ruled, TakenOver
from homestretch.herald.happenings import Happening, Watch
from homestretch.picture import Picture, Version
from homestretch.race.hooks import HOOK_KINDS
from homestretch.state.declared import Declaration
from homestretch.state.snapshot import NEVER, Ints, Status
from tests.boards.days import ALL, Wanted, make_picture
from tests.boards.pictures import picture_of
from tests.state.days import a_day, at


class Teller:
    """Looks at Pictures and keeps what was told, as the outbox does."""

    def __init__(self, *kinds: str) -> None:
        self.kept: dict[str, int] = {}
        self.kinds = kinds or HOOK_KINDS
        self.watch = self.fresh()

    def fresh(self) -> Watch:
        """A watch that knows only what was kept: after a restart."""
        return Watch(self.kinds, lambda: list(self.kept.items()))  # type: ignore[arg-type]  # kinds

    def tell(self, picture: Picture) -> list[Happening]:
        """What is told now."""
        told = self.watch.look(picture)
        for one in told:
            assert self.kept.get(one.key, _usual(one)) == one.was
            self.kept.pop(one.key, None)
            if one.now != NEVER:
                self.kept[one.key] = one.now
        self.watch.settle(picture, told)
        return told


def _usual(one: Happening) -> int:
    return int(Status.ENTERED) if one.kind == "status" else NEVER


def told(happenings: Sequence[Happening]) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.entrant, one.point, one.change) for one in happenings]


def test_a_finish_is_told_once_with_its_passing_and_its_status() -> None:
    day = a_day()
    day.entrant("12")
    teller = Teller("passing", "finish", "status")
    assert teller.tell(picture_of(day, "06:30")) == []
    day.read("12", "start", "07:00:05")
    assert told(teller.tell(picture_of(day, "07:10"))) == [
        ("passing", "e12", "start", "new"),
        ("status", "e12", "", "changed"),
    ]
    day.read("12", "finish", "10:00")
    assert told(teller.tell(picture_of(day, "10:01"))) == [
        ("passing", "e12", "finish", "new"),
        ("finish", "e12", "", "new"),
        ("status", "e12", "", "changed"),
    ]
    assert teller.tell(picture_of(day, "10:02")) == []


def test_a_late_mat_and_a_corrected_clock_are_told_as_they_become_known() -> None:
    day = a_day()
    day.entrant("12")
    day.read("12", "start", "07:00:05")
    day.read("12", "30k", "09:00", source="jchip:30K")
    teller = Teller("passing")
    teller.tell(picture_of(day, "09:30"))
    day.read("12", "10k", "07:40", late_s=7000)
    (late,) = teller.tell(picture_of(day, "09:40"))
    assert (late.point, late.change, late.now) == ("10k", "new", at("07:40"))
    day.add(Corrected(seen_at=at("09:45"), of="jchip:30K", offset_ms=-2000))
    (corrected,) = teller.tell(picture_of(day, "09:50"))
    assert (corrected.point, corrected.change) == ("30k", "changed")
    assert (corrected.was, corrected.now) == (at("09:00"), at("09:00") - 2000)


def test_a_finish_that_a_ruling_takes_is_taken_back_and_told_again_when_it_is_reinstated() -> None:
    day = a_day()
    day.entrant("12")
    day.read("12", "start", "07:00:05")
    day.read("12", "finish", "10:00")
    teller = Teller("finish")
    teller.tell(picture_of(day, "10:05"))
    day.add(Ruled(seen_at=at("10:10"), bib="12", verdict="dsq"))
    (gone,) = teller.tell(picture_of(day, "10:11"))
    assert (gone.change, gone.was, gone.now) == ("taken-back", at("10:00"), NEVER)
    day.add(Ruled(seen_at=at("10:20"), bib="12", verdict="reinstated"))
    (back,) = teller.tell(picture_of(day, "10:21"))
    assert (back.change, back.now) == ("new", at("10:00"))


def test_after_a_restart_what_happened_meanwhile_is_told_and_nothing_again() -> None:
    day = a_day()
    for bib in ("12", "13"):
        day.entrant(bib)
        day.read(bib, "start", "07:00:05")
    teller = Teller()
    teller.tell(picture_of(day, "07:10"))
    teller.watch = teller.fresh()
    assert teller.tell(picture_of(day, "07:11")) == []
    day.add(TakenOver(seen_at=at("08:00"), bib="13", taken_by="bus", keeper="Bus 2"))
    day.add(TakenOver(seen_at=at("08:30"), bib="13", taken_by="home"))
    teller.watch = teller.fresh()
    (one,) = [it for it in teller.tell(picture_of(day, "08:31")) if it.kind == "status"]
    assert (one.entrant, one.was, one.now) == ("e13", Status.STARTED, Status.HOME)


def test_somebody_who_is_entered_late_changes_no_row_of_the_others() -> None:
    day = a_day()
    day.entrant("20")
    day.read("20", "start", "07:00:05")
    teller = Teller("passing")
    teller.tell(picture_of(day, "07:10"))
    day.entrant("10")
    assert teller.tell(picture_of(day, "07:11")) == []
    day.read("10", "start", "07:02")
    assert told(teller.tell(picture_of(day, "07:12"))) == [("passing", "e10", "start", "new")]


def test_an_alarm_is_told_when_it_begins_and_when_it_is_over() -> None:
    silent, quiet = make_picture(ALL["small"]), make_picture(Wanted(minutes=150))
    teller = Teller("alarm")
    (alarm,) = teller.tell(silent)
    assert alarm.words.startswith("Nobody is read at 15K")
    assert teller.tell(silent) == []
    (over,) = teller.tell(quiet)
    assert (over.words, over.change) == (alarm.words, "taken-back")


def test_each_version_of_results_that_is_declared_is_told_and_so_is_one_that_is_taken_back() -> (
    None
):
    teller, over = Teller("results"), make_picture(Wanted(marathon=25, half=15, minutes=240))
    assert teller.tell(over) == []
    first, second = (declared(over, "marathon", number) for number in (1, 2))
    (one,) = teller.tell(replace(over, versions=(first,)))
    assert (one.race, one.change, one.now) == ("marathon", "new", 1)
    assert teller.tell(replace(over, versions=(first,))) == []
    (two,) = teller.tell(replace(over, versions=(first, second)))
    assert (two.change, two.was, two.now) == ("changed", 1, 2)
    (gone,) = teller.tell(over)
    assert (gone.change, gone.was) == ("taken-back", 2)


def declared(picture: Picture, race: str, number: int) -> Version:
    """A version of results, as the director's word made it."""
    word = Declaration(
        id=FactId("http:director", number, number), race=race, number=number, declared_at=picture.now,
        received_at=picture.now, by="director-1", text_ref="why",
    )  # fmt: skip
    return Version(word=word, state=picture.state)


@settings(max_examples=30)
@given(cuts=st.lists(st.sampled_from((-5, 20, 60, 150, 240)), max_size=5), restart=st.booleans())
def test_in_whatever_steps_one_looks_everything_of_the_last_picture_is_told(
    cuts: list[int], restart: bool
) -> None:
    teller = Teller("passing", "finish", "status")
    for minutes in sorted({*cuts, 900}):
        picture = _at_minute(minutes)
        teller.tell(picture)
        if restart:
            teller.watch = teller.fresh()
    state = picture.state
    passed = {
        f"passing\0{state.roster.entrants[row]}\0{state.points.ids[column]}": int(at_)
        for (row, column), at_ in _cells(state.passed_at)
        if at_ != NEVER
    }
    statuses = {
        f"status\0{entrant}\0": int(state.status[row])
        for row, entrant in enumerate(state.roster.entrants)
        if state.status[row] != Status.ENTERED
    }
    assert {key: now for key, now in teller.kept.items() if key.startswith("passing")} == passed
    assert {key: now for key, now in teller.kept.items() if key.startswith("status")} == statuses


@cache
def _at_minute(minutes: int) -> Picture:
    return make_picture(Wanted(marathon=25, half=15, minutes=minutes))


def _cells(table: Ints) -> list[tuple[tuple[int, ...], int]]:
    return list(np.ndenumerate(table))
