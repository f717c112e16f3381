"""Messy made-up days for the laws: reads, words, slips and strikes in any combination.

A day follows from a seed and a number of happenings: hypothesis makes the number small, and making days is
quick enough for many of them.
"""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import strategies as st

from homestretch.facts import (
    AnyFact,
    Assigned,
    Corrected,
    Declared,
    Entered,
    Flag,
    Gun,
    Held,
    Hidden,
    MatLifted,
    Moved,
    PhotoPlaced,
    PhotoTaken,
    PhotoWitnessed,
    Ping,
    PodiumCleared,
    ProtestDecided,
    Protested,
    Read,
    ResultsPosted,
    RoadOpened,
    Ruled,
    Sighting,
    StoryAsked,
    StoryPictured,
    StoryPublished,
    StoryWithdrawn,
    StoryWritten,
    Struck,
    TakedownAsked,
    TakenOver,
    Unreadable,
    Withdrawn,
    digest,
)
from tests.state.days import HALF_M, MARATHON_M, SHARED, Day, a_day, a_point, a_race, a_sweep, at

GUN_AT = at("07:00")
BIBS = ("1", "2", "3", "4", "5", "6")
CHIPS = ("C1", "C2", "C3", "C4", "C5", "C6", "SPARE")


def plain_day() -> Day:
    races = (
        a_race(gun={"A": "07:00", "B": "07:10", "Chairs": "06:50"}, divisions={"Chairs": "wheels"}),
        a_race("half", HALF_M, "07:30", places_by="net"),
    )
    return a_day(*races, points=SHARED, sweep=a_sweep())


def one_box_day() -> Day:
    """One box at the start, the finish and in between; another one out and back."""
    points = [
        a_point("start", {"marathon": 0.0, "half": 0.0}, "BOX"),
        a_point("10k", {"marathon": 10_000.0, "half": 10_000.0}, "MID", "10k"),
        a_point("30k", {"marathon": 30_000.0}, "MID", "30k"),
        a_point("finish", {"marathon": MARATHON_M, "half": HALF_M}, "BOX", "finish"),
    ]
    races = (
        a_race(gun={"A": "07:00", "B": "07:10", "Chairs": "06:50"}, divisions={"Chairs": "wheels"}),
        a_race("half", HALF_M, "07:30"),
    )
    return a_day(*races, points=points, sweep=a_sweep())


def relay_day() -> Day:
    races = (
        a_race(gun={"A": "07:00", "B": "07:10"}, legs=("start", "10k", "30k", "finish")),
        a_race("half", HALF_M, "07:30"),
    )
    return a_day(*races, points=SHARED)


PLACES = ("start", "10k", "30k", "finish", "BOX", "MID", "FINISH-2", "nowhere")
BY_HAND = "http:station-a1/station"
"""The page of a point: what is written down there may be of somebody else."""
SOURCES = ("box-a", "box-b", "box-c")
FAR_OFF = (1, GUN_AT - 30 * 86_400_000, GUN_AT + 40 * 86_400_000)


