"""A finished day with pictures of its last finisher: drawn, with a position in their EXIF, kept as originals are."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from homestretch.facts import PhotoLooked, PhotoTagged, PhotoTaken, PhotoWitnessed
from homestretch.photos.values import Box, Look, SeenNumber
from homestretch.race.entrant import Person
from homestretch.store import Text
from homestretch.store.links import new_link
from homestretch.store.pictures import Pictures, name_of
from homestretch.stories.values import story_id
from homestretch.web.newsstand import FRESH_S, Newsstand
from tests.boards.kinds import list_faults
from tests.boards.pictures import person
from tests.photos.bib_pictures import TESTING, Worn, as_jpeg, draw
from tests.state.days import Day, a_day, at
from tests.web.kept_day import KeptDay, kept_day

NOW, FAR = "15:00", "+1 06:00"
STORY = story_id("last", ["e13"])
PAGE = f"/day/stories/{STORY}"
LATITUDE = (40.0, 26.0, 37.25)
"""Degrees, minutes, seconds; stands in an original and may stand nowhere else."""
BELA, STRANGER = Box(0.44, 0.10, 0.12, 0.24), Box(0.02, 0.10, 0.12, 0.24)
"""Two faces: the first above the number of the last finisher, the second above another one."""
NUMBER, OTHER_NUMBER = Box(0.46, 0.62, 0.08, 0.06), Box(0.04, 0.62, 0.08, 0.06)
CREDIT = "Photo: June Aldersay"
WITNESS, UNQUOTED = "June Aldersay\nShe waved to everybody.", "Ivo Quillfeather\nZqunquoted words."
KEPT = 2**60


def everybody_home() -> Day:
    """Two grown-ups and a child of 15 are home; 13 is the last one."""
    day = a_day()
    for bib, minutes, age in (("12", 0, 40), ("13", 30, 40), ("14", 10, 15)):
        day.entrant(bib, age=age)
        day.read(bib, "start", "07:00:20")
        for point, clock in (("10k", "08:00"), ("half", "09:10"), ("30k", "10:30")):
            day.read(bib, point, clock)
        day.read(bib, "finish", f"12:{10 + minutes}")
    return day


def list_people(**more: bool) -> list[Person]:
    """All agree to photos, and a guardian for the child; ``more`` are fields of the last finisher."""
    said = {"photos": True, **more}
    return [
        msgspec.structs.replace(person("12", "Ada Amberlow"), photos=True),
        msgspec.structs.replace(person("13", "Bela Coldwell"), **said),
        msgspec.structs.replace(person("14", "Cleo Dunmarrow"), photos=True, guardian=True),
    ]


def draw_original(seed: int) -> bytes:
    """A picture as a camera makes it: with its position, its maker and who took it."""
    exif = Image.Exif()
    exif[0x010F], exif[0x013B] = "Zqcamera", "Zqartist"
    exif.get_ifd(0x8825).update({1: "N", 2: LATITUDE, 3: "W", 4: (79.0, 59.0, 46.5)})
    picture = draw([Worn("13")], TESTING, seed, (900, 600))
    for box in (BELA, STRANGER, NUMBER, OTHER_NUMBER):  # something that blurring takes away
        x, y, width, height = (round(v * s) for v, s in zip(box, (900, 600, 900, 600), strict=True))
        stripes = (np.arange(width) // 4 % 2 * 200 + 20).astype(np.uint8)
        picture[y : y + height, x : x + width] = stripes[None, :, None]
    return as_jpeg(picture, exif=exif.tobytes())


def take(day: Day, pictures: Pictures, seed: int, *bibs: str, p: float = 0.99) -> str:
    """A picture that was taken, looked at and tagged; returns what it is called."""
    data = draw_original(seed)
    photo, when = name_of(data), at("12:39") + seed
    kept = pictures.keep(photo, "JPEG", data)
    numbers = (NUMBER, OTHER_NUMBER)
    seen = tuple(SeenNumber(box, ((bib, 0.99),)) for box, bib in zip(numbers, [*bibs, "99"], strict=False))  # fmt: skip
    look = msgspec.json.encode(Look(seen, (BELA, STRANGER), aspect=1.5)).decode()
    day.add(
        PhotoTaken(seen_at=when, photo=photo, place="finish", kept=kept, camera="c", timed=True)
    )
    day.add(PhotoLooked(seen_at=when, photo=photo, look=look))
    for box, bib in zip(numbers, bibs, strict=False):
        day.add(PhotoTagged(seen_at=when, photo=photo, bib=bib, p=p, reads=14, read=bib, box=tuple(box)))  # fmt: skip
    return photo


class Pictured:
    """A kept day, its pictures, and the moments of the desk's forms."""

    def __init__(self, day: KeptDay, photos: dict[str, str], folder: Path) -> None:
        self.day, self.photos, self.folder = day, photos, folder
        self._at: Iterator[int] = itertools.count(at(NOW) - 1_000_000, 1000)

    async def desk(self, do: str, **fields: str) -> str:
        """What the desk's page says to a form."""
        fields = {"story": STORY, "do": do, "at": str(next(self._at)), **fields}
        answer = await self.day.post("/day/desk/stories", "desk", **fields)
        assert answer.status_code == 200, answer.text
        assert list(list_faults(answer.text)) == []
        await self.day.settle()
        return answer.text

    async def open_link(self, bib: str) -> None:
        """The private link of a bib is open in this browser."""
        link, token = new_link(f"e{bib}", "own", created_at=at(NOW), expires_at=at(FAR))
        self.day.people.put_links([link])
        opened = await self.day.client.get(f"/day/me/{token}", follow_redirects=False)
        assert opened.status_code == 303

    async def say(self, **fields: str) -> str:
        """What the own page says to a form."""
        page = await self.day.client.post("/day/me", data=fields)
        await self.day.settle()
        await self.day.darkroom.look()
        return page.text

    async def agree(self, answer: str = "yes") -> str:
        """The last finisher answers the story, with all of it that their page has before them."""
        page = await self.day.client.get("/day/me.json")
        (own,) = msgspec.json.decode(page.content)["entrants"]
        seen = " ".join(key for one in own["questions"] for key in one["seen"])
        return await self.say(do="answer", entrant="e13", story=STORY, answer=answer, seen=seen)

    async def publish(self, photo: str) -> None:
        """The story, asked, answered, with a picture and who took it, is published."""
        await self.desk("ask", entrant="e13", channel="qr")
        await self.open_link("13")
        await self.desk("picture", photo=photo)
        await self.desk("write", part="credit", text=CREDIT)
        await self.desk("write", part="caption", text="The last corner, at twenty to one.")
        await self.agree()
        assert "Published" in await self.desk("publish")

    def list_shown(self) -> list[Path]:
        """Every file of what is shown of pictures."""
        return sorted((self.folder / "shown").rglob("*.jpg"))


