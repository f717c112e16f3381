"""What can go wrong, each with a hint that says what to do.

::

    HomestretchError
    ├── PlanError        event.toml, course.gpx or entrants.csv cannot be used
    ├── FactError        something sent to a door cannot become a fact
    ├── StoreError       the log or the people file cannot be read or written
    │   └── NewerStore   written by a later version of Homestretch
    ├── RefusedError     the key is missing, wrong, expired or for another role
    ├── BusyError        a bound was reached: try again later
    ├── MissingExtra     an optional package is not installed
    └── NotFound         no such event, race, point, entrant or page
        └── Gone         there was one, and it was taken away
"""

from __future__ import annotations


class HomestretchError(Exception):
    """An error that a person should read: what happened, and what to do about it."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what} {self.hint}".strip()


class PlanError(HomestretchError):
    """event.toml, course.gpx or entrants.csv cannot be used as it is."""


class FactError(HomestretchError):
    """Something sent to a door cannot become a fact."""


class StoreError(HomestretchError):
    """The log or the people file cannot be read or written."""


class NewerStore(StoreError):
    """The folder was written by a later version of Homestretch."""


class RefusedError(HomestretchError):
    """The key is missing, wrong, expired, revoked or made for another role."""


class BusyError(HomestretchError):
    """A bound was reached; the same call may succeed later."""


class MissingExtra(HomestretchError):
    """An optional package is needed and not installed."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the package {package}, which is not installed.",
            f"Install it with: pip install 'homestretch[{extra}]'",
        )


class NotFound(HomestretchError):
    """There is no such event, race, point, entrant or page."""


class Gone(NotFound):
    """There was such a page, and it was taken away for good: whoever kept it may let go of it."""
