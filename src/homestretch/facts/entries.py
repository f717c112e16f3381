"""Who is in the race, with which bib and chip, and the plan of the day."""

from __future__ import annotations

from typing import Literal

import msgspec

from homestretch.facts.identity import Fact


class Entered(Fact, frozen=True, kw_only=True, tag="entered", omit_defaults=True):
    """An entrant as entered, moved to another race or re-numbered; the latest one holds. ``file_id`` is the id
    in the files of registration, where the entrant was known by another one before there was such a file."""

    entrant: str
    bib: str
    race: str
    wave: str = ""
    sex: Literal["f", "m", "x"] | None = None
    age: int | None = None
    division: str = ""
    role: Literal["runner", "pacer", "guide", "sweeper", "guest"] = "runner"
    team: str = ""
    leg: int | None = None
    file_id: str = ""


class Assigned(Fact, frozen=True, kw_only=True, tag="assigned", omit_defaults=True):
    """From ``since_at`` on (None: the whole day) this chip is carried by this bib (empty: by nobody)."""

    chip: str
    bib: str
    since_at: int | None = None
    by: str = ""
    text_ref: str | None = None


class Moved(Fact, frozen=True, kw_only=True, tag="moved", omit_defaults=True):
    """An official says that who wears this bib runs in this race (and wave). It holds against what files say."""

    bib: str
    race: str
    wave: str = ""
    by: str = ""
    text_ref: str | None = None


class Hidden(Fact, frozen=True, kw_only=True, tag="hidden", omit_defaults=True):
    """From now on this entrant is shown to nobody who does not keep the ledger. No reason is asked for. It
    names the entrant and not the bib, which may be given to somebody else."""

    entrant: str
    by: str = ""


class Collected(Fact, frozen=True, kw_only=True, tag="collected", omit_defaults=True):
    """The packet of this bib was handed out: whose was not is hardly on the road."""

    bib: str
    by: str = ""


class PlanLoaded(Fact, frozen=True, kw_only=True, tag="plan-loaded", omit_defaults=True):
    """The plan (event.toml and course) as it was loaded or changed: JSON of ``race.event.Plan``."""

    plan: msgspec.Raw
