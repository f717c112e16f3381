#!/bin/sh
# Finds a Python that can make a virtual environment and hands over to setup.py.
set -eu
cd "$(dirname "$0")/.."

[ -x .venv/bin/python ] && [ -f .venv/setup-stamp ] && exec .venv/bin/python scripts/setup.py

old=''
bare=''
for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    if ! "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        old="$old $candidate ($version)"
    elif ! "$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        [ -n "$bare" ] || bare=$version
    else
        exec "$candidate" scripts/setup.py
    fi
done

if [ -n "$bare" ]; then
    cat >&2 <<TXT
setup: Python $bare is here, but it cannot make virtual environments (the module venv or ensurepip is missing).
  Debian, Ubuntu:  sudo apt install python3-venv     (or python$bare-venv)
  then run make again. Another Python can be named: make setup PYTHON=/path/to/python3
TXT
else
    cat >&2 <<TXT
setup: Homestretch needs Python 3.11 or later${old:+; found only$old}.
  Debian, Ubuntu:  sudo apt install python3 python3-venv
  Fedora:          sudo dnf install python3
  macOS:           brew install python
  then run make again. Another Python can be named: make setup PYTHON=/path/to/python3
TXT
fi
exit 1
