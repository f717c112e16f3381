"""The privacy gate as a property: whoever is not to be named leaks on no board, whoever they are and whatever became
of them, to nobody who must not see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Literal

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from homestretch.boards import get_board, write_twin
from homestretch.errors import NotFound, RefusedError
from homestretch.herald.happenings import Happening
from homestretch.herald.letters import write_letter
from homestretch.herald.outbox import Message
from homestretch.news.followers import Follower
from homestretch.news.telling import Telling
from homestretch.picture import Picture
from homestretch.race.entrant import Person
from homestretch.race.hooks import HOOK_ROLES, PUBLIC_KINDS, Hook
from homestretch.race.privacy import HIDDEN, Role, Viewer
from homestretch.race.spelling import bib_key
from homestretch.showing import shown
from homestretch.state.snapshot import NEVER
from homestretch.web.events import EventsShown
from homestretch.web.render import board_key, fragments, make_board, render_page
from tests.boards.days import LATE, OVER, SMALL, make_picture
from tests.boards.kinds import OUTSIDE_THE_LEDGER, list_keys

Kind = Literal["hidden", "initials", "silent", "child", "taken-down", "withheld", "erased"]
KINDS: Final[tuple[Kind, ...]] = (
    "hidden", "initials", "silent", "child", "taken-down", "withheld", "erased",
)  # fmt: skip
BIB, ENTRANT = "Zqbib7", "Zqentrant"
PLANTED: Final = {
    name: f"Zq{name}word"
    for name in (
        "first", "last", "club", "town", "region", "country", "email", "phone", "called", "pronoun",
        "asks_first", "asks_last",
    )
}  # fmt: skip
"""A word of its own in every field of a person."""
SHOWN_WITH_INITIALS: Final = {"club", "town"}
ROLES: Final = [viewer.role for viewer in OUTSIDE_THE_LEDGER]


def planted(picture: Picture, row: int, kind: Kind) -> Picture:
    """The picture with the canary in the place of the entrant of a row."""
    roster, persons = picture.state.roster, dict(picture.names.persons)
    persons.pop(roster.entrants[row], None)
    if kind != "erased":
        display = {"hidden": "hidden", "initials": "initials", "silent": None}.get(kind, "name")
        persons[ENTRANT] = Person(
            entrant=ENTRANT,
            display=display,  # type: ignore[arg-type]  # one of the three
            guardian=kind == "taken-down",
            taken_down=kind == "taken-down",
            companions=True,
            photos=True,
            stories="yes",
            **PLANTED,
        )
    age = roster.age.copy()
    age[row] = 15 if kind == "child" else 40
    bibs, entrants = list(roster.bibs), list(roster.entrants)
    where = {key: at for key, at in roster.row_of_bib.items() if at != row} | {bib_key(BIB): row}
    bibs[row], entrants[row] = BIB, ENTRANT
    named = replace(
        roster,
        age=age,
        bibs=tuple(bibs),
        entrants=tuple(entrants),
        row_of_bib=where,
        hidden=roster.hidden | ({row} if kind == "withheld" else set()),
    )
    state = replace(picture.state, roster=named)
    return replace(picture, state=state, names=replace(picture.names, persons=persons))


def forbidden(kind: Kind, role: Role) -> set[str]:
    """The words that must not be served."""
    if kind not in ("initials", "silent"):
        return {BIB, ENTRANT, *PLANTED.values()}
    seen = SHOWN_WITH_INITIALS | ({"phone"} if role == "desk" else set())
    return {word for name, word in PLANTED.items() if name not in seen}


def everything(picture: Picture, viewer: Viewer) -> Iterator[tuple[str, str]]:
    """Page, twin and stream of every board, with every choice there is to try and those that ask for the canary."""
    asked = [
        board_key("results", {"race": race, "q": text})
        for race in ("marathon", "half")
        for text in ("zqlastwor", "zqclubwor", "zqbib")
    ]
    asked += [board_key("runner", {"bib": BIB}), board_key("takeover", {"bib": "zqbib"})]
    for key in [*list_keys(), *asked]:
        try:
            board = make_board(key, picture, viewer)
        except (NotFound, RefusedError):
            continue
        yield f"{key} page", render_page(key, board, viewer)
        yield f"{key} twin", write_twin(board).decode()
        yield f"{key} stream", fragments(key, picture, viewer).decode()
    yield "events", EventsShown(lambda: [picture]).body().decode()
    yield from told_of(picture, viewer)


def told_of(picture: Picture, viewer: Viewer) -> Iterator[tuple[str, str]]:
    """What webhooks and followers' phones are told of the canary: every kind of message to a receiver of this role."""
    row = picture.state.roster.find_entrant(ENTRANT)
    assert row is not None
    for role in {viewer.role} & set(HOOK_ROLES):
        hook = Hook(name="paper", url="https://paper.example.org", role=role)
        for kind in PUBLIC_KINDS:
            about = {"entrant": ENTRANT} if kind != "results" else {}
            one = Happening(
                kind=kind, at=picture.now, race="marathon", was=1, now=6, point="10k", **about
            )
            message = Message(1, "msg_1", kind, picture.now, (one,))
            letter = write_letter(message, ["a name of a message"], picture, hook)
            yield f"letter {kind}", (letter or b"").decode()
    telling, follower = (
        Telling(),
        Follower(ref="f", entrant=ENTRANT, endpoint="https://push.example.org", p256dh="", auth=""),
    )
    nowhere = np.full_like(picture.state.passed_at, NEVER)
    telling.tell(replace(picture, state=replace(picture.state, passed_at=nowhere)), [follower])
    due, let_go = telling.tell(picture, [follower])
    assert bool(let_go) == shown(picture, Viewer(), row).hidden
    yield "news", repr([news for _, news in due])


