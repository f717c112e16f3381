"""A story that everybody reads: what an answer costs the front, beside nginx with the same file in the same run; reads
of chips meanwhile; and how soon a story that is taken down under that load is gone."""

from __future__ import annotations

import contextlib
import http.client
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from bench.figure import Figure, at_least, at_most, told
from bench.served import HOST, Server, cpu_s, free_port, get, get_json, list_running, running
from homestretch.app import store_of, wall_now
from homestretch.office.agreeing import answer_story
from homestretch.rehearsal.plan import plan
from homestretch.store.keys import new_key

FIELD = ("--marathon", "400", "--half", "300", "--seed", "7")
BEGIN = "17:30"
"""Everybody is home, and no device says anything any more."""
SECONDS, CONNECTIONS, READ_EVERY_S = 8.0, 64, 0.1
ORIGIN_S, CACHED_S = 5, 60
"""So soon a story that is taken down is gone from here, and from whatever obeys our headers."""
WORDS = 1250
"""Characters that the desk types into each place, so that the page has some 20 KB."""
FOUND_S = 90.0
NGINX = ("nginx", "/usr/sbin/nginx")
ROOT = Path(__file__).resolve().parents[1]


class Load(NamedTuple):
    """Requests that were answered, and the CPU that the server took for them (s)."""

    requests: int
    server_s: float

    @property
    def per_cpu_s(self) -> float:
        """Requests a second of CPU."""
        return self.requests / max(self.server_s, 0.01)


