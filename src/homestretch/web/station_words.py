"""What the script of a point's own page says, as a script of its own for each language: kept on the phone with the
others, so that it speaks the same without signal."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from homestretch.race.saying import said
from homestretch.web.assets import FOREVER
from homestretch.web.spoken import find_speech

WORDS_PATH: Final = "/static/words/{language}.js"
STAMP: Final = 12
STATION_WORDS: Final = {
    "sighting": said("seen"),
    "withdrawn": said("stops"),
    "struck": said("is taken back"),
    "ownWord": said("a word of yours"),
    "somebody": said("somebody"),
    "notTaken": said("{count} not taken: look below"),
    "allSent": said("Everything was sent."),
    "waitingOne": said("{count} waiting for signal. Kept on this phone, sent by itself."),
    "waitingMany": said("{count} waiting for signal. Kept on this phone, sent by themselves."),
    "starting": said("{count} waiting: the server is starting again."),
    "unsent": said("{count} kept on this phone, not sent: {why}"),
    "onTheWay": said("{count} on the way."),
    "refused": said("not taken. {why}"),
    "waiting": said("waiting"),
    "haveRead": said("I have read it"),
    "takeBack": said("Take it back"),
    "seenAt": said("seen {time}"),
    "more": said("and {count} more"),
    "moved": said("The list has just moved: {bib} was not entered. Tap again if you meant it."),
    "whoCameBy": said("of who came by at {time}"),
    "taps": said(
        "{count} came by without a number yet. Choose one and write its number, or nothing if you read none."
    ),
    "notKept": said(
        "NOT KEPT: this phone has no room, or is in a private window. Write it on paper."
    ),
    "wholeBib": said("The whole bib of who stops."),
    "aBib": said("A bib, or choose a tap above."),
    "twoBibs": said("Two bibs at once, no more. They are who came side by side."),
    "picturesWaiting": said(
        "Pictures that wait for signal: {count}. They are kept here and sent by themselves, also when this page was closed and is opened again."
    ),
    "picturesBusy": said(
        "Pictures that wait: {count}. The server is busy; they are sent by themselves."
    ),
    "picturesUnsent": said("Pictures that are kept here and not sent: {count}. {why}"),
    "picturesOnTheWay": said("Pictures on their way: {count}."),
    "picturesRefused": said("Pictures that were not taken: {count}. Look below."),
    "picturesArrived": said("Everything was sent. Pictures that wait to be opened: {count}."),
    "picturesTaken": said("Everything was sent. Pictures that were taken in: {count}."),
    "picturesLoose": said(
        "This browser has no room to keep them: leave this page open until all are sent. Should it close, choose the same pictures again, and they go on where they were."
    ),
    "pictureArrived": said("sent"),
    "pictureLeave": said("Do not send"),
    "pictureChosen": said("{name} is ready. Say what you saw, then send it."),
    "pictureNone": said("Take a picture first."),
    "driveNotSent": said(
        "NOT SENT: {count}. There is no signal, or no answer. Kept on this phone with the time of the tap, sent by itself when there is signal."
    ),
    "helpNone": said(
        "NOT DELIVERED. There is no signal: nothing was sent, and nothing will be sent later. Use the radio or the phone."
    ),
    "helpLost": said(
        "NOT DELIVERED. No answer came from the server, and nothing will be sent later. Use the radio or the phone."
    ),
    "helpRefused": said("NOT DELIVERED. The server did not take it. Use the radio or the phone."),
    "helpAsking": said("NOT DELIVERED yet. Asking the server. Use the radio or the phone."),
    "helpKept": said(
        "NOT DELIVERED yet. The server has it, and nobody in race control has said that they read it. Use the radio or the phone."
    ),
    "helpCall": said("Call of {time}: {state}"),
    "helpNoSignal": said("No signal: not taken back. Tell race control by radio."),
}
"""frontend/station/*.js name these and fill in their places."""


@cache
def write_words(language: str) -> str:
    """The script: it sets ``stationWords``."""
    speech = find_speech(language)
    words = {name: speech.again(words) for name, words in STATION_WORDS.items()}
    return f"globalThis.stationWords = {json.dumps(words, ensure_ascii=False)};\n"


def words_address(language: str) -> str:
    """Where the script of a language is; another content has another address."""
    stamp = hashlib.sha256(write_words(language).encode()).hexdigest()[:STAMP]
    return f"{WORDS_PATH.format(language=language)}?v={stamp}"


async def send_words(request: Request) -> Response:
    """The script in the language of its address; in English where that is not here."""
    language = find_speech(request.path_params["language"]).language
    return Response(
        write_words(language), media_type="text/javascript", headers={"Cache-Control": FOREVER}
    )
