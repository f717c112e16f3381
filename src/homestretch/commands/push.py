"""`homestretch push`: messages to phones that sleep, for who follows a runner."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import click
import msgspec

from homestretch.commands.event import get_event
from homestretch.commands.options import folder_argument


@click.command("push")
@folder_argument
@click.option(
    "--contact",
    default="",
    metavar="ADDRESS",
    help="How a push service reaches you when something is wrong: mailto:race@example.org, or a page (https).",
)
@click.option(
    "--also",
    multiple=True,
    metavar="HOST",
    help="A push service of your own that messages may be sent to as well. May be repeated.",
)
@click.option("--off", is_flag=True, help="Send no messages any more; who follows is erased.")
def push_command(folder: Path, contact: str, also: tuple[str, ...], off: bool) -> None:
    """Let people follow a runner on a phone that sleeps. It holds from the next start of the server on."""
    from homestretch.news.sealing import make_private
    from homestretch.server.push_key import PUSH_KEY, PushKey, find_push_key, put_push_key

    get_event(folder)
    known = find_push_key(folder)
    if off:
        (folder / PUSH_KEY).unlink(missing_ok=True)
        click.echo("From the next start of the server on no messages are sent to phones.")
        return
    contact = contact or (known.contact if known else "")
    if not _is_contact(contact):
        raise click.UsageError("Say --contact mailto:race@example.org (or a page: https://...).")
    key = PushKey(private=make_private(), contact=contact)
    key = msgspec.structs.replace(known, contact=contact) if known else key
    put_push_key(folder, msgspec.structs.replace(key, hosts=also or key.hosts))
    click.echo(
        f"{folder / PUSH_KEY} is {'kept' if known else 'made'}, for your eyes alone. From the next start of the server"
        " on a runner's page offers messages, where the browser can and the page came over https."
    )


def _is_contact(text: str) -> bool:
    """What push services take: an address for mail, or a page."""
    parts = urlsplit(text)
    page = parts.scheme == "https" and bool(parts.hostname)
    return page or (parts.scheme == "mailto" and "@" in parts.path[1:-1] and " " not in text)
