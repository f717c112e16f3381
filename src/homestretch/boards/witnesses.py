"""What whoever took a picture says they saw: one row for each word that is still kept, for pages of the staff."""

from __future__ import annotations

import msgspec

from homestretch.picture import Picture
from homestretch.state.photo_values import Photo


class WitnessRow(msgspec.Struct, frozen=True, kw_only=True):
    """``name`` says who (empty: nobody told it), ``words`` what was seen, ``quoted`` that they may be quoted, ``bib``
    whom they meant to take; ``text_ref`` names the words."""

    name: str
    words: str
    quoted: bool
    bib: str
    text_ref: str


def list_witnesses(picture: Picture, photo: Photo) -> tuple[WitnessRow, ...]:
    """What was said beside a picture, in the order in which it was; nothing of what was erased."""
    found = []
    for one in photo.witnesses:
        name, _, words = picture.names.texts.get(one.text_ref, "").partition("\n")
        if words:
            row = WitnessRow(
                name=name, words=words, quoted=one.quoted, bib=one.bib, text_ref=one.text_ref
            )
            found.append(row)
    return tuple(found)
