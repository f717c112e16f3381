"""Rows of a store back to values; a row that cannot be read is said, never skipped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from homestretch.errors import NewerStore, StoreError
from homestretch.facts import AnyFact, FactId, Read, decode
from homestretch.store import Logged
from homestretch.store.batch import READ
from homestretch.store.keys import Key
from homestretch.store.links import Link

KEY_FIELDS = (
    "id",
    "hash",
    "role",
    "created_at",
    "expires_at",
    "label",
    "station",
    "parent",
    "revoked_at",
)


@contextmanager
def readable(what: str) -> Iterator[None]:
    """Raises NewerStore for a kind or field that this version does not know, StoreError for damage."""
    try:
        yield
    except msgspec.ValidationError as error:
        raise NewerStore(
            f"A row of the {what} is of a form that this version does not know ({error}).",
            "Install the version of Homestretch that wrote it; nothing was changed.",
        ) from error
    except (msgspec.DecodeError, IndexError, TypeError) as error:
        raise StoreError(
            f"A row of the {what} cannot be read ({error}).",
            "Stop the event, copy the whole folder, and follow docs/store.md: a damaged file.",
        ) from error


def key_of(row: Sequence[Any]) -> Key:
    """A key from its columns in the order of ``KEY_FIELDS``."""
    return msgspec.convert(dict(zip(KEY_FIELDS, row, strict=True)), Key)


def link_of(row: Sequence[Any]) -> Link:
    """A private link from its columns, in the order of its fields."""
    return msgspec.convert(dict(zip(Link.__struct_fields__, row, strict=True)), Link)


def logged_of(row: Sequence[Any], texts: Sequence[str]) -> Logged:
    """A fact from its columns: seq, kind, source, number, digest, seen_at, received_at, subject, place, body."""
    with readable("log"):
        seq, kind, source, number, content, seen_at, received_at, subject, place, body = row
        if kind == READ:
            fact: AnyFact = Read(seen_at=seen_at, chip=texts[subject], place=texts[place])
        else:
            fact = decode(body)
        return Logged(seq, FactId(texts[source], number, content), received_at, fact)
