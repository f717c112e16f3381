"""`homestretch stories`: whether a story may tell of somebody, as they said it to the office."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import cast

import click

from homestretch.commands.event import get_event
from homestretch.commands.options import database_option, folder_argument
from homestretch.race.entrant import Stories


@click.command("stories")
@folder_argument
@click.argument("bib")
@click.option(
    "--answer",
    type=click.Choice(["yes", "no-photo", "no"]),
    required=True,
    help="What they said: yes; yes, without my photo; no.",
)
@click.option("--story", metavar="ID", default="", help="Of which story; without it of every one.")
@database_option
def stories_command(folder: Path, bib: str, answer: str, story: str, database: str) -> None:
    """Keep whether a story may tell of the runner with this BIB, also while the event runs.

    For who says it at the office or by telephone; everybody else has a private link.
    """
    from homestretch.app import moment_in, store_of
    from homestretch.office.agreeing import answer_story

    now = moment_in(folder).event_at
    with contextlib.closing(store_of(folder, get_event(folder).id, database)) as store:
        known = answer_story(store, bib, cast(Stories, answer), story, now)
    said = {
        "yes": "may be told of",
        "no-photo": "may be told of, without a photo",
        "no": "is told of in no way",
    }[answer]
    click.echo(f"Bib {known} {said}{f' in story {story}' if story else ''}.")
