"""The shape of the code: small modules, functions that fit on a screen, nothing silenced without a reason."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.in_turn import LONGEST_FIRST, ONE_SERVER

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "src" / "homestretch").rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 400, 40
WHOLE_FLOWS = {"src/homestretch/state/fold.py": {"state"}}
"""Functions that are a list of stages and nothing else: they may be longer, to be read on one page."""
SILENCED = re.compile(
    r"#\s*(?:type: ignore(?:\[[\w, -]+\])?|noqa(?:: [A-Z0-9]+(?:, ?[A-Z0-9]+)*)?)(.*)"
)


def name(module: Path) -> str:
    return str(module.relative_to(ROOT))


def lines_without_docstring(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, its docstring and decorators apart."""
    first = function.body[0]
    docstring = 0
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        docstring = (first.end_lineno or first.lineno) - first.lineno + 1
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_a_module_is_no_monster(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) < LONGEST_MODULE
    functions = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = {f.name for f in functions if lines_without_docstring(f) > LONGEST_FUNCTION}
    assert not long - WHOLE_FLOWS.get(name(module), set())


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_what_is_silenced_has_a_reason_beside_it(module: Path) -> None:
    lines = module.read_text(encoding="utf-8").splitlines()
    silenced = [(line, found) for line in lines if (found := SILENCED.search(line))]
    assert not [line for line, found in silenced if not re.search(r"[a-z]{3}", found.group(1))]


def test_one_rule_says_where_real_files_are_and_no_check_leaves_itself_out() -> None:
    """A check that leaves itself out is in no list of what was not run."""
    # Put together here, so that this file does not hold what it looks for.
    left_out = re.compile('"HOMESTRETCH' + '_DATA"|pytest' + r"\.skip|mark\.skip|importor" + "skip")
    found = {
        name(test)
        for test in (ROOT / "tests").rglob("*.py")
        if left_out.search(test.read_text(encoding="utf-8"))
    }
    assert found == {"tests/conftest.py"}


def test_files_that_look_at_the_same_served_days_are_run_by_one_process() -> None:
    days = re.compile(r"\b(?:busy|finished|stopped)_day\b")
    browser = ROOT / "tests" / "browser"
    asking = {name(file) for file in browser.glob("test_*.py") if days.search(file.read_text())}
    assert asking == ONE_SERVER


def test_the_files_that_take_longest_are_there() -> None:
    assert [file for file in LONGEST_FIRST if not (ROOT / "tests" / file).is_file()] == []
