"""`homestretch hook`: the secrets of webhooks, whether they are told, and a message to try one."""

from __future__ import annotations

import contextlib
import secrets
import time
from pathlib import Path

import click
import msgspec

from homestretch.commands.options import folder_argument
from homestretch.errors import NotFound, PlanError
from homestretch.race.hooks import Hook


@click.group("hook")
def hook_commands() -> None:
    """Make secrets of webhooks, try them, and see what waits for them."""


@hook_commands.command("secret")
@folder_argument
@click.argument("name")
def make_secret_command(folder: Path, name: str) -> None:
    """Make a new secret for the webhook NAME, with which its receiver knows our messages."""
    from homestretch.folder.hooks import make_secret

    hook = _get_hook(folder, name)
    click.echo(f"The secret of {hook.name}, for whoever runs {hook.url}:")
    click.echo(f"  {make_secret(folder, hook.name)}")
    click.echo("It holds from the next message on; one that was there before holds no more.")


@hook_commands.command("list")
@folder_argument
def list_hooks(folder: Path) -> None:
    """List every webhook and alert service, of what it is told, and how many messages wait for it."""
    from homestretch.folder.hooks import get_event_key
    from homestretch.herald.outbox import FILE, Outbox
    from homestretch.herald.receivers import ALERT, list_receivers

    receivers = list_receivers(folder)
    if not receivers:
        click.echo("Nobody is told. Write a [[webhook]] into event.toml (docs/webhooks.md).")
        return
    outbox = Outbox(folder / FILE, get_event_key(folder)) if (folder / FILE).exists() else None
    with contextlib.closing(outbox) if outbox else contextlib.nullcontext():
        for hook in receivers:
            waiting = outbox.count_waiting(hook.name, hook.kinds) if outbox else 0
            where = "an address in alerts.txt" if hook.name.startswith(ALERT) else hook.url
            kinds = ", ".join(hook.kinds)
            click.echo(f"{hook.name}  {where}  {kinds}  as {hook.role}  {waiting:,} waiting")


@hook_commands.command("test")
@folder_argument
@click.argument("name")
def test_hook(folder: Path, name: str) -> None:
    """Send one message that tells nothing to the webhook NAME, and say what came back."""
    from homestretch.folder.hooks import find_secret
    from homestretch.herald.posting import post
    from homestretch.herald.signing import sign

    hook = _get_hook(folder, name)
    secret = find_secret(folder, hook.name)
    if secret is None:
        raise PlanError(
            f"The webhook {name} has no secret.",
            f"Make one with: homestretch hook secret {folder} {name}",
        )
    body = msgspec.json.encode({"type": "test", "data": {"items": []}})
    headers = sign(secret, f"msg_{secrets.token_hex(12)}", int(time.time()), body)
    outcome = post(hook, headers, body)
    if not outcome.taken:
        raise PlanError(
            f"{hook.name} did not take it: {outcome.reason}.", "See what its receiver says."
        )
    click.echo(f"{hook.name} took it.")


@click.command("_herald", hidden=True)
def herald_process() -> None:
    """The process of a server that tells other systems."""
    from homestretch.herald.starting import tell_others
    from homestretch.server.spec import BesideSpec
    from homestretch.server.supervisor import read_told

    tell_others(msgspec.json.decode(read_told(), type=BesideSpec))


def _get_hook(folder: Path, name: str) -> Hook:
    from homestretch.folder.check import load_hooks

    hooks = load_hooks(folder)
    for hook in hooks:
        if hook.name == name:
            return hook
    known = ", ".join(hook.name for hook in hooks) or "none yet: write a [[webhook]]"
    raise NotFound(f"There is no webhook {name!r} in event.toml.", f"There are: {known}.")
