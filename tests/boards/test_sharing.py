"""What the pages of one Picture have in common is made once, and never mixed up."""

from __future__ import annotations

from dataclasses import replace

from homestretch.boards.frame import make_frame
from homestretch.boards.ribbon import HereMark
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.sharing import KEPT, once_a_picture
from tests.boards.days import Wanted, make_picture

SMALL = Wanted(marathon=40, half=0, minutes=90)


def test_one_picture_is_looked_at_once_for_each_viewer() -> None:
    picture, made = make_picture(SMALL), list[Viewer]()

    @once_a_picture
    def look(_: Picture, viewer: Viewer) -> str:
        made.append(viewer)
        return f"for {viewer.role}"

    viewers = (Viewer(), Viewer("control"), Viewer())
    assert [look(picture, viewer) for viewer in viewers] == [
        "for public",
        "for control",
        "for public",
    ]
    assert made == [Viewer(), Viewer("control")]


def test_a_newer_picture_is_another_one_however_much_they_are_alike() -> None:
    picture, seen = make_picture(SMALL), list[Picture]()

    @once_a_picture
    def look(picture: Picture, _: Viewer) -> int:
        seen.append(picture)
        return len(seen)

    pictures = [replace(picture, now=picture.now + number) for number in range(3 * KEPT)]
    assert [look(one, Viewer()) for one in pictures] == [*range(1, 3 * KEPT + 1)]
    assert look(pictures[-1], Viewer()) == 3 * KEPT
    assert [id(one) for one in seen] == [id(one) for one in pictures]


def test_the_mark_of_one_runner_stands_on_no_other_page() -> None:
    picture = make_picture(SMALL)
    here = HereMark(at_m=5000.0, label="Somebody")
    assert make_frame(picture, Viewer(), here).ribbon.here == here
    assert make_frame(picture, Viewer()).ribbon.here is None