@contextlib.asynccontextmanager
async def pictured_day(**more: bool) -> AsyncIterator[Pictured]:
    """The day with pictures: of the last finisher alone, with another, with a child, one that is not sure."""
    with tempfile.TemporaryDirectory() as name:
        pictures, day = Pictures(Path(name).as_uri()), everybody_home()
        photos = {
            "alone": take(day, pictures, 1, "13"),
            "both": take(day, pictures, 2, "13", "12"),
            "child": take(day, pictures, 3, "13", "14"),
            "unsure": take(day, pictures, 4, "13", p=0.6),
        }
        for number, (photo, quoted) in enumerate(
            ((photos["alone"], True), (photos["both"], False))
        ):
            said = {"photo": photo, "quoted": quoted, "text_ref": f"witness-{number}"}
            day.add(PhotoWitnessed(seen_at=at("12:45"), **said))  # type: ignore[arg-type]  # fields of it
        async with kept_day(day, NOW, *list_people(**more), pictures=Path(name).as_uri()) as kept:
            kept.people.put_texts(
                [
                    Text("witness-0", WITNESS.encode(), KEPT),
                    Text("witness-1", UNQUOTED.encode(), KEPT),
                ]
            )
            looks = itertools.count(0.0, 2 * FRESH_S)
            kept.application.state.newsstand = Newsstand(lambda: next(looks))
            yield Pictured(kept, photos, Path(name))


def is_soft(picture: Image.Image, box: Box) -> bool:
    """Whether nothing is left of the stripes that stood at a place."""
    width, height = picture.size
    left, top = int(box.x * width), int(box.y * height)
    part = picture.crop((left, top, left + int(box.width * width), top + int(box.height * height)))
    grey = np.asarray(part.convert("L"), np.float32)
    return float(np.abs(np.diff(grey, axis=1)).mean()) < 8
