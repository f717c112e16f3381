"""What was said of stories and of held entries, as the snapshot has it. Moments are UTC ms."""

from __future__ import annotations

from dataclasses import dataclass

from homestretch.facts import FactId


@dataclass(frozen=True, slots=True)
class StoryWord:
    """What was said of a story, and not taken back: ``kind`` is that of the fact, ``entrant`` who was asked, ``part``
    and ``sentence`` what was typed, ``photo`` which picture was chosen (empty: none), or of
    which one a witness wrote it; ``by`` signs for who said it;
    ``outcome`` and ``reason`` how asking went."""

    id: FactId
    kind: str
    story: str
    said_at: int
    by: str
    entrant: str = ""
    channel: str = ""
    part: str = ""
    sentence: str = ""
    text_ref: str | None = None
    photo: str = ""
    outcome: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HeldWord:
    """Somebody's word that an entry is held; ``text_ref`` is why."""

    id: FactId
    row: int
    said_at: int
    by: str
    text_ref: str | None
