"""`homestretch forecast` and `homestretch evidence`: train the forecast, say what it knows, measure it."""

from __future__ import annotations

import json
from pathlib import Path

import click

SplitsFile = click.Path(path_type=Path, dir_okay=False)
model_option = click.option(
    "--model",
    "model_file",
    type=SplitsFile,
    help="A model that `forecast fit` wrote (default: the one that ships).",
)


def _tell(words: str) -> None:
    """Progress, beside what is printed."""
    click.echo(words, err=True)


@click.group("forecast")
def forecast_commands() -> None:
    """Train the model of the forecast, and say what it was trained on."""


@forecast_commands.command("fit")
@click.argument("files", type=SplitsFile, nargs=-1, required=True)
@click.option(
    "--out",
    type=SplitsFile,
    default=Path("model.json"),
    show_default=True,
    help="Where the model is written.",
)
def fit_command(files: tuple[Path, ...], out: Path) -> None:
    """Fit a model to the past races in FILES, and measure its promises by leaving races out.

    FILES are parquet files with one row for each finisher. What is written are shares, means, covariances
    and scores over thousands of people: nobody's time.
    """
    from homestretch.errors import StoreError
    from homestretch.forecast.figures import encode
    from homestretch.office.measuring import card_lines, train

    model = train(files, _tell)
    try:
        out.write_text(encode(model), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{out} cannot be written: {error.strerror}.", "Choose --out.") from error
    for line in card_lines(model):
        click.echo(line)
    click.echo(f"wrote {out} ({out.stat().st_size:,} bytes)")


@forecast_commands.command("card")
@model_option
def card_command(model_file: Path | None) -> None:
    """Say what a model was trained on, and what it is not for."""
    from homestretch.office.measuring import card_lines, read_model

    for line in card_lines(read_model(model_file)):
        click.echo(line)


@click.group("evidence")
def evidence_commands() -> None:
    """Measure what Homestretch says against what happened in past races."""


@evidence_commands.command("forecast")
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
        model = measuring.train((*train_files, *more), _tell)
    else:
        model = measuring.read_model(model_file)
    known = set(model.card.get("editions", [])) & {edition.name for edition in editions}
    for name in sorted(known):
        _tell(f"{name} is one of those the model was trained on: its figures are too good.")
    measured = []
    for one in measuring.measure(model, editions):
        measured.append(one)
        if not as_json:
            click.echo("\n".join([*measuring.edition_lines(one), ""]))
    if as_json:
        click.echo(json.dumps(measuring.as_json(model, measured), indent=1, allow_nan=False))
