"""Control's alarms by Apprise: real services of its own, at a receiver of ours, once each and again when refused."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from homestretch.folder.hooks import ALERTS, list_alert_addresses
from homestretch.herald.alerting import say_alarms, send_alert
from homestretch.herald.following import Herald
from homestretch.herald.receivers import list_receivers
from tests.aside import run
from tests.boards.days import ALL, Wanted, make_picture
from tests.folder.good import TEXTS
from tests.herald.receiver import Receiver
from tests.herald.test_delivering import MadeUpClock

LETTER = {
    "type": "alarm",
    "data": {
        "event": "three-rivers",
        "items": [
            {"words": "Nobody is read at 15K since 08:10, and runners are due.", "over": False},
            {"words": "Nobody is read at 10K since 08:01, and runners are due.", "over": True},
        ],
    },
}
BODY = msgspec.json.encode(LETTER)

# Of Apprise itself, on Pythons that still have the module that it looks for.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def receivers() -> Iterator[list[Receiver]]:
    """Two services."""
    found = [Receiver(), Receiver()]
    for one in found:
        one.start()
    yield found
    for one in found:
        one.stop()


def address(receiver: Receiver) -> str:
    """A service as Apprise calls it; the password must not come into any log."""
    return f"json://control:canary-password@127.0.0.1:{receiver.port}/alarms"


@pytest.fixture
def folder(tmp_path: Path, receivers: list[Receiver]) -> Path:
    """An event whose alarms go to both."""
    (tmp_path / "event.toml").write_text(TEXTS["event.toml"])
    lines = ["# race control", "", *map(address, receivers)]
    (tmp_path / ALERTS).write_text("\n".join(lines))
    return tmp_path


def test_an_alarm_is_told_in_words_and_so_is_its_end() -> None:
    title, text = say_alarms(LETTER)
    assert title == "three-rivers: 1 alarm, 1 alarm over"
    assert text.splitlines() == [
        "Nobody is read at 15K since 08:10, and runners are due.",
        "Over: Nobody is read at 10K since 08:01, and runners are due.",
    ]


def test_apprise_brings_it_to_the_service(receivers: list[Receiver]) -> None:
    assert send_alert(address(receivers[0]), BODY).taken
    ((_, body),) = receivers[0].got
    told = msgspec.json.decode(body)
    assert told["title"] == "three-rivers: 1 alarm, 1 alarm over"
    assert "Nobody is read at 15K" in told["message"]
    assert told["type"] == "warning"
    over = {"data": {"event": "three-rivers", "items": [{"words": "Silent.", "over": True}] * 2}}
    assert send_alert(address(receivers[0]), msgspec.json.encode(over)).taken
    ended = msgspec.json.decode(receivers[0].got[1][1])
    assert (ended["title"], ended["type"]) == ("three-rivers: 2 alarms over", "success")


def test_a_service_that_refuses_or_is_none_is_an_outcome_without_its_address(
    receivers: list[Receiver], caplog: pytest.LogCaptureFixture
) -> None:
    receivers[0].status = 500
    with caplog.at_level(logging.DEBUG):
        refused = send_alert(address(receivers[0]), BODY)
        unknown = send_alert("canary-password://nowhere", BODY)
    assert (refused.taken, refused.reason) == (False, "the service did not take it")
    assert (unknown.taken, unknown.reason) == (
        False,
        "Apprise does not know what this address means",
    )
    assert "canary-password" not in caplog.text


def test_alerts_have_a_file_of_their_own_with_one_service_a_line(
    folder: Path, receivers: list[Receiver]
) -> None:
    assert list_alert_addresses(folder) == [address(one) for one in receivers]
    found = list_receivers(folder)
    assert [(one.name, one.kinds, one.role) for one in found] == [
        ("alert-1", ("alarm",), "control"),
        ("alert-2", ("alarm",), "control"),
    ]
    (folder / ALERTS).unlink()
    assert list_receivers(folder) == []


def test_each_service_is_told_each_alarm_once_and_one_that_is_away_holds_up_no_other(
    folder: Path, receivers: list[Receiver]
) -> None:
    receivers[1].status = 500

    def heal(passed_s: float) -> None:
        receivers[1].status = 204 if passed_s > 600 else 500

    herald = Herald(folder, MadeUpClock(heal))
    silent, quiet = make_picture(ALL["small"]), make_picture(Wanted(minutes=150))
    herald.take(silent)
    herald.take(silent)
    for delivery in herald.deliveries:
        run(_send_all(delivery.send_next))
    herald.take(quiet)
    for delivery in herald.deliveries:
        run(_send_all(delivery.send_next))
    for receiver in receivers:
        told = [msgspec.json.decode(body)["message"] for _, body in receiver.got]
        assert len(told) == 2
        assert told[0].startswith("Nobody is read at 15K")
        assert told[1] == f"Over: {told[0]}"
    sent = [one for one in herald.tidings if one.outcome == "sent"]
    assert [(one.to, one.tries > 1) for one in sent if not one.alarm.startswith("Over")] == [
        ("alert-1", False),
        ("alert-2", True),
    ]
    assert "failing" in {one.outcome for one in herald.tidings if one.to == "alert-2"}
    assert "canary-password" not in str(list(herald.tidings))
    herald.close()


async def _send_all(send_next: object) -> None:
    assert callable(send_next)
    while await send_next():
        pass


def test_without_apprise_the_extra_is_named_on_the_page_and_nothing_ends(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    herald = Herald(folder, clock := MadeUpClock())
    herald.take(make_picture(ALL["small"]))

    async def try_some() -> None:
        for _ in range(3):
            await herald.deliveries[0].send_next()

    run(try_some())
    assert len(clock.waited) == 3
    (told,) = herald.tidings
    assert "pip install 'homestretch[alerts]'" in told.reason
    herald.close()
