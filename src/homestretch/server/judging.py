"""Words on results that come too early are refused at the door, with the reason and whom they wait for."""

from __future__ import annotations

from homestretch.boards.judging import find_objection
from homestretch.facts import Declared, PodiumCleared, ResultsPosted, encode
from homestretch.picture import Picture
from homestretch.readers import unreadable
from homestretch.readers.json_door import Batch, Refused

LONGEST_REASON = 390
TOO_EARLY = "A word on results that cannot hold yet."


def without_early(picture: Picture | None, batch: Batch) -> Batch:
    """A batch without what the director cannot say yet; each such word is kept as an unreadable one
    and named among the refused."""
    heard, refused = [], list(batch.refused)
    for item in batch.heard:
        said = item.received
        objection = ""
        if isinstance(said.fact, Declared | PodiumCleared | ResultsPosted):
            objection = find_objection(picture, said.fact, said.id) if picture else _NO_PICTURE
        if objection:
            refused.append(Refused(said.number, objection[:LONGEST_REASON]))
            heard.append(
                unreadable(
                    encode(said.fact), TOO_EARLY, said.source, said.received_at, number=said.number
                )
            )
        else:
            heard.append(item)
    return Batch(heard, refused)


_NO_PICTURE = "Nothing is known of this event yet."
