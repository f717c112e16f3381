"""What has happened since it was told last: what was told, and a Picture, compared. No name is in it.

A change is told as what holds now beside what was told before, so that who was away for a while hears what has become
of it, and nothing twice. It is taken from the state and not from the facts: a late mat, a correction and a ruling are
told in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, Literal, TypeAlias

import msgspec
import numpy as np

from homestretch.boards.alarms import list_sentences
from homestretch.boards.finishers import CROSSED
from homestretch.boards.standing import find_standing
from homestretch.picture import Picture
from homestretch.race.hooks import HookKind
from homestretch.race.privacy import Viewer
from homestretch.state.snapshot import NEVER, Ints, Mark, Status

Change: TypeAlias = Literal["new", "changed", "taken-back"]
PROVISIONAL: Final = NEVER
"""Stands for the number of a version of results while none was declared."""
GOING_ON: Final = 1
"""What is told of an alarm until it ends."""
_ENDS: Final = "\0"


class Happening(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened, to an entrant (at a ``point``), to a race, or an alarm in ``words`` that name nobody.

    ``was`` was told before and ``now`` holds: of a passing or a finish its moment (UTC ms), of a status the status,
    of results the number of their version, of an alarm whether it goes on; NEVER where there was or is none. ``at`` is UTC ms,
    ``seq`` the position in the log of what decided a status, ``found_at`` the moment (UTC ms of the event) of the
    Picture in which it was found: what holds again is another happening.
    """

    kind: HookKind
    at: int
    entrant: str = ""
    race: str = ""
    point: str = ""
    words: str = ""
    was: int = NEVER
    now: int = NEVER
    seq: int = NEVER
    found_at: int = NEVER

    @property
    def key(self) -> str:
        """What it is about, the same for whatever is told of it later."""
        about = self.entrant or self.race or self.words
        if self.kind == "alarm":
            about = self.words
        return _ENDS.join((self.kind, about, self.point))

    @property
    def change(self) -> Change:
        """Whether it is new, differs from what was told, or is taken back (of an alarm: over)."""
        if self.now == NEVER:
            return "taken-back"
        return "new" if self.was == NEVER else "changed"


class Watch:
    """Compares Pictures of one event with what was told, of those ``kinds`` that anybody is told. ``read_told`` gives
    (key, now) of all that is kept as told; of entrants it is held in columns, and read again when these change."""

    def __init__(
        self, kinds: Collection[HookKind], read_told: Callable[[], Iterable[tuple[str, int]]]
    ) -> None:
        self._kinds = frozenset(kinds)
        self._read_told = read_told
        self._told: dict[str, int] = {}
        self._key: object = None
        self._passed: Ints = np.zeros((0, 0), np.int64)
        self._finished: Ints = np.zeros(0, np.int64)
        self._status: Ints = np.zeros(0, np.int64)

    def look(self, picture: Picture) -> list[Happening]:
        """What is to be told now, in the order in which it is told."""
        self._align(picture)
        found: list[Happening] = []
        for kind, look in (
            ("passing", self._passings),
            ("finish", self._finishes),
            ("status", self._statuses),
            ("results", self._results),
            ("alarm", self._alarms),
        ):
            if kind in self._kinds:
                found += sorted(look(picture), key=lambda one: one.at)
        return [msgspec.structs.replace(one, found_at=picture.now) for one in found]

    def settle(self, picture: Picture, happenings: Iterable[Happening]) -> None:
        """These are told (or kept to be told), and with them everything of this Picture."""
        state = picture.state
        self._passed, self._status = state.passed_at.copy(), state.status.astype(np.int64)
        self._finished = _finish_times(picture)
        for one in happenings:
            if not one.entrant:
                self._told.pop(one.key, None)
                if one.now != NEVER:
                    self._told[one.key] = one.now

    def _align(self, picture: Picture) -> None:
        """What was told, in the rows and columns of this Picture; again when entrants or points changed."""
        roster, points = picture.state.roster, picture.state.points
        key = (roster.key, roster.entrants, points.ids)
        if key == self._key:
            return
        told = dict(self._read_told())
        get = told.get
        self._passed = np.array(
            [
                [get(_ENDS.join(("passing", entrant, point)), NEVER) for point in points.ids]
                for entrant in roster.entrants
            ],
            np.int64,
        ).reshape(len(roster.entrants), len(points.ids))
        self._finished, self._status = (
            np.array(
                [get(_ENDS.join((kind, entrant, "")), usual) for entrant in roster.entrants],
                np.int64,
            )
            for kind, usual in (("finish", NEVER), ("status", int(Status.ENTERED)))
        )
        self._told = {key: now for key, now in told.items() if key.startswith(("results", "alarm"))}
        self._key = key

    def _passings(self, picture: Picture) -> Iterator[Happening]:
        state, races = picture.state, picture.event.races
        for row, column in np.argwhere(state.passed_at != self._passed).tolist():
            was, now = int(self._passed[row, column]), int(state.passed_at[row, column])
            yield Happening(
                kind="passing",
                at=now if now != NEVER else was,
                entrant=state.roster.entrants[row],
                race=races[int(state.roster.race[row])].id,
                point=state.points.ids[column],
                was=was,
                now=now,
            )

    def _finishes(self, picture: Picture) -> Iterator[Happening]:
        roster, races = picture.state.roster, picture.event.races
        times = _finish_times(picture)
        for row in np.flatnonzero(times != self._finished).tolist():
            was, now = int(self._finished[row]), int(times[row])
            yield Happening(
                kind="finish",
                at=now if now != NEVER else was,
                entrant=roster.entrants[row],
                race=races[int(roster.race[row])].id,
                was=was,
                now=now,
            )

    def _statuses(self, picture: Picture) -> Iterator[Happening]:
        state, races = picture.state, picture.event.races
        for row in np.flatnonzero(state.status != self._status).tolist():
            yield Happening(
                kind="status",
                at=picture.now,
                entrant=state.roster.entrants[row],
                race=races[int(state.roster.race[row])].id,
                was=int(self._status[row]),
                now=int(state.status[row]),
                seq=int(state.status_seq[row]),
            )

    def _results(self, picture: Picture) -> Iterator[Happening]:
        for race in picture.event.races:
            now = find_standing(picture, race).newest or PROVISIONAL
            one = Happening(kind="results", at=picture.now, race=race.id, now=now)
            if (was := self._told.get(one.key, PROVISIONAL)) != now:
                yield msgspec.structs.replace(one, was=was)

    def _alarms(self, picture: Picture) -> Iterator[Happening]:
        going_on = [str(words) for words in list_sentences(picture, Viewer("control"))]
        before = _ENDS.join(("alarm", ""))
        known = [key.split(_ENDS)[1] for key in self._told if key.startswith(before)]
        for words in dict.fromkeys((*going_on, *known)):
            one = Happening(
                kind="alarm",
                at=picture.now,
                words=words,
                now=GOING_ON if words in going_on else NEVER,
            )
            if (was := self._told.get(one.key, NEVER)) != one.now:
                yield msgspec.structs.replace(one, was=was)


def _finish_times(picture: Picture) -> Ints:
    """(n,) when each came to the line (UTC ms), NEVER who has no finish: carried ahead, ruled out, or still out."""
    state = picture.state
    found = (state.gun_ms != NEVER) & np.isin(state.status, CROSSED)
    found &= (state.marks & int(Mark.RULED_BUT_OUT)) == 0
    return np.where(found, state.finish_at, NEVER)
