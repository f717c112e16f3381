"""The certificate: everybody who finished has one, the last like the first, as a page and as a PDF."""

from __future__ import annotations

import pypdfium2
import pytest

from homestretch.boards.certificate import CertificateBoard, CertificateChoices, rows
from homestretch.boards.result_row import make_rows
from homestretch.errors import NotFound
from homestretch.facts import PlaceShared
from homestretch.picture import Picture
from homestretch.race.entrant import Person
from homestretch.race.privacy import Viewer
from homestretch.web.certificate_pdf import make_pdf
from homestretch.web.render import board_key, render_page
from tests.boards.pictures import person, picture_of
from tests.state.days import Day, a_day, a_point, a_race, at
from tests.web.shelf import make_client

PEOPLE = (
    person("1", "Ada Amberlow"),
    person("2", "Zoë Łukowska-Ørsted"),
    person("3", "Cleo Amberlow", "initials"),
    person("4", "Dora Amberlow", "hidden"),
    person("5", "Edda Amberlow"),
)


def finished_day() -> Day:
    """Five come home, 5 as the last, after the cutoff; 6 is on a bus and then home."""
    points = (
        a_point("start", 0.0),
        a_point("half", 21_097.5),
        a_point("finish", 42_195.0, cutoff={"marathon": "13:00"}),
    )
    day = a_day(points=points)
    for bib, finish in (
        ("1", "09:40:00.001"),
        ("2", "10:00"),
        ("3", "10:20"),
        ("4", "10:40"),
        ("5", "13:30"),
    ):
        day.entrant(bib, sex="f", age=40)
        day.runs(bib, start="07:00:30", half="08:20" if bib != "5" else "10:00", finish=finish)
    day.entrant("6", sex="f", age=40)
    day.runs("6", start="07:00:30", half="11:00")
    day.taken("6", "bus", "12:00", "Bus 1")
    day.taken("6", "home", "12:30")
    return day


@pytest.fixture(scope="module")
def picture() -> Picture:
    return picture_of(finished_day(), "14:00", *PEOPLE)


def certificate(picture: Picture, bib: str, viewer: Viewer | None = None) -> CertificateBoard:
    return rows(picture, viewer or Viewer(), CertificateChoices(bib=bib))


def words_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 1
        page = document[0]
        text = page.get_textpage()
        found: str = text.get_text_bounded()
        text.close()
        page.close()
    return found.replace("\r\n", "\n")


def test_the_first_and_the_last_at_the_line_have_the_same_sheet_with_their_own_words(
    picture: Picture,
) -> None:
    first, last = certificate(picture, "1"), certificate(picture, "5")
    assert (first.line, first.first, first.last) == (
        "The first at the line, at 09:40:00.",
        True,
        False,
    )
    assert last.line == (
        "The last of 5 at the line, at 13:30:00: with this finish the race was complete."
    )
    assert (last.first, last.last) == (False, True)
    assert last.among == ("5th of 5", "5th of 5 women", "5th of 5 women 40-44")
    for board in (first, last):
        page = render_page(board_key("certificate", {"bib": board.who.bib}), board, Viewer())
        assert "cutoff" not in page
        assert page.count('class="certificate-line"') == 1


def test_nobody_is_the_last_while_somebody_of_the_race_is_on_the_road() -> None:
    day = finished_day()
    day.entrant("7", sex="f", age=40)
    day.runs("7", start="07:01", half="12:30")
    assert (
        certificate(picture_of(day, "14:00", *PEOPLE), "5").line
        == "The 5th at the line, at 13:30:00."
    )


def test_the_times_are_those_of_the_results_and_the_way_has_its_points(picture: Picture) -> None:
    board = certificate(picture, "1")
    assert (board.gun_ms, board.net_ms) == (9_600_001, 9_570_001)
    assert [(mark.name, mark.share) for mark in board.way] == [("Half", 0.5), ("Finish", 1.0)]
    page = render_page(board_key("certificate", {"bib": "1"}), board, Viewer())
    assert "2:40:01" in page


@pytest.mark.parametrize("bib", ["4", "6", "99"])
def test_who_is_hidden_and_who_has_not_finished_has_none_that_the_public_sees(
    picture: Picture, bib: str
) -> None:
    with pytest.raises(NotFound):
        certificate(picture, bib)
    client = make_client(picture)
    for ending in ("", ".json", ".pdf"):
        answer = client.get(f"/day/runners/{bib}/certificate{ending}")
        assert answer.status_code == 404
        assert "Dora" not in answer.text


