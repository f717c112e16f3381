"""What is known of the person behind an entrant, apart from the facts because it may be erased."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

Stories: TypeAlias = Literal["", "yes", "no-photo", "no"]
"""Whether a story may tell of somebody: yes, yes without a photo of them, no; silence is no."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Names and what the person agreed to, for one entrant. Everything here can be erased."""

    entrant: str
    first: str = ""
    last: str = ""
    club: str = ""
    town: str = ""
    region: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""
    display: Literal["name", "initials", "hidden"] | None = None
    companions: bool = False
    """agreed to be shown with whom they ran"""
    not_with: tuple[str, ...] = ()
    """entrants with whom they are never shown: said by them, and taken back by them alone"""
    photos: bool = False
    stories: Stories = ""
    story_answers: dict[str, Stories] = {}
    """story -> what they answered when they were asked for this one; it holds before ``stories``"""
    guardian: bool = False
    first_marathon: bool = False
    in_file: str = ""
    """a digest of what entrants.csv said last: it does not take back what was put right elsewhere"""


class Entrant(msgspec.Struct, frozen=True, kw_only=True):
    """A person entered in one race, as entrants.csv and the facts say; ``person`` may be erased. ``file_id`` is
    what a file calls an entrant who is known under another ``id``."""

    id: str
    bib: str
    race: str
    wave: str = ""
    sex: Literal["f", "m", "x"] | None = None
    age: int | None = None
    division: str = ""
    role: Literal["runner", "pacer", "guide", "sweeper", "guest"] = "runner"
    team: str = ""
    leg: int | None = None
    file_id: str = ""
