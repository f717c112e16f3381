"""What every board has around its rows: the event, the moment, the flag, the lantern, the ribbon."""

from __future__ import annotations

import datetime as dt
from typing import Final

import msgspec

from homestretch.boards.alarms import list_sentences
from homestretch.boards.flag_words import say_date, say_flag_since
from homestretch.boards.help_calls import list_open_calls
from homestretch.boards.lantern import LanternLine, make_lantern_line
from homestretch.boards.ribbon import HereMark, Ribbon, make_ribbon
from homestretch.boards.words import FLAG_WORDS, list_words
from homestretch.facts import FlagState
from homestretch.picture import Picture
from homestretch.race.clock import say_distance, say_time
from homestretch.race.privacy import Viewer
from homestretch.race.saying import joined, lowered, said
from homestretch.sharing import once_a_picture
from homestretch.state.snapshot import FlagNow

REHEARSALS: Final[dict[str, str]] = {
    words: words for words in (said("A rehearsal: everybody here is made up."),)
}
"""What the commands say of a day that is played -> the same, to be said in any language."""


class RaceName(msgspec.Struct, frozen=True):
    """A race, as a link needs it."""

    id: str
    name: str


class EventHead(msgspec.Struct, frozen=True, kw_only=True):
    """The event, as the head of every page shows it. ``flag_words`` says the state of the course."""

    id: str
    name: str
    date: str
    date_words: str
    zone: str
    units: str
    language: str
    races: tuple[RaceName, ...]
    flag_words: str


class Banner(msgspec.Struct, frozen=True, kw_only=True):
    """A word that holds while the event is not simply open; ``instruction`` is what control typed."""

    state: FlagState
    since_at: int
    words: str
    instruction: str
    grave: bool


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """``number`` is that of the Picture, ``now`` its moment (UTC ms). ``calls`` (for help,
    which nobody has answered) and ``alarms`` are sentences for those who keep the ledger. While ``speaks_ahead`` is false,
    a race is stopped or on hold, and its runners are drawn where they were last seen. Before the ``forecast``
    was made they are drawn at constant pace."""

    number: str
    now: int
    event: EventHead
    banners: tuple[Banner, ...]
    calls: tuple[str, ...]
    alarms: tuple[str, ...]
    lantern: LanternLine
    ribbon: Ribbon
    settled: bool
    provisional: bool
    over: bool
    speaks_ahead: bool
    forecast: bool
    rehearsal: str


def make_frame(picture: Picture, viewer: Viewer, here: HereMark | None = None) -> Frame:
    """The frame of a board; ``here`` marks one runner on the ribbon."""
    frame = _frame_of_all(picture, viewer)
    if here is None:
        return frame
    return msgspec.structs.replace(frame, ribbon=msgspec.structs.replace(frame.ribbon, here=here))


@once_a_picture
def _frame_of_all(picture: Picture, viewer: Viewer) -> Frame:
    ribbon = make_ribbon(picture, viewer)
    return Frame(
        number=picture.number,
        now=picture.now,
        event=_make_head(picture),
        banners=tuple(_make_banner(picture, flag) for flag in picture.state.flags),
        calls=list_open_calls(picture, viewer),
        alarms=list_sentences(picture, viewer),
        lantern=make_lantern_line(picture, viewer, ribbon),
        ribbon=ribbon,
        settled=picture.state.settled,
        provisional=picture.provisional,
        over=picture.state.over,
        speaks_ahead=not picture.state.quiet.any(),
        forecast=picture.forecast is not None,
        rehearsal=REHEARSALS.get(picture.rehearsal, picture.rehearsal),
    )


def _make_head(picture: Picture) -> EventHead:
    event = picture.event
    day = dt.date.fromisoformat(event.date)
    return EventHead(
        id=event.id,
        name=event.name,
        date=event.date,
        date_words=say_date(day),
        zone=event.zone,
        units=event.units,
        language=event.language,
        races=tuple(RaceName(race.id, race.name) for race in event.races),
        flag_words=_say_flag(picture),
    )


def _say_flag(picture: Picture) -> str:
    flag = picture.state.flag.state
    if picture.state.over and flag in ("open", "resumed"):
        return said("the last runner is home")
    return FLAG_WORDS[flag]


def _make_banner(picture: Picture, flag: FlagNow) -> Banner:
    event = picture.event
    since = say_time(flag.since_at, event.zone_info)
    where = None if flag.from_m is None else say_distance(flag.from_m, event.units)
    words = say_flag_since(flag.state, since, where)
    if flag.races:
        names = [race.name for race in event.races if race.id in flag.races]
        words = joined((list_words(names), lowered(words)), ": ")
    return Banner(
        state=flag.state,
        since_at=flag.since_at,
        words=words,
        instruction=picture.names.texts.get(flag.text_ref or "", ""),
        grave=flag.state in ("hold", "sheltering", "stopped", "cancelled"),
    )
