"""``python -m bench [NAME...]``: measures everything (or what is named) and writes build/bench.json."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time
from math import inf
from pathlib import Path

import msgspec

import bench
from bench.figure import Figure, told

RESULT = Path(__file__).resolve().parents[1] / "build" / "bench.json"
PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"


def main(names: list[str]) -> int:
    """Measure, print a table, write the figures; 1 when a target was missed."""
    found = [module.name for module in pkgutil.iter_modules(bench.__path__)]
    if unknown := sorted(set(names) - set(found)):
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(found)}.")
        return 2
    figures: list[Figure] = []
    for name in names or found:
        module = importlib.import_module(f"bench.{name}")
        if hasattr(module, "measure"):
            began = time.perf_counter()
            measured: list[Figure] = module.measure()
            figures += [
                *measured,
                told(f"{name}: measuring took", time.perf_counter() - began, "s"),
            ]
            print_table(figures[-len(measured) - 1 :])
    RESULT.parent.mkdir(exist_ok=True)
    if names:  # figures that were not measured again stay
        known = {figure.name for figure in figures}
        figures = [one for one in _read_result() if one.name not in known] + figures
    RESULT.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n")
    PAGE.write_text(page_of(figures, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    missed = [figure.name for figure in figures if not figure.holds]
    print(f"\n{len(figures)} figures in {RESULT}; {len(missed)} missed their target.")
    return 1 if missed else 0


def _read_result() -> list[Figure]:
    """The figures of earlier runs; JSON has no number for what never came (infinity)."""
    rows = msgspec.json.decode(RESULT.read_bytes()) if RESULT.exists() else []
    whole = [row | {"figure": inf if row["figure"] is None else row["figure"]} for row in rows]
    return msgspec.convert(whole, list[Figure])


def page_of(figures: list[Figure], page: str) -> str:
    """The page of the benchmarks with these figures between its two marks."""
    head, rest = page.split(BEGIN)
    rows = [
        f"| {one.name} | {one.figure:,.4g} {one.unit} | {one.target} |"
        + (" holds |" if one.target and one.holds else " missed |" if one.target else " |")
        for one in figures
    ]
    table = "\n".join(["| what | figure | target | |", "|---|---|---|---|", *rows])
    return f"{head}{BEGIN}\n\n{table}\n\n{END}{rest.split(END)[1]}"


def print_table(figures: list[Figure]) -> None:
    """The figures as lines of a table."""
    for one in figures:
        held = "" if not one.target else "holds" if one.holds else "MISSED"
        print(
            f"{one.name:<58} {one.figure:>14,.4g} {one.unit:<12} {one.target:<16} {held}",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
