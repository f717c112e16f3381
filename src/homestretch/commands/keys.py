"""`homestretch key`: links and keys for staff and devices. Only hashes of them are kept."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import time
from collections import Counter
from pathlib import Path
from typing import Final, cast, get_args
from urllib.parse import urlsplit

import click
import segno

from homestretch.commands.event import get_event
from homestretch.commands.options import database_option, folder_argument
from homestretch.errors import NotFound
from homestretch.race.event import Event
from homestretch.race.privacy import Role
from homestretch.race.spelling import place_key
from homestretch.race.vehicles import find_vehicle, list_vehicles
from homestretch.store.keys import Key, new_key

ROLES: Final = tuple(role for role in get_args(Role) if role not in ("public", "runner"))
USUAL_ADDRESS: Final = "http://127.0.0.1:8000"
DAY_MS: Final = 86_400_000
DAYS_AFTER: Final = 2
HAVE_A_PLACE: Final = ("station", "device", "sweep", "photographer")


@click.group("key")
def key_commands() -> None:
    """Make, list and revoke the keys of staff and devices."""


@key_commands.command("create")
@folder_argument
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the key is for.")
@click.option(
    "--at",
    "at",
    default="",
    metavar="PLACE",
    help="The point of a station, a device or a photographer, the vehicle of a phone or of a sweep's driver: it speaks"
    " for that alone.",
)
@click.option("--label", default="", help="Who has the key, in your words.")
@click.option(
    "--days",
    type=click.IntRange(1, 400),
    help="How long it holds (default: until two days after the event).",
)
@click.option(
    "--base-url",
    default="",
    help="Address of the pages as others reach them (default: that of the server that runs).",
)
@database_option
def create(
    folder: Path, role: str, at: str, label: str, days: int | None, base_url: str, database: str
) -> None:
    """Make a key: a link with a QR code, or for a device what it must send."""
    event = get_event(folder)
    if role == "station" and not at:
        raise click.UsageError(f"A station has a place: --at with one of {_points(event)}.")
    if role == "sweep" and not at:
        raise click.UsageError(f"A driver has a vehicle: --at with one of {_vehicles(event)}.")
    if at and role not in HAVE_A_PLACE:
        raise click.UsageError(f"A key for {role} has no place: leave --at out.")
    now = _wall_now()
    expires_at = now + days * DAY_MS if days else _usual_end(event, now)
    key, token = new_key(
        cast(Role, role),
        created_at=now,
        expires_at=expires_at,
        label=label,
        station=_place(event, at, cast(Role, role)) if at else "",
    )
    _put(folder, event, database, key)
    root = find_root(folder, base_url)
    base = f"{root}/{event.id}"
    where = f" at {key.station}" if key.station else ""
    click.echo(f"A key for {role}{where}, until {_say(expires_at, event)} (id {key.id}).")
    if role == "device" and find_vehicle(event, key.station or key.label):
        _say_phone(base, token)
    elif role == "device":
        _say_device(base, token, key, event)
    else:
        _say_link(f"{base}/key/{token}")
    _say_reach(root)
    click.echo(f"It is shown this once. To take it back: homestretch key revoke {folder} {key.id}")


@key_commands.command("list")
@folder_argument
@database_option
def list_keys(folder: Path, database: str) -> None:
    """List every key of the event: its id, for whom, and whether it holds."""
    from homestretch.app import store_of

    event, now = get_event(folder), _wall_now()
    with contextlib.closing(store_of(folder, event.id, database)) as store:
        keys = store.people.list_keys()
    sessions = Counter(key.parent for key in keys if key.parent and key.holds(now))
    links = [key for key in keys if not key.parent]
    if not links:
        click.echo(f"No keys yet. Make one with: homestretch key create {folder} --role control")
        return
    for key in links:
        words = [
            key.id,
            key.role,
            f"at {key.station}" if key.station else "",
            key.label,
            _state(key, event, now),
        ]
        browsers = sessions[key.id]
        words.append(
            f"open in {browsers} browser{'s' if browsers != 1 else ''}" if browsers else ""
        )
        click.echo("  ".join(word for word in words if word))


@key_commands.command("revoke")
@folder_argument
@click.argument("key_id", metavar="ID")
@database_option
def revoke(folder: Path, key_id: str, database: str) -> None:
    """Take back a key and every browser that was let in by it."""
    from homestretch.app import store_of

    event = get_event(folder)
    with contextlib.closing(store_of(folder, event.id, database)) as store:
        known = store.people.revoke(key_id, _wall_now())
    if not known:
        raise NotFound(
            f"There is no key {key_id!r}.", f"To see them: homestretch key list {folder}"
        )
    click.echo(f"The key {key_id} opens nothing any more, nor do the browsers that it let in.")


def _put(folder: Path, event: Event, database: str, key: Key) -> None:
    from homestretch.app import store_of

    with contextlib.closing(store_of(folder, event.id, database)) as store:
        store.people.put_key(key)


def find_root(folder: Path, base_url: str) -> str:
    """The address of the pages: as told, else of the server that runs, else the usual one."""
    from homestretch.server.told_address import find_address

    if base_url:
        return base_url.rstrip("/")
    if told := find_address(folder):
        return told.link()
    click.echo(f"No server runs in {folder} now: a guess at its address is shown.")
    return USUAL_ADDRESS


def _say_reach(root: str) -> None:
    from homestretch.server.told_address import is_own_alone

    if is_own_alone(urlsplit(root).hostname or ""):
        click.echo(
            "This address works on this computer only. For phones and other computers start the"
            " server with --host 0.0.0.0, or say --base-url, and make another key."
        )


def _say_link(link: str) -> None:
    click.echo(f"  {link}")
    drawn = io.StringIO()
    segno.make(link, micro=False).terminal(out=drawn, compact=True, border=2)
    click.echo(drawn.getvalue())
    click.echo("Open it once in the browser that shall have the role.")


def _say_phone(base: str, token: str) -> None:
    click.echo("OwnTracks, mode HTTP:")
    click.echo(f"  URL       {base}/doors/owntracks")
    click.echo("  User      any, such as driver")
    click.echo(f"  Password  {token}")
    click.echo("Traccar Client, server URL:")
    click.echo(f"  {base}/doors/traccar/{token}")
    if base.startswith("http://"):
        click.echo("Most phones send to https addresses alone: see docs/how-to/sweep-phone.md.")


def _say_device(base: str, token: str, key: Key, event: Event) -> None:
    mats = [point.id for point in event.points if point.kind == "mat"]
    place = key.station or mats[-1]
    after_gun = event.races[0].waves[0].gun_at // 1000 + 1200
    seen_at = dt.datetime.fromtimestamp(after_gun, event.zone_info).isoformat(
        timespec="milliseconds"
    )
    click.echo("The device sends this header with each batch:")
    click.echo(f"  Authorization: Bearer {token}")
    click.echo("For example:")
    click.echo(f"  curl -X POST {base}/facts \\")
    click.echo(f"    -H 'Authorization: Bearer {token}' \\")
    click.echo("    -H 'Content-Type: application/json' \\")
    click.echo(
        f'    -d \'{{"items": [{{"seq": 1, "kind": "read", "seen_at": "{seen_at}",'
        f' "chip": "413A35", "place": "{place}"}}]}}\''
    )


def _place(event: Event, text: str, role: Role) -> str:
    """The point that is meant, by its id, or for a device also the vehicle; NotFound when there is none."""
    if role == "sweep":
        if driven := find_vehicle(event, text):
            return driven.name
        raise NotFound(
            f"The event has no vehicle {text!r}.", f"Its vehicles are: {_vehicles(event)}."
        )
    for point in event.points:
        if place_key(text) in (place_key(point.id), place_key(point.name)):
            return point.id
    hint = f"Its points are: {_points(event)}."
    if role == "device":
        if vehicle := find_vehicle(event, text):
            return vehicle.name
        if list_vehicles(event):
            hint += f" Its vehicles are: {_vehicles(event)}."
    raise NotFound(f"The event has no point {text!r}.", hint)


def _vehicles(event: Event) -> str:
    return (
        ", ".join(vehicle.name for vehicle in list_vehicles(event)) or "none: name it in event.toml"
    )


def _points(event: Event) -> str:
    return ", ".join(point.id for point in event.points)


def _usual_end(event: Event, now: int) -> int:
    """Midnight two days after the event, in its zone, but at least two days from now."""
    day = dt.date.fromisoformat(event.date) + dt.timedelta(days=DAYS_AFTER + 1)
    midnight = dt.datetime.combine(day, dt.time(), event.zone_info)
    return max(int(midnight.timestamp()) * 1000, now + DAYS_AFTER * DAY_MS)


def _state(key: Key, event: Event, now: int) -> str:
    if key.revoked_at is not None:
        return f"revoked {_say(key.revoked_at, event)}"
    return f"{'until' if key.holds(now) else 'expired'} {_say(key.expires_at, event)}"


def _say(at: int, event: Event) -> str:
    return dt.datetime.fromtimestamp(at // 1000, event.zone_info).strftime("%Y-%m-%d %H:%M")


def _wall_now() -> int:
    return time.time_ns() // 1_000_000
