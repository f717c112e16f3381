"""Arguments and options that several commands share, and what they have in common."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

HOST_HELP = (
    "Address to listen on. The default serves this computer only; 0.0.0.0 serves the network."
)
EventFolder = click.Path(path_type=Path, file_okay=False)
SLOWEST: Final = 0.01
FASTEST: Final = 10_000.0

folder_argument = click.argument("folder", type=EventFolder)
host_option = click.option("--host", default="127.0.0.1", show_default=True, help=HOST_HELP)
port_option = click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port of the pages.",
)
database_option = click.option(
    "--database",
    default="",
    envvar="HOMESTRETCH_DATABASE",
    help="postgresql://... when the event has outgrown its folder.",
)


_FILE = click.Path(path_type=Path, dir_okay=False)


def tls_options(command: Callable[..., None]) -> Callable[..., None]:
    """``--tls``, and which files it takes when they are not in the folder of the event."""
    for option in (
        click.option(
            "--tls-key", type=_FILE, help="Private key (PEM); default: key.pem in the first folder."
        ),
        click.option(
            "--tls-cert",
            type=_FILE,
            help="Certificate with its chain (PEM); default: cert.pem in the first folder.",
        ),
        click.option(
            "--tls",
            is_flag=True,
            help="Serve over https: phones keep the page without signal only so.",
        ),
    ):
        command = option(command)
    return command


def read_proxies(_ctx: click.Context, _param: click.Parameter, text: str) -> str:
    """The proxies in ``--behind-proxy``: named ones alone, because whoever is believed says who everybody is."""
    named = [part.strip() for part in text.split(",") if part.strip()]
    for part in named:
        try:
            ipaddress.ip_network(part, strict=False)
        except ValueError as error:
            raise click.BadParameter(
                f"{part!r} is no address. Name the proxy as this computer sees it: 127.0.0.1, or a network such"
                " as 10.0.0.0/24."
            ) from error
    return ",".join(named)


def read_speed(_ctx: click.Context, _param: click.Parameter, text: str) -> float:
    """The speed in ``--speed``: a number of times as fast as a real day; 0 stands for ``max``."""
    return 0.0 if text == "max" else _read_pace(text, ", or max")


def read_pace(_ctx: click.Context, _param: click.Parameter, text: str) -> float:
    """The speed in ``--speed`` of a day that has no end to hurry to."""
    return _read_pace(text, "")


def _read_pace(text: str, more: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not SLOWEST <= speed <= FASTEST:
        raise click.BadParameter(f"write a number such as 1 or 60 (at most {FASTEST:g}){more}.")
    return speed
