"""`homestretch evidence forecast`: past races, forecast again, against what happened."""

from __future__ import annotations

import json
from pathlib import Path

import click

from homestretch.commands.forecast import SplitsFile, model_option, tell


@click.command("forecast")
@click.option("--test", type=SplitsFile, required=True, help="The past races to forecast again.")
@click.option(
    "--train",
    "train_files",
    type=SplitsFile,
    multiple=True,
    help="Train on these instead of using the model that ships; several may follow.",
)
@click.argument("more", type=SplitsFile, nargs=-1, metavar="[FILE]...")
@model_option
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def evidence_forecast(
    test: Path,
    train_files: tuple[Path, ...],
    more: tuple[Path, ...],
    model_file: Path | None,
    as_json: bool,
) -> None:
    """Forecast past races again as on their day, and say how far off it was.

    After each mat, for all and for the slowest tenth, beside constant pace, the last leg's pace, Riegel's
    power and the two-variable regression. The files are parquet with one row for each finisher.
    """
    from homestretch.office import measuring
    from homestretch.office.editions import read_editions

    if more and not train_files:
        raise click.UsageError("Files that follow belong to --train; --test takes one.")
    if train_files and model_file:
        raise click.UsageError("Either --train or --model.")
    editions = read_editions(test)
    if train_files:
        model = measuring.train((*train_files, *more), tell)
    else:
        model = measuring.read_model(model_file)
    known = set(model.card.get("editions", [])) & {edition.name for edition in editions}
    for name in sorted(known):
        tell(f"{name} is one of those the model was trained on: its figures are too good.")
    measured = []
    for one in measuring.measure(model, editions):
        measured.append(one)
        if not as_json:
            click.echo("\n".join([*measuring.edition_lines(one), ""]))
    if as_json:
        click.echo(json.dumps(measuring.as_json(model, measured), indent=1, allow_nan=False))
