"""Pictures in pieces: the protocol by its own rules, what is refused, who may send what, and how much."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import struct
import sys
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from homestretch.facts import PhotoTakenDown, PhotoWitnessed, received
from homestretch.intake.devices import Devices
from homestretch.intake.uploaded import Uploaded
from homestretch.intake.uploads import ABANDONED_MS, Uploads
from homestretch.live import Live
from homestretch.office.taking_uploads import TRIES, Taken
from homestretch.photos.installed import can_read_pictures
from homestretch.race.privacy import Role
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.photo_values import Photo
from homestretch.store.keys import new_key
from homestretch.store.opening import Store
from homestretch.store.pictures import Pictures, url_of
from homestretch.web.admission import find_viewer, wall_now
from homestretch.web.uploads import make_upload
from tests.aside import run
from tests.photos.bib_pictures import as_jpeg
from tests.state.days import a_day, at
from tests.web.kept_day import KeptDay, kept_day

NOW = "09:05"
HERE = "/day/uploads"
PIECE = {"Content-Type": "application/offset+octet-stream"}


def a_picture(shade: int = 120) -> bytes:
    noise = np.random.default_rng(shade).integers(0, 255, (300, 400, 3), np.uint8)
    return as_jpeg(noise)


class Sender:
    """A phone with a key: begins uploads and sends pieces, by the words of the protocol."""

    def __init__(self, kept: KeptDay, role: Role = "station", station: str = "10k") -> None:
        key, token = new_key(role, created_at=0, expires_at=2**62, label="crew", station=station)
        kept.people.put_key(key)
        self.kept, self.key, self._is_known = kept, key, False
        self.headers = {
            "Authorization": f"Bearer {token}", "X-Role": role, "Tus-Resumable": "1.0.0", "Accept": "application/json",
        }  # fmt: skip

    async def ask(self, method: str, address: str, **more: Any) -> httpx.Response:
        if (
            not self._is_known
        ):  # the keeper tells the front of a new key when it is first asked about it
            await self.kept.client.post(
                "/day/facts", headers=self.headers, content=b'{"items": []}'
            )
            self._is_known = True
        headers = self.headers | more.pop("headers", {})
        return await self.kept.client.request(method, address, headers=headers, **more)

    async def begin(self, length: int, **said: str) -> httpx.Response:
        pairs = (f"{name} {base64.b64encode(it.encode()).decode()}" for name, it in said.items())
        headers = {"Upload-Length": str(length), "Upload-Metadata": ",".join(pairs)}
        return await self.ask("POST", HERE, headers=headers)

    async def add(self, address: str, offset: int, piece: bytes, **more: str) -> httpx.Response:
        headers = PIECE | {"Upload-Offset": str(offset)} | more
        return await self.ask("PATCH", address, content=piece, headers=headers)

    async def send(self, picture: bytes, **said: str) -> tuple[str, httpx.Response]:
        """A whole picture in two pieces; its address and the last answer."""
        begun = await self.begin(len(picture), **said)
        assert begun.status_code == 201, begun.text
        address, half = begun.headers["Location"], max(64, len(picture) // 2)
        answer = await self.add(address, 0, picture[:half])
        if answer.status_code == 204 and half < len(picture):
            answer = await self.add(address, half, picture[half:])
        return address, answer

    async def told(self, address: str, **headers: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.ask("GET", address, headers=headers)).json()
        return found


class There:
    """A day to which pictures are sent, and where they are kept."""

    def __init__(self, kept: KeptDay, folder: Path) -> None:
        self.kept, self.folder, self.uploads = kept, folder, Uploads(folder)
        kept.application.state.uploads = {"day": self.uploads}
        self.taken = Taken(self.store, Pictures(url_of(folder)), self.uploads)

    @property
    def store(self) -> Store:
        return Store(self.kept.log, self.kept.people)

    def take(self) -> list[Photo]:
        """What the process does that takes in what waits; the pictures of the event then."""
        self.taken.take_all(at(NOW), wall_now())
        columns = Columns()
        columns.take(self.kept.log.read_since(0))
        state = Fold(columns).state(at(NOW))
        assert state is not None
        return list(state.photos)

    def files(self, below: str = "uploads") -> list[str]:
        return sorted(it.name for it in (self.folder / below).rglob("*") if it.is_file())

    def contents(self) -> list[bytes]:
        found = (self.folder / "uploads").rglob("*")
        return [it.read_bytes() for it in found if it.is_file()]


@contextlib.asynccontextmanager
async def a_day_at(folder: Path) -> AsyncIterator[There]:
    day = a_day()
    day.entrant("101")
    async with kept_day(day, NOW) as kept:
        yield There(kept, folder)


def during(folder: Path, ask: Callable[[There], Awaitable[None]]) -> None:
    async def asked() -> None:
        async with a_day_at(folder) as there:
            await ask(there)

    run(asked())


def test_a_picture_comes_in_pieces_goes_on_where_it_was_and_is_one_picture_however_often_it_is_sent(
    tmp_path: Path,
) -> None:
    async def ask(there: There) -> None:
        phone, picture = Sender(there.kept), a_picture()
        begun = await phone.begin(len(picture), id="a", name="IMG 1.JPG")
        address = begun.headers["Location"]
        assert begun.headers["Tus-Resumable"] == "1.0.0"
        assert (await phone.add(address, 0, picture[:1000])).headers["Upload-Offset"] == "1000"
        # The server is another one now: what it knows is what is on disk.
        there.kept.application.state.uploads = {"day": Uploads(there.folder)}
        asked = await phone.ask("HEAD", address)
        assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == (
            "1000",
            str(len(picture)),
        )
        assert asked.headers["Cache-Control"] == "no-store"
        assert (await phone.add(address, 0, picture[:1000])).status_code == 409
        again = await phone.begin(len(picture), id="a", name="IMG 1.JPG")
        assert again.headers["Location"] == address
        assert again.headers["Upload-Offset"] == "1000"
        assert there.take() == []
        done = await phone.add(address, 1000, picture[1000:])
        assert (done.status_code, done.headers["Upload-Offset"]) == (204, str(len(picture)))
        assert (await phone.told(address))["state"] == "waiting"
        other, _ = await phone.send(picture, id="b")
        [photo] = there.take()
        assert (photo.place, photo.by) == ("10k", f"key-{phone.key.id}")
        assert Pictures(url_of(there.folder)).get(photo.kept) == picture
        for one in (address, other):
            assert (await phone.told(one))["state"] == "taken"
            assert (await phone.ask("HEAD", one)).headers["Upload-Offset"] == str(len(picture))
        assert [name for name in there.files() if not name.endswith(".json")] == []

    during(tmp_path, ask)


def test_what_a_witness_says_stands_beside_the_picture_once_and_can_be_erased(
    tmp_path: Path,
) -> None:
    async def ask(there: There) -> None:
        phone, picture = Sender(there.kept), a_picture()
        said = {
            "witness": "Bo\nCoach",
            "line": "She  waited for him.",
            "quoted": "yes",
            "bib": "101",
            "at": str(at("09:00")),
        }
        await phone.send(picture, id="a", **said)
        [photo] = there.take()
        await phone.send(picture, id="a", **said)  # no answer came: sent again
        [photo] = there.take()
        [witness] = photo.witnesses
        assert (witness.quoted, witness.bib, photo.seen_at) == (True, "101", at("09:00"))
        assert there.kept.people.find_text(witness.text_ref) == b"Bo Coach\nShe waited for him."
        facts = [one.fact for one in there.kept.log.read_since(0).others]
        assert sum(isinstance(fact, PhotoWitnessed) for fact in facts) == 1
        for fact in facts:
            assert "waited" not in repr(fact)
        assert not [it for it in there.contents() if b"waited" in it]

    during(tmp_path, ask)


@pytest.mark.parametrize("time", ["0" * 14 + "9" * 20, "0" * 14 + "9" * 5000, "4102444799999"])
def test_a_time_that_is_none_or_to_come_is_now_and_holds_up_nobody(
    tmp_path: Path, time: str
) -> None:
    async def ask(there: There) -> None:
        _, answer = await Sender(there.kept).send(a_picture(), at=time, bib="101")
        assert answer.status_code == 204
        [photo] = there.take()
        assert photo.seen_at == at(NOW)
        facts = [one.fact for one in there.kept.log.read_since(0).others]
        assert [it.seen_at for it in facts if isinstance(it, PhotoWitnessed)] == [at(NOW)]

    during(tmp_path, ask)


def bomb() -> bytes:
    """A PNG that says it has 3,600 million pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 1000)
    chunks = (
        struct.pack(">I", len(it) - 4) + it + struct.pack(">I", zlib.crc32(it))
        for it in (head, data)
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>" + b" " * 100


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (SVG, "drawing.jpg", "it is an SVG drawing"),
        (b"%PDF-1.7 " + b"x" * 100, "picture.png", "it is a PDF"),
        (b"PK\x03\x04" + a_picture(), "pictures.jpg", "it is a ZIP archive"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 100, "film.heic", "it is a video"),
        (bomb(), "bomb.png", "more pixels than any camera"),
        (a_picture()[:2000], "cut.jpg", "cut off or damaged"),
        (as_jpeg(np.zeros((20, 20, 3), np.uint8)), "tiny.jpg", "only 20 × 20"),
    ],
    ids=["svg", "pdf", "zip in front", "video", "bomb", "cut off", "tiny"],
)  # fmt: skip
def test_a_hostile_file_is_refused_with_its_reason_and_its_bytes_go(
    tmp_path: Path, data: bytes, name: str, why: str
) -> None:
    async def ask(there: There) -> None:
        phone = Sender(there.kept)
        address, _ = await phone.send(data, name=name)
        assert there.take() == []
        told = await phone.told(address)
        assert told["state"] == "refused"
        assert why in told["why"]
        assert [file for file in there.files() if not file.endswith(".json")] == []
        assert (await phone.ask("DELETE", address)).status_code == 204
        assert (await phone.ask("HEAD", address)).status_code == 404
        assert there.files() == []

    during(tmp_path, ask)


