"""Words of officials on results, as a snapshot holds them."""

from __future__ import annotations

from dataclasses import dataclass

from homestretch.facts import FactId


@dataclass(frozen=True, slots=True)
class Declaration:
    """A version of a race's results that the director declared official (UTC ms): they stand as they were when the
    word was received. ``text_ref`` is why there is another version."""

    id: FactId
    race: str
    number: int
    declared_at: int
    received_at: int
    by: str
    text_ref: str | None


@dataclass(frozen=True, slots=True)
class CategoryWord:
    """A category's podium was cleared, or its results were posted, at ``said_at`` (UTC ms)."""

    id: FactId
    category: str
    said_at: int
    by: str
    text_ref: str | None


@dataclass(frozen=True, slots=True)
class Protest:
    """A protest against the result of a bib; ``decision`` is empty while there is none. Texts are for officials."""

    id: FactId
    bib: str
    row: int
    made_at: int
    by: str
    text_ref: str | None
    decision: str
    decided_at: int
    decided_by: str
    decided_ref: str | None


@dataclass(frozen=True, slots=True)
class RulingWord:
    """A ruling on the result of a row, said for ``said_at`` (UTC ms); of several the last holds."""

    id: FactId
    row: int
    said_at: int


@dataclass(frozen=True, slots=True)
class ResultWords:
    """What officials said of results and what holds of it, each in the order in which it was said; of places that are
    ``shared`` who said so."""

    declared: tuple[Declaration, ...] = ()
    cleared: tuple[CategoryWord, ...] = ()
    posted: tuple[CategoryWord, ...] = ()
    protests: tuple[Protest, ...] = ()
    rulings: tuple[RulingWord, ...] = ()
    shared: tuple[FactId, ...] = ()

    def list_text_refs(self) -> list[str | None]:
        """The references of what was said in free words."""
        return [word.text_ref for word in self._list_words()] + [
            protest.decided_ref for protest in self.protests
        ]

    def list_signers(self) -> list[str]:
        """Who said it, as the facts have them."""
        return [word.by for word in self._list_words()] + [
            protest.decided_by for protest in self.protests
        ]

    def _list_words(self) -> list[Declaration | CategoryWord | Protest]:
        return [*self.declared, *self.cleared, *self.posted, *self.protests]
