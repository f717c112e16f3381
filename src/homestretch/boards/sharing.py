"""What many pages of one Picture have in common is made once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from homestretch.picture import Picture
from homestretch.race.privacy import Viewer

T = TypeVar("T")
KEPT = 6
"""Viewers of the newest Pictures; each that is kept holds some megabytes."""


def once_a_picture(make: Callable[[Picture, Viewer], T]) -> Callable[[Picture, Viewer], T]:
    """``make``, but for one Picture and viewer only once. Pictures are told apart as objects: they are frozen,
    and what is kept of one keeps it alive."""
    kept: OrderedDict[tuple[int, Viewer], tuple[Picture, T]] = OrderedDict()

    @wraps(make)
    def find(picture: Picture, viewer: Viewer) -> T:
        key = (id(picture), viewer)
        if key not in kept:
            kept[key] = picture, make(picture, viewer)
            while len(kept) > KEPT:
                kept.popitem(last=False)
        return kept[key][1]

    return find
