"""The one writer of an event: receive, append, fold, publish a Picture. The whole flow is here.

::

    heard ─► keep ─► (group commit) ─► log ─► fold ─► Picture ─► publish
                          └► acknowledged only now

Facts that other processes append (an import on the command line) are found by polling the log. All of it
happens in the event loop's own thread: sqlite3 lets go of the interpreter at every row, so a store in a
thread beside a busy loop waits for its turn a thousand times a commit (docs/decisions/0005-one-thread.md).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import structlog

from homestretch.clocks import ClockCheck, fit_shape, make_check, make_watched
from homestretch.companions.together import Companions
from homestretch.errors import HomestretchError, StoreError
from homestretch.facts import Received, StoryWritten
from homestretch.folder.course_shape import Bend
from homestretch.forecast.values import NOTHING, Ahead
from homestretch.picture import Names, Picture, Version
from homestretch.race.event import Event
from homestretch.readers import Heard
from homestretch.readers.enough import Enough
from homestretch.state.columns import Columns
from homestretch.state.read_values import Use
from homestretch.state.sayings import Saying
from homestretch.state.snapshot import Ints, State, Unused
from homestretch.state.versions import KeptVersions
from homestretch.store import TEXT_KEEP_MS, Log, People, Text
from homestretch.store.keys import say_signer

GROUP_S = 0.010
"""How long a commit waits for company."""
GROUP_ROWS = 1000
PART_ROWS = 250
"""Of what came at once so much is committed at once."""
TICK_S = 0.2
"""Shortest time between two Pictures."""
REST = 2.0
"""After a fold the loop is free for at least this many times as long."""
STORY_KEEP = 2**62
"""What was typed of a story is kept until somebody takes it back or erases it."""
CHECK_S, CHECK_REST = 5.0, 10.0
"""Shortest time between two checks of the clocks, and how many times as long as the last one took."""

if TYPE_CHECKING:
    from homestretch.state.fold import Fold

Beside: TypeAlias = Callable[..., Awaitable[Any]]
"""Calls a pure function with values beside the loop, and gives its result."""

logger = structlog.get_logger(__name__)


class _Waiting(NamedTuple):
    heard: Sequence[Heard]
    done: asyncio.Future[None]


class Live:
    """Keeps one event. ``now`` gives the event's time (UTC ms), ``publish`` gets each new Picture, ``beside``
    does what is too slow for a tick; without it the clocks are not checked. ``bends`` are what an earlier
    edition showed of the course."""

    def __init__(
        self,
        log: Log,
        people: People,
        now: Callable[[], int],
        publish: Callable[[Picture], None],
        *,
        rehearsal: str = "",
        speed: float = 1.0,
        beside: Beside | None = None,
        bends: Sequence[Bend] = (),
    ) -> None:
        self._beside, self._bends = beside, bends
        self._clocks: ClockCheck | None = None
        self._ahead = NOTHING
        self._companions: Companions | None = None
        self._log, self._people = log, people
        self._now, self._publish = now, publish
        self._rehearsal, self._speed = rehearsal, speed
        self._columns = Columns()
        self._fold = _begin_fold(self._columns)
        self._kept_versions = KeptVersions()
        self._versions: tuple[Version, ...] = ()
        self._enough = Enough()
        self._names = Names(version=-1, persons={}, texts={})
        self._people_version = self._persons_version = -1
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue()
        self.picture: Picture | None = None

    async def keep(self, heard: Sequence[Heard]) -> int:
        """Return once everything in ``heard`` is durable; StoreError when it cannot be made so.

        Of what one source leaves unread only so much is kept (``readers.enough``); returns how many facts
        were. Much of it goes in parts, so that others get their turn in between.
        """
        kept = self._enough.sift(heard, self._now())
        for first in range(0, len(kept), PART_ROWS):
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.put_nowait(_Waiting(kept[first : first + PART_ROWS], done))
            await done
        return len(kept)

    def find_event(self) -> Event | None:
        """The plan's event, once one was loaded."""
        return None if self.picture is None else self.picture.event

    def known(self, source: str) -> Ints:
        """The numbers of a source's records that are in the log, ascending; what came a moment ago may not
        be among them."""
        if source not in self._columns.symbols:
            return np.zeros(0, np.int64)
        mine = self._columns.read("source") == self._columns.symbols.index(source)
        others = self._columns.numbers_of(source)
        return np.unique(np.concatenate([self._columns.read("number")[mine], others]))

    def refresh(self) -> None:
        """Take in new rows of the log, fold, and publish a Picture if anything changed."""
        rows = self._log.read_since(self._columns.last_seq)
        people_version = self._people.version()
        now = self._now()
        if rows.last_seq == self._columns.last_seq and self.picture is not None:
            same_second = now // 1000 == self.picture.now // 1000
            if same_second and people_version == self._people_version:
                return
        self._columns.take(rows)
        state, plan = self._fold.state(now), self._fold.find_plan()
        if state is None or plan is None:
            return
        if people_version != self._people_version or not _has_text(state, self._names):
            self._read_names(people_version, state)
        ahead = self._ahead if self._ahead.entrants == state.roster.key else NOTHING
        self.picture = Picture(
            number=f"{state.last_seq}-{self._names.version}-{now // 1000}",
            now=now,
            event=plan.event,
            course=plan.course,
            state=state,
            names=self._names,
            rehearsal=self._rehearsal,
            speed=self._speed,
            clocks=self._clocks,
            forecast=ahead.forecast,
            caught=ahead.caught,
            companions=self._find_companions(state),
            hindsight=ahead.hindsight,
            people_version=people_version,
            versions=self._find_versions(state),
        )
        self._publish(self.picture)

    def _read_names(self, version: int, state: State) -> None:
        """Only what has changed becomes new: persons are read again when one of them did, and not for each text
        and key that anybody leaves."""
        persons_version, persons = self._people.persons_version(), self._names.persons
        if persons_version != self._persons_version:
            persons = {person.entrant: person for person in self._people.list_persons()}
        texts = _read_texts(self._people, state)
        if persons is not self._names.persons or texts != self._names.texts:
            self._names = Names(version=version, persons=persons, texts=texts)
        self._people_version, self._persons_version = version, persons_version

    def take_ahead(self, ahead: Ahead) -> None:
        """What was forecast beside the fold; the next Picture has it, if the entrants are still the same."""
        self._ahead = ahead

    def take_companions(self, companions: Companions) -> None:
        """Who was found together beside the fold; the next Picture has it, if the entrants are still the same."""
        self._companions = companions

    def _find_versions(self, state: State) -> tuple[Version, ...]:
        """A version that is known stays the same value, so that it is sent to the fronts once."""
        found = self._kept_versions.find(self._columns, state.words.declared)
        if [pair[0] for pair in found] != [version.word for version in self._versions]:
            self._versions = tuple(Version(word, then) for word, then in found)
        return self._versions

    def _find_companions(self, state: State) -> Companions | None:
        found = self._companions
        return found if found is not None and found.entrants == state.roster.key else None

    def find_uses(self, seqs: Sequence[int]) -> list[Use | None]:
        """What became of the reads at positions of the log, None for what is no read or too new."""
        return self._fold.find_uses(seqs)

    def list_newest(self, reason: Unused, most: int) -> list[int]:
        """Log positions of the newest reads of which this became, the newest first."""
        return self._fold.list_newest(reason, most)

    def list_sayings(self, most: int, before: int, bib: str) -> list[Saying]:
        """The newest words that people said, before a position of the log; about a bib, where one is given."""
        return self._fold.list_sayings(most, before, bib)

    async def run(self) -> None:
        """Commit and tick until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._commit_groups())
            tasks.create_task(self._tick())
            if self._beside is not None:
                tasks.create_task(self._check_clocks(self._beside))

    async def _commit_groups(self) -> None:
        """Collect what waits for some milliseconds, append it in one transaction, then acknowledge."""
        while True:
            await asyncio.sleep(0)  # others come between two groups, however much is waiting
            group = [await self._waiting.get()]
            until = time.monotonic() + GROUP_S
            rows = len(group[0].heard)
            while rows < GROUP_ROWS and (left := until - time.monotonic()) > 0:
                try:
                    async with asyncio.timeout(
                        left
                    ):  # wait_for may swallow that we are ended (3.11)
                        group.append(await self._waiting.get())
                except TimeoutError:
                    break
                rows += len(group[-1].heard)
            self._commit(group)

    def _commit(self, group: list[_Waiting]) -> None:
        heard = [item for waiting in group for item in waiting.heard]
        try:
            self._append(heard)
        except HomestretchError as error:
            if len(group) > 1:  # one bad record must not refuse its neighbours
                for waiting in group:
                    self._commit([waiting])
                return
            logger.error("not stored", rows=len(heard), reason=str(error))
            if not group[0].done.cancelled():
                group[0].done.set_exception(error)
            return
        for waiting in group:
            if not waiting.done.cancelled():
                waiting.done.set_result(None)

    def _append(self, heard: Sequence[Heard]) -> None:
        """Texts first: a fact that is in the log never refers to a text that was lost on the way."""
        keep_until = time.time_ns() // 1_000_000 + TEXT_KEEP_MS
        texts = [
            Text(
                ref,
                item.text,
                STORY_KEEP if isinstance(item.received.fact, StoryWritten) else keep_until,
            )
            for item in heard
            if item.text is not None and (ref := getattr(item.received.fact, "text_ref", None))
        ]
        if texts:
            self._people.put_texts(texts)
        items: list[Received] = [item.received for item in heard]
        if self._log.append(items).earlier:
            self._start_over()

    def _start_over(self) -> None:
        """The log learnt that something had arrived earlier than it believed: fold from the beginning."""
        self._columns = Columns()
        self._fold = _begin_fold(self._columns)
        self._kept_versions, self._versions = KeptVersions(), ()

    async def _tick(self) -> None:
        """A Picture whenever something was said, and at each second of the event's clock."""
        while True:
            started = time.monotonic()
            try:
                if more := self._enough.take_due(self._now()):
                    self._append(more)
                self.refresh()
            except StoreError as error:
                logger.error("the log cannot be read", reason=str(error))
            took = time.monotonic() - started
            await asyncio.sleep(max(TICK_S - took, REST * took))

    async def _check_clocks(self, beside: Beside) -> None:
        """What the reads say of the clocks, again whenever there are new ones."""
        checked, took = -1, 0.0
        while True:
            await asyncio.sleep(max(CHECK_S, CHECK_REST * took))
            started = time.monotonic()
            picture, held = self.picture, self._fold.find_held_reads()
            if picture is not None and held is not None and picture.state.last_seq != checked:
                checked = picture.state.last_seq
                try:
                    watched = make_watched(picture.state, held)
                    races = [race.id for race in picture.event.races]
                    shape = fit_shape(self._bends, races, watched.metres)
                    self._clocks = await beside(make_check, picture.now, watched, shape)
                except Exception as error:  # noqa: BLE001 - the race goes on without it
                    logger.error("clocks not checked", reason=type(error).__name__)
            took = time.monotonic() - started


