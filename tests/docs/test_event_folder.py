"""docs/event-folder.md has every setting of event.toml and every heading of entrants.csv."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from homestretch.folder.columns import HEADINGS
from homestretch.folder.event_settings import TABLES, heading

PAGE = (Path(__file__).parents[2] / "docs" / "event-folder.md").read_text(encoding="utf-8")


def section(table: str) -> str:
    """The part of the page below a table's heading."""
    title = f"\n### {heading(table)}\n"
    assert title in PAGE, f"{heading(table)} has no section"
    return PAGE.split(title, 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]


@pytest.mark.parametrize("table", TABLES)
def test_every_setting_of_a_table_is_on_the_page_with_its_example(table: str) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (`.+?`) \|", section(table), re.MULTILINE))
    assert rows == {setting.key: f"`{setting.example}`" for setting in TABLES[table]}


@pytest.mark.parametrize("table", TABLES)
def test_a_required_setting_is_called_required(table: str) -> None:
    for setting in TABLES[table]:
        (row,) = re.findall(rf"^\| `{setting.key}` .*$", section(table), re.MULTILINE)
        assert ("Required." in row) == setting.required, row


@pytest.mark.parametrize("meaning", HEADINGS)
def test_every_heading_of_entrants_is_on_the_page(meaning: str) -> None:
    listed = " ".join(f"`{name}`" for name in HEADINGS[meaning])
    assert f" {listed} |" in PAGE
