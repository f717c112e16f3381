"""`homestretch import`, `export` and `erase`: what goes into an event, what comes out, what is taken away."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from homestretch.commands.event import get_event
from homestretch.commands.options import database_option, folder_argument
from homestretch.errors import PlanError

if TYPE_CHECKING:
    from homestretch.intake.importing import Imported
    from homestretch.intake.looking import Kind
    from homestretch.intake.previewing import Preview
    from homestretch.office.erasing import Erased
    from homestretch.race.event import Event
    from homestretch.store.opening import Store


@click.command("import")
@folder_argument
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--as",
    "kind",
    type=click.Choice(["entrants", "reads", "packets"]),
    help="What FILE holds, if it is not recognised.",
)
@click.option(
    "--place", default="", metavar="POINT", help="Where reads were made, if FILE does not say."
)
@click.option(
    "--race", default="", metavar="RACE", help="The race of entrants whose row in FILE names none."
)
@click.option("--zone", default="", help="Zone of times without one (default: the event's).")
@click.option(
    "--date",
    default="",
    metavar="YYYY-MM-DD",
    help="Date of times without one (default: the event's).",
)
@click.option(
    "--chute",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Bibs in the order of the line, one a line, for the times in FILE.",
)
@click.option("--started", default="", metavar="HH:MM:SS", help="When a stopwatch was started.")
@click.option("--force-pairs", is_flag=True, help="Pair times and bibs though they do not agree.")
@click.option(
    "--preview", is_flag=True, help="Show what FILE is and how it is understood; enter nothing."
)
@database_option
def import_command(
    folder: Path,
    file: Path,
    kind: str | None,
    place: str,
    race: str,
    zone: str,
    date: str,
    chute: Path | None,
    started: str,
    force_pairs: bool,
    preview: bool,
    database: str,
) -> None:
    """Take entrants, reads, packets or a chute list from FILE into the event in FOLDER, also while it runs."""
    from homestretch.app import find_known, moment_in, store_of
    from homestretch.intake.asking import Told
    from homestretch.intake.importing import import_file
    from homestretch.intake.looking import open_file
    from homestretch.intake.previewing import preview_file
    from homestretch.office.chutes import import_chute

    event = get_event(folder)
    race = event.get_race(race).id if race else ""
    told = Told(_zone(zone) if zone else None, _date(date) if date else "", place, race)
    opened = open_file(file, moment_in(folder))
    if preview:
        if chute is not None:
            raise click.UsageError("A chute list is imported whole or not at all: no --preview.")
        known = find_known(folder, event.id, database)
        _preview(preview_file(event, opened, cast("Kind | None", kind), told, known))
        return
    with contextlib.closing(store_of(folder, event.id, database)) as store:
        if chute is not None:
            bibs, context = open_file(chute, moment_in(folder)), told.context(event)
            done = import_chute(store, event, opened, bibs, context, place, started, force_pairs)
        else:
            done = import_file(store, event, opened, cast("Kind | None", kind), told)
    _say_imported(file.name, done)


def _say_imported(name: str, done: Imported) -> None:
    from homestretch.intake.looking import say_many

    click.echo(f"{name} is {done.says}.")
    for sentence in done.listed:
        click.echo(f"  {sentence}")
    before = f", {done.known:,} known before" if done.known else ""
    click.echo(
        f"{say_many(done.rows, 'row')}: {done.rows - done.refused:,} kept, {done.refused:,} refused"
        f" ({say_many(done.new, 'new fact')}{before})."
    )
    if done.refused:
        click.echo(
            "Refused rows are kept as unreadable, so nothing is lost: mend them and import again."
        )
        sys.exit(1)


def _preview(shown: Preview) -> None:
    """Say how a file is understood; exit code 1 when rows would be refused or something must be told."""
    for line in shown.lines:
        click.echo(line)
    if shown.question is not None:
        raise shown.question
    if shown.refused:
        sys.exit(1)


@click.command("export")
@folder_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to (default: FOLDER/results).",
)
@click.option(
    "--form",
    "forms",
    multiple=True,
    type=click.Choice(
        ["csv", "json", "html", "runsignup", "raceresult", "ultrasignup", "opensplittime"]
    ),
    help="In which form, or several (default: csv and json).",
)
@click.option(
    "--full", is_flag=True, help="Everybody, with exact times and marks: for the director only."
)
@click.option(
    "--facts",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write all facts as one Parquet file instead.",
)
@click.option(
    "--version", type=click.IntRange(1), help="A version that was declared; usual: the newest."
)
@database_option
def export_command(
    folder: Path,
    out: Path | None,
    forms: tuple[str, ...],
    full: bool,
    facts: Path | None,
    version: int | None,
    database: str,
) -> None:
    """Write the results of each race in FOLDER as the public may see them."""
    from homestretch.app import moment_in, store_of
    from homestretch.boards.standing import find_standing
    from homestretch.office.exports import FOLDER, USUAL, make_picture, say_left_out, write_results

    event = get_event(folder)
    if facts is not None:
        from homestretch.office.facts_table import write_facts

        with contextlib.closing(store_of(folder, event.id, database)) as store:
            count = write_facts(store.log, facts)
        click.echo(f"wrote {facts}: {count:,} facts, for the director only.")
        return
    with contextlib.closing(store_of(folder, event.id, database)) as store:
        picture = make_picture(store, moment_in(folder).event_at)
    written = write_results(picture, out or folder / FOLDER, full, forms or USUAL, version or 0)
    for path in written:
        click.echo(f"wrote {path}")
    for sentence in () if full else say_left_out(picture, forms):
        click.echo(sentence)
    declared = {one.word.race for one in picture.versions if one.word.number == version}
    for race in picture.event.races:
        if version and race.id not in declared:
            click.echo(f"{race.name}: nothing written, it has no version {version}.")
        else:
            click.echo(f"{race.name}: {find_standing(picture, race, version or 0).words}.")
    if full:
        click.echo("They hold names and marks that the public must not see.")


@click.command("erase")
@folder_argument
@click.argument("bib", required=False)
@click.option(
    "--name", default="", help="Erase what names somebody who is no entrant: an official."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@database_option
def erase_command(folder: Path, bib: str | None, name: str, yes: bool, database: str) -> None:
    """Erase the person with this BIB for good; times and places stay, without a name."""
    from homestretch.app import store_of

    if bool(bib) == bool(name.strip()):
        raise click.UsageError("Say whom: a BIB, or --name for somebody who is no entrant.")
    event = get_event(folder)
    with contextlib.closing(store_of(folder, event.id, database)) as store:
        if bib:
            _erase_entrant(store, event, folder, bib, yes)
        else:
            _erase_name(store, name, yes)


def _erase_entrant(store: Store, event: Event, folder: Path, bib: str, yes: bool) -> None:
    from homestretch.app import moment_in
    from homestretch.office.erasing import erase, find_entrant

    now = moment_in(folder).event_at
    found = find_entrant(store, bib, now)
    person = found.person
    name = f"{person.first} {person.last}".strip() if person else "erased before"
    if not yes:
        click.confirm(f"Bib {found.bib}, {name}, {found.race}: erase for good?", abort=True)
    done = erase(store, event, folder, found, now)
    click.echo(f"The person of bib {found.bib} is erased from our files and will not come back.")
    _say_words(done)
    if done.results:
        click.echo(f"Results were written again: {', '.join(path.name for path in done.results)}.")
    if done.lines:
        lines = ", ".join(map(str, done.lines))
        said = "line" if len(done.lines) == 1 else "lines"
        click.echo(f"{folder / 'entrants.csv'} still has them in {said} {lines}.")
    for file in done.dropped:
        click.echo(f"{file} still names them.")
    if done.lines or done.dropped:
        click.echo("These are yours: delete that, and copies, exports and prints elsewhere.")
    else:
        click.echo("Delete copies, exports and prints elsewhere yourself.")


def _erase_name(store: Store, name: str, yes: bool) -> None:
    from homestretch.office.erasing import erase_name

    if not yes:
        click.confirm(
            f"Every text and every key's label with the words {name!r}: erase?", abort=True
        )
    done = erase_name(store, name)
    click.echo(f"What named {name!r} is erased. Entrants of that name are as they were.")
    _say_words(done)


def _say_words(done: Erased) -> None:
    if done.texts:
        were = "is 1 text" if done.texts == 1 else f"are {done.texts:,} texts"
        click.echo(f"So {were} about them.")
    if done.labels:
        keys = "1 key" if done.labels == 1 else f"{done.labels:,} keys"
        click.echo(f"The label of {keys} had the name in it: it is empty, and the key still holds.")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PlanError(
            f"There is no time zone {name!r}.", "Write one such as America/New_York."
        ) from error


def _date(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise PlanError(f"{text!r} is not a date.", "Write it as 2026-05-03.") from error
