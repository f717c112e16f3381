"""Every way out, walked: pages, twins, feeds, exports, the API, cards, static files, what is printed, the press kit and
the published site have no picture that is not published, none that was taken down, no position, and no child."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from fractions import Fraction
from pathlib import Path

from homestretch.office.exports import make_picture
from homestretch.office.site import publish
from homestretch.office.site_photos import developing_from
from homestretch.store.opening import Store
from tests.aside import run
from tests.state.days import at
from tests.web.every_route import list_guarded_routes
from tests.web.pictured import LATITUDE, NOW, PAGE, STORY, Pictured, pictured_day

RATIONALS = [part for value in LATITUDE for part in Fraction(value).as_integer_ratio()]
POSITIONS = (struct.pack(">6I", *RATIONALS), struct.pack("<6I", *RATIONALS))
"""The latitude as EXIF holds it, in either order of bytes."""
ROLES = ("public", "photographer")
"""Who may see no more of pictures than everybody."""
OF_PICTURES = re.compile(
    r"stories/[^/]+(/(card.svg|photo-.*|press-kit.*))?$|stories/feed|stories/[^/]*json|photos"
)
STARTS = b"\xff\xd8\xff"


def list_addresses(pictured: Pictured) -> list[str]:
    """Every address that answers GET, with what the day has in its places, and every picture by every name."""
    photos = list(pictured.photos.values())
    values = {
        "event": ["day"], "race": ["marathon"], "bib": ["13", "14"], "entrant": ["e13"], "point": ["finish"],
        "story": [STORY], "photo": photos, "size": ["page", "whole"], "list": ["by-name"], "seq": ["1"], "reason": ["a-split"],
        "token": ["unknown"], "door": ["traccar"],
    }  # fmt: skip
    found: list[str] = []
    for path, route in list_guarded_routes():
        if "GET" not in (route.methods or ()) or path.endswith("/stream"):
            continue
        here = [path]
        for name in dict.fromkeys(re.findall(r"{(\w+)}", path)):
            here = [one.replace(f"{{{name}}}", v) for one in here for v in values.get(name, ["1"])]
        found += here
    kept = [f"/{file.relative_to(pictured.folder)}" for file in pictured.folder.rglob("*.jpg")]
    guesses = [f"/day/photos{one}" for one in kept] + [f"/static{one}" for one in kept]
    return list(dict.fromkeys([*found, *kept, *guesses]))


def unpack(content: bytes) -> list[bytes]:
    """What was answered, and what is packed in it."""
    if not content.startswith(b"PK"):
        return [content]
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return [content, *(packed.read(name) for name in packed.namelist())]


async def walk(pictured: Pictured, *, whole: bool = False) -> set[bytes]:
    """The pictures that any address gives to those who may see no more than everybody; nothing else in any byte. The
    whole walk takes each address there is, a short one those of stories and pictures."""
    names = [name.encode() for name in pictured.photos.values()]
    jpegs: set[bytes] = set()
    answered = 0
    page = (await pictured.day.get(PAGE)).text
    shown = re.findall(rf"{PAGE}/photo-[0-9a-f]+-\d+\.jpg", page)
    everything = [*list_addresses(pictured), *shown]
    for address in everything if whole else [one for one in everything if OF_PICTURES.search(one)]:
        for role in ROLES if "photo" in address else ROLES[:1]:
            answer = await pictured.day.get(address, role)
            answered += answer.status_code == 200
            for content in unpack(answer.content):
                told = content + repr(answer.headers).encode()
                assert not any(name in told for name in names), (address, role)
                check_plain(content, address)
                if content.startswith(STARTS):
                    jpegs.add(content)
    assert answered > (40 if whole else 4)
    return jpegs


def check_plain(content: bytes, where: object) -> None:
    """Nothing of what originals say of themselves, nor what a witness said who may not be quoted."""
    for word in (*POSITIONS, b"Exif\0\0", b"Zqcamera", b"Zqartist", b"GPSLatitude", b"Zqunquoted"):
        assert word not in content, (where, word)


def test_no_way_out_has_a_picture_that_is_not_published_or_was_taken_down_or_has_a_child() -> None:
    async def ask() -> None:
        async with pictured_day() as pictured:
            original = next(pictured.folder.rglob("*.jpg")).read_bytes()
            assert any(position in original for position in POSITIONS)
            await pictured.publish(pictured.photos["alone"])
            pictured.day.client.cookies.clear()
            agreed = await walk(pictured, whole=True)
            assert len(agreed) == 3
            for other in ("child", "unsure"):
                await pictured.desk("picture", photo=pictured.photos[other])
                assert await walk(pictured) <= agreed, (
                    "what all agreed to may stand on, and nothing else"
                )
            await pictured.desk("picture", photo=pictured.photos["alone"])
            assert len(await walk(pictured)) == 3
            fields = {"photo": pictured.photos["alone"], "do": "down"}
            await pictured.day.post("/day/photos", "control", **fields)
            await pictured.day.settle()
            await pictured.day.darkroom.look()
            assert await walk(pictured) == set()
            assert pictured.list_shown() == []

    run(ask())


def check_site(pictured: Pictured, out: Path) -> None:
    """The picture in its sizes, in the press kit and on the page; nothing of originals in any file."""
    found = sorted(file.name for file in out.rglob("photo-*.jpg"))
    assert [name.rpartition("-")[2] for name in found] == ["1280.jpg", "2560.jpg", "640.jpg"]
    for file in out.rglob("*"):
        for content in unpack(file.read_bytes()) if file.is_file() else ():
            check_plain(content, file)
            assert not any(name.encode() in content for name in pictured.photos.values()), file
    kit = next(out.rglob("press-kit.zip")).read_bytes()
    assert any(one.startswith(STARTS) for one in unpack(kit))
    page = next(out.rglob(f"stories/{STORY}/index.html")).read_text()
    assert f'src="{found[0]}"' in page


def test_a_published_site_has_the_picture_and_a_later_run_takes_it_away(tmp_path: Path) -> None:
    async def ask() -> None:
        async with pictured_day() as pictured:
            await pictured.publish(pictured.photos["alone"])
            store = Store(pictured.day.log, pictured.day.people)
            developing = developing_from(pictured.folder.as_uri())

            def put_out(out: Path) -> None:
                picture = make_picture(store, at(NOW))
                publish(picture, out, "https://r.example", runners=True, developing=developing)

            put_out(tmp_path)
            check_site(pictured, tmp_path)
            await pictured.say(do="down", entrant="e13", photo=pictured.photos["alone"])
            put_out(tmp_path)

    run(ask())
    assert not list(tmp_path.rglob("photo-*.jpg"))
    assert "photo-" not in next(tmp_path.rglob(f"stories/{STORY}/index.html")).read_text()
