"""What the results say around their rows: when to look again, when a race is over, and a wall's rows."""

from __future__ import annotations

from homestretch.boards import results, runner
from homestretch.boards.results import ResultsBoard, ResultsChoices
from homestretch.boards.runner import RunnerChoices
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.web.render import board_key, render_page
from tests.boards.pictures import person, picture_of
from tests.state.days import HALF_M, SHARED, Day, a_day, a_race, clock

PEOPLE = [person(str(number), f"Runner {number}", club="Millrace Runners") for number in range(6)]


def two_races() -> Day:
    day = a_day(a_race(), a_race("half", HALF_M, gun="07:30", places_by="net"), points=SHARED)
    for bib, race in (("1", "marathon"), ("2", "half"), ("3", "half")):
        day.entrant(bib, race, sex="f", age=28)
    day.runs("1", start="07:01", p10k="07:51")
    return day


def board(picture: Picture, race: str = "half", **choices: bool) -> ResultsBoard:
    return results.rows(picture, Viewer(), ResultsChoices(race=race, **choices))


def html(picture: Picture, race: str = "half", **given: str) -> str:
    key = board_key("results", {"race": race, **given})
    return " ".join(
        render_page(key, results.rows(picture, Viewer(), key.choices), Viewer()).split()
    )


def test_an_empty_board_says_when_to_look_again() -> None:
    before = picture_of(two_races(), "07:20", *PEOPLE)
    assert "Nobody of the field has finished yet. The first start is at 07:30." in html(before)
    day = two_races()
    day.runs("2", start="07:31", p10k="08:21")  # 300 s a kilometre: 11,097.5 m are 55 minutes
    running = picture_of(day, "08:25", *PEOPLE)
    assert clock(board(running).first_home_at or 0).startswith("09:16")
    assert "The first runner is expected at the line at about 09:16." in html(running)


def test_a_race_is_over_when_nobody_of_it_is_on_the_road() -> None:
    day = two_races()
    day.runs("2", start="07:31", p10k="08:21", finish="09:16:30")
    day.runs("3", start="07:32", p10k="08:30")
    assert not board(picture_of(day, "09:20", *PEOPLE)).race_over
    day.runs("3", finish="09:30")
    over = picture_of(day, "09:40", *PEOPLE)
    assert board(over).race_over
    assert not board(over, "marathon").race_over
    assert "nobody of this race is on the road any more" in html(over)
    assert "last at the line" in html(over, wall="1")


def test_a_wall_leads_with_the_time_of_day_and_has_one_line_for_each() -> None:
    day = two_races()
    day.runs("2", start="07:31", p10k="08:21", finish="09:16:30")
    wall = html(picture_of(day, "09:20", *PEOPLE), wall="1")
    assert '<td class="is-when">09:16:30</td>' in wall
    assert '<div class="one-line">' in wall
    assert ">1st</td>" in wall


def test_places_are_told_with_among_whom_and_tables_beside_have_no_empty_columns() -> None:
    day = two_races()
    day.runs("2", start="07:31", p10k="08:21", finish="09:16:30")
    day.entrant("4", "half", role="pacer")
    day.runs("4", start="07:31", finish="09:30")
    page = html(picture_of(day, "09:40", *PEOPLE))
    assert '1st <span class="soft">of the women</span>' in page
    assert '1st, <span class="soft">25-29</span>' in page
    field, beside = page.split("Out of competition</h2>")
    assert ">age group<" in field
    assert ">age group<" not in beside


def test_a_runner_reads_first_the_time_by_which_places_go() -> None:
    day = two_races()
    day.runs("2", start="07:31", p10k="08:21", finish="09:16:30")
    day.runs("1", finish="10:40")
    picture = picture_of(day, "11:00", *PEOPLE)
    for bib, first, second in (("1", "gun time", "net time"), ("2", "net time", "gun time")):
        key = board_key("runner", {"bib": bib})
        page = render_page(key, runner.rows(picture, Viewer(), RunnerChoices(bib=bib)), Viewer())
        assert page.index(first) < page.index(second)


def test_a_racer_of_a_division_has_a_place_in_it() -> None:
    race = a_race(gun={"A": "07:00", "Chairs": "06:50"}, divisions={"Chairs": "wheelchair"})
    day = a_day(race)
    day.entrant("5", wave="Chairs", division="wheelchair")
    day.runs("5", start="06:51", finish="08:40")
    page = runner.rows(picture_of(day, "09:00", *PEOPLE), Viewer(), RunnerChoices(bib="5"))
    assert (page.place, page.place_division, page.division) == (0, 1, "wheelchair")
