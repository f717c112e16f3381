"""Streams as tutorials write them, to be measured beside ours: ``python -m bench.tutorial_streams PORT FILE``.

A queue for each client, from which its own task takes each message; the content of FILE once a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bench.served import HOST

EVERY_S = 1.0
WAITING = 100


def make_application(message: bytes) -> Starlette:
    """``/stream`` and ``/healthz``."""
    queues: set[asyncio.Queue[bytes]] = set()

    async def stream(_request: Request) -> Response:
        queue: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
        queues.add(queue)
        queue.put_nowait(message)

        async def messages() -> AsyncIterator[bytes]:
            try:
                while True:
                    yield await queue.get()
            finally:
                queues.discard(queue)

        return StreamingResponse(messages(), media_type="text/event-stream")

    async def health(_request: Request) -> Response:
        return Response("here")

    async def tell() -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            for queue in tuple(queues):
                queue.put_nowait(message)

    @contextlib.asynccontextmanager
    async def telling(_app: Starlette) -> AsyncIterator[None]:
        task = asyncio.ensure_future(tell())
        yield
        task.cancel()

    return Starlette(routes=[Route("/stream", stream), Route("/healthz", health)], lifespan=telling)


def main() -> None:
    """Serve until ended."""
    port, file = sys.argv[1:]
    application = make_application(Path(file).read_bytes())
    uvicorn.run(
        application,
        host=HOST,
        port=int(port),
        log_level="critical",
        backlog=4096,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
