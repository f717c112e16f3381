"""What many boards and stories of one Picture have in common is made once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from homestretch.picture import Picture

P = ParamSpec("P")
T = TypeVar("T")
KEPT = 6
"""Makings of the newest Pictures; each that is kept holds some megabytes."""


def once_a_picture(
    make: Callable[Concatenate[Picture, P], T],
) -> Callable[Concatenate[Picture, P], T]:
    """``make``, but for one Picture (and viewer, or whatever else it is asked with) only once. Pictures are told apart
    as objects: they are frozen, and what is kept of one keeps it alive."""
    kept: OrderedDict[tuple[Hashable, ...], tuple[Picture, T]] = OrderedDict()

    @wraps(make)
    def find(picture: Picture, /, *given: P.args, **named: P.kwargs) -> T:
        key = (id(picture), *given, *named.items())
        if key not in kept:
            kept[key] = picture, make(picture, *given, **named)
            while len(kept) > KEPT:
                kept.popitem(last=False)
        return kept[key][1]

    return find
