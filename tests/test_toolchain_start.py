"""What a process loads before it does anything: who shows an answer does not load what computes it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.patience import PATIENCE_S

HEAVY = {
    "numba",
    "llvmlite",
    "scipy",
    "pandas",
    "pyarrow",
    "onnxruntime",
    "cv2",
    "PIL",
    "reportlab",
}
"""Compilers, models and writers of files: half a second each, and more on a small machine."""
QUICK = (
    "homestretch.cli",  # every command, as it says what it can
    "homestretch.app",  # the server's first process, and a front before it opens its pages
    "homestretch.web.application",  # a front
    "homestretch.herald.following",  # who passes on news
    "homestretch.server.pushing",
    "homestretch.station.agent",
    "homestretch.playing.demo",
    "homestretch.playing.replay",
    "homestretch.office.links",
    "homestretch.office.saying",
)
LOADED = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]; print(*sys.modules)"


def list_loaded(*names: str) -> set[str]:
    """The packages that a new process has loaded once it has imported these."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *names],
        capture_output=True, text=True, check=True, timeout=PATIENCE_S,
    )  # fmt: skip
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_what_shows_an_answer_does_not_load_what_computes_it() -> None:
    assert list_loaded(*QUICK) & HEAVY == set()


@pytest.mark.parametrize("name", ["homestretch.state.fold", "homestretch.server.forecasting"])
def test_what_computes_loads_the_compiler(name: str) -> None:
    """Else the test above would see nothing."""
    assert "numba" in list_loaded(name)


@pytest.mark.parametrize(("given", "held"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_small_matrices_are_not_shared_out_between_threads_unless_somebody_wants_that(
    given: dict[str, str], held: str
) -> None:
    """Before NumPy is loaded: later nobody asks."""
    code = "import os, sys, homestretch; assert 'numpy' not in sys.modules; print(os.environ['OPENBLAS_NUM_THREADS'])"
    others = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, timeout=PATIENCE_S, env=others | given,
    )  # fmt: skip
    assert done.stdout.strip() == held
