"""The corrections of clocks that hold, source by source: what a further one has to add to."""

from __future__ import annotations

from typing import NamedTuple

from homestretch.state.clocks import said_corrections
from homestretch.state.columns import Columns
from homestretch.state.snapshot import Correction


class Span(NamedTuple):
    """Reads of one source from ``from_at`` to before ``until_at`` (its own time, UTC ms; None: without end)
    are shifted by ``offset_ms``."""

    offset_ms: int
    from_at: int | None
    until_at: int | None


def list_corrections(columns: Columns, void: frozenset[int], until: int) -> tuple[Correction, ...]:
    """What officials have said of clocks, the newest first."""
    return tuple(
        Correction(
            id=logged.id,
            of=fact.of,
            offset_ms=fact.offset_ms,
            from_at=fact.from_at,
            until_at=fact.until_at,
            said_at=fact.seen_at,
            by=fact.by,
            text_ref=fact.text_ref,
        )
        for logged, fact in reversed(said_corrections(columns, void, until))
    )


def list_spans(corrections: tuple[Correction, ...], source: str) -> list[Span]:
    """The day of one source, cut where what holds for it changes."""
    mine = [one for one in corrections if one.of == source]
    edges = {edge for one in mine for edge in (one.from_at, one.until_at) if edge is not None}
    bounds = [None, *sorted(edges), None]
    spans: list[Span] = []
    for place in range(len(bounds) - 1):
        since, until = bounds[place], bounds[place + 1]
        offset = next((one.offset_ms for one in mine if _holds(one, since, until)), 0)
        if spans and spans[-1].offset_ms == offset:
            since = spans.pop().from_at
        spans.append(Span(offset, since, until))
    return spans


def add_to(spans: list[Span], offset_ms: int, since_at: int | None) -> list[Span]:
    """What has to be said so that reads from ``since_at`` on (corrected time; None: all) are shifted by
    ``offset_ms`` more than they are."""
    added = []
    for span in spans:
        since = span.from_at
        if since_at is not None:
            own_since = since_at - span.offset_ms
            if span.until_at is not None and own_since >= span.until_at:
                continue
            since = own_since if since is None else max(since, own_since)
        added.append(Span(span.offset_ms + offset_ms, since, span.until_at))
    return added


def _holds(one: Correction, since: int | None, until: int | None) -> bool:
    """Whether a correction holds for the whole of a stretch between two of its edges."""
    begun = one.from_at is None or (since is not None and since >= one.from_at)
    ended = one.until_at is not None and (until is None or until > one.until_at)
    return begun and not ended
