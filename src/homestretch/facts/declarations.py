"""What officials say of results: a shared place, a podium cleared, posted, protested, decided, results declared."""

from __future__ import annotations

from typing import Literal, TypeAlias

from homestretch.facts.identity import Fact


class Declared(Fact, frozen=True, kw_only=True, tag="declared", omit_defaults=True):
    """The director declares the results of a race official, as they stand when this is received. Each further
    word makes a new version; the text says why."""

    race: str
    by: str = ""
    text_ref: str | None = None


class PodiumCleared(Fact, frozen=True, kw_only=True, tag="podium-cleared", omit_defaults=True):
    """The director clears the podium of a category (``marathon/f/40-44``) for its awards, by itself."""

    category: str
    by: str = ""
    text_ref: str | None = None


class ResultsPosted(Fact, frozen=True, kw_only=True, tag="results-posted", omit_defaults=True):
    """The results of a category, or of a whole race, hang where they can be read: the protest clock runs."""

    category: str
    by: str = ""
    text_ref: str | None = None


class Protested(Fact, frozen=True, kw_only=True, tag="protested", omit_defaults=True):
    """Somebody protests against the result of this bib; why stands in the text alone."""

    bib: str
    by: str = ""
    text_ref: str | None = None


Decision: TypeAlias = Literal["upheld", "dismissed"]


class ProtestDecided(Fact, frozen=True, kw_only=True, tag="protest-decided", omit_defaults=True):
    """The decision on a protest, which is named by its identity. What follows for the result is a ruling."""

    source: str
    number: int
    digest: int
    decision: Decision
    by: str = ""
    text_ref: str | None = None


class PlaceShared(Fact, frozen=True, kw_only=True, tag="place-shared", omit_defaults=True):
    """By ruling these bibs, who came to the line one after the other, share the best of their places."""

    bibs: tuple[str, ...]
    by: str = ""
    text_ref: str | None = None
