"""The answers of the API: boards and Pictures as the shapes of the OpenAPI document. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from homestretch import __version__
from homestretch.boards import Text, results, runner
from homestretch.boards.frame import make_frame
from homestretch.boards.result_row import ResultRow
from homestretch.boards.splits import Split as BoardSplit
from homestretch.boards.words import LEDGER_ROLES
from homestretch.errors import NotFound
from homestretch.picture import Picture
from homestretch.race import clock
from homestretch.race.clock import say_elapsed
from homestretch.race.event import Event as PlannedEvent
from homestretch.race.event import Race as PlannedRace
from homestretch.race.privacy import Viewer
from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER
from homestretch.web.api import shapes


def iso(at: int, event: PlannedEvent) -> str:
    """A moment (UTC ms) in the event's zone."""
    return clock.iso(at, event.zone_info)


def make_health(pictures: Sequence[Picture], viewer: Viewer) -> shapes.Health:
    """That the server answers. A viewer keeps the ledger of one event alone, so alarms are asked of that one."""
    return shapes.Health(
        version=__version__, events=tuple(make_event_health(it, viewer) for it in pictures)
    )


def make_event_health(picture: Picture, viewer: Viewer) -> shapes.EventHealth:
    """How far one event is, and the alarms of control for who may read them."""
    return shapes.EventHealth(
        event=picture.event.id,
        number=picture.number,
        as_of=iso(picture.now, picture.event),
        forecast=picture.forecast is not None,
        alarms=make_frame(picture, viewer).alarms if viewer.role in LEDGER_ROLES else None,
    )


def make_events(pictures: Sequence[Picture], root: str) -> shapes.Events:
    """The list of events; ``root`` stands before each address."""
    return shapes.Events(
        events=tuple(
            shapes.EventLine(
                id=event.id,
                name=event.name,
                date=event.date,
                zone=event.zone,
                address=f"{root}/events/{event.id}",
            )
            for event in (picture.event for picture in pictures)
        )
    )


def make_event(picture: Picture, viewer: Viewer) -> shapes.Event:
    """An event as a whole."""
    event, frame = picture.event, make_frame(picture, viewer)
    return shapes.Event(
        **_head(picture),
        name=event.name,
        date=event.date,
        zone=event.zone,
        units=event.units,
        note=event.note,
        rehearsal=picture.rehearsal,
        course=frame.event.flag_words,
        last_runner=frame.lantern.words,
        over=picture.state.over,
        provisional=picture.provisional,
        races=tuple(race.id for race in event.races),
    )


def make_races(picture: Picture, viewer: Viewer) -> shapes.Races:
    """Every race."""
    races = tuple(_race(picture, viewer, race) for race in picture.event.races)
    return shapes.Races(**_head(picture), races=races)


def make_race(picture: Picture, viewer: Viewer, race_id: str) -> shapes.OneRace:
    """One race, or NotFound."""
    race = picture.event.get_race(race_id)
    return shapes.OneRace(**_head(picture), race=_race(picture, viewer, race))


def make_points(picture: Picture) -> shapes.Points:
    """Every point of the event, in the order of the plan."""
    event, points = picture.event, picture.state.points
    passed = {point: int(count) for point, count in zip(points.ids, points.passed, strict=True)}
    return shapes.Points(
        **_head(picture),
        points=tuple(
            shapes.Point(
                id=point.id,
                name=point.name,
                kind=point.kind,
                distance_m=point.distance_m,
                cutoff_at={race: iso(at, event) for race, at in point.cutoff_at.items()},
                passed=passed.get(point.id),
            )
            for point in event.points
        ),
    )


def make_results(
    picture: Picture, viewer: Viewer, choices: results.ResultsChoices, following: str
) -> shapes.Results:
    """A page of the results of a race; NotFound for a race, a table or a page that there is not. ``following`` is the
    address of the next page, if there is one."""
    board = results.rows(picture, viewer, choices)
    if choices.page > max(1, board.pages):
        raise NotFound(
            said("There is no page {page} of these results.", page=choices.page),
            said("The last one is {pages}.", pages=max(1, board.pages)),
        )
    opened = next((table for table in board.tables if table.id == board.opened), None)
    rows = board.rows if not board.opened else opened.rows if opened else ()
    return shapes.Results(
        **_head(picture),
        race=board.race,
        race_name=board.race_name,
        results="official" if board.standing.official else "provisional",
        version=board.standing.version or None,
        versions=tuple(
            shapes.Version(
                number=line.number,
                declared_at=iso(line.declared_at, picture.event),
                reason=line.reason,
            )
            for line in board.standing.versions
        ),
        places_by=picture.event.get_race(board.race).places_by,
        table=board.opened,
        found=board.found if not board.opened else opened.count if opened else 0,
        page=choices.page,
        pages=board.pages,
        next=following if choices.page < board.pages else None,
        rows=tuple(_result(picture.event, row) for row in rows),
        tables=tuple(
            shapes.BesideTable(id=table.id, name=table.name, count=table.count)
            for table in board.tables
        ),
        age_groups=board.groups,
        divisions=board.divisions,
    )


