"""Answers about pictures through the real door: facts, a sighting, a strike; and no picture for anybody else."""

from __future__ import annotations

import re

from homestretch.facts import (
    Fact,
    PhotoAnswered,
    PhotoLocked,
    PhotoTagged,
    PhotoTaken,
    PhotoTakenDown,
    Sighting,
    Struck,
)
from homestretch.web.access import GuardedRoute
from homestretch.web.application import list_routes
from tests import aside
from tests.boards.test_photos import a_day_with_pictures
from tests.state.days import at
from tests.web.kept_day import KeptDay, kept_day

NOW = "09:05"


def moment(later_s: int) -> str:
    """What names a form."""
    return str(at(NOW) + 1000 * later_s)


def said(kept: KeptDay) -> list[Fact]:
    kinds = (PhotoAnswered, PhotoLocked, PhotoTakenDown, Sighting, Struck)
    found = (one.fact for one in kept.log.read_since(0).others)
    return [fact for fact in found if isinstance(fact, kinds)]


async def answers_are_facts() -> None:
    day = a_day_with_pictures()
    made = Sighting(seen_at=at("08:00:10"), bib="3621", place="10k", by="photos")
    day.add(made, "photos:aa")
    async with kept_day(day, NOW) as kept:
        page = await kept.post(
            "/day/photos", "control", photo="bb", bib="3627", do="there", at=moment(5)
        )
        assert "3627 is in the picture" in page.text
        await kept.post("/day/photos", "control", photo="bb", bib="3627", do="there", at=moment(5))
        page = await kept.post(
            "/day/photos", "control", photo="aa", bib="3621", do="not-there", at=moment(6)
        )
        assert "3621 is not in the picture" in page.text
        facts = said(kept)
        assert [type(fact) for fact in facts] == [
            Sighting,
            PhotoAnswered,
            Sighting,
            PhotoAnswered,
            Struck,
        ]
        sighting = facts[2]
        assert isinstance(sighting, Sighting)
        assert (sighting.bib, sighting.place, sighting.seen_at) == ("3627", "10k", at("08:00:40"))
        await kept.settle()
        page = await kept.post("/day/photos", "control", photo="bb", do="down", at=moment(7))
        assert "taken down, and hidden at once" in page.text
        await kept.settle()
        page = await kept.post(
            "/day/photos", "control", photo="bb", bib="3627", do="there", at=moment(8)
        )
        assert "in no list any more" in page.text
        for role in ("public", "station", "medical", "photographer"):
            assert (await kept.get("/day/photos/aa.jpg", role)).status_code == 403
            assert (await kept.get("/day/photos", role)).status_code == 403
        assert (await kept.get("/day/photos/bb.jpg", "control")).status_code == 404
        assert (await kept.get("/day/photos/..%2f..%2fpeople.db.jpg", "control")).status_code == 404


async def nobody_is_tagged() -> None:
    async with kept_day(a_day_with_pictures(), NOW) as kept:
        for moment_s, way, words in (
            (1, "there", "nobody in this event has 9999"),
            (2, "not-there", "9999 is not in the picture"),
        ):
            page = await kept.post(
                "/day/photos", "control", photo="bb", bib="9999", do=way, at=moment(moment_s)
            )
            assert words in page.text
        assert [fact.answer for fact in said(kept) if isinstance(fact, PhotoAnswered)] == [
            "not-there"
        ]


def test_a_number_that_nobody_has_cannot_be_said_to_be_in_a_picture() -> None:
    aside.run(nobody_is_tagged())


def test_answers_are_facts_and_hidden_pictures_have_no_address() -> None:
    aside.run(answers_are_facts())


def list_ways_out() -> list[str]:
    """Every address that anybody may get, as a day with one event fills it."""
    values = {"event": "day", "bib": "3621", "race": "marathon", "point": "10k"}
    return [
        re.sub(r"{(\w+)}", lambda name: values.get(name[1], "1"), route.path)
        for route in list_routes()
        if isinstance(route, GuardedRoute)
        and "public" in route.who
        and "GET" in (route.methods or ())
        and "stream" not in route.path
    ]


async def nothing_leaves() -> None:
    day = a_day_with_pictures()
    name = "f00dcafe" * 4
    day.add(PhotoTaken(seen_at=at("08:00"), photo=name, place="10k", kept=f"originals/{name}.jpg"))
    day.add(PhotoTagged(seen_at=at("08:00"), photo=name, bib="3621", p=0.99, reads=14, read="3621"))
    async with kept_day(day, NOW) as kept:
        assert name in (await kept.get("/day/photos.json", "control")).text
        answered = 0
        for address in list_ways_out():
            for role in ("public", "station", "announcer", "photographer"):
                answer = await kept.get(address, role)
                answered += answer.status_code == 200
                assert "f00dcafe" not in answer.text, address
                assert "photos/" not in answer.text, address
        assert answered > 20


def test_no_way_out_that_is_public_names_a_picture() -> None:
    aside.run(nothing_leaves())
