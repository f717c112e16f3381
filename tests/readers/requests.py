"""Requests as they stand in the files of ``samples_http``, and who made them.

A request is its method with maybe a query, its headers, an empty line and its body; ``###`` parts two.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from homestretch.readers import Caller, Request

SAMPLES = Path(__file__).parent / "samples_http"
AT = 1_777_817_000_000
"""10:03:20 on race day in New York."""
PHONES = {
    "sweep": "sweep",
    "sw": "sweep",
    "48241179": "sweep",
    "lc": "lead-car",
    "lc-phone": "lead-car",
    "bus-1": "bus-1",
}


def a_caller(vehicle: str = "", phones: dict[str, str] | None = None) -> Caller:
    """A device's key; the plan has a sweep, a lead car and a bus unless other ``phones`` are given."""
    zone = ZoneInfo("America/New_York")
    return Caller("phones", "", zone, "2026-05-03", vehicle, PHONES if phones is None else phones)


def a_request(
    body: bytes | str = b"", *, method: str = "POST", query: str = "", **headers: str
) -> Request:
    """A request; an underscore in the name of a header stands for a dash."""
    return Request(
        method,
        dict(parse_qsl(query)),
        {name.replace("_", "-"): value for name, value in headers.items()},
        body.encode() if isinstance(body, str) else body,
    )


def list_samples(name: str) -> list[Request]:
    """The requests of the sample of a protocol."""
    text = (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")
    return [_read(part) for part in text.split("###\n")]


def _read(part: str) -> Request:
    head, _, body = part.partition("\n\n")
    first, *lines = head.splitlines()
    method, _, query = first.partition(" ?")
    headers = dict(line.split(": ", 1) for line in lines)
    return Request(method, dict(parse_qsl(query)), headers, body.strip().encode())
