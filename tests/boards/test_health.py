"""Health stays with control and medical: two days that differ in nothing but who of two is in care are the same day to
everybody else, on every page, twin, stream, list on paper, in every message and in the words of the audit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import get_args

import pytest

from homestretch.boards import write_twin
from homestretch.boards.balance import make_balance
from homestretch.boards.said_words import say_fact
from homestretch.boards.words import CARE_ROLES, HEALTH_ROLES, LEDGER_ROLES
from homestretch.errors import NotFound, RefusedError
from homestretch.facts import TakenBy, TakenOver
from homestretch.herald.happenings import Watch
from homestretch.herald.letters import write_letter
from homestretch.herald.outbox import Message
from homestretch.picture import Picture
from homestretch.race.hooks import HOOK_KINDS, HOOK_ROLES, Hook
from homestretch.race.privacy import Role, Viewer
from homestretch.web.render import board_key, fragments, make_board, render_page
from tests.boards.kinds import CHOICES
from tests.boards.pictures import person, picture_of
from tests.state.days import SHARED, a_day, a_race, a_sweep, at

ROLES = get_args(Role)
OTHERS = [role for role in ROLES if role not in HEALTH_ROLES]
TENT = "Zinnia tent"
ONE, OTHER = "12", "13"


@cache
def picture(one: TakenBy, other: TakenBy, *, home_at: str = "") -> Picture:
    """Two who stopped at the same place in the same minute, and who has each; a third rides, a fourth is home."""
    day = a_day(a_race(), a_race("half", 21_097.5, "07:10"), points=SHARED, sweep=a_sweep())
    for bib in (ONE, OTHER, "14", "15"):
        day.entrant(bib, "marathon", age=40, sex="f")
        day.runs(bib, start="07:00:20", p10k="08:20")
    day.read("15", "finish", "11:10")
    if home_at:
        for bib in (ONE, OTHER):
            day.read(bib, "finish", home_at)
    day.taken("14", "bus", "09:00", "Bus 2")
    for bib, taken_by in ((ONE, one), (OTHER, other)):
        fact = TakenOver(
            seen_at=at("11:20"),
            bib=bib,
            taken_by=taken_by,
            keeper=TENT if taken_by == "care" else "",
            place="10k",
        )
        day.add(fact, "http:key-k/takeover")
    persons = [person(bib, f"Ada Runner{bib}") for bib in (ONE, OTHER, "14", "15")]
    found = picture_of(day, "11:30", *persons)
    # What names a fact is a digest of what is in it, and of those of one moment it decides the order.
    entries = sorted(found.state.entries, key=lambda entry: entry.bib)
    entries = tuple(replace(entry, id=entry.id._replace(digest=7)) for entry in entries)
    return replace(found, state=replace(found.state, entries=entries))


def keys() -> Iterator[tuple[str, dict[str, str]]]:
    """Every board with every choice that is tried of it, and with those that are about these two."""
    yield from ((name, given) for name, tried in CHOICES.items() for given in tried)
    lists = ("open", "road", "bus", "left", "finished", "dnf", "questions")
    yield from (("home", {"list": name}) for name in lists)
    for bib in (ONE, OTHER):
        yield from (("control", {"bib": bib}), ("runner", {"bib": bib}), ("takeover", {"bib": bib}))
        yield "certificate", {"bib": bib}
    yield "takeover", {"keeper": TENT}


def told(picture: Picture, role: Role) -> dict[str, str]:
    """All that a role is told of a day: twin, page and stream of each board, and each message to a receiver."""
    viewer = Viewer(role, station={"station": "10k", "sweep": "sweep"}.get(role, ""))
    found: dict[str, str] = {}
    for name, given in keys():
        key = board_key(name, given)
        try:
            board = make_board(key, picture, viewer)
            page = render_page(key, board, viewer)
        except (RefusedError, NotFound) as error:
            found[f"{name} {given}"] = str(error)
            continue
        stream = fragments(key, picture, viewer).decode()
        found[f"{name} {given}"] = f"{write_twin(board).decode()}\n{page}\n{stream}"
    return found | {f"message {n}": text for n, text in enumerate(letters(picture, role))}


def letters(picture: Picture, role: Role) -> list[str]:
    if role not in HOOK_ROLES:
        return []
    hook = Hook(name="site", url="https://club.example/", kinds=HOOK_KINDS, role=role)
    messages = [
        Message(number, f"msg_{number}", one.kind, picture.now, (one,))
        for number, one in enumerate(Watch(HOOK_KINDS, list).look(picture))
    ]
    bodies = [write_letter(message, ["1"], picture, hook) for message in messages]
    return [body.decode() for body in bodies if body is not None]


@pytest.mark.parametrize("way", ["self", "home"])
@pytest.mark.parametrize("role", ROLES)
def test_only_control_and_medical_can_tell_who_of_two_is_in_care(role: Role, way: TakenBy) -> None:
    one, other = told(picture("care", way), role), told(picture(way, "care"), role)
    differ = {key for key in one if one[key] != other[key]}
    assert one.keys() == other.keys()
    assert bool(differ) == (role in HEALTH_ROLES), differ
    asked_of = {text for key, text in one.items() if TENT not in key}
    assert (TENT in str(asked_of)) == (role in CARE_ROLES)


@pytest.mark.parametrize("role", OTHERS)
def test_who_finished_and_is_in_care_has_finished_like_the_other(role: Role) -> None:
    day = picture("care", "self", home_at="11:19")
    other = picture("self", "care", home_at="11:19")
    assert told(day, role) == told(other, role)


@pytest.mark.parametrize("role", ROLES)
def test_the_audit_says_withdrew_of_whoever_is_off_the_course_to_who_does_not_read_of_health(
    role: Role,
) -> None:
    day = picture("care", "self")
    words = {
        str(say_fact(day, Viewer(role), TakenOver(seen_at=1, bib=ONE, taken_by=taken, keeper=TENT)))
        for taken in ("care", "self", "home")
    }
    assert (words == {"withdrew"}) == (role not in HEALTH_ROLES)


@pytest.mark.parametrize("role", sorted(LEDGER_ROLES))
def test_the_ledger_adds_up_for_everybody_who_keeps_it(role: Role) -> None:
    balance = make_balance(picture("care", "home"), Viewer(role))
    parts = {part.list: part.count for part in balance.parts}
    assert sum(parts.values()) == balance.entered == 4
    withdrew = {"care": 1, "left": 0, "home": 1} if role in HEALTH_ROLES else {"left": 2}
    assert {name: parts.get(name) for name in withdrew} == withdrew
    assert sum(sum(counts) for _, _, counts in balance.races) == 4
