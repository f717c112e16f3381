"""Pictures in an object store that speaks S3: a real server of its own process, over http."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest

from bench.served import HOST, free_port
from homestretch.errors import HomestretchError, NotFound
from homestretch.store.pictures import Pictures, small_of
from tests.patience import PATIENCE_S

PHOTO = "ab" * 16


def ask(method: str, url: str) -> None:
    urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=PATIENCE_S).close()


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a server with one bucket, ``race``."""
    address = f"http://{HOST}:{(port := free_port())}"
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                ask("PUT", f"{address}/race")
                break
            time.sleep(0.1)
        yield address
    finally:
        server.kill()
        server.wait()


@pytest.fixture(autouse=True)
def environment(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What says to an object store's client where it is, as on a server that keeps its pictures there."""
    for name, value in (
        ("AWS_ENDPOINT", s3), ("AWS_ALLOW_HTTP", "true"), ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "invented"), ("AWS_SECRET_ACCESS_KEY", "invented"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)


def test_what_is_kept_there_comes_back_byte_by_byte_and_is_gone_once_erased() -> None:
    data = bytes(range(256)) * 4_000
    kept = Pictures("s3://race/spring").keep(PHOTO, "JPEG", data)
    Pictures("s3://race/spring").keep_small(PHOTO, b"small")
    again = Pictures("s3://race/spring")
    assert (again.get(kept), again.get(small_of(PHOTO))) == (data, b"small")
    for _ in range(2):  # what is gone is no error
        again.erase(kept)
    with pytest.raises(NotFound, match="no longer kept"):
        again.get(kept)
    assert again.get(small_of(PHOTO)) == b"small"


def test_two_events_in_one_bucket_do_not_see_each_others_pictures() -> None:
    kept = Pictures("s3://race/spring").keep(PHOTO, "PNG", b"spring")
    with pytest.raises(NotFound):
        Pictures("s3://race/autumn").get(kept)


def test_a_bucket_that_is_not_there_is_told_with_what_to_do() -> None:
    with pytest.raises(HomestretchError, match="could not be kept at s3://nowhere"):
        Pictures("s3://nowhere/spring").keep(PHOTO, "JPEG", b"bytes")
