"""The picture of a story: everybody in it agreed or it is not there; who took it stands on it; and it is gone at once."""

from __future__ import annotations

import io
import re

import msgspec
from PIL import Image, IptcImagePlugin

from tests.aside import run
from tests.web.pictured import (
    BELA,
    CREDIT,
    NUMBER,
    OTHER_NUMBER,
    PAGE,
    STORY,
    STRANGER,
    Pictured,
    is_soft,
    pictured_day,
)


async def address_of(pictured: Pictured) -> str:
    """Where the page has its picture; empty without one."""
    answer = await pictured.day.get(PAGE)
    assert answer.status_code == 200
    found = re.search(rf'<img src="({PAGE}/photo-[0-9a-f]+-1280\.jpg)"', answer.text)
    return found[1] if found else ""


def test_a_picture_stands_with_a_story_says_who_took_it_and_goes_with_any_consent() -> None:
    async def ask() -> None:
        async with pictured_day() as pictured:
            await pictured.publish(pictured.photos["alone"])
            page = (await pictured.day.get(PAGE)).text
            assert CREDIT in page
            address = await address_of(pictured)
            largest = address.replace("1280.jpg", "2560.jpg")
            assert f'<a href="{largest}">the picture</a> ({CREDIT})' in page
            found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
            assert found is not None
            photo, _card = msgspec.json.decode(found[1])["image"]
            assert (photo["creditText"], photo["contentUrl"]) == (
                CREDIT,
                f"http://event.test{largest}",
            )
            feed = (await pictured.day.get("/day/stories/feed.xml")).text
            assert "<media:credit" in feed
            assert 'length="0"' not in feed
            for px, width in ((640, 640), (1280, 900), (2560, 900)):
                answer = await pictured.day.get(address.replace("1280.jpg", f"{px}.jpg"))
                assert answer.headers["content-type"] == "image/jpeg"
                assert "max-age=30" in answer.headers["cache-control"]
                shown = Image.open(io.BytesIO(answer.content))
                assert shown.size[0] == width
                assert not shown.getexif()
                iptc = IptcImagePlugin.getiptcinfo(shown)
                assert iptc is not None
                assert iptc[2, 80] == b"June Aldersay"
                assert iptc[2, 120] == b"The last corner, at twenty to one."
                assert b"<rdf:li>Bela Coldwell</rdf:li>" in answer.content
            assert is_soft(shown, STRANGER)
            assert is_soft(shown, OTHER_NUMBER)
            assert not is_soft(shown, BELA)
            assert not is_soft(shown, NUMBER)
            assert len(pictured.list_shown()) == 3

            await pictured.agree("no-photo")
            assert await address_of(pictured) == ""
            assert (await pictured.day.get(address)).status_code == 404
            assert pictured.list_shown() == []
            await pictured.agree("yes")
            assert await address_of(pictured) == address
            assert (await pictured.day.get(address)).status_code == 200
            await pictured.desk("hold", entrant="e13")
            assert (await pictured.day.get(address)).status_code == 404
            await pictured.day.darkroom.look()
            assert pictured.list_shown() == []

    run(ask())


def test_the_desk_is_told_why_a_picture_may_not_stand_there() -> None:
    async def ask() -> None:
        async with pictured_day() as pictured:
            await pictured.publish(pictured.photos["child"])
            assert await address_of(pictured) == ""
            seen = await pictured.day.get(f"/day/desk/stories.json?story={STORY}", "desk")
            opened = msgspec.json.decode(seen.content)["opened"]
            assert "did not agree to photos" in opened["photo_why_not"][0]
            why = {one["photo"]: one["why_not"] for one in opened["photos"]}
            assert why[pictured.photos["alone"]] == why[pictured.photos["both"]] == []
            (witness,) = [one["witness"] for one in opened["photos"] if one["witness"]]
            assert (witness["speaker"], witness["words"]) == (
                "June Aldersay",
                "She waved to everybody.",
            )
            assert b"Zqunquoted" not in seen.content
            assert "not settled" in " ".join(why[pictured.photos["unsure"]])
            preview = f"/day/desk/stories/photos/{pictured.photos['alone']}.jpg"
            assert (await pictured.day.get(preview, "desk")).status_code == 200
            for role in ("public", "station", "announcer", "photographer", "medical"):
                assert (await pictured.day.get(preview, role)).status_code == 403
            taken = await pictured.desk("picture", photo="f" * 32)
            assert "Not chosen" in taken
            await pictured.desk("picture", photo=pictured.photos["both"])
            assert await address_of(pictured) == ""
            await pictured.agree()
            assert await address_of(pictured) != ""
            await pictured.desk("write", part="credit", text="")
            assert await address_of(pictured) == ""

    run(ask())


def test_a_witness_is_quoted_only_with_a_picture_that_may_stand_there_and_replaces_nobody_silently() -> (
    None
):
    async def ask() -> None:
        async with pictured_day() as pictured:
            alone, words = pictured.photos["alone"], "She waved to everybody."
            quote = {"part": "quote", "photo": alone}
            assert "Not taken" in await pictured.desk("write", **quote)
            await pictured.desk("write", part="quote", speaker="Cleo", text="What a day.")
            await pictured.publish(pictured.photos["both"])
            for other in ("child", "unsure", "both"):
                refused = await pictured.desk("write", part="quote", photo=pictured.photos[other])
                assert "Not taken" in refused
            assert "it replaces what Cleo said" in await pictured.desk("write", **quote)
            assert "What a day." in (await pictured.day.get(PAGE)).text

            seen = await pictured.day.get(f"/day/desk/stories.json?story={STORY}", "desk")
            key = msgspec.json.decode(seen.content)["opened"]["quote_key"]
            assert "Kept" in await pictured.desk("write", **quote, replaces=key)
            page = (await pictured.day.get(PAGE)).text
            assert words not in page
            assert "What a day." in page
            mine = (await pictured.day.client.get("/day/me")).text
            assert words in mine
            assert CREDIT in mine
            assert f"{pictured.photos['both']}-page.jpg" in mine
            assert "newer than your yes" in mine
            await pictured.agree()
            page = (await pictured.day.get(PAGE)).text
            assert words in page
            assert "as written by June Aldersay" in page

            await pictured.say(do="not-me", entrant="e13", photo=alone)
            page = await pictured.day.get(PAGE)
            assert page.status_code == 200
            assert words not in page.text
            assert words not in (await pictured.day.client.get("/day/me")).text
            seen = await pictured.day.get(f"/day/desk/stories.json?story={STORY}", "desk")
            opened = msgspec.json.decode(seen.content)["opened"]
            assert opened["quote_why_not"] != []
            assert (opened["told"]["quote"], opened["quote_key"]) == (None, "")
            desk = (await pictured.day.get(f"/day/desk/stories?story={STORY}", "desk")).text
            assert "They come back by themselves" in desk
            assert words not in desk
            await pictured.desk("write", part="quote", speaker="Cleo", text="What a day.")
            seen = await pictured.day.get(f"/day/desk/stories.json?story={STORY}", "desk")
            assert msgspec.json.decode(seen.content)["opened"]["quote_why_not"] == []

    run(ask())
