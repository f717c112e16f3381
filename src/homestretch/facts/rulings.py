"""What officials say: guns, corrections, who took over, rulings, the state of the course, what is struck out."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from homestretch.facts.identity import Fact


class Gun(Fact, frozen=True, kw_only=True, tag="gun", omit_defaults=True):
    """The gun of a wave went off at ``seen_at``; it replaces the planned time."""

    race: str
    wave: str
    by: str = ""
    text_ref: str | None = None


class Corrected(Fact, frozen=True, kw_only=True, tag="corrected", omit_defaults=True):
    """Reads of one source are shifted by ``offset_ms``; issued at ``seen_at`` by an official, who says why in
    a text."""

    of: str
    offset_ms: int
    from_at: int | None = None
    until_at: int | None = None
    by: str = ""
    text_ref: str | None = None


TakenBy: TypeAlias = Literal["bus", "care", "self", "home", "vehicle", "road"]
"""Who has an entrant now: a sweep bus, medical care, themselves, home (the closing word), a vehicle
that carries them ahead to go on (moved up), or the road again (they run on, nothing was carried)."""


class Withdrawn(Fact, frozen=True, kw_only=True, tag="withdrawn", omit_defaults=True):
    """Somebody said that this entrant stops; nobody has taken over yet."""

    bib: str
    place: str = ""
    by: str = ""
    text_ref: str | None = None


class TakenOver(Fact, frozen=True, kw_only=True, tag="taken-over", omit_defaults=True):
    """An entrant is now with somebody: which bus or tent stands in ``keeper``."""

    bib: str
    taken_by: TakenBy
    keeper: str = ""
    place: str = ""
    by: str = ""
    text_ref: str | None = None


Verdict: TypeAlias = Literal[
    "dns", "dnf", "dsq", "reinstated", "count-after-stop", "other-course-settled"
]


class Ruled(Fact, frozen=True, kw_only=True, tag="ruled", omit_defaults=True):
    """An official's ruling on an entrant; the latest of each subject holds."""

    bib: str
    verdict: Verdict
    by: str = ""
    text_ref: str | None = None


FlagState: TypeAlias = Literal[
    "open",
    "delayed",
    "hold",
    "stopped",
    "sheltering",
    "cancelled",
    "rerouted",
    "shortened",
    "resumed",
]
CHANGES: Final[tuple[FlagState, ...]] = ("rerouted", "shortened")
"""States of a course that is another from a place on."""


class Flag(Fact, frozen=True, kw_only=True, tag="flag", omit_defaults=True):
    """The state of the event, with the instruction that control typed (``text_ref``).

    ``from_m`` is the distance from which a rerouting or shortening holds, ``races`` the races that it
    concerns (empty: all).
    """

    state: FlagState
    from_m: float | None = None
    races: tuple[str, ...] = ()
    by: str = ""
    text_ref: str | None = None


class MatLifted(Fact, frozen=True, kw_only=True, tag="mat-lifted", omit_defaults=True):
    """The mats of a timing point were taken away: no read is expected there any more."""

    place: str
    by: str = ""
    text_ref: str | None = None


class RoadOpened(Fact, frozen=True, kw_only=True, tag="road-opened", omit_defaults=True):
    """An official says that the road between two timing points is open again. Nothing else opens a road."""

    from_place: str
    to_place: str
    by: str = ""
    text_ref: str | None = None


class Struck(Fact, frozen=True, kw_only=True, tag="struck", omit_defaults=True):
    """A fact is struck out, with everything that followed from it. A Struck can itself be struck."""

    source: str
    number: int
    digest: int
    by: str = ""
    text_ref: str | None = None
