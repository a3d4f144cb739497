# make run    sets up what is missing and serves the app     make test       every test that CI runs
#             (ADDRESS=0.0.0.0: to your network)             make test-slow  the long ones
# make setup  the same without serving                       make samples    rebuild sample_docs/files
# make lint   ruff and mypy
SHELL := /bin/bash
PYTHON ?= python3
ADDRESS ?= 127.0.0.1
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
export HF_HUB_OFFLINE := 1
export OPENBLAS_NUM_THREADS := 1
export OMP_WAIT_POLICY := PASSIVE

.PHONY: run setup test test-slow lint bench-setup samples clean
.DELETE_ON_ERROR:

run: setup
	$(BIN)/python -m streamlit run app.py --server.address $(ADDRESS)

setup: .venv/.installed
	@$(BIN)/python -m core models pull >/dev/null || echo "Going on without the missing weights; the app says what is missing."

.venv/.python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	touch $@

.venv/.installed: requirements.txt .venv/.python
	$(PIP) "$$(grep '^torch==' requirements.txt)"
	$(PIP) -r requirements.txt
	touch $@

.venv/.dev: requirements-dev.txt .venv/.installed
	$(PIP) -r requirements-dev.txt
	touch $@

test: setup .venv/.dev
	@$(BIN)/python scripts/find_chromium.py
	$(BIN)/python -m pytest --ignore tests/browser -m "not slow" -n 2 --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m pytest tests/browser -m "not slow"

test-slow: setup .venv/.dev
	@$(BIN)/python scripts/find_chromium.py
	$(BIN)/python -m pytest -m slow

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench-setup: setup
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet "$$(grep '^torch==' requirements.txt)"
	.venv-bench/bin/python -m pip install --quiet -r requirements-bench.txt

samples: .venv/.dev
	$(BIN)/python -m sample_docs.make

clean:
	rm -rf .venv .venv-bench .pytest_cache .mypy_cache .ruff_cache .hypothesis
