"""`homestretch import times.csv --chute bibs.txt`: the chute's papers as sightings at the finish.

A chute list backs up the mats: whoever was read at the finish keeps that time, whoever was not is home by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from homestretch.errors import FactError, PlanError
from homestretch.facts import Entered, Sighting, received
from homestretch.folder.letters import read_letters
from homestretch.folder.problem import Findings
from homestretch.intake.importing import Imported
from homestretch.intake.looking import File, say_many
from homestretch.race.clock import say_time
from homestretch.race.event import Event
from homestretch.race.spelling import bib_key
from homestretch.readers import Context
from homestretch.readers.chute import ELAPSED, Bad, Click, Pairs, pair, read_bibs, read_clicks
from homestretch.readers.moments import FileTimes
from homestretch.state.places import find_points, points_by_place
from homestretch.store.opening import Store

BY = "chute list"
MOST_NAMED = 12
MEND = (
    "From the first gap on every pair is wrong: put ? on the line of whoever had no bib, delete a time that"
    " was clicked twice; --force-pairs imports them as they are."
)


def import_chute(
    store: Store,
    event: Event,
    times: File,
    bibs: File,
    context: Context,
    place: str,
    started: str,
    force: bool,
) -> Imported:
    """Sightings at the finish (or at ``place``) from clicked times and bibs in the same order.

    ``started``: the time of day at which a stopwatch was started. PlanError, and nothing is imported, when
    the two do not agree, unless ``force``.
    """
    place = _find_place(event, place)
    clicks, bad = read_clicks(_text(times), context, _find_start(started, context))
    written, strange = read_bibs(_text(bibs))
    _check_times(event, times.name, clicks, bad, started)
    found = pair(clicks, written)
    troubles = [*_list_troubles(event, times.name, bibs.name, found), *_list_bad(times.name, bad)]
    if troubles and not force:
        said = f"{say_many(len(clicks), 'time')} and {say_many(len(written), 'bib')}"
        raise PlanError(
            f"{said}: they do not agree, and nothing was imported.", f"{' '.join(troubles)} {MEND}"
        )
    seen = [
        (Sighting(seen_at=click.seen_at, bib=bib.bib, place=place, by=BY), click.line)
        for click, bib in found.pairs
        if bib.bib
    ]
    source = f"file:{times.name}"
    appended = store.log.append(
        [received(fact, source, times.received_at, line) for fact, line in seen]
    )
    notes = [*_list_bad(bibs.name, strange), *_list_strange(store, [fact.bib for fact, _ in seen])]
    return Imported(
        says=f"a chute list with {bibs.name}: {say_many(len(found.pairs), 'pair')} at {place}",
        rows=len(seen),
        new=appended.new,
        known=appended.known,
        refused=0,
        listed=(*troubles, *notes),
    )


def _text(file: File) -> str:
    return read_letters(file.data, Findings(file.name))


def _find_place(event: Event, said: str) -> str:
    """The mat that is meant; without a word the one finish of the event."""
    mats = [point for point in event.points if point.kind == "mat"]
    known = ", ".join(point.id for point in mats)
    if said:
        found = find_points(points_by_place(event), said)
        if not found:
            raise PlanError(f"The event has no mat {said!r}.", f"Its mats are: {known}.")
        return mats[found[0]].id
    ends = {
        point.id
        for race in event.races
        for point in mats
        if point.distance_m.get(race.id, 0.0) >= race.distance_m - 1.0
    }
    if len(ends) != 1:
        raise PlanError("The event has not one finish.", f"Add --place with one of: {known}.")
    return ends.pop()


def _find_start(started: str, context: Context) -> int | None:
    if not started:
        return None
    try:
        text = f"{started}:00" if started.count(":") == 1 else started
        return FileTimes(context.zone, context.date).moment(text)
    except FactError as error:
        raise PlanError(f"{started!r} is not a time of day.", "Write it like 07:00:00.") from error


def _check_times(
    event: Event, name: str, clicks: list[Click], bad: list[Bad], started: str
) -> None:
    """Elapsed times look like times of the small hours: before the gun nobody finishes."""
    gun_at = min((wave.gun_at for race in event.races for wave in race.waves), default=0)
    early = bool(clicks) and clicks[0].seen_at < gun_at
    elapsed = any(one.reason == ELAPSED for one in bad)
    gun = say_time(gun_at, event.zone_info, seconds=True)
    if not started and (early or elapsed):
        raise PlanError(
            f"The times in {name} are {'elapsed times' if elapsed else f'before the first gun ({gun})'}.",
            f"If a stopwatch was started with a gun, say when: --started {gun}",
        )
    if early:
        raise PlanError(f"The times in {name} are before the first gun.", f"It was at {gun}.")
    if not clicks:
        raise PlanError(f"{name} holds no times.", "Each line needs a time: 1,07:58:02.31")


def _list_troubles(event: Event, times: str, bibs: str, found: Pairs) -> list[str]:
    """What does not agree, in sentences."""
    said = []
    if found.clicks:
        named = _name(
            f"line {click.line} ({say_time(click.seen_at, event.zone_info, seconds=True)})"
            for click in found.clicks
        )
        said.append(f"Times without a bib in {times}: {named}.")
    if found.bibs:
        named = _name(f"line {bib.line} ({bib.bib or '?'})" for bib in found.bibs)
        said.append(f"Bibs without a time in {bibs}: {named}.")
    if found.going_back:
        named = _name(f"line {line}" for line in found.going_back)
        said.append(f"Times that go back in {times}: {named}.")
    return said


def _list_bad(name: str, bad: list[Bad]) -> list[str]:
    if not bad:
        return []
    return [f"Not understood in {name}: {_name(f'line {one.line} ({one.reason})' for one in bad)}."]


def _list_strange(store: Store, bibs: list[str]) -> list[str]:
    """Bibs that nobody has, and bibs that came in twice."""
    entered = {
        bib_key(one.fact.bib)
        for one in store.log.read_since(0).others
        if isinstance(one.fact, Entered)
    }
    unknown = dict.fromkeys(bib for bib in bibs if bib_key(bib) not in entered)
    twice = [bib for bib, count in Counter(bibs).items() if count > 1]
    said = [f"Nobody has these bibs: {_name(unknown)}."] if unknown else []
    return [*said, *([f"These bibs came in twice: {_name(twice)}."] if twice else [])]


def _name(words: Iterable[str]) -> str:
    named = list(words)
    more = f" and {len(named) - MOST_NAMED:,} more" if len(named) > MOST_NAMED else ""
    return ", ".join(named[:MOST_NAMED]) + more
