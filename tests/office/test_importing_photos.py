"""Pictures into an event: kept, looked at once, judged by what the mats say, sightings where they are sure."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from homestretch.errors import NotFound
from homestretch.facts import (
    PhotoAnswered,
    PhotoLocked,
    PhotoLooked,
    PhotoTaken,
    PhotoTakenDown,
    Sighting,
    Struck,
    received,
)
from homestretch.live import Live
from homestretch.office.importing_photos import Seen, see_pictures, take_pictures
from homestretch.office.judging_photos import judge_pictures
from homestretch.photos.camera import ENOUGH
from homestretch.photos.deciding import AUTO
from homestretch.photos.values import Box, Look, SeenNumber
from homestretch.server.small_photos import KEEP_MS, erase_due
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.photo_values import UNKNOWN, Photo
from homestretch.store.memory import MemoryLog, MemoryPeople
from homestretch.store.opening import Store
from homestretch.store.pictures import Pictures, name_of, small_of, url_of
from tests.photos.bib_pictures import TESTING, Worn, as_jpeg, draw
from tests.state.days import POINTS, ZONE, Day, a_day, a_point, at

BEHIND_MS = 61 * 60_000
NOW = at("12:30")
BIBS = [str(4101 + 7 * n) for n in range(40)]


def passes_at(number: int) -> int:
    """When a runner is at the camera at 25 km, UTC ms: halfway between their reads at half and 30k."""
    return (
        at("09:00") + number * 60_000 + round((25_000 - 21_097.5) / (30_000 - 21_097.5) * 3_000_000)
    )


def a_field() -> Day:
    """Forty people, a minute apart, each 50 minutes from half to 30k."""
    day = a_day(points=[*POINTS, a_point("25k", 25_000.0, kind="station")])
    for number, bib in enumerate(BIBS):
        day.entrant(bib)
        day.read_chip(f"C{bib}", "start", "07:00:10")
        for place, minutes in (("half", 120), ("30k", 170)):
            moment = at("07:00") + (minutes + number) * 60_000
            wall = dt.datetime.fromtimestamp(moment / 1000, ZONE)
            day.read(bib, place, f"{wall:%H:%M:%S}")
    return day


@pytest.fixture
def store() -> Store:
    log = MemoryLog()
    log.append(a_field().items)
    return Store(log, MemoryPeople())


def photos_of(store: Store) -> list[Photo]:
    columns = Columns()
    columns.take(store.log.read_since(0))
    state = Fold(columns).state(NOW)
    assert state is not None
    return list(state.photos)


def looked_at(store: Store, number: int, text: str, behind_ms: int = BEHIND_MS) -> str:
    """A picture that was looked at before: taken when a runner passed, by a camera 61 minutes behind."""
    photo = f"{number:032x}"
    taken_at = passes_at(number) - behind_ms
    look = Look((SeenNumber(Box(0.4, 0.4, 0.1, 0.05), ((text, 0.99),)),))
    facts = [
        PhotoTaken(seen_at=taken_at, photo=photo, place="25k", camera="a1", timed=True),
        PhotoLooked(seen_at=NOW, photo=photo, look=msgspec.json.encode(look).decode()),
    ]
    store.log.append([received(fact, "photos", NOW, number) for fact in facts])
    return photo


def judge(store: Store) -> dict[str, Photo]:
    judge_pictures(store, a_field().event, NOW)
    return {one.photo: one for one in photos_of(store)}


def sightings(store: Store) -> list[Sighting]:
    found = (one.fact for one in store.log.read_since(0).others)
    return [fact for fact in found if isinstance(fact, Sighting)]


def here() -> Executor:
    return ThreadPoolExecutor(1)


def test_before_ten_reads_nothing_is_tagged_and_after_them_the_time_is_right(store: Store) -> None:
    for number in range(9):
        looked_at(store, number, BIBS[number])
    assert not sightings(store)
    assert all(tag.p < 0.95 for one in judge(store).values() for tag in one.tags)
    for number in range(9, 14):
        looked_at(store, number, BIBS[number])
    judged = judge(store)
    assert all(one.tags[0].p >= 0.95 for one in judged.values())
    assert all(
        abs(one.taken_at - passes_at(int(one.photo, 16))) < 60_000 for one in judged.values()
    )
    assert {fact.bib for fact in sightings(store)} == set(BIBS[:14])


def test_reads_that_disagree_know_nothing_of_a_clock_and_take_no_tag_back(store: Store) -> None:
    early = [looked_at(store, number, BIBS[number]) for number in range(12)]
    assert all(judge(store)[photo].tags[0].p >= AUTO for photo in early)
    late = [
        looked_at(store, number, BIBS[number], BEHIND_MS + (number - 11) * 11 * 60_000)
        for number in range(12, 40)
    ]
    judged = judge(store)
    assert all(judged[photo].tags[0].p >= AUTO for photo in early)
    assert all(judged[photo].reads < ENOUGH for photo in late)
    assert {fact.bib for fact in sightings(store)} == set(BIBS[:12])


def test_a_hidden_digit_is_found_by_who_was_due(store: Store) -> None:
    for number in range(12):
        looked_at(store, number, BIBS[number])
    hidden = looked_at(store, 20, BIBS[20][:-1])
    assert judge(store)[hidden].tags[0].bib == BIBS[20]


def test_a_judgement_keeps_the_odds_of_each_rival_and_when_each_was_expected_there(
    store: Store,
) -> None:
    early = looked_at(store, 20, BIBS[20])
    assert judge(store)[early].tags[0].due_at == UNKNOWN  # the camera's clock is not known yet
    for number in range(12):
        looked_at(store, number, BIBS[number])
    hidden = looked_at(store, 30, BIBS[30][:-1])
    [tag] = judge(store)[hidden].tags
    assert abs(tag.due_at - passes_at(30)) < 2_000
    assert tag.rivals
    for rival in tag.rivals:
        assert 0 <= rival.p < tag.p
        assert abs(rival.due_at - passes_at(BIBS.index(rival.bib))) < 2_000


def test_a_person_wins_over_every_judgement_and_judging_again_says_nothing_new(
    store: Store,
) -> None:
    for number in range(12):
        looked_at(store, number, BIBS[number])
    photo, wrong = f"{3:032x}", BIBS[3]
    assert judge(store)[photo].tags[0].bib == wrong
    said = [
        PhotoAnswered(seen_at=NOW, photo=photo, bib=wrong, answer="not-there"),
        PhotoAnswered(seen_at=NOW, photo=photo, bib="4108", answer="there"),
    ]
    store.log.append([received(fact, "desk", NOW, at) for at, fact in enumerate(said)])
    looked_at(store, 30, BIBS[30])
    before = len(sightings(store))
    tags = judge(store)[photo].tags
    assert [(tag.bib, tag.answered) for tag in tags] == [("4108", True)]
    size = store.log.last_seq()
    judge(store)
    assert store.log.last_seq() == size
    assert len(sightings(store)) == before + 1


def test_never_use_takes_the_burst_along_and_a_takedown_hides_at_once(store: Store) -> None:
    first, far = looked_at(store, 1, BIBS[1]), looked_at(store, 5, BIBS[5])
    near = PhotoTaken(
        seen_at=passes_at(1) - BEHIND_MS + 2_000,
        photo="f" * 32,
        place="25k",
        camera="a1",
        timed=True,
    )
    store.log.append([received(near, "photos", NOW, 77)])
    store.log.append([received(PhotoLocked(seen_at=NOW, photo=first), "desk", NOW, 1)])
    store.log.append([received(PhotoTakenDown(seen_at=NOW, photo=far), "desk", NOW, 2)])
    assert {one.photo: one.usable for one in photos_of(store)} == {
        first: False, "f" * 32: False, far: False,
    }  # fmt: skip


def import_(store: Store, folder: Path, files: list[Path]) -> tuple[int, int, int, Seen]:
    url = url_of(folder)
    event = a_field().event
    told = take_pictures(store, Pictures(url), event, files, "25k", NOW)
    return (
        told.new,
        told.known,
        len(told.refused),
        see_pictures(store, url, event, lambda: NOW, here),
    )


def test_a_picture_that_comes_meanwhile_is_looked_at_before_the_rest_of_a_card(
    store: Store, tmp_path: Path
) -> None:
    event, pictures, url = a_field().event, Pictures(url_of(tmp_path)), url_of(tmp_path)

    def send(name: str, grey: int, now: int) -> str:
        file = tmp_path / f"{name}.png"
        Image.new("RGB", (120, 90), (grey, grey, grey)).save(file)
        assert take_pictures(store, pictures, event, [file], "25k", now).new == 1
        return name_of(file.read_bytes())

    card = [send("card 1", 40, NOW), send("card 2", 80, NOW)]
    rounds = []

    def before_round() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 2:
            card.append(send("phone", 120, NOW + 60_000))

    seen = see_pictures(
        store, url, event, lambda: NOW + 120_000, here, before_round=before_round, at_once=1
    )
    looks = [one.fact for one in store.log.read_since(0).others]
    order = [fact.photo for fact in looks if isinstance(fact, PhotoLooked)]
    assert seen.looked == 3
    assert order[1] == card[2]
    assert sorted(order) == sorted(card)


def test_a_picture_comes_in_once_is_looked_at_once_and_after_a_takedown_never_again(
    store: Store, tmp_path: Path
) -> None:
    for number in range(12):
        looked_at(store, number, BIBS[number])
    exif = Image.Exif()
    wall = dt.datetime.fromtimestamp((passes_at(25) - BEHIND_MS) / 1000, ZONE)
    exif.get_ifd(0x8769)[0x9003] = f"{wall:%Y:%m:%d %H:%M:%S}"
    picture = draw([Worn(BIBS[25], "right")], TESTING, seed=4)
    good, text = tmp_path / "DSC 1.jpg", tmp_path / "notes.jpg"
    good.write_bytes(as_jpeg(picture, exif=exif.tobytes()))
    text.write_text("no picture", encoding="utf-8")
    new, known, refused, seen = import_(store, tmp_path, [good, text])
    assert (new, known, refused, seen.looked) == (1, 0, 1, 1)
    [came] = [one for one in photos_of(store) if one.kept]
    assert came.timed
    assert Pictures(url_of(tmp_path)).get(came.kept) == good.read_bytes()
    assert "DSC" not in came.kept
    new, known, _, seen = import_(store, tmp_path, [good])
    assert (new, known, seen.looked) == (0, 1, 0)
    down = PhotoTakenDown(seen_at=NOW, photo=came.photo)
    store.log.append([received(down, "desk", NOW, 9)])
    smaller = tmp_path / "again.jpg"
    Image.fromarray(picture).resize((900, 600)).save(smaller, quality=70)
    assert import_(store, tmp_path, [smaller])[:3] == (0, 0, 1)


def a_file(
    folder: Path, name: str, seed: int, taken_at: int | None = None, quality: int = 95
) -> Path:
    """A picture of its own for each seed; a lower quality is saved smaller, too."""
    exif = Image.Exif()
    if taken_at is not None:
        wall = dt.datetime.fromtimestamp(taken_at / 1000, ZONE)
        exif.get_ifd(0x8769)[0x9003] = f"{wall:%Y:%m:%d %H:%M:%S}"
    image = Image.fromarray(draw([Worn(BIBS[seed])], TESTING, seed=seed))
    image = image if quality > 90 else image.resize((720, 480))
    image.save(folder / name, "JPEG", quality=quality, exif=exif.tobytes())
    return folder / name


@pytest.mark.parametrize("is_copy_first", [False, True], ids=["locked first", "copy first"])
@pytest.mark.parametrize("is_stripped", [False, True], ids=["with its time", "without a time"])
def test_a_locked_picture_that_comes_again_in_another_size_and_quality_is_locked_again(
    store: Store, tmp_path: Path, is_copy_first: bool, is_stripped: bool
) -> None:
    pictures, event, when = Pictures(url_of(tmp_path)), a_field().event, at("12:00")
    first = a_file(tmp_path, "first.jpg", 4, when)
    copy = a_file(tmp_path, "copy.jpg", 4, None if is_stripped else when, quality=60)
    other = a_file(tmp_path, "other.jpg", 9, when + 60_000)
    lock = PhotoLocked(seen_at=NOW, photo=name_of(first.read_bytes()))
    word = [received(lock, "desk", NOW, 1)]
    if not is_copy_first:
        take_pictures(store, pictures, event, [first], "25k", NOW)
        store.log.append(word)
    told = take_pictures(store, pictures, event, [copy, other], "25k", NOW)
    assert (told.new, told.refused) == (2, ())  # nothing tells its sender that it is locked
    if is_copy_first:
        take_pictures(store, pictures, event, [first], "25k", NOW)
        store.log.append(word)
    usable = {one.photo: one.usable for one in photos_of(store)}
    assert usable == {name_of(file.read_bytes()): file is other for file in (first, copy, other)}
    back = Struck(seen_at=NOW, **word[0].id._asdict())
    store.log.append([received(back, "desk", NOW, 2)])
    assert all(one.usable for one in photos_of(store))  # the lock is taken back from both


def test_of_a_camera_that_stands_still_a_lock_takes_the_burst_and_not_what_looks_alike_all_day(
    store: Store,
) -> None:
    alike = "00000000ffffffff"
    for number, (minute, likeness) in enumerate(
        (("12:00", alike), ("12:10", alike), ("12:20", ""))
    ):
        fact = PhotoTaken(
            seen_at=at(minute), photo=f"{number:032x}", place="25k", camera="a1", timed=True, likeness=likeness,
        )  # fmt: skip
        store.log.append([received(fact, "photos", NOW, number)])
    store.log.append([received(PhotoLocked(seen_at=NOW, photo=f"{0:032x}"), "desk", NOW, 1)])
    assert sorted(one.photo for one in photos_of(store) if one.usable) == [
        f"{n:032x}" for n in (1, 2)
    ]


def test_a_key_of_an_object_store_by_url_works_like_a_folder() -> None:
    pictures = Pictures("memory:///")
    kept = pictures.keep("ab" * 16, "JPEG", b"bytes")
    assert pictures.get(kept) == b"bytes"
    pictures.erase(kept)
    pictures.erase(kept)
    with pytest.raises(Exception, match="no longer kept"):
        pictures.get(kept)


def test_bytes_go_once_a_picture_is_taken_down_and_when_their_time_is_over(
    store: Store, tmp_path: Path
) -> None:
    url = url_of(tmp_path)
    files = []
    for number in (1, 2):
        files.append(tmp_path / f"{number}.jpg")
        files[-1].write_bytes(as_jpeg(draw([Worn(BIBS[number])], TESTING, seed=number)))
    take_pictures(store, Pictures(url), a_field().event, files, "25k", NOW)
    first, second = photos_of(store)
    store.log.append([received(PhotoTakenDown(seen_at=NOW, photo=first.photo), "desk", NOW, 1)])
    live = Live(store.log, store.people, lambda: NOW, lambda _picture: None)
    live.refresh()
    assert erase_due(live, url, NOW) == 1
    for name in (first.kept, small_of(first.photo)):
        with pytest.raises(NotFound):
            Pictures(url).get(name)
    assert Pictures(url).get(second.kept)
    assert erase_due(live, url, NOW + KEEP_MS + 1000) == 2
    with pytest.raises(NotFound):
        Pictures(url).get(second.kept)
