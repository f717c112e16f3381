"""Runners in shards: everybody once, nobody who is hidden, and of nobody where they are."""

from __future__ import annotations

from typing import Any

import pytest

from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.showing import shown
from tests.boards.days import ALL, CANARY, make_picture
from tests.web.shelf import make_client

WHERE = ("10K", "Half", "30K", "at_m", "passed_at", "seen_at", "position")


def shards_of(picture: Picture) -> list[dict[str, Any]]:
    client = make_client(picture)
    first = client.get("/three-rivers/shards/0.json").json()
    return [client.get(f"/three-rivers/shards/{n}.json").json() for n in range(first["shards"])]


@pytest.mark.parametrize("moment", ["before the gun", "small", "late", "finished"])
def test_everybody_who_is_shown_stands_in_one_shard_and_nobody_else(moment: str) -> None:
    picture = make_picture(ALL[moment])
    rows = range(len(picture.state.roster.bibs))
    seen = [one["bib"] for shard in shards_of(picture) for one in shard["runners"]]
    wanted = [picture.state.roster.bibs[r] for r in rows if not shown(picture, Viewer(), r).hidden]
    assert sorted(seen) == sorted(wanted)
    assert all(len(shard["runners"]) <= 64 for shard in shards_of(picture))


def test_a_shard_says_of_nobody_where_they_are_and_names_nobody_hidden() -> None:
    client = make_client(make_picture(CANARY))
    text = client.get("/three-rivers/shards/0.json").text
    assert "canary" not in text
    assert not any(word in text for word in WHERE)
    assert "on the road" in text


def test_a_cdn_is_told_how_long_a_shard_holds_and_that_nothing_changed() -> None:
    client = make_client(make_picture(ALL["small"]))
    answer = client.get("/three-rivers/shards/0.json")
    assert (
        answer.headers["cache-control"]
        == "public, max-age=0, s-maxage=5, stale-while-revalidate=30"
    )
    again = client.get("/three-rivers/shards/0.json", {"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert client.get("/three-rivers/shards/99.json").status_code == 404
