"""`homestretch publish`: everything public as plain files."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from homestretch.commands.event import get_event
from homestretch.commands.options import database_option, folder_argument
from homestretch.errors import StoreError

if TYPE_CHECKING:
    from homestretch.office.site import Published

LOOK_S: Final = 2.0
"""Seconds between two looks whether something was said."""


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
@click.option(
    "--watch",
    "watches",
    is_flag=True,
    help="Go on, and publish again whenever something was said, until Ctrl-C.",
)
@database_option
def publish_command(
    folder: Path, out: Path, url: str, no_runners: bool, watches: bool, database: str
) -> None:
    """Write everything public of an event into the folder OUT, for any web host.

    A later run changes only what has changed, and removes what may not be seen any more.
    """
    from homestretch.app import moment_in, store_of
    from homestretch.office.site import Watch
    from homestretch.office.site_photos import developing_from
    from homestretch.store.pictures import url_of

    if url and not url.startswith(("https://", "http://")):
        raise click.UsageError("--url begins with https://")
    with contextlib.closing(store_of(folder, get_event(folder).id, database)) as store:
        watch = Watch(
            store,
            lambda: moment_in(folder).event_at,
            out,
            url.rstrip("/"),
            runners=not no_runners,
            developing=developing_from(url_of(folder, os.environ.get("HOMESTRETCH_PICTURES", ""))),
        )
        _say(watch.look() if watches else watch.finish(), out)
        if watch.provisional:
            click.echo("Results are provisional: the director has not declared them yet.")
        if not watches and not watch.is_whole:
            raise StoreError(
                "Something was said meanwhile that may take something away.",
                "Run it again, or leave it running with --watch.",
            )
        with contextlib.suppress(KeyboardInterrupt):
            while watches:
                time.sleep(LOOK_S)
                _say(watch.look(), out)


def _say(done: Published | None, out: Path) -> None:
    if done is not None:
        files, written, removed = done
        click.echo(f"{files:,} files in {out}: {written:,} written, {removed:,} removed.")
