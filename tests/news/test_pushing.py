"""From a read to a phone that sleeps: a real keeper, front and sender over the wire, and a push service with TLS that
reads what it gets as the phone would."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from homestretch.errors import RefusedError
from homestretch.facts import Hidden, received
from homestretch.intake.devices import Devices
from homestretch.live import Live
from homestretch.news.followers import PREFIX
from homestretch.news.sealing import make_private, public_of
from homestretch.picture import Picture
from homestretch.race.entrant import Person
from homestretch.server.following import (
    MOST_OF_ADDRESS,
    MOST_OF_BROWSER,
    MOST_OF_RUNNER,
    Following,
)
from homestretch.server.front import Front
from homestretch.server.keeper import Keeper
from homestretch.server.kept import Kept
from homestretch.server.push_key import PushKey
from homestretch.server.pushing import Pushing
from homestretch.server.questions import Follow, Followers
from homestretch.store.memory import MemoryLog, MemoryPeople
from homestretch.web.application import make_application
from homestretch.web.spoken import find_speech
from homestretch.web.streams import Streams
from tests import aside
from tests.boards.pictures import picture_of
from tests.news.phone import Phone, PushService, push_service, read_token
from tests.patience import PATIENCE_S
from tests.state.days import Day, a_day, at

ADA = Person(entrant="e1", first="Ada", last="One", display="name")
EVE = Person(entrant="e2", first="Eve", last="Two", display="hidden")
PRIVATE = make_private()


@dataclass
class Followed:
    """A day that phones follow."""

    day: Day
    log: MemoryLog
    people: MemoryPeople
    live: Live
    front: Front
    client: httpx.AsyncClient
    service: PushService
    clock: list[str]
    language: str = ""

    async def follow(self, phone: Phone, bib: str = "1", do: str = "follow", **more: str) -> int:
        """The status of the answer to the page's form."""
        said = {"do": do, "endpoint": self.service.endpoint, "p256dh": phone.p256dh}
        form = said | {"auth": phone.auth} | more
        address = f"/day/runners/{bib}/follow?lang={self.language}"
        return (await self.client.post(address, data=form)).status_code

    async def read(self, bib: str, place: str, time: str) -> None:
        """A read that is in at once."""
        self.clock[0] = time
        before = len(self.day.items)
        self.day.read(bib, place, time)
        self.log.append(self.day.items[before:])
        self.live.refresh()

    def list_kept(self) -> list[str]:
        """References of the subscriptions that are kept."""
        return [ref for ref, _ in self.people.list_texts() if ref.startswith(PREFIX)]


async def until(look: object) -> None:
    """Until a condition holds."""
    assert callable(look)
    async with asyncio.timeout(PATIENCE_S):
        while not look():  # noqa: ASYNC110 - what is waited for is another process's, in life
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def followed(*, on: bool = True) -> AsyncIterator[tuple[Followed, Pushing]]:
    """The day at 07:01, bib 1 on the road, bib 2 hidden."""
    day, clock = a_day(), ["07:01"]
    for bib in ("1", "2"):
        day.entrant(bib, age=40)
        day.read(bib, "start", "07:00:10")
    log, people = MemoryLog(), MemoryPeople()
    people.put_persons((ADA, EVE))
    log.append(day.items)
    keeper = Keeper(lambda: at(clock[0]), lambda: at(clock[0]))
    event = day.event.id

    def publish(picture: Picture) -> None:
        keeper.publish(keeper.events[event], picture)

    async with push_service() as (service, trusts), contextlib.AsyncExitStack() as held:
        live = Live(log, people, lambda: at(clock[0]), publish)
        devices = Devices(live, lambda: at(clock[0]))
        hosts = (service.host,) if on else ()
        kept = Kept(event, log, people, live, "UTC", "2026-05-03", devices, push_hosts=hosts)
        keeper.events[event] = kept
        live.refresh()
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        wire, apart = folder / "wire", folder / "wire-pushing"
        for path, serve in ((wire, keeper.serve), (apart, keeper.serve_pushing)):
            await held.enter_async_context(
                await asyncio.start_unix_server(serve, path, limit=2**20)
            )
        front = Front(lambda _: None)
        key = PushKey(private=PRIVATE, contact="mailto:race@example.org", hosts=hosts)
        pushing = Pushing({event: key}, trusts=trusts, speaks=find_speech, ask_s=0.02, again_s=0.02)
        application = make_application()
        application.state.front = application.state.pictures = front
        application.state.streams = Streams(front.get)
        application.state.push_keys = {event: public_of(PRIVATE)} if on else {}
        work = [asyncio.create_task(it) for it in (front.follow(wire), pushing.run(apart))]
        held.push_async_callback(_end, work)
        await until(lambda: front.list_events())
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        client = await held.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://event.test")
        )
        yield Followed(day, log, people, live, front, client, service, clock), pushing


async def _end(work: list[asyncio.Task[None]]) -> None:
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)


def test_a_read_comes_to_the_phone_that_follows_and_to_nobody_on_the_way() -> None:
    async def day() -> None:
        async with followed() as (it, pushing):
            phone = Phone()
            assert (await it.client.get("/day/push-key")).json() == {"key": public_of(PRIVATE)}
            assert await it.follow(phone) == 204
            assert await it.follow(phone) == 204  # twice is once
            assert len(it.list_kept()) == 1
            await until(lambda: pushing.knows("day", 1))
            await it.read("1", "10k", "07:50")
            (sent,) = await it.service.wait_for(1)
            assert b"Ada" not in sent.body
            assert json.loads(phone.open(sent.body)) == {
                "title": "1 Ada One",
                "body": "10K at 07:50.",
                "url": "/day/runners/1",
                "about": "/day/runners/1",
            }
            claims, public = read_token(sent.headers["authorization"])
            assert public == public_of(PRIVATE)
            assert claims["aud"] == f"https://{it.service.host}"
            assert (sent.path, sent.headers["content-encoding"]) == ("/browser/1", "aes128gcm")
            assert "e1" not in str(sent.headers)

    aside.run(day())


