"""What can be said with `homestretch say`, kind by kind: the text of its help."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

from homestretch.readers.json_door import KINDS_OF_ROLE
from homestretch.readers.json_fields import FIELDS, Field

MEANS: Final = {
    "assigned": "this chip is worn by this bib (bib= with nothing: by nobody)",
    "collected": "the packet of this bib was handed out",
    "corrected": "reads of this source are shifted: right time minus the device's",
    "declared": "the results of a race are official as they stand now; text says why from version 2 on",
    "flag": "the state of the event, or of some races; text is the instruction",
    "gun": "the gun of a wave went off (the wave of a race with one gun is called all)",
    "held": "this entrant (the id in the files) is asked nothing more, and nothing is told of them: text is why",
    "help-called": "somebody at a place needs help; text is what happened",
    "help-heard": "a person in control has read a call for help; text is who that is",
    "hidden": "this entrant (the id in the files, else the bib) is shown to nobody any more",
    "mat-lifted": "the mats of a point were taken away",
    "moved": "an official moves this bib to another race, maybe to a wave of it",
    "photo-answered": "this bib is in this picture, or is not",
    "photo-locked": "this picture and its burst are never to be used",
    "photo-placed": "at which point of the plan this picture was taken",
    "photo-taken-down": "this picture is hidden at once, and does not come in again",
    "ping": "where a vehicle is, in degrees",
    "place-shared": "bibs who came one after the other share a place, by ruling",
    "podium-cleared": "the podium of a category (marathon/f/40-44) is cleared for its awards",
    "protest-decided": "the decision on a protest; what follows for the result is a ruling",
    "protested": "somebody protests against the result of a bib; text is why",
    "read": "a mat read this chip",
    "results-posted": "the results of a category or a race hang out: the protest clock runs",
    "road-opened": "the road between two timing points is open again",
    "ruled": "an official's ruling on a bib (bib=*: on everybody whom it can concern)",
    "sighting": "somebody saw this bib; digits that could not be read are *",
    "story-asked": "an entrant was asked whether a story may tell of them",
    "story-pictured": "a picture stands with a story, once everybody in it agreed",
    "story-published": "a story is published, if everybody in it agreed",
    "story-withdrawn": "a story is taken back; text is why",
    "story-written": "a part of a story that a person typed: text; of a quote its first line says whose it is",
    "struck": "a fact shall not hold",
    "takedown-asked": "somebody asks that a story be taken down; text is who and why",
    "taken-over": "somebody has the runner now: keeper is which bus or tent (never a name)",
    "withdrawn": "somebody stops; nobody has taken over yet",
}
_SHOWN: Final = {"text": "TEXT", "whole": "WHOLE", "number": "NUMBER", "yes": "true|false"}
_WIDTH: Final = 76
_TIMES: Final = ("since_at", "from_at", "until_at")


def help_of_kinds() -> str:
    """Every kind that the director may say, with its fields and their values."""
    return "\n".join(["\b", "The kinds and their words; those in [ ] may be left out:", *_lines()])


def _lines() -> Iterator[str]:
    for kind in sorted(KINDS_OF_ROLE["director"]):
        yield f"  {kind}: {MEANS[kind]}"
        words = " ".join(_word(field) for field in FIELDS[kind].values())
        for line in textwrap.wrap(words, _WIDTH, break_long_words=False, break_on_hyphens=False):
            yield f"      {line}"


def _word(field: Field) -> str:
    if field.name in _TIMES:
        shown = "TIME"
    elif field.form == "words":
        shown = "A,B"
    else:
        shown = "|".join(field.values) or _SHOWN[field.form]
    word = f"{field.name}={shown}"
    return word if field.needed else f"[{word}]"
