"""What became of each read, asked by its position in the log."""

from __future__ import annotations

import pytest

from homestretch.facts import FactId
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.snapshot import NEVER, Unused
from homestretch.state.uses import Use
from homestretch.store.memory import MemoryLog
from tests.state.days import Day, a_day, a_point, a_race, at, clock


class Folded:
    """A day in a log, folded once at a moment."""

    def __init__(self, day: Day, now: str = "14:00") -> None:
        self.log, columns = MemoryLog(), Columns()
        self.log.append(day.items)
        columns.take(self.log.read_since(0))
        self.columns, self.fold = columns, Fold(columns)
        assert self.fold.find_uses([1]) == [None], "nothing was folded yet"
        self.state = self.fold.state(at(now))
        ids = {self.log.get(seq).id: seq for seq in range(1, self.log.last_seq() + 1)}
        self.seq_of = ids.__getitem__

    def use(self, read: FactId) -> Use:
        (found,) = self.fold.find_uses([self.seq_of(read)])
        assert found is not None
        return found


def a_runner() -> Day:
    day = a_day()
    day.entrant("12")
    return day


def test_the_read_that_won_is_the_split_of_its_bib() -> None:
    day = a_runner()
    start = day.read("12", "start", "07:00:20")
    split = day.read("12", "10k", "07:50")
    folded = Folded(day)
    assert folded.use(split) == Use(
        reason=Unused.USED,
        bib="12",
        point="10K",
        passed_at=at("07:50"),
        counts_seq=folded.seq_of(split),
    )
    assert folded.use(start).point == "Start"


def test_a_repeated_read_names_the_read_that_counts() -> None:
    day = a_runner()
    early = day.read("12", "start", "07:00:05")
    start = day.read("12", "start", "07:00:20")
    split = day.read("12", "10k", "07:50")
    again = day.read("12", "10k", "07:50:01")
    folded = Folded(day)
    for read, counts, point in ((early, start, "Start"), (again, split, "10K")):
        use = folded.use(read)
        assert (use.reason, use.bib, use.point) == (Unused.REPEATED, "12", point)
        assert use.counts_seq == folded.seq_of(counts)


def test_of_laps_the_nearest_passing_is_the_one_that_is_repeated() -> None:
    laps = [a_point(f"lap{k}", {"laps": 400.0 * k}, "BOX") for k in range(5)]
    day = a_day(a_race("laps", 1600.0, "08:00", fastest_s_per_km=130.0), points=laps)
    day.entrant("1")
    reads = [day.read("1", "BOX", clock(at("08:00:02") + 96_000 * k)) for k in range(5)]
    again = day.read("1", "BOX", clock(at("08:00:04") + 96_000 * 3))
    folded = Folded(day)
    assert [folded.use(read).point for read in reads] == [f"Lap{k}" for k in range(5)]
    assert (folded.use(again).point, folded.use(again).counts_seq) == (
        "Lap3",
        folded.seq_of(reads[3]),
    )


def test_what_is_not_used_keeps_its_reason_and_whose_chip_it_was() -> None:
    day = a_runner()
    day.read("12", "start", "07:00:20")
    day.read("12", "finish", "11:00")
    odd = {
        Unused.TOO_FAST: (day.read("12", "half", "07:05"), "12"),
        Unused.UNKNOWN_CHIP: (day.read_chip("NOBODYS", "10k", "07:51"), ""),
        Unused.UNKNOWN_PLACE: (day.read("12", "nowhere", "07:52"), "12"),
        Unused.OTHER_DAY: (day.read("12", "10k", "-3 07:50"), "12"),
        Unused.FROM_THE_FUTURE: (day.read("12", "30k", "23:00"), "12"),
    }
    struck = day.read("12", "10k", "07:50:30")
    day.struck(struck, "12:00")
    folded = Folded(day)
    for reason, (read, bib) in odd.items():
        assert folded.use(read) == Use(reason=reason, bib=bib), reason
    assert folded.use(struck) == Use(reason=Unused.STRUCK_OUT, bib="12")


def test_a_chip_that_changed_hands_is_of_who_carried_it_then() -> None:
    day = a_runner()
    day.entrant("13", chip="")
    day.chip("C12", "13", since="08:00", when="08:05")
    before = day.read("12", "start", "07:00:20")
    after = day.read("12", "10k", "08:20")
    folded = Folded(day)
    assert (folded.use(before).bib, folded.use(after).bib) == ("12", "13")


def test_a_split_counts_at_its_corrected_time() -> None:
    day = a_runner()
    day.read("12", "start", "07:00:20")
    split = day.read("12", "10k", "07:50")
    day.corrected("mat:10k", -30.0)
    assert Folded(day).use(split).passed_at == at("07:49:30")


def test_the_newest_reads_of_which_the_same_became_come_first() -> None:
    day = a_runner()
    strange = [day.read_chip("NOBODYS", "10k", f"07:5{k}") for k in range(6)]
    folded = Folded(day)
    seqs = [folded.seq_of(read) for read in strange]
    assert folded.fold.list_newest(Unused.UNKNOWN_CHIP, 4) == seqs[:1:-1]
    assert folded.fold.list_newest(Unused.TOO_FAST, 4) == []
    assert Fold(folded.columns).list_newest(Unused.UNKNOWN_CHIP, 4) == []


def test_what_came_after_the_fold_and_what_is_no_read_has_no_use_yet() -> None:
    day = a_runner()
    first = day.read("12", "start", "07:00:20")
    folded = Folded(day)
    later = a_runner()
    later.read("12", "10k", "07:50", source="mat:10k-b")
    folded.log.append(later.items)
    folded.columns.take(folded.log.read_since(folded.columns.last_seq))
    newest = folded.log.last_seq()
    assert folded.fold.find_uses([newest]) == [None]
    folded.fold.state(at("14:00"))
    (found,) = folded.fold.find_uses([newest])
    assert found is not None
    assert found.reason == Unused.USED
    assert folded.use(first).reason == Unused.USED
    assert folded.fold.find_uses([0, 1, newest + 1, 2**62]) == [None] * 4


@pytest.mark.parametrize("mats", [0, 1])
def test_an_event_without_entrants_or_mats_tells_what_became_of_its_reads(mats: int) -> None:
    day = a_day(points=[a_point("start", 0.0)][:mats])
    read = day.read_chip("NOBODYS", "start", "07:10")
    use = Folded(day).use(read)
    assert (use.bib, use.counts_seq) == ("", NEVER)
    assert use.reason == Unused.UNKNOWN_CHIP