def _begin_fold(columns: Columns) -> Fold:
    """Loaded here: what only asks a keeper, or shows what it sent, starts without the compiled loops."""
    from homestretch.state.fold import Fold

    return Fold(columns)


def _text_refs(state: State) -> set[str]:
    """The texts that boards show: the instructions of flags, why a clock was corrected, a road opened, what
    stations noted, who called for help and who heard it."""
    refs = [flag.text_ref for flag in state.flags] + [one.text_ref for one in state.corrections]
    refs += [word.text_ref for zone in state.zones for word in zone.words]
    refs += [entry.text_ref for entry in state.entries]
    refs += [word.text_ref for word in state.stories] + [word.text_ref for word in state.held]
    refs += state.words.list_text_refs()
    refs += [one.text_ref for photo in state.photos for one in photo.witnesses if one.text_ref]
    refs += [ref for call in state.calls for ref in (call.text_ref, call.heard_ref)]
    return {ref for ref in refs if ref is not None}


def _signers(state: State) -> set[str]:
    opened = {word.by for zone in state.zones for word in zone.words}
    called = {by for call in state.calls for by in (call.by, call.heard_by) if by}
    entered = {entry.by for entry in state.entries}
    entered |= {word.by for word in state.stories} | {word.by for word in state.held}
    said = {by for by in state.words.list_signers() if by}
    return entered | {one.by for one in state.corrections} | opened | called | said


def _has_text(state: State, names: Names) -> bool:
    return names.texts.keys() >= _text_refs(state) | _signers(state)


def _read_texts(people: People, state: State) -> dict[str, str]:
    texts = {
        ref: (people.find_text(ref) or b"").decode("utf-8", "replace") for ref in _text_refs(state)
    }
    signers = _signers(state)
    keys = people.list_keys() if signers else []
    return texts | {by: say_signer(by, keys, people.find_text) for by in signers}
