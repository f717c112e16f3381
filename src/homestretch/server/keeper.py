"""The keeper's side of the wire: sends Pictures and keys to fronts, answers what fronts ask."""

from __future__ import annotations

import asyncio
import pickle
import traceback
from collections.abc import Callable
from zoneinfo import ZoneInfo

import msgspec
import structlog

from homestretch.companions.together import Companions
from homestretch.errors import (
    BusyError,
    FactError,
    HomestretchError,
    NotFound,
    RefusedError,
    StoreError,
)
from homestretch.forecast.values import Ahead
from homestretch.picture import Picture
from homestretch.race.privacy import Role
from homestretch.race.saying import said
from homestretch.readers import list_http_readers
from homestretch.readers.json_door import KINDS_OF_ROLE, Batch, read_items, split_batch
from homestretch.server.bounds import bound_of, within
from homestretch.server.callers import make_caller
from homestretch.server.feed import Feed
from homestretch.server.finish_codes import make_code
from homestretch.server.judging import without_early
from homestretch.server.kept import Kept
from homestretch.server.own import answer_link, take_name
from homestretch.server.own_photos import say_own_photo, show_photo
from homestretch.server.questions import (
    Deposit,
    Evidence,
    FinishCode,
    Follow,
    Followers,
    Forget,
    Hide,
    Knock,
    Knocked,
    Mine,
    NameLooked,
    Newest,
    OpenLink,
    OwnPhotoWord,
    Question,
    Redeem,
    Sayings,
    ShownPhoto,
    SmallPhoto,
    TakeDown,
    decode_question,
)
from homestretch.server.rows import tell_rows
from homestretch.server.small_photos import tell_small
from homestretch.server.staff import hide, take_down, tell_sayings
from homestretch.server.tidings import Tidings, note_tidings
from homestretch.server.wire import (
    FOLLOW,
    LARGEST_FRAME,
    LARGEST_QUESTION,
    Answer,
    Failure,
    read_frame,
    split_event,
)
from homestretch.store.keys import Key, new_key, signature_of

SESSION_MS = 14 * 86_400_000
KEYS_POLL_S = 1.0
AT_HTTP_DOORS: frozenset[Role] = frozenset({"device", "control", "director"})
EVIDENCE = 100
"""Facts that one question may ask for."""
SESSIONS = 500
"""Sessions that hold at once from one key: a link may be passed on in a team, not opened without end."""
PART_ITEMS = 100
"""Items of a batch that are read at once: some milliseconds' worth."""
MOST_REFUSALS = 100
"""Refused items that an answer lists; the others are counted."""
WRONG_KEY = "a wrong key, or none"

FAULT = said("Something broke on our side. Nothing of this was kept.")
FAULT_HINT = said("Try again; if it stays so, send it in smaller parts. The fault is in our log.")

logger = structlog.get_logger(__name__)


