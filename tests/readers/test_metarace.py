"""The client for RACE RESULT decoders of metarace, which knows nothing of ours, against our made-up decoder.

Our reader is proven against that decoder; that others take it for a decoder shows that it behaves like one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import pytest
from metarace.decoder import rrs

from tests.emulators.raceresult import Decoder, serve
from tests.patience import PATIENCE_S

NOON = dt.datetime(2026, 5, 3, 12, 0, tzinfo=dt.UTC)


def wait_until(client: Any, done: Callable[[], bool]) -> None:
    for _ in range(int(50 * PATIENCE_S)):
        if done():
            return
        client.join(0.02)  # it runs on meanwhile
    raise AssertionError("metarace's client did not go on")


def test_metarace_hears_what_is_pushed_and_fetches_what_it_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    box = Decoder(lambda: NOON)
    box.see("BEFORE")
    heard: SimpleQueue[Any] = SimpleQueue()
    client = rrs.rrs()
    client.setcb(heard.put)
    client.start()

    def call() -> None:
        known = len(box.conversations)
        client.setport("127.0.0.1")
        wait_until(client, lambda: len(box.conversations) > known)
        wait_until(client, lambda: "PASSINGS" in box.conversations[-1].commands)

    with serve(box) as port:
        monkeypatch.setattr(rrs, "_RRS_TCP_PORT", port)
        monkeypatch.setattr(rrs, "_RRS_IOTIMEOUT", 0.1)
        call()
        box.see("ZICAD30")
        first = heard.get(timeout=PATIENCE_S)
        assert (first.refid, first.source) == ("6692-ZICAD30", "FINISH")
        box.drop()
        box.see("ZICAD31")
        box.see("ZICAD32")
        wait_until(client, lambda: not client.connected())
        call()
        missed = [heard.get(timeout=PATIENCE_S).refid for _ in range(2)]
        assert missed == ["6692-ZICAD31", "6692-ZICAD32"]
        box.drop()
        wait_until(client, lambda: not client.connected())
        client.exit()
        client.join(PATIENCE_S)
    assert heard.empty()
