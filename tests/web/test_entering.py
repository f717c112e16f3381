"""Forms at a real server, at a quarter past twelve: who may enter what, once, and how it is taken back."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import httpx
import pytest

from homestretch.facts import (
    Collected,
    Corrected,
    HelpCalled,
    HelpHeard,
    RoadOpened,
    Sighting,
    Struck,
    TakenOver,
    Withdrawn,
)
from homestretch.race.privacy import Role
from homestretch.store import Logged
from homestretch.store.opening import open_store
from tests.boards.kinds import list_faults
from tests.browser.server import EVENT, Server, demo, wait_for
from tests.patience import PATIENCE_S

NUMBERS = itertools.count(1)
ENTERED = (
    Sighting,
    TakenOver,
    Withdrawn,
    Collected,
    Corrected,
    RoadOpened,
    Struck,
    HelpCalled,
    HelpHeard,
)


class Crew:
    """A browser with a key."""

    def __init__(self, server: Server, role: Role, station: str = "") -> None:
        self.server, self.label = server, f"{role}-crew-{next(NUMBERS)}"
        key_id, self.token = server.make_key(role, station=station, label=self.label)
        self.source, self.by = f"http:{role}-{key_id}/", f"key-{key_id}"
        self.browser = httpx.Client(
            base_url=server.address, follow_redirects=True, timeout=PATIENCE_S
        )
        self.browser.headers["Accept"] = "text/html"
        wait_for(lambda: self.browser.get(f"/{EVENT}/key/{self.token}").status_code == 200)

    def get(self, path: str) -> httpx.Response:
        return self.browser.get(f"/{EVENT}/{path}")

    def post(self, page: str, headers: dict[str, str] | None = None, **fields: object) -> str:
        """The page that answers a form."""
        answer = self.browser.post(f"/{EVENT}/{page}", data=fields, headers=headers)
        assert answer.status_code == 200, answer.text
        assert list(list_faults(answer.text)) == []
        return answer.text

    def facts(self) -> list[Logged]:
        """What this key entered on pages, in the order of the log."""
        with contextlib.closing(open_store(self.server.folders[EVENT], EVENT)) as store:
            others = store.log.read_since(0).others
        mine = [one for one in others if one.id.source.startswith(self.source)]
        return [one for one in mine if isinstance(one.fact, ENTERED)]

    def json(self, path: str) -> dict[str, object]:
        found: dict[str, object] = self.browser.get(f"/{EVENT}/{path}").json()
        return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with demo(tmp_path_factory.mktemp("desk") / "day", "--at=12:15", "--speed=1") as server:
        yield server


Crews = Callable[..., Crew]


@pytest.fixture
def crew_of(server: Server) -> Iterator[Crews]:
    """Makes crews, and closes their browsers."""
    with contextlib.ExitStack() as stack:

        def make(role: Role, station: str = "") -> Crew:
            crew = Crew(server, role, station)
            stack.callback(crew.browser.close)
            return crew

        yield make


@pytest.fixture(scope="module")
def bibs(server: Server) -> Iterator[str]:
    """Bibs of people who are on the road and named to everybody, each for one test."""
    text = (server.folders[EVENT] / "entrants.csv").read_text(encoding="utf-8")

    def on_road() -> Iterator[str]:
        for bib in re.findall(r"(?m)^(\d+),", text):
            answer = server.get(f"/{EVENT}/runners/{bib}.json")
            if answer.status_code == 200 and answer.json()["on_road"]:
                yield bib

    return on_road()


def hidden(page: str, name: str) -> list[str]:
    """The values of the hidden fields of a name."""
    return [unescape(v) for v in re.findall(rf'type="hidden" name="{name}" value="([^"]*)"', page)]


def test_a_radio_line_is_looked_at_first_and_entered_by_the_second_tap_once(
    crew_of: Crews, bibs: Iterator[str]
) -> None:
    crew = crew_of("control")
    one, two, three = next(bibs), next(bibs), next(bibs)
    line = f"mile 25 by radio at 12:01: {one}, {two} on bus 7; {three} stops; hello 999999"
    page = crew.post("radio", line=line)
    assert "1 sighting, 1 on Bus 7, 1 stops" in page
    assert "“hello 999999”" in page
    assert crew.facts() == []
    form = {"line": hidden(page, "line"), "at": hidden(page, "at")[0], "do": "enter"}
    for _ in range(2):
        assert "Entered: 1 sighting, 1 on Bus 7, 1 stops." in crew.post("radio", **form)
    facts = [one.fact for one in crew.facts()]
    assert [type(fact) for fact in facts] == [Sighting, TakenOver, Withdrawn]
    assert {getattr(fact, "place", "") for fact in facts} == {"mile-25"}
    assert {fact.by for fact in facts} == {crew.by}  # type: ignore[union-attr]  # a word of somebody
    wait_for(lambda: crew.label in crew.get("radio").text)
    page = crew.get("radio").text
    assert f"by {crew.label} (control)" in page
    (fact,) = {
        fact for fact in hidden(page, "fact") if fact.startswith(str(crew.facts()[1].id.number))
    }
    at = hidden(page, "at")[0]
    for _ in range(2):
        assert "Taken back" in crew.post("radio", do="take-back", fact=fact, at=at)
    assert sum(isinstance(one.fact, Struck) for one in crew.facts()) == 1
    wait_for(lambda: crew.json(f"runners/{two}.json")["on_road"])
    wait_for(lambda: "taken back" in crew.get("radio").text)


def test_a_line_that_says_no_known_place_enters_nothing(crew_of: Crews) -> None:
    crew = crew_of("director")
    for line in ("moon at 12:00: 101", "mile 25 at 23:59: 101", "101", "mile 25: hello"):
        page = crew.post("radio", line=line, do="enter")
        assert "Nothing can be entered yet" in page, line
        assert 'role="alert"' in page
    assert "Nothing was typed." in crew.post("radio", line=" ")
    assert crew.facts() == []


def test_a_bus_takes_somebody_over_shows_them_and_lets_them_off(
    crew_of: Crews, bibs: Iterator[str]
) -> None:
    crew = crew_of("medical")
    bib = next(bibs)
    page = crew.get(f"takeover?keeper=Bus+4&bib=https://x.example/{EVENT}/runners/{bib}").text
    assert f'bib bib-large">{bib}<' in page
    assert crew.facts() == []
    form = {"bib": bib, "at": hidden(page, "at")[0], "keeper": "Bus 4", "from": "Bus 4"}
    assert "say which bus" in crew.post("takeover", **form | {"keeper": ""}, taken_by="bus")
    assert "no time of day that is past" in crew.post(
        "takeover", **form, taken_by="bus", time="23:58"
    )
    for _ in range(2):
        page = crew.post("takeover", **form, taken_by="bus", time="12:02", place="half")
        assert f"Entered: {bib} on Bus 4, 12:02." in page
    (logged,) = crew.facts()
    assert isinstance(logged.fact, TakenOver)
    assert (logged.fact.keeper, logged.fact.place) == ("Bus 4", "half")
    wait_for(lambda: f"rider-{bib}" in crew.get("takeover?keeper=bus+4").text)
    page = crew.post("takeover", bib=bib, **{"from": "Bus 4"})
    assert "Nothing is entered before you tap one" in page
    form = {"bib": bib, "at": hidden(page, "at")[0], "from": "Bus 4", "taken_by": "home"}
    assert f"Entered: {bib} home" in crew.post("takeover", **form)
    wait_for(lambda: f"rider-{bib}" not in crew.get("takeover?keeper=Bus+4").text)
    assert len(crew.facts()) == 2


def test_a_station_hands_over_at_its_own_place_and_takes_back_only_its_own(
    crew_of: Crews, bibs: Iterator[str]
) -> None:
    crew, control = crew_of("station", "mile-25"), crew_of("control")
    bib, other = next(bibs), next(bibs)
    at = hidden(crew.get(f"takeover?bib={bib}").text, "at")[0]
    form = {"at": at, "keeper": "Tent 1", "taken_by": "care"}
    assert "Entered" in crew.post("takeover", bib=bib, place="finish", **form)
    (logged,) = crew.facts()
    assert logged.fact.place == "mile-25"  # type: ignore[union-attr]  # a word of a place
    control.post("takeover", bib=other, **form | {"keeper": "Tent 9"})
    (foreign,) = (one for one in control.facts() if getattr(one.fact, "bib", "") == other)
    wait_for(lambda: bib in crew.get("takeover").text)
    page = crew.get("takeover").text
    assert "Tent" not in page.split("live-entered")[-1]
    assert "withdrew" in page
    of_control = f"{foreign.id.number} {foreign.id.digest} {foreign.id.source}"
    page = crew.post("takeover", do="take-back", fact=of_control, at=at)
    assert "takes back only what it said itself" in page
    own = f"{logged.id.number} {logged.id.digest} {logged.id.source}"
    assert "no longer holds" in crew.post("takeover", do="take-back", fact=own, at=at)


def test_a_packet_is_handed_out_once_and_a_bib_that_nobody_has_only_when_it_is_meant(
    crew_of: Crews, bibs: Iterator[str]
) -> None:
    crew = crew_of("desk")
    bib = next(bibs)
    at = hidden(crew.get("desk").text, "at")[0]
    for _ in range(2):
        assert bib in crew.post("desk", bib=bib, at=at)
    assert [type(one.fact) for one in crew.facts()] == [Collected]
    wait_for(lambda: crew.json("desk.json")["counts"]["collected"])  # type: ignore[index]  # counts
    assert "handed out before" in crew.post("desk", bib=bib)
    assert "nobody has bib 987654" in crew.post("desk", bib="987654", at=at)
    assert len(crew.facts()) == 1
    crew.post("desk", bib="987654", at=at, do="anyway")
    assert len(crew.facts()) == 2


def test_whoever_may_not_enter_something_is_refused_in_words(
    server: Server, crew_of: Crews
) -> None:
    for role, pages in {
        "desk": ("radio", "takeover"),
        "medical": ("radio", "desk"),
        "station": ("radio", "desk"),
        "announcer": ("radio", "takeover", "desk"),
    }.items():
        crew = crew_of(role, "mile-25" if role == "station" else "")  # type: ignore[arg-type]  # a role
        for page in pages:
            answer = crew.browser.post(
                f"/{EVENT}/{page}", data={"bib": "101", "line": "finish: 101"}
            )
            assert answer.status_code == 403, (role, page)
            assert "<h1>" in answer.text
        assert crew.facts() == []
    for page in ("radio", "takeover", "desk"):
        assert server.ask("POST", f"/{EVENT}/{page}").status_code == 403


def test_another_sites_page_enters_nothing(crew_of: Crews) -> None:
    crew = crew_of("control")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.test"}):
        for page in ("radio", "takeover", "desk"):
            answer = crew.browser.post(
                f"/{EVENT}/{page}", data={"bib": "101", "line": "finish: 101"}, headers=headers
            )
            assert answer.status_code == 403, page
    crew.post("desk", headers={"Origin": crew.server.address}, bib="nobody-1")
    assert crew.facts() == []


@pytest.mark.parametrize(
    "content", [b"\xff\xfe=1", b"a=1&" * 2000, b"bib=" + b"1" * 70_000, b"do=take-back&fact=x"]
)
def test_what_is_no_form_of_ours_is_said_to_be_none(crew_of: Crews, content: bytes) -> None:
    crew = crew_of("control")
    answer = crew.browser.post(f"/{EVENT}/desk", content=content)
    assert answer.status_code == 400
    assert "<h1>" in answer.text


def test_a_clock_is_corrected_once_with_a_reason_and_the_word_can_be_taken_back(
    crew_of: Crews,
) -> None:
    crew = crew_of("control")
    box, at = "mat-10k", "1777809600000"
    form = {"do": "correct", "of": box, "span": ["-30000,1777800000000,", "500,,"], "at": at}
    assert "Not corrected: say why" in crew.post("devices", **form)
    assert crew.facts() == []
    for _ in range(2):
        page = crew.post("devices", why="The crew set it by hand.", **form)
        assert f"Corrected: the times of {box} are shifted." in page
    said = [one.fact for one in crew.facts()]
    assert [(f.of, f.offset_ms, f.from_at) for f in said if isinstance(f, Corrected)] == [
        (box, -30_000, 1_777_800_000_000),
        (box, 500, None),
    ]
    wait_for(lambda: "The crew set it by hand." in crew.get("devices").text)
    page = crew.get("devices").text
    assert f"by {crew.label} (control)" in page
    facts = hidden(page, "fact")
    assert len(facts) == 2
    for fact in facts:
        assert "Taken back" in crew.post("devices", do="take-back", fact=fact, at=at)
    wait_for(lambda: not hidden(crew.get("devices").text, "fact"))


def test_a_road_is_opened_once_by_an_official_and_closed_again_when_that_is_taken_back(
    crew_of: Crews,
) -> None:
    crew, at = crew_of("control"), "1777809600000"

    def opened() -> list[tuple[str, str]]:
        zones: list[dict[str, Any]] = crew.json("sweep.json")["zones"]  # type: ignore[assignment]
        return [(zone["from_point"], word["by"]) for zone in zones for word in zone["opened"]]

    assert "Say that the road from Start to 5K is open" in crew.get("sweep").text
    for _ in range(2):
        page = crew.post("sweep", **{"do": "open", "from": "start", "to": "5k", "at": at})
        assert "Said: the road from Start to 5K is open." in page
    assert len(crew.facts()) == 1
    wait_for(lambda: opened() == [("start", f"{crew.label} (control)")])
    (fact,) = hidden(crew.get("sweep").text, "fact")
    assert "Taken back" in crew.post("sweep", do="take-back", fact=fact, at=at)
    wait_for(lambda: opened() == [])


@pytest.mark.parametrize(("start", "end"), [("start", "10k"), ("5k", "start"), ("", "5k")])
def test_only_a_zone_of_the_course_can_be_opened_on_the_page(
    crew_of: Crews, start: str, end: str
) -> None:
    crew = crew_of("director")
    form = {"do": "open", "from": start, "to": end}
    assert crew.browser.post(f"/{EVENT}/sweep", data=form).status_code == 400
    assert crew.facts() == []


def test_who_cares_for_people_sees_the_roads_and_opens_none(crew_of: Crews) -> None:
    crew = crew_of("medical")
    assert "Say that the road" not in crew.get("sweep").text
    form = {"do": "open", "from": "start", "to": "5k"}
    assert crew.browser.post(f"/{EVENT}/sweep", data=form).status_code == 403


def test_who_cares_for_people_sees_the_clocks_and_corrects_none(crew_of: Crews) -> None:
    crew = crew_of("medical")
    assert "Clocks" in crew.get("devices").text
    answer = crew.browser.post(f"/{EVENT}/devices", data={"do": "correct", "why": "because"})
    assert answer.status_code == 403
    assert crew.facts() == []


@pytest.mark.parametrize("span", ["", "later", "1,2", "1,2,3,4", ",5,"])
def test_what_is_no_correction_of_a_clock_is_refused(crew_of: Crews, span: str) -> None:
    crew = crew_of("director")
    form = {"do": "correct", "of": "mat-10k", "why": "because", "span": span}
    assert crew.browser.post(f"/{EVENT}/devices", data=form).status_code == 400
    assert crew.facts() == []


def test_the_clocks_of_a_day_that_is_served_are_looked_at_and_none_is_accused(
    crew_of: Crews,
) -> None:
    crew = crew_of("control")

    def clocks() -> dict[str, object]:
        found: dict[str, object] = crew.json("devices.json")["clocks"]  # type: ignore[assignment]
        return found

    wait_for(lambda: clocks()["checked_at"])
    assert clocks()["proposals"] == []


def test_a_point_says_whom_it_saw_by_row_by_bib_and_by_what_could_be_read(
    crew_of: Crews, bibs: Iterator[str]
) -> None:
    crew, bib = crew_of("station", "mile-25"), next(bibs)
    assert f"Kept: {bib} seen at" in crew.post("stations/mile-25", seen=bib)
    unread = crew.post("stations/mile-25", do="seen", bib=f"{bib[:-1]}*", note="blue shirt")
    assert "bibs look like that" in unread or "It may be" in unread
    assert "Nobody has bib 99999" in crew.post("stations/mile-25", do="seen", bib="99999")
    assert "Nothing was typed" in crew.post("stations/mile-25", do="seen")
    kept = [one.fact for one in crew.facts()]
    assert [one.bib for one in kept if isinstance(one, Sighting)] == [bib, f"{bib[:-1]}*", "99999"]
    assert {one.place for one in kept if isinstance(one, Sighting)} == {"mile-25"}
    wait_for(lambda: "99999" in crew.get("stations/mile-25").text)
    (fact, *_) = hidden(crew.get("stations/mile-25").text, "fact")
    assert "Taken back" in crew.post("stations/mile-25", do="take-back", fact=fact)
    assert isinstance(crew.facts()[-1].fact, Struck)


def test_two_bibs_at_once_are_one_entry_with_one_time(crew_of: Crews, bibs: Iterator[str]) -> None:
    crew, one, other = crew_of("station", "mile-25"), next(bibs), next(bibs)
    said = crew.post("stations/mile-25", do="seen", bib=f"{one} + #{other}", note="side by side")
    assert f"Kept: {one} and {other} seen at" in said
    assert "two bibs at once" in crew.post("stations/mile-25", do="seen", bib=f"{one}+{other}+1")
    facts = [kept.fact for kept in crew.facts()]
    kept = [fact for fact in facts if isinstance(fact, Sighting)]
    assert [fact.bib for fact in kept] == [one, other]
    assert len({(fact.place, fact.seen_at) for fact in kept}) == 1
    assert [bool(fact.text_ref) for fact in kept] == [True, False]


def test_a_point_says_who_stops_there_and_control_alone_reads_why(
    crew_of: Crews, bibs: Iterator[str]
) -> None:
    crew, control, bib = crew_of("station", "mile-25"), crew_of("control"), next(bibs)
    assert "the whole bib" in crew.post("stations/mile-25", do="stops", bib="1*", reason="knee")
    said = crew.post("stations/mile-25", do="stops", bib=bib, reason="a very sore knee")
    assert f"Kept: {bib} stops here." in said
    wait_for(lambda: "a very sore knee" in control.get("calls").text)
    for path in ("stations/mile-25", "stations/mile-25.json", "takeover", f"runners/{bib}"):
        assert "sore knee" not in crew.get(path).text
    assert "sore knee" not in crew_of("announcer").get(f"runners/{bib}").text


def test_a_call_for_help_is_delivered_by_a_name_and_not_by_the_server(crew_of: Crews) -> None:
    crew, control = crew_of("station", "mile-25"), crew_of("control")
    for _ in range(2):  # a double tap calls as well
        said = crew.post("stations/mile-25", do="help", words="somebody fell and is awake")
        assert "NOT DELIVERED yet." in said
    wait_for(lambda: "somebody fell and is awake" in control.get("calls").text)
    assert "Help is called for at Mile 25" in control.get("results/half").text
    assert "somebody fell" not in crew.get("stations/mile-25.json").text
    assert all(isinstance(one.fact, HelpCalled) for one in crew.facts())
    for fact in hidden(control.get("calls").text, "fact"):
        assert "write your name" in control.post("calls", do="heard", fact=fact)
        said = control.post("calls", do="heard", fact=fact, name="Ann Example")
        assert "Ann Example has read it" in said
    wait_for(lambda: "Ann Example" in crew.get("stations/mile-25").text)
    wait_for(lambda: "NOT DELIVERED" not in crew.get("stations/mile-25").text)
    assert "Help is called for" not in control.get("results/half").text


def test_the_page_of_a_point_takes_forms_of_its_own_key_alone(crew_of: Crews) -> None:
    other, desk = crew_of("station", "10k"), crew_of("desk")
    for crew in (other, desk, crew_of("control")):
        answer = crew.browser.post(f"/{EVENT}/stations/mile-25", data={"seen": "1"})
        assert answer.status_code == 403
        assert crew.facts() == []
    answer = desk.browser.post(
        f"/{EVENT}/calls", data={"do": "heard", "name": "x", "fact": "1 1 x"}
    )
    assert answer.status_code == 403
