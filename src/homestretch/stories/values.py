"""What a story is: sentences, what each stands on, and how rare it is. Rows and columns are those of the state."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias

import msgspec

from homestretch.picture import Picture

Unit: TypeAlias = Literal["s", "clock", "elapsed", "count", "pace", "name"]
"""Seconds between two moments, a moment (UTC ms), an elapsed time (ms), a count, s per km, a name."""


class Measured(msgspec.Struct, frozen=True):
    """What a measure gives: a number in a unit, or a name; and the log positions that it came from."""

    value: float
    unit: Unit
    text: str = ""
    seqs: tuple[int, ...] = ()


class Stand(msgspec.Struct, frozen=True):
    """One thing that a sentence stands on: a measure of ``stories.measures``, of which rows and columns it was
    taken, and what it gave."""

    measure: str
    of: tuple[int, ...]
    found: Measured


class Sentence(msgspec.Struct, frozen=True):
    """``form`` is the sentence with ``{place:manner}`` for each thing that it stands on, ``text`` as it reads;
    ``key`` names the sentence within its story."""

    key: str
    form: str
    stands: tuple[Stand, ...]
    text: str


class Rarity(msgspec.Struct, frozen=True):
    """How many of this kind the race has, among how many of whom there could be one; ``words`` says of whom.
    ``rank`` is from 0 within the kind and the race: the first is the one that is furthest out."""

    found: int
    among: int
    words: str
    rank: int = 0

    @property
    def share(self) -> float:
        """The smaller, the rarer."""
        return self.found / max(1, self.among)


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """What was found. ``id`` stays the same as long as it is the same kind of story of the same entrants;
    ``rows`` are the people in it, ``headline`` and ``sentences`` the draft, ``behind`` how many of the race came
    home after the last of them, so far; ``since`` is the column since which they were together, -1 for none."""

    id: str
    kind: str
    race: int
    rows: tuple[int, ...]
    entrants: tuple[str, ...]
    headline: Sentence
    sentences: tuple[Sentence, ...]
    rarity: Rarity
    behind: int
    since: int = -1


class StoryKind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of story: its name, what it is in words, what it never says, and how it is found; ``of_pairs``: among those
    who were found together, which a Picture may have later than its state."""

    name: str
    words: str
    never: str
    find: Callable[[Picture], Iterable[Story]]
    of_pairs: bool = False


def story_id(kind: str, entrants: Iterable[str]) -> str:
    """``met-1f0c9a77e2``: from the ids of the entrants, whatever bibs they wear."""
    said = "\0".join([kind, *sorted(entrants)]).encode()
    return f"{kind}-{hashlib.blake2b(said, digest_size=5).hexdigest()}"