def make_runner(picture: Picture, viewer: Viewer, bib: Text) -> shapes.Runner:
    """One runner; NotFound when nobody has the bib, or the entrant is hidden from this viewer."""
    board = runner.rows(picture, viewer, runner.RunnerChoices(bib=bib))
    return shapes.Runner(
        **_head(picture),
        bib=board.who.bib,
        name=board.who.name,
        club=board.who.club,
        town=board.who.town,
        race=board.race,
        wave=board.wave,
        sex=board.sex,
        age_group=board.group,
        division=board.division,
        status=board.status,
        finished=board.finished,
        gun_ms=board.gun_ms,
        net_ms=board.net_ms,
        place=board.place or None,
        place_sex=board.place_sex or None,
        place_age_group=board.place_group or None,
        place_division=board.place_division or None,
        notes=board.notes,
        splits=tuple(_split(picture.event, split) for split in board.splits),
    )


def make_splits(picture: Picture, viewer: Viewer, bib: Text) -> shapes.Splits:
    """The splits of one runner alone."""
    found = make_runner(picture, viewer, bib)
    return shapes.Splits(**_head(picture), bib=found.bib, race=found.race, splits=found.splits)


def make_course(picture: Picture, viewer: Viewer) -> shapes.Course:
    """The state of the course."""
    event, state, frame = picture.event, picture.state, make_frame(picture, viewer)
    ids = state.points.ids
    zones = tuple(
        shapes.Zone(
            from_point=ids[zone.from_point],
            to_point=ids[zone.to_point],
            opened_at=iso(zone.words[0].opened_at, event) if zone.words else None,
        )
        for zone in state.zones
    )
    return shapes.Course(
        **_head(picture),
        state=frame.event.flag_words,
        words=tuple(
            shapes.CourseWord(
                state=banner.state,
                since_at=iso(banner.since_at, event),
                words=banner.words,
                instruction=banner.instruction,
            )
            for banner in frame.banners
        ),
        last_runner=frame.lantern.words,
        zones=zones if viewer.role in LEDGER_ROLES else None,
    )


def _head(picture: Picture) -> dict[str, str]:
    return {
        "event": picture.event.id,
        "number": picture.number,
        "as_of": iso(picture.now, picture.event),
    }


def _race(picture: Picture, viewer: Viewer, race: PlannedRace) -> shapes.Race:
    board = results.rows(picture, viewer, results.ResultsChoices(race=race.id))
    rest = board.without
    return shapes.Race(
        id=race.id,
        name=race.name,
        distance_m=race.distance_m,
        places_by=race.places_by,
        legs=race.legs,
        waves=tuple(
            shapes.Wave(
                name=wave.name, gun_at=iso(wave.gun_at, picture.event), division=wave.division
            )
            for wave in race.waves
        ),
        counts=shapes.Counts(
            finished=board.finished,
            still_on_course=rest.still_on_course,
            off_course=rest.off_course,
            did_not_start=rest.did_not_start,
            not_seen=rest.not_seen,
            not_ranked=rest.not_ranked,
        ),
        results="official" if board.standing.official else "provisional",
        version=board.standing.newest or None,
    )


def _result(event: PlannedEvent, row: ResultRow) -> shapes.Result:
    return shapes.Result(
        place=row.place or None,
        bib=row.who.bib,
        name=row.who.name,
        private=row.who.hidden,
        club=row.who.club,
        town=row.who.town,
        sex=row.sex or "",
        age_group=row.group,
        gun=_elapsed(row.gun_ms),
        gun_ms=_known(row.gun_ms),
        net=_elapsed(row.net_ms),
        net_ms=_known(row.net_ms),
        place_sex=row.place_sex or None,
        place_age_group=row.place_group or None,
        finished_at=None if row.finish_at == NEVER else iso(row.finish_at, event),
        note=row.note,
        under_protest=row.under_protest,
    )


def _split(event: PlannedEvent, split: BoardSplit) -> shapes.Split:
    def moment(at: int | None) -> str | None:
        return None if at is None else iso(at, event)

    return shapes.Split(
        point=split.point,
        name=split.name,
        distance_m=split.distance_m,
        passed_at=moment(split.passed_at),
        net_ms=split.net_ms,
        gun_ms=split.gun_ms,
        missed=split.missed,
        expected_at=moment(split.expected_at),
        expected_from_at=moment(split.expected_from_at),
        expected_until_at=moment(split.expected_until_at),
    )


def _elapsed(ms: int) -> str:
    return "" if ms == NEVER else say_elapsed(ms)


def _known(ms: int) -> int | None:
    return None if ms == NEVER else ms
