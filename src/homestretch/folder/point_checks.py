"""What is wrong between timing points: their distances, devices and cutoffs."""

from __future__ import annotations

from homestretch.folder.draft import Draft
from homestretch.folder.tables import Table
from homestretch.folder.values import as_typed, plain
from homestretch.race.spelling import place_key

FINISH_TOLERANCE_M = 1.0
_NEAR_FINISH_M = 200.0
_NEAR_START_M = 100.0


def check_points(draft: Draft) -> None:
    """Report what is wrong with and between the points of a draft."""
    if not draft.points:
        draft.event.say(
            "There is no [[point]].", "Write one for the start, the finish and each mat."
        )
        return
    _check_ids(draft)
    _check_devices(draft)
    for point in draft.points:
        _check_cutoff_races(point)
    for race in draft.races:
        if race.find("id") is None or race.find("distance_m") is None:
            continue
        _check_course(race, draft)
        if draft.dated:
            _check_cutoffs(race, draft)


def _check_ids(draft: Draft) -> None:
    seen: dict[str, Table] = {}
    for point in draft.points:
        point_id = point.find("id")
        if point_id in seen:
            point.say(
                f'Two points have the id "{point_id}"; the first stands in line {seen[point_id].line}.',
                "A place that several races pass is one point with a distance for each.",
                "id",
            )
        elif point_id is not None:
            seen[point_id] = point


def _check_devices(draft: Draft) -> None:
    """A device named at two points is told apart by time; say so, because it is often a slip."""
    named: dict[str, Table] = {}
    for point in draft.points:
        if point.find("kind") == "station":
            if point.find("devices"):
                point.say(
                    "A station has no reader, but devices are named here.",
                    'Write kind = "mat", or take devices away.',
                    "devices",
                    severity="warning",
                )
            continue
        # A reader is also known when it calls itself like the point.
        own = [name for name in (point.find("name"), point.find("id")) if name]
        devices = point.find("devices") or ()
        for key, device in {place_key(name): name for name in (*own, *devices)}.items():
            other = named.setdefault(key, point)
            if other is not point:
                point.say(
                    f'A reader called "{device}" also belongs to "{other.find("id")}" '
                    f"(line {other.line}): its reads are told apart by their time.",
                    "That is right for one box at both. Otherwise give each point its own name.",
                    "devices" if device in devices else "id",
                    severity="note",
                )


def _check_cutoff_races(point: Table) -> None:
    for race in point.find("cutoff"):
        if race not in point.find("distance_m"):
            point.say(
                f'"{race}" has a cutoff here but no distance, so it does not pass.',
                f"Add its distance to distance_m, or take the cutoff of {race} away.",
                "cutoff",
                race,
            )


def _check_course(race: Table, draft: Draft) -> None:
    race_id, length_m = race.find("id"), race.find("distance_m")
    mats: dict[float, Table] = {}
    for point in draft.points:
        distance_m = point.find("distance_m").get(race_id)
        if distance_m is None:
            continue
        if distance_m > length_m + FINISH_TOLERANCE_M:
            point.say(
                f'{plain(distance_m)} m is beyond the end of "{race_id}" at {plain(length_m)} m.',
                "Mend this distance or the distance_m of the race.",
                "distance_m",
                race_id,
            )
            continue
        if abs(distance_m - length_m) <= FINISH_TOLERANCE_M:
            distance_m = point.find("distance_m")[race_id] = length_m
        if point.find("kind") == "station":
            continue
        if distance_m in mats:
            point.say(
                f'Two mats of "{race_id}" are at {plain(distance_m)} m: '
                f'"{mats[distance_m].find("id")}" (line {mats[distance_m].line}) and '
                f'"{point.find("id")}".',
                "Main and backup are one point with two devices; other points need another distance.",
                "distance_m",
                race_id,
            )
        mats.setdefault(distance_m, point)
    _check_ends(race, length_m, mats)


def _check_ends(race: Table, length_m: float, mats: dict[float, Table]) -> None:
    race_id = race.find("id")
    if not mats:
        race.say(
            f'No mat lies on the course of "{race_id}".',
            f"Add {race_id} = ... to the distance_m of its points.",
        )
        return
    if 0.0 not in mats:
        near = min(mats)
        hint = (
            f' "{mats[near].find("id")}" is at {plain(near)} m: is it the start?'
            if near <= _NEAR_START_M
            else ""
        )
        race.say(
            f'"{race_id}" has no mat at its start (0 m), so net times count from the gun.',
            f"If there is one, add a [[point]] at {race_id} = 0.{hint}",
            severity="warning",
        )
    if length_m not in mats:
        near = max(mats)
        close = length_m - near <= _NEAR_FINISH_M
        hint = (
            f' "{mats[near].find("id")}" is at {plain(near)} m: is it the finish?' if close else ""
        )
        race.say(
            f'"{race_id}" has no mat at its finish ({plain(length_m)} m), so nobody can finish.',
            f"Add a [[point]] at {race_id} = {as_typed(length_m)}.{hint}",
        )


def _check_cutoffs(race: Table, draft: Draft) -> None:
    """Cutoffs come after the first gun and never close a later point before an earlier one."""
    race_id = race.find("id")
    guns = draft.list_guns(race_id)
    closing = sorted(
        (point.find("distance_m")[race_id], point.find("cutoff")[race_id], index)
        for index, point in enumerate(draft.points)
        if race_id in point.find("distance_m") and race_id in point.find("cutoff")
    )
    latest, latest_name = None, ""
    for _, closes_at, index in closing:
        point = draft.points[index]
        clock = draft.day.say(closes_at)
        if guns and closes_at <= guns[0]:
            point.say(
                f'It closes for "{race_id}" at {clock}, before the first gun.',
                'Mend the time; for the next day write "+1 02:00".',
                "cutoff",
                race_id,
            )
        elif latest is not None and closes_at < latest:
            point.say(
                f'It closes for "{race_id}" at {clock}, earlier than {latest_name} before it.',
                'Mend one of the two; for the next day write "+1 02:00".',
                "cutoff",
                race_id,
            )
        else:
            latest, latest_name = closes_at, f'"{point.find("id")}"'
