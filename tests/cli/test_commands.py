"""Every command: its help, its exit codes, its words."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from homestretch.cli import main
from tests.cli.conftest import Run


def list_commands(group: click.Group, *above: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*above, name)
        if isinstance(command, click.Group):
            yield from list_commands(command, *above, name)


@pytest.mark.parametrize("words", list(list_commands(main)), ids=" ".join)
def test_every_command_says_what_it_does_in_a_sentence(words: tuple[str, ...], run: Run) -> None:
    done = run(*words, "--help")
    assert done.exit_code == 0
    sentence = done.stdout.split("\n\n")[1].strip()
    assert sentence[0].isupper()
    assert sentence.rstrip().endswith((".", ":"))


@pytest.mark.parametrize(
    "words", [("dance",), ("key", "dance"), ("import",), ("replay", "--speed", "fast", "x")]
)
def test_words_that_are_not_understood_end_with_exit_code_2(
    words: tuple[str, ...], run: Run
) -> None:
    assert run(*words).exit_code == 2


def test_the_words_of_a_replay_speed_are_told(run: Run) -> None:
    assert "write a number such as 1 or 60" in run("replay", "x", "--speed", "fast").stderr
