"""Devices of a played day that speak HTTP: those of the JSON door in batches, a phone fix by fix."""

from __future__ import annotations

import asyncio
import base64
import http.client
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import structlog

from homestretch.playing.stage import BATCH, END, RETRY_S, WAITING, Stage

LANES = 6
"""Connections of a phone that has much to tell: what it kept would else take its turn one by one."""
USER = "driver"

logger = structlog.get_logger(__name__)


class HttpDevice:
    """A device of the JSON door: items of batches, as dicts."""

    kind: type = dict

    def __init__(self, name: str, stage: Stage) -> None:
        self.queue: asyncio.Queue[Any] = asyncio.Queue(WAITING)
        self._name, self._key = name, stage.keys[name]
        self._sender = _Sender(name, stage, f"/{stage.event}/facts")

    async def run(self) -> None:
        """Send what comes until the day ends."""
        last: Any = None
        while last is not END:
            items = [await self.queue.get()]
            while (
                isinstance(items[-1], self.kind) and len(items) < BATCH and not self.queue.empty()
            ):
                items.append(self.queue.get_nowait())
            last = items[-1]
            if not isinstance(last, self.kind):
                items.pop()
            if items:
                await self._send(items)
            if isinstance(last, asyncio.Future):
                last.set_result(None)
        self._close()

    async def _send(self, items: Sequence[Any]) -> None:
        """Return once all of it is durable, or refused for good."""
        body = msgspec.json.encode({"items": items})
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        said = await asyncio.to_thread(self._sender.send, [body], headers)
        refused = [item for answer in said for item in msgspec.json.decode(answer)["refused"]]
        if refused:
            logger.warning("refused", device=self._name, items=refused[:3])

    def _close(self) -> None:
        self._sender.close()


class PhoneDevice(HttpDevice):
    """A phone with the app OwnTracks: one fix a request, as bytes."""

    kind = bytes

    def __init__(self, name: str, stage: Stage) -> None:
        super().__init__(name, stage)
        address = f"/{stage.event}/doors/owntracks"
        self._lanes = [_Sender(name, stage, address) for _ in range(LANES)]
        self._threads = ThreadPoolExecutor(LANES)  # of its own: no mat waits for a phone

    async def _send(self, items: Sequence[bytes]) -> None:
        basic = base64.b64encode(f"{USER}:{self._key}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/json"}
        parts = [items[lane::LANES] for lane in range(min(LANES, len(items)))]
        sending = zip(self._lanes, parts, strict=False)
        loop = asyncio.get_running_loop()
        await asyncio.gather(
            *(
                loop.run_in_executor(self._threads, lane.send, part, headers)
                for lane, part in sending
            )
        )

    def _close(self) -> None:
        self._threads.shutdown()
        for lane in self._lanes:
            lane.close()


class _Sender:
    """One connection to the server."""

    def __init__(self, name: str, stage: Stage, address: str) -> None:
        self._name, self._address = name, address
        self._host, self._port = stage.host, stage.http_port
        self._connection: http.client.HTTPConnection | None = None

    def send(self, bodies: Sequence[bytes], headers: dict[str, str]) -> list[bytes]:
        """Post each until the server has answered that it is durable; the answers of those that were."""
        answers = (self._post(body, headers) for body in bodies)
        return [answer for answer in answers if answer is not None]

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _post(self, body: bytes, headers: dict[str, str]) -> bytes | None:
        used = self._connection is not None
        while True:
            try:
                if self._connection is None:
                    self._connection = http.client.HTTPConnection(
                        self._host, self._port, timeout=15
                    )
                self._connection.request("POST", self._address, body, headers)
                response = self._connection.getresponse()
                said = response.read()
                if response.status == 200:
                    return said
                if response.status < 500:
                    logger.error(
                        "refused", device=self._name, status=response.status, said=said[:300]
                    )
                    return None
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if used:  # the server closes a connection that was idle for a while
                    used = False
                    continue
                logger.info("device sends again", device=self._name, reason=str(error))
            time.sleep(RETRY_S)
