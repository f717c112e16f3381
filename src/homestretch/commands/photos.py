"""`homestretch photos`: pictures into an event, and what was found in them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from homestretch.commands.event import get_event
from homestretch.commands.options import EventFolder, database_option, folder_argument

if TYPE_CHECKING:
    from homestretch.office.importing_photos import Seen, Told
    from homestretch.race.event import Event
    from homestretch.store.opening import Store

LISTED = 20
BEHIND_THE_RACE = 5
"""How nice it is to be: the state is folded here once more while a race runs."""
executor_option = click.option(
    "--executor",
    default="",
    metavar="tcp://...",
    help="A Dask scheduler whose workers read the pictures (default: processes of this machine).",
)
store_option = click.option(
    "--store",
    "url",
    default="",
    envvar="HOMESTRETCH_PICTURES",
    metavar="URL",
    help="An object store that keeps the pictures (s3://, gs://, az://; default: DIR/photos).",
)
workers_option = click.option("--workers", type=click.IntRange(1), help="Processes, at most.")


@click.group("photos")
def photo_commands() -> None:
    """Pictures of the race: whose they are, from what can be read and who was expected."""


@photo_commands.command("import")
@folder_argument
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--at", "place", required=True, metavar="POINT", help="Where the pictures were taken."
)
@click.option(
    "--keep-only",
    is_flag=True,
    help="Only keep the pictures: a running server looks at them by itself.",
)
@executor_option
@workers_option
@store_option
@database_option
def import_photos(
    folder: Path,
    source: Path,
    place: str,
    keep_only: bool,
    executor: str,
    workers: int | None,
    url: str,
    database: str,
) -> None:
    """Take the pictures in SOURCE (a folder, or one file) into the event in FOLDER, also while it runs."""
    from homestretch.app import moment_in, store_of
    from homestretch.office.importing_photos import find_place, take_pictures
    from homestretch.office.picture_turns import turns_in
    from homestretch.store.pictures import Pictures, url_of

    event = get_event(folder)
    where = find_place(event, place)
    kept_at = url_of(folder, url)
    with contextlib.closing(store_of(folder, event.id, database)) as store:
        told = take_pictures(
            store, Pictures(kept_at), event, _files(source), where, moment_in(folder).event_at,
            turns_in(folder),
        )  # fmt: skip
        _say_told(told)
        if not keep_only:
            _see(store, kept_at, event, folder, executor, workers)


@photo_commands.command("take")
@click.argument("folder", type=EventFolder)
@executor_option
@workers_option
@store_option
@database_option
def take_uploads(folder: Path, executor: str, workers: int | None, url: str, database: str) -> None:
    """Take in what was uploaded to the event in FOLDER, and look at it; the server does so by itself."""
    from homestretch.app import moment_in, store_of
    from homestretch.intake.uploads import Uploads
    from homestretch.office.taking_uploads import Taken
    from homestretch.store.pictures import Pictures, url_of

    event, kept_at, uploads = get_event(folder), url_of(folder, url), Uploads(folder)
    with contextlib.closing(store_of(folder, event.id, database)) as store:
        taken = Taken(store, Pictures(kept_at), uploads)

        def take_in() -> None:
            while uploads.has_ready():
                now = moment_in(folder)
                taken.take_all(now.event_at, now.wall_at)

        _see(store, kept_at, event, folder, executor, workers, take_in)
        click.echo(
            f"{taken.new:,} pictures are new, {taken.known:,} known before, {taken.refused:,} refused."
        )


@photo_commands.command("see")
@click.argument("folder", type=EventFolder)
@executor_option
@workers_option
@store_option
@database_option
def see_photos(folder: Path, executor: str, workers: int | None, url: str, database: str) -> None:
    """Look at the pictures in FOLDER that wait, and judge all of them by what is known now."""
    from homestretch.app import store_of
    from homestretch.store.pictures import url_of

    event = get_event(folder)
    with contextlib.closing(store_of(folder, event.id, database)) as store:
        _see(store, url_of(folder, url), event, folder, executor, workers)


def _files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    found = (path for path in sorted(source.rglob("*")) if not path.name.startswith("."))
    return [path for path in found if path.is_file() and not path.is_symlink()]


def _see(
    store: Store,
    url: str,
    event: Event,
    folder: Path,
    executor: str,
    workers: int | None,
    before_round: Callable[[], None] = lambda: None,
) -> None:
    from homestretch.app import moment_in
    from homestretch.jobs import KeptOpen, open_executor
    from homestretch.office.importing_photos import see_pictures
    from homestretch.office.picture_turns import turns_in

    readers = KeptOpen(partial(open_executor, executor, workers or 0))
    os.nice(BEHIND_THE_RACE)

    def now() -> int:
        return moment_in(folder).event_at

    try:
        seen = see_pictures(
            store, url, event, now, lambda: readers,
            before_round=before_round, turn=turns_in(folder),
        )  # fmt: skip
    finally:
        readers.end()
    _say_seen(seen)


def _say_told(told: Told) -> None:
    before = f", {told.known:,} known before" if told.known else ""
    refused = f", {len(told.refused):,} refused" if told.refused else ""
    click.echo(f"{told.new:,} pictures are new{before}{refused}.")
    _list(f"{name}: {why}" for name, why in told.refused)


def _say_seen(seen: Seen) -> None:
    click.echo(
        f"{seen.looked:,} were looked at. {seen.tagged:,} tags, {seen.questions:,} to be asked,"
        f" {seen.nobody:,} pictures of nobody known."
    )
    _list(f"{photo}: {why}" for photo, why in seen.failed)
    for camera, clock in seen.clocks.items():
        click.echo(f"  {camera}: {clock.say()}")


def _list(sentences: Iterable[str]) -> None:
    listed = list(sentences)
    for sentence in listed[:LISTED]:
        click.echo(f"  {sentence}")
    if len(listed) > LISTED:
        click.echo(f"  and {len(listed) - LISTED:,} more")
