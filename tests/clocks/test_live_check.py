"""A clock that jumps on a day that is kept: proposed beside the fold, accepted by an official, and gone."""

from __future__ import annotations

import asyncio
import itertools

import numpy as np
import pytest

from homestretch import live as live_module
from homestretch.boards import Choices
from homestretch.boards.clocks import ClockProposal, read_span
from homestretch.boards.devices import DevicesBoard, rows
from homestretch.clocks import course_shape, list_bends
from homestretch.facts import Corrected, Read, Received, received
from homestretch.folder.course_shape import Bend
from homestretch.live import Live
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.readers import Heard
from homestretch.server.beside import run_beside
from homestretch.store.memory import MemoryLog, MemoryPeople
from tests.aside import run
from tests.clocks.made import METRES, NAMES, Made, a_field
from tests.patience import PATIENCE_S
from tests.state.days import Day, a_day, a_point, a_race, at

GUN = at("07:00")
MAT, BY_S = 4, 120.0


def kept(made: Made) -> Day:
    """The field as entrants, and its times as reads of one box at each mat."""
    day = a_day(
        a_race(),
        points=tuple(a_point(n.lower(), m) for n, m in zip(NAMES, METRES.tolist(), strict=True)),
    )
    for row, times in enumerate(made.time_s):
        day.entrant(str(row))
        for name, time_s in zip(NAMES, times, strict=True):
            if not np.isnan(time_s):
                read = Read(seen_at=GUN + round(1000 * time_s), chip=f"C{row}", place=name.lower())
                day.add(read, f"box {name}")
    return day


def test_what_an_earlier_edition_showed_of_the_course_makes_the_check_of_the_day_sharper(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_module, "CHECK_S", 0.0)
    made = a_field(6, 1500)
    bends = list_bends(course_shape(made.watched()), ["marathon"], METRES[None, :])
    log, seconds = MemoryLog(), itertools.count(at("13:30") // 1000)
    log.append(kept(made.shifted(MAT + 1, 130.0)).items)

    async def check(bends: list[Bend]) -> tuple[ClockProposal, ...]:
        pictures: asyncio.Queue[Picture] = asyncio.Queue()
        live = Live(
            log,
            MemoryPeople(),
            lambda: 1000 * next(seconds),
            pictures.put_nowait,
            beside=run_beside,
            bends=bends,
        )
        running = asyncio.create_task(live.run())
        try:
            async with asyncio.timeout(PATIENCE_S):
                while (found := board(await pictures.get()).clocks).checked_at is None:
                    pass
                return found.proposals
        finally:
            running.cancel()

    assert run(check([])) == ()
    (proposal,) = run(check(bends))
    assert proposal.source == f"box {NAMES[MAT + 1]}"
    assert proposal.offset_ms / 1000 == pytest.approx(-130.0, abs=proposal.error_ms / 1000)


def board(picture: Picture) -> DevicesBoard:
    return rows(picture, Viewer("control"), Choices())


def accept(proposal: ClockProposal, now: int) -> list[Received]:
    """What the form of the page says."""
    spans = [span for text in proposal.spans if (span := read_span(text))]
    return [
        received(Corrected(seen_at=now, of=proposal.source, by="control", **s._asdict()), "c", now)
        for s in spans
    ]


def test_a_jump_is_proposed_beside_the_fold_and_what_is_accepted_is_not_proposed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_module, "CHECK_S", 0.0)
    made = a_field(3, 2000)
    wrong = kept(made.shifted(MAT, BY_S, made.moment(MAT, 0.5)))
    log, seconds = MemoryLog(), itertools.count(at("13:30") // 1000)
    log.append(wrong.items)

    async def watch() -> tuple[ClockProposal, Picture]:
        pictures: asyncio.Queue[Picture] = asyncio.Queue()
        live = Live(
            log,
            MemoryPeople(),
            lambda: 1000 * next(seconds),
            pictures.put_nowait,
            beside=run_beside,
        )
        running = asyncio.create_task(live.run())
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not (found := board(await pictures.get()).clocks).proposals:
                    pass
                (proposal,) = found.proposals
                await live.keep([Heard(item) for item in accept(proposal, found.checked_at or 0)])
                while True:
                    picture = await pictures.get()
                    said = picture.state.corrections
                    if said and picture.clocks and picture.clocks.now > said[0].said_at + 2000:
                        return proposal, picture
        finally:
            running.cancel()

    proposal, after = run(watch())
    assert (proposal.point, proposal.source) == (NAMES[MAT].title(), f"box {NAMES[MAT]}")
    assert proposal.offset_ms / 1000 == pytest.approx(-BY_S, abs=3 * proposal.error_ms / 1000)
    assert board(after).clocks.proposals == ()
    (said,) = board(after).clocks.corrections
    assert (said.source, said.offset_ms) == (proposal.source, proposal.offset_ms)
