"""What is known of the person behind an entrant, apart from the facts because it may be erased."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

Display: TypeAlias = Literal["name", "initials", "hidden"]
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
    display: Display | None = None
    companions: bool = False
    """agreed to be shown with whom they ran"""
    not_with: tuple[str, ...] = ()
    """entrants with whom they are never shown: said by them, and taken back by them alone"""
    photos: bool = False
    stories: Stories = ""
    story_answers: dict[str, Stories] = {}
    """story -> what they answered when they were asked for this one; it holds before ``stories``"""
    story_seen: dict[str, tuple[str, ...]] = {}
    """story -> keys of the typed words and the picture that stood before them at their newest yes: it is a yes to these"""
    pronoun: str = ""
    called: str = ""
    """the name by which they want to be called where somebody speaks of them"""
    guardian: bool = False
    first_marathon: bool = False
    in_file: str = ""
    """a digest of what entrants.csv said last: it does not take back what was put right elsewhere"""
    taken_down: bool = False
    """the runner took everything down: shown to nobody but those who keep the ledger, whatever files say"""
    asks_first: str = ""
    asks_last: str = ""
    """the name as the runner asks to have it put right: the desk decides"""
    by_hand: tuple[str, ...] = ()
    """fields that the runner has said by a private link: no file takes them back"""
    said_at: int = 0
    """when the private link was last used to say something (UTC ms of the wall)"""


FILE_SAYS: Final = (
    "entrant", "first", "last", "club", "town", "region", "country", "email", "phone", "display", "companions",
    "photos", "guardian", "first_marathon", "in_file",
)  # fmt: skip
"""Fields of a person that a file of entrants can say, in the order in which what it said is digested."""
NO_FILE_SAYS: Final = tuple(name for name in Person.__struct_fields__ if name not in FILE_SAYS)
"""Fields of a person that come by the own hand or by a word to the office alone."""


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
