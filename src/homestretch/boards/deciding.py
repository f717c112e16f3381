"""What a person must decide or find out, each with what could be said to settle it."""

from __future__ import annotations

from typing import Final

import msgspec

from homestretch.boards.ledger import QuestionRow, ask, to_decide
from homestretch.boards.mistyped import MISTYPED, list_mistyped
from homestretch.boards.oddities import DOUBLED, RIDDEN, list_oddities
from homestretch.picture import Picture
from homestretch.race.event import Event
from homestretch.race.privacy import Viewer
from homestretch.state.questions import OF_MARK
from homestretch.state.snapshot import NEVER, Mark, Question

CUT = (OF_MARK[Mark.IMPOSSIBLE_LEG], OF_MARK[Mark.LEFT_OUT_A_STRETCH])
"""Questions that may mean a course cut."""
WAYS: Final[dict[str, tuple[str, ...]]] = {
    OF_MARK[Mark.ON_ANOTHER_COURSE]: ("moved", "other-course-settled", "dsq"),
    OF_MARK[Mark.IMPOSSIBLE_LEG]: ("reinstated", "dsq"),
    OF_MARK[Mark.LEFT_OUT_A_STRETCH]: ("reinstated", "dsq"),
    OF_MARK[Mark.SAID_TO_WITHDRAW]: ("bus", "care", "home", "road"),
    OF_MARK[Mark.RULED_BUT_OUT]: ("home", "bus", "care", "road"),
    OF_MARK[Mark.CONTRADICTORY_RULING]: ("reinstated",),
    OF_MARK[Mark.READ_WHILE_CARRIED]: ("road", "vehicle", "home"),
    OF_MARK[Mark.AFTER_STOP]: ("count-after-stop", "dnf"),
    OF_MARK[Mark.OVERDUE]: ("road", "home", "dnf"),
    RIDDEN: ("vehicle", "reinstated", "dsq"),
    DOUBLED: ("chip", "reinstated", "dsq"),
    MISTYPED: ("whose", "take-back"),
}
"""kind of question -> what would settle it, the usual first."""


class DecideRow(msgspec.Struct, frozen=True, kw_only=True):
    """A question; ``about_cut``: it may mean that the course was cut. ``move_to`` is the race (id, name) whose
    course the reads fit, for who was read on another one. ``ways`` name what can be said to settle it."""

    asked: QuestionRow
    about_cut: bool
    move_to: tuple[str, str] | None
    ways: tuple[str, ...]


def find_deciding(picture: Picture, viewer: Viewer) -> tuple[Question, ...]:
    """The open questions but for who is overdue, who stand on a list of their own; what was written down
    and can hardly be; and what is odd of people who came together."""
    overdue = OF_MARK[Mark.OVERDUE]
    asked = tuple(asked for asked in to_decide(picture, viewer) if asked.kind != overdue)
    return (*asked, *list_mistyped(picture), *list_oddities(picture))


def make_deciding(
    picture: Picture, viewer: Viewer, questions: tuple[Question, ...]
) -> tuple[DecideRow, ...]:
    """Rows of the board; the caller has made sure that the viewer keeps the ledger."""
    return tuple(_row(picture, viewer, question) for question in questions)


def _row(picture: Picture, viewer: Viewer, question: Question) -> DecideRow:
    move_to = None
    if question.kind == OF_MARK[Mark.ON_ANOTHER_COURSE] and question.row != NEVER:
        move_to = find_move(picture, question.row)
    ways = WAYS.get(question.kind, ())
    return DecideRow(
        asked=ask(picture, viewer, question),
        about_cut=question.kind in CUT,
        move_to=move_to,
        ways=tuple(way for way in ways if way != "moved" or move_to),
    )


def find_move(picture: Picture, row: int) -> tuple[str, str] | None:
    """The race to which somebody may have changed over, who was read on another course: the one other race of the
    event, or of several the one that shares most points with the own course."""
    event, state = picture.event, picture.state
    own = event.races[int(state.roster.race[row])]
    others = [race for race in event.races if race.id != own.id]
    if not others:
        return None
    best = max(others, key=lambda race: (_shared(event, own.id, race.id), race.distance_m))
    return best.id, best.name


def _shared(event: Event, one: str, other: str) -> int:
    return sum(one in point.distance_m and other in point.distance_m for point in event.points)
