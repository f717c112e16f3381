"""Private links at a kept day: a runner's own hand on what is shown, on one phone beside others and a key."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import httpx

from homestretch.race.consent import Hand
from homestretch.race.entrant import Person
from homestretch.race.privacy import PRIVATE
from homestretch.store.links import new_link
from homestretch.web.often import CROWD
from tests.aside import run
from tests.boards.kinds import list_faults
from tests.boards.pictures import person
from tests.state.days import Day, a_day, at
from tests.web.kept_day import KeptDay, kept_day

NOW = "09:00"
ME = "/day/me"


def field() -> Day:
    """Two adults, a child and somebody whose age nobody knows, on the road."""
    day = a_day()
    for bib, age in (("12", 34), ("13", 40), ("14", 15), ("15", None)):
        day.entrant(bib, age=age)
        day.read(bib, "start", "07:00:20")
        day.read(bib, "10k", "07:50")
    day.entrant("16", age=50)
    day.runs("16", start="07:00:20", p10k="07:28", half="07:58:20", p30k="08:23", finish="08:57")
    return day


PEOPLE = (
    person("12", "Ada Amberlow", email="ada@example.org", club="Weir Runners"),
    person("13", "Bela Coldwell"),
    person("14", "Cleo Dunmarsh"),
    person("15", "Dorrit Ebbwater"),
    person("16", "Edda Fernhollow"),
)


def during(ask: Callable[[KeptDay], Awaitable[None]]) -> None:
    async def asked() -> None:
        async with kept_day(field(), NOW, *PEOPLE) as day:
            await ask(day)

    run(asked())


def link_of(day: KeptDay, bib: str, hand: Hand = "own", expires: str = "18:00") -> str:
    made, token = new_link(f"e{bib}", hand, created_at=at(NOW), expires_at=at(expires))
    day.people.put_links([made])
    return f"{ME}/{token}"


async def say(day: KeptDay, do: str, of: str = "12", **fields: str) -> httpx.Response:
    return await day.client.post(ME, data={"do": do, "entrant": f"e{of}", **fields})


async def agree(day: KeptDay, bib: str = "12", **fields: str) -> httpx.Response:
    return await say(day, "agree", bib, **{"display": "name", "stories": "no", **fields})


def stored(day: KeptDay, bib: str = "12") -> Person:
    found = day.people.find_person(f"e{bib}")
    assert found is not None
    return found


async def bibs_on_the_page(day: KeptDay) -> list[str]:
    page = (await day.get(ME)).text
    return re.findall(r'<h2 id="own-\d+"><span class="bib">(\d+)', page)


def test_a_link_is_swapped_for_a_cookie_and_shows_all_that_is_stored() -> None:
    async def ask(day: KeptDay) -> None:
        assert "No private link is open" in (await day.get(ME)).text
        link = link_of(day, "12")
        opened = await day.get(link)
        assert opened.status_code == 303
        assert opened.headers["location"] == ME
        assert opened.headers["cache-control"] == "private, no-store"
        assert link.rpartition("/")[2] not in opened.headers["set-cookie"]
        page = (await day.get(ME)).text
        assert list(list_faults(page)) == []
        for word in ("Ada Amberlow", "ada@example.org", "Weir Runners", "34"):
            assert word in page
        assert "Bela" not in page
        twin = (await day.get(f"{ME}.json")).json()
        assert [one["email"] for one in twin["entrants"]] == ["ada@example.org"]

    during(ask)


def test_what_the_runner_chooses_holds_on_every_page_at_once() -> None:
    async def ask(day: KeptDay) -> None:
        assert "Ada Amberlow" in (await day.get("/day/runners/12")).text
        await day.get(link_of(day, "12"))
        for display, seen in (("initials", "A. A."), ("hidden", PRIVATE), ("name", "Ada Amberlow")):
            answer = await agree(day, display=display, photos="yes", stories="no-photo")
            assert 'role="status"' in answer.text
            assert f"<strong>{seen}</strong>" in answer.text
            await day.settle()
            page = await day.get("/day/runners/12")
            assert (page.status_code == 404) == (display == "hidden")
            assert ("Ada Amberlow" in page.text) == (display == "name")
        kept = stored(day)
        assert (kept.photos, kept.stories, kept.companions) == (True, "no-photo", False)
        assert kept.said_at == at(NOW)

    during(ask)


def test_taking_everything_down_is_gone_from_every_page_and_can_be_taken_back_to_hidden() -> None:
    async def ask(day: KeptDay) -> None:
        await day.get(link_of(day, "12"))
        await agree(day, companions="yes", photos="yes", stories="yes")
        assert "Taken down" in (await say(day, "take-down")).text
        await day.settle()
        for address in ("/day", "/day/runners/12", "/day/stations/10k", "/day/results/marathon"):
            for suffix in ("", ".json"):
                assert "Amberlow" not in (await day.get(address + suffix)).text
        kept = stored(day)
        assert (kept.display, kept.companions, kept.photos, kept.stories) == (
            "hidden",
            False,
            False,
            "no",
        )
        await say(day, "put-back")
        await day.settle()
        assert (await day.get("/day/runners/12")).status_code == 404

    during(ask)


def test_who_is_hidden_sees_their_own_day_and_nobody_elses() -> None:
    async def ask(day: KeptDay) -> None:
        await day.get(link_of(day, "12"))
        await agree(day, display="hidden")
        await day.settle()
        (own,) = (await day.get(f"{ME}.json")).json()["entrants"]
        assert [one["name"] for one in own["day"]["passed"]] == ["Start", "10K"]
        assert own["day"]["status"] == "on the road"
        assert "07:50:00" in (await day.get(ME)).text
        assert (await day.get("/day/runners/12")).status_code == 404

    during(ask)


def test_who_is_hidden_has_a_certificate_by_the_private_link_alone() -> None:
    async def ask(day: KeptDay) -> None:
        await day.get(link_of(day, "16"))
        await agree(day, "16", display="hidden")
        await day.settle()
        assert (await day.get("/day/runners/16/certificate.pdf")).status_code == 404
        assert "/day/me/16/certificate.pdf" in (await day.get(ME)).text
        sheet = await day.get("/day/me/16/certificate.pdf")
        assert sheet.content.startswith(b"%PDF-")
        assert sheet.headers["cache-control"] == "private, no-store"
        assert (await day.get("/day/me/13/certificate.pdf")).status_code == 404
        day.client.cookies.clear()
        assert (await day.get("/day/me/16/certificate.pdf")).status_code == 404

    during(ask)


def test_what_somebody_types_is_text_and_no_page() -> None:
    async def ask(day: KeptDay) -> None:
        await day.get(link_of(day, "12"))
        await agree(day, called="<b>x</b>", pronoun='"><i>')
        await say(day, "correct", first="<u>A</u>", last="B", club="<s>c</s>", town="<em>")
        await day.settle()
        for address, role in (
            (ME, "public"),
            ("/day/runners/12", "public"),
            ("/day/desk", "control"),
        ):
            page = (await day.get(address, role)).text
            assert not [tag for tag in ("<b>x", "<i>", "<u>", "<s>c", "<em>") if tag in page]
            assert list(list_faults(page)) == []

    during(ask)


def test_a_phone_holds_the_links_of_a_family_beside_a_key_of_the_staff() -> None:
    async def ask(day: KeptDay) -> None:
        for bib in ("12", "13"):
            await day.get(link_of(day, bib))
        await day.get(link_of(day, "12"))
        assert await bibs_on_the_page(day) == ["12", "13"]
        names = [cookie.name for cookie in day.client.cookies.jar]
        assert names == ["homestretch.me-day"]
        assert (await day.get("/day.json", "control")).json()["ledger"] is not None
        assert (await day.get("/day.json")).json()["ledger"] is None
        await agree(day, "13", display="initials")
        assert (stored(day, "12").display, stored(day, "13").display) == ("name", "initials")

    during(ask)


def test_a_link_says_nothing_of_anybody_else_and_a_browser_without_one_nothing_at_all() -> None:
    async def ask(day: KeptDay) -> None:
        assert (await agree(day)).status_code == 403
        await day.get(link_of(day, "12"))
        answer = await agree(day, "13", display="hidden")
        assert "Not changed: This private link is not open here." in answer.text
        assert stored(day, "13").display == "name"
        cross = await day.client.post(
            ME, data={"do": "take-down", "entrant": "e12"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert cross.status_code == 403
        assert not stored(day).taken_down
        assert "Open the page again" in (await say(day, "erase-everybody")).text

    during(ask)


def test_a_link_that_expired_was_revoked_or_is_none_opens_nothing() -> None:
    async def ask(day: KeptDay) -> None:
        link = link_of(day, "12")
        await day.get(link)
        session = day.client.cookies["homestretch.me-day"]
        (made,) = [one for one in day.people.list_links("e12") if not one.parent]
        day.people.revoke_link(made.id, at(NOW))
        assert await bibs_on_the_page(day) == []
        assert (await agree(day)).status_code == 200
        assert stored(day).said_at == 0
        for wrong in (
            link,
            link_of(day, "12", expires="08:00"),
            f"{ME}/nonsense",
            f"{ME}/{session}",
        ):
            answer = await day.get(wrong)
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers
            assert "race office" in answer.text
        looked = await day.client.head(link_of(day, "12"))
        assert "set-cookie" not in looked.headers

    during(ask)


def test_a_phone_that_forgets_its_links_holds_none_and_others_keep_theirs() -> None:
    async def ask(day: KeptDay) -> None:
        link = link_of(day, "12")
        await day.get(link)
        left = day.client.cookies["homestretch.me-day"]
        assert (await say(day, "leave")).headers["location"] == "/day"
        assert not day.client.cookies
        day.client.cookies.set("homestretch.me-day", left)
        assert await bibs_on_the_page(day) == []
        day.client.cookies.clear()
        await day.get(link)
        assert await bibs_on_the_page(day) == ["12"]

    during(ask)


def test_a_child_takes_back_and_a_guardian_decides() -> None:
    async def ask(day: KeptDay) -> None:
        await day.get(link_of(day, "14"))
        assert "a guardian decides" in (await agree(day, "14", photos="yes")).text
        assert (await day.get("/day/runners/14")).status_code == 404
        await day.get(link_of(day, "14", "guardian"))
        await agree(day, "14", by="guardian", guardian="yes", display="initials", photos="yes")
        await day.settle()
        assert "C. D." in (await day.get("/day/runners/14")).text
        await agree(day, "14", by="guardian", display="initials")
        await day.settle()
        assert (await day.get("/day/runners/14")).status_code == 404
        await agree(day, "14", guardian="yes", display="initials")
        await day.settle()
        assert (await day.get("/day/runners/14")).status_code == 200
        await agree(day, "14", by="guardian", display="initials")
        await day.settle()
        assert (await day.get("/day/runners/14")).status_code == 404

    during(ask)


def test_who_is_of_unknown_age_is_told_what_does_not_hold() -> None:
    async def ask(day: KeptDay) -> None:
        await day.get(link_of(day, "15"))
        page = (await agree(day, "15", photos="yes")).text
        assert "The race does not know your age" in page
        day.client.cookies.clear()
        await day.get(link_of(day, "12"))
        assert "The race does not know your age" not in (await agree(day, "12")).text

    during(ask)


def test_not_this_person_names_only_who_is_shown() -> None:
    async def ask(day: KeptDay) -> None:
        await day.get(link_of(day, "12"))
        assert "never shown with 13" in (await say(day, "apart", bib="13")).text
        assert stored(day).not_with == ("e13",)
        answers = [(await say(day, "apart", bib=bib)).text for bib in ("14", "999")]
        told = [re.sub(r"\b(14|999)\b", "", text) for text in answers]
        assert told[0] == told[1], "whether a bib is hidden or nobody's is not told"
        assert "Taken back" in (await say(day, "again", other="e13")).text
        assert stored(day).not_with == ()
        assert "no such word of yours" in (await say(day, "again", other="e13")).text
        assert "nothing that can be said" in (await say(day, "again")).text

    during(ask)


def test_the_time_of_the_own_day_is_the_one_that_ranks() -> None:
    async def ask(day: KeptDay) -> None:
        await day.get(link_of(day, "16"))
        page = (await day.get(ME)).text
        assert "1:57:00" in page.split("Your day:")[1].split("</summary>")[0]

    during(ask)


def test_a_name_is_put_right_once_the_desk_has_looked() -> None:
    async def ask(day: KeptDay) -> None:
        await day.get(link_of(day, "12"))
        names = {"last": "Amberlowe", "club": "Mill Lane AC", "town": ""}
        await say(day, "correct", first="Ada", **names)
        await day.settle()
        assert "Amberlowe" not in (await day.get("/day/runners/12")).text
        assert stored(day).club == "Mill Lane AC"
        page = (await day.get("/day/desk", "desk")).text
        assert list(list_faults(page)) == []
        assert "Ada Amberlow → <strong>Ada Amberlowe</strong>" in page
        looked = {"do": "take", "entrant": "e12", "asked": "Ada Amberlow"}
        assert (await day.post("/day/names", "desk", **looked)).status_code == 403
        looked |= {"asked": "Ada Amberlowe"}
        assert (await day.post("/day/names", "desk", **looked)).status_code == 303
        await day.settle()
        assert "Ada Amberlowe" in (await day.get("/day/runners/12")).text
        assert {"first", "last"} <= set(stored(day).by_hand)
        assert "Names to put right" not in (await day.get("/day/desk", "desk")).text
        words = (await day.get("/day/audit.json?bib=12", "control")).json()["words"]
        told = [(one["words"], one["by"]) for one in words if "was changed" in one["words"]]
        assert told == [
            ("what is kept of this entrant was changed: the name", "the desk crew (desk)"),
            ("what is kept of this entrant was changed: the club", "a private link"),
        ]
        await say(day, "correct", first="Ida", last="Amberlowe")
        await day.post("/day/names", "control", do="leave", entrant="e12", asked="Ida Amberlowe")
        assert (stored(day).first, stored(day).asks_first) == ("Ada", "")

    during(ask)


def test_a_hidden_runner_who_asks_for_a_name_is_named_to_who_keeps_the_ledger_alone() -> None:
    async def ask(day: KeptDay) -> None:
        await day.get(link_of(day, "12"))
        await agree(day, display="hidden")
        await say(day, "correct", first="Ada", last="Amberlowe")
        await day.settle()
        assert "Amberlow" not in (await day.get("/day/desk", "desk")).text
        assert "Amberlowe" in (await day.get("/day/desk", "director")).text

    during(ask)


def test_a_staff_hide_is_stronger_than_the_runners_word() -> None:
    async def ask(day: KeptDay) -> None:
        await day.get(link_of(day, "12"))
        await day.post("/day/hide", "station", bib="12", at=str(at(NOW)))
        await day.settle()
        page = (await agree(day, display="name")).text
        assert "The race office hides you" in page
        await day.settle()
        assert (await day.get("/day/runners/12")).status_code == 404

    during(ask)


def test_of_one_link_so_many_browsers_hold_sessions_that_nobody_is_shut_out() -> None:
    async def ask(day: KeptDay) -> None:
        link = link_of(day, "12")
        for _ in range(40):
            day.client.cookies.clear()
            assert (await day.get(link)).status_code == 303
        assert await bibs_on_the_page(day) == ["12"]
        holding = [one for one in day.people.list_links("e12") if one.holds(at(NOW))]
        assert len(holding) == 31

    during(ask)


def test_whoever_guesses_links_shuts_out_nobody_at_the_same_address_who_has_opened_one() -> None:
    async def ask(day: KeptDay) -> None:
        link = link_of(day, "12")
        assert (await day.get(link)).status_code == 303
        refused = 0
        async with day.from_address("127.0.0.1") as guesser:
            for number in range(int(CROWD.burst) + 200):
                answer = await guesser.get(f"{ME}/guess-{number}")
                refused += answer.status_code == 503
        assert refused >= 20
        assert "12" in await bibs_on_the_page(day)
        assert (await agree(day, display="initials")).status_code == 200
        assert stored(day).display == "initials"
        assert (await day.get(link)).status_code == 303, "and the link opens once more"

    during(ask)
