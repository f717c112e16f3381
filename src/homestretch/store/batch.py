"""A group of received facts as rows of the table ``facts``: the same for every log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, TypeAlias

from homestretch.errors import FactError
from homestretch.facts import KIND_NUMBERS, Read, Received, digest, encode

READ = KIND_NUMBERS[Read]

ReadRow: TypeAlias = tuple[int, int, int, int, int, int, int]
"""source, number, digest, seen_at, received_at, subject (the chip), place: a plain read has no body."""

OtherRow: TypeAlias = tuple[int, int, int, int, int, int, bytes]
"""source, number, digest, seen_at, received_at, kind, body (JSON)."""


class Batch(NamedTuple):
    """The rows of one group commit, each list in the order of arrival."""

    reads: list[ReadRow]
    others: list[OtherRow]

    def __len__(self) -> int:
        return len(self.reads) + len(self.others)


class Symbols(dict[str, int]):
    """Texts numbered from 0; a text that is looked up for the first time gets the next number."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self.texts)
        self.texts.append(text)
        return number

    def list_since(self, count: int) -> list[tuple[int, str]]:
        """The numbers and texts after the first ``count``."""
        return list(enumerate(self.texts[count:], count))

    def forget_since(self, count: int) -> None:
        """Forget all but the first ``count``: the transaction that added them came to nothing."""
        for text in self.texts[count:]:
            del self[text]
        del self.texts[count:]


def batch_of(items: Sequence[Received], symbols: Symbols) -> Batch:
    """The rows of a group; the digest of each item is computed once, here."""
    batch = Batch([], [])
    add_read = batch.reads.append
    for item in items:
        fact = item.fact
        source, content = symbols[item.source], digest(fact)
        if type(fact) is Read:
            add_read(
                (
                    source,
                    item.number,
                    content,
                    fact.seen_at,
                    item.received_at,
                    symbols[fact.chip],
                    symbols[fact.place],
                )
            )
        else:
            told = (source, item.number, content, fact.seen_at, item.received_at)
            batch.others.append((*told, KIND_NUMBERS[type(fact)], encode(fact)))
    return batch


def earliest(batch: Batch) -> Batch:
    """Each fact of the batch once, with its smallest received_at."""
    reads: dict[tuple[int, int, int], ReadRow] = {}
    for read in batch.reads:
        known = reads.setdefault(read[:3], read)
        if read[4] < known[4]:
            reads[read[:3]] = read
    others: dict[tuple[int, int, int], OtherRow] = {}
    for other in batch.others:
        before = others.setdefault(other[:3], other)
        if other[4] < before[4]:
            others[other[:3]] = other
    return Batch(list(reads.values()), list(others.values()))


@contextmanager
def fitting() -> Iterator[None]:
    """Says as FactError what no log can hold: numbers beyond 64 bits and text that is not Unicode."""
    try:
        yield
    except (OverflowError, UnicodeEncodeError) as error:
        raise FactError(
            f"A fact does not fit into the log, nothing of its group was taken: {error}.",
            "Readers refuse numbers beyond 64 bits and text that is not Unicode, one record at a time.",
        ) from error
