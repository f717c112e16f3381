"""What was said of stories, and which entries are held. What was taken back is left out; the word said last is first."""

from __future__ import annotations

from homestretch.facts import (
    AskSent,
    Held,
    StoryAsked,
    StoryPictured,
    StoryPublished,
    StoryWithdrawn,
    StoryWritten,
    TakedownAsked,
)
from homestretch.state.columns import Columns
from homestretch.state.snapshot import Roster
from homestretch.state.told import HeldWord, StoryWord
from homestretch.store import Logged

KINDS = (
    StoryAsked, AskSent, StoryWritten, StoryPublished, StoryWithdrawn, StoryPictured, TakedownAsked,
)  # fmt: skip


def list_held(
    columns: Columns, roster: Roster, void: frozenset[int], until: int
) -> tuple[HeldWord, ...]:
    """Every word up to ``until`` (UTC ms) that an entry is held, of entrants who are there."""
    said = columns.of_kind(Held)
    row_of = {entrant: row for row, entrant in enumerate(roster.entrants)} if said else {}
    return tuple(
        HeldWord(logged.id, row_of[fact.entrant], fact.seen_at, fact.by, fact.text_ref)
        for logged, fact in reversed(said)
        if logged.seq not in void and fact.seen_at <= until and fact.entrant in row_of
    )


def list_story_words(columns: Columns, void: frozenset[int], until: int) -> tuple[StoryWord, ...]:
    """Every word about a story up to ``until`` (UTC ms) that was not taken back."""
    found = [
        logged
        for kind in KINDS
        for logged, fact in columns.of_kind(kind)
        if logged.seq not in void and fact.seen_at <= until
    ]
    found.sort(key=lambda logged: (logged.fact.seen_at, *logged.id), reverse=True)
    return tuple(_word(logged) for logged in found)


def _word(logged: Logged) -> StoryWord:
    fact = logged.fact
    assert isinstance(fact, KINDS)
    return StoryWord(
        id=logged.id,
        kind=str(type(fact).__struct_config__.tag),
        story=fact.story,
        said_at=fact.seen_at,
        by=getattr(fact, "by", ""),
        entrant=fact.entrant if isinstance(fact, StoryAsked | AskSent) else "",
        channel=fact.channel if isinstance(fact, StoryAsked | AskSent) else "",
        part=fact.part if isinstance(fact, StoryWritten) else "",
        sentence=fact.sentence if isinstance(fact, StoryWritten) else "",
        text_ref=getattr(fact, "text_ref", None),
        photo=fact.photo if isinstance(fact, StoryPictured | StoryWritten) else "",
        outcome=fact.outcome if isinstance(fact, AskSent) else "",
        reason=fact.reason if isinstance(fact, AskSent) else "",
    )
