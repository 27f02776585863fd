# Every target sets up what it needs: nothing has to be installed or typed first but Python 3.11.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8765

.PHONY: setup demo test lint bench faults guards lock audit pictures
.DEFAULT_GOAL := demo

setup: .venv/.ready

.venv/.ready: requirements.lock
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

demo: setup
	$(BIN)/python -m bot sandbox --port $(PORT)

test: setup
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: setup
	$(BIN)/python -m benchmarks

# Takes its time: every fault as often as docs/reliability.md says. `make test` tries each a few times.
faults: setup
	$(BIN)/python -m tests.faults

# Takes each guard out of a copy and runs the test that must notice.
guards: setup
	$(BIN)/python -m tests.faults.without

pictures: setup
	$(BIN)/python -m docs.make_pictures

# Only who changes the dependencies needs this one: it wants uv on the PATH.
lock:
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --extra dev \
		--no-emit-index-url --no-header --output-file requirements.lock pyproject.toml

# Asks PyPI for advisories about everything that is in the lock; it wants uv too.
audit:
	uvx pip-audit==2.10.1 --disable-pip --requirement requirements.lock
