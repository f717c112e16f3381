"""A day of facts as the Picture that boards are made from."""

from __future__ import annotations

from homestretch.picture import Names, Picture
from homestretch.race.entrant import Person
from tests.state.days import END, Day, at


def picture_of(
    day: Day, now: str | int = END, *people: Person, texts: dict[str, str] | None = None
) -> Picture:
    """The Picture of a day at a moment; who is not among the people has been erased, and so has every text but these."""
    state = day.state(now).state
    return Picture(
        number=f"{state.last_seq}-{state.now}",
        now=at(now),
        event=day.event,
        course=day.course,
        state=state,
        names=Names(
            version=1, persons={person.entrant: person for person in people}, texts=texts or {}
        ),
    )


def person(bib: str, name: str, display: str = "name", **more: str) -> Person:
    """An invented person who wears this bib."""
    first, _, last = name.partition(" ")
    return Person(entrant=f"e{bib}", first=first, last=last, display=display, **more)  # type: ignore[arg-type]  # words of the test
