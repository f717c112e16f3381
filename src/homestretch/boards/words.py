"""The words in which every page speaks: of a status, a count, an age, a time ahead."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from homestretch.facts import FlagState
from homestretch.race.groups import YOUNGEST, age_group
from homestretch.race.privacy import Role
from homestretch.race.saying import Said, Speech, counted, joined, said, said_in, said_n
from homestretch.state.read_values import Use
from homestretch.state.snapshot import Status, Unused

LEDGER_ROLES: frozenset[Role] = frozenset(("director", "control", "medical"))
"""Who keeps the ledger and sees each person in it."""
HEALTH_ROLES: frozenset[Role] = frozenset(("control", "medical"))
"""Who reads what was said of somebody's health: that they are in care, why they stop, what a call for help says."""
CARE_ROLES: frozenset[Role] = frozenset(("medical",))
"""Who sees where somebody is cared for."""
HOLDER_ROLES: frozenset[Role] = frozenset(("director", "control", "medical", "desk"))
"""Who may hold an entry: nothing more is asked of it then, and nothing told."""

MINUTE_MS: Final = 60_000
HOUR_MIN: Final = 60

WITHDREW: Final = said("withdrew")
"""the one word that the public reads of everybody who left the road before the line"""

_PUBLIC: Final[dict[Status, str]] = {
    Status.ENTERED: said("not seen yet"),
    Status.STARTED: said("on the road"),
    Status.MOVED_UP: said("on the road"),
    Status.RIDING: WITHDREW,
    Status.IN_CARE: WITHDREW,
    Status.LEFT: WITHDREW,
    Status.HOME: WITHDREW,
    Status.FINISHED: said("finished"),
    Status.FINISHED_LATE: said("finished after the cutoff"),
    Status.DNS: said("did not start"),
    Status.DNF: WITHDREW,
    Status.DSQ: said("not ranked"),
}

_LEDGER: Final[dict[Status, str]] = _PUBLIC | {
    Status.MOVED_UP: said("moved up, going on"),
    Status.RIDING: said("on the bus"),
    Status.IN_CARE: said("in care"),
    Status.LEFT: said("left on their own"),
    Status.HOME: said_in("status", "home"),
    Status.DNF: said("did not finish"),
    Status.DSQ: said("disqualified"),
}

FLAG_WORDS: Final[dict[FlagState, str]] = {
    "open": said("course open"),
    "delayed": said("start delayed"),
    "hold": said("on hold"),
    "sheltering": said("runners shelter"),
    "stopped": said("stopped"),
    "cancelled": said("cancelled"),
    "rerouted": said("course rerouted"),
    "shortened": said("course shortened"),
    "resumed": said("course open again"),
}

_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}

SEX_WORDS: Final[dict[str, str]] = {
    "f": said("women"),
    "m": said("men"),
    "x": said("non-binary"),
}

ROLE_WORDS: Final[dict[str, str]] = {
    "pacer": said("pacer"),
    "guide": said("guide"),
    "sweeper": said("sweeper"),
    "guest": said("guest"),
}

UNUSED_WORDS: Final[dict[Unused, str]] = {
    Unused.USED: said("a split"),
    Unused.REPEATED: said("repeats a passing"),
    Unused.UNKNOWN_CHIP: said("a chip that no entrant carries"),
    Unused.UNKNOWN_PLACE: said("a place that the plan does not know"),
    Unused.OTHER_DAY: said("from another day"),
    Unused.BEFORE_THE_GUN: said("before the gun"),
    Unused.TOO_FAST: said("faster than anybody runs"),
    Unused.ON_ANOTHER_COURSE: said("on another course"),
    Unused.WHILE_CARRIED: said("while somebody had taken the runner over"),
    Unused.AFTER_THE_START_CLOSED: said("at the start after it had closed"),
    Unused.STRUCK_OUT: said("struck out"),
    Unused.AFTER_THE_FINISH: said("after the runner's own finish"),
    Unused.FROM_THE_FUTURE: said("later than it is now"),
}
"""What became of a read, as those who keep the ledger see it."""

FROM_FORECAST: Final = said("as forecast for everybody who is still on the road")
FROM_PACE_SO_FAR: Final = said(
    "reckoned from the pace so far of everybody who is still on the road"
)


def say_status(status: Status, role: Role, *, crossed_the_line: bool = False) -> str:
    """A status in words. Only those who keep the ledger learn more than "withdrew", and of them only those who read
    of health that somebody is or was in care.

    Who crossed the line and then needed care or a ride has finished.
    """
    if role in HEALTH_ROLES:
        return _LEDGER[status]
    if role in LEDGER_ROLES:
        known = know_status(status, crossed_the_line=crossed_the_line)
        return WITHDREW if known == Status.LEFT else _LEDGER[known]
    if crossed_the_line and status in (Status.RIDING, Status.IN_CARE):
        return _PUBLIC[Status.FINISHED]
    return _PUBLIC[status]


