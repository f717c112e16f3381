"""What people said, as those who keep the ledger read it: one sentence for each kind of fact."""

from __future__ import annotations

from homestretch.boards.entering import name_place, say_entry
from homestretch.boards.people import shown
from homestretch.boards.words import FLAG_WORDS, list_words
from homestretch.facts import (
    AnyFact,
    Assigned,
    Collected,
    Corrected,
    Entered,
    Flag,
    Gun,
    Hidden,
    MatLifted,
    Moved,
    PhotoAnswered,
    PhotoLocked,
    PhotoTakenDown,
    RoadOpened,
    Ruled,
    Sighting,
    Struck,
    TakenOver,
    Verdict,
    Withdrawn,
)
from homestretch.picture import Picture
from homestretch.race.clock import say_distance, say_seconds, say_time
from homestretch.race.privacy import Shown, Viewer

VERDICT_WORDS: dict[Verdict, str] = {
    "dns": "ruled: did not start",
    "dnf": "ruled: did not finish",
    "dsq": "ruled: disqualified",
    "reinstated": "ruled: the result stands",
    "count-after-stop": "ruled: the finish after the stop counts",
    "other-course-settled": "ruled: the reads on the other course are settled",
}


def find_subject(picture: Picture, viewer: Viewer, fact: AnyFact) -> Shown | None:
    """Whom a word is about, in the one form in which this viewer sees them; None when it is about nobody. A bib that
    nobody has stands as it was said."""
    roster = picture.state.roster
    if isinstance(fact, Hidden | Entered):
        if fact.entrant in roster.entrants:
            return shown(picture, viewer, roster.entrants.index(fact.entrant))
        return Shown(name="nobody who is entered", bib="")
    bib = getattr(fact, "bib", "")
    if not bib:
        return None
    row = roster.find_row(bib)
    if row is None:
        return Shown(name="everybody" if bib == "*" else "nobody has this bib", bib=bib)
    return shown(picture, viewer, row)


def say_fact(picture: Picture, viewer: Viewer, fact: AnyFact) -> str:
    """A word without its subject, its reason and who said it: ``on Bus 2``, ``moved to the Marathon``."""
    match fact:
        case Sighting() | Withdrawn() | Collected():
            words = say_entry(str(type(fact).__struct_config__.tag), "", "", viewer)
        case TakenOver(taken_by=taken_by, keeper=keeper):
            words = say_entry("taken-over", taken_by, keeper, viewer)
        case Ruled(verdict=verdict):
            words = VERDICT_WORDS[verdict]
        case Moved(race=race):
            words = f"moved to {_race(picture, race)}"
        case Entered(race=race, bib=bib):
            words = f"entered in {_race(picture, race)} with bib {bib}"
        case Hidden():
            words = "hidden from everybody"
        case PhotoAnswered(answer=answer):
            words = "in a picture" if answer == "there" else "not in a picture"
        case _:
            words = _say_of_the_day(picture, fact)
    place = name_place(picture.event, getattr(fact, "place", ""))
    return f"{words}, {place}" if place and not isinstance(fact, MatLifted) else words


def _say_of_the_day(picture: Picture, fact: AnyFact) -> str:
    """What is about no entrant."""
    event = picture.event
    zone = event.zone_info
    match fact:
        case Assigned(chip=chip, since_at=since_at):
            since = "" if since_at is None else f" since {say_time(since_at, zone)}"
            return (
                f"wears chip {chip}{since}" if fact.bib else f"chip {chip} is worn by nobody{since}"
            )
        case Gun(race=race, wave=wave, seen_at=seen_at):
            at = say_time(seen_at, zone, seconds=True)
            return f"the gun of {_race(picture, race)}, wave {wave}, went off at {at}"
        case Flag(state=state, races=races, from_m=from_m):
            of = f"{list_words([_race(picture, race) for race in races])}: " if races else ""
            where = "" if from_m is None else f" from {say_distance(from_m, event.units)} on"
            return f"{of}{FLAG_WORDS[state]}{where}"
        case Corrected(of=of_, offset_ms=offset_ms):
            return f"the times of {of_} are shifted by {offset_ms / 1000:+g} s ({say_seconds(offset_ms / 1000)})"
        case MatLifted(place=place):
            return f"the mats at {name_place(event, place)} were taken away"
        case RoadOpened(from_place=start, to_place=end):
            return f"the road from {name_place(event, start)} to {name_place(event, end)} is open"
        case PhotoLocked():
            return "a picture and its burst are never to be used"
        case PhotoTakenDown():
            return "a picture was taken down"
        case Struck():
            return "taken back"
    return str(type(fact).__struct_config__.tag)


def _race(picture: Picture, race_id: str) -> str:
    return next((race.name for race in picture.event.races if race.id == race_id), race_id)
