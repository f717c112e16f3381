"""Every byte that is served over every address there is, to every role, exported in every form, or logged: a word of
its own stands in every field that can be erased, and is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, get_args

import msgspec
import pytest

from homestretch.boards import get_board
from homestretch.boards.words import HEALTH_ROLES, LEDGER_ROLES
from homestretch.facts import (
    Corrected,
    Flag,
    HelpCalled,
    Ruled,
    Sighting,
    TakenOver,
    Unreadable,
    Withdrawn,
)
from homestretch.race.entrant import Person
from homestretch.race.privacy import STAFF, Role
from homestretch.store import Text
from homestretch.store.keys import new_key
from homestretch.store.links import new_link
from tests.aside import run
from tests.boards.kinds import CHOICES
from tests.state.days import SHARED, Day, a_day, a_race, a_sweep, at
from tests.web.every_route import list_guarded_routes
from tests.web.kept_day import KeptDay, kept_day

NOW, KEPT = "12:20", 2**60
FIELDS: Final = (
    "first", "last", "club", "town", "region", "country", "email", "phone", "called", "pronoun",
    "asks_first", "asks_last",
)  # fmt: skip
HIDDEN_BIBS: Final = {"701": "hidden", "702": "child", "703": "down", "704": "staffhid"}
TEXTS: Final[dict[str, frozenset[Role]]] = {
    "zqreason": HEALTH_ROLES,
    "zqhelp": HEALTH_ROLES,
    "zqnote": HEALTH_ROLES,
    "zqcare": HEALTH_ROLES,
    "zqstriken": HEALTH_ROLES,
    "zqruling": LEDGER_ROLES,
    "zqclock": LEDGER_ROLES,
    "zqlabel": STAFF & frozenset(get_args(Role)),
    "zqtyped": LEDGER_ROLES,
    "zqunreadable": frozenset(),
}
"""A word in each text that can be erased -> who may read it."""


A_WORD: Final = re.compile(r"zq[a-z]+")
"""Everything that can be one of our words: each begins so and is made of letters."""
A_HIDDEN_BIB: Final = re.compile(
    '(?:bib">|"bib":")(?:{})[<"]'.format("|".join((*HIDDEN_BIBS, "708")))
)


def word(who: str, field: str) -> str:
    return f"Zq{who}{field}".replace("_", "")


def person(bib: str, who: str, **more: object) -> Person:
    said = {field: word(who, field) for field in FIELDS}
    return Person(entrant=f"e{bib}", **said | more)  # type: ignore[arg-type]  # fields of a person


def eventful_day() -> tuple[Day, tuple[Person, ...]]:
    """Two races with everybody on the road, at home or in care, and a word of each kind."""
    day = a_day(a_race(), a_race("half", 21_097.5, "07:10"), points=SHARED, sweep=a_sweep())
    ages = {"702": 15, "706": None}
    for bib in ("701", "702", "703", "704", "705", "706", "707", "708"):
        day.entrant(bib, "marathon" if int(bib) % 2 else "half", age=ages.get(bib, 40), sex="f")
        day.runs(bib, start="07:12:20", p10k="08:20")
    for bib in ("701", "704", "705"):
        day.read(bib, "finish", "12:10")
    persons = (
        person("701", "hidden", display="hidden"),
        person("702", "child", display="name"),
        person("703", "down", display="name", taken_down=True, guardian=True),
        person("704", "staffhid", display="name"),
        person("705", "initials", display="initials"),
        person("706", "silent"),
        person("707", "named", display="name"),
    )  # 708 was erased
    said = {
        "zqreason": Withdrawn(seen_at=at("11:00"), bib="707", place="10k", by="key-k", text_ref="ref-reason"),
        "zqhelp": HelpCalled(seen_at=at("11:01"), place="10k", bib="701", by="key-k", text_ref="ref-help"),
        "zqnote": Sighting(seen_at=at("11:02"), bib="703", place="10k", by="key-k", text_ref="ref-note"),
        "zqcare": TakenOver(
            seen_at=at("11:03"), bib="707", taken_by="care", keeper="tent", by="key-k", text_ref="ref-care"
        ),
        "zqruling": Ruled(seen_at=at("11:04"), bib="701", verdict="dsq", by="by-typed", text_ref="ref-ruling"),
        "zqclock": Corrected(seen_at=at("11:05"), of="mat:10k", offset_ms=5, by="key-k", text_ref="ref-clock"),
        "zqunreadable": Unreadable(seen_at=at("11:06"), reason="no line", text_ref="ref-unreadable"),
    }  # fmt: skip
    for fact in said.values():
        day.add(fact, "http:station-k/station")  # type: ignore[arg-type]  # each a kind of fact
    day.add(Flag(seen_at=at("11:07"), state="open"))
    return day, persons


async def with_texts(day: KeptDay) -> None:
    """The words behind the facts, a key with a label, a link that is open nowhere; and one entrant hidden."""
    texts = [Text(word.replace("zq", "ref-"), f"{word} was said".encode(), KEPT) for word in TEXTS if word not in ("zqlabel", "zqtyped", "zqstriken")]  # fmt: skip
    day.people.put_texts([*texts, Text("by-typed", b"zqtyped", KEPT)])
    key, _ = new_key("station", created_at=0, expires_at=KEPT, label="zqlabel crew", station="10k")
    day.people.put_key(msgspec.structs.replace(key, id="k"))
    link, _ = new_link("e701", "own", created_at=0, expires_at=KEPT)
    day.people.put_links([link])
    answer = await day.post("/day/hide", "director", bib="704", at=str(at(NOW)))
    assert answer.status_code == 200
    await day.settle()
    said = (await day.get("/day/audit.json?bib=707", "control")).json()["words"]
    (reason,) = [one for one in said if one["words"].startswith("stops")]
    strike = {"do": "strike", "fact": reason["fact"], "why": "zqstriken", "at": str(at(NOW))}
    assert (await day.post("/day/control", "control", **strike)).status_code == 200
    await day.settle()


def list_addresses(last_seq: int) -> Iterator[str]:
    """Every address that answers GET, with everything in it that the day has; boards with every choice as well."""
    values = {
        "event": ["day"],
        "race": ["marathon", "half"],
        "bib": [*HIDDEN_BIBS, "705", "706", "707", "708"],
        "point": ["10k", "finish"],
        "list": ["start-list", "by-name", "no-packet", "call", "road", "care", "bus"],
        "seq": [str(seq) for seq in range(1, last_seq + 1)],
        "reason": ["unknown-chip", "repeated", "a-split"],
        "token": ["unknown"],
        "door": ["traccar"],
    }
    for path, route in list_guarded_routes():
        if "GET" not in (route.methods or ()) or path.endswith("/stream"):
            continue
        found = [path]
        for name in re.findall(r"{(\w+)}", path):
            found = [one.replace(f"{{{name}}}", value) for one in found for value in values.get(name, ["1"])]  # fmt: skip
        yield from found
        name = (route.name or "").removesuffix(".json")
        path_names = set(re.findall(r"{(\w+)}", path))
        for choices in CHOICES.get(name, []):
            query = "&".join(f"{k}={v}" for k, v in choices.items() if k not in path_names)
            if query and get_board(name).path in (path, path.removesuffix(".json")):
                yield from (f"{one}?{query}" for one in found[:2])
    for race in ("marathon", "half"):
        for asked in ("zqhiddenlas", "zqinitialslas", "zqstaffhidlas"):
            yield f"/day/results/{race}?q={asked}"
            yield f"/day/results/{race}.json?q={asked}"


def list_forbidden(role: Role) -> set[str]:
    """Words that must not be in any byte for a role."""
    words = {text for text, who in TEXTS.items() if role not in who}
    everybody = (*HIDDEN_BIBS.values(), "initials", "silent", "named")
    words |= {word(who, "email").lower() for who in everybody}
    if role not in LEDGER_ROLES:
        words |= {word(who, field).lower() for who in HIDDEN_BIBS.values() for field in FIELDS}
        named = {
            "first",
            "last",
            "region",
            "country",
            "called",
            "pronoun",
            "asks_first",
            "asks_last",
        }
        words |= {word(who, field).lower() for who in ("initials", "silent") for field in named}
    return words


def test_no_byte_that_is_served_or_logged_tells_a_role_what_it_must_not_know(
    capfd: pytest.CaptureFixture[str],
) -> None:
    day, persons = eventful_day()
    served: dict[Role, int] = {}
    seen: dict[Role, set[str]] = {}

    async def ask() -> None:
        async with kept_day(day, NOW, *persons) as kept:
            await with_texts(kept)
            addresses = list(dict.fromkeys(list_addresses(kept.log.last_seq())))
            assert len(addresses) > 100
            log = {one for one in addresses if re.search(r"/evidence/\d{2,}", one)}
            for role in get_args(Role):
                forbidden = list_forbidden(role)
                keeps = (
                    role in LEDGER_ROLES
                )  # to others the log is closed: one position is as good as all
                for address in addresses if keeps else [one for one in addresses if one not in log]:
                    answer = await kept.get(address, role)
                    assert answer.status_code < 500, address
                    text = f"{answer.text} {answer.headers}".lower()
                    words = set(A_WORD.findall(text))
                    told = {one for one in forbidden if any(one in found for found in words)}
                    assert not told, (role, address)
                    served[role] = served.get(role, 0) + (answer.status_code == 200)
                    seen.setdefault(role, set()).update(words)
                    assert role in LEDGER_ROLES or not A_HIDDEN_BIB.search(text), (role, address)

    run(ask())
    assert all(A_WORD.fullmatch(one) for role in served for one in list_forbidden(role))
    assert min(served.values()) > 20
    assert {"zqreason", "zqhelp", "zqcare", "zqstriken"} <= seen["medical"]
    assert {"zqruling", "zqtyped", "zqlabel"} <= seen["director"]
    assert "zqnamedlast" in seen["public"]
    out, err = capfd.readouterr()
    assert "zq" not in (out + err).lower()
