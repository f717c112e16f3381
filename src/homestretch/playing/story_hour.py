"""The desk of stories and the two who met, played: facts by the desk's key, answers on their own pages."""

from __future__ import annotations

import asyncio
import http.client
import time
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import structlog

from homestretch.playing.stage import RETRY_S, Stage
from homestretch.rehearsal.schedule import DATE, midnight_at
from homestretch.rehearsal.story_hour import OF_PICTURE, Step, list_answering, list_steps
from homestretch.server.held_clock import HeldClock
from homestretch.stories.values import story_id

DESK: Final = "STORY-DESK"
"""The label of the desk's key."""
LOOK_S = 0.2
TRIES = 2000
"""Ten minutes and more: on a slow computer the question stands on the page only once all pairs were looked for."""

logger = structlog.get_logger(__name__)


async def play_story_hour(
    clock: HeldClock,
    stage: Stage,
    links: Mapping[str, str],
    photo: str,
    wall_now: Callable[[], int],
) -> None:
    """Do each step when it is due on the event's clock. ``links`` are private ones, by bib; ``photo`` is the picture
    of the two, empty where there is none."""
    midnight = midnight_at(DATE)
    story = story_id("met", list_answering())
    for number, step in enumerate(list_steps()):
        await wait_until(midnight + int(step.at_s * 1000), clock, wall_now)
        if photo or step.do not in OF_PICTURE:
            told = step._replace(words=_words_of(step, photo))
            await asyncio.to_thread(_do, stage, links, story, told, number, midnight)


def _words_of(step: Step, photo: str) -> str:
    """What a step says: which picture, and of an answer the parts to which it is one."""
    if step.do == "picture":
        return photo
    parts = ("quote", *(OF_PICTURE if photo else ()))
    return " ".join(parts) if step.do == "answer" else step.words


async def wait_until(at: int, clock: HeldClock, wall_now: Callable[[], int]) -> None:
    """Return once the event's clock has come so far, which stands until everything past has been heard."""
    while True:
        if clock.event_at(wall_now()) >= at:
            return
        await asyncio.sleep(LOOK_S)


def _do(
    stage: Stage, links: Mapping[str, str], story: str, step: Step, number: int, midnight: int
) -> None:
    """Try until the server has taken it, or will not."""
    for tries_left in reversed(range(TRIES)):
        try:
            status = _send(stage, links, story, step, number, midnight, waits=tries_left > 0)
        except (OSError, http.client.HTTPException):
            status = 503
        if status < 500:
            break
        time.sleep(RETRY_S)
    if status != 200:
        logger.warning("not said", step=step.do, status=status)


def _send(
    stage: Stage,
    links: Mapping[str, str],
    story: str,
    step: Step,
    number: int,
    midnight: int,
    *,
    waits: bool,
) -> int:
    connection = http.client.HTTPConnection(stage.host, stage.http_port, timeout=15)
    try:
        if step.do == "answer":
            return _answer(connection, stage.event, links[step.bib], step, story, waits=waits)
        item = {
            "seq": number + 1,
            "seen_at": midnight + int(step.at_s * 1000),
            **_item(step, story),
        }
        headers = {
            "Authorization": f"Bearer {stage.keys[DESK]}",
            "Content-Type": "application/json",
        }
        body = msgspec.json.encode({"items": [item]})
        connection.request("POST", f"/{stage.event}/facts", body, headers)
        return _status(connection)
    finally:
        connection.close()


def _item(step: Step, story: str) -> dict[str, Any]:
    match step.do:
        case "ask":
            return {"kind": "story-asked", "story": story, "entrant": step.bib, "channel": "qr"}
        case "quote" | "caption" | "credit":
            return {"kind": "story-written", "story": story, "part": step.do, "text": step.words}
        case "picture":
            return {"kind": "story-pictured", "story": story, "photo": step.words}
        case _:
            return {"kind": "story-published", "story": story}


def _answer(
    connection: http.client.HTTPConnection,
    event: str,
    link: str,
    step: Step,
    story: str,
    *,
    waits: bool,
) -> int:
    """As a phone does: the private link, then the form on the page that it opens. A yes is to what stands there, so
    they wait (503) until it has all ``step.words`` names: the parts that the desk has typed and chosen."""
    connection.request("GET", f"/{event}/me/{link}")
    opened = connection.getresponse()
    opened.read()
    cookie = (opened.getheader("set-cookie") or "").partition(";")[0]
    if not cookie:
        return opened.status if opened.status >= 400 else 503
    seen = _read_question(connection, event, cookie, story)
    if waits and len(seen) < len(step.words.split()):
        return 503
    said = {"do": "answer", "entrant": step.bib, "story": story, "answer": "yes"}
    said["seen"] = " ".join(seen)
    headers = {
        "Cookie": cookie,
        "Content-Type": "application/x-www-form-urlencoded",
        "Sec-Fetch-Site": "same-origin",
    }
    connection.request("POST", f"/{event}/me", urllib.parse.urlencode(said), headers)
    return _status(connection)


def _read_question(
    connection: http.client.HTTPConnection, event: str, cookie: str, story: str
) -> list[str]:
    """What the page shows with the question, which the answer gives back."""
    connection.request("GET", f"/{event}/me.json", headers={"Cookie": cookie})
    page = msgspec.json.decode(connection.getresponse().read())
    asked = [one for own in page.get("entrants", ()) for one in own["questions"]]
    return [key for one in asked if one["story"] == story for key in one["seen"]]


def _status(connection: http.client.HTTPConnection) -> int:
    answer = connection.getresponse()
    answer.read()
    return answer.status
