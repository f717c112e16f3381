"""What a runner is asked in a letter or a text message, and where the answer is given: on their own private page.

It says what the question is about and not what the story says, names nobody else, uses the name that they gave and
no pronoun, and says what cannot be called back.
"""

from __future__ import annotations

import datetime as dt
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import NamedTuple

from homestretch.picture import Picture
from homestretch.race.entrant import Person
from homestretch.race.saying import Speech, said


class Letter(NamedTuple):
    """A question in words."""

    title: str
    text: str


def write_letter(picture: Picture, person: Person, link: str, speech: Speech) -> Letter:
    """The question by e-mail."""
    event = picture.event.name
    name = person.called or person.first
    paragraphs = (
        said("Hello {name},", name=name) if name else said("Hello,"),
        said("at {event} the timing alone has found a story that you are in. May we tell it?", event=event),
        said("Read it and answer here: yes, yes without my photo, or no. The page is yours alone, so keep this link to yourself."),
        link,
        said("Whoever else is in it is asked as you are; nobody is named to another before they said yes. Saying nothing is no."),
        said("You can take a yes back on that page at any time, and the story is gone from our pages within a second. What a newspaper or a social network has taken by then cannot be called back from there."),
    )  # fmt: skip
    title = said("May we tell your story of {event}?", event=event)
    return Letter(speech.again(title), "\n\n".join(speech.again(one) for one in paragraphs) + "\n")


def write_text(picture: Picture, person: Person, link: str, speech: Speech) -> Letter:
    """The question as a text message: short, with the same link."""
    event, name = picture.event.name, person.called or person.first
    asked = (
        said("{name}, may we tell your story of {event}?", name=name, event=event)
        if name
        else said("May we tell your story of {event}?", event=event)
    )
    rest = said("Read it and answer yes or no: {link} Saying nothing is no. What others have taken cannot be called back.", link=link)  # fmt: skip
    return Letter("", f"{speech.again(asked)} {speech.again(rest)}")


def make_mail(letter: Letter, sender: str, to: str, number: str, at_s: float) -> EmailMessage:
    """The letter as a message (RFC 5322). ``number`` names it: sent twice it is the same. ValueError for an address
    that is none."""
    message = EmailMessage()
    name, address = parseaddr(sender)
    message["From"] = Address(display_name=name, addr_spec=address)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = letter.title
    message["Date"] = format_datetime(_moment(at_s))
    message["Message-ID"] = f"<{number}@{address.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _moment(at_s: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(at_s, dt.UTC)
