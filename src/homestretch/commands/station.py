"""`homestretch station`: at a point with bad signal, keep what the devices say and pass it on."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import click

from homestretch.commands.options import folder_argument
from homestretch.errors import PlanError


@click.command("station")
@folder_argument
@click.option(
    "--to",
    "address",
    required=True,
    metavar="URL",
    help="The event: https://race.example/spring-race",
)
@click.option(
    "--key",
    required=True,
    envvar="HOMESTRETCH_STATION_KEY",
    help="The key of this station (a device key).",
)
@click.option(
    "--door",
    "doors",
    multiple=True,
    required=True,
    metavar="READER=ADDRESS",
    help="What to listen to: jchip=0.0.0.0:53135, ipico=mile-20@10.0.0.5:10000. May be repeated.",
)
@click.option("--zone", default="", help="Zone of the event, if the server cannot be asked.")
@click.option("--date", default="", metavar="YYYY-MM-DD", help="Its date, likewise.")
def station(
    folder: Path, address: str, key: str, doors: tuple[str, ...], zone: str, date: str
) -> None:
    """Keep the reads of the devices at this point in FOLDER and pass them on while there is a line.

    Pull the plug whenever you like: what was kept is kept, and what was not answered is sent again.
    """
    from homestretch.app import store_of
    from homestretch.folder.doors import find_door
    from homestretch.folder.files import make_folder
    from homestretch.readers import list_transports
    from homestretch.server.listening import only_server_of
    from homestretch.station.agent import Station, find_here
    from homestretch.station.passing_on import parse_line

    line = parse_line(address, key)
    found = [find_door(door, list_transports()) for door in doors]
    make_folder(folder)
    here = find_here(folder, line, zone, date)
    for door in found:
        words = "calls" if door.calls else "devices connect to"
        click.echo(f"{door.reader}: {words} {door.host}:{door.port}")
    with (
        contextlib.closing(store_of(folder, "station")) as store,
        only_server_of(folder),
        contextlib.suppress(KeyboardInterrupt),
    ):
        try:
            asyncio.run(Station(folder, store, line, here, click.echo).run(found))
        except* PlanError as errors:
            raise errors.exceptions[0] from None
    click.echo("Ended. What is waiting is sent when the station is started again.")
