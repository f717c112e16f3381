"""Reckons what a million spectators ask of a server, from figures that were measured, and writes docs/scale.md.

What a shard costs is measured here, on a made-up day, through the whole application but for the socket. What a story's
page, a stream and a page's update cost stands in docs/benchmarks.md, where `make bench` has written it.

    python scripts/measure_scale.py [--print]
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import math
import re
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from starlette.applications import Starlette

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PAGE, BENCHMARKS = ROOT / "docs" / "scale.md", ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures: written by scripts/measure_scale.py -->", "<!-- end of figures -->"
SPECTATORS, RUNNERS = 1_000_000, 50_000
POLL_S = 15.0
"""So often an app of somebody else looks at the shard of a runner."""
STORY_S = 3600.0
"""Within so long everybody opens the same story."""
EDGES = 100
"""Places of a CDN that ask the origin each for itself, where no shield stands before it."""
ROUNDS = 40


class Measured(NamedTuple):
    """A shard: CPU of an answer and of one that nothing has changed (s), bytes plain and compressed."""

    answer_s: float
    unchanged_s: float
    plain: int
    zipped: int


async def _ask(application: Starlette, path: str, known: str = "") -> tuple[int, str, bytes]:
    """Status, ETag and body of one request, without a socket."""
    said: list[dict[str, Any]] = []
    headers = [(b"host", b"race.example"), (b"if-none-match", known.encode())]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "https", "path": path, "raw_path": path.encode(),
        "query_string": b"", "root_path": "", "headers": headers, "server": ("race.example", 443), "client": ("127.0.0.1", 1),
        "app": application,
    }  # fmt: skip
    await application(scope, receive, send)  # type: ignore[arg-type]  # plain ASGI
    etag = dict(said[0]["headers"]).get(b"etag", b"").decode()
    return said[0]["status"], etag, b"".join(one.get("body", b"") for one in said[1:])


async def measure_shards() -> Measured:
    """Full shards of a made-up field, late in its day."""
    from homestretch.boards.shards import SHARD

    # The made-up day is that of the tests, which are no part of what mypy reads.
    days, shelf = (import_module(name) for name in ("tests.stories.days", "tests.web.shelf"))
    picture = days.picture_at(7, 400, 300, 13.0)
    application, _ = shelf.make_app(picture)
    full = len(picture.state.roster.entrants) // SHARD
    paths = [f"/{picture.event.id}/shards/{number}.json" for number in range(full)]
    first = [await _ask(application, path) for path in paths]
    assert {status for status, _, _ in first} == {200}
    began_s = time.process_time()
    for _ in range(ROUNDS):
        for path in paths:
            await _ask(application, path)
    answer_s = (time.process_time() - began_s) / (ROUNDS * full)
    began_s = time.process_time()
    for _ in range(ROUNDS):
        for path, (_, etag, _) in zip(paths, first, strict=True):
            status, _, _ = await _ask(application, path, etag)
            assert status == 304
    unchanged_s = (time.process_time() - began_s) / (ROUNDS * full)
    bodies = [body for _, _, body in first]
    zipped = sum(len(gzip.compress(body, 6)) for body in bodies) / full
    return Measured(answer_s, unchanged_s, sum(map(len, bodies)) // full, round(zipped))


def read_benchmarks() -> dict[str, float]:
    """The figures of docs/benchmarks.md, by name."""
    rows = re.findall(r"^\| ([^|]+) \| ([\d.,e+]+) [^|]*\|", BENCHMARKS.read_text("utf-8"), re.M)
    return {name.strip(): float(figure.replace(",", "")) for name, figure in rows}


def reckon(shard: Measured, known: dict[str, float]) -> Iterator[tuple[str, str]]:
    """(what, figure) of the arithmetic, one row after the other."""
    from homestretch.boards.shards import SHARD
    from homestretch.web.newsstand import KEEP_S
    from homestretch.web.shards import CACHE
    from homestretch.web.streams import STREAMS

    fresh = re.search(r"s-maxage=(\d+)", CACHE)
    assert fresh is not None
    fresh_s = int(fresh[1])
    objects = math.ceil(RUNNERS / SHARD)
    asked = objects / fresh_s
    yield "**shards**: runners, in objects of so many bibs", f"{RUNNERS:,}, {objects:,} of {SHARD}"
    yield "an object is fresh at the CDN for", f"{fresh_s} s"
    yield (
        "requests a second at the origin, behind a shielded CDN, however many look",
        f"{asked:,.0f}",
    )
    yield "CPU of an answer, measured", f"{shard.answer_s * 1e6:,.0f} us"
    yield "CPU of one that nothing has changed, measured", f"{shard.unchanged_s * 1e6:,.0f} us"
    yield "of one core, if every object changes all the time", f"{asked * shard.answer_s:.1%}"
    yield (
        "size of an object, measured (compressed by the CDN)",
        f"{shard.plain:,} bytes ({shard.zipped:,})",
    )
    yield "the origin sends", f"{asked * shard.plain / 1e6:.2f} MB/s"
    at_cdn = SPECTATORS / POLL_S
    yield (
        f"the CDN answers, with a million who look every {POLL_S:.0f} s",
        f"{at_cdn:,.0f} requests/s",
    )
    yield "the CDN sends, compressed", f"{at_cdn * shard.zipped / 1e6:,.0f} MB/s"
    yield "without a CDN that would take", f"{at_cdn * shard.answer_s:,.1f} cores"
    yield from _story(known, KEEP_S)
    yield from _streams(known, STREAMS)


def _story(known: dict[str, float], keep_s: int) -> Iterator[tuple[str, str]]:
    size, cpu_us = known["viral: size of the page"], known["viral: CPU a request"]
    a_second = SPECTATORS / STORY_S
    yield "**a story**: a million open it within an hour", f"{a_second:,.0f} requests/s"
    yield "CPU of a request, from the benchmarks", f"{cpu_us:.1f} us"
    yield "of one core, without any CDN", f"{a_second * cpu_us * 1e-6:.2%}"
    yield "the origin sends, without any CDN, uncompressed", f"{a_second * size / 1e6:,.1f} MB/s"
    yield "requests a second that one core answers", f"{1e6 / cpu_us:,.0f}"
    yield (
        f"behind a CDN of {EDGES} places without a shield, kept for {keep_s} s",
        f"{EDGES / keep_s:.1f} requests/s",
    )


def _streams(known: dict[str, float], most: int) -> Iterator[tuple[str, str]]:
    cpu_us, kib = known["streams: CPU a delivery"], known["streams: memory a client"]
    size = known["streams: size of a message"]
    yield "**streams**: that one front holds", f"{most:,}"
    yield (
        "CPU of a delivery, memory of a client, from the benchmarks",
        f"{cpu_us:.1f} us, {kib:.1f} KiB",
    )
    yield "of one core, with a message a second to each", f"{most * cpu_us * 1e-6:.1%}"
    yield "memory", f"{most * kib / 1024:.0f} MiB"
    yield "the front sends, with messages as large as a station's", f"{most * size / 1e6:.0f} MB/s"
    fronts = math.ceil(50_000 / most)
    yield "fronts that 50,000 streams would take (this version starts one)", f"{fronts}"
    yield "everybody else", "is answered 503, and the page asks again by itself"


def main() -> int:
    """Measure, reckon, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--print", action="store_true", help="print, and leave the page as it is")
    rows = list(reckon(asyncio.run(measure_shards()), read_benchmarks()))
    print("\n".join(f"{name}: {value}" for name, value in rows))
    if not parser.parse_args().print:
        head, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
        table = "\n".join(
            ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]
        )
        PAGE.write_text(f"{head}{BEGIN}\n\n{table}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