def test_who_will_not_finish_is_not_told_to_wait_for_one() -> None:
    day = finished_day()
    day.ruled("1", "dsq", "10:30")
    fern = person("6", "Fern Amberlow")
    on_the_bus = picture_of(finished_day(), "14:00", *PEOPLE, fern)
    for of, bib in ((on_the_bus, "6"), (picture_of(day, "11:00", *PEOPLE), "1")):
        with pytest.raises(NotFound, match="no certificate") as refused:
            certificate(of, bib)
        assert refused.value.hint == "Everybody who finished has one."
    on_the_road = picture_of(finished_day(), "10:30", *PEOPLE)
    with pytest.raises(NotFound, match="yet"):
        certificate(on_the_road, "5")


def test_a_place_that_is_shared_by_ruling_says_so_here_and_in_the_results() -> None:
    day = finished_day()
    day.add(PlaceShared(seen_at=at("11:00"), bibs=("1", "2")))
    picture = picture_of(day, "14:00", *PEOPLE)
    assert certificate(picture, "2").among[0] == "1st of 5, shared by ruling"
    assert certificate(picture, "3").among[0] == "3rd of 5"
    table = make_rows(picture, Viewer(), range(3))
    assert [row.note for row in table] == ["shares this place by ruling"] * 2 + [""]


def test_who_is_shown_by_initials_is_so_on_the_certificate(picture: Picture) -> None:
    assert certificate(picture, "3").who.name == "C. A."
    assert certificate(picture, "3", Viewer("director")).who.name == "Cleo Amberlow"


def test_the_pdf_is_one_sheet_with_the_same_words_in_letters_of_many_languages(
    picture: Picture,
) -> None:
    client = make_client(picture)
    answer = client.get("/day/runners/2/certificate.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    text = words_of(answer.content)
    assert "Zoë Łukowska-Ørsted" in text
    for words in (
        "3:00:00",
        "2nd of 5",
        "finished the Marathon, 42.2 km",
        "The 2nd at the line of 5, at 10:00:00.",
    ):
        assert words in text
    assert words_of(make_pdf(certificate(picture, "2"))) == text
    with pypdfium2.PdfDocument(answer.content) as document:
        assert document.get_metadata_value("Author") == "A day"


def test_the_sheet_speaks_as_its_reader_wants(picture: Picture) -> None:
    client = make_client(picture)
    text = words_of(client.get("/day/runners/2/certificate.pdf?lang=de&unit=mi").content)
    assert "26.2 mi" in text or "26,2 mi" in text
    assert "finished the" not in text


def test_a_name_in_letters_that_the_font_does_not_have_is_sent_to_the_page() -> None:
    other = Person(entrant="e1", first="雪", last="山", display="name")
    picture = picture_of(finished_day(), "14:00", other)
    assert "雪" in render_page(
        board_key("certificate", {"bib": "1"}), certificate(picture, "1"), Viewer()
    )
    with pytest.raises(NotFound, match="letters"):
        make_pdf(certificate(picture, "1"))


def test_a_leg_of_a_relay_has_a_certificate_of_its_own() -> None:
    points = tuple(
        a_point(name, {"relay": metres})
        for name, metres in (("start", 0.0), ("half", 21_097.5), ("finish", 42_195.0))
    )
    day = a_day(a_race("relay", legs=("start", "half", "finish")), points=points)
    for leg, bib in enumerate(("1", "2"), start=1):
        day.entrant(bib, "relay", team="Night Herons", leg=leg)
    day.runs("1", start="07:00:10", half="08:40")
    day.runs("2", half="08:40:05", finish="10:20")
    picture = picture_of(day, "12:00", *PEOPLE)
    for bib, net_ms in (("1", 5_990_000), ("2", 5_995_000)):
        board = certificate(picture, bib)
        assert (board.distance_m, board.net_ms) == (21_097.5, net_ms)
        assert board.did == "ran a leg of the Relay for Night Herons, 21.1 km"
    assert "ran a leg of the Relay for Night Herons" in words_of(
        make_pdf(certificate(picture, "2"))
    )
