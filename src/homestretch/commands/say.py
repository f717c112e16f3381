"""`homestretch say`: control's word as a fact."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from homestretch.commands.event import get_event
from homestretch.commands.options import database_option, folder_argument
from homestretch.commands.say_words import help_of_kinds


@click.command(epilog=help_of_kinds())
@folder_argument
@click.argument("kind")
@click.argument("words", nargs=-1)
@click.option("--by", default="", help="Who says it, if not the director: kept for 30 days.")
@database_option
def say(folder: Path, kind: str, words: tuple[str, ...], by: str, database: str) -> None:
    """Say something that was seen or decided: a KIND of fact and its WORDS as name=value.

    \b
    homestretch say DIR flag state=stopped text="Lightning. Walk to the nearest shelter."
    homestretch say DIR taken-over bib=4312 taken_by=bus keeper="Bus 2" at=12:41
    homestretch say DIR taken-over bib=4312 taken_by=home
    homestretch say DIR assigned chip=41F0A3 bib=4312
    homestretch say DIR ruled bib=4312 verdict=dnf
    homestretch say DIR gun race=marathon wave=A at=07:02:15
    homestretch say DIR sighting bib=4312 place=finish at=14:20:31
    homestretch say DIR mat-lifted place=10k

    Each can have at=TIME, when it was seen, else it is now. A TIME is 12:41 (the last time that the
    clocks showed this), "+1 00:12" (on the day after the event's date), "2026-05-04 00:12", or any of
    these with seconds.
    """
    from homestretch.app import moment_in, store_of
    from homestretch.intake.unknown import list_unknown
    from homestretch.office.said_times import say_when
    from homestretch.office.saying import say as say_fact

    fields = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise click.UsageError(f"{word!r} is not name=value.")
        fields[name] = value
    event = get_event(folder)
    with contextlib.closing(store_of(folder, event.id, database)) as store:
        fact = say_fact(store, event, kind, fields, moment_in(folder), by.strip())
        unknown = list_unknown(store.log, event, fact)
    when = f" It is dated {say_when(fact.seen_at, event)}." if "at" in fields else ""
    click.echo(f"Said: {kind} {' '.join(words)}.{when} It is kept, and shown within a second.")
    for sentence in unknown:
        click.echo(f"  {sentence}")
