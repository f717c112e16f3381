"""What the radio says: a line becomes facts once a person has seen how it was understood."""

from __future__ import annotations

from collections import Counter

import msgspec

from homestretch.boards import Board, BoardKind, Choices
from homestretch.boards.entering import (
    EntryForm,
    Notice,
    PlaceChoice,
    check_may_enter,
    find_place,
    list_entry_forms,
    list_places,
    name_place,
    say_entry,
)
from homestretch.boards.frame import make_frame
from homestretch.boards.words import list_words, say_count, say_status
from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.race.privacy import Role, Shown, Viewer
from homestretch.race.saying import joined, said, said_n
from homestretch.race.wall_time import find_moment
from homestretch.readers.radio import Ears, RadioLine, read_lines
from homestretch.showing import shown
from homestretch.state.snapshot import NEVER, Status

WHO: frozenset[Role] = frozenset(("control", "director"))
MEDICAL = Viewer("medical")
"""As whom the words of a preview are said: they stand in the line that was typed."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One bib of a line: who that is (None: nobody has it), what would be entered, what is known now."""

    bib: str
    who: Shown | None
    race: str
    words: str
    status: str


class PreviewLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it was understood; ``trouble`` says why nothing of it can be entered yet."""

    text: str
    where: str
    said: tuple[Said, ...]
    unread: tuple[str, ...]
    trouble: str


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What would be entered. ``at`` (UTC ms) is when the lines were looked at: it names the form."""

    at: int
    lines: tuple[PreviewLine, ...]
    summary: str
    count: int
    left_out: int


class Given(msgspec.Struct, frozen=True):
    """What stands in the form."""

    text: str = ""
    place: str = ""
    time: str = ""


class RadioBoard(Board, frozen=True, kw_only=True):
    """The form, what was made of it, and what was entered last."""

    places: tuple[PlaceChoice, ...]
    forms: tuple[EntryForm, ...]
    given: Given = Given()
    preview: Preview | None = None
    notice: Notice | None = None


def rows(picture: Picture, viewer: Viewer, _: Choices) -> RadioBoard:
    """The page before anything was typed; RefusedError for who is not course control."""
    check_may_enter(viewer, WHO)
    return RadioBoard(
        frame=make_frame(picture, viewer),
        places=list_places(picture.event),
        forms=list_entry_forms(picture, viewer, "radio"),
    )


def hear(picture: Picture, given: Given, at: int) -> list[RadioLine]:
    """The lines as they are understood. ``at`` (UTC ms) holds where neither line nor form says a time."""
    event, over = picture.event, picture.state.over

    def moment(text: str) -> int | None:
        return find_moment(text, event, picture.now, over)

    usual_at = moment(given.time) if given.time.strip() else at
    place = find_place(event, given.place)
    return read_lines(
        given.text, Ears(lambda said: find_place(event, said), moment, place, usual_at)
    )


def preview(picture: Picture, viewer: Viewer, given: Given, at: int) -> Preview:
    """What the lines would enter, bib by bib, and what of them was not understood."""
    heard = hear(picture, given, at)
    good = [line for line in heard if line.can_enter]
    return Preview(
        at=at,
        lines=tuple(_show_line(picture, viewer, line, given) for line in heard),
        summary=_sum_up(picture, good),
        count=sum(len(line.items) for line in good),
        left_out=sum(len(line.unread) for line in good) + sum(not line.can_enter for line in heard),
    )


def _show_line(picture: Picture, viewer: Viewer, line: RadioLine, given: Given) -> PreviewLine:
    event = picture.event
    place = name_place(event, line.place)
    time = "" if line.seen_at is None else say_time(line.seen_at, event.zone_info, seconds=True)
    return PreviewLine(
        text=line.text,
        where=f"{place}, {time.removesuffix(':00')}" if place and time else "",
        said=tuple(
            _show_bib(picture, viewer, item.bib, say_entry(item.fate.kind, item.fate.taken_by, item.fate.keeper, MEDICAL))
            for item in line.items
        ),
        unread=line.unread,
        trouble=_find_trouble(line, given.time),
    )  # fmt: skip


def _find_trouble(line: RadioLine, given_time: str) -> str:
    if not line.place and line.said_place:
        return said(
            "The plan has no place “{place}”: choose one below, or write it as the plan does.",
            place=line.said_place,
        )
    if not line.place:
        return said("Where? Begin the line with the place, or choose it below.")
    if line.seen_at is None:
        return said("“{time}” is no time of day that is past.", time=line.said_time or given_time)
    return "" if line.items else said("Nobody is seen in this line.")


def _show_bib(picture: Picture, viewer: Viewer, bib: str, words: str) -> Said:
    state = picture.state
    row = state.roster.find_row(bib)
    if row is None:
        return Said(bib=bib, who=None, race="", words=words, status=said("nobody has this bib"))
    crossed = int(state.gun_ms[row]) != NEVER
    return Said(
        bib=bib,
        who=shown(picture, viewer, row),
        race=picture.event.races[int(state.roster.race[row])].name,
        words=words,
        status=say_status(Status(int(state.status[row])), viewer.role, crossed_the_line=crossed),
    )


def _sum_up(picture: Picture, lines: list[RadioLine]) -> str:
    """``3 sightings, 1 on Bus 2; nobody has bib 5127``"""
    counts: Counter[str] = Counter()
    unknown: dict[str, None] = {}
    for line in lines:
        for item in line.items:
            fate = item.fate
            counts[say_entry(fate.kind, fate.taken_by, fate.keeper, MEDICAL)] += 1
            if picture.state.roster.find_row(item.bib) is None:
                unknown[item.bib] = None
    seen = counts.pop("seen", 0)
    parts = [said_n("{count} sighting", "{count} sightings", seen)] if seen else []
    parts += [joined((say_count(count), words), " ") for words, count in counts.items()]
    nobody = said("nobody has bib {bibs}", bibs=list_words(list(unknown))) if unknown else ""
    return joined([part for part in (joined(parts, ", "), nobody) if part], "; ")


def pulse(picture: Picture, _: Choices) -> object:
    """Something was entered or taken back."""
    return picture.state.entries


BOARD = BoardKind(
    pulse=pulse,
    name="radio",
    path="/{event}/radio",
    who=WHO,
    choices=Choices,
    rows=rows,
    template="radio.html",
)
