"""Pictures on the page of a private link: one's own, the others' faces blurred, and the last word on whether it is them."""

from __future__ import annotations

import asyncio
import io

import msgspec
import pytest
from PIL import Image

from homestretch.facts import PhotoClaimed, PhotoTakenDown
from homestretch.server import darkroom, front
from tests.aside import run
from tests.patience import PATIENCE_S
from tests.web.pictured import BELA, PAGE, STORY, STRANGER, Pictured, is_soft, pictured_day

DESK = "/day/desk/stories"


async def own(pictured: Pictured) -> dict[str, bool]:
    """The pictures of the last finisher's own page: which are theirs for sure."""
    twin = msgspec.json.decode((await pictured.day.client.get("/day/me.json")).content)
    return {one["photo"]: one["sure"] for one in twin["entrants"][0]["pictures"]}


def address(photo: str, bib: str = "13", size: str = "page") -> str:
    return f"/day/me/e{bib}/photos/{photo}-{size}.jpg"


def test_an_own_picture_shows_oneself_alone_and_a_no_is_for_good() -> None:
    async def ask() -> None:
        async with pictured_day(photos=False) as pictured:
            alone, both, unsure = (pictured.photos[one] for one in ("alone", "both", "unsure"))
            assert (await pictured.day.client.get(address(alone))).status_code == 404
            await pictured.open_link("13")
            assert (await own(pictured))[unsure] is False
            whole = await pictured.day.client.get(address(both, size="whole"))
            shown = Image.open(io.BytesIO(whole.content))
            assert shown.size == (900, 600)
            assert not is_soft(shown, BELA)
            assert is_soft(shown, STRANGER)
            assert "no-store" in whole.headers["cache-control"]
            asked = await pictured.day.client.get(address(unsure))
            assert is_soft(Image.open(io.BytesIO(asked.content)), BELA)
            assert (await pictured.day.client.get(address(both, "12"))).status_code == 403

            said = {"entrant": "e13", "photo": unsure}
            assert "that is you" in await pictured.say(do="me", **said)
            assert (await own(pictured))[unsure] is True
            assert "not you" in await pictured.say(do="not-me", entrant="e13", photo=both)
            assert both not in await own(pictured)
            assert (await pictured.day.client.get(address(both))).status_code == 404
            fields = {"photo": both, "bib": "13", "do": "there"}
            await pictured.day.post("/day/photos", "control", **fields)
            await pictured.day.settle()
            assert both not in await own(pictured)
            stranger = {"do": "not-me", "entrant": "e12", "photo": alone}
            answer = await pictured.day.client.post("/day/me", data=stranger)
            assert "not open here" in answer.text

            assert (await pictured.day.client.get(address(alone))).status_code == 200
            assert any(alone in str(file) for file in pictured.list_shown())
            assert "Taken down" in await pictured.say(do="down", entrant="e13", photo=alone)
            assert alone not in await own(pictured)
            assert not any(alone in str(file) for file in pictured.list_shown())
            facts = [one.fact for one in pictured.day.log.read_since(0).others]
            assert sum(isinstance(fact, PhotoClaimed) for fact in facts) == 2
            assert sum(isinstance(fact, PhotoTakenDown) for fact in facts) == 1

    run(ask())


def test_a_picture_that_is_taken_down_goes_from_its_story_at_once() -> None:
    async def ask() -> None:
        async with pictured_day() as pictured:
            await pictured.publish(pictured.photos["alone"])
            assert "/photo-" in (await pictured.day.get(PAGE)).text
            await pictured.say(do="down", entrant="e13", photo=pictured.photos["alone"])
            page = await pictured.day.get(PAGE)
            assert page.status_code == 200
            assert "/photo-" not in page.text
            assert not pictured.list_shown()

    run(ask())


def test_a_picture_that_is_being_made_is_no_fault_and_the_page_asks_for_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def ask() -> None:
        async with pictured_day() as pictured:
            await pictured.open_link("13")
            where, page = (
                address(pictured.photos["alone"]),
                await pictured.day.client.get("/day/me"),
            )
            assert f'<img src="{where}" data-again' in page.text
            monkeypatch.setattr(darkroom, "WAIT_S", 0.001)
            first = await pictured.day.client.get(where)
            assert first.status_code == 503
            assert "being made" in first.text
            async with asyncio.timeout(PATIENCE_S):
                while (await pictured.day.client.get(where)).status_code == 503:
                    pass
            assert (await pictured.day.client.get(where)).headers["content-type"] == "image/jpeg"

    run(ask())
    told = capsys.readouterr()
    assert "an answer failed" not in told.out + told.err


def test_the_answer_of_a_form_shows_what_the_form_said() -> None:
    async def ask() -> None:
        async with pictured_day() as pictured:
            both, alone = pictured.photos["both"], pictured.photos["alone"]
            assert "not asked yet" in (await pictured.day.get(f"{DESK}?story={STORY}", "desk")).text
            asked = await pictured.desk("ask", entrant="e13", channel="qr")
            assert "not asked yet" not in asked
            await pictured.open_link("13")
            assert address(both) in (await pictured.day.client.get("/day/me")).text
            denied = await pictured.say(do="not-me", entrant="e13", photo=both)
            assert address(both) not in denied
            assert address(alone) in denied
            assert "in a moment" not in asked + denied

    run(ask())


def test_the_answer_of_a_form_says_so_when_it_cannot_show_it_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def ask() -> None:
        async with pictured_day() as pictured:
            monkeypatch.setattr(front, "CATCH_UP_S", 0.0)
            assert "This page shows it in a moment" in await pictured.desk(
                "ask", entrant="e13", channel="qr"
            )

    run(ask())
