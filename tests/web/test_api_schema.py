"""Whatever is asked of the API, by its own document or against it: no server error, an answer of the form that the
document promises, and nothing that a role should not see. ``HOMESTRETCH_EXAMPLES=2000`` asks for longer."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine, Iterator
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as openapi_checks

from homestretch.race.privacy import Role
from homestretch.web.api.document import make_document
from homestretch.web.api.operations import OPERATIONS
from tests.boards.pictures import person
from tests.patience import PATIENCE_S
from tests.state.days import Day, a_day
from tests.web.kept_day import KeptDay, kept_day

EXAMPLES = int(os.environ.get("HOMESTRETCH_EXAMPLES", "12"))
ROLES: tuple[Role, ...] = ("public", "announcer", "device", "control")
CANARY = "zqcanaryqz"
CHECKS = [
    schemathesis.checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]
BIBS = ["1", "2", "3", "4", "5", "77", " 1 ", "../1", "\u0661", "1%00"]


def make_day() -> Day:
    """Five entrants: one asked to be hidden, one is a child; four are home, one is on the road."""
    day = a_day()
    for bib in ("1", "2", "3", "4", "5"):
        day.entrant(bib, age=15 if bib == "3" else 40)
        day.read(bib, "10k", "07:4" + bib)
        if bib != "4":
            day.read(bib, "finish", "10:1" + bib)
    return day


PEOPLE = (
    person("1", "Ada Amberlow", club="Millrace Runners"),
    person("2", f"{CANARY} {CANARY}", "hidden", club=CANARY, town=CANARY, email=CANARY),
    person("3", f"{CANARY} {CANARY}", club=CANARY, town=CANARY, phone=CANARY),
    person("4", "Bela Brightwater", "initials"),
)
"""Nobody knows who wears bib 5: that person was erased."""


class Asked:
    """The day in a keeper on a loop of its own, asked from here."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._day = kept_day(make_day(), "10:30", *PEOPLE)
        self.it: KeptDay = self._run(self._day.__aenter__())

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def send(self, case: schemathesis.Case, role: Role) -> Any:
        """What is answered to a case, sent with a key for a role."""
        given_ = case.as_transport_kwargs(base_url="http://event.test")
        headers = dict(given_.pop("headers", None) or {}) | {"x-role": role}
        if role != "public":
            headers["Authorization"] = f"Bearer {self.it.token(role)}"
        given_.pop("cookies", None)
        if isinstance(body := given_.pop("data", None), (bytes, str)):
            given_["content"] = body
        return self._run(self.it.client.request(headers=headers, **given_))

    def close(self) -> None:
        """End it."""
        self._run(self._day.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()


@pytest.fixture(scope="module")
def asked() -> Iterator[Asked]:
    asked = Asked()
    yield asked
    asked.close()


def load() -> schemathesis.BaseSchema:
    """The document, with paths that mostly lead somewhere."""
    document = msgspec.json.decode(make_document())
    likely = {"event": ["day", "elsewhere"], "race": ["marathon", "none"], "bib": BIBS}
    for path in document["paths"].values():
        for question in path.values():
            for parameter in question.get("parameters", ()):
                if parameter["in"] == "path":
                    parameter["schema"] = {"enum": likely[parameter["name"]]}
    return schemathesis.openapi.from_dict(document)


QUESTIONS = [found.ok() for found in load().get_all_operations()]


@pytest.mark.parametrize(
    ("question", "mode"),
    [
        pytest.param(question, mode, id=f"{question.label} {mode.value}")
        for question in QUESTIONS
        for mode in GenerationMode
        if mode.is_positive or "{" in question.path  # what takes nothing cannot be asked otherwise
    ],
)
def test_no_question_breaks_anything_or_tells_too_much(
    asked: Asked, question: schemathesis.APIOperation, mode: GenerationMode
) -> None:
    statuses: set[int] = set()

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=question.as_strategy(generation_mode=mode), role=st.sampled_from(ROLES))
    def ask(case: schemathesis.Case, role: Role) -> None:
        answer = asked.send(case, role)
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)
        if role != "control":
            assert CANARY not in answer.text

    ask()
    if mode.is_positive and question.method == "get":
        assert 200 in statuses


def test_who_keeps_the_ledger_sees_what_others_must_not(asked: Asked) -> None:
    for bib in ("2", "3"):
        question = next(it for it in QUESTIONS if it.label.endswith("/runners/{bib}"))
        case = question.Case(path_parameters={"event": "day", "bib": bib})
        assert CANARY in asked.send(case, "control").text
        assert asked.send(case, "public").status_code == 404


def test_every_question_is_among_those_that_are_asked() -> None:
    assert len(QUESTIONS) == len(OPERATIONS) + 3
