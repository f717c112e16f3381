"""The runner's own hand: what a private link may change of a person, and what only a guardian's may."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec

from homestretch.errors import RefusedError
from homestretch.race.entrant import Display, Person, Stories
from homestretch.race.spelling import is_word

Hand: TypeAlias = Literal["own", "guardian"]
"""Whose hand a private link is: the entrant's, or that of a guardian of an entrant under 18."""
Word = Annotated[str, msgspec.Meta(max_length=80)]
_SHOWS: Final[dict[str, int]] = {"hidden": 0, "initials": 1, "name": 2}
_TELLS: Final[dict[str, int]] = {"": 0, "no": 0, "no-photo": 1, "yes": 2}
_IN_FILES: Final = ("display", "companions", "photos", "club", "town", "guardian")
"""Fields that files of entrants say as well: once said by hand they are the runner's."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a link says of an entrant; None is not said. ``apart`` and ``again`` are entrants with whom they are
    never, or may again be, shown; ``first`` and ``last`` ask for the name to be put right; ``answer`` is about one
    ``story`` for which they were asked, and ``seen`` the keys of what stood before them with the question."""

    display: Display | None = None
    companions: bool | None = None
    photos: bool | None = None
    stories: Stories | None = None
    pronoun: Word | None = None
    called: Word | None = None
    club: Word | None = None
    town: Word | None = None
    first: Word | None = None
    last: Word | None = None
    guardian: bool | None = None
    taken_down: bool | None = None
    apart: str = ""
    again: str = ""
    story: Word = ""
    answer: Stories | None = None
    seen: tuple[Word, ...] = ()


def say(person: Person, said: Said, hand: Hand, *, minor: bool, unless_told: Display) -> Person:
    """The person as the link has it now.

    ``minor``: known to be under 18 on race day; their own link takes back, and publishes nothing. ``unless_told``
    is how those are shown who said nothing. RefusedError for what this hand may not say.
    """
    if hand == "guardian" and not minor:
        raise RefusedError("This link was made for the guardian of somebody under 18.", _ASK)
    if said.guardian is not None and hand != "guardian":
        raise RefusedError("Only a guardian's link says that a guardian agrees.", _ASK)
    if minor and hand == "own":
        _check_takes_back(person, said, unless_told)
    changed = _words(person, said) | _names(person, said) | _not_with(person, said)
    if said.story and said.answer is not None:
        changed["story_answers"] = {**person.story_answers, said.story: said.answer}
        seen = said.seen if said.answer in ("yes", "no-photo") else ()
        changed["story_seen"] = {**person.story_seen, said.story: seen}
    if said.taken_down is not None:
        changed |= _take_down(said.taken_down)
    by_hand = {*person.by_hand, *(name for name in _IN_FILES if name in changed)}
    return msgspec.structs.replace(person, **changed, by_hand=tuple(sorted(by_hand)))


_ASK: Final = "Ask the race office for the right link."


def _check_takes_back(person: Person, said: Said, unless_told: Display) -> None:
    """RefusedError when anything would be shown that is not shown now."""
    now = _SHOWS[person.display or unless_told] if person.guardian else 0
    more = (
        said.display is not None and said.display != person.display and _SHOWS[said.display] > now,
        said.companions and not person.companions,
        said.photos and not person.photos,
        said.stories is not None and _TELLS[said.stories] > _TELLS[person.stories],
        said.taken_down is False and person.taken_down,
        said.answer in ("yes", "no-photo"),
    )
    if any(more):
        raise RefusedError(
            "Under 18 on race day, a guardian decides what is shown; this link can only take back.",
            "Let a parent or guardian open their own link.",
        )


def _words(person: Person, said: Said) -> dict[str, Any]:
    plain = ("display", "companions", "photos", "stories", "guardian")
    changed = {name: value for name in plain if (value := getattr(said, name)) is not None}
    for name in ("pronoun", "called", "club", "town"):
        text = getattr(said, name)
        if text is not None:
            changed[name] = _read(text)
    return {name: value for name, value in changed.items() if value != getattr(person, name)}


def _names(person: Person, said: Said) -> dict[str, Any]:
    """A name is put right by the desk: with another name, a place or a packet would be another's."""
    if said.first is None or said.last is None:
        return {}
    first, last = _read(said.first), _read(said.last)
    if not first and not last:
        raise RefusedError("A name without letters cannot be asked for.", "Write the name.")
    same = (first, last) == (person.first, person.last)
    return {"asks_first": "", "asks_last": ""} if same else {"asks_first": first, "asks_last": last}


def _not_with(person: Person, said: Said) -> dict[str, Any]:
    if person.entrant in (said.apart, said.again):
        raise RefusedError("That is your own bib.", "Type the other one's.")
    if said.again and said.again not in person.not_with:
        raise RefusedError("There is no such word of yours to take back.", "Open the page again.")
    without = [one for one in person.not_with if one not in (said.apart, said.again)]
    return {"not_with": (*without, said.apart) if said.apart else tuple(without)}


def _take_down(down: bool) -> dict[str, Any]:
    """Everything that was agreed to goes with it, so that nothing comes back by itself."""
    if not down:
        return {"taken_down": False}
    return {
        "taken_down": True, "display": "hidden", "companions": False, "photos": False, "stories": "no", "story_answers": {},
        "story_seen": {},
        "pronoun": "", "called": "", "asks_first": "", "asks_last": "",
    }  # fmt: skip


def _read(text: str) -> str:
    """A word as somebody typed it, in one line; RefusedError for characters that no name has."""
    text = " ".join(text.split())
    if not is_word(text):
        raise RefusedError("There is a sign in it that cannot be shown.", "Type it anew.")
    return text
