"""The people behind the counts, and the open questions, for those who keep the ledger."""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from homestretch.boards.people import (
    LedgerEntry,
    known_statuses,
    ledger_entries,
    named_to,
    reads_health,
)
from homestretch.boards.words import WITHDREW
from homestretch.errors import RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.race.saying import Said, said, said_in
from homestretch.state.questions import OF_NOBODY, OF_STATUS
from homestretch.state.snapshot import FINISHERS, NEVER, OPEN, Ints, Mark, Question, Status

PAGE = 100

ListName = Literal[
    "", "none", "open", "road", "bus", "care", "left", "home", "finished", "not-seen", "dns", "dnf", "dsq", "questions"
]  # fmt: skip

LISTS: dict[str, tuple[str, tuple[Status, ...]]] = {
    "road": (said("on the road"), (Status.STARTED, Status.MOVED_UP)),
    "bus": (said("on the bus"), (Status.RIDING,)),
    "care": (said("in care"), (Status.IN_CARE,)),
    "left": (said("left on their own"), (Status.LEFT,)),
    "home": (said_in("status", "home"), (Status.HOME,)),
    "finished": (said("finished"), FINISHERS),
    "not-seen": (said("not seen yet"), (Status.ENTERED,)),
    "dns": (said("did not start"), (Status.DNS,)),
    "dnf": (said("did not finish"), (Status.DNF,)),
    "dsq": (said("disqualified"), (Status.DSQ,)),
}
"""The lists of one status or two: what each is called and which statuses are in it."""
OF_HEALTH = ("care", "home")
"""Lists of who reads of health alone; to others these people are on the list of those who left."""
OPEN_WORDS = said("not yet accounted for")
STILL_OPEN = ("open", "road", "bus", "care", "questions")
"""While somebody is on one of these the day is not over."""


QUESTION_WORDS: dict[str, Said] = {
    words: words
    for words in (
        said("riding"),
        said("in care"),
        said("moved up, on the road"),
        said("said to withdraw, nobody has taken over"),
        said("ruled, but nobody has said where they are"),
        said("a ruling that contradicts what was seen"),
        said("read after somebody had taken them over"),
        said("a leg faster than anybody runs"),
        said("perhaps a stretch of the course left out"),
        said("read on another course"),
        said("finished after the race was stopped"),
        said("overdue"),
        said("another entrant holds the same bib"),
        said("perhaps in a vehicle"),
        said("perhaps one person with two chips"),
        said("perhaps another bib was meant"),
        said("somebody stops with a bib that nobody has"),
        said("somebody was taken over with a bib that nobody has"),
        said("a ruling about a bib that nobody has"),
        said("a packet was handed out with a bib that nobody has"),
        said("somebody was seen with a bib that nobody has"),
    )
}
"""kind of question -> the same, to be said in any language"""


class OpenCount(msgspec.Struct, frozen=True, kw_only=True):
    """A count of the ledger that opens its list."""

    list: str
    words: str
    count: int
    closed: bool


