"""`homestretch links`: private links of entrants, for a mail merge and for packets."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from homestretch.commands.event import get_event
from homestretch.commands.keys import DAY_MS
from homestretch.commands.options import database_option, folder_argument
from homestretch.errors import PlanError
from homestretch.race.event import Event

DAYS_AFTER: Final = 365


@click.command("links")
@folder_argument
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option(
    "--qr",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="A code (SVG) for each packet, too, named by the bib.",
)
@click.option(
    "--bib",
    "bibs",
    multiple=True,
    metavar="BIB",
    help="A new link for this bib; the old one opens nothing any more. May be given several times.",
)
@click.option(
    "--again",
    is_flag=True,
    help="New links for everybody; those that were sent open nothing any more.",
)
@click.option(
    "--revoke", "revokes", is_flag=True, help="Take back the links of each --bib; make none."
)
@click.option(
    "--days",
    type=click.IntRange(1, 3660),
    help="How long they hold (default: until a year after the event).",
)
@click.option(
    "--base-url",
    default="",
    help="Address of the pages as others reach them (default: that of the server that runs).",
)
@database_option
def links_command(
    folder: Path,
    out: Path | None,
    qr: Path | None,
    bibs: tuple[str, ...],
    again: bool,
    revokes: bool,
    days: int | None,
    base_url: str,
    database: str,
) -> None:
    """Write a private link for each entrant who has none into OUT (CSV), for a mail merge, also while the event
    runs."""
    from homestretch.app import moment_in, store_of
    from homestretch.office.links import Wanted, make_links, revoke_links

    if revokes != (out is None) or (revokes and not bibs):
        raise click.UsageError("Say where to: OUT.csv; or, to take links back, --revoke and --bib.")
    event, moment = get_event(folder), moment_in(folder)
    with contextlib.closing(store_of(folder, event.id, database)) as store:
        if out is None:
            taken = revoke_links(store, moment.event_at, bibs, moment.wall_at)
            click.echo(f"{_say_links(taken)} taken back, with every browser that was let in.")
            return
        expires_at = moment.wall_at + days * DAY_MS if days else _usual_end(event, moment.wall_at)
        until = dt.datetime.fromtimestamp(expires_at // 1000, event.zone_info).strftime("%Y-%m-%d")
        base = f"{_root(folder, base_url)}/{event.id}"
        wanted = Wanted(base, moment.wall_at, expires_at, until, bibs, again)
        made = make_links(store, moment.event_at, wanted, out, qr)
    guardians = f", {made.guardians:,} of them with a guardian's" if made.guardians else ""
    click.echo(f"wrote {out}: {_say_entrants(made.rows)}{guardians}, until {until}.")
    if made.codes:
        click.echo(f"wrote {made.codes:,} codes into {qr}.")
    if made.kept:
        click.echo(
            f"{_say_entrants(made.kept)} had a link before, which still holds and cannot be told again; a lost"
            " one is made anew with --bib."
        )
    click.echo("Each link is told this once. Who has one can do what the entrant can.")


def _root(folder: Path, base_url: str) -> str:
    """The address of the pages as told, else of the server that runs; PlanError for one that nobody else reaches,
    because links are sent to people."""
    from homestretch.server.told_address import find_address, is_own_alone

    if base_url:
        return base_url.rstrip("/")
    told = find_address(folder)
    link = told.link() if told else ""
    if not link or is_own_alone(urlsplit(link).hostname or ""):
        raise PlanError(
            "Links are sent to people, and no address of this event is known that they could reach.",
            "Say it: --base-url https://race.example.org. Nothing was made.",
        )
    return link


def _say_links(count: int) -> str:
    return "1 link is" if count == 1 else f"{count:,} links are"


def _say_entrants(count: int) -> str:
    return "1 entrant" if count == 1 else f"{count:,} entrants"


def _usual_end(event: Event, now: int) -> int:
    """A year after the event, in its zone: photos and stories live longer than the day; at least that long from
    now."""
    day = dt.date.fromisoformat(event.date) + dt.timedelta(days=DAYS_AFTER)
    end = dt.datetime.combine(day, dt.time(), event.zone_info)
    return max(int(end.timestamp()) * 1000, now + DAY_MS)
