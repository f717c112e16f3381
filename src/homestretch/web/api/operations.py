"""What can be asked of the API about one event: each question with its address, its answer and its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal, NamedTuple
from urllib.parse import quote, urlencode

import msgspec

from homestretch.boards import PageNumber
from homestretch.boards.results import ResultsChoices
from homestretch.errors import FactError
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.web.api import answers, shapes

Word = Annotated[str, msgspec.Meta(max_length=80)]

ROOT: Final = "/api/v1"


class NoChoices(msgspec.Struct, frozen=True, kw_only=True):
    """A question without choices."""


class ResultsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which results: a ``table`` beside the field, or the field's rows of one sex, age ``group``, club or division,
    or who is found by ``q`` (a name or a bib); by ``page`` of 100. ``version`` is one that was declared (0: the newest,
    or provisional ones while there is none); ``now`` shows those who keep the ledger what has changed since."""

    table: Word = ""
    sex: Literal["", "f", "m", "x"] = ""
    group: Word = ""
    club: Word = ""
    division: Word = ""
    q: Word = ""
    version: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    now: bool = False
    page: PageNumber = 1


class Operation(NamedTuple):
    """One question about an event. ``make`` gets the Picture, the viewer, the rest of the path, the choices."""

    id: str
    path: str
    summary: str
    answer: type[msgspec.Struct]
    make: Callable[[Picture, Viewer, Mapping[str, str], Any], msgspec.Struct]
    choices: type[msgspec.Struct] = NoChoices


def _find_results(
    picture: Picture, viewer: Viewer, path: Mapping[str, str], query: ResultsQuery
) -> shapes.Results:
    given = msgspec.structs.asdict(query)
    choices = ResultsChoices(race=path["race"], **given)
    rest = urlencode(
        {
            name: "true" if value is True else value
            for name, value in given.items()
            if value and name != "page"
        }
    )
    event, race = (quote(part, safe="") for part in (picture.event.id, choices.race))
    following = f"{ROOT}/events/{event}/races/{race}/results?page={query.page + 1}"
    return answers.make_results(
        picture, viewer, choices, f"{following}&{rest}" if rest else following
    )


OPERATIONS: Final = (
    Operation(
        "event", "/events/{event}", "An event: what it is, how its day stands.", shapes.Event,
        lambda picture, viewer, _path, _query: answers.make_event(picture, viewer),
    ),
    Operation(
        "races", "/events/{event}/races", "The races, with how many are where.", shapes.Races,
        lambda picture, viewer, _path, _query: answers.make_races(picture, viewer),
    ),
    Operation(
        "race", "/events/{event}/races/{race}", "One race.", shapes.OneRace,
        lambda picture, viewer, path, _query: answers.make_race(picture, viewer, path["race"]),
    ),
    Operation(
        "results", "/events/{event}/races/{race}/results",
        "The results of a race: the field by place, or a table beside it, in pages.", shapes.Results,
        _find_results, ResultsQuery,
    ),
    Operation(
        "points", "/events/{event}/points", "The points of the course, with how many have passed.", shapes.Points,
        lambda picture, _viewer, _path, _query: answers.make_points(picture),
    ),
    Operation(
        "runner", "/events/{event}/runners/{bib}", "One runner by bib.", shapes.Runner,
        lambda picture, viewer, path, _query: answers.make_runner(picture, viewer, path["bib"]),
    ),
    Operation(
        "splits", "/events/{event}/runners/{bib}/splits", "The splits of one runner.", shapes.Splits,
        lambda picture, viewer, path, _query: answers.make_splits(picture, viewer, path["bib"]),
    ),
    Operation(
        "course", "/events/{event}/course", "The state of the course, and which roads are open.", shapes.Course,
        lambda picture, viewer, _path, _query: answers.make_course(picture, viewer),
    ),
    Operation(
        "event_health", "/events/{event}/health", "How far the event is; alarms for who may read them.",
        shapes.EventHealth,
        lambda picture, viewer, _path, _query: answers.make_event_health(picture, viewer),
    ),
)  # fmt: skip


def read_choices(kind: type[msgspec.Struct], given: Mapping[str, str]) -> msgspec.Struct:
    """The choices in an address; FactError, with the choice, for a value that cannot be read."""
    known = {
        name: " ".join(value.split())
        for name, value in given.items()
        if name in kind.__struct_fields__
    }
    try:
        return msgspec.convert(known, kind, strict=False)
    except msgspec.ValidationError as error:
        raise FactError(
            f"The address was not understood: {error}.", f"See {ROOT}/openapi.json."
        ) from error
