"""A receiver that is away for an hour, and we who are killed meanwhile: everything, in order, once each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from homestretch.facts import Delivered, Ruled
from homestretch.folder.hooks import find_secret, get_event_key, make_secret
from homestretch.herald import delivering
from homestretch.herald.delivering import Delivery, wait_s_after
from homestretch.herald.happenings import Watch
from homestretch.herald.outbox import FILE, Outbox
from homestretch.herald.posting import Outcome
from homestretch.herald.receivers import Sending
from homestretch.picture import Picture
from homestretch.race.hooks import PUBLIC_KINDS, Hook, HookKind
from tests import aside
from tests.aside import run
from tests.boards.pictures import person, picture_of
from tests.herald.receiver import Receiver, fits
from tests.state.days import Day, a_day, at

HOUR_S = 3600.0


class MadeUpClock:
    """A clock on which an hour is over at once; ``at`` is called as its time goes by."""

    def __init__(self, at: Callable[[float], None] = lambda _: None) -> None:
        self.began = self.now = 1_777_806_000.0
        self.waited: list[float] = []
        self._at = at

    def now_s(self) -> float:
        return self.now

    async def wait(self, seconds: float) -> None:
        self.now += seconds
        self.waited.append(seconds)
        self._at(self.now - self.began)


class Telling:
    """The herald of a folder, step by step, as its process takes them; it can end and begin again."""

    def __init__(self, folder: Path, hook: Hook, clock: MadeUpClock) -> None:
        self.folder, self.hook, self.clock = folder, hook, clock
        self.said: list[Delivered] = []
        self.picture: Picture | None = None
        self.begin()

    def begin(self) -> None:
        """A process begins: it knows what is on the disk."""
        self.outbox = Outbox(self.folder / FILE, get_event_key(self.folder))
        self.outbox.join([self.hook.name])
        self.watch = Watch(self.hook.kinds, self.outbox.read_told)
        self.delivery = Delivery(
            self.hook, self.outbox, Sending(self.folder).send, self.clock, lambda: self.picture, self.said.append
        )  # fmt: skip

    def end(self) -> None:
        """It ends at any moment: what it did not write down is forgotten."""
        self.outbox.close()

    def take(self, picture: Picture) -> None:
        """A Picture came."""
        self.picture = picture
        happenings = self.watch.look(picture)
        if happenings:
            self.outbox.add(happenings, picture.now)
        self.watch.settle(picture, happenings)

    def send_all(self) -> None:
        """Until nothing waits."""

        async def send() -> None:
            while await self.delivery.send_next():
                pass

        run(send())


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.stop()


def a_hook(receiver: Receiver, *kinds: HookKind, **more: Any) -> Hook:
    return Hook(
        name="site", url=receiver.url, kinds=kinds or PUBLIC_KINDS, private_net=True, **more
    )


def field(many: int = 30) -> Day:
    """So many runners, each a minute behind the one before."""
    day = a_day()
    for bib in range(1, many + 1):
        day.entrant(str(bib))
    return day


def finish(day: Day, bib: int) -> None:
    day.read(str(bib), "start", "07:00:05")
    day.read(str(bib), "finish", f"09:{bib:02}")


PEOPLE = [person(str(bib), f"Runner{bib} Amberlow") for bib in range(1, 31)]


def test_a_receiver_that_is_down_for_an_hour_gets_everything_in_order_once_each(
    tmp_path: Path, receiver: Receiver
) -> None:
    secret = make_secret(tmp_path, "site")
    up: list[bool] = []
    clock = MadeUpClock(lambda passed_s: _start_once(receiver, up, passed_s))
    day = field()
    telling = Telling(tmp_path, a_hook(receiver, "finish"), clock)
    for bib in range(1, 31):
        finish(day, bib)
        telling.take(picture_of(day, f"09:{bib:02}:30", *PEOPLE))
        if bib % 10 == 0:  # the process is killed and begins again, with the receiver still away
            telling.end()
            telling.begin()
    telling.send_all()
    told = receiver.items("finish")
    assert [item["bib"] for item in told] == [str(bib) for bib in range(1, 31)]
    assert max(Counter(item["id"] for item in told).values()) == 1
    assert max(Counter(headers["webhook-id"] for headers, _ in receiver.got).values()) == 1
    assert all(fits(secret, headers, body) for headers, body in receiver.got)
    assert clock.now - clock.began >= HOUR_S
    assert [one.outcome for one in telling.said] == ["failing"] * (len(telling.said) - 1) + ["back"]
    assert telling.said[0].waiting == 30
    assert telling.said[0].reason == "it cannot be reached"
    telling.end()


def _start_once(receiver: Receiver, up: list[bool], passed_s: float) -> None:
    if passed_s >= HOUR_S and not up:
        up.append(True)
        receiver.start()


def test_a_receiver_that_refuses_is_asked_again_after_longer_and_longer_times(
    tmp_path: Path, receiver: Receiver
) -> None:
    make_secret(tmp_path, "site")
    receiver.start()
    receiver.status = 500

    def heal(passed_s: float) -> None:
        receiver.status = 204 if passed_s > HOUR_S else 500

    clock = MadeUpClock(heal)
    day = field(1)
    finish(day, 1)
    telling = Telling(tmp_path, a_hook(receiver, "finish"), clock)
    telling.take(picture_of(day, "09:02", *PEOPLE))
    telling.send_all()
    assert len(receiver.got) == 1
    assert clock.waited[0] <= 1.0
    assert max(clock.waited) <= delivering.LONGEST_WAIT_S
    assert len(clock.waited) < 40
    assert "it answers 500" in {one.reason for one in telling.said}
    telling.end()


def test_waiting_doubles_up_to_five_minutes_and_is_never_quite_the_same() -> None:
    for tries in range(1, 40):
        longest = min(300.0, 2.0 ** (tries - 1))
        found = {wait_s_after(tries) for _ in range(20)}
        assert len(found) > 1
        assert all(0.7 * longest <= one <= longest for one in found)


def test_what_was_sent_and_not_written_down_comes_again_under_the_same_name(
    tmp_path: Path, receiver: Receiver
) -> None:
    make_secret(tmp_path, "site")
    receiver.start()
    day = field(2)
    finish(day, 1)
    telling = Telling(tmp_path, a_hook(receiver, "finish"), MadeUpClock())
    telling.take(picture_of(day, "09:02", *PEOPLE))
    message = telling.outbox.find_next("site", ("finish",))
    telling.send_all()
    telling.outbox.add(message.items if message else (), 1)  # as if the note had been lost
    telling.send_all()
    (first, _), (second, _) = receiver.got
    assert first["webhook-id"] == second["webhook-id"]
    telling.end()


def test_what_holds_again_and_what_another_receiver_is_told_has_another_name(
    tmp_path: Path, receiver: Receiver
) -> None:
    for name in ("site", "board"):
        make_secret(tmp_path, name)
    receiver.start()
    day = field(1)
    finish(day, 1)
    telling = Telling(tmp_path, a_hook(receiver, "finish"), MadeUpClock())
    telling.outbox.join(["site", "board"])
    telling.take(picture_of(day, "09:02", *PEOPLE))
    for minute, verdict in enumerate(("dsq", "reinstated", "dsq", "reinstated"), 10):
        day.add(Ruled(seen_at=at(f"09:{minute}"), bib="1", verdict=verdict))  # type: ignore[arg-type]  # verdicts
        telling.take(picture_of(day, f"09:{minute}:01", *PEOPLE))
    telling.send_all()
    told = [item["change"] for item in receiver.items()]
    assert told == ["new", "taken-back", "new", "taken-back", "new"]
    telling.hook = Hook(name="board", url=receiver.url, kinds=("finish",), private_net=True)
    telling.begin()
    telling.outbox.join(["site", "board"])
    names = [headers["webhook-id"] for headers, _ in receiver.got]
    message = telling.outbox.find_next("board", ("finish",))
    assert message is not None
    assert len({*names, message.id}) == 6
    telling.end()


def test_a_receiver_that_joins_later_is_told_what_happens_from_then_on(
    tmp_path: Path, receiver: Receiver
) -> None:
    make_secret(tmp_path, "site")
    receiver.start()
    day = field(3)
    finish(day, 1)
    first = Telling(tmp_path, a_hook(receiver, "finish"), MadeUpClock())
    first.take(picture_of(day, "09:02", *PEOPLE))
    first.end()
    make_secret(tmp_path, "late")
    late = Hook(name="late", url=receiver.url, kinds=("finish",), private_net=True)
    second = Telling(tmp_path, late, MadeUpClock())
    finish(day, 2)
    second.take(picture_of(day, "09:03", *PEOPLE))
    second.send_all()
    assert [item["bib"] for item in receiver.items()] == ["2"]
    second.end()


def test_a_hook_without_a_secret_sends_nothing_and_says_what_to_do(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.start()
    day = field(1)
    finish(day, 1)

    def make(passed_s: float) -> None:
        if passed_s > 60 and find_secret(tmp_path, "site") is None:
            make_secret(tmp_path, "site")

    telling = Telling(tmp_path, a_hook(receiver, "finish"), MadeUpClock(make))
    telling.take(picture_of(day, "09:02", *PEOPLE))
    telling.send_all()
    assert "homestretch hook secret DIR site" in telling.said[0].reason
    assert len(receiver.got) == 1
    telling.end()


def test_no_name_is_in_the_file_of_what_is_to_be_told(tmp_path: Path, receiver: Receiver) -> None:
    day = field()
    for bib in range(1, 31):
        finish(day, bib)
    telling = Telling(tmp_path, a_hook(receiver), MadeUpClock())
    telling.take(picture_of(day, "10:00", *PEOPLE))
    telling.end()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"finish" in written
    assert b"Amberlow" not in written


def test_somebody_who_asks_to_be_hidden_before_a_message_is_sent_is_not_named_in_it(
    tmp_path: Path, receiver: Receiver
) -> None:
    make_secret(tmp_path, "site")
    day = field(2)
    finish(day, 1)
    telling = Telling(tmp_path, a_hook(receiver, "finish"), MadeUpClock())
    telling.take(picture_of(day, "09:02", *PEOPLE))
    telling.picture = picture_of(day, "09:03", person("1", "Runner1 Amberlow", "hidden"))
    receiver.start()
    telling.send_all()
    (item,) = receiver.items()
    assert (item["bib"], item["name"]) == ("", "private entrant")
    telling.end()


def test_what_every_receiver_has_had_is_not_kept(tmp_path: Path, receiver: Receiver) -> None:
    make_secret(tmp_path, "site")
    receiver.start()
    day = field()
    telling = Telling(tmp_path, a_hook(receiver, "finish"), MadeUpClock())
    for bib in range(1, 31):
        finish(day, bib)
        telling.take(picture_of(day, f"09:{bib:02}:30", *PEOPLE))
        telling.send_all()
    assert telling.outbox.count_waiting("site", ("finish",)) == 0
    telling.outbox.join(["site", "other"])
    assert telling.outbox.count_waiting("other", ("finish",)) == 0
    telling.end()


def test_a_thread_that_cannot_send_is_an_outcome_and_no_end(tmp_path: Path) -> None:
    hook = Hook(name="site", url="https://club.example/", kinds=("finish",))
    (tmp_path / "hooks").mkdir()
    (tmp_path / "hooks" / "site.secret").write_text("whsec_short")
    day = field(1)
    finish(day, 1)
    watch = Watch(hook.kinds, list)
    outbox = Outbox(tmp_path / FILE, b"key")
    outbox.join(["site"])
    outbox.add(watch.look(picture_of(day, "09:02")), 1)
    message = outbox.find_next("site", hook.kinds)
    assert message is not None
    outcome = aside.run(Sending(tmp_path).send(hook, message, b"{}"))
    assert isinstance(outcome, Outcome)
    assert "homestretch hook secret" in outcome.reason
    outbox.close()