GERMAN = {
    "drawing.jpg": "es ist eine SVG-Zeichnung",
    "cut.jpg": "abgeschnitten oder beschädigt",
    "tiny.jpg": "nur 20 × 20 Pixel",
    "bomb.png": "mehr Pixel, als irgendeine Kamera macht",
}


def test_a_refused_upload_is_told_in_the_language_of_whoever_asks(tmp_path: Path) -> None:
    files = {
        "drawing.jpg": SVG,
        "cut.jpg": a_picture()[:2000],
        "tiny.jpg": as_jpeg(np.zeros((20, 20, 3), np.uint8)),
        "bomb.png": bomb(),
    }
    german = {"Accept-Language": "de-AT, en;q=0.5"}

    async def ask(there: There) -> None:
        phone = Sender(there.kept)
        addresses = {name: (await phone.send(data, name=name))[0] for name, data in files.items()}
        there.take()
        for name, address in addresses.items():
            assert GERMAN[name] in (await phone.told(address, **german))["why"]
            assert GERMAN[name] in (await phone.told(f"{address}?lang=de"))["why"]
            in_english = (await phone.told(f"{address}?lang=en", **german))["why"]
            assert GERMAN[name] not in in_english
            assert in_english.startswith("This ")
        piece = await phone.begin(len(SVG), id="again")
        refused = await phone.add(piece.headers["Location"], 0, SVG, **german)
        assert GERMAN["drawing.jpg"] in refused.json()["error"]
        assert refused.json()["hint"] == "Bitte Bilder als JPEG, HEIC oder PNG senden."
        form = a_form(("b.jpg", SVG), ("tiny.jpg", files["tiny.jpg"]))
        page = {"Accept": "text/html"}
        for _ in range(2):  # also of one that was refused before
            answer = await phone.ask("POST", "/day/sending?lang=de", headers=page, **form)
            assert "b.jpg: Das ist kein JPEG, HEIC oder PNG" in answer.text
            there.take()
        assert f"tiny.jpg: Dieses Bild hat {GERMAN['tiny.jpg']}" in answer.text

    during(tmp_path, ask)


