"""A past race through the real parts without sockets: lines, the JChip reader, a log, the fold."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from homestretch.facts import Received
from homestretch.folder.entrants import Entrants
from homestretch.loading import enter
from homestretch.race.event import Plan
from homestretch.readers import Context, Heard, list_readers
from homestretch.rehearsal.lines import jchip_name
from homestretch.rehearsal.replay_lines import BY_SECOND_MS, ReplayScript
from homestretch.rehearsal.replay_plan import find_waves, list_entrants, make_course, make_event
from homestretch.rehearsal.replay_times import PastRace
from homestretch.rehearsal.schedule import DATE, ZONE, midnight_at
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.snapshot import State
from homestretch.store.memory import MemoryLog, MemoryPeople

MIDNIGHT = midnight_at(DATE)


def hear(past: PastRace, window_ms: int = BY_SECOND_MS) -> list[Heard]:
    """What the JChip reader understands of what the devices of a replay send."""
    kind = list_readers()["jchip"]
    context = Context(ZoneInfo(ZONE), DATE.isoformat())
    script = ReplayScript(past, window_ms)
    readers = {}
    heard: list[Heard] = []
    for message in script[0 : len(script)]:
        if message.device not in readers:
            readers[message.device] = kind.make(context)
            heard += readers[message.device].receive(jchip_name(message.device), message.at_ms)
        assert isinstance(message.payload, bytes)
        heard += readers[message.device].receive(message.payload, message.at_ms)
    return heard


def fold(
    past: PastRace,
    change: Callable[[list[Received]], list[Received]] = lambda items: items,
) -> State:
    """The state after the whole day; ``change`` may tamper with what was received."""
    waves = find_waves(past.clock_ms[:, 0])
    everybody = list(list_entrants(past, waves))
    entrants = Entrants(
        entrants=tuple(entrant for entrant, _, _ in everybody),
        persons=tuple(person for _, person, _ in everybody),
        chips=tuple((chip, entrant.bib) for entrant, _, chip in everybody),
    )
    plan = Plan(event=make_event(past, waves, "test", 1), course=make_course(past.distance_m))
    log = MemoryLog()
    enter(log, MemoryPeople(), plan, entrants, MIDNIGHT)
    log.append(change([one.received for one in hear(past)]))
    columns = Columns()
    columns.take(log.read_since(0))
    state = Fold(columns).state(MIDNIGHT + int(past.clock_ms.max()) + 60_000)
    assert state is not None
    return state
