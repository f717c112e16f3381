"""`homestretch evidence`: what Homestretch says, measured against what happened; one file for each kind."""

from __future__ import annotations

import click

from homestretch.commands.evidence_companions import companions
from homestretch.commands.evidence_forecast import evidence_forecast
from homestretch.commands.evidence_photos import evidence_photos


@click.group()
def evidence() -> None:
    """Measure what Homestretch says against what happened in past races."""


evidence.add_command(companions)
evidence.add_command(evidence_forecast)
evidence.add_command(evidence_photos)
