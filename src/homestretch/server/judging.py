"""Words on results that come too early, or would change nothing, are refused at the door, with the reason and whom
they wait for."""

from __future__ import annotations

from homestretch.boards.judging import EARLY, JUDGED, find_objection
from homestretch.facts import encode
from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.readers import unreadable
from homestretch.readers.json_door import Batch, Refused

LONGEST_REASON = 390
TOO_EARLY = "A word on results that cannot hold yet."
WITHOUT_EFFECT = "A word on results that would change nothing."


def without_early(picture: Picture | None, batch: Batch) -> Batch:
    """A batch without what cannot be said yet, or would change nothing; each such word is kept as an unreadable one
    and named among the refused."""
    heard, refused, why = [], list(batch.refused), list(batch.why)
    for item in batch.heard:
        said_item = item.received
        objection = ""
        early = isinstance(said_item.fact, EARLY)
        if picture and isinstance(said_item.fact, JUDGED):
            objection = find_objection(picture, said_item.fact, said_item.id)
        elif early:
            objection = _NO_PICTURE
        if objection:
            why.append(_bounded(objection))
            refused.append(Refused(said_item.number, str(why[-1])))
            heard.append(
                unreadable(
                    encode(said_item.fact),
                    TOO_EARLY if early else WITHOUT_EFFECT,
                    said_item.source,
                    said_item.received_at,
                    number=said_item.number,
                )
            )
        else:
            heard.append(item)
    return Batch(heard, refused, why)


def _bounded(objection: str) -> str:
    return objection if len(objection) <= LONGEST_REASON else objection[:LONGEST_REASON]


_NO_PICTURE = said("Nothing is known of this event yet.")
