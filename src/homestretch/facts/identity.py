"""What makes a fact the same fact: its source, the source's own number, a digest of its content."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

VERSION: Final = 1
"""Version of the encoded bodies; a reader of older bodies is added beside a new one."""


class FactId(NamedTuple):
    """Identity of a fact, the same wherever and however often it arrives."""

    source: str
    number: int
    digest: int


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """What every fact has: when it was seen (UTC milliseconds since 1970, as the source said it)."""

    seen_at: int
