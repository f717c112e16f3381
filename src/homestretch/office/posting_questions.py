"""Sends a question: a letter by SMTP (standard library), a text message by a service that Apprise knows. It blocks."""

from __future__ import annotations

import ipaddress
import logging
import re
import smtplib
import ssl
from email.message import EmailMessage
from typing import Final, Literal, NamedTuple
from urllib.parse import quote

from homestretch.facts.askings import Hindrance
from homestretch.folder.asking import PHONE, Mail

ANSWER_S: Final = 20.0
_NUMBER: Final = re.compile(r"\+?[0-9]{5,15}")
_BETWEEN: Final = re.compile(r"[\s()./-]")

logging.getLogger("apprise").disabled = True  # it writes addresses with their passwords


class Went(NamedTuple):
    """How sending went."""

    outcome: Literal["sent", "failing", "left"]
    reason: Hindrance = ""


def send_mail(mail: Mail, message: EmailMessage) -> Went:
    """Hand a letter to the event's server; one that it refuses for good is left."""
    try:
        with _connect(mail) as server:
            if mail.user:
                server.login(mail.user, mail.password)
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        for_good = all(code >= 500 for code in codes)
        return Went("left" if for_good else "failing", "not-taken")
    except smtplib.SMTPAuthenticationError:
        return Went("left", "login")
    except smtplib.SMTPNotSupportedError:
        return Went("left", "unsafe-line")
    except smtplib.SMTPResponseException as error:
        for_good = error.smtp_code >= 500
        return Went("left" if for_good else "failing", "refused")
    except ssl.SSLError:
        return Went("left", "certificate")
    except (OSError, smtplib.SMTPException):
        return Went("failing", "unreachable")
    return Went("sent")


def _connect(mail: Mail) -> smtplib.SMTP:
    """A connection nobody reads on the way; in clear to this very computer alone."""
    if mail.secure:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=ANSWER_S, context=context)
    server = smtplib.SMTP(mail.host, mail.port, timeout=ANSWER_S)
    try:
        if not _is_here(mail.host):
            server.starttls(context=ssl.create_default_context())
    except BaseException:
        server.close()
        raise
    return server


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def find_number(phone: str) -> str:
    """A telephone number as services take it, digits with perhaps a plus; empty for what is none."""
    plain = _BETWEEN.sub("", phone)
    return plain if _NUMBER.fullmatch(plain) else ""


def send_text(service: str, number: str, text: str) -> Went:
    """Send a text message by the event's service; it is left where the extra ``alerts`` is missing."""
    try:
        import apprise
    except ImportError:
        return Went("left", "no-apprise")
    sender = apprise.Apprise()
    if not sender.add(service.replace(PHONE, quote(number, safe=""))):
        return Went("left", "unknown-service")
    if sender.notify(body=text):
        return Went("sent")
    return Went("failing", "service")
