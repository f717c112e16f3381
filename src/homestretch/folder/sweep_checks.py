"""What is wrong between the sweep, its race and the cutoffs."""

from __future__ import annotations

from difflib import get_close_matches

from homestretch.folder.draft import Draft
from homestretch.folder.problem import all_of
from homestretch.folder.tables import Table

_HOUR_MS = 3_600_000


def check_sweep(sweep: Table, draft: Draft) -> None:
    """Report a sweep that leaves too early or late, or passes points before they close."""
    race_id = sweep.find("race")
    known = [race.find("id") for race in draft.races if race.find("id")]
    if race_id is None:
        return
    if race_id not in known:
        near = get_close_matches(race_id, known, 1, 0.4)
        hint = f'Did you mean "{near[0]}"?' if near else f"The races are: {', '.join(known)}."
        sweep.say(f'There is no race "{race_id}".', hint, "race")
        return
    start_at, pace = sweep.find("starts"), sweep.find("pace")
    if start_at is None or not draft.dated:
        return
    guns = draft.list_guns(race_id)
    if guns and start_at < guns[-1]:
        sweep.say(
            f"The sweep leaves at {draft.day.say(start_at)}, before the last gun of "
            f'"{race_id}" at {draft.day.say(guns[-1])}.',
            "Let it start after the last wave.",
            "starts",
            severity="warning",
        )
    if guns and start_at > guns[-1] + 24 * _HOUR_MS:
        sweep.say("The sweep leaves a day after the last gun.", "Mend its start.", "starts")
    if pace is not None:
        _check_closing_pace(sweep, race_id, start_at, pace, draft)


def _check_closing_pace(
    sweep: Table, race_id: str, start_at: int, pace_s_per_km: float, draft: Draft
) -> None:
    """The sweep must not pass a point before the point closes: people in time would be caught."""
    early = []
    for point in draft.points:
        distance_m, closes_at = (
            point.find("distance_m").get(race_id),
            point.find("cutoff").get(race_id),
        )
        if distance_m is None or closes_at is None:
            continue
        passes_at = start_at + round(distance_m * pace_s_per_km)
        if passes_at < closes_at - 60_000:
            early.append(
                f"{point.find('name') or point.find('id')} at {draft.day.say(passes_at)} "
                f"(closes {draft.day.say(closes_at)})"
            )
    if early:
        sweep.say(
            f"The closing pace is faster than the cutoffs: the sweep passes {all_of(early)}.",
            "People who are in time would be caught: slow the pace, start later or close earlier.",
            "pace",
            severity="warning",
        )
