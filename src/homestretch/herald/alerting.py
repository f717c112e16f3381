"""Alarms by Apprise (https://github.com/caronc/apprise): mail, chat and paging services that a team already uses."""

from __future__ import annotations

import logging
from typing import Any

import msgspec

from homestretch.errors import MissingExtra
from homestretch.herald.posting import Outcome

logging.getLogger("apprise").disabled = True  # it writes addresses with their passwords


def send_alert(url: str, body: bytes) -> Outcome:
    """Tell one service the alarms of a message. MissingExtra without the package; it blocks."""
    try:
        import apprise
    except ImportError as error:
        raise MissingExtra("apprise", "alerts", "Alerts by Apprise") from error
    service = apprise.Apprise()
    if not service.add(url):
        return Outcome(False, "Apprise does not know what this address means")
    letter = msgspec.json.decode(body)
    title, text = say_alarms(letter)
    over = all(item["over"] for item in letter["data"]["items"])
    kind = apprise.NotifyType.SUCCESS if over else apprise.NotifyType.WARNING
    if service.notify(title=title, body=text, notify_type=kind):
        return Outcome(True)
    return Outcome(False, "the service did not take it")


def say_alarms(letter: dict[str, Any]) -> tuple[str, str]:
    """Title and text of the alarms in a message."""
    event, items = letter["data"]["event"], letter["data"]["items"]
    lines = [f"Over: {item['words']}" if item["over"] else item["words"] for item in items]
    ended = sum(item["over"] for item in items)
    counts = (_say_many(len(lines) - ended, "alarm"), _say_many(ended, "alarm over"))
    return f"{event}: {', '.join(words for words in counts if words)}", "\n".join(lines)


def _say_many(count: int, words: str) -> str:
    if not count:
        return ""
    return f"{count} {words.replace('alarm', 'alarms') if count > 1 else words}"