def measure() -> list[Figure]:
    """Some two minutes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        event = plan(7, marathon=400, half=300).event_id
        server = Server(
            ["demo", "--folder", str(folder / "event"), "--at", BEGIN, "--speed", "1", *FIELD],
            free_port(), folder / "said.txt",
        )  # fmt: skip
        with running(server):
            path = _publish(server, folder / "event", event)
            front = server.find("front") or 0
            _, page = get(server.port, path)
            ours = _load(server.port, path, [front])
            busy, late_ms = _busy(server, folder / "event", event, path, front)
            gone, beside = _take_down(server, folder, path)
        theirs = _nginx(folder, page)
    figures = [
        told("viral: size of the page", len(page), "bytes"),
        told("viral: requests a CPU second", ours.per_cpu_s, "requests"),
        told("viral: CPU a request", 1e6 / ours.per_cpu_s, "us"),
        told("viral: requests a second while chips are read", busy.requests / SECONDS, "requests"),
        at_most(1000, "viral: chip read to Picture meanwhile, p99", float(np.percentile(late_ms, 99)), "ms"),
        told("viral: chip read to Picture meanwhile, median", float(np.median(late_ms)), "ms"),
        at_most(ORIGIN_S, "viral: taken down under load, gone after", gone.after_s, "s"),
        at_most(0, "viral: answers with the story after 5 s", gone.late, "answers"),
    ]  # fmt: skip
    if beside is not None:
        figures += [
            at_most(CACHED_S, "viral: taken down, gone from a caching proxy after", beside.after_s, "s"),
            at_most(0, "viral: answers of the proxy with the story after 60 s", beside.late, "answers"),
        ]  # fmt: skip
    if theirs is None:
        return figures
    ratio = ours.per_cpu_s / theirs.per_cpu_s
    return [
        at_least(0.6, "viral: requests a CPU second, against nginx", ratio, "x"),
        told("viral: nginx, requests a CPU second", theirs.per_cpu_s, "requests"),
        *figures,
    ]


def _publish(server: Server, folder: Path, event: str) -> str:
    """Ask, answer and publish as the desk does; the path of the page."""
    client = _Desk(server, event)
    until = time.monotonic() + FOUND_S
    while True:  # companions are looked for beside the fold
        story = client.first()
        if story.startswith("met-"):
            break
        if time.monotonic() > until:
            raise TimeoutError(f"no pair was found: {story!r}")
        time.sleep(0.5)
    people = client.people(story)
    for entrant in people:
        client.say(story, do="ask", entrant=entrant, channel="qr")
    for part in ("apart", "closed", "line", "sweep", "more"):
        client.say(
            story, do="write", part="sentence", sentence=part, text="By the river. " * (WORDS // 14)
        )
    with contextlib.closing(store_of(folder, event)) as store:
        for entrant in people:
            answer_story(store, entrant, "yes", story, wall_now())
    path = f"/{event}/stories/{story}"
    while get(server.port, path)[0] != 200:
        client.say(story, do="publish")
        time.sleep(0.5)
        if time.monotonic() > until:
            raise TimeoutError("the story was not published")
    return path


class _Desk:
    """The director at the desk of stories."""

    def __init__(self, server: Server, event: str) -> None:
        self._path = f"/{event}/desk/stories"
        until = time.monotonic() + FOUND_S
        while (link := re.search(rf"/{event}/key/\S+", server.said())) is None:
            if time.monotonic() > until:
                raise TimeoutError(server.said())
            time.sleep(0.1)
        self._connection = http.client.HTTPConnection(HOST, server.port, timeout=30)
        self._connection.request("GET", link[0])
        answer = self._connection.getresponse()
        answer.read()
        self._cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
        self._at = 0

    def first(self) -> str:
        """The story at the head of the list; empty for none."""
        found = self._json(f"{self._path}.json")["candidates"]
        return found[0]["id"] if found else ""

    def people(self, story: str) -> list[str]:
        """The entrants in a story."""
        opened = self._json(f"{self._path}.json?story={story}")["opened"]
        return [one["entrant"] for one in opened["people"]]

    def say(self, story: str, **fields: str) -> None:
        """Send one form."""
        board = self._json(f"{self._path}.json")
        self._at = max(self._at + 1, board["at"])
        body = urllib.parse.urlencode({"story": story, "at": str(self._at), **fields})
        headers = {
            "Cookie": self._cookie,
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        }
        self._connection.request("POST", self._path, body, headers)
        answer = self._connection.getresponse()
        assert answer.status == 200, (answer.status, answer.read()[:300])
        answer.read()

    def _json(self, path: str) -> dict[str, object]:
        self._connection.request("GET", path, headers={"Cookie": self._cookie})
        found: dict[str, object] = msgspec.json.decode(self._connection.getresponse().read())
        return found


@contextlib.contextmanager
def _crowd(port: int, path: str, seconds: float) -> Iterator[subprocess.Popen[str]]:
    """Readers from another process, each answer read to its end before the next question."""
    words = [
        sys.executable,
        "-m",
        "bench.viral_crowd",
        str(port),
        path,
        str(CONNECTIONS),
        str(seconds),
    ]
    crowd = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield crowd
    finally:
        crowd.kill()
        crowd.wait()


def _load(port: int, path: str, pids: list[int]) -> Load:
    """The load, and all the CPU of these processes meanwhile: also what they spend on other things."""
    with _crowd(port, path, SECONDS) as crowd:
        assert crowd.stdout is not None
        assert crowd.stdout.readline() == "ready\n"
        began = sum(cpu_s(pid) for pid in pids)
        answered = int(crowd.stdout.readline().split()[0])
        return Load(answered, sum(cpu_s(pid) for pid in pids) - began)


def _busy(
    server: Server, folder: Path, event: str, path: str, front: int
) -> tuple[Load, list[float]]:
    """The load, while a chip is read ten times a second: (it, ms until each read was in the front's Picture)."""
    now = wall_now()
    key, token = new_key("device", created_at=now, expires_at=now + 86_400_000, label="LOAD")
    with contextlib.closing(store_of(folder, event)) as store:
        store.people.put_key(key)
    late_ms: list[float] = []
    stopping = threading.Event()
    reading = threading.Thread(target=_read, args=(server.port, event, token, late_ms, stopping))
    reading.start()
    load = _load(server.port, path, [front])
    stopping.set()
    reading.join()
    return load, late_ms


def _read(
    port: int, event: str, token: str, late_ms: list[float], stopping: threading.Event
) -> None:
    number = 0
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    headers = {"Authorization": f"Bearer {token}"}
    while not stopping.is_set():
        number += 1
        before = _seq(port)
        item = {
            "seq": number,
            "kind": "read",
            "seen_at": 1_777_842_000_000 + number,
            "chip": "9F9F",
            "place": "5k",
        }
        sent_s = time.monotonic()
        connection.request(
            "POST", f"/{event}/facts", msgspec.json.encode({"items": [item]}), headers
        )
        connection.getresponse().read()
        while _seq(port) <= before:
            time.sleep(0.01)
        late_ms.append(1000 * (time.monotonic() - sent_s))
        time.sleep(READ_EVERY_S)


def _seq(port: int) -> int:
    (event,) = get_json(port, "/healthz")["events"].values()
    return int(event["number"].split("-")[0])


class _Gone(NamedTuple):
    """s from the request to the last answer that still had the story, and answers with it after the deadline."""

    after_s: float
    late: int


def _take_down(server: Server, folder: Path, path: str) -> tuple[_Gone, _Gone | None]:
    """Anybody asks for it, while everybody reads, directly and through a proxy that caches."""
    with contextlib.ExitStack() as held:
        proxy = held.enter_context(_cached(folder, server.port))
        beside = None
        if proxy is not None:
            assert get(proxy.port, path)[0] == 200
            beside = held.enter_context(_crowd(proxy.port, path, CACHED_S + 4))
        crowd = held.enter_context(_crowd(server.port, path, SECONDS + 2))
        for each in (crowd, beside):
            if each is not None:
                assert each.stdout is not None
                assert each.stdout.readline() == "ready\n"
        time.sleep(1.0)
        body = urllib.parse.urlencode({"text": "not me"})
        connection = http.client.HTTPConnection(HOST, server.port, timeout=30)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        }
        began_s = time.time()
        connection.request("POST", f"{path}/takedown", body, headers)
        assert connection.getresponse().status == 200
        direct = _gone(crowd, began_s, ORIGIN_S)
        return direct, _gone(beside, began_s, CACHED_S) if beside is not None else None


