"""A picture that is never to be used, and comes again in another size or quality, is the same picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from homestretch.facts import PhotoTaken
from homestretch.state.photo_values import LOCK_MS, SAME_BITS

_NO_TIME: Final = -1


def with_copies(locked: set[str], taken: Mapping[str, PhotoTaken]) -> set[str]:
    """Pictures that are locked, and those that look like one of them, whenever they came in. Where both say when they
    were taken, and that is further apart than a burst, they are two: a camera that stands still takes many alike."""
    facts = [fact for fact in taken.values() if fact.likeness]
    if not facts or not locked:
        return locked
    hashes = np.array([int(fact.likeness, 16) for fact in facts], np.uint64)
    moments = np.array([fact.seen_at if fact.timed else _NO_TIME for fact in facts], np.int64)
    found = set(locked)
    for at, fact in enumerate(facts):
        if fact.photo in locked:
            alike = np.bitwise_count(hashes ^ hashes[at]) <= SAME_BITS
            if fact.timed:
                alike &= (moments == _NO_TIME) | (np.abs(moments - fact.seen_at) <= LOCK_MS)
            found.update(facts[other].photo for other in np.flatnonzero(alike))
    return found
