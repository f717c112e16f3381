"""The list of events: what each says of itself, its twin, and a stream that follows all of them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import msgspec
import pytest

from homestretch.picture import Picture
from homestretch.state.snapshot import FlagNow
from homestretch.web import streams as streams_room
from homestretch.web.streams import Streams
from tests.aside import run
from tests.boards.days import ALL, INSTRUCTION, make_picture
from tests.boards.kinds import list_faults
from tests.patience import PATIENCE_S
from tests.web.shelf import make_app, make_client
from tests.web.test_streams import follow, sending

STREAM = "/events/stream"


def another(picture: Picture, event_id: str = "hill-day", name: str = "Hill Day") -> Picture:
    """The same day under another name."""
    return replace(picture, event=msgspec.structs.replace(picture.event, id=event_id, name=name))


def stopped(picture: Picture, number: str = "9-9-9") -> Picture:
    """Control stops the race."""
    flag = FlagNow("stopped", picture.now, text_ref="flag-1")
    return replace(picture, number=number, state=replace(picture.state, flags=(flag,)))


def test_a_stopped_event_says_so_in_the_list_with_controls_own_words() -> None:
    client = make_client(make_picture(ALL["stopped"]), another(make_picture(ALL["late"])))
    page = client.get("/")
    assert list(list_faults(page.text)) == []
    assert "The race was stopped at 09:35." in page.text
    assert page.text.count(INSTRUCTION) == 1
    first, second = json.loads(client.get("/events.json").content)["events"]
    assert (first["address"], second["address"]) == ("/three-rivers", "/hill-day")
    assert first["banners"][0]["instruction"] == INSTRUCTION
    assert second["banners"] == []
    assert (first["clock"], first["number"]) == ("09:40", make_picture(ALL["stopped"]).number)
    for entry in (first, second):
        assert entry["lantern"]["words"] in page.text


@pytest.mark.parametrize("day", ALL)
def test_the_list_is_whole_at_every_moment_and_names_nobody(day: str) -> None:
    picture = make_picture(ALL[day])
    client = make_client(picture)
    page, twin = client.get("/").text, client.get("/events.json").text
    assert list(list_faults(page)) == []
    for person in picture.names.persons.values():
        assert f"{person.first} {person.last}" not in page + twin


def test_the_page_and_its_twin_know_each_other_and_are_not_sent_twice() -> None:
    application, shelf = make_app(make_picture(ALL["small"]))
    client = make_client()
    assert client.get("/events.json").json() == {"events": []}
    client = type(client)(application)
    page = client.get("/")
    assert '<link rel="alternate" type="application/json" href="/events.json">' in page.text
    assert "This page as data" in page.text
    assert f'hx-sse:connect="{STREAM}"' in page.text
    for address in ("/", "/events.json"):
        etag = client.get(address).headers["etag"]
        assert client.get(address, {"If-None-Match": etag}).status_code == 304
        shelf.put(stopped(shelf.get("three-rivers"), f"number-{address}"))
        assert client.get(address, {"If-None-Match": etag}).status_code == 200


def test_a_wall_and_a_theme_are_chosen_in_the_address_of_the_list() -> None:
    client = make_client(make_picture(ALL["late"]), another(make_picture(ALL["late"])))
    page = client.get("/?wall&theme=dark").text
    assert '<html lang="en" data-size="wall" data-theme="dark">' in page
    assert "data-theme" not in client.get("/?theme=canary").text


def test_a_wall_in_front_of_one_event_shows_its_day() -> None:
    answer = make_client(make_picture(ALL["late"])).get("/?wall=1&theme=dark")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/three-rivers?wall=1&theme=dark"


def test_each_event_of_the_list_has_its_road_its_clock_and_its_last_runner() -> None:
    late, over = make_picture(ALL["late"]), another(make_picture(ALL["finished"]))
    page = make_client(late, over).get("/").text
    assert page.count('class="ribbon is-strip"') == 1, "an empty road is not drawn"
    assert page.count("<time") == 2
    assert '<span class="lantern-dot">' in page
    assert '<span class="go">Everybody is home.</span>' in page


def test_the_list_follows_every_event_and_a_stop_comes_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams_room, "CALM_S", 3600.0)

    async def day() -> None:
        rivers = make_picture(ALL["small"])
        hill = another(rivers)
        application, shelf = make_app(rivers, hill)
        streams: Streams = application.state.streams
        async with (
            follow(application, "", path=STREAM) as one,
            follow(application, "", path=STREAM, role="director") as two,
            sending(streams),
        ):
            first = await one.next()
            assert first is await two.next(), "it is the same for everybody"
            assert first.count(b"<hx-partial") == 1
            assert b'hx-target="#live-events"' in first
            assert b"Hill Day" in first
            assert first.count(b"\n") == 3
            for picture in (hill, rivers):
                shelf.put(stopped(picture, f"stopped-{picture.event.id}"))
                streams.on_picture(shelf.get(picture.event.id))
                message = await one.next()
                assert f"stopped-{picture.event.id}".encode() in message
                assert INSTRUCTION.encode() in message
                assert await two.next() is message
            assert message.count(INSTRUCTION.encode()) == 2

    run(day())


def test_the_list_waits_longer_than_a_board_while_nothing_happens() -> None:
    async def day() -> None:
        picture = make_picture(ALL["small"])
        seconds = 1_000.0
        application, shelf = make_app(picture, clock=lambda: seconds)
        streams: Streams = application.state.streams
        async with (
            follow(application, "", path=STREAM) as listed,
            follow(application) as home,
            sending(streams),
        ):
            await listed.next()
            await home.next()
            for minutes in range(1, 6):
                seconds += streams_room.CALM_S * 1.1
                later = picture.now + minutes * 60_000
                shelf.put(replace(picture, number=f"1-1-{minutes}", now=later))
                streams.on_picture(shelf.get("three-rivers"))
                assert f"id: 1-1-{minutes}\n".encode() in await home.next()
            assert b"id: three-rivers:1-1-5\n" in await listed.next(), "four were left out"

    run(day())


def test_an_event_that_comes_later_joins_the_list() -> None:
    async def day() -> None:
        application, shelf = make_app()
        streams: Streams = application.state.streams
        async with follow(application, "", path=STREAM) as follower, sending(streams):
            assert b"No event is served here yet" in await follower.next()
            shelf.put(make_picture(ALL["small"]))
            streams.on_picture(shelf.get("three-rivers"))
            assert b"Three Rivers Marathon" in await follower.next()
        assert streams.count == 0

    run(day())


def test_asking_for_the_head_of_the_list_of_streams_opens_none() -> None:
    async def day() -> None:
        application, _ = make_app(make_picture(ALL["small"]))
        async with follow(application, "", path=STREAM, method="HEAD") as follower:
            await asyncio.wait_for(follower.ended.wait(), PATIENCE_S)
            assert follower.status == 200
            assert application.state.streams.count == 0

    run(day())


def test_the_list_counts_among_the_streams() -> None:
    application, _ = make_app(make_picture(ALL["small"]))
    application.state.streams.count = 10**9
    answer = type(make_client())(application).get(STREAM)
    assert answer.status_code == 503
