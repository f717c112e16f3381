"""The driver's taps at a real keeper: on board, let off, once each, and what a driver may not say."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from homestretch.facts import TakenOver
from homestretch.race.event import Vehicle
from tests.aside import run
from tests.boards.kinds import list_faults
from tests.boards.pictures import person
from tests.state.days import a_day, a_sweep, at
from tests.web.kept_day import KeptDay, kept_day

NOW = "08:00"
AT = str(at(NOW))


def during(ask: Callable[[KeptDay], Awaitable[None]]) -> None:
    day = a_day(sweep=a_sweep(), vehicles=(Vehicle(name="Bus 2", kind="bus"),))
    day.entrant("12")
    day.read("12", "start", "07:00:20")

    async def asked() -> None:
        async with kept_day(day, NOW, person("12", "Ada Amberlow")) as kept:
            await ask(kept)

    run(asked())


def list_taken(day: KeptDay) -> list[tuple[str, str, str]]:
    facts = [one.fact for one in day.log.read_since(0).others]
    return [(f.bib, f.taken_by, f.keeper) for f in facts if isinstance(f, TakenOver)]


def test_one_tap_takes_on_board_and_one_lets_off_and_a_double_tap_counts_once() -> None:
    async def ask(day: KeptDay) -> None:
        page = (await day.get("/day/sweep", "sweep")).text
        assert "Takes 12 on board" in page
        for _ in range(2):
            answer = await day.post("/day/sweep", "sweep", do="aboard", bib="12", at=AT)
            assert "12: on board of sweep." in answer.text
            assert list(list_faults(answer.text)) == []
        await day.settle()
        page = (await day.get("/day/sweep", "sweep")).text
        assert "On board: 1" in page
        assert "Takes 12 on board" not in page
        later = str(int(AT) + 1000)
        said = {"do": "off-bus", "bib": "12", "other": "Bus 2", "at": later}
        assert "handed to Bus 2" in (await day.post("/day/sweep", "sweep", **said)).text
        await day.settle()
        assert "On board: 0" in (await day.get("/day/sweep", "sweep")).text
        assert list_taken(day) == [("12", "bus", "sweep"), ("12", "bus", "Bus 2")]

    during(ask)


def test_a_wrong_tap_is_taken_back_and_nobody_was_carried() -> None:
    async def ask(day: KeptDay) -> None:
        await day.post("/day/sweep", "sweep", do="aboard", bib="12", at=AT)
        await day.settle()
        page = (await day.get("/day/sweep", "sweep")).text
        (fact,) = re.findall(r'name="fact" value="([^"]*)"', page)
        answer = await day.post("/day/sweep", "sweep", do="take-back", fact=fact, at=AT)
        assert "no longer holds" in answer.text
        await day.settle()
        page = (await day.get("/day/sweep", "sweep")).text
        assert "On board: 0" in page
        assert "taken back" in page

    during(ask)


@pytest.mark.parametrize(
    ("way", "taken_by"), [("off-finish", "home"), ("off-medical", "care"), ("off-road", "road")]
)
def test_whoever_is_let_off_is_with_somebody_or_on_the_road_again(way: str, taken_by: str) -> None:
    async def ask(day: KeptDay) -> None:
        await day.post("/day/sweep", "sweep", do="aboard", bib="12", at=AT)
        await day.settle()
        later = str(int(AT) + 1000)
        await day.post("/day/sweep", "sweep", do=way, bib="12", at=later)
        assert [taken[1] for taken in list_taken(day)] == ["bus", taken_by]
        await day.settle()
        page = (await day.get("/day/sweep", "sweep")).text
        facts = re.findall(r'name="fact" value="([^"]*)"', page)
        assert len(facts) == 2, "a wrong let-off is taken back below, as a wrong boarding is"
        said = {"do": "take-back", "fact": facts[0], "at": later}
        assert "no longer holds" in (await day.post("/day/sweep", "sweep", **said)).text
        await day.settle()
        assert "On board: 1" in (await day.get("/day/sweep", "sweep")).text

    during(ask)


def test_a_bib_that_nobody_has_is_kept_and_asked_about() -> None:
    async def ask(day: KeptDay) -> None:
        answer = await day.post("/day/sweep", "sweep", do="aboard", bib="999", at=AT)
        assert "Nobody has bib 999: course control looks for it." in answer.text
        await day.settle()
        control = (await day.get("/day/control.json", "control")).json()
        assert [row["asked"]["bib"] for row in control["decide"]] == ["999"]

    during(ask)


def test_a_driver_opens_no_road_and_nobody_else_drives() -> None:
    async def ask(day: KeptDay) -> None:
        road = {"do": "open", "from": "start", "to": "10k", "at": AT, "bib": "12"}
        assert (await day.post("/day/sweep", "sweep", **road)).status_code == 400
        assert (await day.post("/day/sweep", "control", do="aboard", bib="12")).status_code == 400
        assert (await day.post("/day/sweep", "station", do="aboard", bib="12")).status_code == 403
        assert "No bib was typed" in (await day.post("/day/sweep", "sweep", do="aboard")).text
        for said in ({"do": "off-bus", "other": "sweep"}, {"do": "off-bus"}, {"do": "away"}):
            assert (await day.post("/day/sweep", "sweep", bib="12", **said)).status_code == 400
        assert list_taken(day) == []

    during(ask)


@pytest.mark.parametrize("way", ["off-finish", "off-medical", "off-road", "off-bus"])
def test_who_is_not_on_board_is_not_let_off(way: str) -> None:
    async def ask(day: KeptDay) -> None:
        said = {"do": way, "bib": "12", "other": "Bus 2", "at": AT}
        answer = (await day.post("/day/sweep", "sweep", **said)).text
        assert "Not entered: 12 not on board of sweep" in answer
        assert list_taken(day) == []

    during(ask)


def test_who_crossed_the_line_rides_only_when_that_is_meant() -> None:
    day = a_day(sweep=a_sweep())
    day.entrant("12")
    day.runs("12", start="07:00:20", p10k="07:30", half="08:10", p30k="08:50", finish="09:40")

    async def asked() -> None:
        async with kept_day(day, "10:00", person("12", "Ada Amberlow")) as kept:
            said = {"do": "aboard", "bib": "12", "at": str(at("10:00"))}
            answer = (await kept.post("/day/sweep", "sweep", **said)).text
            assert "12 crossed the line already, 09:40" in answer
            assert list(list_faults(answer)) == []
            assert list_taken(kept) == []
            again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer)[:3])
            assert again == said
            await kept.post("/day/sweep", "sweep", meant="yes", **again)
            assert list_taken(kept) == [("12", "bus", "sweep")]

    run(asked())
