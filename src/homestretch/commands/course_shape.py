"""`homestretch course-shape`: what an earlier edition showed of the course, for the check of the clocks and for the forecast."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from homestretch.commands.event import get_event
from homestretch.commands.options import database_option, folder_argument


@click.command("course-shape")
@folder_argument
@click.argument("earlier", type=click.Path(path_type=Path))
@click.option(
    "--race", default="", help="Which race of FOLDER a file holds (default: the longest)."
)
@click.option(
    "--edition", default="", help='Which race of a file that holds several: "berlin 2016".'
)
@database_option
def course_shape_command(
    folder: Path, earlier: Path, race: str, edition: str, database: str
) -> None:
    """Take from EARLIER what the course does to people: at each mat, so that wrong clocks are found sooner, and on
    each leg, so that the first forecasts know it.

    EARLIER is the folder of last year's event, with the same ids of races, or a parquet file as replay
    takes it. It is written to FOLDER/course-shape.csv and course-pace.json, and used from the next start of the event on.
    """
    from homestretch.app import moment_in, store_of
    from homestretch.folder.problem import PACE, SHAPE
    from homestretch.office.course_shapes import (
        paces_of_event,
        paces_of_past,
        shape_of_event,
        shape_of_past,
        write_paces_of,
        write_shape,
    )
    from homestretch.playing.replay_file import load_past_race

    event = get_event(folder)
    if earlier.is_dir():
        before = get_event(earlier)
        with contextlib.closing(store_of(earlier, before.id, database)) as store:
            bends = shape_of_event(store, moment_in(earlier).event_at)
            paces = paces_of_event(store, moment_in(earlier).event_at)
    else:
        longest = max(event.races, key=lambda one: one.distance_m)
        ours = event.get_race(race) if race else longest
        past = load_past_race(earlier, edition, ours.distance_m)
        bends, paces = shape_of_past(past, ours.id), paces_of_past(past, ours.id)
    counts = write_shape(folder, bends, event)
    mats = ", ".join(f"{count} of {name}" for name, count in counts.items())
    click.echo(f"wrote {folder / SHAPE}: mats with their difference of pace: {mats}.")
    if told := write_paces_of(folder, paces, event):
        click.echo(
            f"wrote {folder / PACE}: how long the legs take, for the forecast: {', '.join(told)}."
        )
    click.echo("It is used from the next start of the event on.")
