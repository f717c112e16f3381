"""Stories: what can be told of a race in plain sentences, found by itself, and what each sentence stands on.

In: a ``Picture``. Out: stories, each with sentences, their evidence, and how rare it is in this race.
Never: a socket, a disk, a clock, a name that did not go through ``race.privacy.show``, a word that only people can
know, a story of somebody who is hidden, held, under 18 or of unknown age.

A kind of story is a module here with ``STORY = StoryKind(...)``; it is found by its presence.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from homestretch.stories.values import StoryKind


@cache
def list_kinds() -> tuple[StoryKind, ...]:
    """Every kind of story in this room, by name."""
    modules = (
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    )
    kinds = [module.STORY for module in modules if hasattr(module, "STORY")]
    return tuple(sorted(kinds, key=lambda kind: str(kind.name)))
