"""What there is to tell of a runner: each point once, when it is new; never that somebody was not read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

import msgspec

from homestretch.news.followers import Follower
from homestretch.picture import Picture
from homestretch.race.clock import say_elapsed, say_time
from homestretch.race.privacy import Viewer
from homestretch.race.saying import said
from homestretch.showing import shown
from homestretch.state.snapshot import FINISHERS, NEVER, Status

FRESH_MS: Final = 10 * 60_000
"""What is older when it comes (a mat that sends late) stands on the page; it is no news."""
PUBLIC: Final = Viewer()


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What a phone shows, to be said again in the follower's language, and the page that a tap opens. ``about`` replaces what was sent of the same runner and
    still waits at the push service."""

    title: str
    body: str
    url: str
    about: str


class Telling:
    """Remembers what each follower knows. Whoever begins to follow, and everybody after a restart, is told what comes
    from then on. While an entry is held nobody is told anything of it, and afterwards nothing of what was then."""

    def __init__(self) -> None:
        self._known: dict[str, set[str]] = {}

    def tell(
        self, picture: Picture, followers: Iterable[Follower]
    ) -> tuple[list[tuple[Follower, News]], list[Follower]]:
        """What is to be sent to whom, and the followers of whom nobody may follow any more: hidden or erased."""
        due: list[tuple[Follower, News]] = []
        taken_back: list[Follower] = []
        still: dict[str, set[str]] = {}
        rows = {entrant: row for row, entrant in enumerate(picture.state.roster.entrants)}
        for follower in followers:
            row = rows.get(follower.entrant)
            if row is None or shown(picture, PUBLIC, row).hidden:
                taken_back.append(follower)
                continue
            marks = _find_marks(picture, row)
            known = self._known.get(follower.ref)
            still[follower.ref] = set(marks) | (known or set())
            fresh = [
                mark
                for mark, at in marks.items()
                if known is not None and mark not in known and picture.now - at <= FRESH_MS
            ]
            if fresh and not picture.state.is_held(row):
                newest = max(fresh, key=lambda mark: (marks[mark], mark == FINISH))
                due.append((follower, _say(picture, row, newest, marks[newest])))
        self._known = still
        return due, taken_back


def may_still_tell(picture: Picture, follower: Follower) -> bool:
    """Whether news of a runner that waits may still be sent: they are neither hidden nor held since it was written."""
    row = picture.state.roster.find_entrant(follower.entrant)
    if row is None or picture.state.is_held(row):
        return False
    return not shown(picture, PUBLIC, row).hidden


FINISH: Final = "the line"


def _find_marks(picture: Picture, row: int) -> dict[str, int]:
    """What was seen of somebody, each with its moment (UTC ms): points by their ids, and the line."""
    state = picture.state
    found = {
        point: int(at)
        for point, at in zip(state.points.ids, state.passed_at[row].tolist(), strict=True)
        if at != NEVER
    }
    finish_at = int(state.finish_at[row])
    if finish_at != NEVER and Status(int(state.status[row])) in FINISHERS:
        # The mat at the line says the same.
        found = {point: at for point, at in found.items() if at != finish_at}
        found[FINISH] = finish_at
    return found


def _say(picture: Picture, row: int, mark: str, at: int) -> News:
    state, event = picture.state, picture.event
    who = shown(picture, PUBLIC, row)
    time = say_time(at, event.zone_info)
    if mark == FINISH:
        net_ms = int(state.net_ms[row])
        body = said("At the finish at {time}.", time=time)
        if net_ms != NEVER:
            net = say_elapsed(net_ms)
            body = said("At the finish at {time}, {net} net.", time=time, net=net)
    else:
        point = state.points.names[state.points.ids.index(mark)]
        body = said("{point} at {time}.", point=point, time=time)
    address = f"/{quote(event.id, safe='')}/runners/{quote(who.bib, safe='')}"
    return News(title=f"{who.bib} {who.name}", body=body, url=address, about=address)
