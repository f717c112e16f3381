"""A whole rehearsed day as the Picture of a moment: bytes through the readers, the fold, companions, people."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from homestretch.companions.following import Following
from homestretch.facts import FactId, Received
from homestretch.folder.check import load
from homestretch.loading import enter
from homestretch.picture import Names, Picture
from homestretch.race.entrant import Stories
from homestretch.readers import Caller, Context, Request, owntracks
from homestretch.readers.jchip import JChip
from homestretch.readers.json_door import read_batch
from homestretch.rehearsal.day import SENDERS, Day, day
from homestretch.rehearsal.lines import jchip_name
from homestretch.rehearsal.plan import plan
from homestretch.rehearsal.schedule import DATE, ZONE, midnight_at
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.told import StoryWord
from homestretch.store.memory import MemoryLog, MemoryPeople
from homestretch.stories.values import Story


@dataclass(frozen=True)
class Rehearsed:
    """A day, its log, and its people."""

    day: Day
    heard: tuple[Received, ...]
    log: MemoryLog
    people: MemoryPeople

    def picture(self, hours: float) -> Picture:
        """What was known at a time of the day, from what had arrived by then, companions included."""
        now = midnight_at(DATE) + round(hours * 3_600_000)
        log = MemoryLog()
        entered = [Received(*one) for one in _entered(self.log)]
        log.append(entered)
        log.append([item for item in self.heard if item.received_at <= now])
        columns = Columns()
        columns.take(log.read_since(0))
        fold = Fold(columns)
        state, loaded = fold.state(now), fold.find_plan()
        assert state is not None
        assert loaded is not None
        persons = {person.entrant: person for person in self.people.list_persons()}
        return Picture(
            number=f"{state.last_seq}-1-{now // 1000}",
            now=now,
            event=loaded.event,
            course=loaded.course,
            state=state,
            names=Names(1, persons, {}),
            rehearsal="A rehearsal: everybody here is made up.",
            companions=Following().look(loaded.event, state, anew=True),
        )


def _entered(log: MemoryLog) -> list[tuple[object, ...]]:
    return [
        (one.fact, one.id.source, one.received_at, one.id.number)
        for one in log.read_since(0).others
    ]


@cache
def rehearse(seed: int, marathon: int, half: int) -> Rehearsed:
    """The rehearsed day of a seed and two fields."""
    planned, made = (
        plan(seed, marathon=marathon, half=half),
        day(seed, marathon=marathon, half=half),
    )
    log, people = MemoryLog(), MemoryPeople()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "event.toml").write_text(planned.event_toml, encoding="utf-8")
        (folder / "course.gpx").write_text(planned.course_gpx, encoding="utf-8")
        (folder / "entrants.csv").write_text(planned.entrants_csv, encoding="utf-8")
        loaded = load(folder, {"jchip": "tcp-server"})
    enter(log, people, loaded.plan, loaded.entrants, midnight_at(DATE))
    return Rehearsed(made, _hear(made), log, people)


def _hear(made: Day) -> tuple[Received, ...]:
    """Everything that the devices and people of the day said, in the order of arrival."""
    context = Context(zone=ZoneInfo(ZONE), date=DATE.isoformat())
    roles = {sender.name: sender.role for sender in SENDERS}
    connections: dict[str, JChip] = {}
    found: list[Received] = []
    for message in made.messages:
        device = message.device
        if message.door == "owntracks":
            assert isinstance(message.payload, bytes)
            phone = Caller(device, "", ZoneInfo(ZONE), DATE.isoformat(), phones={"sw": "sweep"})
            reply = owntracks.read(Request("POST", {}, {}, message.payload), phone, message.at_ms)
            found += [item.received for item in reply.heard]
        elif isinstance(message.payload, dict):
            body = msgspec.json.encode({"items": [message.payload]})
            batch = read_batch(body, message.at_ms, f"http:{device}", roles[device], device)
            found += [item.received for item in batch.heard]
        elif message.payload is None:
            connections.pop(device, None)
        else:
            if device not in connections:
                connections[device] = JChip(context)
                connections[device].receive(jchip_name(device), message.at_ms)
            said = connections[device].receive(message.payload, message.at_ms)
            found += [item.received for item in said]
    return tuple(found)


@cache
def picture_at(seed: int, marathon: int, half: int, hours: float) -> Picture:
    """``Rehearsed.picture``, once for everybody who asks."""
    return rehearse(seed, marathon, half).picture(hours)


def words_of(picture: Picture, story: Story, *kinds: str, **more: str) -> tuple[StoryWord, ...]:
    """Words about a story, said one second after the other, the last one first; everybody is asked for ``asked``."""
    found: list[StoryWord] = []
    for kind in kinds:
        for entrant in story.entrants if kind == "story-asked" else ("",):
            number = len(found) + len(picture.state.stories) + 1
            found.append(
                StoryWord(
                    id=FactId("desk", number, number),
                    kind=kind,
                    story=story.id,
                    said_at=picture.now + 1000 * number,
                    by="key-desk",
                    entrant=entrant,
                    text_ref=more.get(kind.replace("-", "_")),
                )
            )
    return (*reversed(found), *picture.state.stories)


def saying(picture: Picture, *words: StoryWord, texts: dict[str, str] | None = None) -> Picture:
    """The Picture in which these words were said, under a number of its own."""
    names = replace(picture.names, texts={**picture.names.texts, **(texts or {})})
    state = replace(picture.state, stories=words)
    return replace(picture, state=state, names=names, number=f"{picture.number}-{len(words)}")


def answering(
    picture: Picture,
    story: Story,
    *answers: Stories,
    version: int = 2,
    seen: tuple[str, ...] = (),
) -> Picture:
    """The Picture in which those in a story have answered, with the words of these keys before them."""
    persons = dict(picture.names.persons)
    for entrant, answer in zip(story.entrants, answers, strict=True):
        said = {**persons[entrant].story_answers, story.id: answer}
        persons[entrant] = msgspec.structs.replace(
            persons[entrant], story_answers=said, story_seen={story.id: seen}
        )
    names = replace(picture.names, persons=persons, version=version)
    return replace(picture, names=names, number=f"{picture.number}-v{version}")


def published(picture: Picture, story: Story) -> Picture:
    """The Picture in which both were asked, said yes, and the desk published it."""
    asked = saying(picture, *words_of(picture, story, "story-asked", "story-published"))
    return answering(asked, story, *["yes" for _ in story.entrants])
