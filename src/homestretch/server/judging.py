"""Words on results that come too early, or would change nothing, are refused at the door, with the reason and whom
they wait for."""

from __future__ import annotations

from homestretch.boards.judging import EARLY, JUDGED, find_objection
from homestretch.facts import encode
from homestretch.picture import Picture
from homestretch.readers import unreadable
from homestretch.readers.json_door import Batch, Refused

LONGEST_REASON = 390
TOO_EARLY = "A word on results that cannot hold yet."
WITHOUT_EFFECT = "A word on results that would change nothing."


def without_early(picture: Picture | None, batch: Batch) -> Batch:
    """A batch without what cannot be said yet, or would change nothing; each such word is kept as an unreadable one
    and named among the refused."""
    heard, refused = [], list(batch.refused)
    for item in batch.heard:
        said = item.received
        objection = ""
        early = isinstance(said.fact, EARLY)
        if picture and isinstance(said.fact, JUDGED):
            objection = find_objection(picture, said.fact, said.id)
        elif early:
            objection = _NO_PICTURE
        if objection:
            refused.append(Refused(said.number, objection[:LONGEST_REASON]))
            heard.append(
                unreadable(
                    encode(said.fact),
                    TOO_EARLY if early else WITHOUT_EFFECT,
                    said.source,
                    said.received_at,
                    number=said.number,
                )
            )
        else:
            heard.append(item)
    return Batch(heard, refused)


_NO_PICTURE = "Nothing is known of this event yet."
