"""That what is kept of a person was changed: by which file or form, and in what. Never what it was, or is."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from homestretch.facts.identity import Fact
from homestretch.race.entrant import Person

Detail: TypeAlias = Literal["name", "club", "home", "contact", "display"]
"""A name; a club; town, region and country; e-mail and phone; as what somebody wants to be shown, or a guardian's word."""


class DetailsChanged(Fact, frozen=True, kw_only=True, tag="details-changed", omit_defaults=True):
    """Something of this entrant is another than it was: the source says which file, ``by`` who looked at a name that was
    asked for. The content lives with the person, where it can be erased."""

    entrant: str
    changed: tuple[Detail, ...]
    by: str = ""


_FIELDS: Final[dict[Detail, tuple[str, ...]]] = {
    "name": ("first", "last"),
    "club": ("club",),
    "home": ("town", "region", "country"),
    "contact": ("email", "phone"),
    "display": ("display", "guardian"),
}


def list_changed(before: Person, after: Person) -> tuple[Detail, ...]:
    """In what two words on a person differ."""
    return tuple(
        detail
        for detail, names in _FIELDS.items()
        if any(getattr(before, name) != getattr(after, name) for name in names)
    )
