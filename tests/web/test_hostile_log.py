"""What a stranger asks for is written to the log without doing anything there."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from homestretch.web.access import GuardedRoute
from tests.boards.days import ALL, make_picture
from tests.web.shelf import Client, make_app


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
