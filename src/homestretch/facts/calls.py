"""Calls for help, and who has heard them."""

from __future__ import annotations

from homestretch.facts.identity import Fact


class HelpCalled(Fact, frozen=True, kw_only=True, tag="help-called", omit_defaults=True):
    """Somebody at a place (empty: nobody said where) calls for help. It is delivered once a ``HelpHeard`` names it, and not before."""

    place: str
    bib: str = ""
    by: str = ""
    text_ref: str | None = None


class HelpHeard(Fact, frozen=True, kw_only=True, tag="help-heard", omit_defaults=True):
    """A person in control, whose name is the text, has read a call for help and sees to it."""

    source: str
    number: int
    digest: int
    by: str = ""
    text_ref: str | None = None
