"""`homestretch forecast`: train its model, and say what it was trained on."""

from __future__ import annotations

from pathlib import Path

import click

SplitsFile = click.Path(path_type=Path, dir_okay=False)
model_option = click.option(
    "--model",
    "model_file",
    type=SplitsFile,
    help="A model that `forecast fit` wrote (default: the one that ships).",
)


def tell(words: str) -> None:
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

    model = train(files, tell)
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