class Happenings:
    """Draws what happens on a day."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def one(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def when(self) -> int:
        """From an hour before the first gun to six hours after it, often on a whole minute."""
        if self.random.random() < 0.6:
            return GUN_AT + 60_000 * self.random.randint(-60, 360)
        return GUN_AT + self.random.randint(-3_600_000, 6 * 3_600_000)

    def bib(self) -> str:
        return self.random.choice(BIBS)

    def way(self) -> list[AnyFact]:
        """A whole way at one pace, with several reads at each mat and a mat missed now and then."""
        chip, pace = self.one(*CHIPS), self.random.randint(170, 700)
        begin = GUN_AT + self.random.randint(0, 40) * 30_000
        course = (("start", 0.0), ("10k", 10_000.0), ("30k", 30_000.0), ("finish", MARATHON_M))
        reads: list[AnyFact] = []
        for place, metres in course:
            box = "MID" if place in ("10k", "30k") else "BOX"
            device = self.one(place, place, place, box)
            for _ in range(self.random.randint(0, 2)):
                seen_at = begin + int(metres * pace) + self.random.randint(0, 3000)
                reads.append(Read(seen_at=seen_at, chip=chip, place=device))
        return reads

    def stray(self) -> list[AnyFact]:
        seen_at = self.one(self.when(), self.when(), self.when(), self.one(*FAR_OFF))
        return [Read(seen_at=seen_at, chip=self.one(*CHIPS), place=self.one(*PLACES))]

    def taken(self) -> list[AnyFact]:
        by = self.one("bus", "care", "self", "home", "vehicle", "road")
        keeper = self.one("", "BUS 1")
        return [TakenOver(seen_at=self.when(), bib=self.bib(), taken_by=by, keeper=keeper)]

    def word(self) -> list[AnyFact]:
        """A withdrawal, a ruling, a sighting."""
        at_, bib = self.when(), self.bib()
        verdicts = ("dns", "dnf", "dsq", "reinstated", "count-after-stop", "other-course-settled")
        fact: AnyFact = self.one(
            Withdrawn(seen_at=at_, bib=bib),
            Ruled(seen_at=at_, bib=self.one(bib, bib, "*"), verdict=self.one(*verdicts)),
            Sighting(seen_at=at_, bib=bib, place=self.one(*PLACES)),
        )
        return [fact]

    def desk(self) -> list[AnyFact]:
        """A chip given out, an entrant moved or numbered anew."""
        since_at = self.one(None, self.when())
        chip, role = self.one(*CHIPS), self.one("runner", "pacer")
        wave, race = self.one("", "A", "B"), self.one("marathon", "half", "gone")
        given = Assigned(seen_at=self.when(), chip=chip, bib=self.one("", *BIBS), since_at=since_at)
        entrant = f"e{self.bib()}"
        moved = Entered(
            seen_at=self.when(), entrant=entrant, bib=self.bib(), race=race, wave=wave, role=role
        )
        by_official = Moved(seen_at=self.when(), bib=self.bib(), race=race, wave=wave)
        hidden = Hidden(seen_at=self.when(), entrant=entrant)
        held = Held(seen_at=self.when(), entrant=entrant)
        story = {"seen_at": self.when(), "story": self.one("met-1", "last-2")}
        told = self.one(
            StoryAsked(entrant=entrant, channel="qr", **story), StoryWritten(part="quote", text_ref="t-1", **story),
            StoryPublished(**story), StoryWithdrawn(**story), TakedownAsked(**story),
            StoryPictured(photo="ab12", **story),
        )  # fmt: skip
        said = {"seen_at": self.when(), "photo": self.one("aa", "bb")}
        pictured = self.one(
            PhotoTaken(place=self.one("", "10k"), **said), PhotoPlaced(place=self.one("10k", "half"), **said),
            PhotoWitnessed(bib=self.bib(), text_ref="t-2", **said),
        )  # fmt: skip
        return [self.one(given, given, moved, by_official, hidden, held, told, pictured)]

    def control(self) -> list[AnyFact]:
        """A gun, a flag, a correction, a mat lifted, a fix of the sweep car, bytes that nobody can read."""
        flag = self.one(
            "open", "delayed", "hold", "sheltering", "stopped", "stopped", "cancelled", "shortened",
            "resumed",
        )  # fmt: skip
        concerned = self.one((), (), ("marathon",), ("half",))
        race, wave = self.one("marathon", "half"), self.one("A", "B", "all")
        gun_at = self.one(GUN_AT + 60_000 * self.random.randint(-5, 40), self.one(*FAR_OFF))
        fact: AnyFact = self.one(
            Gun(seen_at=gun_at, race=race, wave=wave),
            Flag(seen_at=self.when(), state=flag, races=concerned),
            Corrected(
                seen_at=self.when(),
                of=self.one(*SOURCES),
                offset_ms=self.one(-3_600_000, -1500, 1, 7_200_000),
                from_at=self.one(None, self.when()),
                until_at=self.one(None, self.when()),
                by=self.one("amy", "ben"),
            ),
            MatLifted(seen_at=self.when(), place=self.one(*PLACES)),
            RoadOpened(
                seen_at=self.when(), from_place=self.one(*PLACES), to_place=self.one(*PLACES)
            ),
            Ping(
                seen_at=self.when(),
                vehicle="sweep",
                lat=40.0 + self.random.random() / 10,
                lon=-80.0,
            ),
            Unreadable(seen_at=0, reason="no read"),
        )
        return [fact]

    def results(self) -> list[AnyFact]:
        """A word on results: declared, cleared, posted, protested, decided."""
        at_, race = self.when(), self.one("marathon", "half", "gone")
        protest = Protested(seen_at=at_, bib=self.bib())
        decided = ProtestDecided(
            seen_at=at_ + 60_000,
            source="control",
            number=at_,
            digest=digest(protest),
            decision=self.one("upheld", "dismissed"),
        )
        fact: AnyFact = self.one(
            Declared(seen_at=at_, race=race),
            PodiumCleared(seen_at=at_, category=f"{race}/f"),
            ResultsPosted(seen_at=at_, category=race),
            protest,
        )
        return [fact, decided] if fact is protest else [fact]

    def something(self) -> list[AnyFact]:
        happening = self.one(
            self.way, self.way, self.way, self.stray, self.stray, self.taken, self.word, self.word,
            self.desk, self.control, self.results,
        )  # fmt: skip
        facts: list[AnyFact] = happening()
        return facts


def make_day(seed: int, size: int, strikes: int = 2) -> Day:
    """A day of six entrants with so many happenings and strikes."""
    draw = Happenings(seed)
    day: Day = draw.one(plain_day, plain_day, one_box_day, relay_day)()
    relay = bool(day.event.races[0].legs)
    for number, bib in enumerate(BIBS):
        race = draw.one("marathon", "marathon", "half")
        day.entrant(
            bib,
            race,
            wave=draw.one("", "A", "B"),
            sex=draw.one("f", "m", "x", None),
            age=draw.one(19, 34, None),
            division="wheels" if number == 5 and not relay and race == "marathon" else "",
            leg=1 + number % 3 if relay and race == "marathon" and number else None,
        )
    for _ in range(size):
        for fact in draw.something():
            source = BY_HAND if isinstance(fact, Sighting) else "control"
            source = draw.one(*SOURCES) if isinstance(fact, Read) else source
            day.add(fact, source, late_s=draw.one(0, 0, 0, 1, 5000))
    for _ in range(min(strikes, size)):
        kept = [item for item in day.items if item.source != "event-folder"]
        source, number, digest = draw.one(*kept).id
        day.add(Struck(seen_at=draw.when(), source=source, number=number, digest=digest))
    return day


days = st.builds(make_day, st.integers(0, 2**32), st.integers(0, 25))
unstruck_days = st.builds(make_day, st.integers(0, 2**32), st.integers(0, 25), st.just(0))
