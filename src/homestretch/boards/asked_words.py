"""Why a question was not sent, in words of the desk, and what to do."""

from __future__ import annotations

from typing import Final

from homestretch.facts.askings import Hindrance
from homestretch.race.saying import said
from homestretch.state.told import StoryWord

WORDS: Final[dict[Hindrance, str]] = {
    "": "",
    "no-e-mail": said("the event sends no e-mail: asking.toml says how"),
    "no-texts": said("the event sends no text messages: asking.toml says how"),
    "no-address": said("no e-mail address of theirs is known"),
    "no-number": said("no telephone number of theirs is known"),
    "bad-address": said("their e-mail address is none"),
    "not-taken": said("the server for e-mail does not take their address"),
    "login": said("the server for e-mail does not take user and password of asking.toml"),
    "unsafe-line": said("the server for e-mail offers no safe line; use smtps:// in asking.toml"),
    "certificate": said("the certificate of the server for e-mail is not trusted"),
    "refused": said("the server for e-mail refuses it"),
    "unreachable": said("the server for e-mail cannot be reached"),
    "unknown-service": said("Apprise does not know the service in asking.toml"),
    "service": said("the service for text messages did not take it"),
    "no-apprise": said("text messages need the extra alerts on this server"),
}


def say_sent(asked: StoryWord, sent: StoryWord | None) -> str:
    """How asking somebody goes, behind "asked at ..."; empty for a code at the finish, which is shown there."""
    if asked.channel == "qr":
        return ""
    if sent is None:
        return said("on its way")
    why = WORDS.get(sent.reason, sent.reason)  # type: ignore[call-overload]  # of a fact of ours
    match sent.outcome:
        case "sent" if sent.channel == "text":
            return said("the text message was sent")
        case "sent":
            return said("the e-mail was sent")
        case "failing":
            return said("not sent yet, and tried again: {why}", why=why)
        case _:
            return said("NOT SENT: {why}", why=why)
