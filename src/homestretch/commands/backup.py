"""`homestretch backup` and `restore`: everything of an event in one file, and back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from homestretch import __version__
from homestretch.commands.event import get_event
from homestretch.commands.options import EventFolder, database_option, folder_argument
from homestretch.errors import HomestretchError


@click.command("backup")
@folder_argument
@click.argument("file", type=click.Path(path_type=Path))
@database_option
def backup(folder: Path, file: Path, database: str) -> None:
    """Write everything of the event in FOLDER into FILE, also while it runs. If FILE is a folder, a file
    with the event's name and the time is made in it."""
    from homestretch.app import wall_now
    from homestretch.office.backup import back_up

    event = get_event(folder)
    if database:
        raise HomestretchError(
            "The facts of this event are on a PostgreSQL server.",
            "Back it up there with pg_dump, and copy the folder: docs/store.md says how.",
        )
    now = wall_now()
    if file.is_dir():
        moment = dt.datetime.fromtimestamp(now / 1000, event.zone_info)
        file = file / f"{event.id}-{moment:%Y%m%d-%H%M%S}.zip"
    made = back_up(folder, event.id, file, version=__version__, made_at=now)
    size = sum(kept.size for kept in made.files)
    click.echo(
        f"wrote {file}: {made.last_seq:,} facts, {len(made.files)} files, {size / 1e6:,.1f} MB unpacked."
    )
    click.echo("It holds every name: keep it where only you can read it, and delete it in time.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("folder", type=EventFolder)
def restore(file: Path, folder: Path) -> None:
    """Make FOLDER, which must not be there yet, from the backup FILE."""
    from homestretch.office.backup import restore as restore_folder

    made = restore_folder(file, folder)
    zone = get_event(folder).zone_info
    moment = dt.datetime.fromtimestamp(made.made_at / 1000, zone)
    click.echo(
        f"{folder} is {made.event} as it was at {moment:%Y-%m-%d %H:%M:%S}: {made.last_seq:,} facts."
    )
    click.echo(
        "Who asked to be erased since then is in it again: homestretch erase, before anybody looks."
    )
    click.echo(f"Start it with: homestretch run {folder}")