def test_a_polyglot_a_wrong_extension_and_a_path_in_the_name_are_kept_as_the_picture_they_are(
    tmp_path: Path,
) -> None:
    async def ask(there: There) -> None:
        phone = Sender(there.kept)
        await phone.send(
            a_picture(1) + b"PK\x03\x04 <script>alert(1)</script>", name="../../etc/a.html"
        )
        held = tmp_path / "held.png"
        Image.fromarray(np.zeros((80, 80, 3), np.uint8)).save(held)
        await phone.send(held.read_bytes(), id="..%2f..%2fpeople.db", name="picture.exe")
        photos = there.take()
        assert sorted(photo.kept.rpartition(".")[2] for photo in photos) == ["jpg", "png"]
        assert sum(name.endswith((".jpg", ".png")) for name in there.files("photos")) == 4

    (tmp_path / "event").mkdir()
    during(tmp_path / "event", ask)
    assert {it.name for it in tmp_path.iterdir()} == {"event", "held.png"}
    assert {it.name for it in (tmp_path / "event").iterdir()} == {"photos", "uploads"}


def test_a_picture_that_ends_the_process_which_opens_it_is_given_up(tmp_path: Path) -> None:
    async def ask(there: There) -> None:
        phone = Sender(there.kept)
        address, _ = await phone.send(a_picture())
        for _ in range(TRIES):  # begun, and no word of it since
            [(upload, _)] = there.uploads.list_ready()
            there.uploads.begin_try(upload)
        assert there.take() == []
        assert "could not open it" in (await phone.told(address))["why"]

    during(tmp_path, ask)


