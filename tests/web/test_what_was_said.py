"""Course control decides, the audit tells who said what when and why, and any word is taken back; any member of the
staff hides a runner at once."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from html import unescape
from typing import Any

import pytest

from homestretch.boards.words import LEDGER_ROLES
from homestretch.facts import Assigned, Hidden, Sighting
from homestretch.race.privacy import PRIVATE, STAFF, Role
from tests.aside import run
from tests.boards.kinds import OUTSIDE_THE_LEDGER, list_faults
from tests.boards.pictures import person
from tests.state.days import Day, a_day, at
from tests.web.kept_day import KeptDay, kept_day

NOW = "09:00"
AT = str(at(NOW))


def on_the_road() -> Day:
    day = a_day()
    for bib in ("12", "13"):
        day.entrant(bib)
        day.read(bib, "start", "07:00:20")
        day.read(bib, "10k", "07:50")
    return day


def during(ask: Callable[[KeptDay], Awaitable[None]]) -> None:
    """A day that is kept, with two people of invented names."""

    async def asked() -> None:
        people = [person("12", "Ada Amberlow"), person("13", "Bela Coldwell")]
        async with kept_day(on_the_road(), NOW, *people) as day:
            await ask(day)

    run(asked())


async def said(day: KeptDay, query: str = "") -> list[dict[str, Any]]:
    """The words of the audit, the newest first, but for the chips that were given out before the day."""
    twin = (await day.get(f"/day/audit.json{query}", "medical")).json()
    return [word for word in twin["words"] if not word["words"].startswith("wears chip")]


def hidden_fields(page: str, name: str) -> list[str]:
    return [unescape(v) for v in re.findall(rf'type="hidden" name="{name}" value="([^"]*)"', page)]


def test_a_decision_stands_in_the_audit_with_who_when_and_why_and_is_taken_back() -> None:
    async def ask(day: KeptDay) -> None:
        fields = {
            "do": "dnf",
            "bib": "12",
            "time": "08:40",
            "why": "Stopped at the bridge.",
            "at": AT,
        }
        for _ in range(2):
            answer = await day.post("/day/control", "control", **fields)
            assert "Said: 12 did not finish." in answer.text
            assert list(list_faults(answer.text)) == []
        await day.settle()
        page = (await day.get("/day/audit", "control")).text
        assert list(list_faults(page)) == []
        assert (
            page.count("ruled: did not finish") == 2
        )  # the word, and the button that takes it back
        for words in ("Stopped at the bridge.", "the control crew (control)", "08:40:00"):
            assert words in page
        fact = hidden_fields(page, "fact")[0]
        answer = await day.post("/day/audit", "control", do="take-back", fact=fact, at=AT)
        assert "Taken back" in answer.text
        await day.settle()
        ruling = (await said(day, "?bib=12"))[0]
        assert (ruling["words"], ruling["void"]) == ("ruled: did not finish", True)
        newest = (await said(day))[0]
        assert (newest["is_strike"], newest["target"]) == (True, ruling["seq"])

    during(ask)


def test_a_ruling_without_a_reason_comes_back_with_the_runner_and_says_nothing() -> None:
    async def ask(day: KeptDay) -> None:
        answer = await day.post("/day/control", "director", do="dsq", bib="13", at=AT)
        assert "Not said: say why" in answer.text
        assert 'name="bib" value="13"' in answer.text
        await day.settle()
        assert await said(day) == []

    during(ask)


def test_a_read_is_struck_out_from_its_own_page_and_comes_back_when_that_is_taken_back() -> None:
    async def ask(day: KeptDay) -> None:
        runner = (await day.get("/day/runners/12.json", "control")).json()
        seq = next(s["evidence"]["seq"] for s in runner["splits"] if s["point"] == "10k")
        page = (await day.get(f"/day/evidence/{seq}", "control")).text
        assert "Strike it out" not in (await day.get(f"/day/evidence/{seq}", "medical")).text
        (fact,) = hidden_fields(page, "fact")
        said = {"do": "strike", "fact": fact, "why": "Somebody carried the bag.", "at": AT}
        assert "it no longer holds" in (await day.post("/day/control", "control", **said)).text
        await day.settle()
        splits = (await day.get("/day/runners/12.json")).json()["splits"]
        assert [s["point"] for s in splits if s["passed_at"]] == ["start"]

    during(ask)


@pytest.mark.parametrize("role", sorted(STAFF))
def test_any_member_of_the_staff_hides_a_runner_at_once_without_a_reason(role: Role) -> None:
    async def ask(day: KeptDay) -> None:
        for _ in range(2):
            answer = await day.post("/day/hide", role, bib="12", at=AT)
            assert answer.status_code == 200, answer.text
            assert list(list_faults(answer.text)) == []
        await day.settle()
        facts = [one.fact for one in day.log.read_since(0).others]
        assert sum(isinstance(fact, Hidden) for fact in facts) == 1
        for viewer in OUTSIDE_THE_LEDGER:
            assert (await day.get("/day/runners/12.json", viewer.role)).status_code == 404
        station = (await day.get("/day/stations/half.json")).text
        assert "Amberlow" not in station
        assert '"12"' not in station
        page = (await day.get("/day/runners/12", "control")).text
        assert "Amberlow" in page
        (word,) = await said(day)
        assert word["words"] == "hidden from everybody"
        await day.post("/day/audit", "director", do="take-back", fact=word["fact"], at=AT)
        await day.settle()
        assert (await day.get("/day/runners/12.json")).status_code == 200

    during(ask)


def test_nobody_else_hides_anybody_and_nobody_is_hidden_by_a_wrong_bib() -> None:
    async def ask(day: KeptDay) -> None:
        for role in ("public", "photographer", "device"):
            assert (await day.post("/day/hide", role, bib="12", at=AT)).status_code == 403  # type: ignore[arg-type]
        assert (await day.post("/day/hide", "desk", bib="99", at=AT)).status_code == 404
        assert (await day.get("/day/runners/12.json")).status_code == 200

    during(ask)


def test_where_somebody_is_cared_for_is_told_to_medical_alone() -> None:
    async def ask(day: KeptDay) -> None:
        fields = {"do": "care", "bib": "12", "keeper": "Tent 9", "at": AT}
        await day.post("/day/control", "director", **fields)
        await day.settle()
        for role in LEDGER_ROLES:
            page = (await day.get("/day/audit", role)).text
            assert ("Tent 9" in page) == (role == "medical")
            assert ("in care" in page) == (role != "director")

    during(ask)


def test_why_somebody_stops_is_read_by_control_and_medical_alone_also_where_it_is_taken_back() -> (
    None
):
    async def ask(day: KeptDay) -> None:
        fields = {"bib": "12", "why": "chest pain", "at": AT}
        await day.post("/day/control", "control", do="withdrawn", place="10k", **fields)
        await day.post("/day/control", "control", do="dsq", bib="13", why="cut the course", at=AT)
        await day.settle()
        (stops,) = [one for one in await said(day) if one["words"].startswith("stops")]
        strike = {"do": "strike", "fact": stops["fact"], "why": "chest pain is gone", "at": AT}
        await day.post("/day/control", "control", **strike)
        await day.settle()
        for role in LEDGER_ROLES:
            for address in (
                "/day/audit",
                "/day/audit.json",
                "/day",
                "/day/control",
                "/day/runners/12",
            ):
                assert "chest pain" not in (await day.get(address, role)).text or (
                    role != "director" and "audit" in address
                )
            audit = (await day.get("/day/audit", role)).text
            assert audit.count("chest pain") == (0 if role == "director" else 2)
            assert "cut the course" in audit
        assert (await day.get("/day/calls", "director")).status_code == 403

    during(ask)


def test_whoever_is_hidden_has_one_form_on_every_page() -> None:
    async def ask(day: KeptDay) -> None:
        await day.post("/day/hide", "announcer", bib="13", at=AT)
        await day.settle()
        for path in ("/day", "/day/stations/finish", "/day/announcer", "/day/results/marathon"):
            page = (await day.get(path)).text
            assert "Coldwell" not in page
        found = (await day.get("/day/results/marathon?q=coldwell")).text
        assert "Nobody is found" in found or PRIVATE not in found

    during(ask)


def test_what_the_keeper_refuses_is_told_in_the_language_of_who_reads_it() -> None:
    async def ask(day: KeptDay) -> None:
        form = {"do": "declare", "race": "marathon", "at": AT}
        words = {}
        for language in ("en", "de"):
            answer = await day.post(f"/day/podiums?lang={language}", "director", **form)
            (words[language],) = re.findall(r'role="alert">(Not [^<]*|Nicht [^<]*)</', answer.text)
        assert "Not entered: Not accounted for: 12" in words["en"]
        assert "Noch offen: 12" in words["de"]
        assert "Not " not in words["de"]
        # Programs get codes and English words, whoever asks.
        bad = b'{"items": [{"seq": 1, "kind": "hidden", "seen_at": "2026-05-03T11:00:00Z", "entrant": "e1"}]}'
        token = {"Authorization": f"Bearer {day.token('desk')}", "Accept-Language": "de"}
        told = (await day.client.post("/day/facts", content=bad, headers=token)).json()
        assert told["refused"][0]["reason"].startswith("A key for desk may not say 'hidden'.")

    during(ask)


def test_what_a_file_said_is_said_by_the_file() -> None:
    day = on_the_road()
    for source in ("entrants-file:late-entries.csv", "entrants-file"):
        day.add(Assigned(seen_at=at("08:00"), chip=f"X{len(source)}", bib="12"), source)

    async def ask() -> None:
        async with kept_day(day, NOW, person("12", "Ada Amberlow")) as kept:
            page = unescape((await kept.get("/day/audit?bib=12", "control")).text)
            assert "by the file late-entries.csv, 08:00:00" in page
            assert "by the file entrants.csv, 08:00:00" in page
            german = unescape((await kept.get("/day/audit?bib=12&lang=de", "control")).text)
            assert "von Datei late-entries.csv, 08:00:00" in german

    run(ask())


def test_a_bib_that_was_mistyped_is_settled_by_saying_whose_it_was_or_by_taking_it_back() -> None:
    race = on_the_road()
    hand = "http:station-a1/station"
    for number, bib in enumerate(["12", "99"]):  # 12 cannot be there yet, and nobody has 99
        race.add(Sighting(seen_at=at("07:55"), bib=bib, place="30k"), hand, number=number)

    async def ask() -> None:
        async with kept_day(race, NOW, person("12", "Ada Amberlow")) as day:
            page = (await day.get("/day/control?bib=12", "control")).text
            assert list(list_faults(page)) == []
            assert "perhaps another bib was meant" in page
            assert "that bib was read at 10K at 07:50" in page
            (fact,) = hidden_fields(page, "fact")
            for bib, refused in (("", "no bib was typed"), ("77", "nobody has bib 77")):
                assert (
                    refused
                    in (
                        await day.post(
                            "/day/control", "control", do="whose", fact=fact, bib=bib, at=AT
                        )
                    ).text
                )
            answer = await day.post(
                "/day/control", "control", do="whose", fact=fact, bib="13", at=AT
            )
            assert "Said: 12 was 13." in answer.text
            assert "perhaps another bib was meant" not in answer.text, "the page below knows it"
            words = (await said(day, "?bib=13"))[0]
            assert (words["words"], words["seen_at"]) == ("seen, 30K", at("07:55"))
            (fact,) = hidden_fields((await day.get("/day/control?bib=99", "control")).text, "fact")
            answer = await day.post("/day/control", "control", do="take-back", fact=fact, at=AT)
            assert "somebody was seen with a bib that nobody has" not in answer.text
            page = await day.client.get("/day/audit", headers={"x-role": "control"})
            assert page.headers["content-encoding"] == "gzip"

    run(ask())
