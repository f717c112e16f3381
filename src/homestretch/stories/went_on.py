"""Somebody whom the sweep car's plan had passed, or a cutoff, who went on and finished."""

from __future__ import annotations

from collections.abc import Iterator

from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER, Status
from homestretch.stories.measures import home_order, sweep_due, swept_races, take
from homestretch.stories.telling import (
    MOST,
    among_people,
    came_home,
    own_columns,
    tell,
    told_finishers,
)
from homestretch.stories.values import Sentence, Story, StoryKind
from homestretch.stories.wording import stand, write


def find(picture: Picture) -> Iterator[Story]:
    """Finishers who passed a point before the finish after the sweep car was due there, the earlier on the course that
    was, the further out; then those who were home after the finish had closed, the later, the further out."""
    metres, order, swept = (
        picture.state.points.distance_m,
        home_order(picture),
        swept_races(picture),
    )
    for race in range(len(picture.event.races)):
        rows = told_finishers(picture, race).tolist()
        pairs = ((row, _first_behind(picture, row)) for row in rows if race in swept)
        behind = {row: column for row, column in pairs if column != NEVER}
        found = sorted(behind, key=lambda row: (metres[race, behind[row]], -order[row]))
        late = [row for row in reversed(rows) if row not in behind and _is_late(picture, row)]
        for rank, row in enumerate([*found, *late][:MOST]):
            rarity = among_people(picture, race, len(found) + len(late), rank)
            if row in behind:
                words = _headline(picture, behind[row]), _sentences(picture, row, behind[row])
            else:
                words = _late_headline(picture, row), _late_sentences(picture, row)
            yield tell(picture, "went-on", (row,), *words, rarity)


def _is_late(picture: Picture, row: int) -> bool:
    """Whether somebody finished after the finish had closed, by the seconds of a clock."""
    end = int(picture.state.roster.end_point[row])
    late = picture.state.status[row] == Status.FINISHED_LATE
    return bool(late) and take(picture, "after_closing", row, end).found.value > 0


def _first_behind(picture: Picture, row: int) -> int:
    """The first column before the finish that somebody passed after the car was due, and stayed behind it."""
    due, at = sweep_due(picture), picture.state.passed_at
    end = int(picture.state.roster.end_point[row])
    if due[end] == NEVER or at[row, end] <= due[end]:
        return NEVER
    late = [c for c in own_columns(picture, row) if due[c] != NEVER and at[row, c] > due[c]]
    return late[0] if late[0] != end else NEVER


def _headline(picture: Picture, column: int) -> Sentence:
    return write(
        picture,
        "headline",
        "Behind the sweep car at {0:point}, and home",
        stand(picture, "point", column),
    )


def _sentences(picture: Picture, row: int, column: int) -> Iterator[Sentence]:
    yield write(
        picture, "behind", "The sweep car was due at {0:point} at {1}; {2} passed there {3} later, and went on.",
        stand(picture, "point", column), stand(picture, "sweep_time", column), stand(picture, "who", row),
        stand(picture, "behind_sweep", row, column),
    )  # fmt: skip
    yield came_home(picture, row)


def _late_headline(picture: Picture, row: int) -> Sentence:
    end = int(picture.state.roster.end_point[row])
    return write(
        picture, "headline", "On after the cutoff, and home at {0:minute}", stand(picture, "passed", row, end)
    )  # fmt: skip


def _late_sentences(picture: Picture, row: int) -> Iterator[Sentence]:
    end, race = (int(of[row]) for of in (picture.state.roster.end_point, picture.state.roster.race))
    yield write(
        picture, "closed", "{0:point} closed at {1}; {2} went on, and was there {3} later.",
        stand(picture, "point", end), stand(picture, "closing_time", race, end), stand(picture, "who", row),
        stand(picture, "after_closing", row, end),
    )  # fmt: skip
    yield came_home(picture, row)


STORY = StoryKind(
    name="went-on",
    words=said("went on behind the sweep car or after the cutoff, and finished"),
    never=said("that the race was over for them, or that they should have stopped"),
    find=find,
)
