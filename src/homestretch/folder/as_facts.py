"""Entrants as facts for the log; what may be erased stays with the persons."""

from __future__ import annotations

from homestretch.facts import AnyFact, Assigned, Entered, Ruled
from homestretch.folder.entrants import Entrants
from homestretch.race.entrant import Entrant


def entered(entrant: Entrant, seen_at: int) -> Entered:
    """The fact that a person is entered, said at ``seen_at`` (UTC ms)."""
    return Entered(
        seen_at=seen_at,
        entrant=entrant.id,
        bib=entrant.bib,
        race=entrant.race,
        wave=entrant.wave,
        sex=entrant.sex,
        age=entrant.age,
        division=entrant.division,
        role=entrant.role,
        team=entrant.team,
        leg=entrant.leg,
        file_id=entrant.file_id,
    )


def list_facts(entrants: Entrants, seen_at: int, by: str = "") -> list[AnyFact]:
    """Everything an entrants file says, as facts of one moment (UTC ms): entries, chips, absences."""
    facts: list[AnyFact] = [entered(entrant, seen_at) for entrant in entrants.entrants]
    facts += [Assigned(seen_at=seen_at, chip=chip, bib=bib, by=by) for chip, bib in entrants.chips]
    facts += [
        Ruled(seen_at=seen_at, bib=bib, verdict=verdict, by=by) for bib, verdict in entrants.rulings
    ]
    return facts
