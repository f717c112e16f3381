"""A family finds a runner who is still on the road: by bib or by name, one page, and never a list."""

from __future__ import annotations

import pytest

from homestretch.errors import NotFound
from homestretch.race.privacy import Viewer
from homestretch.web.finding import find_runner
from tests.aside import run
from tests.boards.kinds import list_faults
from tests.boards.pictures import person, picture_of
from tests.state.days import Day, a_day
from tests.web.kept_day import kept_day

MARA, TOBI = person("12", "Mara Sedgerholm"), person("7", "Tobi Orringarth")
OTHER, SHY = person("9", "Tobi Linnwater"), person("5", "Ines Coldwell", "hidden")
PEOPLE = (MARA, TOBI, OTHER, SHY)


def on_the_road() -> Day:
    day = a_day()
    for bib in ("12", "7", "9", "5"):
        day.entrant(bib)
        day.runs(bib, start="07:01", p10k="07:51")
    return day


@pytest.mark.parametrize("asked", ["12", "#12", "012", "mara sedgerholm", "Sedgerholm"])
def test_a_bib_or_whole_words_of_a_name_lead_to_the_one_runner(asked: str) -> None:
    picture = picture_of(on_the_road(), "08:00", *PEOPLE)
    assert find_runner(picture, Viewer(), asked.removeprefix("#")) == "12"


@pytest.mark.parametrize("asked", ["Mar", "1", "999", "5", "Ines Coldwell", "*", ""])
def test_parts_of_names_hidden_people_and_nobody_are_the_same_answer(asked: str) -> None:
    picture = picture_of(on_the_road(), "08:00", *PEOPLE)
    with pytest.raises(NotFound, match="Nobody"):
        find_runner(picture, Viewer(), asked)


def test_a_name_is_found_by_what_any_keyboard_has() -> None:
    lukasz = person("7", "Łukasz Zellerman")
    picture = picture_of(on_the_road(), "08:00", MARA, lukasz)
    assert find_runner(picture, Viewer(), "lukasz zellerman") == "7"


def test_of_several_with_a_name_their_number_is_told_and_nothing_else() -> None:
    picture = picture_of(on_the_road(), "08:00", *PEOPLE)
    with pytest.raises(NotFound, match="2 people are called that") as told:
        find_runner(picture, Viewer(), "tobi")
    assert "7" not in f"{told.value.what} {told.value.hint}"


def test_the_home_page_has_a_field_and_its_answer_is_the_runners_page() -> None:
    async def asked() -> None:
        async with kept_day(on_the_road(), "08:00", *PEOPLE) as day:
            home = (await day.get("/day")).text
            assert 'action="/day/find"' in home
            assert list(list_faults(home)) == []
            answer = await day.get("/day/find?q=Mara+Sedgerholm&lang=de")
            assert (answer.status_code, answer.headers["location"]) == (
                303,
                "/day/runners/12?lang=de",
            )
            for hidden_or_nobody in ("5", "999"):
                page = await day.get(f"/day/find?q={hidden_or_nobody}&lang=de")
                assert page.status_code == 404
                assert 'action="/day/find"' in page.text, "and it can be tried again"
                assert list(list_faults(page.text)) == []
            asking = await day.get("/day/find")
            assert asking.status_code == 200
            assert 'role="alert"' not in asking.text
            results = (await day.get("/day/results/marathon?q=12")).text
            assert 'href="/day/find?q=12"' in results

    run(asked())
