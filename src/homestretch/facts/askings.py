"""How asking went: whether a question about a story reached the one who was to be asked."""

from __future__ import annotations

from typing import Literal, TypeAlias

from homestretch.facts.identity import Fact
from homestretch.facts.stories import Channel

Hindrance: TypeAlias = Literal[
    "", "no-e-mail", "no-texts", "no-address", "no-number", "bad-address", "not-taken", "login", "unsafe-line",
    "certificate", "refused", "unreachable", "unknown-service", "service", "no-apprise",
]  # fmt: skip
"""Why a question was not sent; empty: it was. ``boards.asked_words`` says each in words."""


class AskSent(Fact, frozen=True, kw_only=True, tag="ask-sent", omit_defaults=True):
    """A question about a story went out by a channel (``sent``), is tried again (``failing``), or is not sent before
    somebody does something (``left``); ``reason`` says why not. No address, number or link stands here."""

    story: str
    entrant: str
    channel: Channel
    outcome: Literal["sent", "failing", "left"]
    reason: Hindrance = ""
