"""The lines of settings agree with what the standard library's parser reads."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from homestretch.folder.toml_lines import Path, find_lines
from tests.folder.good import EVENT_TOML

TRICKY = '''
# remarks = "are not settings"
plain = 1
"quoted key" = "a = b # c"
dotted.inner.deep = [1, 2,
  { x = 1, y = [3,
    4] },
]
text = """
[not.a.heading]
not = "a setting"
"""
literal = \'\'\'
again = 1 \'\'\'
when = 2026-05-03 07:00:00
[one]
a = 1
[[many]]
a = 1
[[many]]
a = 2
[[many.inner]]
b = 3
[many.inner.table]
c = 4
[[many.inner]]
b = 5
'''


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every setting of a table with its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for position, inner in enumerate(value):
            yield from leaves(inner, (*path, position))
    else:
        yield path, value


def key_of(path: Path) -> str:
    return str(next(part for part in reversed(path) if isinstance(part, str)))


def assert_lines_are_right(text: str) -> None:
    lines = find_lines(text)
    written = text.split("\n")
    for path, _ in leaves(tomllib.loads(text)):
        line = lines.get_line(path)
        assert key_of(path) in written[line - 1], path


def test_every_setting_of_the_fresh_event_is_found() -> None:
    assert_lines_are_right(EVENT_TOML)


def test_texts_lists_and_remarks_do_not_confuse_the_lines() -> None:
    lines = find_lines(TRICKY)
    written = TRICKY.split("\n")
    for path, value in leaves(tomllib.loads(TRICKY)):
        if isinstance(value, int) and not isinstance(path[-1], int):
            assert f"{path[-1]} = {value}" in written[lines.get_line(path) - 1], path
    assert written[lines.get_line(("when",)) - 1].startswith("when")
    assert lines.get_line(("many", 1, "inner", 1, "nothing")) == lines.get_line(
        ("many", 1, "inner", 1)
    )
    assert lines.get_line(("nowhere",)) == 0


KEYS = st.sampled_from(["a", "b", "long-key", "10k", '"with blank"'])
VALUES = st.recursive(
    st.sampled_from(["1", "true", '"t = 1"', "'[x]'", "07:00:00", '"""\nx = 1\n"""', "1.5e3"]),
    lambda inner: st.lists(inner, max_size=3).map(
        lambda items: "[\n " + ",\n ".join(items) + "\n]"
    ),
    max_leaves=5,
)


@given(
    tables=st.lists(
        st.tuples(
            st.sampled_from(["", "[t1]", "[[many]]", "[[many]]", "[[many.inner]]", "[t2.t3]"]),
            st.dictionaries(KEYS, VALUES, max_size=4),
        ),
        max_size=6,
    )
)
def test_lines_agree_with_the_parser_for_any_file_it_reads(
    tables: list[tuple[str, dict[str, str]]],
) -> None:
    text = "\n".join(
        "\n".join([heading, *(f"{key} = {value}" for key, value in settings.items())])
        for heading, settings in tables
    )
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert_lines_are_right(text)


@given(st.text(alphabet="[]{}=\"'#,.\n \\ab1-", max_size=80))
def test_no_text_raises(text: str) -> None:
    find_lines(text).get_line(("a", 0, "b"))