def test_a_phone_is_told_in_the_language_of_the_page_on_which_it_follows() -> None:
    async def day() -> None:
        async with followed() as (it, pushing):
            phone = Phone()
            assert await it.follow(phone) == 204
            it.language = "de"
            assert await it.follow(phone) == 204
            assert len(it.list_kept()) == 1, "the newer language of the same follower"
            await until(lambda: pushing.speaks_to("day") == {"de"})
            await it.read("1", "10k", "07:50")
            (sent,) = await it.service.wait_for(1)
            assert json.loads(phone.open(sent.body))["body"] == "10K um 07:50."

    aside.run(day())


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(status: int) -> None:
    async def day() -> None:
        async with followed() as (it, pushing):
            await it.follow(Phone())
            await until(lambda: pushing.knows("day", 1))
            it.service.status = status
            await it.read("1", "10k", "07:50")
            await it.service.wait_for(1)
            await until(lambda: not it.list_kept())

    aside.run(day())


def test_a_service_that_is_busy_is_asked_again_and_one_that_sends_on_is_not_followed() -> None:
    async def day() -> None:
        async with followed() as (it, pushing):
            await it.follow(Phone())
            await until(lambda: pushing.knows("day", 1))
            it.service.status = 503
            await it.read("1", "10k", "07:50")
            assert len(await it.service.wait_for(3)) == 3
            it.service.status = 307
            await it.read("1", "half", "08:45")
            await it.service.wait_for(4)
            it.service.status = 201
            await it.read("1", "30k", "09:29")
            assert len(await it.service.wait_for(5)) == 5
            assert len(it.list_kept()) == 1

    aside.run(day())


def test_whoever_is_hidden_cannot_be_followed_and_is_let_go_of_at_once() -> None:
    async def day() -> None:
        async with followed() as (it, pushing):
            phone = Phone()
            assert await it.follow(phone, bib="2") == 404
            assert await it.follow(phone, bib="999") == 404
            assert it.list_kept() == []
            await it.follow(phone)
            await until(lambda: pushing.knows("day", 1))
            hidden = Hidden(seen_at=at("07:40"), entrant="e1", by="key-c")
            it.log.append([received(hidden, "c/hide", at("07:40"), 1)])
            await it.read("1", "10k", "07:50")
            await until(lambda: not it.list_kept())
            assert it.service.sent == []
            assert await it.follow(phone) == 404

    aside.run(day())


def test_a_browser_takes_it_back_and_only_known_services_are_sent_to() -> None:
    async def day() -> None:
        async with followed() as (it, _):
            phone = Phone()
            assert await it.follow(phone, endpoint="https://127.0.0.1:1/x") == 400
            assert await it.follow(phone, auth="AA") == 400
            assert await it.follow(phone, endpoint="") == 400
            assert await it.follow(phone) == 204
            assert await it.follow(phone, do="leave") == 204
            assert it.list_kept() == []

    aside.run(day())


def test_who_follows_whom_is_told_to_no_front() -> None:
    async def day() -> None:
        async with followed() as (it, _):
            with pytest.raises(RefusedError):
                await it.front.ask(Followers(it.front.next_number(), "day"))

    aside.run(day())


def test_an_event_without_a_key_offers_nothing_and_takes_nobody() -> None:
    async def day() -> None:
        async with followed(on=False) as (it, _):
            assert (await it.client.get("/day/push-key")).json() == {"key": ""}
            assert await it.follow(Phone()) == 404

    aside.run(day())


def test_how_many_follow_is_bounded_for_an_address_a_browser_and_a_runner() -> None:
    bibs = [str(number) for number in range(1, MOST_OF_BROWSER + 2)]
    day = a_day()
    for bib in bibs:
        day.entrant(bib, age=40)
    people = [Person(entrant=f"e{bib}", first="Ada", last="One", display="name") for bib in bibs]
    picture, phone = picture_of(day, "07:01", *people), Phone()

    async def ask(following: Following, bib: str, browser: int, asked_from: str) -> bool:
        endpoint = f"https://push.example/{browser}"
        said = Follow(1, "day", bib, endpoint, phone.p256dh, phone.auth, asked_from)
        try:
            await following.answer(picture, said, 0)
        except RefusedError:
            return False
        return True

    async def follow() -> None:
        one = Following(MemoryPeople(), ("push.example",))
        from_a_bus = [await ask(one, "1", n, "a bus") for n in range(MOST_OF_ADDRESS + 1)]
        assert from_a_bus == [True] * MOST_OF_ADDRESS + [False]
        assert await ask(one, "1", 1000, "a house")
        another = Following(MemoryPeople(), ("push.example",))
        by_one = [await ask(another, bib, 1, f"{bib}") for bib in bibs]
        assert by_one == [True] * MOST_OF_BROWSER + [False]
        third = Following(MemoryPeople(), ("push.example",))
        of_one = [await ask(third, "1", n, f"{n}") for n in range(MOST_OF_RUNNER + 1)]
        assert of_one == [True] * MOST_OF_RUNNER + [False]

    aside.run(follow())
