"""What the director may not say yet, and why: results are declared when everybody is accounted for, a podium is
cleared when nobody on the course can change it any more."""

from __future__ import annotations

from homestretch.boards.standing import list_obstacles, list_versions
from homestretch.facts import AnyFact, Declared, FactId, PodiumCleared, ResultsPosted
from homestretch.picture import Picture
from homestretch.race.saying import joined, said, said_n
from homestretch.state.podiums import Podium, find_podiums
from homestretch.state.snapshot import NEVER, Status

MOST_NAMED = 12


def find_objection(picture: Picture, fact: AnyFact, fact_id: FactId) -> str:
    """Why a word on results cannot be taken, in sentences; empty when it can. What is said twice is taken twice."""
    words = picture.state.words
    known = {word.id for word in words.declared}
    known |= {word.id for word in (*words.cleared, *words.posted)}
    if fact_id in known:
        return ""
    if isinstance(fact, Declared):
        return _object_to_declaring(picture, fact)
    if isinstance(fact, PodiumCleared):
        podium = find_podium(picture, fact.category)
        return _NO_CATEGORY if podium is None else object_to_clearing(picture, podium)
    if isinstance(fact, ResultsPosted):
        races = [race.id for race in picture.event.races]
        there = fact.category in races or find_podium(picture, fact.category) is not None
        return "" if there else _NO_CATEGORY
    return ""


_NO_CATEGORY = said(
    "There is no such category: it is a race's id, maybe with /f, /m or /x, an age group behind that, or a division."
)


def _object_to_declaring(picture: Picture, fact: Declared) -> str:
    race = next((race for race in picture.event.races if race.id == fact.race), None)
    if race is None:
        known = ", ".join(race.id for race in picture.event.races)
        return said(
            "There is no race {race}. The races are: {races}.", race=repr(fact.race), races=known
        )
    if list_versions(picture, race) and not fact.text_ref:
        return said("A further version needs a reason, for whoever has read the one before.")
    return joined(list_obstacles(picture, race), " ")


def find_podium(picture: Picture, key: str) -> Podium | None:
    """The podium of a category, if there is such a category."""
    podiums = find_podiums(picture.event, picture.state)
    return next((one for one in podiums if one.category.key == key), None)


def object_to_clearing(picture: Picture, podium: Podium) -> str:
    """Whoever is on the course and could still come in time. Of who may have come unread the director judges."""
    roster = picture.state.roster
    if len(podium.coming):
        # Who is in care is named to nobody here: who reads this may not read of health.
        named = podium.coming[picture.state.status[podium.coming] != Status.IN_CARE][:MOST_NAMED]
        bibs = ", ".join(roster.bibs[row] for row in named.tolist())
        more = len(podium.coming) - len(named)
        if not bibs:
            return said_n(
                "{count} person could still come in time.",
                "{count} people could still come in time.",
                more,
            )
        if more:
            bibs = said("{bibs} and {count} more", bibs=bibs, count=more)
        return said("Could still come in time: {bibs}.", bibs=bibs)
    if not len(podium.first):
        return said("Nobody of this category has a place.")
    protests = {
        one.row for one in picture.state.words.protests if not one.decision and one.row != NEVER
    }
    against = [roster.bibs[row] for row in podium.first.tolist() if row in protests]
    if not against:
        return ""
    return said("Protests not decided: against {bibs}.", bibs=", ".join(against))