def test_a_key_sends_for_its_own_place_and_sees_its_own_uploads_alone(tmp_path: Path) -> None:
    async def ask(there: There) -> None:
        phone, other = Sender(there.kept), Sender(there.kept, station="finish")
        address, _ = await phone.send(a_picture(), place="10K")
        for method in ("HEAD", "GET", "DELETE"):
            assert (await other.ask(method, address)).status_code == 404
        assert (await other.add(address, 0, b"")).status_code == 404
        refused = await other.begin(1000, place="10k")
        assert (refused.status_code, refused.json()["error"]) == (
            403,
            "A station's key speaks for its own place.",
        )
        laptop = Sender(there.kept, "photographer", station="")
        assert (await laptop.begin(1000, place="nowhere")).status_code == 400
        await laptop.send(a_picture(2), place="half")
        await laptop.send(a_picture(3))
        assert [photo.place for photo in there.take()].count("") == 1
        assert {photo.place for photo in there.take()} == {"10k", "half", ""}
        for headers in ({"Authorization": "Bearer wrong"}, {"Authorization": ""}):
            answer = await phone.ask("POST", HERE, headers=headers | {"Upload-Length": "9"})
            assert answer.status_code == 403
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Origin": "https://elsewhere.test", "Authorization": ""},
        ):
            answer = await phone.ask("POST", HERE, headers=headers | {"Upload-Length": "9"})
            assert answer.json()["error"] == "Another site's page sent this."

    during(tmp_path, ask)


