"""Sees to it that the tests have a Chromium: the system's, else Playwright's, else Debian's package.

Prints what it found or did; exit status 1 with a hint when there is none and none can be had.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_PATHS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
HINT = """browser: no Chromium was found and none could be installed. The tests open every page in one.
  Debian:        sudo apt install chromium
  Fedora:        sudo dnf install chromium
  macOS:         brew install --cask chromium
  elsewhere:     .venv/bin/python -m playwright install --with-deps chromium
  or name one:   CHROMIUM=/path/to/chromium make test"""


def find_browser() -> str | None:
    """Path of a Chromium that starts, or None; $CHROMIUM comes first."""
    return next((path for path in _candidates() if _starts(path)), None)


def _candidates() -> Iterator[str]:
    named = os.environ.get("CHROMIUM")
    if named:
        yield named
        return
    yield from (path for name in SYSTEM_NAMES if (path := shutil.which(name)))
    yield from (path for path in MAC_PATHS if Path(path).exists())
    downloaded = _playwright_path()
    if downloaded is not None and downloaded.exists():
        yield str(downloaded)


def _playwright_path() -> Path | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def _starts(path: str) -> bool:
    # Ubuntu's `chromium-browser` may be a wrapper around a snap that is not installed.
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _install_with_playwright() -> bool:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    return _run("Playwright's own download", command, timeout_s=300)


def _install_with_apt() -> bool:
    if not shutil.which("apt-get"):
        return False
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if root and not shutil.which("sudo"):
        return False
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    _run("refreshing apt's lists", [*apt, "update", "-q"], timeout_s=180)
    packages = ["--no-install-recommends", "chromium"]
    return _run("Debian's chromium", [*apt, "install", "-y", "-q", *packages], timeout_s=600)


def _run(what: str, command: list[str], timeout_s: float) -> bool:
    print(f"browser: trying {what}", flush=True)
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"browser: {what} did not work: {error}")
        return False
    if done.returncode:
        said = (done.stdout + done.stderr).splitlines()
        errors = [line for line in said if re.match(r"\s*(E:|error|failed)", line, re.IGNORECASE)]
        print(f"browser: {what} did not work: {(errors or said or ['no reason given'])[0].strip()}")
    return done.returncode == 0


def main() -> int:
    """Finds a browser or installs one."""
    found = find_browser()
    if found:
        print(f"browser: using {found}")
        return 0
    if os.environ.get("CHROMIUM"):
        print(f"browser: CHROMIUM names {os.environ['CHROMIUM']}, which does not start.")
        return 1
    for install in (_install_with_playwright, _install_with_apt):
        if install() and (found := find_browser()):
            print(f"browser: installed {found}")
            return 0
    print(HINT, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
