"""Packets handed out: who has one, who is to be called, and what people entered on the pages."""

from __future__ import annotations

from homestretch.facts import Collected, FactId, Sighting, TakenOver
from homestretch.state.snapshot import Status
from tests.state.days import Day, a_day, at, fold


def collect(day: Day, bib: str, when: str = "06:10", source: str = "http:expo/desk") -> FactId:
    return day.add(Collected(seen_at=at(when), bib=bib, by="expo"), source)


def to_call(day: Day, now: str) -> list[str]:
    state = day.state(now).state
    return [state.roster.bibs[row] for row in state.to_call.nonzero()[0]]


def test_whose_packet_was_handed_out_has_one_however_the_bib_was_written() -> None:
    day = a_day()
    for bib in ("17", "18", "A7"):
        day.entrant(bib)
    collect(day, "017")
    collect(day, "a7")
    seen = day.state("06:30")
    assert [bool(seen.state.collected[seen.row(bib)]) for bib in ("17", "18", "A7")] == [
        True,
        False,
        True,
    ]


def test_a_packet_says_nothing_of_where_somebody_is() -> None:
    day = a_day()
    day.entrant("17")
    collect(day, "17")
    assert day.state("12:00").status("17") == Status.ENTERED


def test_a_packet_of_an_expo_counts_whatever_time_its_list_was_given() -> None:
    day = a_day()
    day.entrant("17")
    collect(day, "17", when="23:00")
    assert day.state("05:30").state.collected.all()


def test_packet_and_nothing_since_the_start_closed_is_a_call_to_make() -> None:
    day = a_day()
    for bib in ("17", "18", "19"):
        day.entrant(bib)
    collect(day, "17")
    collect(day, "18")
    day.read("18", "start", "07:01:10")
    assert to_call(day, "08:00") == []
    assert to_call(day, "08:01") == ["17"]
    day.seen("17", "10k", "08:10")
    assert to_call(day, "08:12") == []


def test_nobody_is_called_who_is_known_not_to_start_or_whose_race_is_held_back() -> None:
    day = a_day()
    day.entrant("17")
    collect(day, "17")
    day.flag("delayed", "06:50")
    assert to_call(day, "09:00") == []
    day.flag("open", "09:10")
    assert to_call(day, "09:12") == ["17"]
    day.ruled("17", "dns", "09:20")
    assert to_call(day, "09:30") == []


def test_a_packet_with_a_bib_that_nobody_has_is_a_question_once() -> None:
    day = a_day()
    day.entrant("17")
    for _ in range(2):
        collect(day, "99", "06:10")
    collect(day, "99", "06:20")
    (question,) = day.state("06:30").state.questions
    assert question.kind == "a packet was handed out with a bib that nobody has"
    assert (question.detail, question.since_at) == ("99", at("06:10"))


def test_a_packet_that_was_taken_back_was_not_handed_out() -> None:
    day = a_day()
    day.entrant("17")
    day.struck(collect(day, "17"), "06:12")
    assert not day.state("06:30").state.collected.any()
    (entry,) = day.state("06:30").state.entries
    assert (entry.bib, entry.void) == ("17", True)


def test_the_newest_entries_of_a_page_are_those_received_last_by_twenty_forms() -> None:
    day = a_day()
    day.entrant("17")
    for number in range(30):
        for place in range(2):
            fact = Sighting(
                seen_at=at("08:00"), bib=f"{100 * place + number}", place="10k", by="nora"
            )
            day.add(fact, "http:nora/radio", 1000 * number + place, late_s=number)
    day.add(TakenOver(seen_at=at("08:05"), bib="17", taken_by="bus", keeper="Bus 2"), "http:nora")
    entries = day.state("09:00").state.entries
    assert [entry.bib for entry in entries[:3]] == ["129", "29", "128"]
    assert len(entries) == 40
    assert {(entry.page, entry.by) for entry in entries} == {("radio", "nora")}


def test_entries_do_not_depend_on_the_order_in_which_they_arrive() -> None:
    day = a_day()
    day.entrant("17")
    for number in range(900):
        fact = Sighting(seen_at=at("08:00"), bib=str(number), place="10k")
        day.add(fact, "http:nora/radio", 1000 * number, late_s=number % 300)
    once = fold([day.items], at("12:00")).comparable()
    backwards = [[item] for item in reversed(day.items)]
    assert fold(backwards, at("12:00")).comparable() == once


def test_a_bus_is_known_by_its_name_without_the_place() -> None:
    day = a_day()
    day.entrant("17")
    day.add(TakenOver(seen_at=at("09:00"), bib="17", taken_by="bus", keeper="Bus 2", place="10k"))
    seen = day.state("09:10")
    assert seen.state.keeper[seen.row("17")] == "Bus 2 at 10k"
    assert seen.state.held_by[seen.row("17")] == "Bus 2"
