"""The frozen snapshot of a race day that boards read. n entrants, m timing points, times in UTC ms."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from homestretch.facts import Delivered, DeviceStatus, FactId, FlagState
from homestretch.race.spelling import bib_key
from homestretch.state.declared import ResultWords
from homestretch.state.entered import Doubted, Entry, HelpCall
from homestretch.state.photo_values import Photo
from homestretch.state.seen import Sightings
from homestretch.state.told import HeldWord, StoryWord
from homestretch.state.vehicle_track import VehicleTrack

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]

NEVER = -1
"""No time, no row, no place: in every integer column."""
RECENT_MS = 300_000
"""How long a read counts as recent."""


class Status(enum.IntEnum):
    """Where an entrant is in the ledger; everybody has exactly one at every moment."""

    ENTERED = 0
    STARTED = 1
    MOVED_UP = 2
    RIDING = 3
    IN_CARE = 4
    LEFT = 5
    HOME = 6
    FINISHED = 7
    FINISHED_LATE = 8
    DNS = 9
    DNF = 10
    DSQ = 11


ON_THE_ROAD = (Status.STARTED, Status.MOVED_UP)
FINISHERS = (Status.FINISHED, Status.FINISHED_LATE)
OPEN = (Status.STARTED, Status.MOVED_UP, Status.RIDING, Status.IN_CARE)
"""While anybody has one of these, the day is not over."""


class Mark(enum.IntFlag):
    """What is noteworthy of an entrant; a set in one integer column."""

    NO_START_READ = 1
    START_BEFORE_GUN = 2
    IMPOSSIBLE_LEG = 4
    ON_ANOTHER_COURSE = 8
    SAID_TO_WITHDRAW = 16
    AFTER_STOP = 32
    READ_WHILE_CARRIED = 64
    SEEN_BY_A_PERSON = 128
    CONTRADICTORY_RULING = 256
    RULED_BUT_OUT = 512
    OVERDUE = 1024
    OUT_OF_COMPETITION = 2048
    MOVED_UP = 4096
    CHANGED_COURSE = 8192
    AFTER_A_CUTOFF = 16384
    LEFT_OUT_A_STRETCH = 32768


class Unused(enum.IntEnum):
    """Why a read is not anybody's split; 0 is a read that is (or repeats) one."""

    USED = 0
    REPEATED = 1
    UNKNOWN_CHIP = 2
    UNKNOWN_PLACE = 3
    OTHER_DAY = 4
    BEFORE_THE_GUN = 5
    TOO_FAST = 6
    ON_ANOTHER_COURSE = 7
    WHILE_CARRIED = 8
    AFTER_THE_START_CLOSED = 9
    STRUCK_OUT = 10
    AFTER_THE_FINISH = 11
    FROM_THE_FUTURE = 12


@dataclass(frozen=True, slots=True)
class Roster:
    """The entrants, in the order of every column: by race, then by bib (numbers before words)."""

    key: str
    """the same for the same entrants in the same rows of the same races"""
    entrants: tuple[str, ...]
    bibs: tuple[str, ...]
    race: Ints
    """(n,) position of the race in ``Event.races``."""
    wave: Ints
    """(n,) position of the wave in its race."""
    gun_at: Ints
    """(n,) UTC ms, planned or as fired."""
    sex: tuple[str, ...]
    age: Ints
    """(n,) years on race day, NEVER when unknown."""
    division: tuple[str, ...]
    role: tuple[str, ...]
    team: tuple[str, ...]
    leg: Ints
    start_point: Ints
    """(n,) column of the point where the entrant's own course starts, NEVER when it has no mat."""
    end_point: Ints
    """(n,) column of the point where it ends."""
    competes: Bools
    """(n,) ranked with the runners of the race: no pacer, guide, sweeper, relay leg or own division."""
    row_of_bib: dict[str, int]
    """by ``bib_key``"""
    hidden: frozenset[int] = frozenset()
    """rows of whom a member of staff has hidden"""

    def find_row(self, bib: str) -> int | None:
        """The row of who has this bib, however it was written."""
        return self.row_of_bib.get(bib_key(bib))

    def find_entrant(self, entrant: str) -> int | None:
        """The row of an entrant's id."""
        return self.entrants.index(entrant) if entrant in self.entrants else None


