"""The page of pictures: questions with their rivals, tags, cameras, and nothing of what is locked away."""

from __future__ import annotations

import re

import msgspec
import pytest

from homestretch.boards import Choices
from homestretch.boards.photos import PhotosBoard, rows
from homestretch.errors import RefusedError
from homestretch.facts import (
    PhotoAnswered,
    PhotoLocked,
    PhotoLooked,
    PhotoPlaced,
    PhotoTagged,
    PhotoTaken,
    PhotoWitnessed,
)
from homestretch.photos.values import Look
from homestretch.race.privacy import Viewer
from homestretch.web.render import board_key, live_parts, render_page
from tests.boards.pictures import picture_of
from tests.state.days import Day, a_day, at

CONTROL = Viewer("control")


def a_day_with_pictures() -> Day:
    """Two people on the course; one picture is sure, one is a question, one waits."""
    day = a_day()
    for bib in ("3621", "3627"):
        day.entrant(bib)
        day.runs(bib, start="07:00:20", p10k="08:00")
    look = msgspec.json.encode(Look((), aspect=1.5)).decode()
    for photo, when in (("aa", "08:00:10"), ("bb", "08:00:40"), ("cc", "08:30")):
        day.add(
            PhotoTaken(seen_at=at(when) - 60_000, photo=photo, place="10k", camera="x", timed=True)
        )
        if photo != "cc":
            day.add(PhotoLooked(seen_at=at("09:00"), photo=photo, look=look))
    box = (0.4, 0.5, 0.1, 0.05)
    day.add(
        PhotoTagged(
            seen_at=at("08:00:10"), photo="aa", bib="3621", p=0.99, reads=14, read="3621", box=box
        )
    )
    day.add(
        PhotoTagged(
            seen_at=at("08:00:40"), photo="bb", bib="3627", p=0.55, reads=14, read="362",
            rivals=("3621",), odds=(0.31,), due=(at("08:00:20"), at("08:02:40")), box=box,
        )
    )  # fmt: skip
    return day


