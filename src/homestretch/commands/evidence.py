"""`homestretch evidence`: what a method finds in a past race, in figures."""

from __future__ import annotations

import click

from homestretch.commands.evidence_companions import companions


@click.group()
def evidence() -> None:
    """What a method finds in the file of a past race, in figures."""


evidence.add_command(companions)
