"""The made-up race day: what devices send, and what really happened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from homestretch.rehearsal.crossings import make_crossings
from homestretch.rehearsal.field import make_field
from homestretch.rehearsal.happenings import make_fates
from homestretch.rehearsal.lines import jchip_lines
from homestretch.rehearsal.mats import DEVICES, MEDIAN_READS, make_reads
from homestretch.rehearsal.messages import Messages
from homestretch.rehearsal.officials import PEOPLE, list_told
from homestretch.rehearsal.schedule import DATE, Sender, midnight_at
from homestretch.rehearsal.sending import send
from homestretch.rehearsal.truth import Truth, make_truth

SENDERS: tuple[Sender, ...] = (
    *(Sender(device.name, device.door, "device") for device in DEVICES),
    *PEOPLE,
)
"""Everything that speaks to the event: each needs a JChip connection, or a key of its role."""


@dataclass(frozen=True, slots=True)
class Day:
    """A made-up race day: ``messages`` go in, ``truth`` is what should be found."""

    messages: Messages
    truth: Truth


def day(
    seed: int = 1,
    date: dt.date = DATE,
    *,
    marathon: int = 4000,
    half: int = 6000,
    stop_at_s: float | None = None,
    median_reads: float = MEDIAN_READS,
) -> Day:
    """The day of the plan with the same seed, date and sizes; the same arguments make the same bytes.

    ``stop_at_s``: control stops the event at this time of day (seconds after local midnight); people run
    on as if nothing had been said. ``median_reads``: reads of a chip at a JChip line. PlanError when a
    field is too small to hold what the day promises.
    """
    field = make_field(seed, marathon, half)
    fates = make_fates(seed, field)
    crossings = make_crossings(seed, field, fates)
    seen = make_reads(seed, field, fates, crossings, median_reads)
    told = list_told(seed, field, fates, crossings, seen, stop_at_s)
    sent, raws = send(seed, seen.reads)
    lines = jchip_lines(seen.reads.chip, seen.reads.seen_ms, sent.number, date)
    midnight = midnight_at(date)
    messages = Messages(midnight, seen.reads, sent, told, raws, lines)
    return Day(messages, make_truth(field, fates, crossings, seen, midnight))


def first_gun_at(truth: Truth) -> int:
    """When the first gun went off (UTC milliseconds)."""
    return int(np.min(truth.gun_at))
