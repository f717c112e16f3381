"""What a stranger asks for is written to the log without doing anything there."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from homestretch.errors import StoreError
from homestretch.server.front import Front
from homestretch.web.access import GuardedRoute
from tests.boards.days import ALL, make_picture
from tests.web.shelf import Client, make_app

TOKEN = "VGhpcyBpcyBhIGtleSBvZiBub2JvZHkgYXQgYWxs"


def test_a_path_in_the_log_is_coded(capfd: pytest.CaptureFixture[str]) -> None:
    async def break_down(_: Request) -> None:
        raise ZeroDivisionError

    application, _ = make_app(make_picture(ALL["small"]))
    application.router.routes.insert(0, GuardedRoute("/broken/{rest}", break_down, who=["public"]))
    answer = Client(application).get("/broken/%1b[2J")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    out, err = capfd.readouterr()
    said = out + err
    assert "/broken/%1B%5B2J" in said
    assert "\x1b[2J" not in said


@pytest.mark.parametrize("failing", [ZeroDivisionError, StoreError])
def test_no_key_comes_into_the_log_and_no_file_of_ours_to_the_public(
    failing: type[Exception], capfd: pytest.CaptureFixture[str]
) -> None:
    async def break_down(request: Request) -> None:
        raise failing(f"/srv/race/people.db is locked for {request.url} {request.headers}")

    for path in (
        "/three-rivers/key/{token}",
        "/three-rivers/me/{token}",
        "/three-rivers/doors/box/{token}",
        "/three-rivers",
    ):
        application, _ = make_app(make_picture(ALL["small"]))
        application.router.routes.insert(0, GuardedRoute(path, break_down, who=["public"]))
        address = path.replace("{token}", TOKEN) + f"?key={TOKEN}"
        headers = {
            "Authorization": f"Bearer {TOKEN}",
            "Cookie": f"homestretch-x={TOKEN}; homestretch.me-x=A{TOKEN}.{TOKEN}",
        }
        for accept in ("text/html", "application/json"):
            answer = Client(application).get(address, {**headers, "Accept": accept})
            assert answer.status_code == 500
            assert "people.db" not in answer.text
            assert "The race is kept all the same" in answer.text
        out, err = capfd.readouterr()
        assert "people.db" in out + err, "our log says what it was"
        assert path.replace("{token}", "***") in out + err
        assert TOKEN not in out + err


def test_while_the_race_is_read_in_that_is_said_as_a_page_and_nothing_has_failed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    application, _ = make_app()
    application.state.pictures = application.state.front = Front(lambda _: None)
    for address in ("/three-rivers", "/three-rivers/me", "/three-rivers/runners/101"):
        for accept in ("text/html", "application/json"):
            answer = Client(application).get(address, {"Accept": accept})
            assert answer.status_code == 503, address
            assert "being read in" in answer.text
            assert answer.headers["retry-after"]
    assert "an answer failed" not in "".join(capfd.readouterr())