def test_the_protocol_s_own_refusals(tmp_path: Path) -> None:
    async def ask(there: There) -> None:
        phone, picture = Sender(there.kept), a_picture()
        offers = (await phone.ask("OPTIONS", HERE)).headers
        assert offers["Tus-Version"] == "1.0.0"
        assert offers["Tus-Max-Size"] == "60000000"
        assert {"creation", "termination", "expiration", "checksum"} == set(
            offers["Tus-Extension"].split(",")
        )
        old = await phone.ask(
            "POST", HERE, headers={"Tus-Resumable": "0.2.2", "Upload-Length": "9"}
        )
        assert (old.status_code, old.headers["Tus-Version"]) == (412, "1.0.0")
        large = await phone.begin(60_000_001)
        assert (large.status_code, "at most 60" in large.json()["error"]) == (400, True)
        assert (await phone.begin(0)).status_code == 400
        assert (await phone.ask("POST", HERE)).json()["error"] == "How long it is was not said."
        bad = await phone.ask(
            "POST", HERE, headers={"Upload-Length": "9", "Upload-Metadata": "id %%%"}
        )
        assert bad.status_code == 400
        for header, other in (("Upload-Checksum", PIECE), ("Upload-Metadata", {})):
            strange = {"Upload-Length": "9", "Upload-Offset": "0", header: b"sha1 \xc3\xa9"}
            address = (await phone.begin(len(picture), id="a")).headers["Location"]
            method, where = ("PATCH", address) if other else ("POST", HERE)
            refused = await phone.ask(method, where, content=b"", headers=strange | other)
            assert (refused.status_code, refused.json()["error"]) == (
                400,
                f"{header} is not as tus has it.",
            )
        assert (await phone.begin(60_000_001)).json()["error"].startswith("This file has 61 MB")
        assert (
            (await phone.begin(len(picture) + 1, id="a")).json()["error"].startswith("Another file")
        )
        assert (await phone.ask("PATCH", address, content=b"x")).status_code == 415
        sums = {"Upload-Checksum": f"sha1 {base64.b64encode(hashlib.sha1(b'x').digest()).decode()}"}
        assert (await phone.add(address, 0, picture[:500], **sums)).status_code == 460
        sums = {
            "Upload-Checksum": f"sha256 {base64.b64encode(hashlib.sha256(picture[:500]).digest()).decode()}"
        }
        assert (await phone.add(address, 0, picture[:500], **sums)).status_code == 204
        assert (await phone.add(address, 500, picture + b"x")).status_code == 400
        assert (
            (await phone.add(address, 500, b"x" * (1024 * 1024 + 1)))
            .json()["error"]
            .startswith("The piece is larger")
        )
        assert (await phone.ask("HEAD", address)).headers["Upload-Offset"] == "500"
        assert (await phone.ask("HEAD", f"{HERE}/..%2f{address[-24:]}")).status_code == 404

    during(tmp_path, ask)


def test_where_a_network_knows_no_patch_a_header_may_mean_patch_or_delete_and_nothing_else(
    tmp_path: Path,
) -> None:
    async def ask(there: There) -> None:
        phone, picture = Sender(there.kept), a_picture()
        address = (await phone.begin(len(picture), id="a")).headers["Location"]

        async def mean(method: str, meant: str, where: str = address) -> httpx.Response:
            more = PIECE | {"Upload-Offset": "0", "Upload-Length": "9"}
            headers = more | ({"X-HTTP-Method-Override": meant} if meant else {})
            return await phone.ask(method, where, content=picture[:500], headers=headers)

        for meant in ("PUT", "GET", "HEAD", "POST", "OPTIONS", "patch", "PATCH, DELETE", ""):
            refused = await mean("POST", meant)
            assert (refused.status_code, refused.headers["Allow"]) == (405, "PATCH, DELETE"), meant
            assert refused.headers["Tus-Resumable"] == "1.0.0"
        for method, meant, where in (
            ("PATCH", "PUT", address),
            ("DELETE", "GET", address),
            ("GET", "DELETE", address),
            ("POST", "DELETE", HERE),
        ):
            assert (await mean(method, meant, where)).status_code == 405, (method, meant)
        assert (await phone.ask("HEAD", address)).headers["Upload-Offset"] == "0"
        assert (await mean("POST", "PATCH")).headers["Upload-Offset"] == "500"
        assert (await mean("PATCH", "DELETE")).status_code == 204  # the header counts
        assert (await phone.ask("HEAD", address)).status_code == 404

    during(tmp_path, ask)


def test_what_is_too_much_is_said_and_what_is_abandoned_goes(tmp_path: Path) -> None:
    async def ask(there: There) -> None:
        there.kept.application.state.uploads = {
            "day": Uploads(there.folder, unfinished=3, waiting=2)
        }
        phone, other = Sender(there.kept), Sender(there.kept, station="finish")
        for number in range(3):
            assert (await phone.begin(1000, id=str(number))).status_code == 201
        busy = await phone.begin(1000, id="3")
        assert (busy.status_code, busy.json()["error"]) == (
            503,
            "3 pictures of this key have begun and are not finished.",
        )
        assert busy.headers["Retry-After"]
        for number in range(2):
            await other.send(a_picture(number))
        busy = await other.begin(1000, id="c")
        assert (busy.status_code, busy.json()["error"]) == (
            503,
            "2 pictures wait to be taken in already.",
        )
        assert there.uploads.drop_abandoned(wall_now()) == 0
        assert there.uploads.drop_abandoned(wall_now() + ABANDONED_MS + 1000) == 3
        assert (await phone.begin(1000, id="3")).status_code == 503  # two wait still
        assert len(there.take()) == 2
        assert there.uploads.drop_abandoned(wall_now() + 4 * ABANDONED_MS) == 2
        assert there.files() == []

    during(tmp_path, ask)