@dataclass(frozen=True, slots=True)
class Points:
    """The mats of the event; all (m,) unless said. Columns follow ``Event.points`` of kind mat."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    distance_m: Floats
    """(races, m) metres, NaN where a race does not pass."""
    cutoff_at: Ints
    """(races, m) UTC ms, NEVER where there is none."""
    passed: Ints
    """how many entrants have passed"""
    reads: Ints
    """how many reads were received"""
    last_read_at: Ints
    """time of the newest read, as seen"""
    heard_at: Ints
    """when the newest read was received: until then the point has been heard"""
    lifted: Bools
    silent: Bools
    """entrants are due there at constant pace and nothing has been heard for five minutes"""


@dataclass(frozen=True, slots=True)
class SweepTrack:
    """The sweep car: where its last fix put it along the course, and where its plan has it now."""

    seen_at: int
    distance_m: float
    planned_m: float
    fixes: int


@dataclass(frozen=True, slots=True)
class FlagNow:
    """The state of the event and since when; ``text_ref`` is the instruction typed by control."""

    state: FlagState
    since_at: int
    from_m: float | None = None
    races: tuple[str, ...] = ()
    text_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """A source as its reads and its own words show it. Moments are UTC ms, NEVER where there was none."""

    source: str
    points: tuple[int, ...]
    """columns of the mats that it reads at"""
    places: tuple[str, ...]
    """what it calls them"""
    reads: int
    recent: int
    """reads that arrived in the last ``RECENT_MS``"""
    last_seen_at: int
    """time of its newest read, as it said it"""
    last_heard_at: int
    """when anything last arrived from it"""
    connected: bool | None
    """None: nothing was said of a connection (a file, a request)"""
    connected_at: int
    """since when it is or is not"""
    offset_ms: int | None
    """what its own protocol told of its clock last: ours minus its"""
    offset_at: int
    status: DeviceStatus | None
    """what it said of itself last"""
    markers: int
    unreadable: tuple[tuple[str, int], ...]
    """(reason, count)"""
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """An official's word on a clock: reads of ``of`` that the device said from ``from_at`` to before
    ``until_at`` (UTC ms; None: without end) are shifted by ``offset_ms``. ``by`` signs, ``text_ref`` has why."""

    id: FactId
    of: str
    offset_ms: int
    from_at: int | None
    until_at: int | None
    said_at: int
    by: str
    text_ref: str | None


@dataclass(frozen=True, slots=True)
class RoadWord:
    """An official's word that the road between two mats is open: columns, the smaller distance first."""

    id: FactId
    from_point: int
    to_point: int
    opened_at: int
    by: str
    text_ref: str | None


