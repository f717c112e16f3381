"""What a receiver may read: as its role, and nobody's name who is hidden from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import msgspec
import pytest

from homestretch.facts import TakenOver, Withdrawn
from homestretch.herald.happenings import Watch
from homestretch.herald.letters import write_letter
from homestretch.herald.outbox import Message
from homestretch.picture import Picture
from homestretch.race.clock import iso
from homestretch.race.hooks import HOOK_KINDS, HOOK_ROLES, Hook
from homestretch.race.privacy import Role
from tests.boards.days import ALL, CANARY, CANARY_OVER, Wanted, make_picture
from tests.boards.pictures import person, picture_of
from tests.herald.test_happenings import declared
from tests.state.days import a_day, at

OUTSIDE_THE_LEDGER = ("public", "announcer")


def letters(picture: Picture, role: Role) -> list[dict[str, Any]]:
    """Everything of a Picture, as a receiver with this role is told of all kinds."""
    hook = Hook(name="site", url="https://club.example/", kinds=HOOK_KINDS, role=role)
    found = []
    for number, one in enumerate(Watch(HOOK_KINDS, list).look(picture)):
        message = Message(number, f"msg_{number}", one.kind, picture.now, (one,))
        body = write_letter(message, [f"{number}"], picture, hook)
        if body is not None:
            found.append(msgspec.json.decode(body))
    return found


def items(picture: Picture, role: Role, kind: str) -> list[dict[str, Any]]:
    return [
        item for letter in letters(picture, role) if letter["type"] == kind for item in letter["data"]["items"]
    ]  # fmt: skip


@pytest.mark.parametrize("day", [CANARY, CANARY_OVER], ids=["on the day", "after it"])
@pytest.mark.parametrize("role", OUTSIDE_THE_LEDGER)
def test_nobody_who_is_hidden_is_in_any_message(role: Role, day: Wanted) -> None:
    found = letters(make_picture(day), role)
    assert {letter["type"] for letter in found} >= {"passing", "finish", "status"} - (
        {"finish"} if day is CANARY else set()
    )
    assert "canary" not in str(found)


@pytest.mark.parametrize("day", [CANARY_OVER], ids=["after it"])
def test_who_keeps_the_ledger_is_told_the_names_that_others_are_not(day: Wanted) -> None:
    assert "canary" in str(letters(make_picture(day), "control"))


def test_who_has_no_role_is_told_of_passings_and_statuses_without_anybody_in_them() -> None:
    picture = make_picture(Wanted(marathon=100, half=50, minutes=150))
    for kind in ("passing", "status"):
        found = items(picture, "public", kind)
        assert len(found) > 50
        assert {(item["bib"], item["name"], item["club"]) for item in found} == {
            ("", "private entrant", "")
        }
    assert any(item["bib"] for item in items(picture, "announcer", "passing"))
    assert any(item["bib"] for item in items(picture, "control", "status"))


def test_a_finish_stands_in_a_message_as_on_the_page_of_results() -> None:
    day = a_day()
    day.entrant("12")
    day.read("12", "start", "07:00:05")
    day.read("12", "finish", "10:00:00.5")
    picture = picture_of(day, "10:01", person("12", "Ada Amberlow", club="Millrace Runners"))
    (finish,) = items(picture, "public", "finish")
    assert finish["finished_at"].startswith(f"{day.event.date}T10:00:00.500")
    told = {name: finish[name] for name in ("bib", "name", "club", "gun", "net", "place", "change")}
    assert told == {
        "bib": "12", "name": "Ada Amberlow", "club": "Millrace Runners", "gun": "3:00:01", "net": "2:59:56",
        "place": 1, "change": "new",
    }  # fmt: skip


def test_who_is_cared_for_is_a_word_that_the_public_may_read_and_no_news_when_it_is_the_same() -> (
    None
):
    day = a_day()
    day.entrant("12")
    day.read("12", "start", "07:00:05")
    day.add(Withdrawn(seen_at=at("08:00"), bib="12", place="10k"))
    day.add(TakenOver(seen_at=at("08:10"), bib="12", taken_by="care", keeper="tent"))
    picture = picture_of(day, "08:15", person("12", "Ada Amberlow"))
    (public,) = items(picture, "public", "status")
    assert (public["was"], public["now"]) == ("not seen yet", "withdrew")
    (medical,) = items(picture, "medical", "status")
    assert (medical["now"], medical["name"]) == ("in care", "Ada Amberlow")
    watch = Watch(("status",), list)
    watch.settle(picture, watch.look(picture))
    day.add(TakenOver(seen_at=at("09:00"), bib="12", taken_by="home"))
    home = picture_of(day, "09:05", person("12", "Ada Amberlow"))
    message = Message(1, "msg_1", "status", home.now, tuple(watch.look(home)))
    hook = Hook(name="site", url="https://club.example/", kinds=HOOK_KINDS)
    assert write_letter(message, ["1"], home, hook) is None


@pytest.mark.parametrize("role", HOOK_ROLES)
def test_alarms_are_told_to_those_alone_who_keep_the_ledger(role: Role) -> None:
    found = items(make_picture(ALL["small"]), role, "alarm")
    assert bool(found) == (role in ("control", "medical", "director"))
    assert all(item.keys() == {"id", "change", "words", "over"} for item in found)


def test_a_version_of_results_is_told_with_when_and_why_and_what_was_taken_back_as_provisional() -> (
    None
):
    over = make_picture(Wanted(marathon=25, half=15, minutes=240))
    names = replace(over.names, texts={"why": "A timing mat was late."})
    official = replace(over, versions=(declared(over, "marathon", 1),), names=names)
    (item,) = items(official, "public", "results")
    assert (item["results"], item["version"], item["reason"]) == (
        "official", 1, "A timing mat was late.",
    )  # fmt: skip
    assert item["declared_at"] == iso(over.now, over.event.zone_info)
    watch = Watch(("results",), list)
    watch.settle(official, watch.look(official))
    message = Message(1, "msg_1", "results", over.now, tuple(watch.look(over)))
    hook = Hook(name="site", url="https://club.example/", kinds=HOOK_KINDS)
    body = write_letter(message, ["1"], over, hook)
    assert body is not None
    (item,) = msgspec.json.decode(body)["data"]["items"]
    assert (item["change"], item["results"], item["version"]) == ("taken-back", "provisional", None)


def test_a_rehearsal_says_so_in_every_message() -> None:
    made_up = letters(make_picture(ALL["late"]), "public")
    assert {letter["data"]["rehearsal"] for letter in made_up} == {
        "A rehearsal: everybody here is invented."
    }
    day = a_day()
    day.entrant("12")
    day.read("12", "start", "07:00:05")
    assert all("rehearsal" not in it["data"] for it in letters(picture_of(day, "07:01"), "public"))


def test_roles_of_receivers_are_roles() -> None:
    assert set(HOOK_ROLES) <= set(get_args(Role))