class QuestionRow(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person must decide or find out. ``known`` is false of a bib that nobody has: it
    was said or written so, and leads to no runner."""

    kind: str
    words: str
    bib: str
    name: str
    since_at: int
    detail: str
    known: bool


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """The lists and their counts. ``opened`` is the list on show (empty: none), with ``size`` entries in
    all, of which ``people`` or ``questions`` are those of the page; ``of_nobody`` counts the questions
    about bibs that nobody has."""

    counts: tuple[OpenCount, ...]
    opened: str
    words: str
    size: int
    page: int
    pages: int
    people: tuple[LedgerEntry, ...]
    questions: tuple[QuestionRow, ...]
    of_nobody: int


def make_ledger(
    picture: Picture, viewer: Viewer, opened: str, page: int, *, whole: bool = False
) -> Ledger:
    """The ledger with one list opened, the oldest proof first, by page or ``whole``. The caller has made
    sure that the viewer keeps it."""
    state = picture.state
    check_list(viewer, opened)
    counts = _list_counts(picture, viewer)
    rows = _rows_of(picture, viewer, opened)
    asked = to_decide(picture, viewer) if opened == "questions" else ()
    size = len(asked) or len(rows)
    step = max(1, size) if whole else PAGE
    first = 0 if whole else (page - 1) * PAGE
    return Ledger(
        counts=counts,
        opened=opened,
        words=next((count.words for count in counts if count.list == opened), ""),
        size=size,
        page=1 if whole else page,
        pages=max(1, -(-size // step)),
        people=ledger_entries(picture, viewer, rows[first : first + step].tolist()),
        questions=tuple(ask(picture, viewer, it) for it in asked[first : first + step]),
        of_nobody=sum(question.row == NEVER for question in state.questions),
    )


def lists_for(viewer: Viewer) -> dict[str, tuple[str, tuple[Status, ...]]]:
    """The lists that a viewer has: each status as they may know it is in exactly one."""
    if reads_health(viewer):
        return LISTS
    lists = {name: one for name, one in LISTS.items() if name not in OF_HEALTH}
    return lists | {"left": (WITHDREW, (Status.LEFT,))}


def check_list(viewer: Viewer, name: str) -> None:
    """RefusedError for a list that says of somebody's health what this viewer does not read."""
    if name in OF_HEALTH and not reads_health(viewer):
        raise RefusedError(
            said("Who is in care is read by control and medical alone."),
            said("Open the list of those who withdrew."),
        )


def to_decide(picture: Picture, viewer: Viewer) -> tuple[Question, ...]:
    """Questions, without those who are open only because they ride, are in care or were moved up."""
    waits = OF_STATUS.values()
    return tuple(asked for asked in list_asked(picture, viewer) if asked.kind not in waits)


def list_asked(picture: Picture, viewer: Viewer) -> tuple[Question, ...]:
    """The open questions, those alone of who is in care for who reads of health: that they are open tells it."""
    state = picture.state
    about = np.array([asked.row for asked in state.questions if asked.row != NEVER], np.int64)
    named = {NEVER, *named_to(picture, viewer, about).tolist()}
    in_care = OF_STATUS[Status.IN_CARE]
    return tuple(
        asked
        for asked in state.questions
        if asked.row in named and (asked.kind != in_care or reads_health(viewer))
    )


def opened_by_itself(picture: Picture) -> str:
    """The list that opens when nobody chose one: whoever is not accounted for, while a race is stopped or
    cancelled, or its runners shelter."""
    gather = ("sheltering", "stopped", "cancelled")
    return "open" if any(flag.state in gather for flag in picture.state.flags) else ""


def _list_counts(picture: Picture, viewer: Viewer) -> tuple[OpenCount, ...]:
    known = known_statuses(picture, viewer)
    counts: dict[str, tuple[str, int]] = {
        "open": (OPEN_WORDS, len(_rows_of(picture, viewer, "open")))
    }
    for name, (words, statuses) in lists_for(viewer).items():
        counts[name] = (words, int(np.count_nonzero(np.isin(known, statuses))))
    counts["questions"] = (said("to decide"), len(to_decide(picture, viewer)))
    return tuple(
        OpenCount(list=name, words=words, count=count, closed=name not in STILL_OPEN)
        for name, (words, count) in counts.items()
    )


def _rows_of(picture: Picture, viewer: Viewer, name: str) -> Ints:
    """(k,) the rows on a list, the oldest proof first: whom nobody has seen at all stands at its head."""
    state, known = picture.state, known_statuses(picture, viewer)
    if name == "open":
        on_it = np.isin(known, OPEN) | ((state.marks & int(Mark.SAID_TO_WITHDRAW)) != 0)
    else:
        on_it = np.isin(known, lists_for(viewer).get(name, ("", ()))[1])
    found = np.flatnonzero(on_it)
    return found[np.argsort(state.last_proof_at[found], kind="stable")]


def ask(picture: Picture, viewer: Viewer, question: Question) -> QuestionRow:
    """A question as those who keep the ledger read it."""
    if question.row == NEVER:
        known = question.kind not in OF_NOBODY.values()
        bib, name, detail = question.detail, "", ""
    else:
        (entry,) = ledger_entries(picture, viewer, [question.row])
        known, bib, name = True, entry.who.bib, entry.who.name
        detail = entry.keeper if question.kind in OF_STATUS.values() else question.detail
    return QuestionRow(
        kind=question.kind,
        words=QUESTION_WORDS.get(question.kind, question.kind),
        bib=bib,
        name=name,
        since_at=question.since_at,
        detail=detail,
        known=known,
    )
