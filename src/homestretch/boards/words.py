"""The words in which every page speaks: of a status, a count, an age, a time ahead."""

from __future__ import annotations

from typing import Final

from homestretch.facts import FlagState
from homestretch.race.privacy import Role
from homestretch.state.snapshot import Status, Unused
from homestretch.state.uses import Use

LEDGER_ROLES: frozenset[Role] = frozenset(("director", "control", "medical"))
"""Who keeps the ledger and sees each person in it."""
HEALTH_ROLES: frozenset[Role] = frozenset(("control", "medical"))
"""Who reads what was said of somebody's health: why they stop, what a call for help says."""
CARE_ROLES: frozenset[Role] = frozenset(("director", "medical"))
"""Who sees where somebody is cared for."""

MINUTE_MS: Final = 60_000
HOUR_MIN: Final = 60

WITHDREW: Final = "withdrew"
"""the one word that the public reads of everybody who left the road before the line"""

_PUBLIC: Final[dict[Status, str]] = {
    Status.ENTERED: "not seen yet",
    Status.STARTED: "on the road",
    Status.MOVED_UP: "on the road",
    Status.RIDING: WITHDREW,
    Status.IN_CARE: WITHDREW,
    Status.LEFT: WITHDREW,
    Status.HOME: WITHDREW,
    Status.FINISHED: "finished",
    Status.FINISHED_LATE: "finished after the cutoff",
    Status.DNS: "did not start",
    Status.DNF: WITHDREW,
    Status.DSQ: "not ranked",
}

_LEDGER: Final[dict[Status, str]] = _PUBLIC | {
    Status.MOVED_UP: "moved up, going on",
    Status.RIDING: "on the bus",
    Status.IN_CARE: "in care",
    Status.LEFT: "left on their own",
    Status.HOME: "home",
    Status.DNF: "did not finish",
    Status.DSQ: "disqualified",
}

FLAG_WORDS: Final[dict[FlagState, str]] = {
    "open": "course open",
    "delayed": "start delayed",
    "hold": "on hold",
    "sheltering": "runners shelter",
    "stopped": "stopped",
    "cancelled": "cancelled",
    "rerouted": "course rerouted",
    "shortened": "course shortened",
    "resumed": "course open again",
}

_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}

SEX_WORDS: Final[dict[str, str]] = {"f": "women", "m": "men", "x": "non-binary"}

ROLE_WORDS: Final[dict[str, str]] = {
    "pacer": "pacer",
    "guide": "guide",
    "sweeper": "sweeper",
    "guest": "guest",
}

UNUSED_WORDS: Final[dict[Unused, str]] = {
    Unused.USED: "a split",
    Unused.REPEATED: "repeats a passing",
    Unused.UNKNOWN_CHIP: "a chip that no entrant carries",
    Unused.UNKNOWN_PLACE: "a place that the plan does not know",
    Unused.OTHER_DAY: "from another day",
    Unused.BEFORE_THE_GUN: "before the gun",
    Unused.TOO_FAST: "faster than anybody runs",
    Unused.ON_ANOTHER_COURSE: "on another course",
    Unused.WHILE_CARRIED: "while somebody had taken the runner over",
    Unused.AFTER_THE_START_CLOSED: "at the start after it had closed",
    Unused.STRUCK_OUT: "struck out",
    Unused.AFTER_THE_FINISH: "after the runner's own finish",
    Unused.FROM_THE_FUTURE: "later than it is now",
}
"""What became of a read, as those who keep the ledger see it."""

FROM_FORECAST: Final = "as forecast for everybody who is still on the road"
FROM_PACE_SO_FAR: Final = "reckoned from the pace so far of everybody who is still on the road"


def say_status(status: Status, role: Role, *, crossed_the_line: bool = False) -> str:
    """A status in words. Only those who keep the ledger learn more than "withdrew".

    Who crossed the line and then needed care or a ride has finished.
    """
    if role in LEDGER_ROLES:
        return _LEDGER[status]
    if crossed_the_line and status in (Status.RIDING, Status.IN_CARE):
        return _PUBLIC[Status.FINISHED]
    return _PUBLIC[status]


def say_use(use: Use | None) -> str:
    """What became of a read: ``the split at 10K of bib 12``, ``not used: before the gun``."""
    if use is None:
        return "not looked at yet"
    if use.reason == Unused.USED:
        return f"the split at {use.point} of bib {use.bib}"
    words = UNUSED_WORDS[use.reason]
    if use.point:
        words += f" at {use.point}"
    return f"not used: {words}" + (f", chip of bib {use.bib}" if use.bib else "")


def say_count(count: int) -> str:
    """A count with its thousands apart: ``4,061``."""
    return f"{count:,}"


def say_people(count: int) -> str:
    """``1 person``, ``31 people``."""
    return f"{say_count(count)} {'person' if count == 1 else 'people'}"


def say_are(count: int) -> str:
    """``1 person is``, ``761 people are``."""
    return f"{say_people(count)} {'is' if count == 1 else 'are'}"


def say_ordinal(place: int) -> str:
    """``1st``, ``42nd``, ``113th``."""
    ending = "th" if place % 100 in (11, 12, 13) else _ENDINGS.get(place % 10, "th")
    return f"{say_count(place)}{ending}"


def say_age(age_ms: int) -> str:
    """How long ago: ``just now``, ``2 min ago``, ``1 h 10 min ago``."""
    minutes = age_ms // MINUTE_MS
    if minutes < 1:
        return "just now"
    if minutes < HOUR_MIN:
        return f"{minutes} min ago"
    hours, rest = divmod(minutes, HOUR_MIN)
    return f"{hours} h {rest} min ago" if rest else f"{hours} h ago"


def say_about(minutes: float) -> str:
    """A time ahead without false exactness: ``about 20 minutes``, ``about an hour and a half``."""
    if minutes < 1.5:
        return "about a minute"
    if minutes < 10:
        return f"about {round(minutes)} minutes"
    if minutes < 52.5:
        return f"about {5 * round(minutes / 5)} minutes"
    halves = max(2, round(minutes / 30))
    hours, half = divmod(halves, 2)
    if hours == 1:
        return "about an hour and a half" if half else "about an hour"
    return f"about {hours}½ hours" if half else f"about {hours} hours"


def say_minutes(minutes: float) -> str:
    """A short distance in time: ``under a minute``, ``6 min``, ``1 h 5 min``."""
    whole = int(minutes)
    if whole < 1:
        return "under a minute"
    hours, rest = divmod(whole, HOUR_MIN)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def list_words(words: list[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


CHANCE_WORDS: Final = (
    (0.95, "almost certain"),
    (0.8, "very likely"),
    (0.5, "more likely than not"),
    (0.35, "nearly as likely as not"),
    (0.0, "possible"),
)
"""From which chance on each is said."""


def say_chance(p: float) -> str:
    """A chance in words: ``more likely than not``."""
    return next(words for least, words in CHANCE_WORDS if p >= least)


def say_holding(states: list[FlagState]) -> str:
    """Why nothing is said of times ahead: ``while a race is stopped``; empty when nothing stands still."""
    for state, words in (
        ("cancelled", "cancelled"),
        ("stopped", "stopped"),
        ("sheltering", "held while runners shelter"),
        ("hold", "on hold"),
        ("delayed", "held back before its start"),
    ):
        if state in states:
            return f"while a race is {words}"
    return ""
