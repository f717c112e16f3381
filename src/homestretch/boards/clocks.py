"""Clocks that seem wrong, and what officials have said of them: rows of the board of the devices."""

from __future__ import annotations

import msgspec

from homestretch.clocks import ClockFinding
from homestretch.picture import Picture
from homestretch.state.corrections import Span, add_to, list_spans
from homestretch.state.snapshot import NEVER, Correction


class ClockProposal(msgspec.Struct, frozen=True, kw_only=True):
    """A clock that seems wrong. ``offset_ms`` would be added to what is read from ``since_at`` on (UTC ms,
    None: all day); both with their 90 % errors. ``spans`` is what accepting it says: offset, from and until
    (the device's own UTC ms, empty: without end). Without ``source`` nobody knows which device it is."""

    point: str
    source: str
    kind: str
    offset_ms: int
    error_ms: int
    since_at: int | None
    since_error_ms: int
    basis: int
    known: str
    unknown: str
    spans: tuple[str, ...]


class CorrectionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A correction that was said; ``fact`` names it in a strike. Moments are UTC ms."""

    source: str
    offset_ms: int
    from_at: int | None
    until_at: int | None
    said_at: int
    by: str
    why: str
    fact: str


class ClockWords(msgspec.Struct, frozen=True, kw_only=True):
    """``checked_at`` (UTC ms): the state that was looked at last, None while none was."""

    checked_at: int | None
    proposals: tuple[ClockProposal, ...]
    corrections: tuple[CorrectionRow, ...]


def list_clocks(picture: Picture) -> ClockWords:
    """What the newest check proposes, without what an official has answered since."""
    check, corrections = picture.clocks, picture.state.corrections
    proposals: list[ClockProposal] = []
    if check is not None:
        answered = {one.of for one in corrections if one.said_at >= check.now}
        for finding in check.findings:
            source = "" if finding.source == NEVER else check.sources[finding.source]
            if source not in answered:
                proposals.append(_proposal(picture, finding, source))
    return ClockWords(
        checked_at=None if check is None else check.now,
        proposals=tuple(proposals),
        corrections=tuple(_row(picture, one) for one in corrections),
    )


def _proposal(picture: Picture, finding: ClockFinding, source: str) -> ClockProposal:
    standing = list_spans(picture.state.corrections, source)
    spans = add_to(standing, finding.offset_ms, finding.since_at) if source else []
    return ClockProposal(
        point=picture.state.points.names[finding.point],
        source=source,
        kind=finding.kind,
        offset_ms=finding.offset_ms,
        error_ms=finding.error_ms,
        since_at=finding.since_at,
        since_error_ms=finding.since_error_ms,
        basis=finding.basis,
        known=finding.known,
        unknown=finding.unknown,
        spans=tuple(write_span(span) for span in spans),
    )


def _row(picture: Picture, one: Correction) -> CorrectionRow:
    texts = picture.names.texts
    return CorrectionRow(
        source=one.of,
        offset_ms=one.offset_ms,
        from_at=one.from_at,
        until_at=one.until_at,
        said_at=one.said_at,
        by=texts.get(one.by, one.by),
        why=texts.get(one.text_ref, "") if one.text_ref else "",
        fact=f"{one.id.number} {one.id.digest} {one.id.source}",
    )


def write_span(span: Span) -> str:
    """``-30000,1777804560000,``: a span in a form."""
    return ",".join("" if value is None else str(value) for value in span)


def read_span(text: str) -> Span | None:
    """The span in a form; None for what is none."""
    try:
        offset, since, until = (int(part) if part else None for part in text.split(","))
    except ValueError:
        return None
    return None if offset is None else Span(offset, since, until)
