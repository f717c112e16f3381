"""The gravest words of course control are asked about first, and what is no word is refused with what to write."""

from __future__ import annotations

from homestretch.boards.roads import list_zones
from homestretch.facts import Flag, Gun
from homestretch.web.doubting import doubt_road
from tests.aside import run
from tests.boards.days import Wanted, make_picture
from tests.boards.kinds import list_faults
from tests.boards.pictures import person
from tests.state.days import a_day, at
from tests.web.kept_day import KeptDay, kept_day

NOW = "08:00"
AT = str(at(NOW))


def list_said(day: KeptDay, kind: type[Flag] | type[Gun]) -> list[Flag | Gun]:
    return [one.fact for one in day.log.read_since(0).others if isinstance(one.fact, kind)]


def test_the_worst_words_need_a_second_tap_and_words_off_the_course_are_refused() -> None:
    day = a_day()
    day.entrant("12")
    day.read("12", "start", "07:00:20")
    day.read("12", "10k", "07:50")

    async def asked() -> None:
        async with kept_day(day, NOW, person("12", "Ada Amberlow")) as kept:

            async def say(**fields: str) -> str:
                answer = await kept.post("/day/control", "control", at=AT, **fields)
                assert answer.status_code == 200
                assert list(list_faults(answer.text)) == []
                return answer.text

            for refused, words in (
                ({"state": "shortened"}, "say from where on"),
                ({"state": "shortened", "from": "99", "units": "mi"}, "not on the course"),
                ({"state": "rerouted", "from": "-3", "units": "mi"}, "not on the course"),
                ({"state": "rerouted", "from": "nan", "units": "mi"}, "not on the course"),
            ):
                assert words in await say(do="flag", why="Turn left.", **refused)
            page = await say(do="flag", state="cancelled")
            assert "1 are on the road there now" in page
            assert "You have written nothing that runners are to do." in page
            assert list_said(kept, Flag) == []
            gun = {"do": "gun", "wave": "marathon all", "time": "07:55", "why": "late"}
            assert "1 of this wave were read on the course before then" in await say(**gun)
            assert list_said(kept, Gun) == []
            assert "Said: " in await say(**gun, meant="yes")
            assert "Said: " in await say(do="flag", state="hold")
            assert "Said: " in await say(do="flag", state="cancelled", meant="yes")
            assert len(list_said(kept, Gun)) == 1
            assert len(list_said(kept, Flag)) == 2

    run(asked())


def test_a_road_on_which_somebody_may_still_come_is_asked_about_with_the_time_of_its_own_row() -> (
    None
):
    picture = make_picture(Wanted(minutes=190))
    zones = list_zones(picture)
    asked = {zone.from_point: doubt_road(picture, zone.from_point, zone.to_point) for zone in zones}
    late = {zone.from_point for zone in zones if (zone.may_open_at or 0) > picture.now}
    assert late
    assert {point for point, words in asked.items() if words} == late
    assert doubt_road(picture, "finish", "start") == ""
