"""In which order the files of tests are given to the processes that run them: the longest first, so that none is begun
when the others are done; and those that look at the same served days to one process, which serves each day once."""

from __future__ import annotations

from typing import Final

from xdist.scheduler import LoadFileScheduling

LONGEST_FIRST: Final = (
    "browser/test_every_page.py",
    "browser/test_whole_day.py",
    "replay/test_replay_command.py",
    "kill/test_killed_before_the_commit.py",
    "clocks/test_clock_check.py",
    "clocks/test_live_check.py",
    "office/test_site.py",
    "browser/test_without_signal.py",
    "web/test_entering.py",
    "intake/test_inbox_pictures.py",
    "boards/test_boards_contract.py",
    "kill/test_kill_server.py",
    "station/test_station.py",
    "test_jobs.py",
    "boards/test_lantern.py",
    "kill/test_running.py",
    "forecast/test_past_races.py",
    "intake/test_inbox.py",
    "state/test_whole_day.py",
    "cli/test_erase_words.py",
    "forecast/test_laws.py",
    "cli/test_run_findings.py",
    "readers/test_reader_contract.py",
    "web/test_hostile.py",
    "office/test_importing_photos.py",
    "cli/test_served_folders.py",
    "photos/test_reading_bibs.py",
    "cli/test_hooks.py",
)
"""Files of a quarter of a minute and more. Those that mostly wait, for processes of their own or for a page, take turns
with those that reckon: while some wait, the processor has work."""
ONE_SERVER: Final = frozenset(
    f"tests/browser/test_{name}.py"
    for name in ("entering_pages", "every_page", "live_pages", "look", "own_page")
)
"""Files whose days are those of tests/browser/conftest.py."""


def shares_days(nodeid: str) -> bool:
    """Whether a test is one of those that look at the same served days."""
    return _file_of(nodeid) in ONE_SERVER


def place_of(nodeid: str) -> int:
    """Where a test's file stands in the order; those that are soon done, in the order in which they are found, last."""
    file = _file_of(nodeid)
    first = LONGEST_FIRST[0] if file in ONE_SERVER else file.removeprefix("tests/")
    return LONGEST_FIRST.index(first) if first in LONGEST_FIRST else len(LONGEST_FIRST)


def _file_of(nodeid: str) -> str:
    return nodeid.split("::", 1)[0]


class InTurn(LoadFileScheduling):
    """Each process gets whole files, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        file = _file_of(nodeid)
        return "tests/browser" if file in ONE_SERVER else file