def _gone(crowd: subprocess.Popen[str], began_s: float, deadline_s: int) -> _Gone:
    assert crowd.stdout is not None
    last_s, by_second = crowd.stdout.readline().split()[1:3]
    late = sum(int(one) for one in by_second.split(",")[1 + deadline_s + 1 :])
    return _Gone(max(0.0, float(last_s) - began_s), late)


def _nginx(folder: Path, page: bytes) -> Load | None:
    """nginx with the same file; None where it is not installed."""
    (folder / "html").mkdir()
    (folder / "html" / "story.html").write_bytes(page)
    with _serving(folder, "file", f"root {folder}/html; etag on;") as nginx:
        if nginx is None:
            return None
        workers = [pid for pid, parent, _ in list_running() if parent == nginx.pid]
        return _load(nginx.port, "/story.html", workers)


class _Nginx(NamedTuple):
    """A running nginx: its process, and its port."""

    pid: int
    port: int


@contextlib.contextmanager
def _serving(folder: Path, name: str, says: str, http: str = "") -> Iterator[_Nginx | None]:
    """nginx with one server that ``says`` something; None where it is not installed."""
    program = next((found for one in NGINX if (found := shutil.which(one))), None)
    if program is None:
        yield None
        return
    port, own = free_port(), folder / f"nginx-{name}"
    own.mkdir()
    (own / "nginx.conf").write_text(
        f"worker_processes 1; daemon off; pid {own}/nginx.pid; error_log {own}/error.log;\n"
        "events { worker_connections 1024; }\n"
        "http { types { text/html html; } access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;\n"
        f"client_body_temp_path {own}/b; proxy_temp_path {own}/p; fastcgi_temp_path {own}/f;\n"
        f"uwsgi_temp_path {own}/u; scgi_temp_path {own}/s; {http}\n"
        f"server {{ listen {HOST}:{port}; {says} }} }}\n"
    )
    folder.chmod(0o755)
    nginx = subprocess.Popen(
        [program, "-c", str(own / "nginx.conf"), "-p", str(own)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                get(port, "/story.html")
                break
            time.sleep(0.05)
        yield _Nginx(nginx.pid, port)
    finally:
        nginx.terminate()
        nginx.wait()


def _cached(folder: Path, port: int) -> contextlib.AbstractContextManager[_Nginx | None]:
    """nginx as a caching proxy before the server, which obeys its headers and leaves queries out of its key."""
    says = f"location / {{ proxy_pass http://{HOST}:{port}; proxy_set_header Host {HOST}:{port}; proxy_cache one; "
    says += "proxy_cache_key $uri; proxy_http_version 1.1; proxy_set_header Connection ''; }"
    return _serving(
        folder, "proxy", says, f"proxy_cache_path {folder}/cache keys_zone=one:1m inactive=10m;"
    )
