# Everything runs from .venv, which `make setup` makes; only git, make and Python 3.11 or later are needed.
BIN := .venv/bin
# Many tests wait for processes of their own: three at a time on a small machine, four on a larger one.
WORKERS = $(shell $(BIN)/python -c "import os; print(max(3, min(4, os.cpu_count() or 2)))")

# The tests start some thousand Pythons, and on a virtual machine small pages can cost most of a start: each asks for
# large ones, which a kernel gives to those who ask. Where it does not, nothing changes.
test check: export GLIBC_TUNABLES ?= glibc.malloc.hugetlb=1
test check: export PYTHONMALLOC ?= malloc
# Each process that runs tests reads all of them: what is compiled is kept, so that they are compiled once.
test check: export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format bench evidence fuzz pictures day assets wheel clean

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

setup: ## make .venv with every extra, and the assets of the pages
	@PYTHON="$(PYTHON)" sh scripts/setup.sh

demo: setup ## a made-up race day, live (ARGS="--speed 60 --at 13:05 --seed 1")
	@$(BIN)/homestretch demo $(ARGS)

test: check ## set up, check, and run every test (ARGS="-k words" chooses some)
	@$(BIN)/python scripts/ensure_browser.py
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

check: setup ## ruff, mypy, import-linter and the documentation checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/docs

format: setup ## let ruff format and fix what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## every benchmark; prints a table and writes build/bench.json
	@$(BIN)/python scripts/ensure_browser.py
	$(BIN)/python -m bench $(ARGS)

evidence: setup ## the checks on the real files in HOMESTRETCH_DATA, and docs/evidence
	$(BIN)/python -m pytest -m real_files $(ARGS)
	$(BIN)/python scripts/measure_clocks.py
	$(BIN)/python scripts/measure_forecast.py
	$(BIN)/python scripts/measure_companions.py
	$(BIN)/python scripts/measure_podiums.py
	$(BIN)/python -m scripts.measure_photos

fuzz: setup ## every reader on mutated samples (ARGS="stream:mylaps --seconds 60"), where atheris installs
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check atheris
	$(BIN)/python scripts/fuzz_readers.py $(ARGS)

pictures: setup ## take the pictures of the documents anew
	@$(BIN)/python scripts/ensure_browser.py
	$(BIN)/python -m tests.browser.take_pictures

day: setup ## drive a whole rehearsed day in the browser, pictures into build/pages (ARGS="--speed 60")
	@$(BIN)/python scripts/ensure_browser.py
	$(BIN)/python -m tests.browser.take_day $(ARGS)

assets: setup ## build the script, style and fonts of the pages again
	@$(BIN)/python frontend/assets.py --force

wheel: setup ## build sdist and wheel into dist/
	$(BIN)/python -m build --no-isolation

clean: ## remove what can be made again
	rm -rf .venv build dist frontend/node_modules src/homestretch/web/static
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests bench scripts -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
