"""The code that the desk shows at the finish: it opens the page of whoever was asked, and names nobody else."""

from __future__ import annotations

import io
import itertools
import re

import resvg_py
import zxingcpp
from PIL import Image

from homestretch.web.finish_codes import draw_code
from tests.aside import run
from tests.boards.kinds import list_faults
from tests.boards.pictures import person
from tests.state.days import at
from tests.web.kept_day import kept_day
from tests.web.test_story_told import NOW, STORY, desk, everybody_home

ADDRESS = "/day/desk/stories/code"


def read_code(svg: str) -> str:
    """What a camera reads of a code."""
    drawn = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    painted = bytes(resvg_py.svg_to_bytes(svg_string=drawn, width=600))
    (seen,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(painted)))
    return str(seen.text)


def test_a_camera_reads_the_link_back_from_a_code() -> None:
    link = "https://race.example.org/spring-race/me/" + "aB3_-" * 9
    assert read_code(draw_code(link)) == link


def test_a_code_at_the_finish_opens_the_question_of_whoever_was_asked_and_of_nobody_else() -> None:
    async def ask() -> None:
        people = [person("12", "Ada Amberlow"), person("13", "Bela Coldwell")]
        async with kept_day(everybody_home(), NOW, *people) as day:
            at_ms = itertools.count(at(NOW) - 1_000_000, 1000)
            form = {"story": STORY, "entrant": "e13"}
            assert (await day.post(ADDRESS, "desk", **form)).status_code == 404
            await desk(day, next(at_ms), "ask", entrant="e13", channel="qr")
            opened = (await day.get(f"/day/desk/stories?story={STORY}", "desk")).text
            assert f'action="{ADDRESS}"' in opened
            assert (await day.post(ADDRESS, "medical", **form)).status_code == 403
            others = await day.post(ADDRESS, "desk", story=STORY, entrant="e12")
            assert others.status_code == 404
            assert day.people.list_links() == []

            answer = await day.post(ADDRESS, "desk", **form)
            assert answer.status_code == 200, answer.text
            assert not list(list_faults(answer.text))
            assert "no-store" in answer.headers["cache-control"]
            assert "Bela Coldwell" in answer.text
            assert "Ada Amberlow" not in answer.text
            (svg,) = re.findall(r"<svg.*?</svg>", answer.text, re.DOTALL)
            link = read_code(svg)
            token = link.removeprefix("http://event.test/day/me/")
            assert token not in answer.text  # a screen reader, a log: nobody but a camera has it
            mine = await day.client.get(f"/day/me/{token}", follow_redirects=True)
            assert "may we tell this?" in mine.text
            assert "Bela Coldwell" in mine.text

            await desk(day, next(at_ms), "hold", entrant="e13")
            assert (await day.post(ADDRESS, "desk", **form)).status_code == 404

    run(ask())
