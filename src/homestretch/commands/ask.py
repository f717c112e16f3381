"""`homestretch ask`: the questions of the desk of stories, sent by e-mail and text message."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from homestretch.commands.event import get_event
from homestretch.commands.options import database_option, folder_argument
from homestretch.errors import PlanError


@click.command("ask")
@folder_argument
@click.option(
    "--trial",
    metavar="ADDRESS",
    default="",
    help="Send nothing but a trial to an e-mail address or a number of your own.",
)
@database_option
def ask_command(folder: Path, trial: str, database: str) -> None:
    """Send the questions about stories that wait, by the channels in asking.toml; a server that runs does so by
    itself."""
    from homestretch.app import moment_in, store_of
    from homestretch.boards.asked_words import WORDS
    from homestretch.office.asking import send_questions, send_trial

    event = get_event(folder)
    if trial:
        went = send_trial(folder, trial, event.name)
        if went.outcome != "sent":
            raise PlanError(f"Not sent: {WORDS[went.reason]}.", "Look at asking.toml.")
        click.echo("Sent.")
        return
    with contextlib.closing(store_of(folder, event.id, database)) as store:
        done = send_questions(store, folder, moment_in(folder))
    click.echo(f"{done.sent:,} sent, {done.failing:,} tried again later, {done.left:,} not sent.")
    for reason in done.reasons:
        click.echo(f"{WORDS[reason]}.")
