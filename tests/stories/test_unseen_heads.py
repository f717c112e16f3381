"""Whose number is hidden in a picture is hidden as a whole: also where no face was found above it."""

from __future__ import annotations

import msgspec

from homestretch.facts import PhotoLooked, PhotoTagged, PhotoTaken
from homestretch.photos.faces import find_head
from homestretch.photos.values import Box, Look, SeenNumber
from homestretch.stories.picturing import make_order
from tests.boards.pictures import picture_of
from tests.state.days import a_day, at

ONE, OTHER = Box(0.30, 0.55, 0.06, 0.05), Box(0.60, 0.55, 0.06, 0.05)
FACE = Box(0.31, 0.34, 0.04, 0.06)


def test_no_face_was_found_of_who_stands_beside_so_the_place_of_the_head_goes() -> None:
    day = a_day()
    for bib in ("13", "14"):
        day.entrant(bib)
    seen = tuple(SeenNumber(box, ((bib, 0.99),)) for box, bib in ((ONE, "13"), (OTHER, "14")))
    look = msgspec.json.encode(Look(seen, (FACE,), aspect=1.5)).decode()
    when = at("12:00")
    day.add(PhotoTaken(seen_at=when, photo="aa", place="finish", kept="k"))
    day.add(PhotoLooked(seen_at=when, photo="aa", look=look))
    for box, bib in ((ONE, "13"), (OTHER, "14")):
        day.add(PhotoTagged(seen_at=when, photo="aa", bib=bib, p=0.99, reads=14, read=bib, box=tuple(box)))  # fmt: skip
    picture = picture_of(day, "12:10")
    [photo] = picture.state.photos
    first, second = (picture.state.roster.find_row(bib) for bib in ("13", "14"))
    assert first is not None
    assert second is not None
    order = make_order(picture, photo, [first])
    assert (order.shown, order.hidden) == ((FACE,), (OTHER,))
    assert order.heads == (find_head(OTHER, 1.5),)
    assert make_order(picture, photo, [second]).heads == ()
    assert make_order(picture, photo, []).heads == order.heads
