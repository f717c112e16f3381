"""The commands. Each says in plain words what it did, and what to do when it could not."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from homestretch import __version__
from homestretch.commands.ask import ask_command
from homestretch.commands.backup import backup, restore
from homestretch.commands.companions import companions_command
from homestretch.commands.course_shape import course_shape_command
from homestretch.commands.evidence import evidence
from homestretch.commands.files import erase_command, export_command, import_command
from homestretch.commands.forecast import forecast_commands
from homestretch.commands.hooks import herald_process, hook_commands
from homestretch.commands.keys import key_commands
from homestretch.commands.links import links_command
from homestretch.commands.options import (
    EventFolder,
    database_option,
    host_option,
    port_option,
    read_pace,
    read_proxies,
    tls_options,
)
from homestretch.commands.photos import photo_commands
from homestretch.commands.publish import publish_command
from homestretch.commands.push import push_command
from homestretch.commands.replay import replay, replay_process
from homestretch.commands.say import say
from homestretch.commands.station import station
from homestretch.commands.stories import stories_command
from homestretch.errors import HomestretchError
from homestretch.lifeline import hold_lifeline

FIELD = click.IntRange(0, 100_000)


class _Commands(click.Group):
    """Shows an error as a person should read it: what happened, and what to do."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except HomestretchError as error:
            click.secho(error.what, fg="red", err=True)
            if error.hint:
                click.echo(error.hint, err=True)
            sys.exit(1)


@click.group(cls=_Commands)
@click.version_option(__version__, prog_name="homestretch")
def main() -> None:
    """Homestretch keeps every runner of a road race in view until the last one is home."""
    hold_lifeline()


@main.command()
@click.option(
    "--speed",
    default="60",
    callback=read_pace,
    show_default=True,
    help="How many times as fast as a real day.",
)
@click.option("--at", "begin", metavar="HH:MM", help="Begin at this time of the day.")
@click.option("--seed", default=1, show_default=True, help="Another seed is another day.")
@click.option("--stop-at", metavar="HH:MM", help="Control stops the event at this time.")
@host_option
@port_option
@click.option(
    "--marathon", type=FIELD, default=4000, show_default=True, help="Entrants of the marathon."
)
@click.option(
    "--half", type=FIELD, default=6000, show_default=True, help="Entrants of the half marathon."
)
@click.option(
    "--folder", type=EventFolder, help="Keep the event's folder here (default: thrown away)."
)
def demo(
    speed: float,
    begin: str | None,
    seed: int,
    stop_at: str | None,
    host: str,
    port: int,
    marathon: int,
    half: int,
    folder: Path | None,
) -> None:
    """Serve a made-up race day that unfolds before your eyes."""
    from homestretch.playing.demo import Demo, run_demo

    asked = Demo(
        speed=speed, begin=begin, seed=seed, stop_at=stop_at, host=host, port=port,
        marathon=marathon, half=half,
    )  # fmt: skip
    sys.exit(run_demo(asked, click.echo, folder))


@main.command()
@click.argument("folder", type=EventFolder)
def new(folder: Path) -> None:
    """Write a new event into FOLDER: event.toml, course.gpx and entrants.csv to edit."""
    from homestretch.folder.start import write_new

    for path in write_new(folder):
        click.echo(f"wrote {path}")
    click.echo(f"Edit them, then: homestretch check {folder}")


@main.command()
@click.argument("folder", type=EventFolder)
@database_option
def check(folder: Path, database: str) -> None:
    """Say what is wrong with the files in FOLDER: file, line, what, and what to do."""
    from homestretch.app import find_vanished, moment_in
    from homestretch.folder.check import check as find_problems
    from homestretch.readers import list_transports

    problems = find_problems(folder, list_transports(), moment_in(folder).event_at)
    problems += find_vanished(folder, database)
    for problem in problems:
        click.echo(str(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    if errors:
        click.echo(f"{errors} to mend, {len(problems) - errors} to know.")
        sys.exit(1)
    click.echo(f"{folder} can be run." + (f" {len(problems)} to know." if problems else ""))


@main.command()
@click.argument("folders", type=EventFolder, nargs=-1, required=True)
@host_option
@port_option
@database_option
@click.option(
    "--behind-proxy",
    default="",
    callback=read_proxies,
    help="Address (or network) of a proxy whose X-Forwarded headers are trusted; several with commas.",
)
@tls_options
def run(
    folders: tuple[Path, ...],
    host: str,
    port: int,
    database: str,
    behind_proxy: str,
    tls: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
) -> None:
    """Serve the events in FOLDERS, one or several."""
    from homestretch.app import serve
    from homestretch.race.event import Event
    from homestretch.server.tls import get_tls

    def on_ready(address: str, events: list[Event]) -> None:
        for event in events:
            click.echo(f"{event.name}: {address}/{event.id}")
            for door in event.doors:
                words = "is called at" if door.calls else "readers connect to"
                click.echo(f"  {door.reader} {words} {door.host}:{door.port}")

    sys.exit(
        serve(
            folders,
            host=host,
            port=port,
            database=database,
            behind_proxy=behind_proxy,
            tls=get_tls(folders[0], tls_cert, tls_key) if tls or tls_cert or tls_key else None,
            say=click.echo,
            on_ready=on_ready,
        )
    )


@main.command("_keeper", hidden=True)
def keeper_process() -> None:
    """The keeper process of a server."""
    from homestretch.app import keep
    from homestretch.server.spec import ServerSpec
    from homestretch.server.supervisor import read_told

    keep(msgspec.json.decode(read_told(), type=ServerSpec))


@main.command("_front", hidden=True)
def front_process() -> None:
    """The front process of a server."""
    from homestretch.app import show
    from homestretch.server.spec import FrontSpec
    from homestretch.server.supervisor import read_told

    show(msgspec.json.decode(read_told(), type=FrontSpec))


@main.command("_forecaster", hidden=True)
def forecaster_process() -> None:
    """The process of a server that looks ahead."""
    from homestretch.app import look_ahead
    from homestretch.server.spec import BesideSpec
    from homestretch.server.supervisor import read_told

    look_ahead(msgspec.json.decode(read_told(), type=BesideSpec))


@main.command("_pusher", hidden=True)
def pusher_process() -> None:
    """The process of a server that sends news to phones."""
    from homestretch.app import push
    from homestretch.server.spec import PushSpec
    from homestretch.server.supervisor import read_told

    push(msgspec.json.decode(read_told(), type=PushSpec))


@main.command("_play", hidden=True)
def devices_process() -> None:
    """The process that plays the devices of a rehearsal."""
    from homestretch.playing.demo import PlaySpec, run_devices
    from homestretch.server.supervisor import read_told

    run_devices(msgspec.json.decode(read_told(), type=PlaySpec))


for command in (
    replay,
    replay_process,
    import_command,
    export_command,
    erase_command,
    backup,
    restore,
    course_shape_command,
    key_commands,
    hook_commands,
    herald_process,
    say,
    station,
    forecast_commands,
    companions_command,
    publish_command,
    stories_command,
    ask_command,
    push_command,
    photo_commands,
    links_command,
    evidence,
):
    main.add_command(command)
