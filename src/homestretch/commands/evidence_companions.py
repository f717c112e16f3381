"""`homestretch evidence companions`: who of a past race was together, and how often chance does as much."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from homestretch.companions.planting import Cell


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--pairs",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the pairs to this parquet file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option(
    "--plant",
    is_flag=True,
    help="Also plant pairs, and print how many of them are found (some minutes).",
)
def companions(file: Path, pairs: Path | None, as_json: bool, plant: bool) -> None:
    """Say who was together in FILE, by timing alone.

    FILE is a parquet file with one row for each runner and columns c_start, c_5k, ..., c_finish: seconds of
    the clock, nothing where nothing was read.
    """
    from homestretch.office.clock_times import read_clock_times, write_pairs
    from homestretch.office.companions import plant_in, search
    from homestretch.office.measuring import without_nan

    field, mats = read_clock_times(file)
    found, seconds = search(field)
    if pairs is not None:
        write_pairs(pairs, found, mats)
    said: dict[str, Any] = {
        "runners": len(field.times_s),
        "mats": list(mats),
        "threshold": found.threshold,
        "threshold_last_twentieth": found.threshold_last,
        "expected_false": found.expected_false,
        "pairs": len(found.pairs.i),
        "pairs_outside_packs": int((~found.pairs.pack).sum()),
        "packs": found.packs,
        "seconds": seconds,
    }
    planted = plant_in(field, mats) if plant else {}
    if planted:
        said["recall"] = {name: [one._asdict() for one in cells] for name, cells in planted.items()}
    if as_json:
        click.echo(json.dumps(without_nan(said), indent=1))
        return
    for name, value in said.items():
        if name != "recall":
            click.echo(
                f"{name.replace('_', ' ')}: {value if isinstance(value, list) else f'{value:,.4g}'}"
            )
    for name, cells in planted.items():
        _print_cells(name, cells)


def _print_cells(name: str, cells: list[Cell]) -> None:
    click.echo(f"\nplanted pairs found, {name}")
    for one in cells:
        interval = f"{one.low:.2f} to {one.high:.2f}"
        click.echo(
            f"  first mat together {one.first:<8} {one.place:<11} {one.recall:.2f} ({interval}, {one.plants} planted);"
            f" of the found since exact {one.since_exact:.2f}, within one mat {one.since_near:.2f}"
        )
