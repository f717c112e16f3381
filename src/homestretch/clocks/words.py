"""The findings in words: what the reads show, and what they cannot show."""

from __future__ import annotations

from math import hypot

from homestretch.clocks.expected import FIRST, LAST, SECOND
from homestretch.clocks.finding import ClockFinding, Kind
from homestretch.clocks.offsets import Offset
from homestretch.clocks.pairs import Apart
from homestretch.clocks.steps import Step
from homestretch.clocks.watched import Sheet, Watched
from homestretch.race.clock import say_seconds
from homestretch.race.saying import Said, joined, said
from homestretch.state.snapshot import NEVER

QUARTER_S = 900.0


def _differs(value_s: float) -> Said:
    """``30.2 s later``: how far times are off, and which way."""
    time = say_seconds(value_s)
    return said("{time} later", time=time) if value_s > 0 else said("{time} earlier", time=time)


def say_step(watched: Watched, sheet: Sheet, step: Step, rank: int) -> ClockFinding:
    """A step of a clock during the day."""
    quarters = round(step.size_s / QUARTER_S)
    is_hour = quarters != 0 and abs(step.size_s - quarters * QUARTER_S) <= max(
        30.0, 2 * step.error_s
    )
    size_s = quarters * QUARTER_S if is_hour else step.size_s
    source = int(sheet.main[step.point])
    known = said(
        "From one moment on everybody passes {point} {later} than their own pace on the other legs says,"
        " by the clock of {device}; the runners just before did not.",
        point=watched.point_name(step.point),
        later=_differs(step.size_s),
        device=watched.source_name(source),
    )
    kind: Kind = "hour" if is_hour else "step"
    return ClockFinding(
        kind=kind,
        point=step.point,
        source=source,
        since_at=sheet.at(step.from_s),
        since_error_ms=round(1000 * step.from_error_s),
        offset_ms=-round(1000 * size_s),
        error_ms=round(1000 * hypot(step.error_s, step.drift_s)),
        basis=step.basis,
        known=known,
        unknown=_unknown_of_step(watched, step, rank),
    )


def _unknown_of_step(watched: Watched, step: Step, rank: int) -> str:
    if rank == LAST:
        words = said(
            "Nothing is read behind this point, so a hold-up on the last leg would look the same: ask who"
            " stood there."
        )
    elif rank == FIRST:
        words = said(
            "The crowd of a start moves by waves; compare with a second clock before you correct."
        )
    elif rank == SECOND:
        words = said(
            "A clock at the start that was wrong the other way for the same runners would look nearly"
            " the same."
        )
    else:
        words = said(
            "Whether the clock was set or drifted quickly cannot be told; two neighbouring points that"
            " step alike at once look like a slow and then a fast leg."
        )
    parts = [words]
    if step.rival != NEVER:
        rival = said(
            "The clock of {point} would explain it nearly as well: wait for more passings.",
            point=watched.point_name(step.rival),
        )
        parts.append(rival)
    if step.mixed:
        twice = said(
            "The clock said {time} twice: of {count} passings recorded in that time nobody can say for"
            " certain which clock they saw.",
            time=say_seconds(step.size_s),
            count=step.mixed,
        )
        parts.append(twice)
    return joined(parts, " ")


def say_offset(watched: Watched, sheet: Sheet, offset: Offset, again: bool) -> ClockFinding:
    """A clock that is wrong since the start."""
    source = int(sheet.main[offset.point])
    against = said("the straight line between the points beside it")
    if again:
        against = said("the same leg of an earlier edition")
    known = said(
        "All day everybody passes {point} {later} than {against} says, by the clock of {device};"
        " hills and measuring explain up to {time}.",
        point=watched.point_name(offset.point),
        later=_differs(offset.size_s),
        against=against,
        device=watched.source_name(source),
        time=say_seconds(offset.allowed_s),
    )
    if offset.is_hour:
        zone = said("It is near whole quarters of an hour, as of a clock set to another zone.")
        known = joined((known, zone), " ")
        unknown = said(
            "Seconds beside the quarters: up to {time} may be the course.",
            time=say_seconds(offset.error_s),
        )
    else:
        unknown = said(
            "A mat that lies elsewhere than the plan says looks the same; how much of it is the course"
            " cannot be told from this day alone."
        )
    return ClockFinding(
        kind="hour" if offset.is_hour else "offset",
        point=offset.point,
        source=source,
        since_at=None,
        since_error_ms=0,
        offset_ms=-round(1000 * offset.size_s),
        error_ms=round(1000 * offset.error_s),
        basis=offset.basis,
        known=known,
        unknown=unknown,
    )


def say_apart(watched: Watched, apart: Apart, wrong: int | None) -> ClockFinding:
    """Two devices at one point; ``wrong`` is the one that the other points speak against, if they do."""
    line, other = apart.line, apart.other
    mine = wrong == line.source
    names = [watched.source_name(one.source) for one in (other, line)]
    known = _say_apart(watched, apart, names)
    if wrong is None:
        unknown = said(
            "Which of the two is wrong cannot be told: this corrects {one}, the one that read fewer"
            " chips; the opposite correction of {other} does as well. A mat that lies some metres"
            " behind the other looks the same.",
            one=names[0],
            other=names[1],
        )
    else:
        unknown = said(
            "The other points speak against {device}; how far both are from the true time is known only"
            " as well as the runners' pace tells.",
            device=watched.source_name(wrong),
        )
    return ClockFinding(
        kind="apart",
        point=line.point,
        source=line.source if mine else other.source,
        since_at=apart.since_at,
        since_error_ms=apart.since_error_ms,
        offset_ms=round(1000 * apart.size_s) * (1 if mine else -1),
        error_ms=round(1000 * apart.error_s),
        basis=apart.basis,
        known=known,
        unknown=unknown,
    )


def _say_apart(watched: Watched, apart: Apart, names: list[str]) -> Said:
    given = {
        "point": watched.point_name(apart.line.point),
        "one": names[0],
        "other": names[1],
        "later": _differs(apart.size_s),
        "count": apart.basis,
    }
    if apart.since_at is None:
        return said(
            "At {point} {one} says times {later} than {other}: {count} chips were read by both.",
            **given,
        )
    return said(
        "At {point} {one} says times {later} than {other} from one moment on: {count} chips were read"
        " by both.",
        **given,
    )
