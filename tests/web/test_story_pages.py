"""A story as the world asks for it: one copy for everybody, answered before the parser, and gone at once."""

from __future__ import annotations

import asyncio
import gzip
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import msgspec
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.server import ServerState

from homestretch.picture import Picture
from homestretch.stories.finding import find_stories
from homestretch.stories.values import Story
from homestretch.web.connection import Connection
from homestretch.web.newsstand import FRESH_S, KEEP_S, MOST, Newsstand, Place, read_plain
from tests.aside import run
from tests.boards.kinds import list_faults
from tests.patience import PATIENCE_S
from tests.stories.days import answering, picture_at, published, saying, words_of
from tests.web.shelf import Client, Shelf, make_app

HOST = "race.example"


@pytest.fixture(scope="module")
def shown() -> Picture:
    picture = picture_at(7, 400, 300, 15.17)
    return published(picture, find_stories(picture)[0])


@pytest.fixture(scope="module")
def pair(shown: Picture) -> Story:
    return find_stories(shown)[0]


def put(application: object, shelf: Shelf, picture: Picture) -> None:
    """A newer Picture comes from the keeper."""
    shelf.put(picture)
    application.state.newsstand.on_picture(picture)  # type: ignore[attr-defined]  # of the application


def test_the_page_carries_what_others_need_to_show_it(shown: Picture, pair: Story) -> None:
    client = Client(make_app(shown)[0])
    answer = client.get(f"/three-rivers/stories/{pair.id}?fbclid=1&utm_source=x", {"Host": HOST})
    page = answer.text
    address = f"http://{HOST}/three-rivers/stories/{pair.id}"
    assert answer.status_code == 200
    assert not list(list_faults(page))
    assert f'<link rel="canonical" href="{address}">' in page
    assert f'<meta property="og:image" content="{address}/card.png">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page
    article = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert article is not None
    said = msgspec.json.decode(article[1])
    assert (said["@type"], said["headline"]) == ("NewsArticle", "Four minutes apart at the half")
    assert "set-cookie" not in answer.headers
    assert f"max-age={KEEP_S}" in answer.headers["cache-control"]
    embed = client.get(f"/three-rivers/oembed?url={address}", {"Host": HOST}).json()
    assert (embed["type"], embed["title"]) == ("link", "Four minutes apart at the half")
    assert (embed["thumbnail_width"], embed["thumbnail_height"]) == (1200, 630)
    small = client.get(f"/three-rivers/oembed?url={address}&maxwidth=600", {"Host": HOST}).json()
    assert "thumbnail_url" not in small
    xml = client.get(f"/three-rivers/oembed?url={address}&format=xml", {"Host": HOST})
    assert xml.status_code == 501
    assert client.get("/three-rivers/oembed?url=http://elsewhere.example/x").status_code == 404
    for key in ("datePublished", "dateModified"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-04:00", said[key])
    addresses = re.findall(
        r'(?:property|name)="(?:og:url|og:image|twitter:image)" content="(.*?)"', page
    )
    assert len(addresses) == 3
    assert all(one.startswith(f"http://{HOST}/") for one in addresses)


def test_feeds_and_press_kit_say_what_the_page_says(shown: Picture, pair: Story) -> None:
    client = Client(make_app(shown)[0])
    feed = ET.fromstring(client.get("/three-rivers/stories/feed.xml").text)
    (item,) = feed.iter("item")
    assert item.findtext("title") == "Four minutes apart at the half"
    (entry,) = client.get("/three-rivers/stories/feed.json").json()["items"]
    assert entry["url"] == item.findtext("link")
    kit = client.get(f"/three-rivers/stories/{pair.id}/press-kit.zip").content
    with zipfile.ZipFile(io.BytesIO(kit)) as files:
        assert {name.partition("/")[2] for name in files.namelist()} >= {
            "story.txt",
            "facts.csv",
            "picture.svg",
        }
        facts = files.read(f"{pair.id}/facts.csv").decode("utf-8-sig").splitlines()
        text = files.read(f"{pair.id}/story.txt").decode()
    points = len(shown.state.points.ids)
    assert len(facts) == 1 + 2 * points
    assert "15:05:08" in text
    card = client.get(f"/three-rivers/stories/{pair.id}/card.png")
    assert card.content.startswith(b"\x89PNG")
    assert card.content[16:24] == (1200).to_bytes(4, "big") + (630).to_bytes(4, "big")


def test_what_is_not_public_is_nowhere(shown: Picture, pair: Story) -> None:
    picture = answering(shown, pair, "yes", "no", version=3)
    client = Client(make_app(picture)[0])
    base = f"/three-rivers/stories/{pair.id}"
    for path in (
        base,
        f"{base}.json",
        f"{base}/card.svg",
        f"{base}/card.png",
        f"{base}/press-kit.zip",
    ):
        assert client.get(path).status_code == 410, path
    for path in (
        "/three-rivers/stories",
        "/three-rivers/stories.json",
        "/three-rivers/stories/feed.xml",
    ):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Sedgerholm" not in answer.text
        assert pair.id not in answer.text


def test_a_pair_that_is_looked_for_anew_is_busy_and_not_gone(shown: Picture, pair: Story) -> None:
    """After a start the first Pictures have no pairs yet: search engines must not take that for a no."""
    path = f"/three-rivers/stories/{pair.id}"
    starting = replace(shown, companions=None, number="starting")
    answer = Client(make_app(starting)[0]).get(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")
    assert "Sedgerholm" not in answer.text
    never = Client(make_app(starting)[0]).get("/three-rivers/stories/met-0000000000")
    assert never.status_code == 404


@asynccontextmanager
async def serving(application: object) -> AsyncIterator[int]:
    """A front's own connections on a port, without processes."""
    config = uvicorn.Config(
        application, http=Connection, loop="none", lifespan="off", ws="none", log_level="error"
    )  # type: ignore[arg-type]  # of ours
    config.load()
    state = ServerState()
    state.default_headers = [(b"date", b"Sun, 03 May 2026 19:10:00 GMT")]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(config, state, {}), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for connection in list(state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)


async def ask(port: int, *requests: bytes) -> list[tuple[int, dict[str, str], bytes]]:
    """The answers to requests, one after the other on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = []
    async with asyncio.timeout(PATIENCE_S):
        for request in requests:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            answers.append((int(head[0].split()[1]), headers, body))
    writer.close()
    return answers


def get(path: str, *headers: str, host: str = HOST) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "", ""]).encode(
        "latin-1"
    )


def test_before_the_parser_and_behind_it_the_answers_are_the_same(
    shown: Picture, pair: Story
) -> None:
    application, _ = make_app(shown)
    path = f"/three-rivers/stories/{pair.id}"

    async def compare() -> None:
        async with serving(application) as port:
            behind, front = await ask(port, get(path), get(f"{path}?fbclid=abc&utm_source=feed"))
            assert (behind[0], behind[2]) == (front[0], front[2]) == (200, behind[2])
            assert {**behind[1]} == {**front[1]}
            zipped, known, star, other, bare = await ask(
                port,
                get(path, "Accept-Encoding: br, gzip"),
                get(path, f"If-None-Match: {front[1]['etag']}"),
                get(path, "If-None-Match: *"),
                get(path, 'If-None-Match: "another"', "Accept-Encoding: gzip;q=0"),
                get(path, "Connection: keep-alive"),
            )
            assert gzip.decompress(zipped[2]) == front[2]
            assert zipped[1]["content-encoding"] == "gzip"
            assert [known[0], star[0], other[0], bare[0]] == [304, 304, 200, 200]
            assert other[2] == front[2]
            assert "content-length" not in known[1]
            closed = await ask(port, get(path, "Connection: close"))
            assert closed[0][2] == front[2]

    run(compare())


def test_a_request_in_pieces_and_what_is_no_plain_request_is_the_parsers_work(
    shown: Picture, pair: Story
) -> None:
    application, _ = make_app(shown)
    path = f"/three-rivers/stories/{pair.id}"

    async def trickle() -> None:
        async with serving(application) as port:
            await ask(port, get(path))
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for piece in (get(path)[:20], get(path)[20:]):
                writer.write(piece)
                await asyncio.sleep(0.05)
            assert b" 200 " in await reader.readline()
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(get(path) + get(path))  # two at once: both are answered, in their order
            await reader.readuntil(b"</html>")
            assert b" 200 " in await reader.readuntil(b"\r\n")
            writer.close()
            head = get(path).replace(b"GET", b"HEAD", 1)
            (answer,) = [await _head(port, head)]
            assert answer.startswith(b"HTTP/1.1 200")

    run(trickle())


async def _head(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    async with asyncio.timeout(PATIENCE_S):
        found = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return found


def test_what_is_taken_down_is_gone_with_the_next_picture(shown: Picture, pair: Story) -> None:
    """The page, its card and its lines in the feed, from every copy that is kept, by whatever name it was asked."""
    application, shelf = make_app(shown)
    base = f"/three-rivers/stories/{pair.id}"
    paths = [base, f"{base}/card.svg", f"{base}/card.png", "/three-rivers/stories/feed.xml"]
    down = saying(shown, *words_of(shown, pair, "takedown-asked"))

    async def look() -> None:
        async with serving(application) as port:
            for host in (HOST, "cdn.example"):
                assert [one[0] for one in await ask(port, *(get(p, host=host) for p in paths))] == [
                    200
                ] * 4
            put(application, shelf, down)
            for host in (HOST, "cdn.example"):
                answers = await ask(
                    port, *(get(f"{p}?x={n}", host=host) for p in paths for n in range(20))
                )
                assert {one[0] for one in answers[:60]} == {410}
                assert all(pair.id.encode() not in one[2] for one in answers[60:])

    run(look())


def test_a_printed_page_is_looked_at_again_and_kept_as_it_is_while_nothing_changes(
    shown: Picture,
) -> None:
    now_s = [100.0]
    stand = Newsstand(lambda: now_s[0])
    stand.on_picture(shown)
    place = Place("http", HOST, "/three-rivers/stories/a")
    first = stand.put(place, shown, "text/html", b"<p>a</p>" * 200)
    assert stand.find(place) is first
    now_s[0] += FRESH_S + 0.1
    assert stand.find(place) is None
    assert stand.put(place, shown, "text/html", b"<p>a</p>" * 200) is first
    assert stand.put(place, shown, "text/html", b"<p>b</p>" * 200) is not first


def test_ten_thousand_queries_and_names_make_no_more_than_a_bounded_number_of_copies(
    shown: Picture,
) -> None:
    stand = Newsstand(lambda: 0.0)
    for number in range(10_000):
        data = get(f"/three-rivers/stories/a?q={number}", host=HOST)
        asked = read_plain(data, "http")
        assert asked is not None
        stand.put(asked.place, shown, "text/html", b"x" * 700)
    assert stand.count == 1
    for number in range(2 * MOST):
        stand.put(Place("http", f"h{number}.example", "/a"), shown, "text/html", b"x")
    assert stand.count == MOST


@given(data=st.binary(max_size=200))
def test_no_bytes_are_taken_for_a_plain_request_that_are_none(data: bytes) -> None:
    asked = read_plain(b"GET /a HTTP/1.1\r\nHost: b\r\n" + data, "http")
    if asked is not None:
        assert data.endswith(b"\r\n")
        assert b"\r\n\r\n" not in data[:-2]


@pytest.mark.parametrize(
    "data",
    [
        b"POST /a HTTP/1.1\r\nHost: b\r\n\r\n",
        b"GET /a HTTP/1.0\r\nHost: b\r\n\r\n",
        b"GET /a HTTP/1.1\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: b\r\nHost: c\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: b\r\nX-Forwarded-Proto: https\r\n\r\n",
        b"GET http://b/a HTTP/1.1\r\nHost: b\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: b/evil\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: b\r\n\r\nGET /b HTTP/1.1\r\nHost: b\r\n\r\n",
    ],
)
def test_what_is_not_plain_goes_to_the_parser(data: bytes) -> None:
    assert read_plain(data, "http") is None
