"""What the API answers with, as the OpenAPI document describes it. ``_at`` is ISO 8601 with milliseconds and the
event's offset, ``_ms`` a duration in milliseconds, ``_m`` metres. What is not known is null."""

from __future__ import annotations

from typing import Literal

import msgspec


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Any answer about an event: ``number`` changes with every change, ``as_of`` is the moment it tells of."""

    event: str
    number: str
    as_of: str


class EventHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the server. ``alarms`` are told to who keeps the ledger alone, and null for everybody else."""

    event: str
    number: str
    as_of: str
    forecast: bool
    alarms: tuple[str, ...] | None


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """That the server answers, its version, and how far each event is."""

    version: str
    events: tuple[EventHealth, ...]


class EventLine(msgspec.Struct, frozen=True, kw_only=True):
    """An event in the list of all."""

    id: str
    name: str
    date: str
    zone: str
    address: str


class Events(msgspec.Struct, frozen=True, kw_only=True):
    """The events that this server has."""

    events: tuple[EventLine, ...]


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Entrants of a race as numbers. ``finished`` and the others add up to the entrants of a race without relays."""

    finished: int
    still_on_course: int
    off_course: int
    did_not_start: int
    not_seen: int
    not_ranked: int


class Wave(msgspec.Struct, frozen=True, kw_only=True):
    """Entrants who share one gun, as it was planned."""

    name: str
    gun_at: str
    division: str


class Race(msgspec.Struct, frozen=True, kw_only=True):
    """A race with its waves and how many are where. ``results`` says how its results stand, ``version`` is the newest
    that was declared, null while there is none."""

    id: str
    name: str
    distance_m: float
    places_by: Literal["gun", "net"]
    legs: tuple[str, ...]
    waves: tuple[Wave, ...]
    counts: Counts
    results: Literal["provisional", "official"]
    version: int | None


class Races(Answer, frozen=True, kw_only=True):
    """The races of an event."""

    races: tuple[Race, ...]


class OneRace(Answer, frozen=True, kw_only=True):
    """One race of an event."""

    race: Race


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A place where runners are read or seen: metres and cutoff for each race that passes. ``passed`` counts
    entrants, null where nobody is read."""

    id: str
    name: str
    kind: Literal["mat", "station"]
    distance_m: dict[str, float]
    cutoff_at: dict[str, str]
    passed: int | None


class Points(Answer, frozen=True, kw_only=True):
    """The points of an event."""

    points: tuple[Point, ...]


class Event(Answer, frozen=True, kw_only=True):
    """An event: what it is, how its day stands. ``rehearsal`` says what is made up, empty on a real day."""

    name: str
    date: str
    zone: str
    units: Literal["mi", "km"]
    note: str
    rehearsal: str
    course: str
    last_runner: str
    over: bool
    provisional: bool
    races: tuple[str, ...]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A finisher. A private entrant has place and times alone. ``net`` and ``gun`` follow the next-longer-second
    rule; ``_ms`` are exact. A place is null while there is none."""

    place: int | None
    bib: str
    name: str
    private: bool
    club: str
    town: str
    sex: str
    age_group: str
    gun: str
    gun_ms: int | None
    net: str
    net_ms: int | None
    place_sex: int | None
    place_age_group: int | None
    finished_at: str | None
    note: str
    under_protest: bool


class BesideTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table beside the field (a division, relay teams): ask for it by its id as ``table``."""

    id: str
    name: str
    count: int


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """Results that were declared official: the number, when, and why there is another version."""

    number: int
    declared_at: str
    reason: str


class Results(Answer, frozen=True, kw_only=True):
    """A page of results: of the field, or of the table beside it that was asked for. ``found`` counts the rows of
    all pages; ``next`` is the address of the next page, null behind the last one. ``version`` is the one that these
    are, null while results are provisional; ``versions`` has all that were declared, the oldest first."""

    race: str
    race_name: str
    results: Literal["provisional", "official"]
    version: int | None
    versions: tuple[Version, ...]
    places_by: Literal["gun", "net"]
    table: str
    found: int
    page: int
    pages: int
    next: str | None
    rows: tuple[Result, ...]
    tables: tuple[BesideTable, ...]
    age_groups: tuple[str, ...]
    divisions: tuple[str, ...]


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """A point of the runner's own course: passed, missed by the mat, or ahead with the interval in which four of
    five come."""

    point: str
    name: str
    distance_m: float
    passed_at: str | None
    net_ms: int | None
    gun_ms: int | None
    missed: bool
    expected_at: str | None
    expected_from_at: str | None
    expected_until_at: str | None


class Runner(Answer, frozen=True, kw_only=True):
    """One runner by bib. ``status`` is in the words that this viewer may read."""

    bib: str
    name: str
    club: str
    town: str
    race: str
    wave: str
    sex: str
    age_group: str
    division: str
    status: str
    finished: bool
    gun_ms: int | None
    net_ms: int | None
    place: int | None
    place_sex: int | None
    place_age_group: int | None
    place_division: int | None
    notes: tuple[str, ...]
    splits: tuple[Split, ...]


class Splits(Answer, frozen=True, kw_only=True):
    """The splits of one runner alone."""

    bib: str
    race: str
    splits: tuple[Split, ...]


class CourseWord(msgspec.Struct, frozen=True, kw_only=True):
    """A word of control that holds of the running: on hold, stopped, rerouted. Empty ``races``: of all."""

    state: str
    since_at: str
    words: str
    instruction: str


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """The road between two neighbouring points of the longest course; open since an official said so."""

    from_point: str
    to_point: str
    opened_at: str | None


class Course(Answer, frozen=True, kw_only=True):
    """The state of the course: ``state`` is in words, the gravest of what holds. ``zones`` are told to who keeps
    the ledger alone, and null for everybody else."""

    state: str
    words: tuple[CourseWord, ...]
    last_runner: str
    zones: tuple[Zone, ...] | None


class RefusedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item of a batch that did not become the fact it meant to be."""

    seq: int | None
    reason: str


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """How many items of a batch are durable, and which were refused (the first hundred of them)."""

    durable: int
    refused: tuple[RefusedItem, ...]
    refused_count: int


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong (RFC 9457): ``detail`` says what happened, ``hint`` what to do."""

    type: str
    title: str
    status: int
    detail: str
    hint: str
