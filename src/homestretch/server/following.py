"""Who follows whom, as the keeper knows it: the limits, the privacy gate, and the texts behind it."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import Counter
from typing import Final

import msgspec

from homestretch.errors import FactError, NotFound, RefusedError
from homestretch.news.followers import PREFIX, Follower, check, decode, encode
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.race.saying import said
from homestretch.server.questions import Follow, Followers, Forget
from homestretch.showing import shown
from homestretch.store import People

MOST_OF_RUNNER: Final = 500
MOST_OF_BROWSER: Final = 20
MOST_OF_ADDRESS: Final = 60
"""Followers of one runner; runners that one browser follows; subscriptions from one address of the network since the
keeper was started (a family, or a whole bus, behind one router)."""
LONGEST_LANGUAGE: Final = 12
KEEP_MS: Final = 3 * 86_400_000
"""After this nobody follows any more (by the wall's time): the day is over."""


class Following:
    """The followers of one event. ``hosts`` are the push services that are known; without any nobody can follow."""

    def __init__(self, people: People, hosts: tuple[str, ...] = ()) -> None:
        self._people, self._hosts = people, hosts
        self._found: dict[str, Follower] | None = None
        self._turn = asyncio.Lock()
        self._from_address: Counter[str] = Counter()
        self._salt = secrets.token_bytes(16)

    async def answer(
        self, picture: Picture | None, question: Follow | Forget | Followers, wall_now: int
    ) -> bytes:
        """What is answered once it is durable; who may ask what is decided before."""
        match question:
            case Follow():
                return await self.follow(picture, question, wall_now)
            case Forget():
                return await self.forget(question)
            case Followers():
                return await self.list_all()

    async def list_all(self) -> bytes:
        """Every follower, as JSON."""
        async with self._turn:
            return msgspec.json.encode(list((await self._load()).values()))

    async def follow(self, picture: Picture | None, question: Follow, wall_now: int) -> bytes:
        """A browser follows a runner from now on: kept once this returns. Twice is once,
        and the newer language holds."""
        if not self._hosts:
            raise NotFound(
                said("This event sends no messages to phones."), said("Look at the page instead.")
            )
        entrant = _get_entrant(picture, question.bib)
        ref = f"{PREFIX}{entrant}/{secrets.token_hex(8)}"
        follower = Follower(
            ref=ref,
            entrant=entrant,
            endpoint=question.endpoint,
            p256dh=question.p256dh,
            auth=question.auth,
            language=question.language[:LONGEST_LANGUAGE],
        )
        check(follower, self._hosts)
        async with self._turn:
            known = await self._load()
            asker = self._asker(question.asked_from)
            before = next((one for one in known.values() if _same(one, follower)), None)
            if before is not None:
                follower = msgspec.structs.replace(follower, ref=before.ref)
            else:
                self._check_limits(known, follower, asker)
            if before == follower:
                return b""
            ref = follower.ref
            # In a thread: no read waits for the disk of the people file.
            await asyncio.to_thread(
                self._people.put_text, ref, encode(follower), wall_now + KEEP_MS
            )
            known[ref] = follower
            self._from_address[asker] += before is None
        return b""

    async def forget(self, question: Forget) -> bytes:
        """These subscriptions are erased, or those of a browser for one runner. What is not there is no error."""
        async with self._turn:
            known = await self._load()
            gone = [
                one
                for one in known.values()
                if one.ref in question.refs or _is_named(one, question)
            ]
            for one in gone:
                await asyncio.to_thread(self._people.erase_text, one.ref)
                del known[one.ref]
        return b""

    async def _load(self) -> dict[str, Follower]:
        if self._found is None:
            texts = await asyncio.to_thread(self._people.list_texts)
            self._found = {one.ref: one for one in decode(texts)}
        return self._found

    def _asker(self, asked_from: str) -> str:
        """An address of the network as it is counted: nothing tells the address from it."""
        return hashlib.sha256(self._salt + asked_from.encode()).hexdigest()

    def _check_limits(self, known: dict[str, Follower], new: Follower, asker: str) -> None:
        of_runner = sum(one.entrant == new.entrant for one in known.values())
        of_browser = sum(one.endpoint == new.endpoint for one in known.values())
        if of_browser >= MOST_OF_BROWSER:
            raise RefusedError(
                said("This browser follows {count} runners.", count=MOST_OF_BROWSER),
                said("Stop following one of them."),
            )
        if of_runner >= MOST_OF_RUNNER or self._from_address[asker] >= MOST_OF_ADDRESS:
            raise RefusedError(
                said("Too many follow from here, or follow this runner."),
                said("The page shows the same live."),
            )


def _get_entrant(picture: Picture | None, bib: str) -> str:
    """The entrant of a bib whom the public may see; anybody else is as if they were not there."""
    row = picture.state.roster.find_row(bib) if picture else None
    if picture is None or row is None or shown(picture, Viewer(), row).hidden:
        raise NotFound(
            said("There is no runner's page for bib {bib}.", bib=bib[:12]),
            said("Check the number; some entrants have chosen not to be shown."),
        )
    entrant = picture.state.roster.entrants[row]
    if not entrant:
        raise FactError(said("Nobody has this bib for certain."), said("Ask at the desk."))
    return entrant


def _same(one: Follower, other: Follower) -> bool:
    return (one.entrant, one.endpoint, one.p256dh) == (other.entrant, other.endpoint, other.p256dh)


def _is_named(one: Follower, question: Forget) -> bool:
    return bool(question.endpoint) and (one.endpoint, one.entrant) == (
        question.endpoint,
        question.entrant,
    )
