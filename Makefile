# The course in a few verbs. `make help` lists them.
#
# Everything lives in .venv/ (tools), .cache/ (executed pages), _build/ (the site) of this folder.
# PYTHON=... chooses the interpreter that makes .venv; PORT=... the port of `make serve`;
# EXPERIMENTS="topic/name ..." what `make full` computes (default: all).

.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TORCH := torch==2.13.0
PORT ?= 8000
EXPERIMENTS ?= --all

# The first interpreter of a supported version; the package refuses others.
SUPPORTED := import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))
ifndef PYTHON
PYTHON := $(shell for name in python3.11 python3.12 python3 python; do \
	if "$$name" -c '$(SUPPORTED)' >/dev/null 2>&1; then command -v "$$name"; break; fi; done)
endif

# Tools of the environment first; one thread a process, because processes run side by side.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export OMP_NUM_THREADS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1

.PHONY: help setup book test serve print lint bench full clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## install what the course needs into .venv (every other verb does this first)

book: $(READY) ## execute the pages that changed, build and check the site in _build/html
	@$(BIN)/python -m tools.build_book

test: $(READY) ## run all tests
	@$(BIN)/python -m pytest -n auto --dist loadgroup $(PYTEST)

serve: $(READY) ## show the built site on this machine: http://127.0.0.1:8000
	@$(BIN)/python -m tools.serve --port $(PORT)

print: $(READY) ## the built book as one PDF, _build/book.pdf (wants a Chromium; some minutes)
	@$(BIN)/python -m tools.print_book

lint: $(READY) ## formatting, types, and the rules of the course
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m tools.gates

bench: $(READY) ## measure against peer libraries
	@set -e; for file in benchmarks/[a-z]*.py; do \
	  if [ -e "$$file" ]; then echo "== $$file"; $(BIN)/python "$$file"; fi; \
	done
	@LABLIB_BIG_CLASS=500 $(BIN)/python -m pytest -q -s tests/exercises/grading/test_big_class.py

full: $(READY) ## compute the large runs whose records are committed (EXPERIMENTS="topic/name")
	@$(BIN)/lablib selftest --sandbox
	@unset OMP_NUM_THREADS; $(BIN)/lablib run $(EXPERIMENTS) --scale full --save

clean: ## remove what was built; keep .venv and downloaded data
	@rm -rf _build .cache dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Made again only when the locked versions or the package's metadata change.
$(READY): constraints.txt pyproject.toml
	@bash tools/setup.sh "$(PYTHON)" "$(VENV)" "$(TORCH)"
	@touch $(READY)