def test_a_piece_for_which_the_disk_has_no_room_any_more_is_not_kept_and_goes_on_later(
    tmp_path: Path,
) -> None:
    async def ask(there: There) -> None:
        phone, picture = Sender(there.kept), a_picture()
        address = (await phone.begin(len(picture), id="a")).headers["Location"]
        full = Uploads(there.folder, spare=2**62)
        there.kept.application.state.uploads = {"day": full}
        busy = await phone.add(address, 0, picture)
        assert (busy.status_code, busy.json()["error"]) == (
            503,
            "The server has no more room for pictures.",
        )
        assert (await phone.ask("HEAD", address)).headers["Upload-Offset"] == "0"
        there.kept.application.state.uploads = {"day": there.uploads}
        assert (await phone.add(address, 0, picture)).status_code == 204
        assert len(there.take()) == 1

    during(tmp_path, ask)


def test_many_tabs_that_begin_one_upload_at_once_begin_it_once(tmp_path: Path) -> None:
    upload = make_upload(
        new_key("control", created_at=0, expires_at=2**62)[0], a_day().event, 9, {"id": "a"}
    )
    uploads = Uploads(tmp_path)
    with ThreadPoolExecutor(8) as tabs:
        for _ in range(20):
            assert set(tabs.map(uploads.begin, [upload] * 8)) == {upload}
            uploads.end(upload)


def test_whoever_sends_a_picture_again_that_was_taken_down_is_told_so(tmp_path: Path) -> None:
    async def ask(there: There) -> None:
        await Sender(there.kept).send(a_picture())
        [photo] = there.take()
        down = PhotoTakenDown(seen_at=at(NOW), photo=photo.photo)
        there.kept.log.append([received(down, "desk", at(NOW), 1)])
        other = Sender(there.kept, "photographer", "")
        address, _ = await other.send(a_picture(), line="Again.")
        there.take()
        told = await other.told(address)
        assert (told["state"], told["why"].split(".")[0]) == (
            "refused",
            "This picture was taken down",
        )
        assert not there.uploads.has_ready()

    during(tmp_path, ask)


class Begun(Exception):
    """The process is begun that takes in and looks."""


def test_after_a_crash_the_next_server_looks_at_what_the_last_one_left(tmp_path: Path) -> None:
    def command(*words: str) -> list[str]:
        raise Begun(" ".join(words))

    async def ask(there: There) -> None:
        await Sender(there.kept).send(a_picture())
        there.take()  # taken in, and then the server was killed: nobody has looked at it
        assert not there.uploads.has_ready()
        live = Live(there.kept.log, there.kept.people, lambda: at(NOW), lambda _: None)
        live.refresh()
        devices = Devices(live, lambda: at(NOW))
        with pytest.raises(Begun, match="photos take"):
            async with asyncio.timeout(20):
                await Uploaded(there.folder, live, devices, command, {}).run()

    during(tmp_path, ask)


def test_one_phone_that_begins_uploads_without_end_is_told_to_wait(tmp_path: Path) -> None:
    async def ask(there: There) -> None:
        phone, count = Sender(there.kept), 0
        while (answer := await phone.begin(10**9)).status_code != 503:
            count += 1
        assert answer.json()["error"].startswith("Too much came from here")
        assert 500 < count < 2000

    during(tmp_path, ask)


def a_form(*files: tuple[str, bytes], **fields: str) -> dict[str, Any]:
    """A form as a browser without JavaScript sends it."""
    parts = [("pictures", (name, data, "image/jpeg")) for name, data in files]
    return {"files": parts or [("pictures", ("", b"", "application/octet-stream"))], "data": fields}