@dataclass(frozen=True, slots=True)
class Zone:
    """The road between two neighbouring mats of the longest course. It is open when somebody said so."""

    from_point: int
    to_point: int
    words: tuple[RoadWord, ...]
    """that it is open, the one that was said first at the head; none: it is closed"""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a person must decide or find out: which kind, about whom, since when."""

    kind: str
    row: int
    since_at: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Everything that follows from the facts, the plan and now."""

    now: int
    last_seq: int
    roster: Roster
    points: Points
    passed_at: Ints
    """(n, m) corrected time of the passing, NEVER where there is none."""
    evidence: Ints
    """(n, m) log position of the read that won."""
    start_at: Ints
    """(n,) start read, or the gun when there is none; NEVER while not started."""
    finish_at: Ints
    """(n,) finish read, or the moment in which a person saw them there."""
    gun_ms: Ints
    """(n,) finish minus gun, NEVER while not finished, and of who was moved up."""
    net_ms: Ints
    """(n,) finish minus own start, NEVER likewise."""
    status: npt.NDArray[np.int8]
    marks: Ints
    """(n,) set of ``Mark``"""
    keeper: dict[int, str]
    """row -> which bus, tent or vehicle has the entrant"""
    held_by: dict[int, str]
    """the same without the place"""
    collected: Bools
    """(n,) the packet was handed out"""
    to_call: Bools
    """(n,) it was, the start has closed, and nobody has seen them: somebody should call"""
    status_seq: Ints
    """(n,) log position of the fact that decided the status, NEVER where none did"""
    last_point: Ints
    """(n,) column of the newest proof at a mat"""
    last_proof_at: Ints
    """(n,) newest proof that the entrant was on the course, by mat or person"""
    last_proof_m: Floats
    """(n,) where that was"""
    last_proof_seq: Ints
    """(n,) log position of that proof, NEVER where there is none: whether somebody could know of it yet"""
    position_m: Floats
    """(n,) where the entrant is now at constant pace, NaN unless on the road"""
    pace_s_per_km: Floats
    """(n,) pace behind ``position_m``"""
    due_point: Ints
    """(n,) column of the next point that hears, NEVER unless on the road and where there is none"""
    due_at: Ints
    """(n,) when they are due there at that pace, NEVER unless on the road"""
    place: Ints
    """(n,) in the race, NEVER while unranked"""
    place_sex: Ints
    place_group: Ints
    place_apart: Ints
    """(n,) among the runners of the own division, or of a relay's last legs among the teams; NEVER while
    unranked"""
    unused: dict[Unused, int]
    """reads by reason"""
    unknown_places: dict[str, int]
    unknown_chips: int
    unreadable: dict[str, int]
    """reason -> count"""
    sweep: SweepTrack | None
    vehicles: tuple[VehicleTrack, ...]
    """in the order of the plan, the one that closes the course first"""
    unknown_vehicles: dict[str, int]
    """pings of vehicles that the plan does not have, by the name that they give"""
    flags: tuple[FlagNow, ...]
    """every word that holds of the running or the road, the gravest first; empty: open"""
    quiet: Bools
    """(races,) delayed, on hold or stopped: nobody is late, nothing is said of times ahead"""
    lantern: int
    """row of the last runner on the road, NEVER when nobody is"""
    counts: dict[Status, int]
    race_counts: tuple[dict[Status, int], ...]
    devices: tuple[Device, ...]
    corrections: tuple[Correction, ...]
    """of clocks, the newest word first"""
    zones: tuple[Zone, ...]
    """the road of the longest course from mat to mat, and who opened it"""
    questions: tuple[Question, ...]
    entries: tuple[Entry, ...]
    """what people entered on pages last, by page, the newest first"""
    doubted: tuple[Doubted, ...]
    """bibs that people wrote down of whom it can hardly be, in the order of the law"""
    calls: tuple[HelpCall, ...]
    """for help, the newest first"""
    held: tuple[HeldWord, ...]
    """entries of which nothing is asked and nothing told, the word said last first"""
    stories: tuple[StoryWord, ...]
    """what was said of stories, the word said last first"""
    ruled: frozenset[int]
    """rows on whose result an official has ruled: what was odd about it is settled"""
    sightings: Sightings
    """whom people saw where"""
    words: ResultWords
    """on results: versions declared, podiums, protests"""
    over: bool
    """nobody is on the road, on a bus or in care without a closing fact, and somebody had started"""
    settled: bool
    """over, and nobody's place waits for a ruling"""
    deliveries: tuple[Delivered, ...] = ()
    """to other systems: the newest words, the newest first, among them the last of each receiver"""
    photos: tuple[Photo, ...] = ()
    """that were taken, the newest first"""

    def is_held(self, row: int) -> bool:
        """Whether nothing is to be asked of somebody, and nothing told."""
        return any(word.row == row for word in self.held)

    @property
    def flag(self) -> FlagNow:
        """The gravest word that holds."""
        return self.flags[0] if self.flags else FlagNow("open", NEVER)
