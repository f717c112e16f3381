"""All facts of an event as one Parquet file: for whoever wants to look at a day with other tools.

One row a fact, in the order of the log: seq, source, number, digest, kind, seen_at and received_at (UTC ms), the
chip, bib and place where the kind has them, and the whole fact as JSON in ``body``. Names, texts and other
erasable data are not in it: they are not facts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homestretch.errors import HomestretchError
from homestretch.facts import Read, encode
from homestretch.store import Log, Logged, Rows

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 100_000


def write_facts(log: Log, file: Path) -> int:
    """Write the whole log; returns how many facts. The file is there whole or not at all, and only its owner
    may read it: it tells where everybody was when."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise HomestretchError(
            "Parquet needs a package that is not installed.",
            'Run: pip install "homestretch[parquet]"',
        ) from error
    schema = _schema(pa)
    written = file.with_name(f".{file.name}.{os.getpid()}.new")
    count = 0
    try:
        handle = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as out, pq.ParquetWriter(out, schema) as writer:
            for batch in _batches(log.read_since(0)):
                writer.write_table(pa.Table.from_pylist(batch, schema))
                count += len(batch)
        written.replace(file)
    finally:
        written.unlink(missing_ok=True)
    return count


def _schema(pa: Any) -> pa.Schema:
    word = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        [
            ("seq", pa.int64()),
            ("source", word),
            ("number", pa.int64()),
            ("digest", pa.int64()),
            ("kind", word),
            ("seen_at", pa.int64()),
            ("received_at", pa.int64()),
            ("chip", word),
            ("bib", word),
            ("place", word),
            ("body", pa.string()),
        ]
    )


def _batches(rows: Rows) -> Iterator[list[dict[str, Any]]]:
    """Rows of the table in the order of the log, so many at a time."""
    batch: list[dict[str, Any]] = []
    for row in _merged(rows):
        batch.append(row)
        if len(batch) == ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def _merged(rows: Rows) -> Iterator[dict[str, Any]]:
    others = iter(rows.others)
    other = next(others, None)
    names = ("seq", "source", "number", "digest", "seen_at", "received_at", "chip", "place")
    for values in zip(*(rows.reads[name].tolist() for name in names), strict=True):
        row = dict(zip(names, values, strict=True))
        while other is not None and other.seq < row["seq"]:
            yield _of_other(other)
            other = next(others, None)
        for name in ("source", "chip", "place"):
            row[name] = rows.symbols[row[name]]
        read = Read(seen_at=row["seen_at"], chip=row["chip"], place=row["place"])
        yield row | {"kind": "read", "body": encode(read).decode()}
    while other is not None:
        yield _of_other(other)
        other = next(others, None)


def _of_other(logged: Logged) -> dict[str, Any]:
    fact = logged.fact
    return {
        "seq": logged.seq,
        "source": logged.id.source,
        "number": logged.id.number,
        "digest": logged.id.digest,
        "kind": str(type(fact).__struct_config__.tag),
        "seen_at": fact.seen_at,
        "received_at": logged.received_at,
        "chip": getattr(fact, "chip", None),
        "bib": getattr(fact, "bib", None),
        "place": getattr(fact, "place", None),
        "body": encode(fact).decode(),
    }
