"""Twenty devices of mixed make in a process of its own: ``python -m bench.mixed_clients SPEC`` (JSON).

Each sends its share of the load for a while as its protocol wants it. At the end one line for each slice of a
tenth of a second: when it was sent (monotonic s), and how many reads all had sent by then.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections.abc import Callable

import msgspec

from bench.served import HOST

SLICE_S = 0.1
CHIPS = 20_000


class Spec(msgspec.Struct):
    """Ports of the doors, the path and key of the JSON door, reads a second in all, and for how long (s)."""

    jchip: int
    mylaps: int
    chronotrack: int
    http: int
    path: str
    key: str
    reads_per_s: int
    seconds: float
    first_chip: int = 0


class Load:
    """What all devices have sent together; each read has a chip of its own."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.chips = itertools.count(spec.first_chip)
        self.sent = 0
        self.slices: list[tuple[float, int]] = []
        self.until = time.monotonic() + spec.seconds

    def take(self, count: int) -> list[int]:
        """Chips for so many reads, which are sent now."""
        self.sent += count
        self.slices.append((time.monotonic(), self.sent))
        return [next(self.chips) for _ in range(count)]


async def every_slice(load: Load, each: int, send: Callable[[list[int]], object]) -> None:
    """Send ``each`` reads every tenth of a second until the time is over, without drifting."""
    due = time.monotonic()
    while time.monotonic() < load.until:
        found = send(load.take(each))
        if asyncio.iscoroutine(found):
            await found
        due += SLICE_S
        await asyncio.sleep(max(0.0, due - time.monotonic()))


def wall(chip: int) -> str:
    """A time of the day that no other read of the load has at its place."""
    ms = 8 * 3_600_000 + chip % 20_000_000
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


async def jchip(load: Load, name: str, each: int) -> None:
    stream, writer = await asyncio.open_connection(HOST, load.spec.jchip)
    writer.write(f"N0000{name}\rGT008000000\r".encode())
    await stream.readuntil(b"S0000\r")

    async def send(chips: list[int]) -> None:
        lines = "".join(f"DA{chip % CHIPS:06X} {wall(chip)} 10  0000F      C7\r" for chip in chips)
        writer.write(lines.encode())
        await writer.drain()

    await every_slice(load, each, send)
    writer.close()


async def mylaps(load: Load, name: str, each: int) -> None:
    stream, writer = await asyncio.open_connection(HOST, load.spec.mylaps)
    writer.write(f"{name}@Pong@$".encode())
    await stream.readuntil(b"$")
    numbers = itertools.count(1)

    async def send(chips: list[int]) -> None:
        records = "@".join(
            f"t={wall(chip)}|c={chip % CHIPS:07X}|d=260503|l=1|dv=4|re=0" for chip in chips
        )
        writer.write(f"{name}@Passing@{records}@{next(numbers)}@$".encode())
        await stream.readuntil(b"$")  # acknowledged: durable

    await every_slice(load, each, send)
    writer.close()


async def chronotrack(load: Load, name: str, each: int) -> None:
    stream, writer = await asyncio.open_connection(HOST, load.spec.chronotrack)
    writer.write(b"SimpleClient~0.6.0~CTP01\r\n")

    async def listen() -> None:
        while line := await stream.readline():
            if line.strip() == b"ping":
                writer.write(b"ack~ping\r\n")
            elif line.strip() == b"getlocations":
                writer.write(f"ack~getlocations~{name}\r\n".encode())

    listening = asyncio.ensure_future(listen())
    numbers = itertools.count(1)

    async def send(chips: list[int]) -> None:
        lines = "".join(
            f"CT01_13~{next(numbers)}~{name}~{chip % CHIPS:06X}~2026-05-03T{wall(chip)[:-1]}~1~117F37~8\r\n"
            for chip in chips
        )
        writer.write(lines.encode())
        await writer.drain()

    await every_slice(load, each, send)
    listening.cancel()
    writer.close()


async def http_json(load: Load, name: str, each: int) -> None:
    stream, writer = await asyncio.open_connection(HOST, load.spec.http)
    head = f"POST {load.spec.path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {load.spec.key}\r\n"

    async def send(chips: list[int]) -> None:
        items = [
            {"seq": chip, "kind": "read", "seen_at": f"2026-05-03T{wall(chip)}-04:00",
             "chip": f"{chip % CHIPS:06X}", "place": name}
            for chip in chips
        ]  # fmt: skip
        body = msgspec.json.encode({"items": items})
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await stream.readuntil(b"\r\n\r\n")
        if b" 200 " not in answer.split(b"\r\n", 1)[0]:
            raise ConnectionError(answer)
        length = int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await stream.readexactly(length)

    await every_slice(load, each, send)
    writer.close()


DEVICES = {
    "jchip": (jchip, 8),
    "mylaps": (mylaps, 5),
    "chronotrack": (chronotrack, 3),
    "http": (http_json, 4),
}
"""Which devices, and how many of each: twenty connections."""


async def play(spec: Spec) -> Load:
    """All devices until the time is over."""
    load = Load(spec)
    count = sum(many for _, many in DEVICES.values())
    each = round(spec.reads_per_s * SLICE_S / count)
    async with asyncio.TaskGroup() as tasks:
        for make, (device, many) in DEVICES.items():
            for number in range(many):
                tasks.create_task(device(load, f"{make.upper()}-{number}", each))
    return load


def main() -> None:
    """Play, then tell."""
    load = asyncio.run(play(msgspec.json.decode(sys.argv[1], type=Spec)))
    for at_s, sent in load.slices:
        print(at_s, sent)


if __name__ == "__main__":
    main()
