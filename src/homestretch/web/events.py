"""The list of events: what each says of itself right now, as a page, its JSON twin, and a stream."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

import msgspec

from homestretch.boards.frame import Banner, EventHead, make_frame
from homestretch.boards.lantern import LanternLine
from homestretch.boards.ribbon import Ribbon
from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.race.privacy import Viewer
from homestretch.web.render import as_partials, board_key, page_address, plain_parts, render_plain
from homestretch.web.spoken import AS_THE_EVENT, Spoken, speech_of

TEMPLATE = "events.html"
STREAM = "/events/stream"


class EventEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An event in the list: its moment (UTC ms, and as its own clock says it), what holds, the lantern."""

    address: str
    number: str
    now: int
    clock: str
    event: EventHead
    banners: tuple[Banner, ...]
    lantern: LanternLine
    ribbon: Ribbon
    provisional: bool
    over: bool
    rehearsal: str


class EventList(msgspec.Struct, frozen=True, kw_only=True):
    """The events that are served here, by id."""

    events: tuple[EventEntry, ...]


def make_list(pictures: Sequence[Picture]) -> EventList:
    """The list as anybody may see it."""
    return EventList(events=tuple(_make_entry(picture) for picture in pictures))


def number_of(pictures: Sequence[Picture]) -> str:
    """A text that changes whenever the list may."""
    return ",".join(f"{picture.event.id}:{picture.number}" for picture in pictures)


def render_list(listed: EventList, theme: str, spoken: Spoken, *, wall: bool) -> str:
    """The whole page; ``theme`` is ``dark`` or ``light`` against the system's choice, or empty."""
    return render_plain(
        TEMPLATE,
        speech_of(spoken),
        events=listed.events,
        theme=theme,
        wall=wall,
        spoken=spoken,
        stream=f"{STREAM}{_query(spoken)}",
        json_address=f"/events.json{_query(spoken)}",
        here_as=lambda spoken: f"/{_query(spoken)}",
    )


def _query(spoken: Spoken) -> str:
    return f"?{urlencode(spoken.query)}" if spoken.query else ""


class EventsShown:
    """The list on a stream. What it says changes slowly, so it is patient; a flag is sent at once."""

    name, viewer, patience = "events", Viewer(), 5

    def __init__(
        self, list_events: Callable[[], Sequence[Picture]], spoken: Spoken = AS_THE_EVENT
    ) -> None:
        self._list, self._spoken = list_events, spoken

    def number(self) -> str:
        """The numbers of all Pictures."""
        return number_of(self._list())

    def pulse(self) -> object:
        """An event came, ended, or control said something; and who may be named."""
        return tuple(
            (it.event.id, it.state.flags, it.state.over, it.names.version, it.state.roster.hidden)
            for it in self._list()
        )

    def body(self) -> bytes:
        """The live part of the page, to be sent on a stream."""
        events = make_list(self._list()).events
        parts = plain_parts(TEMPLATE, speech_of(self._spoken), events=events)
        return as_partials(parts.items())


def _make_entry(picture: Picture) -> EventEntry:
    frame = make_frame(picture, Viewer())
    return EventEntry(
        address=page_address(board_key("home", {}), picture.event.id),
        number=picture.number,
        now=picture.now,
        clock=say_time(picture.now, picture.event.zone_info),
        event=frame.event,
        banners=frame.banners,
        lantern=frame.lantern,
        ribbon=frame.ribbon,
        provisional=frame.provisional,
        over=frame.over,
        rehearsal=frame.rehearsal,
    )
