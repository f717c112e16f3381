"""`homestretch evidence photos`: pictures with labels, read again, against what stands in them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from homestretch.commands.forecast import tell


@click.command("photos")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--labels",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="A CSV file with the columns file and bib.",
)
@click.option(
    "--expected",
    type=click.IntRange(1, 100_000),
    required=True,
    help="So many bibs are expected at each picture: the true ones and a seeded sample.",
)
@click.option("--adjacent", is_flag=True, help="The others are the neighbours in number.")
@click.option("--seed", default=1, show_default=True, help="Another seed is another sample.")
@click.option("--workers", type=click.IntRange(1), help="Processes that read pictures.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def evidence_photos(
    folder: Path,
    labels: Path,
    expected: int,
    adjacent: bool,
    seed: int,
    workers: int | None,
    as_json: bool,
) -> None:
    """Read the pictures in FOLDER and compare with the bibs that stand in them.

    Precision, recall, F and the share of pictures exactly right at a posterior of 0.8; the precision of what
    would be tagged by itself (0.95); calibration; CPU seconds a picture; with who was expected, and without.
    """
    from homestretch.office import measuring_photos

    photos = measuring_photos.measure_photos(
        folder, labels, expected,
        adjacent=adjacent, seed=seed, workers=workers or 0, say=tell,
    )  # fmt: skip
    figures = measuring_photos.as_json(photos)
    if as_json:
        click.echo(json.dumps(figures, indent=1, allow_nan=False))
    else:
        click.echo("\n".join(measuring_photos.as_lines(figures)))
