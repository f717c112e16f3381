"""A published event as plain files: everything that the public sees, nothing else, and a later run changes no more than
has changed."""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from homestretch.errors import PlanError
from homestretch.facts import (
    Hidden,
    StoryAsked,
    StoryPublished,
    StoryWithdrawn,
    TakedownAsked,
    received,
)
from homestretch.office.site import LIST, Watch, make_public_picture, publish
from homestretch.office.site_pages import file_of
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.showing import shown
from homestretch.store.memory import MemoryLog, MemoryPeople
from homestretch.store.opening import Store
from homestretch.stories.finding import find_stories
from homestretch.stories.values import Story, story_id
from tests.boards.days import OVER, make_picture
from tests.boards.pictures import person
from tests.state.days import at
from tests.stories.days import picture_at, published, saying, words_of
from tests.web.test_story_told import everybody_home

ORIGIN = "https://results.example"


@pytest.fixture(scope="module")
def pair() -> Story:
    return find_stories(picture_at(7, 120, 200, 17.0))[0]


@pytest.fixture(scope="module")
def told(pair: Story) -> Picture:
    return replace(published(picture_at(7, 120, 200, 17.0), pair), number="published")


@pytest.fixture(scope="module")
def site(told: Picture, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    publish(told, out, ORIGIN, runners=False)
    return out


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the parser gives it
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def links_of(page: Path) -> list[str]:
    parser = _Links()
    parser.feed(page.read_text(encoding="utf-8"))
    return [
        link for link in parser.found if not link.startswith(("#", "https://", "data:", "tel:"))
    ]


def test_every_link_of_every_page_leads_to_a_file(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        for link in links_of(page):
            assert not link.startswith("/"), (page, link)
            assert (page.parent / link.partition("#")[0]).is_file(), (page, link)


def test_nothing_is_left_that_only_a_server_answers(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "hx-sse:connect" not in text, page
        assert "<form" not in text, page
        assert "/takedown" not in text, page


def test_the_story_is_there_with_all_that_belongs_to_it(site: Path, pair: Story) -> None:
    folder = site / "three-rivers" / "stories" / pair.id
    assert {file.name for file in folder.iterdir()} == {
        "index.html",
        "card.svg",
        "card.png",
        "press-kit.zip",
    }
    assert f"{ORIGIN}/three-rivers/stories/{pair.id}" in (folder / "index.html").read_text(
        encoding="utf-8"
    )
    assert pair.id in (folder.parent / "feed.xml").read_text(encoding="utf-8")
    assert pair.id in (folder.parent / "feed.json").read_text(encoding="utf-8")


def test_a_second_run_changes_nothing_and_a_story_taken_down_is_gone_from_everything(
    told: Picture, pair: Story, site: Path, tmp_path: Path
) -> None:
    shutil.copytree(site, tmp_path, dirs_exist_ok=True)
    (tmp_path / "CNAME").write_text("results.example")
    times = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*") if file.name != LIST}
    again = publish(told, tmp_path, ORIGIN, runners=False)
    assert (again.written, again.removed) == (0, 0)
    down = saying(told, *words_of(told, pair, "takedown-asked"))
    after = publish(replace(down, number="published"), tmp_path, ORIGIN, runners=False)
    assert after.removed == 5
    assert 0 < after.written < 10
    for file in tmp_path.rglob("*"):
        if file.is_file() and file.suffix in (".html", ".json", ".xml", ".svg"):
            assert pair.id not in file.read_text(encoding="utf-8"), file
    assert not (tmp_path / "three-rivers" / "stories" / pair.id).exists()
    assert (tmp_path / "CNAME").is_file()
    kept = [file for file, at in times.items() if file.exists() and file.stat().st_mtime_ns == at]
    assert len(kept) >= len(times) - after.removed - after.written - 5


def test_without_an_address_nothing_pretends_to_have_one(
    told: Picture, pair: Story, tmp_path: Path
) -> None:
    publish(told, tmp_path, "", runners=False)
    page = (tmp_path / "three-rivers" / "stories" / pair.id / "index.html").read_text(
        encoding="utf-8"
    )
    assert "results.invalid" not in page
    assert "og:title" in page
    assert "og:image" not in page
    assert not (tmp_path / "three-rivers" / "stories" / "feed.xml").exists()


def test_whoever_is_hidden_stands_in_no_file_and_runners_shown_have_a_page(tmp_path: Path) -> None:
    picture = make_picture(replace(OVER, marathon=40, half=20, canary="canary"))
    publish(picture, tmp_path, ORIGIN, runners=True)
    runners = {file.parent.name for file in tmp_path.glob("three-rivers/runners/*/index.html")}
    roster = picture.state.roster
    for row, bib in enumerate(roster.bibs):
        if shown(picture, Viewer(), row).hidden:
            assert bib not in runners
    assert len(runners) > 20
    for file in tmp_path.rglob("*"):
        if file.is_file() and file.suffix in (".html", ".json", ".xml"):
            assert "canary" not in file.read_text(encoding="utf-8"), file


def test_a_list_that_is_none_and_a_folder_that_cannot_be_are_said(
    told: Picture, tmp_path: Path
) -> None:
    (tmp_path / LIST).write_text("not a list")
    with pytest.raises(PlanError, match="not the list"):
        publish(told, tmp_path, "", runners=False)
    (tmp_path / "file").write_text("")
    with pytest.raises(PlanError, match="cannot be written"):
        publish(told, tmp_path / "file", "", runners=False)


def test_a_list_of_an_earlier_run_removes_nothing_outside_of_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "mine.txt"
    outside.write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / LIST).write_text('{"../mine.txt": "x"}')
    publish(make_picture(replace(OVER, marathon=40, half=20)), out, "", runners=False)
    assert outside.read_text() == "mine"


def test_each_address_has_a_file_of_its_own_that_a_host_can_serve() -> None:
    files = {
        file_of(address)
        for address in (
            "/e",
            "/e/towns",
            "/e/towns?town=A",
            "/e/towns?town=%C3%85",
            "/e/results/a?page=2",
        )
    }
    assert len(files) == 5
    assert all(re.fullmatch(r"[a-z0-9/.A-Z-]+", file) for file in files)


def a_store() -> tuple[Store, str]:
    """Everybody is home, and the story of the last of them is published."""
    store, story = Store(MemoryLog(), MemoryPeople()), story_id("last", ["e13"])
    store.log.append(everybody_home().items)
    store.people.put_persons(
        [person("12", "Ada Amberlow"), person("13", "Bela Coldwell", story_answers={story: "yes"})]  # type: ignore[arg-type]  # a person's field
    )
    said = StoryAsked(seen_at=at("14:00"), story=story, entrant="e13", channel="qr")
    done = StoryPublished(seen_at=at("14:01"), story=story)
    store.log.append([received(fact, "key-desk", fact.seen_at) for fact in (said, done)])
    return store, story


def files_with(out: Path, words: str) -> list[str]:
    """Files of the site that say these words, wherever they stand in them, or are called so."""
    return [
        str(file.relative_to(out))
        for file in out.rglob("*")
        if file.is_file() and (words in str(file) or words.encode() in file.read_bytes())
    ]


def test_a_site_that_is_watched_loses_a_story_with_the_next_look(tmp_path: Path) -> None:
    store, story = a_store()
    watch = Watch(store, lambda: at("15:00"), tmp_path, ORIGIN, runners=True)
    first = watch.look()
    assert first is not None
    assert first.removed == 0
    assert len(files_with(tmp_path, story)) >= 8
    assert watch.look() is None
    store.log.append([received(TakedownAsked(seen_at=at("14:30"), story=story), "page", at("14:30"))])  # fmt: skip
    began_s = time.process_time()
    again = watch.look()
    assert again is not None
    assert again.removed == 5
    assert time.process_time() - began_s < 20
    assert files_with(tmp_path, story) == []
    assert "max-age=30" in (tmp_path / "_headers").read_text()


def test_a_hidden_runners_page_goes_before_anything_else_is_written(tmp_path: Path) -> None:
    store, _ = a_store()
    watch = Watch(store, lambda: at("15:00"), tmp_path, ORIGIN, runners=True)
    watch.look()
    page = tmp_path / "day" / "runners" / "13" / "index.html"
    assert page.is_file()
    store.log.append([received(Hidden(seen_at=at("14:30"), entrant="e13"), "key", at("14:30"))])
    picture = make_public_picture(store, at("15:00"))
    done = publish(picture, tmp_path, ORIGIN, runners=True, is_stale=lambda: True)
    assert (done.written, page.exists()) == (0, False)


def test_a_run_that_is_overtaken_stops_and_the_next_look_ends_the_work(tmp_path: Path) -> None:
    store, story = a_store()
    watch = Watch(store, lambda: at("15:00"), tmp_path, ORIGIN, runners=True)

    picture = make_public_picture(store, at("15:00"))
    before = publish(picture, tmp_path, ORIGIN, runners=True)
    looks = iter([False, True])
    cut = publish(picture, tmp_path / "other", ORIGIN, runners=True, is_stale=lambda: next(looks))
    assert 0 < cut.written < before.written
    watch.look()
    assert not watch._is_stale()
    down = TakedownAsked(seen_at=at("14:30"), story=story)
    store.log.append([received(down, "page", at("14:30"))])
    assert watch._is_stale()
    whole = publish(picture, tmp_path / "other", ORIGIN, runners=True)
    assert whole.files == before.files
    assert cut.written + whole.written == before.written


def test_a_single_run_ends_with_nobody_in_it_who_was_hidden_meanwhile(tmp_path: Path) -> None:
    """On the evening of a race something is said every minute: the run begins again, and goes to its end."""
    store, _ = a_store()
    said = 0

    def now() -> int:
        nonlocal said
        said += 1
        if said in (2, 3):  # while the second and the third run are being made
            entrant = ("e13", "e12")[said - 2]
            fact = Hidden(seen_at=at("14:30"), entrant=entrant)
            store.log.append([received(fact, "key", at("14:30"), said)])
        return at("15:00")

    watch = Watch(store, now, tmp_path, ORIGIN, runners=True)
    watch.look()
    assert files_with(tmp_path, "Coldwell")
    done = watch.finish()
    assert done is None, "nothing was said since"
    store.log.append([received(StoryWithdrawn(seen_at=at("14:20"), story="x"), "key", at("14:20"))])
    done = watch.finish()
    assert done is not None
    assert watch.is_whole
    for name in ("Coldwell", "Amberlow"):
        assert files_with(tmp_path, name) == [], name


_ADDRESS = re.compile(r'<(?:a|link|script|img)\b[^>]*?\b(?:href|src)="([^"]*)"')


def test_every_link_of_every_page_leads_to_a_file_of_the_site_from_whatever_folder_it_is_served(
    site: Path, tmp_path: Path
) -> None:
    """Also those of runners, which have no twin as a file, and of a site that does not know its address, and has no feed;
    nothing is left that only a server answers."""
    publish(make_picture(replace(OVER, marathon=40, half=20)), tmp_path, "", runners=True)
    looked = [sum(_count_links(page) for page in out.rglob("*.html")) for out in (site, tmp_path)]
    assert min(looked) > 100


def _count_links(page: Path) -> int:
    """How many of a page's links lead to files beside it; fails for one that does not."""
    text = page.read_text(encoding="utf-8")
    assert "data-follow=" not in text
    addresses = [unescape(address) for address in _ADDRESS.findall(text)]
    beside = [one for one in addresses if not re.match(r"(https?|tel|mailto|data):|#", one)]
    for address in beside:
        path = unquote(address.partition("#")[0])
        assert not path.startswith("/"), (page, address)
        assert (page.parent / path).resolve().is_file(), (page, address)
    return len(beside)
