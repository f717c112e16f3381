"""Calls for help as pages show them. A call is delivered once a named person in control has said that they have
read it; until then every page says that it is not."""

from __future__ import annotations

import msgspec

from homestretch.boards.entering import find_place
from homestretch.boards.words import HEALTH_ROLES, LEDGER_ROLES
from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.race.privacy import Shown, Viewer
from homestretch.race.saying import said
from homestretch.showing import shown
from homestretch.state.entered import HelpCall
from homestretch.state.snapshot import NEVER

SHOWN_CALLS = 50
NOWHERE = said("a place that was not said")


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call. ``number``, ``digest`` (as text: they are long) and ``source`` name it in an answer. ``who`` and
    ``words`` (what happened) are for control and medical alone. ``heard_by`` is the name of who has read it, empty while
    nobody has."""

    source: str
    number: str
    digest: str
    place: str
    name: str
    address: str
    called_at: int
    received_at: int
    by: str
    who: Shown | None
    words: str
    heard_at: int | None
    heard_by: str
    void: bool

    @property
    def is_open(self) -> bool:
        """Whether nobody has read it, and nobody took it back."""
        return self.heard_at is None and not self.void


def list_help(picture: Picture, viewer: Viewer) -> tuple[Call, ...]:
    """Calls for help, those that nobody has read first, else the newest first: every one for those who keep the
    ledger, of a station its own, nobody else's for anybody else."""
    if viewer.role in LEDGER_ROLES:
        calls = picture.state.calls
    elif viewer.role == "station" and viewer.station:
        mine = viewer.station
        calls = tuple(
            one for one in picture.state.calls if find_place(picture.event, one.place) == mine
        )
    else:
        return ()
    found = [_call(picture, viewer, one) for one in calls]
    return tuple(sorted(found, key=lambda call: not call.is_open)[:SHOWN_CALLS])


def list_open_calls(picture: Picture, viewer: Viewer) -> tuple[str, ...]:
    """Every call that nobody has read yet in a sentence, for those who keep the ledger."""
    if viewer.role not in LEDGER_ROLES:
        return ()
    zone = picture.event.zone_info
    return tuple(
        said(
            "Help is called for at {place} since {time}, and nobody has answered.",
            place=call.name,
            time=say_time(call.called_at, zone),
        )
        for call in list_help(picture, viewer)
        if call.is_open
    )


def _call(picture: Picture, viewer: Viewer, call: HelpCall) -> Call:
    point = picture.event.find_point(find_place(picture.event, call.place))
    texts = picture.names.texts
    reads = viewer.role in HEALTH_ROLES
    heard = call.heard_at != NEVER
    who = Shown(name=said("nobody has this bib"), bib=call.bib) if call.bib and reads else None
    if reads and call.row != NEVER:
        who = shown(picture, viewer, call.row)
    name = texts.get(call.heard_ref or "", "") or texts.get(call.heard_by, "")
    return Call(
        source=call.id.source,
        number=str(call.id.number),
        digest=str(call.id.digest),
        place=call.place,
        name=point.name if point else call.place or NOWHERE,
        address=point.address if point else "",
        called_at=call.called_at,
        received_at=call.received_at,
        by=texts.get(call.by, call.by),
        who=who,
        words=texts.get(call.text_ref or "", "") if reads else "",
        heard_at=call.heard_at if heard else None,
        heard_by=(name or said("course control")) if heard else "",
        void=call.void,
    )
