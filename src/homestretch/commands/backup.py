"""`homestretch backup` and `restore`: everything of an event in one file, and back."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path
from typing import Final

import click

from homestretch import __version__
from homestretch.commands.event import get_event
from homestretch.commands.options import EventFolder, database_option, folder_argument
from homestretch.errors import HomestretchError

SINCE_THEN: Final = (
    "What was said after {moment} is not in it. Before anybody looks, say it again:",
    "  who asked to be erased is in it again: homestretch erase {folder} BIB",
    "  whom the staff hid is shown again: homestretch say {folder} hidden entrant=ID",
    (
        "  all its keys open again, those revoked since too ({keys:,}): homestretch key list {folder}, then"
        " homestretch key revoke {folder} ID"
    ),
    (
        "  all its private links open again, those revoked since too ({links:,}), and what runners said by them is as"
        " it was: homestretch links {folder} --revoke --bib BIB"
    ),
)
"""What a restore brings back that somebody had ended; only people know of it."""


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
    keys, links = _count_keys(folder, made.event)
    for sentence in SINCE_THEN:
        click.echo(
            sentence.format(
                folder=folder, moment=f"{moment:%Y-%m-%d %H:%M:%S}", keys=keys, links=links
            )
        )
    click.echo(f"Start it with: homestretch run {folder}")


def _count_keys(folder: Path, event_id: str) -> tuple[int, int]:
    """(keys of staff and devices, private links) of a restored folder that open something."""
    from homestretch.app import store_of, wall_now

    now = wall_now()
    with contextlib.closing(store_of(folder, event_id)) as store:
        keys, links = store.people.list_keys(), store.people.list_links()
        return (
            sum(not key.parent and key.holds(now) for key in keys),
            sum(not link.parent and link.holds(now) for link in links),
        )