class Keeper:
    """Serves fronts. ``wall_now`` is the wall's time (UTC ms): keys live by the wall, not by the event."""

    def __init__(self, now: Callable[[], int], wall_now: Callable[[], int]) -> None:
        self._now, self._wall_now = now, wall_now
        self.events: dict[str, Kept] = {}
        self._fronts: set[Feed] = set()
        self._followers: set[Feed] = set()

    def publish(self, kept: Kept, picture: Picture) -> None:
        """Send a new Picture to every front."""
        kept.packed = kept.packer.pack(picture)
        for follower in self._followers:
            follower.offer(kept)

    async def watch_keys(self) -> None:
        """Send keys whenever they changed, whoever changed them."""
        while True:
            for kept in self.events.values():
                self._read_keys(kept)
            await asyncio.sleep(KEYS_POLL_S)

    def _read_keys(self, kept: Kept) -> None:
        """Take in and pass on the keys, if any of them changed."""
        try:
            version = kept.people.version()
            if version != kept.keys_version:
                kept.keys, kept.keys_version = kept.people.list_keys(), version
                for front in self._fronts:
                    front.send_keys(kept)
        except StoreError as error:
            logger.error("keys cannot be read", reason=str(error))

    async def serve_pushing(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """The process that sends to phones."""
        await self.serve(reader, writer, pushes=True)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, pushes: bool = False
    ) -> None:
        """A connection of a front, until it goes away; or of whoever ``pushes`` to phones, and is told who follows and
        no key."""
        front = Feed(writer, keys=not pushes)
        self._fronts.add(front)
        pump = asyncio.create_task(front.pump())
        questions: set[asyncio.Task[None]] = set()
        try:
            for kept in self.events.values():
                front.send_keys(kept)
            while True:
                kind, content = await read_frame(reader, LARGEST_QUESTION)
                if kind == FOLLOW:
                    self._fronts.discard(front)
                    self._follow(front)
                    continue
                task = asyncio.create_task(self._answer(front, content, pushes=pushes))
                questions.add(task)
                task.add_done_callback(questions.discard)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._fronts.discard(front)
            self._followers.discard(front)
            pump.cancel()
            writer.close()

    def _follow(self, feed: Feed) -> None:
        """It gets the newest Pictures now, and each that comes."""
        self._followers.add(feed)
        for kept in self.events.values():
            feed.offer(kept)

    async def serve_beside(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """The process that looks ahead, until it goes away. It talks to nobody else, so it is trusted."""
        beside = Feed(writer, keys=False)
        self._follow(beside)
        pump = asyncio.create_task(beside.pump())
        try:
            while True:
                _, content = await read_frame(reader, LARGEST_FRAME)
                event, rest = split_event(content)
                found: Ahead | Companions | Tidings = pickle.loads(rest)  # noqa: S301  # from our own process
                if isinstance(found, Tidings):
                    await note_tidings(self.events[event].live, found, self._now())
                elif isinstance(found, Companions):
                    self.events[event].live.take_companions(found)
                else:
                    self.events[event].live.take_ahead(found)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._followers.discard(beside)
            pump.cancel()
            writer.close()

    async def _answer(self, front: Feed, content: bytes, *, pushes: bool) -> None:
        try:
            question = decode_question(content)
        except FactError as error:  # it has no number to answer to
            logger.error("a front asked what is no question", reason=str(error))
            return
        try:
            kept = self.events.get(question.event)
            if kept is None:
                raise NotFound(said("There is no event {event} here.", event=repr(question.event)))
            if isinstance(question, Followers) and not pushes:
                raise RefusedError(said("Who follows whom is told to nobody."))
            front.send(await self._find_answer(kept, question))
        except HomestretchError as error:
            kind = _KINDS.get(type(error), "store")
            front.send(_failed(question, kind, error.what, error.hint))
        except Exception as error:  # noqa: BLE001 - whoever asked is answered, whatever we did wrong
            # Without the values of variables: they may hold names.
            trace = "".join(traceback.format_exception(error))
            logger.error("a question failed", question=type(question).__name__, trace=trace)
            front.send(_failed(question, "fault", FAULT, FAULT_HINT))

    async def _find_answer(self, kept: Kept, question: Question) -> Answer:
        if isinstance(question, Deposit):
            return await self._deposit(kept, question)
        content = await self._find_content(kept, question)
        if isinstance(question, OwnPhotoWord) or (isinstance(question, Mine) and question.said):
            return Answer(question.number, content, kept=_how_far(kept))
        return Answer(question.number, content)

    async def _find_content(self, kept: Kept, question: Question) -> bytes:
        match question:
            case Deposit():  # has an answer of its own
                raise AssertionError(question)
            case Knock():
                return await self._knock(kept, question)
            case Redeem():
                return self._redeem(kept, question)
            case Evidence():
                return tell_rows(kept, question.seqs[:EVIDENCE])
            case Newest():
                return tell_rows(kept, kept.live.list_newest(question.reason, EVIDENCE))
            case Sayings():
                return tell_sayings(kept.live, (kept.log, kept.people), kept.keys, question)
            case OpenLink() | Mine():
                return await answer_link(kept.live, kept.people, question, self._wall_now())
            case NameLooked():
                key = self._get_key(kept, question.key_hash)
                return await take_name(kept.live, kept.people, kept.keys, key, question)
            case SmallPhoto():
                return tell_small(kept.live, kept.pictures, question)
            case ShownPhoto():
                return await show_photo(kept.darkroom, kept.people, question, self._wall_now())
            case OwnPhotoWord():
                return await say_own_photo(
                    kept.live, kept.people, question, (self._now(), self._wall_now())
                )
            case Hide():
                key = self._get_key(kept, question.key_hash)
                return await hide(kept.live, kept.keys, key, question, self._now())
            case TakeDown():
                return await take_down(kept.live, question, self._now())
            case FinishCode():
                key = self._get_key(kept, question.key_hash)
                return make_code(kept.live, kept.people, key, question, self._wall_now())
            case Follow() | Forget() | Followers():
                return await kept.following.answer(kept.live.picture, question, self._wall_now())

    async def _deposit(self, kept: Kept, question: Deposit) -> Answer:
        """Facts of a request; the answer leaves only once they are durable."""
        try:
            key = self._get_key(kept, question.key_hash)
        except RefusedError:
            kept.devices.trouble("facts", WRONG_KEY)
            raise
        if not KINDS_OF_ROLE[key.role]:
            raise RefusedError(
                said("A key for {role} says nothing.", role=key.role), said("It is for looking.")
            )
        async with kept.batches:
            batch = await self._read(kept, key, question.body)
            await kept.live.keep(batch.heard)
        answer = {
            "durable": len(batch.heard) - len(batch.refused),
            "refused": batch.refused[:MOST_REFUSALS],
            "refused_count": len(batch.refused),
        }
        reasons = list(dict.fromkeys(batch.why[:MOST_REFUSALS]))
        words = pickle.dumps(reasons) if reasons else b""
        return Answer(
            question.number, msgspec.json.encode(answer), words=words, kept=_how_far(kept)
        )

    async def _read(self, kept: Kept, key: Key, body: bytes) -> Batch:
        """A batch, read in parts so that everybody else gets a turn in between."""
        items, at, bound = split_batch(body), self._now(), bound_of(kept.live, kept.keys, key)
        source, by = signature_of(key, kept.keys)
        whole = Batch([], [], [])
        for first in range(0, len(items), PART_ITEMS):
            part = read_items(items[first : first + PART_ITEMS], at, source, by, bound)
            part = without_early(kept.live.picture, part)
            whole.heard.extend(part.heard)
            whole.refused.extend(part.refused)
            whole.why.extend(part.why)
            await asyncio.sleep(0)
        return whole

    async def _knock(self, kept: Kept, question: Knock) -> bytes:
        """A request at the door of a protocol over HTTP; the answer leaves only once its facts are durable."""
        try:
            key = self._get_key(kept, question.key_hash)
            if key.role not in AT_HTTP_DOORS:
                raise RefusedError(f"A key for {key.role} opens no device's door.", "Make another.")
        except RefusedError:
            kept.devices.trouble("http", WRONG_KEY)
            raise
        kind = list_http_readers().get(question.door)
        if kind is None:
            known = ", ".join(list_http_readers())
            raise NotFound(f"There is no door {question.door!r}.", f"The doors are: {known}.")
        plan = kept.live.picture.event if kept.live.picture else None
        signed, at = signature_of(key, kept.keys).by, self._now()
        caller = make_caller(signed, key, plan, ZoneInfo(kept.zone), kept.date)
        reply = kind.read(question.request, caller, at)
        if reply.trouble:
            kept.devices.trouble(kind.name, reply.trouble)
        bound = bound_of(kept.live, kept.keys, key)
        await kept.live.keep([within(bound, item, at) for item in reply.heard])
        return msgspec.msgpack.encode(Knocked(reply.status, reply.body, reply.media_type))

    def _redeem(self, kept: Kept, question: Redeem) -> bytes:
        key = self._get_key(kept, question.key_hash)
        now = self._wall_now()
        parent = key.parent or key.id
        if sum(other.parent == parent and other.holds(now) for other in kept.keys) >= SESSIONS:
            raise RefusedError(
                said("This link has been opened {count} times.", count=SESSIONS),
                said("Ask the race director for a new one."),
            )
        session, token = new_key(
            key.role,
            created_at=now,
            expires_at=min(key.expires_at, now + SESSION_MS),
            station=key.station,
            parent=parent,
        )
        kept.people.put_key(session)
        kept.keys = [*kept.keys, session]
        for front in self._fronts:
            front.send_keys(kept)
        opened = {"role": key.role, "station": key.station}
        return msgspec.json.encode(opened | {"token": token, "expires_at": session.expires_at})

    def _get_key(self, kept: Kept, key_hash: str) -> Key:
        """The key with this hash, if it holds; a key that was made a moment ago is known at once."""
        key = _find_key(kept, key_hash)
        if key is None:
            self._read_keys(kept)
            key = _find_key(kept, key_hash)
        if key is None:
            raise RefusedError(
                said("This key is not known."), said("Ask the race director for a key.")
            )
        if not key.holds(self._wall_now()):
            raise RefusedError(
                said("This key has expired or was revoked."), said("Ask for a new one.")
            )
        return key


def _how_far(kept: Kept) -> tuple[int, int]:
    return kept.log.last_seq(), kept.people.version()


def _failed(question: Question, kind: Failure, what: str, hint: str) -> Answer:
    return Answer(question.number, error=kind, words=pickle.dumps((what, hint)))


def _find_key(kept: Kept, key_hash: str) -> Key | None:
    return next((key for key in kept.keys if key.hash == key_hash), None)


_KINDS: dict[type[HomestretchError], Failure] = {
    RefusedError: "refused",
    FactError: "fact",
    NotFound: "not-found",
    BusyError: "busy",
}
