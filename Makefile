# Every target sets up what it needs: nothing has to be installed or typed first but Python 3.11.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8765

.PHONY: setup develop demo test test-fast lint bench faults guards understand lock audit pictures cards
.DEFAULT_GOAL := demo

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r

# What an office's server needs, and no more.
setup: .venv/.ready

.venv/.ready: requirements.lock
	$(PYTHON) -m venv --clear .venv
	$(INSTALL) requirements.lock
	touch $@

# What it takes to test and to change the program.
develop: .venv/.develop

.venv/.develop: .venv/.ready requirements-dev.lock
	$(INSTALL) requirements-dev.lock
	touch $@

demo: setup
	$(BIN)/python -m bot sandbox --port $(PORT)

test: develop
	$(BIN)/python -m pytest

# For the inner loop: one database and one channel, without the faults.
test-fast: develop
	$(BIN)/python -m pytest -m "not slow"

lint: develop
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/mypy

bench: develop
	$(BIN)/python -m benchmarks

# Takes its time: every fault as often as docs/reliability.md says. `make test` tries each a few times.
faults: develop
	$(BIN)/python -m tests.faults

# Takes each guard out of a copy and runs the test that must notice.
guards: develop
	$(BIN)/python -m tests.faults.without

# How much of the corpus of typed texts is understood (tests/corpus/README.md).
understand: develop
	$(BIN)/python -m tests.corpus

pictures: develop
	$(BIN)/python -m docs.make_pictures

# Every card and page of parents in every language, at ordinary and largest letter size.
cards: develop
	$(BIN)/python -m docs.make_cards

COMPILE := uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-header

# Only who changes the dependencies needs this one: it wants uv on the PATH.
lock:
	$(COMPILE) --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock \
		pyproject.toml

# Asks PyPI for advisories about everything that is in the lock; it wants uv too.
audit:
	uvx pip-audit==2.10.1 --disable-pip --requirement requirements-dev.lock
