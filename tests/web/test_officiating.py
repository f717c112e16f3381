"""The director's words on results at a real keeper: too early refused with the list, then versions that stay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import unescape
from typing import Any

import pytest

from homestretch.facts import (
    Declared,
    PlaceShared,
    PodiumCleared,
    ProtestDecided,
    Protested,
    ResultsPosted,
    Ruled,
    Struck,
)
from homestretch.race.event import Race
from homestretch.web.application import make_application
from tests.aside import run
from tests.boards.kinds import list_faults
from tests.boards.pictures import person
from tests.state.days import Day, a_day, a_race, at
from tests.web.kept_day import KeptDay, kept_day

NOW = "12:00"
AT = at(NOW)


def a_morning(*races: Race) -> Day:
    """Three women at the line; 4 is on the road, last read at half way, too late for the podium; 5 never came."""
    day = a_day(*races)
    for bib, finish in (("1", "09:40"), ("2", "09:50"), ("3", "10:00")):
        day.entrant(bib, sex="f", age=30 + int(bib))
        day.runs(bib, start="07:00:20", p10k="07:40", half="08:25", p30k="09:00", finish=finish)
    day.entrant("4", sex="f", age=55)
    day.runs("4", start="07:01", p10k="08:10", half="09:40")
    day.entrant("5", sex="f", age=20)
    return day


def during(ask: Callable[[KeptDay], Awaitable[None]], day: Day | None = None) -> None:
    people = [person(bib, f"{name} Amberlow") for bib, name in zip("12345", NAMES, strict=True)]

    async def asked() -> None:
        async with kept_day(day or a_morning(), NOW, *people) as kept:
            await ask(kept)

    run(asked())


NAMES = ("Ada", "Bela", "Cleo", "Dora", "Edda")


async def say(day: KeptDay, do: str, role: Any = "director", later: int = 0, **fields: str) -> str:
    answer = await day.post("/day/podiums", role, do=do, at=str(AT + later), **fields)
    assert answer.status_code == 200, answer.text
    assert list(list_faults(answer.text)) == []
    await day.settle()
    return unescape(answer.text)


async def results(day: KeptDay, role: str = "public", more: str = "") -> dict[str, Any]:
    found: dict[str, Any] = (await day.get(f"/day/results/marathon.json{more}", role)).json()
    return found


async def podium(day: KeptDay, key: str) -> dict[str, Any]:
    board = (await day.get("/day/podiums.json", "director")).json()
    return next(one for race in board["races"] for one in race["podiums"] if one["key"] == key)


def facts(day: KeptDay, kind: type) -> list[Any]:
    return [one.fact for one in day.log.read_since(0).others if isinstance(one.fact, kind)]


def test_results_are_declared_once_everybody_is_accounted_for_and_the_list_says_for_whom_it_waits() -> (
    None
):
    async def ask(day: KeptDay) -> None:
        page = await say(day, "declare", race="marathon")
        assert "Not accounted for: 4." in page
        assert facts(day, Declared) == []
        assert not (await results(day))["standing"]["official"]
        closing = {"do": "home", "bib": "4", "at": str(AT), "time": "11:50"}
        await day.post("/day/control", "control", **closing)
        await day.settle()
        assert "The results of Marathon" in (await say(day, "declare", race="marathon")).replace(
            "the r", "The r"
        )
        assert len(facts(day, Declared)) == 1
        assert (await results(day))["standing"]["words"] == "Official, version 1, 3 May 12:00"
        page = (await day.get("/day/results/marathon")).text
        assert "Official, version 1, 3 May 12:00" in page
        assert "Provisional" not in page

    during(ask)


def test_a_double_tap_declares_once_and_another_version_needs_a_reason() -> None:
    async def ask(day: KeptDay) -> None:
        await day.post("/day/control", "control", do="home", bib="4", at=str(AT))
        await day.settle()
        for _ in range(2):
            assert "are official." in await say(day, "declare", race="marathon")
        assert len(facts(day, Declared)) == 1
        assert "needs a reason" in await say(day, "declare", later=5000, race="marathon")

    during(ask)


def test_what_changes_after_a_version_is_shown_once_another_is_declared_and_the_old_one_stays() -> (
    None
):
    async def ask(day: KeptDay) -> None:
        await day.post("/day/control", "control", do="home", bib="4", at=str(AT))
        await day.settle()
        await say(day, "declare", race="marathon")
        ruling = {"do": "dsq", "bib": "1", "at": str(AT + 1000), "why": "Rode a part of it."}
        await day.post("/day/control", "control", **ruling)
        await day.settle()
        assert [row["who"]["bib"] for row in (await results(day))["rows"]] == ["1", "2", "3"]
        now = await results(day, "control", "?now=true")
        assert [row["who"]["bib"] for row in now["rows"]] == ["2", "3"]
        assert len((await results(day, "public", "?now=true"))["rows"]) == 3
        page = (await day.get("/day/podiums", "director")).text
        assert "3 results changed since version 1" in page
        why = "Bib 1 was disqualified."
        await say(day, "declare", later=3000, race="marathon", why=why)
        board = await results(day)
        assert [row["who"]["bib"] for row in board["rows"]] == ["2", "3"]
        assert (board["standing"]["version"], board["standing"]["reason"]) == (2, why)
        old = await results(day, "public", "?version=1")
        assert [row["who"]["bib"] for row in old["rows"]] == ["1", "2", "3"]
        assert (await day.get("/day/results/marathon.json?version=3")).status_code == 404
        runner = (await day.get("/day/runners/2.json")).json()
        assert (runner["place"], runner["standing"]["version"]) == (1, 2)

    during(ask)


def test_who_is_hidden_today_is_hidden_in_every_version() -> None:
    async def ask(day: KeptDay) -> None:
        await day.post("/day/control", "control", do="home", bib="4", at=str(AT))
        await day.settle()
        await say(day, "declare", race="marathon")
        assert "Bela Amberlow" in (await day.get("/day/results/marathon?version=1")).text
        await day.post("/day/hide", "desk", bib="2", at=str(AT))
        await day.settle()
        for more in ("", "?version=1"):
            for ending in ("", ".json"):
                page = (await day.get(f"/day/results/marathon{ending}{more}")).text
                assert "Bela" not in page
                assert "private entrant" in page

    during(ask)


def test_a_podium_waits_for_who_was_never_seen_until_the_director_says_they_did_not_start() -> None:
    async def ask(day: KeptDay) -> None:
        before = await podium(day, "marathon/f")
        assert (before["final"], before["coming"], before["unseen"]) == (False, 0, 1)
        assert [one["who"]["bib"] for one in before["people"]] == ["5"]
        assert "did not start." in await say(day, "absent")
        assert [fact.bib for fact in facts(day, Ruled)] == ["*"]
        after = await podium(day, "marathon/f")
        assert (after["final"], [one["who"]["bib"] for one in after["first"]]) == (
            True,
            ["1", "2", "3"],
        )

    during(ask)


def test_a_podium_is_cleared_and_posted_by_itself_and_each_word_can_be_taken_back() -> None:
    async def ask(day: KeptDay) -> None:
        key = "marathon/f"
        assert "Marathon, women" in await say(day, "clear", category=key)
        await say(day, "post", category=key)
        row = await podium(day, key)
        assert row["cleared"]["by"] == "the director crew (director)"
        assert row["protests_until_at"] == AT + 30 * 60_000
        audit = (await day.get("/day/audit", "control")).text
        assert "the podium is cleared: Marathon, women" in audit
        await say(day, "take-back", later=1000, fact=row["cleared"]["fact"])
        assert (await podium(day, key))["cleared"] is None
        assert len(facts(day, PodiumCleared)) == len(facts(day, Struck)) == 1

    during(ask)


def test_nobody_clears_a_podium_while_somebody_could_still_come_in_time() -> None:
    day = a_morning()
    day.entrant("6", sex="f", age=56)
    day.runs("6", start="07:01", p10k="08:00")

    async def ask(kept: KeptDay) -> None:
        page = await say(kept, "clear", category="marathon/f/55-59")
        assert "Could still come in time: " in page
        assert "There is no such category" in await say(kept, "clear", category="marathon/q")
        assert facts(kept, PodiumCleared) == []

    during(ask, day)


def test_a_protest_stands_beside_the_result_without_its_reason_until_it_is_decided() -> None:
    async def ask(day: KeptDay) -> None:
        why = "Zealous marshal saw a shortcut"
        assert "a protest against" in await say(day, "protest", "control", bib="2", why=why)
        (fact,) = facts(day, Protested)
        assert fact.bib == "2"
        for address in ("/day/results/marathon", "/day/results/marathon.json", "/day/runners/2"):
            page = (await day.get(address)).text
            assert "Zealous" not in page
        rows = (await results(day))["rows"]
        assert [row["under_protest"] for row in rows] == [False, True, False]
        assert "under protest" in (await day.get("/day/results/marathon")).text
        assert why in (await day.get("/day/podiums", "control")).text
        await day.post("/day/control", "control", do="home", bib="4", at=str(AT))
        await day.settle()
        assert "Protests not decided: against 2" in await say(day, "declare", race="marathon")
        (one,) = (await day.get("/day/podiums.json", "director")).json()["protests"]
        assert "say why" in await say(day, "dismissed", fact=one["fact"])
        await say(day, "dismissed", later=2000, fact=one["fact"], why="The film shows all of it.")
        assert not any(row["under_protest"] for row in (await results(day))["rows"])
        assert "are official" in await say(day, "declare", later=3000, race="marathon")

    during(ask)


def test_a_protest_after_the_clock_of_what_was_posted_says_so() -> None:
    day = a_morning()
    day.add(ResultsPosted(seen_at=at("11:00"), category="marathon/f"))
    for bib, when in (("1", "11:29"), ("2", "11:31")):
        day.add(Protested(seen_at=at(when), bib=bib))

    async def ask(kept: KeptDay) -> None:
        board = (await kept.get("/day/podiums.json", "director")).json()
        assert [one["late"] for one in board["protests"]] == [False, True]
        page = (await kept.get("/day/podiums", "director")).text
        assert page.count("after the time for protests") == 1

    during(ask, day)


@pytest.mark.parametrize("do", ["declare", "clear", "post", "upheld", "share"])
def test_control_takes_protests_and_says_nothing_else_of_results(do: str) -> None:
    async def ask(day: KeptDay) -> None:
        fields = {"race": "marathon", "category": "marathon/f", "bibs": "1 2", "why": "x"}
        page = await say(day, do, "control", fact="1 2 x", **fields)
        assert "A key for control may not say" in page

    during(ask)


def test_a_place_is_shared_by_ruling() -> None:
    async def ask(day: KeptDay) -> None:
        assert "nobody has bib 77" in await say(day, "share", bibs="1 77", why="x")
        assert "two bibs" in await say(day, "share", bibs="1", why="x")
        await say(day, "share", bibs="2, 1", why="Hand in hand.")
        assert [row["place"] for row in (await results(day))["rows"]] == [1, 1, 3]

    during(ask)


def test_a_place_is_shared_by_nobody_who_did_not_come_one_behind_the_other_in_one_table() -> None:
    guns, divisions = {"all": "07:00", "Wheels": "06:50"}, {"Wheels": "wheelchair"}
    day = a_morning(a_race(gun=guns, divisions=divisions))
    day.entrant("6", wave="Wheels", division="wheelchair")
    day.runs("6", start="06:50:05", half="07:50", finish="08:40")

    async def ask(kept: KeptDay) -> None:
        for bibs, why_not in (
            ("1 3", "Between them came 2: "),
            ("1 4", "4: no place to share"),
            ("1 6", "They stand in no table of results together"),
        ):
            assert why_not in await say(kept, "share", bibs=bibs, why="Hand in hand.")
        assert facts(kept, PlaceShared) == []
        assert "Said:" in await say(kept, "share", bibs="1 2", why="Hand in hand.")
        assert "Between them came 2: " in await say(kept, "share", bibs="1 3", why="x", later=1)
        assert "Said:" in await say(kept, "share", bibs="1 2 3", why="All three.", later=2)
        assert [row["place"] for row in (await results(kept))["rows"]] == [1, 1, 1]

    during(ask, day)


def test_what_is_declared_while_the_protest_clock_runs_is_asked_for_twice() -> None:
    day = a_morning()
    for bib, by in (("4", "dnf"), ("5", "dns")):
        day.ruled(bib, by, "11:00")  # type: ignore[arg-type]  # verdicts
    day.taken("4", "home", "10:30")

    async def ask(kept: KeptDay) -> None:
        assert 'name="anyway"' not in await say(kept, "clear", category="marathon/f")
        await say(kept, "post", category="marathon/f", later=1)
        page = unescape((await kept.get("/day/podiums", "director")).text)
        assert 'name="anyway" value="yes" required' in page
        asked = await say(kept, "declare", race="marathon", later=2)
        assert "Not said: the time for protests runs until 12:30." in asked
        assert facts(kept, Declared) == []
        assert "Said:" in await say(kept, "declare", race="marathon", anyway="yes", later=3)
        assert len(facts(kept, Declared)) == 1

    during(ask, day)


def test_a_decision_about_no_protest_is_refused() -> None:
    async def ask(day: KeptDay) -> None:
        said = await say(day, "clear", category="marathon/f")
        assert "Said:" in said
        (cleared,) = [
            one for one in day.log.read_since(0).others if isinstance(one.fact, PodiumCleared)
        ]
        fact = f"{cleared.id.number} {cleared.id.digest} {cleared.id.source}"
        assert "There is no such protest" in await say(day, "upheld", fact=fact, why="x", later=1)
        assert facts(day, ProtestDecided) == []

    during(ask)


def test_a_ruling_of_a_time_before_the_one_that_holds_is_refused_with_that_time() -> None:
    async def ask(day: KeptDay) -> None:
        async def rule(verdict: str, time: str, later: int) -> str:
            fields = {"bib": "1", "why": "x", "time": time, "at": str(AT + later)}
            answer = await day.post("/day/control", "director", do=verdict, **fields)
            await day.settle()
            return unescape(answer.text)

        assert "Said:" in await rule("reinstated", "11:23", 1)
        said = await rule("dsq", "11:10", 2)
        assert "A later ruling on bib 1 holds, of 11:23:00: this one would change nothing." in said
        assert (await results(day))["rows"][0]["place"] == 1
        for _ in range(2):  # a double tap is one word
            assert "Said:" in await rule("dsq", "11:24", 3)
        assert [one.verdict for one in facts(day, Ruled)] == ["reinstated", "dsq"]

    during(ask)


def test_a_shared_place_is_offered_to_two_who_come_within_a_second_and_forced_on_nobody() -> None:
    day = a_morning()
    day.entrant("6", sex="f", age=41)
    day.runs("6", start="07:00:20", half="08:25", p30k="09:00", finish="09:40:00.400")

    async def ask(kept: KeptDay) -> None:
        page = unescape((await kept.get("/day/podiums", "director")).text)
        assert "within a second of each other: 1 + 6." in page
        assert [row["place"] for row in (await results(kept))["rows"]] == [1, 2, 3, 4]
        await say(kept, "share", bibs="1 6", why="Hand in hand.")
        board = (await kept.get("/day/podiums.json", "director")).json()
        assert board["close"] == []

    during(ask, day)


def test_the_page_of_podiums_is_no_business_of_others() -> None:
    application = make_application()
    routes = [one for one in application.routes if getattr(one, "path", "") == "/{event}/podiums"]
    assert len(routes) == 2
    assert all(one.who == {"control", "director"} for one in routes)  # type: ignore[attr-defined]


def test_a_button_that_is_none_of_ours_says_nothing() -> None:
    async def ask(day: KeptDay) -> None:
        answer = await day.post("/day/podiums", "director", do="win", at=str(AT))
        assert answer.status_code == 400
        assert "nothing that can be said here" in answer.text

    during(ask)
