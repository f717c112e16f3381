"""What the director may not say yet, and why: results are declared when everybody is accounted for, a podium is
cleared when nobody on the course can change it any more. And what would be said without any effect: a ruling of a time
before the one that holds, a place shared by people who did not come one behind the other, a decision on no protest."""

from __future__ import annotations

from typing import Final

from homestretch.boards.judging_places import MOST_NAMED, object_to_sharing
from homestretch.boards.standing import list_obstacles, list_versions
from homestretch.facts import (
    AnyFact,
    Declared,
    FactId,
    PlaceShared,
    PodiumCleared,
    ProtestDecided,
    ResultsPosted,
    Ruled,
)
from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.race.saying import joined, said, said_n
from homestretch.state.ledger import FINAL
from homestretch.state.podiums import Podium, find_podiums
from homestretch.state.snapshot import NEVER, Status

EARLY: Final = (Declared, PodiumCleared, ResultsPosted)
"""Words that can come too early."""
JUDGED: Final = (*EARLY, PlaceShared, ProtestDecided, Ruled)
"""Words that are looked at before they are taken."""


def find_objection(picture: Picture, fact: AnyFact, fact_id: FactId) -> str:
    """Why a word on results cannot be taken, in sentences; empty when it can. What is said twice is taken twice."""
    words = picture.state.words
    known = {word.id for word in words.declared}
    known |= {word.id for word in (*words.cleared, *words.posted)}
    known |= {word.id for word in words.rulings}
    known |= {*words.shared}
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
    if isinstance(fact, PlaceShared):
        return object_to_sharing(picture, fact)
    if isinstance(fact, ProtestDecided):
        return _object_to_deciding(picture, fact)
    return _object_to_ruling(picture, fact, fact_id) if isinstance(fact, Ruled) else ""


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


def _object_to_deciding(picture: Picture, fact: ProtestDecided) -> str:
    meant = FactId(fact.source, fact.number, fact.digest)
    protest = next((one for one in picture.state.words.protests if one.id == meant), None)
    if protest is None:
        return said(
            "There is no such protest, or it was taken back. Those there are stand on the page of podiums."
        )
    if protest.decided_at > fact.seen_at:
        return said(
            "It was decided at {time}, after this time: open the page again.",
            time=_clock(picture, protest.decided_at),
        )
    return ""


def _object_to_ruling(picture: Picture, fact: Ruled, fact_id: FactId) -> str:
    """Of several rulings on a result the one of the latest time holds, in whatever order they were said."""
    row = picture.state.roster.find_row(fact.bib)
    if row is None or fact.verdict not in FINAL:
        return ""
    rulings = [one for one in picture.state.words.rulings if one.row == row]
    if not rulings or (rulings[-1].said_at, rulings[-1].id) < (fact.seen_at, fact_id):
        return ""
    return said(
        "A later ruling on bib {bib} holds, of {time}: this one would change nothing. Open the page again and say it with a time after that, or take the other back in the audit.",
        bib=fact.bib,
        time=_clock(picture, rulings[-1].said_at),
    )


def _clock(picture: Picture, at: int) -> str:
    return say_time(at, picture.event.zone_info, seconds=True)


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
