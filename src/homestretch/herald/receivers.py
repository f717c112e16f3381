"""The receivers of an event's folder: webhooks with their secrets, and the services of alerts.txt, one by one."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from homestretch.errors import HomestretchError
from homestretch.folder.check import load_hooks
from homestretch.folder.hooks import find_secret, list_alert_addresses
from homestretch.herald.alerting import send_alert
from homestretch.herald.outbox import Message
from homestretch.herald.posting import Outcome, post
from homestretch.herald.signing import sign
from homestretch.race.hooks import Hook

LONGEST_S: Final = 60.0
"""From the look-up of a name to the end of an answer."""
ALERT: Final = "alert-"
"""How the names of alert services begin: a number follows, which is their line in alerts.txt."""


def list_receivers(folder: Path) -> list[Hook]:
    """Everybody who is told what happens in the event of a folder."""
    alerts = [
        Hook(name=f"{ALERT}{number}", url=url, kinds=("alarm",), role="control", private_net=True)
        for number, url in enumerate(list_alert_addresses(folder), start=1)
    ]
    return [*load_hooks(folder), *alerts]


class Sending:
    """Sends messages of the event in a folder. Whatever blocks is done in a thread, of which each receiver has its
    own: one that does not let go of a line holds up no other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads: dict[str, ThreadPoolExecutor] = {}

    async def send(self, hook: Hook, message: Message, body: bytes) -> Outcome:
        """Send one message to one receiver. It never raises: what went wrong is in the outcome."""
        threads = self._threads.get(hook.name)
        if threads is None:
            threads = self._threads[hook.name] = ThreadPoolExecutor(1, f"to-{hook.name}")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(LONGEST_S):
                return await loop.run_in_executor(threads, self._send, hook, message, body)
        except TimeoutError:
            return Outcome(False, "it does not let go of the line")

    def _send(self, hook: Hook, message: Message, body: bytes) -> Outcome:
        try:
            if hook.name.startswith(ALERT):
                return send_alert(hook.url, body)
            secret = find_secret(self._folder, hook.name)
        except HomestretchError as error:
            return Outcome(False, str(error))
        if secret is None:
            return Outcome(False, f"it has no secret: homestretch hook secret DIR {hook.name}")
        return post(hook, sign(secret, message.id, int(time.time()), body), body)