def know_status(status: Status, *, crossed_the_line: bool) -> Status:
    """A status as who does not read of health may know it: who is in care is one of those who left on their own or were
    brought home; behind the line, one of those who finished."""
    if status == Status.IN_CARE and crossed_the_line:
        return Status.FINISHED
    return Status.LEFT if status in (Status.IN_CARE, Status.HOME) else status


def say_use(use: Use | None) -> str:
    """What became of a read: ``the split at 10K of bib 12``, ``not used: before the gun``."""
    if use is None:
        return said("not looked at yet")
    if use.reason == Unused.USED:
        return said("the split at {point} of bib {bib}", point=use.point, bib=use.bib)
    words = UNUSED_WORDS[use.reason]
    if use.point:
        words = said("{what} at {point}", what=words, point=use.point)
    if use.bib:
        return said("not used: {why}, chip of bib {bib}", why=words, bib=use.bib)
    return said("not used: {why}", why=words)


def say_group(group: str) -> str:
    """An age group as people call it: ``35-39``, ``under 20``."""
    return said("under {age}", age=YOUNGEST) if group == age_group(0) else group


def say_count(count: int) -> Said:
    """A count with its thousands apart: ``4,061``."""
    return counted(count)


def say_people(count: int) -> Said:
    """``1 person``, ``31 people``."""
    return said_n("{count} person", "{count} people", count)


def say_ordinal(place: int) -> Said:
    """``1st``, ``42nd``, ``113th``."""
    return Said(_english_ordinal(place), partial(_ordinal_again, place))


def _english_ordinal(place: int) -> str:
    ending = "th" if place % 100 in (11, 12, 13) else _ENDINGS.get(place % 10, "th")
    return f"{say_count(place)}{ending}"


def _ordinal_again(place: int, speech: Speech) -> str:
    """English has four endings; a language that has one says it by the message of the last of them."""
    if speech.language == "en":
        return _english_ordinal(place)
    return speech.again(said_in("a place", "{place}th", place=say_count(place)))


def say_age(age_ms: int) -> str:
    """How long ago: ``just now``, ``2 min ago``, ``1 h 10 min ago``."""
    minutes = age_ms // MINUTE_MS
    if minutes < 1:
        return said("just now")
    if minutes < HOUR_MIN:
        return said("{minutes} min ago", minutes=minutes)
    hours, rest = divmod(minutes, HOUR_MIN)
    if rest:
        return said("{hours} h {minutes} min ago", hours=hours, minutes=rest)
    return said("{hours} h ago", hours=hours)


def say_about(minutes: float) -> str:
    """A time ahead without false exactness: ``about 20 minutes``, ``about an hour and a half``."""
    if minutes < 1.5:
        return said("about a minute")
    if minutes < 10:
        return said("about {minutes} minutes", minutes=round(minutes))
    if minutes < 52.5:
        return said("about {minutes} minutes", minutes=5 * round(minutes / 5))
    halves = max(2, round(minutes / 30))
    hours, half = divmod(halves, 2)
    if hours == 1:
        return said("about an hour and a half") if half else said("about an hour")
    return (
        said("about {hours}½ hours", hours=hours)
        if half
        else said("about {hours} hours", hours=hours)
    )


def say_minutes(minutes: float) -> str:
    """A short distance in time: ``under a minute``, ``6 min``, ``1 h 5 min``."""
    whole = int(minutes)
    if whole < 1:
        return said("under a minute")
    hours, rest = divmod(whole, HOUR_MIN)
    if not hours:
        return said("{number} min", number=rest)
    if rest:
        return said("{hours} h {minutes} min", hours=hours, minutes=rest)
    return said("{number} h", number=hours)


def list_words(words: Sequence[str]) -> Said:
    """``A``, ``A and B``, ``A, B and C``."""
    if len(words) < 2:
        return joined(words, "")
    return said("{words} and {last}", words=joined(words[:-1], ", "), last=words[-1])


def list_choice(words: Sequence[str]) -> Said:
    """``A``, ``A or B``, ``A, B or C``."""
    if len(words) < 2:
        return joined(words, "")
    return said("{words} or {last}", words=joined(words[:-1], ", "), last=words[-1])


CHANCE_WORDS: Final = (
    (0.95, said("almost certain")),
    (0.8, said("very likely")),
    (0.5, said("more likely than not")),
    (0.35, said("nearly as likely as not")),
    (0.0, said("possible")),
)
"""From which chance on each is said."""


def say_chance(p: float) -> str:
    """A chance in words: ``more likely than not``."""
    return next(words for least, words in CHANCE_WORDS if p >= least)


def say_holding(states: list[FlagState]) -> str:
    """Why nothing is said of times ahead: ``while a race is stopped``; empty when nothing stands still."""
    for state, words in (
        ("cancelled", said("while a race is cancelled")),
        ("stopped", said("while a race is stopped")),
        ("sheltering", said("while a race is held while runners shelter")),
        ("hold", said("while a race is on hold")),
        ("delayed", said("while a race is held back before its start")),
    ):
        if state in states:
            return words
    return ""