@st.composite
def situations(draw: st.DrawFn) -> tuple[Picture, int, Kind, Role]:
    picture = make_picture(draw(st.sampled_from((SMALL, LATE, OVER))))
    rows = range(len(picture.state.roster.bibs))
    return picture, draw(st.sampled_from(rows)), draw(st.sampled_from(KINDS)), draw(st.sampled_from(ROLES))  # fmt: skip


def last_on_the_road() -> int:
    roster = make_picture(LATE).state.roster
    return roster.bibs.index("160")


@given(situations())
@example((make_picture(LATE), last_on_the_road(), "hidden", "public"))
@example((make_picture(LATE), last_on_the_road(), "child", "announcer"))
@settings(max_examples=6)
def test_whoever_is_not_to_be_named_leaks_nowhere(
    situation: tuple[Picture, int, Kind, Role],
) -> None:
    before, row, kind, role = situation
    picture = planted(before, row, kind)
    viewer = Viewer(role, station={"station": "10k", "sweep": "sweep"}.get(role, ""))
    hidden = shown(picture, viewer, row) == HIDDEN
    assert hidden == (kind not in ("initials", "silent"))
    words = {word.lower() for word in forbidden(kind, role)}
    looked = 0
    for where, text in everything(picture, viewer):
        looked += 1
        found = {word for word in words if word in text.lower()}
        assert not found, where
    assert looked > 30


def test_the_words_are_found_by_who_may_read_them() -> None:
    """The search would find a leak: the director's pages have the name, the bib and the club."""
    picture = planted(make_picture(LATE), last_on_the_road(), "hidden")
    texts = "".join(text for _, text in everything(picture, Viewer("director")))
    for word in (BIB, *(PLANTED[name] for name in ("first", "last", "club", "town"))):
        assert word in texts
    board = get_board("runner")
    key = board_key("runner", {"bib": BIB})
    own = Viewer("runner", entrant=ENTRANT)
    page = render_page(key, board.rows(picture, own, key.choices), own)
    assert PLANTED["last"] in page
    assert not re.search("Zq(email|phone)word", texts)
