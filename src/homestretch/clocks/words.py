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
from homestretch.state.snapshot import NEVER

QUARTER_S = 900.0


def _later(value_s: float) -> str:
    return "later" if value_s > 0 else "earlier"


def say_step(watched: Watched, sheet: Sheet, step: Step, rank: int) -> ClockFinding:
    """A step of a clock during the day."""
    quarters = round(step.size_s / QUARTER_S)
    is_hour = quarters != 0 and abs(step.size_s - quarters * QUARTER_S) <= max(
        30.0, 2 * step.error_s
    )
    size_s = quarters * QUARTER_S if is_hour else step.size_s
    source = int(sheet.main[step.point])
    known = (
        f"From one moment on everybody passes {watched.point_name(step.point)} {say_seconds(step.size_s)}"
        f" {_later(step.size_s)} than their own pace on the other legs says, by the clock of"
        f" {watched.source_name(source)}; the runners just before did not."
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
        said = (
            "Nothing is read behind this point, so a hold-up on the last leg would look the same: ask who"
            " stood there."
        )
    elif rank == FIRST:
        said = (
            "The crowd of a start moves by waves; compare with a second clock before you correct."
        )
    elif rank == SECOND:
        said = (
            "A clock at the start that was wrong the other way for the same runners would look nearly"
            " the same."
        )
    else:
        said = (
            "Whether the clock was set or drifted quickly cannot be told; two neighbouring points that"
            " step alike at once look like a slow and then a fast leg."
        )
    if step.rival != NEVER:
        said += (
            f" The clock of {watched.point_name(step.rival)} would explain it nearly as well: wait"
            " for more passings."
        )
    if step.mixed:
        said += (
            f" The clock said {say_seconds(step.size_s)} twice: of {step.mixed} passings recorded in that"
            " time nobody can say for certain which clock they saw."
        )
    return said


def say_offset(watched: Watched, sheet: Sheet, offset: Offset, again: bool) -> ClockFinding:
    """A clock that is wrong since the start."""
    source = int(sheet.main[offset.point])
    against = (
        "the same leg of an earlier edition"
        if again
        else "the straight line between the points beside it"
    )
    known = (
        f"All day everybody passes {watched.point_name(offset.point)} {say_seconds(offset.size_s)}"
        f" {_later(offset.size_s)} than {against} says, by the clock of {watched.source_name(source)};"
        f" hills and measuring explain up to {say_seconds(offset.allowed_s)}."
    )
    if offset.is_hour:
        known += " It is near whole quarters of an hour, as of a clock set to another zone."
        unknown = (
            f"Seconds beside the quarters: up to {say_seconds(offset.error_s)} may be the course."
        )
    else:
        unknown = (
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
    since = "" if apart.since_at is None else " from one moment on"
    known = (
        f"At {watched.point_name(line.point)} {names[0]} says times {say_seconds(apart.size_s)}"
        f" {_later(apart.size_s)} than {names[1]}{since}: {apart.basis} chips were read by both."
    )
    if wrong is None:
        unknown = (
            f"Which of the two is wrong cannot be told: this corrects {names[0]}, the one that read fewer"
            f" chips; the opposite correction of {names[1]} does as well. A mat that lies some metres"
            " behind the other looks the same."
        )
    else:
        unknown = (
            f"The other points speak against {watched.source_name(wrong)}; how far both are from the"
            " true time is known only as well as the runners' pace tells."
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
