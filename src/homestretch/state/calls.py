"""Calls for help, and who in control has read each."""

from __future__ import annotations

from homestretch.facts import FactId, HelpCalled, HelpHeard
from homestretch.state.columns import Columns
from homestretch.state.entered import HelpCall
from homestretch.state.snapshot import NEVER, Roster
from homestretch.store import Logged


def list_calls(
    columns: Columns, roster: Roster, void: frozenset[int], until: int
) -> tuple[HelpCall, ...]:
    """Every call that was made or has arrived up to ``until`` (UTC ms), the newest first: one from a phone
    whose clock is ahead does not wait. The first who says so has heard it."""
    heard: dict[FactId, tuple[Logged, HelpHeard]] = {}
    for logged, said in columns.of_kind(HelpHeard):
        if logged.seq not in void and min(said.seen_at, logged.received_at) <= until:
            heard.setdefault(FactId(said.source, said.number, said.digest), (logged, said))
    return tuple(
        _call(logged, called, roster, heard.get(logged.id), logged.seq in void)
        for logged, called in reversed(columns.of_kind(HelpCalled))
        if min(called.seen_at, logged.received_at) <= until
    )


def _call(
    logged: Logged,
    called: HelpCalled,
    roster: Roster,
    heard: tuple[Logged, HelpHeard] | None,
    void: bool,
) -> HelpCall:
    row = roster.find_row(called.bib) if called.bib else None
    return HelpCall(
        id=logged.id,
        place=called.place,
        bib=called.bib,
        row=NEVER if row is None else row,
        called_at=called.seen_at,
        received_at=logged.received_at,
        by=called.by,
        text_ref=called.text_ref,
        heard_at=heard[1].seen_at if heard else NEVER,
        heard_by=heard[1].by if heard else "",
        heard_ref=heard[1].text_ref if heard else None,
        void=void,
    )