def text_of(page: str) -> str:
    """What a page reads like, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def board(day: Day) -> PhotosBoard:
    return rows(picture_of(day, "09:05"), CONTROL, Choices())


def test_a_question_has_its_rival_its_crop_and_what_was_read() -> None:
    shown = board(a_day_with_pictures())
    [asked] = shown.questions
    assert (asked.who.bib, asked.read) == ("3627", "362")
    assert [(one.who.bib, one.p, one.due_at) for one in asked.candidates] == [
        ("3627", 55, at("08:00:20")),
        ("3621", 31, at("08:02:40")),
    ]
    assert 0.4 * 1.5 - 0.2 < asked.crop.x < 0.4 * 1.5
    assert [one.who.bib for one in shown.tagged] == ["3621"]
    assert (shown.photos, shown.waiting, shown.pictured, shown.unpictured) == (3, 1, 1, 1)
    assert shown.cameras == ("This camera is 60 seconds behind, from 14 reads.",)


def test_each_candidate_says_its_odds_and_how_far_the_picture_is_from_when_they_were_expected() -> (
    None
):
    shown = board(a_day_with_pictures())
    page = text_of(render_page(board_key("photos", {}), shown, CONTROL))
    assert "55 of 100 · expected here about 08:00, picture 08:00" in page
    assert "31 of 100 · expected here about 08:02, picture 08:00" in page
    parts = live_parts(board_key("photos", {}), shown, CONTROL)  # each as the stream sends it
    assert "31 of 100" in parts["live-questions"]


def test_what_an_earlier_judgement_did_not_say_of_its_rivals_is_left_out() -> None:
    day = a_day_with_pictures()
    day.add(
        PhotoTagged(
            seen_at=at("08:00:40"), photo="bb", bib="3627", p=0.55, reads=15, read="362", rivals=("3621",)
        )
    )  # fmt: skip
    [asked] = board(day).questions
    assert [(one.who.bib, one.p, one.due_at) for one in asked.candidates] == [
        ("3627", 55, None),
        ("3621", None, None),
    ]
    assert "expected here" not in render_page(board_key("photos", {}), board(day), CONTROL)


def test_a_number_that_nobody_has_is_shown_as_read_and_tags_nobody() -> None:
    day = a_day_with_pictures()
    day.add(
        PhotoTagged(
            seen_at=at("08:00:40"), photo="bb", bib="9999", p=0.5, reads=15, read="9999", rivals=("3621",), odds=(0.3,)
        )
    )  # fmt: skip
    day.add(PhotoWitnessed(seen_at=at("08:01"), photo="aa", bib="8888", by="key-1"))
    page = render_page(board_key("photos", {}), board(day), CONTROL)
    for bib in ("9999", "8888"):
        assert f"{bib} nobody has this bib" in text_of(page)
        assert re.findall(r'<button[^>]*value="there"[^>]*>' + bib, page) == []
        assert f"Not {bib}" in page  # so that it can be put away
    assert re.findall(r'<button[^>]*value="there"[^>]*>(\d+)', page) == ["3621"]


def test_a_locked_picture_is_in_no_list() -> None:
    day = a_day_with_pictures()
    day.add(PhotoLocked(seen_at=at("09:00"), photo="bb"))
    shown = board(day)
    assert not shown.questions
    assert shown.photos == 2


@pytest.mark.parametrize(("timed", "left"), [(True, 3), (False, 4)])
def test_the_burst_of_a_locked_picture_goes_with_it_unless_nobody_knows_when_they_were_taken(
    timed: bool, left: int
) -> None:
    day = a_day_with_pictures()
    for photo in ("dd", "ee"):  # a folder without times of its own comes in within one moment
        day.add(PhotoTaken(seen_at=at("08:40"), photo=photo, place="10k", timed=timed))
    day.add(PhotoLocked(seen_at=at("09:00"), photo="dd"))
    assert board(day).photos == left


def test_the_page_offers_one_tap_for_each_and_only_to_those_who_decide() -> None:
    picture = picture_of(a_day_with_pictures(), "09:05")
    page = render_page(board_key("photos", {}), rows(picture, CONTROL, Choices()), CONTROL)
    for words in ("3621", "Not 3627", "Never use", "Take down", "photos/bb.jpg"):
        assert words in page
    for role in ("public", "station", "desk", "medical"):
        with pytest.raises(RefusedError):
            rows(picture, Viewer(role), Choices())


def test_whom_a_witness_meant_is_a_question_until_somebody_answers_and_their_words_stand_beside() -> (
    None
):
    day = a_day_with_pictures()
    seen = {"photo": "aa", "bib": "3627", "by": "key-1"}
    day.add(PhotoWitnessed(seen_at=at("08:00"), quoted=True, text_ref="text-1", **seen))
    day.add(PhotoWitnessed(seen_at=at("08:01"), text_ref="text-2", **seen))  # erased meanwhile
    texts = {"text-1": "Bo Coach\nShe waited for him."}
    shown = rows(picture_of(day, "09:05", texts=texts), CONTROL, Choices())
    assert [one.who.bib for one in shown.questions] == ["3627", "3627"]
    assert (shown.questions[1].photo, shown.questions[1].read) == ("aa", "")
    [told] = shown.told
    [witness] = told.witnesses
    assert (witness.name, witness.words, witness.quoted) == (
        "Bo Coach",
        "She waited for him.",
        True,
    )
    page = render_page(board_key("photos", {}), shown, CONTROL)
    assert "She waited for him." in page
    parts = live_parts(board_key("photos", {}), shown, CONTROL)  # each as the stream sends it
    assert "She waited for him." in parts["live-questions"]
    assert "She waited for him." in parts["live-told"]
    assert "may be quoted" in page
    day.add(PhotoAnswered(seen_at=at("09:01"), photo="aa", bib="3627", answer="not-there"))
    assert [one.photo for one in board(day).questions] == ["bb"]


def test_a_picture_without_a_place_is_asked_for_until_a_person_says_where_and_the_last_word_holds() -> (
    None
):
    day = a_day_with_pictures()
    day.add(PhotoTaken(seen_at=at("08:00"), photo="dd", place=""))
    shown = board(day)
    assert [one.photo for one in shown.unplaced] == ["dd"]
    assert ("half", "half") in [(id_, name.lower()) for id_, name in shown.places]
    for when, place in (("09:01", "half"), ("09:02", "10k")):
        day.add(PhotoPlaced(seen_at=at(when), photo="dd", place=place))
    assert board(day).unplaced == ()
    [photo] = [one for one in picture_of(day, "09:05").state.photos if one.photo == "dd"]
    assert (photo.place, photo.placed) == ("10k", True)
