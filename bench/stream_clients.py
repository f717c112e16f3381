"""Many browsers' worth of streams in a process of its own: ``python -m bench.stream_clients PORT``.

Reads one path a line until an empty one, follows them all, says ``ready`` once each has had a message,
and at the end of its input writes what came, one line for each message: which path, when, its number.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time

from bench.served import HOST

_ID = re.compile(rb"id: ([\d-]+)")


class Followed:
    """One stream: messages as (moment on the monotonic clock in s, number of the Picture)."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.messages: list[tuple[float, bytes]] = []
        self.begun = asyncio.Event()

    async def follow(self, port: int) -> None:
        """Read until cancelled."""
        stream, writer = await asyncio.open_connection(HOST, port, limit=2**20)
        try:
            writer.write(f"GET {self.path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            status = await stream.readline()
            if b" 200 " not in status:
                raise ConnectionError(f"{self.path}: {status!r}")
            while chunk := await stream.read(2**18):
                at = time.monotonic()
                for number in _ID.findall(chunk):
                    self.messages.append((at, number))
                    self.begun.set()
        finally:
            writer.close()


async def follow_all(port: int, paths: list[str]) -> list[Followed]:
    """Follow every path until the end of the standard input."""
    followed = [Followed(path) for path in paths]
    async with asyncio.TaskGroup() as tasks:
        streams = [tasks.create_task(one.follow(port)) for one in followed]
        for one in followed:
            await one.begun.wait()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        for stream in streams:
            stream.cancel()
    return followed


def main() -> None:
    """Follow, then tell."""
    paths = []
    while path := sys.stdin.readline().strip():
        paths.append(path)
    for one in asyncio.run(follow_all(int(sys.argv[1]), paths)):
        for at, number in one.messages:
            print(one.path, at, number.decode())


if __name__ == "__main__":
    main()
