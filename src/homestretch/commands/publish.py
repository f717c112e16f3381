"""`homestretch publish`: everything public as plain files."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import click

from homestretch.commands.event import get_event
from homestretch.commands.options import database_option, folder_argument


@click.command("publish")
@folder_argument
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--url",
    default="",
    metavar="https://...",
    help="Where the files will be found: feeds and shared links need it.",
)
@click.option("--no-runners", is_flag=True, help="Leave out the page of each runner.")
@database_option
def publish_command(folder: Path, out: Path, url: str, no_runners: bool, database: str) -> None:
    """Write everything public of an event into the folder OUT, for any web host.

    A later run changes only what has changed, and removes what may not be seen any more.
    """
    from homestretch.app import moment_in, store_of
    from homestretch.office.site import make_public_picture, publish
    from homestretch.office.site_photos import developing_from
    from homestretch.store.pictures import url_of

    if url and not url.startswith(("https://", "http://")):
        raise click.UsageError("--url begins with https://")
    with contextlib.closing(store_of(folder, get_event(folder).id, database)) as store:
        picture = make_public_picture(store, moment_in(folder).event_at)
    developing = developing_from(url_of(folder, os.environ.get("HOMESTRETCH_PICTURES", "")))
    done = publish(picture, out, url.rstrip("/"), runners=not no_runners, developing=developing)
    if picture.provisional:
        click.echo("Results are provisional: not everybody is accounted for yet.")
    click.echo(
        f"{done.files:,} files in {out}: {done.written:,} written, {done.removed:,} removed."
    )
