"""A command in a process of its own: how it ended, what it said, and that it is not waited for without end."""

from __future__ import annotations

import os
import sys

from homestretch.intake.commanding import SAID, TOO_LONG, Ran, run_beside
from tests.aside import run


def ran(code: str, most_s: float = 30.0) -> Ran:
    return run(run_beside([sys.executable, "-S", "-c", code], dict(os.environ), most_s))


def test_what_it_said_comes_in_one_line_without_rows_that_quote_names() -> None:
    code = "print('1 kept,\\n 2 refused.\\n  line 3: Ada Amberlow has no bib'); import sys; sys.exit(3)"
    assert ran(code) == Ran(3, "1 kept, 2 refused.")


def test_what_is_wrong_is_said_as_well_and_nothing_is_endless() -> None:
    found = ran(f"import sys; sys.stderr.write('x' * {10 * SAID})")
    assert found == Ran(0, "x" * SAID)


def test_what_takes_too_long_is_ended_and_is_a_failure() -> None:
    found = ran("import time; time.sleep(600)", most_s=0.5)
    assert found.said == TOO_LONG
    assert found.code
