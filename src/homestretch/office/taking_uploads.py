"""Uploads that are whole become pictures of the event: opened with care, kept, a fact each, with what was said beside.

The same picture sent twice is one. What is refused keeps its reason, and its bytes go. Broken off and started
again, nothing is lost and nothing counts twice: each fact has an identity of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from homestretch.errors import PlanError
from homestretch.facts import PhotoWitnessed, received
from homestretch.intake.uploads import Upload, Uploads
from homestretch.office.importing_photos import keep_picture, number_of, taken_down
from homestretch.office.judging_photos import SOURCE, due_at
from homestretch.photos.opening import Origin, PhotoRefused
from homestretch.photos.placing import choose_place, list_near
from homestretch.race.event import Plan
from homestretch.race.saying import said
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.snapshot import State
from homestretch.store import TEXT_KEEP_MS
from homestretch.store.opening import Store
from homestretch.store.pictures import Pictures, name_of

BY_UPLOAD: Final = "uploads"
QUOTED_KEEP_MS: Final = 2**62
"""Words that may be quoted stay as long as the stories in which they stand, or until they are erased."""
TRIES: Final = 3
"""What ends the process that opens it so often is not opened again."""
UNREADABLE: Final = (
    said("The server could not open it, several times."),
    said("Send it as JPEG, from the camera's card."),
)


class Now(NamedTuple):
    """What is known while uploads are taken in: the plan, how a place is found, the pictures that are ``known`` and
    those of them that are ``gone`` since they were taken down, the likenesses of these (``down``), and the time (UTC ms,
    of the event and of the wall)."""

    plan: Plan
    find_place: Callable[[Origin, int], str]
    known: set[str]
    gone: frozenset[str]
    down: list[str]
    now: int
    wall_now: int


class Taken:
    """Takes in what waits; ``new``, ``known`` and ``refused`` count it."""

    def __init__(self, store: Store, pictures: Pictures, uploads: Uploads) -> None:
        self._store, self._pictures, self._uploads = store, pictures, uploads
        self.new = self.known = self.refused = 0

    def take_all(self, now: int, wall_now: int) -> None:
        """Take in every upload that is whole now; what cannot be kept now stays, and raises."""
        columns = Columns()
        columns.take(self._store.log.read_since(0))
        fold = Fold(columns)
        state, plan = fold.state(now), fold.find_plan()
        if state is None or plan is None:
            raise PlanError("This event was never started.", "Start it once: homestretch run DIR")
        known = {one.photo for one in state.photos}
        down = [one.likeness for one in state.photos if one.down]
        gone = frozenset(one.photo for one in state.photos if one.down)
        find_place = place_finder(plan, state)
        for upload, file in self._uploads.list_ready():
            self._take(
                self._uploads.begin_try(upload),
                file,
                Now(plan, find_place, known, gone, down, now, wall_now),
            )

    def _take(self, upload: Upload, file: Path, here: Now) -> None:
        if upload.tries > TRIES:
            self.refused += 1
            self._uploads.settle(upload, why=UNREADABLE)
            return
        try:
            data = file.read_bytes()
            photo = name_of(data)
            if photo in here.gone:
                raise taken_down()
            if photo in here.known:
                self.known += 1
            else:
                self._keep(upload, data, here)
                here.known.add(photo)
                self.new += 1
        except PhotoRefused as error:
            self.refused += 1
            self._uploads.settle(upload, why=(error.what, error.hint))
            return
        self._keep_words(upload, photo, here)
        self._uploads.settle(upload, photo=photo)

    def _keep(self, upload: Upload, data: bytes, here: Now) -> None:
        # Without a time of its own it was taken when the phone says, by the event's clock.
        at = _said_at(upload, here)
        event, place = here.plan.event, upload.place
        fact = keep_picture(
            self._pictures, event, data, place, at, here.down, here.find_place, upload.by
        )
        self._store.log.append([received(fact, SOURCE, here.now, number_of(fact.photo))])

    def _keep_words(self, upload: Upload, photo: str, here: Now) -> None:
        """What the witness says, first the words and then the fact that names them."""
        witness = upload.witness
        if not witness.says:
            return
        label = f"{upload.owner}\0{upload.id}".encode()
        ref = "text-" + hashlib.blake2b(label, digest_size=12).hexdigest()
        keep_until = QUOTED_KEEP_MS if witness.quoted else here.wall_now + TEXT_KEEP_MS
        if witness.line:
            words = f"{witness.name}\n{witness.line}".encode()
            self._store.people.put_text(ref, words, keep_until)
        fact = PhotoWitnessed(
            seen_at=_said_at(upload, here), photo=photo, quoted=witness.quoted and bool(witness.line),
            bib=witness.bib, by=upload.by, text_ref=ref if witness.line else None,
        )  # fmt: skip
        number = int(upload.id[:15], 16)
        self._store.log.append([received(fact, f"{BY_UPLOAD}:{upload.by}", here.now, number)])


def _said_at(upload: Upload, here: Now) -> int:
    """When the phone says that it was (UTC ms of the event); now, where it says nothing or a time to come."""
    return upload.seen_at if 0 < upload.seen_at <= here.now else here.now


def place_finder(plan: Plan, state: State) -> Callable[[Origin, int], str]:
    """Finds the point at which a picture was taken, from what it says of itself and when (UTC ms); empty for none."""

    def find(origin: Origin, taken_at: int) -> str:
        if origin.position is None:
            return ""
        near = list_near(plan, *origin.position)
        due = {one.id: due_at(state, plan.event, one.id) for one in near} if len(near) > 1 else {}
        return choose_place(near, due, taken_at)

    return find
