"""What a private link shows of its entrant: all that is stored, how others see it, and what counts of what was said."""

from __future__ import annotations

from typing import Any

import msgspec

from homestretch.boards import runner
from homestretch.boards.asking import ask_runner
from homestretch.boards.pictured import OwnPhoto, list_own_photos
from homestretch.boards.story_questions import StoryQuestion, list_story_questions
from homestretch.boards.together import list_together
from homestretch.errors import NotFound
from homestretch.picture import Picture
from homestretch.race.consent import Hand
from homestretch.race.entrant import Display, Person, Stories
from homestretch.race.groups import age_group
from homestretch.race.privacy import ADULT_AGE, HIDDEN, Shown, Viewer, is_grown, show
from homestretch.race.saying import said
from homestretch.showing import shown
from homestretch.state.snapshot import NEVER


class Form(msgspec.Struct, frozen=True):
    """A way to be shown, and how that looks to everybody."""

    display: Display
    name: str


class Beside(msgspec.Struct, frozen=True):
    """Somebody with whom the entrant is shown, or (``apart``) never is; without a bib when they are hidden."""

    bib: str
    name: str
    entrant: str
    apart: bool


class Passed(msgspec.Struct, frozen=True):
    """A point at which the entrant was read, in the order of the course: its name, when (UTC ms), and the net time
    (ms) where it is known."""

    name: str
    passed_at: int
    net_ms: int | None


class OwnDay(msgspec.Struct, frozen=True, kw_only=True):
    """The day of an entrant as their own link shows it, hidden or not: times in ms, ``place`` 0 while there is none;
    ``certificate``: there is one; ``places_by``: whether gun or net time ranks."""

    status: str
    finished: bool
    gun_ms: int | None
    net_ms: int | None
    place: int
    passed: tuple[Passed, ...]
    certificate: bool = False
    places_by: str = "gun"


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """All that is stored of an entrant, for who holds the private link. ``now_shown`` is how the public sees them
    now, ``forms`` what each choice would look like. ``minor``: known to be under 18, so that a guardian decides;
    ``grown`` is false for an unknown age, too. ``withheld``: hidden by a member of the staff. ``asked`` is what timing is not sure of, a question that names nobody.
    ``page``: everybody may open the runner's page."""

    entrant: str
    hand: Hand
    bib: str
    race: str
    wave: str
    division: str
    team: str
    sex: str
    age: int | None
    group: str
    display: Display
    companions: bool
    photos: bool
    stories: Stories
    pronoun: str
    called: str
    guardian: bool
    taken_down: bool
    first: str
    last: str
    club: str
    town: str
    region: str
    country: str
    email: str
    phone: str
    first_marathon: bool
    asks_first: str
    asks_last: str
    said_at: int
    now_shown: Shown
    forms: tuple[Form, ...]
    beside: tuple[Beside, ...]
    asked: str
    day: OwnDay
    questions: tuple[StoryQuestion, ...]
    pictures: tuple[OwnPhoto, ...]
    minor: bool
    grown: bool
    withheld: bool
    page: bool

    @property
    def name(self) -> str:
        """The full name, for who may know it."""
        return f"{self.first} {self.last}".strip()


def show_own(picture: Picture, person: Person, hand: Hand) -> Own | None:
    """What a link shows of its entrant, ``person`` being newer than the Picture; None when nobody is entered so."""
    roster = picture.state.roster
    row = roster.find_entrant(person.entrant)
    if row is None:
        return None
    race = picture.event.races[int(roster.race[row])]
    known = int(roster.age[row])
    age = None if known == NEVER else known
    now_shown = _shown_as(picture, row, person, age)
    privacy = picture.event.privacy
    return Own(
        hand=hand,
        bib=roster.bibs[row],
        race=race.name,
        wave=race.waves[int(roster.wave[row])].name if race.waves else "",
        division=roster.division[row],
        team=roster.team[row],
        sex=roster.sex[row] or "",
        age=age,
        group=age_group(known),
        **_stored(person),
        display=person.display or privacy.unless_told,
        now_shown=now_shown,
        forms=tuple(_form(person, roster.bibs[row], display) for display in _DISPLAYS),
        beside=_list_beside(picture, person, row),
        asked="" if person.taken_down else ask_runner(picture, row),
        day=_day_of(picture, person.entrant, roster.bibs[row]),
        questions=list_story_questions(picture, row, person),
        pictures=list_own_photos(picture, row),
        minor=age is not None and age < ADULT_AGE,
        grown=is_grown(age, privacy.minimum_age),
        withheld=row in roster.hidden,
        page=not now_shown.hidden,
    )


def _day_of(picture: Picture, entrant: str, bib: str) -> OwnDay:
    """What the runner's page would show the entrant themselves."""
    viewer = Viewer("runner", entrant=entrant)
    try:
        board = runner.rows(picture, viewer, runner.RunnerChoices(bib=bib))
    except NotFound:  # the Picture does not know the person yet
        return OwnDay(status="", finished=False, gun_ms=None, net_ms=None, place=0, passed=())
    return OwnDay(
        status=board.status,
        finished=board.finished,
        gun_ms=board.gun_ms,
        net_ms=board.net_ms,
        place=board.place,
        certificate=board.certificate,
        places_by=picture.event.get_race(board.race).places_by,
        passed=tuple(
            Passed(split.name, split.passed_at, split.net_ms)
            for split in board.splits
            if split.passed_at is not None
        ),
    )


_DISPLAYS: tuple[Display, ...] = ("name", "initials", "hidden")
_OWN_FIELDS = set(Own.__struct_fields__) - {"display"}


def _stored(person: Person) -> dict[str, Any]:
    return {
        name: value for name, value in msgspec.structs.asdict(person).items() if name in _OWN_FIELDS
    }


def _shown_as(picture: Picture, row: int, person: Person, age: int | None) -> Shown:
    """How the public sees the entrant with what was said a moment ago."""
    roster, privacy = picture.state.roster, picture.event.privacy
    withheld = row in roster.hidden
    return show(person, roster.bibs[row], age, Viewer(), privacy.unless_told, withheld=withheld)


def _form(person: Person, bib: str, display: Display) -> Form:
    chosen = msgspec.structs.replace(person, display=display, taken_down=False)
    return Form(display, show(chosen, bib, ADULT_AGE, Viewer()).name)


def _list_beside(picture: Picture, person: Person, row: int) -> tuple[Beside, ...]:
    """With whom the entrant is shown as companions, and with whom they said never to be."""
    roster = picture.state.roster
    together = [] if person.taken_down else list_together(picture, Viewer(), row)
    found = [
        Beside(one.who.bib, one.who.name, roster.entrants[other], apart=False)
        for one in together
        if (other := roster.find_row(one.who.bib)) is not None
        and roster.entrants[other] not in person.not_with
    ]
    for entrant in person.not_with:
        other = roster.find_entrant(entrant)
        who = HIDDEN if other is None else shown(picture, Viewer(), other)
        name = said("somebody who is not shown") if who.hidden else who.name
        found.append(Beside(who.bib, name, entrant, apart=True))
    return tuple(found)
