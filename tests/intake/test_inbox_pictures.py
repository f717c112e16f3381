"""A picture dropped into the inbox of a real server: on control's page within moments, on nobody else's."""

from __future__ import annotations

import base64
import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from bench.served import Prepared, Server, free_port, make_key, prepare
from homestretch.intake.inbox import find_picture_place
from tests.browser.server import wait_for
from tests.patience import PATIENCE_S
from tests.photos.bib_pictures import TESTING, Worn, as_jpeg, draw
from tests.state.days import a_day


@pytest.mark.parametrize(("folder", "place"), [("finish", "finish"), ("moon", "moon"), (".", "?")])
def test_pictures_were_taken_at_the_point_that_their_folder_is_called(
    folder: str, place: str
) -> None:
    assert find_picture_place(Path(folder), a_day().event) == place


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    return prepare(tmp_path / "event", 150, 150)


@pytest.fixture
def server(prepared: Prepared, tmp_path: Path) -> Iterator[Server]:
    server = Server(["run", str(prepared.folder)], free_port(), tmp_path / "said.txt")
    server.start()
    server.wait_until_ready()
    yield server
    server.end()


def test_a_picture_that_is_dropped_is_looked_at_and_only_those_who_decide_see_it(
    prepared: Prepared, server: Server
) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0), 3: "E", 4: (11.0, 34.0, 0.0)})
    folder = prepared.folder / "inbox" / "finish"
    folder.mkdir(parents=True)
    picture = as_jpeg(draw([Worn("101")], TESTING, seed=2), exif=exif.tobytes())
    (folder / "IMG 1.JPG").write_bytes(picture)
    key = make_key(prepared, "control", "desk")
    address = f"http://127.0.0.1:{server.port}/{prepared.plan.event_id}/photos"

    def ask(path: str, key: str = "") -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        request = urllib.request.Request(address + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, b""

    def looked_at() -> dict[str, Any] | None:
        status, body = ask(".json", key)
        board: dict[str, Any] = json.loads(body) if status == 200 else {}
        return board if board.get("photos") == 1 and board["waiting"] == 0 else None

    assert wait_for(looked_at)["failed"] == 0
    [kept] = (prepared.folder / "photos" / "originals").rglob("*.jpg")
    assert kept.read_bytes() == picture
    status, small = ask(f"/{kept.stem}.jpg", key)
    assert status == 200
    assert not Image.open(BytesIO(small)).getexif()
    assert ask(f"/{kept.stem}.jpg")[0] == ask("")[0] == ask(".json")[0] == 403
    send_through_a_kill(prepared, server)


def send_through_a_kill(prepared: Prepared, server: Server) -> None:
    """An upload goes on where it was after every process of the server was killed, and becomes a picture by itself."""
    picture = as_jpeg(draw([Worn("102")], TESTING, seed=3))
    half, key = len(picture) // 2, make_key(prepared, "photographer", "laptop")
    place = base64.b64encode(b"finish").decode()
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{server.port}/{prepared.plan.event_id}",
        headers={"Authorization": f"Bearer {key}", "Tus-Resumable": "1.0.0", "Accept": "application/json"},
        timeout=PATIENCE_S,
    )  # fmt: skip
    begin = {"Upload-Length": str(len(picture)), "Upload-Metadata": f"place {place}"}
    begun = wait_for(lambda: _found(lambda: client.post("/uploads", headers=begin), 201))
    address = "/uploads/" + begun.headers["Location"].rpartition("/")[2]
    piece = {"Content-Type": "application/offset+octet-stream"}
    answer = client.patch(address, content=picture[:half], headers=piece | {"Upload-Offset": "0"})
    assert answer.status_code == 204
    for name in ("front", "keeper"):
        pid = server.find(name)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    asked = wait_for(lambda: _found(lambda: client.head(address), 200))
    assert asked.headers["Upload-Offset"] == str(half)
    there = piece | {"Upload-Offset": str(half)}
    assert client.patch(address, content=picture[half:], headers=there).status_code == 204
    assert wait_for(lambda: client.get(address).json()["state"] == "taken")
    originals = prepared.folder / "photos" / "originals"
    assert picture in [file.read_bytes() for file in originals.rglob("*.jpg")]
    client.close()


def _found(ask: Callable[[], httpx.Response], status: int) -> httpx.Response | None:
    """The answer once it is that; a server that begins again refuses connections."""
    try:
        answer = ask()
    except httpx.TransportError:
        return None
    return answer if answer.status_code == status else None
