"""`homestretch replay`: a real past race as a live one."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from homestretch.commands.options import EventFolder, host_option, port_option, read_speed


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--speed",
    callback=read_speed,
    metavar="N|max",
    default="60",
    show_default=True,
    help="How many times as fast as the real day, or max: as fast as the server takes it.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="End when all is sent; print what was found as JSON."
)
@click.option(
    "--edition", default="", help='Which race of a file that holds several: "berlin 2016".'
)
@click.option("--distance-m", default=42195.0, show_default=True, help="How long the race was.")
@host_option
@port_option
@click.option(
    "--folder", type=EventFolder, help="Keep the event's folder here (default: thrown away)."
)
def replay(
    file: Path,
    speed: float,
    as_json: bool,
    edition: str,
    distance_m: float,
    host: str,
    port: int,
    folder: Path | None,
) -> None:
    """Run a real past race as a live one, and compare what came out with FILE.

    FILE is a parquet file with one row for each finisher and columns c_start, c_5k, ..., c_finish
    (seconds after midnight), or t_5k, ..., t_finish (net seconds). Names, bibs, course and guns are
    made up.
    """
    from homestretch.playing.replay import ReplaySpec, run_replay

    spec = ReplaySpec(
        file=str(file.absolute()), distance_m=distance_m, edition=edition, speed=speed, json=as_json
    )
    sys.exit(run_replay(spec, host=host, port=port, folder=folder, say=click.echo))


@click.command("_replay", hidden=True)
def replay_process() -> None:
    """The process that plays the devices of a replay."""
    from homestretch.playing.replay import ReplaySpec, run_replay_devices
    from homestretch.server.supervisor import read_told

    sys.exit(run_replay_devices(msgspec.json.decode(read_told(), type=ReplaySpec)))
