"""Results within another site's page: the one page that may be framed, and what it may not tell."""

from __future__ import annotations

import re

import pytest

from homestretch.race.clock import say_elapsed
from tests.boards.days import ALL, CANARY_OVER, Wanted, make_picture
from tests.boards.kinds import list_faults
from tests.web.shelf import Client, make_client

HERE = "/three-rivers/results/marathon/embed"


@pytest.fixture(scope="module")
def client() -> Client:
    return make_client(make_picture(Wanted(marathon=150, half=0, minutes=900)))


def test_it_may_be_framed_and_no_other_page_may(client: Client) -> None:
    assert "frame-ancestors *" in client.get(HERE).headers["content-security-policy"]
    for other in ("/three-rivers/results/marathon", "/three-rivers", "/"):
        assert "frame-ancestors 'none'" in client.get(other).headers["content-security-policy"]


def test_it_has_no_script_no_form_and_nothing_inline(client: Client) -> None:
    html = client.get(HERE).text
    assert not list(list_faults(html))
    assert not re.search("<(script|form|iframe|img)", html)
    assert html.count('rel="stylesheet"') == 1


def test_every_place_is_on_one_of_its_pages(client: Client) -> None:
    places: list[int] = []
    address = HERE
    while address:
        html = client.get(address).text
        places += [int(place) for place in re.findall(r'<tr><td class="number">(\d+)</td>', html)]
        later = re.search(r'<a href="([^"]+)">Later places</a>', html)
        address = later[1].replace("&amp;", "&") if later else ""
    assert places == list(range(1, len(places) + 1))
    assert len(places) > 110


def test_a_table_beside_the_field_is_a_link(client: Client) -> None:
    link = re.search(r'<a href="([^"]+)">Wheelchair</a>', client.get(HERE).text)
    assert link is not None
    html = client.get(link[1].replace("&amp;", "&")).text
    assert "<h2>Wheelchair</h2>" in html
    assert ">The field</a>" in html


@pytest.mark.parametrize("role", ["public", "director"])
def test_it_shows_what_the_public_may_see_whoever_asks(role: str) -> None:
    client = make_client(make_picture(CANARY_OVER))
    html = client.get(HERE, {"x-role": role}).text
    assert "private entrant" in html
    assert "canary" not in html


def test_before_anybody_is_home_it_says_so() -> None:
    html = make_client(make_picture(ALL["before the gun"])).get(HERE).text
    assert "Nobody has finished yet." in html
    assert (
        make_client(make_picture(ALL["small"])).get("/three-rivers/results/x/embed").status_code
        == 404
    )


def test_the_time_that_ranks_comes_first() -> None:
    client = make_client(make_picture(Wanted(marathon=10, half=10, minutes=900)))
    heads = {
        race: re.findall(r">(Net|Gun)</th>", client.get(HERE.replace("marathon", race)).text)
        for race in ("marathon", "half")
    }
    assert heads == {"marathon": ["Gun", "Net"], "half": ["Net", "Gun"]}
    rows = client.get("/three-rivers/results/marathon.json").json()["rows"]
    first = re.search(r'</td><td class="number">([\d:]+)</td>', client.get(HERE).text)
    assert first is not None
    assert first[1] == say_elapsed(rows[0]["gun_ms"])
