"""A stranger at a real server: floods, garbage, half-open connections. Nothing falls, nothing leaks."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from homestretch.intake.listener import CONNECTIONS
from homestretch.store.opening import open_store
from homestretch.web.connection import HEAD_S
from tests.browser.server import EVENT, Server, demo, wait_for
from tests.patience import PATIENCE_S

MEGABYTE = b"a" * 1_000_000
HOST = b"Host: event.test\r\n"
EVENT_PATH = b"/" + EVENT.encode()


def ask(path: bytes, *headers: bytes, method: bytes = b"GET", host: bytes = HOST) -> bytes:
    return b"".join(
        [method, b" ", path, b" HTTP/1.1\r\n", host, b"Connection: close\r\n"]
        + [header + b"\r\n" for header in headers]
        + [b"\r\n"]
    )


ATTACKS = {
    "no host": ask(EVENT_PATH, host=b""),
    "a host that is none": ask(EVENT_PATH + b"/key/x", host=b"Host: [::\r\n"),
    "two hosts": ask(EVENT_PATH, b"Host: elsewhere.test"),
    "a host of bytes": ask(b"/nothing", host=b"Host: \xff\xfe@[\r\n"),
    "a huge header": ask(EVENT_PATH, b"X: " + MEGABYTE),
    "many headers": ask(EVENT_PATH, *[b"X: a"] * 50_000),
    "a huge address": ask(EVENT_PATH + b"?q=" + MEGABYTE),
    "huge digits": ask(EVENT_PATH + b"/evidence/" + b"9" * 5000),
    "many digits": ask(EVENT_PATH + b"/evidence/" + b"9" * 25),
    "a huge page number": ask(EVENT_PATH + b"/results/half?page=" + b"9" * 5000),
    "out of the folder": ask(b"/static/../../app.py"),
    "out of the folder, coded": ask(b"/static/%2e%2e/%2e%2e/app.py"),
    "out of the folder, slashes coded": ask(b"/static/..%2f..%2fapp.py"),
    "out of the folder, from the root": ask(b"/static//etc/passwd"),
    "a null in a file's name": ask(b"/static/%00"),
    "a long file's name": ask(b"/static/" + b"a" * 5000),
    "bytes in the address": ask(b"/\xff\xfe"),
    "coded bytes in the address": ask(b"/%ff%fe/%ed%a0%80"),
    "terminal commands": ask(b"/%1b[2J%0a%0dforged"),
    "another server's address": ask(b"//elsewhere.test/"),
    "a proxy's request": ask(b"http://elsewhere.test/" + EVENT.encode()),
    "an odd bib": ask(EVENT_PATH + b"/runners/%00%F0%9F%98%80"),
    "an odd search": ask(EVENT_PATH + b"/results/half?q=%00%ff((a*)*)*$%E2%80%AE"),
    "an unknown board": ask(EVENT_PATH + b"/stream?board=__class__"),
    "an unknown method": ask(EVENT_PATH, method=b"BREW"),
    "trace": ask(EVENT_PATH, method=b"TRACE"),
    "options": ask(EVENT_PATH, method=b"OPTIONS"),
    "a tunnel": ask(b"elsewhere.test:443", method=b"CONNECT"),
    "head of a stream": ask(EVENT_PATH + b"/stream?board=home", method=b"HEAD"),
    "odd cookies": ask(EVENT_PATH, b'Cookie: homestretch-three-rivers="\\303\\377"; ;;=; \xff=\xfe'),
    "an odd key": ask(EVENT_PATH, b"Authorization: Bearer \xff\xfe"),
    "an endless cookie": ask(EVENT_PATH, b"Cookie: " + b"a=b;" * 7000),
    "odd known versions": ask(EVENT_PATH, b"If-None-Match: " + b'W/"a",' * 4000),
    "odd ranges": ask(b"/static/app.css", b"Range: bytes=" + b"0-1," * 3000),
    "endless ranges": ask(b"/static/app.css", b"Range: bytes=" + b"9" * 5000 + b"-"),
    "an odd date": ask(b"/static/app.css", b"If-Modified-Since: 99 Zzz 99999"),
    "an upgrade": ask(EVENT_PATH, b"Upgrade: websocket", b"Connection: Upgrade"),
    "two lengths": ask(EVENT_PATH + b"/facts", b"Content-Length: 4", b"Content-Length: 5", method=b"POST"),
    "a negative length": ask(EVENT_PATH + b"/facts", b"Content-Length: -4", method=b"POST"),
    "length and chunks": ask(EVENT_PATH + b"/facts", b"Content-Length: 4", b"Transfer-Encoding: chunked", method=b"POST") + b"0\r\n\r\n" + ask(EVENT_PATH),
    "odd chunks": ask(EVENT_PATH + b"/facts", b"Transfer-Encoding: xchunked", method=b"POST") + b"0\r\n\r\n",
    "folded headers": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "line feeds alone": b"GET / HTTP/1.1\nHost: a\n\n",
    "a null in a header": ask(EVENT_PATH, b"X: a\x00b"),
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a handshake": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300),
    "garbage": bytes(range(256)) * 400,
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hostile") / "day"
    with demo(folder, "--at=07:00", "--speed=1") as server:
        yield server


def answer_to(server: Server, sent: bytes) -> bytes:
    """All that comes back; empty when the connection was cut."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as stranger:
        received = []
        with contextlib.suppress(ConnectionError):
            stranger.sendall(sent)
        with contextlib.suppress(ConnectionError):
            while chunk := stranger.recv(65_536):
                received.append(chunk)
        return b"".join(received)


