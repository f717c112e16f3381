"""`homestretch companions`: with whom somebody agrees to be shown."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from homestretch.commands.event import get_event
from homestretch.commands.options import database_option, folder_argument


@click.command("companions")
@folder_argument
@click.argument("bib")
@click.option(
    "--agree/--refuse", "agrees", default=None, help="Whether BIB is shown with others at all."
)
@click.option("--not-with", metavar="OTHER", default="", help="BIB is never shown with OTHER.")
@click.option("--again-with", metavar="OTHER", default="", help="Take back --not-with OTHER.")
@database_option
def companions_command(
    folder: Path, bib: str, agrees: bool | None, not_with: str, again_with: str, database: str
) -> None:
    """Keep with whom the runner with this BIB agrees to be shown, also while the event runs."""
    from homestretch.app import moment_in, store_of
    from homestretch.office.agreeing import agree, part

    if agrees is None and not not_with and not again_with:
        raise click.UsageError("Say --agree, --refuse, --not-with OTHER or --again-with OTHER.")
    now = moment_in(folder).event_at
    with contextlib.closing(store_of(folder, get_event(folder).id, database)) as store:
        if agrees is not None:
            said = agree(store, bib, agrees, now)
            shown = (
                "may be shown with whom they ran, if those agreed"
                if agrees
                else "is shown with nobody"
            )
            click.echo(f"Bib {said.bib} {shown}.")
            if said.needs_guardian:
                click.echo(
                    "Under 18 on race day: nothing of it is shown before a guardian has agreed, by a private link"
                    f" of theirs (homestretch links {folder} OUT.csv) or in the column guardian."
                )
        if not_with:
            known = part(store, bib, not_with, True, now)
            click.echo(f"Bib {known} is never shown with bib {not_with}.")
        if again_with:
            known = part(store, bib, again_with, False, now)
            click.echo(f"The word of bib {known} against bib {again_with} is taken back.")
