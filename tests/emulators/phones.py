"""Phones in vehicles, as their apps' protocols describe them: nothing here knows Homestretch.

A phone keeps its fixes until the server has taken them, and sends them oldest first: while one is not taken,
those behind it wait. OwnTracks is content with any 2xx, Traccar Client with 200 alone.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections import deque
from collections.abc import Callable
from typing import Literal, NamedTuple
from urllib.parse import urlencode


class Sent(NamedTuple):
    """A request; while it waits ``address`` is what comes behind the address in the app, such as a query."""

    method: Literal["GET", "POST"]
    address: str
    headers: dict[str, str]
    body: bytes


class Answered(NamedTuple):
    """What came back."""

    status: int
    body: bytes


Network = Callable[[Sent], Answered]
"""Carries a request to the server and its answer back; OSError where there is no network."""


class Phone:
    """What the apps have in common. ``waiting`` is what is still to be taken, oldest first; ``refused`` the
    last answer that took nothing. ``address`` is what the driver wrote into the app; it may be changed."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.waiting: deque[Sent] = deque()
        self.taken = 0
        self.refused: Answered | None = None

    def takes(self, answered: Answered) -> bool:
        """Whether the app believes that its fix is safe."""
        raise NotImplementedError

    def try_to_send(self, network: Network) -> int:
        """One round, as the app makes it every now and then; returns how much was taken."""
        before = self.taken
        while self.waiting:
            try:
                first = self.waiting[0]
                answered = network(first._replace(address=self.address + first.address))
            except OSError:
                break
            if not self.takes(answered):
                self.refused = answered
                break
            self.waiting.popleft()
            self.taken += 1
        return self.taken - before


class OwnTracks(Phone):
    """OwnTracks in HTTP mode: ``user`` and ``device`` as they stand in the app, ``tid`` its tracker id."""

    def __init__(self, address: str, password: str, *, user: str, device: str, tid: str) -> None:
        super().__init__(address)
        basic = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {
            "Authorization": f"Basic {basic}",
            "X-Limit-U": user,
            "X-Limit-D": device,
            "Content-Type": "application/json",
        }
        self._tid = tid

    def takes(self, answered: Answered) -> bool:
        return 200 <= answered.status < 300

    def fix(self, tst: int, lat: float, lon: float, *, kmh: int = 6, batt: int = 80) -> None:
        """The phone knows where it is (``tst``: seconds since 1970)."""
        said = {
            "_type": "location", "tst": tst, "lat": lat, "lon": lon, "acc": 9, "vel": kmh, "batt": batt,
            "tid": self._tid, "t": "t", "conn": "m", "created_at": tst + 2,
        }  # fmt: skip
        self.say(json.dumps(said).encode())

    def say(self, body: bytes) -> None:
        """Any other message."""
        self.waiting.append(Sent("POST", "", self._headers, body))


class Traccar(Phone):
    """Traccar Client: ``form`` is how it writes, json since version 9, before that a query or a form."""

    def __init__(
        self, address: str, device_id: str, form: Literal["json", "query", "form"] = "json"
    ) -> None:
        super().__init__(address)
        self._id, self._form = device_id, form

    def takes(self, answered: Answered) -> bool:
        return answered.status == 200

    def fix(self, at_ms: int, lat: float, lon: float, *, m_per_s: float = 1.7) -> None:
        """The phone knows where it is (``at_ms``: milliseconds since 1970)."""
        if self._form == "json":
            coords = {"latitude": lat, "longitude": lon, "accuracy": 8, "speed": m_per_s}
            location = {"timestamp": _iso(at_ms), "coords": coords, "battery": {"level": 0.64}}
            self._post_json({"location": location, "device_id": self._id})
            return
        knots = m_per_s / 0.514444
        said = urlencode(
            {
                "id": self._id,
                "timestamp": at_ms // 1000,
                "lat": lat,
                "lon": lon,
                "speed": knots,
                "batt": 64,
            }
        )
        if self._form == "query":
            self.waiting.append(Sent("GET", f"?{said}", {}, b""))
        else:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            self.waiting.append(Sent("POST", "", headers, said.encode()))

    def heartbeat(self) -> None:
        """The phone lives and does not know where it is."""
        self._post_json({"device_id": self._id, "battery": {"level": 0.6}})

    def _post_json(self, said: dict[str, object]) -> None:
        headers = {"Content-Type": "application/json"}
        self.waiting.append(Sent("POST", "", headers, json.dumps(said).encode()))


def _iso(at_ms: int) -> str:
    moment = dt.datetime.fromtimestamp(at_ms // 1000, dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03}Z"
