"""The API for other systems: what it answers, to whom, and how it says that it cannot."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import msgspec
import pytest

from homestretch.race.privacy import Viewer
from homestretch.showing import shown
from homestretch.web.api.document import make_document
from homestretch.web.api.operations import OPERATIONS, ROOT
from tests.aside import run
from tests.boards.days import ALL, CANARY, CANARY_OVER, Wanted, make_picture
from tests.herald.test_happenings import declared
from tests.state.days import a_day
from tests.web.kept_day import kept_day
from tests.web.shelf import Client, make_client

DAY = make_picture(ALL["late"])
HERE = f"{ROOT}/events/three-rivers"


@pytest.fixture(scope="module")
def client() -> Client:
    return make_client(DAY)


def test_the_field_is_told_in_the_order_of_places_page_by_page() -> None:
    full = make_client(make_picture(Wanted(marathon=150, half=0, minutes=900)))
    found = full.get(f"{HERE}/races/marathon/results").json()
    pages, address = [found["rows"]], found["next"]
    while address is not None:
        more = full.get(address).json()
        pages, address = [*pages, more["rows"]], more["next"]
    assert len(pages) == found["pages"] > 1
    places = [row["place"] for rows in pages for row in rows]
    assert places == list(range(1, found["found"] + 1))
    assert all(len(rows) == 100 for rows in pages[:-1])


def test_the_next_page_keeps_what_was_chosen() -> None:
    full = make_client(make_picture(Wanted(marathon=480, half=0, minutes=900)))
    found = full.get(f"{HERE}/races/marathon/results?sex=f").json()
    more = full.get(found["next"]).json()
    assert (more["page"], more["found"]) == (2, found["found"])
    assert {row["sex"] for row in more["rows"]} <= {"f", ""}


def test_a_result_has_exact_times_and_the_next_longer_second(client: Client) -> None:
    row = client.get(f"{HERE}/races/marathon/results").json()["rows"][0]
    seconds = -(-row["net_ms"] // 1000)
    assert row["net"] == str(dt.timedelta(seconds=seconds))
    assert dt.datetime.fromisoformat(row["finished_at"]).utcoffset() == dt.timedelta(hours=-4)


def test_a_division_is_a_table_that_can_be_asked_for(client: Client) -> None:
    beside = client.get(f"{HERE}/races/marathon/results").json()["tables"]
    wheels = next(table for table in beside if table["id"] == "division-wheelchair")
    found = client.get(f"{HERE}/races/marathon/results?table=division-wheelchair").json()
    assert found["found"] == len(found["rows"]) == wheels["count"] > 0
    assert [row["place"] for row in found["rows"]] == list(range(1, wheels["count"] + 1))


def test_everybody_of_a_race_is_counted_once(client: Client) -> None:
    for race in client.get(f"{HERE}/races").json()["races"]:
        number = [one.id for one in DAY.event.races].index(race["id"])
        assert sum(race["counts"].values()) == int((DAY.state.roster.race == number).sum())
        assert race == client.get(f"{HERE}/races/{race['id']}").json()["race"]


def test_a_runner_is_told_as_on_the_page_and_a_hidden_one_to_those_alone_who_keep_the_ledger(
    client: Client,
) -> None:
    roster = DAY.state.roster
    hidden = [row for row in range(len(roster.bibs)) if shown(DAY, Viewer(), row).hidden]
    open_ = next(row for row in range(len(roster.bibs)) if row not in hidden)
    found = client.get(f"{HERE}/runners/{roster.bibs[open_]}").json()
    assert found["name"] == shown(DAY, Viewer(), open_).name
    assert (
        client.get(f"{HERE}/runners/{roster.bibs[open_]}/splits").json()["splits"]
        == found["splits"]
    )
    assert len(hidden) > 3
    for row in hidden:
        address = f"{HERE}/runners/{roster.bibs[row]}"
        assert client.get(address).status_code == 404
        assert client.get(address, {"x-role": "control"}).json()["bib"] == roster.bibs[row]


@pytest.mark.parametrize("day", [CANARY, CANARY_OVER], ids=["on the day", "after it"])
@pytest.mark.parametrize("role", ["public", "announcer", "device", "photographer"])
def test_nothing_of_who_asked_to_be_hidden_is_in_any_answer(role: str, day: Wanted) -> None:
    picture = make_picture(day)
    client = make_client(picture)
    addresses = [f"{HERE}/races/{race}/results?page=1" for race in ("marathon", "half")]
    addresses += [f"{HERE}{path}" for path in ("", "/races", "/points", "/course", "/health")]
    addresses += [f"{HERE}/runners/{bib}" for bib in picture.state.roster.bibs]
    answers = [client.get(address, {"x-role": role}) for address in addresses]
    assert sum(answer.status_code == 200 for answer in answers) > 20
    assert not [answer.text for answer in answers if "canary" in answer.text]


def test_roads_and_alarms_are_told_to_those_alone_who_keep_the_ledger() -> None:
    client = make_client(make_picture(ALL["small"]))  # the mat at 15K is silent
    assert client.get(f"{HERE}/health").json()["alarms"] is None
    assert client.get(f"{HERE}/course").json()["zones"] is None
    staff = {"x-role": "control"}
    assert "Nobody is read at 15K" in client.get(f"{HERE}/health", staff).json()["alarms"][0]
    assert client.get(f"{HERE}/course", staff).json()["zones"]


def test_a_key_that_has_ended_or_is_none_is_refused_so_that_a_program_notices(
    client: Client,
) -> None:
    for given in ("Bearer no-key-at-all", "Basic bm86a2V5", "Bearer"):
        answer = client.get(f"{HERE}/course", {"authorization": given})
        assert (answer.status_code, answer.json()["status"]) == (403, 403), given
        assert "has ended" in answer.json()["detail"]
    assert client.get(f"{HERE}/course").status_code == 200


def test_what_control_says_of_the_course_is_told() -> None:
    found = make_client(make_picture(ALL["stopped"])).get(f"{HERE}/course").json()
    assert found["state"] == "stopped"
    assert found["words"][0]["instruction"].startswith("Lightning")


def test_results_that_were_declared_stay_as_they_were_and_older_versions_can_be_asked_for() -> None:
    then, now = make_picture(Wanted(minutes=300)), DAY
    first = declared(then, "marathon", 1)
    client = make_client(replace(now, versions=(first, declared(now, "marathon", 2))))
    provisional = make_client(then).get(f"{HERE}/races/marathon/results").json()
    assert (provisional["results"], provisional["version"]) == ("provisional", None)
    newest = client.get(f"{HERE}/races/marathon/results").json()
    assert (newest["results"], newest["version"]) == ("official", 2)
    assert [version["number"] for version in newest["versions"]] == [1, 2]
    older = client.get(f"{HERE}/races/marathon/results?version=1").json()
    assert (older["version"], older["rows"]) == (1, provisional["rows"])
    assert len(newest["rows"]) > len(older["rows"])
    assert client.get(f"{HERE}/races/marathon/results?version=3").status_code == 404
    races = {race["id"]: race for race in client.get(f"{HERE}/races").json()["races"]}
    assert (races["marathon"]["results"], races["marathon"]["version"]) == ("official", 2)
    assert (races["half"]["results"], races["half"]["version"]) == ("provisional", None)


def test_an_answer_that_is_known_is_not_sent_again(client: Client) -> None:
    first = client.get(f"{HERE}/points")
    again = client.get(f"{HERE}/points", {"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    newer = make_client(replace(DAY, number="newer"))
    assert newer.get(f"{HERE}/points", {"If-None-Match": first.headers["etag"]}).status_code == 200


def test_an_answer_for_a_role_is_kept_by_nobody_on_the_way(client: Client) -> None:
    staff = client.get(f"{HERE}/course", {"x-role": "control"})
    assert staff.headers["cache-control"] == "private, no-cache"
    assert staff.headers["etag"] != client.get(f"{HERE}/course").headers["etag"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{ROOT}/nothing", 404),
        (f"{ROOT}/events/elsewhere", 404),
        (f"{HERE}/races/ultra", 404),
        (f"{HERE}/races/marathon/results?table=none", 404),
        (f"{HERE}/races/marathon/results?page=0", 400),
        (f"{HERE}/races/marathon/results?page=99", 404),
        (f"{HERE}/races/marathon/results?sex=elf", 400),
        (f"{HERE}/runners/99999", 404),
    ],
)
def test_what_cannot_be_answered_is_a_problem_with_a_hint(
    client: Client, address: str, status: int
) -> None:
    answer = client.get(address, {"Origin": "https://club.example", "Accept": "text/html"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() == {"type", "title", "status", "detail", "hint"}
    assert answer.json()["status"] == status
    assert answer.json()["detail"]
    assert answer.headers["access-control-allow-origin"] == "*"


def test_before_there_is_an_event_it_says_when_to_ask_again() -> None:
    answer = make_client().get(f"{ROOT}/health")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_pages_of_others_may_read_and_not_write(client: Client) -> None:
    asked = {"Origin": "https://club.example", "Access-Control-Request-Headers": "authorization"}
    get = client.request(
        "OPTIONS", f"{HERE}/points", asked | {"Access-Control-Request-Method": "GET"}
    )
    assert get.status_code == 200
    assert "access-control-allow-credentials" not in get.headers
    post = client.request(
        "OPTIONS", f"{HERE}/facts", asked | {"Access-Control-Request-Method": "POST"}
    )
    assert post.status_code == 400


def test_only_reading_is_possible_but_where_facts_come_in(client: Client) -> None:
    for operation in OPERATIONS:
        path = operation.path.format(event="three-rivers", race="marathon", bib="102")
        for method in ("POST", "PUT", "DELETE"):
            answer = client.request(method, f"{ROOT}{path}", {"x-role": "director"})
            assert answer.status_code == 405, (method, path)


def test_a_device_sends_its_reads_and_they_are_durable_when_it_is_answered() -> None:
    body = msgspec.json.encode(
        {"items": [{"seq": 1, "kind": "read", "seen_at": 1_777_806_000_000, "chip": "C7", "place": "10k"},
                   {"seq": 2, "kind": "flag", "seen_at": 1_777_806_000_000, "state": "stopped"}]}
    )  # fmt: skip

    async def send() -> None:
        day = a_day()
        day.entrant("7")
        async with kept_day(day, "07:30") as it:
            address = f"{ROOT}/events/{day.event.id}/facts"
            before = it.log.last_seq()
            none = await it.client.post(address, content=body)
            assert (none.status_code, none.json()["title"]) == (403, "Not for this key")
            key = {"Authorization": f"Bearer {it.token('device')}"}
            kept = (await it.client.post(address, content=body, headers=key)).json()
            assert (kept["durable"], kept["refused_count"]) == (1, 1)
            assert kept["refused"][0]["seq"] == 2
            assert it.log.last_seq() == before + 2  # the refused one as an unreadable fact

    run(send())


def test_the_document_names_every_address_and_every_shape(client: Client) -> None:
    document = client.get(f"{ROOT}/openapi.json").json()
    assert document == msgspec.json.decode(make_document())
    assert set(document["paths"]) == {
        f"{ROOT}{path}" for path in ("/health", "/events", "/events/{event}/facts")
    } | {f"{ROOT}{operation.path}" for operation in OPERATIONS}
    for schema in document["components"]["schemas"].values():
        assert schema["description"]
