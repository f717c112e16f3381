"""Words on a disk that can be said again in another language when somebody reads them."""

from __future__ import annotations

import msgspec

from homestretch.race.saying import Said, said


class KeptWords(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message of the catalogue and what was filled in, each as words of their own."""

    message: str
    given: dict[str, KeptWords] = {}


def keep_words(words: object) -> KeptWords:
    """Words as they are kept. What ``said`` made can be said again; all else stays as it reads."""
    made = words.made_of if isinstance(words, Said) else None
    if made is None:
        return KeptWords(str(words))
    message, given = made
    return KeptWords(message, {name: keep_words(part) for name, part in given.items()})


def say_kept(kept: KeptWords) -> str:
    """The words again; no message of a catalogue is empty."""
    given = {name: say_kept(part) for name, part in kept.given.items()}
    return said(kept.message, **given) if kept.message else ""
