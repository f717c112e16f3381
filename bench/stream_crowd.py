"""A crowd that follows one address, in a process of its own: ``python -m bench.stream_crowd PORT PATH MANY``.

Says ``ready`` once each has had a message. For each line of its input it writes one of three numbers: how many
still follow, how many messages all have had, and how many the one has had that had fewest.
"""

from __future__ import annotations

import asyncio
import resource
import sys

from bench.served import HOST

AT_ONCE = 100


class Follower:
    """One stream; ``messages`` counts its chunks."""

    def __init__(self) -> None:
        self.messages = 0
        self.is_open = False
        self.begun = asyncio.Event()

    async def follow(self, port: int, path: str) -> None:
        """Read until the server ends it."""
        stream, writer = await asyncio.open_connection(HOST, port, limit=2**20)
        words = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept-Encoding: gzip\r\n\r\n"
        writer.write(words.encode())
        try:
            head = await stream.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n")[0]:
                raise ConnectionError(head.decode())
            self.is_open = True
            while size := int(await stream.readline(), 16):
                await stream.readexactly(size + 2)
                self.messages += 1
                self.begun.set()
        finally:
            self.is_open = False
            writer.close()


async def follow_all(port: int, path: str, many: int) -> None:
    """Follow, and tell when asked."""
    followers = [Follower() for _ in range(many)]
    tasks = []
    for first in range(0, many, AT_ONCE):  # as many at a time as the server lets wait at its door
        some = followers[first : first + AT_ONCE]
        tasks += [asyncio.ensure_future(one.follow(port, path)) for one in some]
        for one in some:
            async with asyncio.timeout(60):
                await one.begun.wait()
    print("ready", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        counts = [one.messages for one in followers]
        print(sum(one.is_open for one in followers), sum(counts), min(counts), flush=True)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def main() -> None:
    """Follow until the input ends."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    port, path, many = sys.argv[1:]
    asyncio.run(follow_all(int(port), path, int(many)))


if __name__ == "__main__":
    main()
