"""Runs each reader on mutated samples for a while, guided by coverage: no exception, no endless loop.

``make fuzz`` (ARGS="mylaps --seconds 60" for one). Needs the package atheris, which does not install everywhere: the
suite's own property tests run the same rule without it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "tests" / "readers" / "samples"
AT = 1_777_808_500_000
SLOWEST_S = 5


def main() -> int:
    """Fuzz what is named, else every reader and every form of file; 1 when one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--one", default="", help=argparse.SUPPRESS)
    parser.add_argument("--corpus", default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        return fuzz_one(asked.one, asked.seconds, asked.corpus)
    names = asked.names or list_targets()
    failed = [name for name in names if not run_apart(name, asked.seconds)]
    print(f"{len(names) - len(failed)} of {len(names)} held for {asked.seconds} s each.")
    for name in failed:
        print(f"  {name} did not")
    return 1 if failed else 0


def list_targets() -> list[str]:
    """Every reader, every protocol over HTTP and every form of file, by kind and name."""
    from homestretch.readers import list_files, list_http_readers, list_readers

    return [
        *(f"stream:{name}" for name in list_readers()),
        *(f"http:{name}" for name in list_http_readers()),
        *(f"file:{name}" for name in list_files()),
    ]


def run_apart(name: str, seconds: int) -> bool:
    """One target in a process of its own, because a fuzzer ends with its process."""
    with tempfile.TemporaryDirectory() as corpus:
        for number, sample in enumerate(sorted(SAMPLES.rglob(f"{name.partition(':')[2]}.*"))):
            (Path(corpus) / str(number)).write_bytes(sample.read_bytes())
        words = [
            sys.executable,
            __file__,
            "--one",
            name,
            "--seconds",
            str(seconds),
            "--corpus",
            corpus,
        ]
        return subprocess.run(words, cwd=corpus, check=False).returncode == 0


def fuzz_one(name: str, seconds: int, corpus: str) -> int:
    """Hand the target to atheris, which does not come back."""
    try:
        import atheris
    except ImportError:
        print("atheris is not installed here: pip install atheris", file=sys.stderr)
        return 1
    import numpy as np

    with atheris.instrument_imports(include=["homestretch.readers", "homestretch.intake.files"]):
        from homestretch.intake.files import read_file, recognise
        from homestretch.readers import Caller, Context, Request, list_http_readers, list_readers
    kind, _, called = name.partition(":")
    context = Context(ZoneInfo("America/New_York"), "2026-05-03", "finish", "10.0.0.5:10000")

    def stream(data: bytes) -> None:
        reader = list_readers()[called].make(context)
        reader.resume(lambda _source: np.zeros(0, np.int64))
        step = 1 + (data[0] if data else 0)
        for first in range(0, len(data), step):
            reader.to_send()
            for heard in reader.receive(data[first : first + step], AT):
                assert heard.received.id
            reader.tick(AT + first)

    def http(data: bytes) -> None:
        caller = Caller("phone", "", context.zone, context.date)
        query = {"id": "1", "timestamp": data[:20].decode("latin-1"), "lat": "40.4", "lon": "-79"}
        for request in (
            Request("POST", {}, {"content-type": "application/json"}, data),
            Request("GET", query, {}, b""),
        ):
            assert list_http_readers()[called].read(request, caller, AT).status

    def file(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        recognised = recognise(text)
        if recognised is not None:
            found = read_file(text, recognised, context, "file:fuzz", AT)
            assert len(found.heard) >= len(found.refused)

    bounds = [
        f"-max_total_time={seconds}",
        f"-timeout={SLOWEST_S}",
        "-max_len=4096",
        "-verbosity=0",
    ]
    atheris.Setup(
        [sys.argv[0], *bounds, corpus], {"stream": stream, "http": http, "file": file}[kind]
    )
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