def memory_kb(pid: int) -> int:
    listed = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True
    )
    return int(listed.stdout)


def test_whatever_a_stranger_sends_is_answered_in_words_or_cut(server: Server) -> None:
    processes = [server.find_process(name) for name in ("_keeper", "_front")]
    for name, sent in ATTACKS.items():
        began = time.monotonic()
        answer = answer_to(server, sent)
        status = re.match(rb"HTTP/1.1 (\d{3}) ", answer)
        assert status is not None or not answer, name
        assert status is None or int(status[1]) < 500, (name, answer[:200])
        for leak in (
            b"Traceback",
            b"site-packages",
            b"root:x:",
            b"def make_application",
            b"location: http://elsewhere",
        ):
            assert leak not in answer, name
        assert time.monotonic() - began < PATIENCE_S, name
    assert [server.find_process(name) for name in ("_keeper", "_front")] == processes
    log = (server.folders[EVENT].parent / "server.log").read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert "\x1b[2J" not in log
    assert "\nforged" not in log


def test_more_headers_than_any_page_needs_end_the_connection(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\nX: ")
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < 100 and not select.select([stranger], [], [], 0.01)[0]:
                stranger.sendall(MEGABYTE[:100_000])
                sent += 1
        assert sent < 100, "it would have gone on for ever"


def time_home(server: Server) -> float:
    """Seconds until the home page has come."""
    began = time.monotonic()
    assert server.get(f"/{EVENT}").status_code == 200
    return time.monotonic() - began


def test_who_never_ends_a_request_is_cut_off_and_nobody_else(server: Server) -> None:
    """Says nothing, half a line, half the headers, half a body: the first three are cut within the
    deadline, while everybody else is answered."""
    slow = (b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX-", b"GET / HTTP/1.1\r\n")
    strangers = [
        socket.create_connection(("127.0.0.1", server.port)) for _ in range(40) for _ in slow
    ]
    alone_s = time_home(server)
    began = time.monotonic()
    for number, stranger in enumerate(strangers):
        stranger.sendall(slow[number % len(slow)])
    assert time_home(server) < max(HEAD_S, 20 * alone_s), "on a slow machine by its own measure"
    for stranger in strangers:
        stranger.settimeout(max(0.1, began + HEAD_S + PATIENCE_S - time.monotonic()))
        with contextlib.suppress(ConnectionError):
            assert stranger.recv(1) == b""
        stranger.close()


def test_a_full_door_refuses_strangers_and_keeps_its_reader(server: Server) -> None:
    toml = (server.folders[EVENT] / "event.toml").read_text(encoding="utf-8")
    ports = re.findall(r'(?m)^jchip = ".*:(\d+)"', toml)
    assert ports
    door = ("127.0.0.1", int(ports[0]))

    def heard() -> int:
        with contextlib.closing(open_store(server.folders[EVENT], EVENT)) as store:
            return len(store.log.read_since(0).reads)

    with contextlib.ExitStack() as held:
        reader = held.enter_context(socket.create_connection(door, timeout=PATIENCE_S))
        reader.sendall(b"N0000STRANGERS\r")
        assert reader.recv(100), "the door speaks"
        crowd = [
            held.enter_context(socket.create_connection(door, timeout=PATIENCE_S))
            for _ in range(CONNECTIONS + 40)
        ]

        def count_closed() -> int:
            return sum(
                bool(select.select([stranger], [], [], 0)[0]) and _is_closed(stranger)
                for stranger in crowd
            )

        wait_for(lambda: count_closed() >= 40, PATIENCE_S)
        assert count_closed() < 100, "those who came in time stay"
        for stranger in crowd[:20]:
            with contextlib.suppress(ConnectionError):
                stranger.sendall(bytes(range(256)) * 64)
        before = heard()
        reader.sendall(
            b"GT012000000 date=20260503\rDA413A35 12:00:16.443300 10  0000F      C7 date=20260503\r"
        )
        wait_for(lambda: heard() > before, PATIENCE_S)
    wait_for(lambda: _is_taken(door), PATIENCE_S)


def _is_closed(stranger: socket.socket) -> bool:
    try:
        return stranger.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except ConnectionError:
        return True


def _is_taken(door: tuple[str, int]) -> bool:
    """Whether the door takes somebody again."""
    with socket.create_connection(door, timeout=PATIENCE_S) as reader:
        reader.sendall(b"N0000AGAIN\r")
        with contextlib.suppress(ConnectionError):
            return bool(reader.recv(100))
    return False


def test_addresses_without_end_do_not_grow_the_front(server: Server) -> None:
    front = server.find_process("_front")

    def ask_for(numbers: range) -> None:
        for number in numbers:
            query = f"q=nobody{number}&utm_source={number}&theme=x{number}"
            assert server.get(f"/{EVENT}/results/half?{query}").status_code == 200
            assert server.get(f"/{EVENT}/runners/{number}x{number}").status_code == 404

    ask_for(range(300))  # fills what is kept
    before = memory_kb(front)
    ask_for(range(300, 700))
    assert memory_kb(front) - before < 15_000


def test_what_nobody_chose_does_not_change_a_page_for_others(server: Server) -> None:
    plain = server.get(f"/{EVENT}/results/half")
    odd = server.get(f"/{EVENT}/results/half?utm_source=<b>canary</b>&fbclid=canary&theme=canary")
    assert "canary" not in odd.text
    assert "canary" not in server.get(f"/{EVENT}/results/half").text
    assert plain.headers["vary"] == odd.headers["vary"]


def test_nobody_who_hides_is_told_to_a_stranger(server: Server) -> None:
    """Neither a search for a name nor an address with the bib says that a hidden entrant exists."""
    lines = (server.folders[EVENT] / "entrants.csv").read_text(encoding="utf-8").splitlines()
    head = lines[0].split(",")
    rows = [dict(zip(head, line.split(","), strict=False)) for line in lines[1:]]
    hidden = [row for row in rows if row["Show As"] == "hidden"]
    assert hidden
    unknown = server.get(f"/{EVENT}/runners/77777777")
    for row in hidden[:5]:
        answer = server.get(f"/{EVENT}/runners/{row['Bib']}")
        assert answer.status_code == unknown.status_code == 404
        assert answer.text.replace(row["Bib"], "") == unknown.text.replace("77777777", "")
        for race in ("marathon", "half"):
            found = server.get(f"/{EVENT}/results/{race}.json?q={row['Last Name']}")
            assert all(row["Bib"] != it["who"]["bib"] for it in found.json()["rows"])