def test_without_javascript_a_form_of_pictures_keeps_what_is_one_and_says_why_the_rest_is_refused(
    tmp_path: Path,
) -> None:
    async def ask(there: There) -> None:
        phone, page = Sender(there.kept), {"Accept": "text/html"}
        send = partial(phone.ask, "POST", "/day/sending", headers=page)
        files = [("a.jpg", a_picture(1)), ("b <b>.jpg", SVG), ("../c.png", a_picture(2))]
        answer = await send(**a_form(*files, line="She waited.", witness="Bo"))
        assert answer.status_code == 200
        assert "2 pictures were kept. Not taken: b &lt;b&gt;.jpg: This is no JPEG" in answer.text
        assert (
            "1 picture was kept." in (await send(**a_form(files[0]))).text
        )  # once more: the same one
        assert len(there.take()) == 2
        assert "No picture was chosen." in (await send(**a_form())).text
        elsewhere = await send(**a_form(files[0], place="finish"))
        assert elsewhere.status_code == 403
        large = [(f"{number}.jpg", b"\xff\xd8\xff" + b"x" * 31_000_000) for number in range(2)]
        assert "larger than 60 MB together" in (await send(**a_form(*large))).text
        many = [(f"{number}.jpg", b"\xff\xd8\xff") for number in range(101)]
        assert (await send(**a_form(*many))).status_code == 400
        assert (await phone.ask("POST", "/day/sending", content=b"a=b")).status_code == 400
        cross = {"Sec-Fetch-Site": "cross-site"}
        assert (
            await phone.ask("POST", "/day/sending", headers=cross, **a_form())
        ).status_code == 403
        assert len(there.take()) == 2

    during(tmp_path, ask)


@pytest.mark.parametrize("missing", [False, True])
def test_without_the_extra_pictures_are_kept_and_wait_and_the_pages_say_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: bool
) -> None:
    why = "Pictures are kept and wait: nothing on this server can read them."
    if missing:
        monkeypatch.setitem(sys.modules, "rapidocr", None)
    assert can_read_pictures() is not missing

    async def ask(there: There) -> None:
        phone = Sender(there.kept)
        there.kept.application.state.viewer_of = find_viewer
        control = Sender(there.kept, "control", "")
        pages = {"/day/sending": phone, "/day/photos": control, "/day/stations/10k": phone}
        for address, key in pages.items():
            told = await key.ask("GET", address, headers={"Accept": "text/html"})
            assert (why in told.text) == missing, address
        address, _ = await phone.send(a_picture())
        assert (await phone.told(address))["state"] == "waiting"
        assert there.uploads.has_ready()

    during(tmp_path, ask)


def test_control_says_where_a_picture_was_taken(tmp_path: Path) -> None:
    async def ask(there: There) -> None:
        await Sender(there.kept, "photographer", "").send(a_picture())
        [photo] = there.take()
        await there.kept.settle()
        form = {"photo": photo.photo, "do": "place", "at": str(at(NOW) + 1)}
        assert (
            "no point was chosen" in (await there.kept.post("/day/photos", "control", **form)).text
        )
        page = await there.kept.post("/day/photos", "control", place="half", **form)
        assert "it was taken at Half" in page.text
        [photo] = there.take()
        assert (photo.place, photo.placed) == ("half", True)

    during(tmp_path, ask)


def test_phones_of_one_model_are_two_cameras_when_two_keys_send_their_pictures(
    tmp_path: Path,
) -> None:
    def snap(shade: int) -> bytes:
        exif = Image.Exif()
        exif[0x010F], exif[0x0110] = "Acme", "Pocket 7"
        noise = np.random.default_rng(shade).integers(0, 255, (96, 96, 3), np.uint8)
        return as_jpeg(noise, exif=exif.tobytes())

    async def ask(there: There) -> None:
        first, second = Sender(there.kept), Sender(there.kept)
        for number, phone in enumerate((first, first, second)):
            await phone.send(snap(number), id=f"{number}")
        cameras = sorted(photo.camera for photo in there.take())
        assert "" not in cameras
        assert [cameras.count(one) for one in sorted(set(cameras), key=cameras.count)] == [1, 2]

    during(tmp_path, ask)
