# Plain `make` lists the targets. Everything runs in .venv, which `make setup` builds from requirements.lock.

SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/.gristmill-installed
WORKERS ?= 2
SHARED_CASES ?= ../shared/cases
# the extras that `make setup` brings: those that tests run with
EXTRAS := dev postgresql mysql spark lsp

.PHONY: help setup demo serve check lint test bench docs lock cases-diff format

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## build .venv with the locked libraries and the gristmill command (seconds when it is up to date)

$(STAMP): requirements.lock pyproject.toml .ci/setup
	@.ci/setup $(VENV)
	@touch $@

demo: setup ## start a server, run a recipe of 16 steps over 336,776 real flights through the API, show the result
	$(PYTHON) examples/demo/run.py

serve: setup ## serve the API on http://127.0.0.1:3005
	$(VENV)/bin/gristmill serve

lint: setup ## style, types and the arrows between the rooms
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PYTHON) docs/build.py --check

check: lint ## the inner loop: lint and the unit tests, under 90 seconds (server and jobs are tested by `make test`)
	$(VENV)/bin/pytest -q -n $(WORKERS) -m "not slow" --ignore tests/api --ignore tests/jobs

test: lint ## everything: lint, all tests, crashes and load included, under 15 minutes
	$(VENV)/bin/pytest -q -n $(WORKERS) --dist worksteal

format: setup ## put the code into the house style
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

docs: setup ## write the generated parts of docs/
	$(PYTHON) docs/build.py

bench: setup ## time planning, the server under small jobs, profiles, and whole runs against programs written by hand
	$(PYTHON) -m bench.plan
	$(PYTHON) -m bench.server
	$(PYTHON) -m bench.rowwise
	$(PYTHON) -m bench.joined
	$(PYTHON) -m bench.profile
	$(PYTHON) -m bench.tables

lock: setup ## renew requirements.lock after a change of the dependencies in pyproject.toml
	$(VENV)/bin/uv pip compile pyproject.toml $(EXTRAS:%=--extra %) --universal --generate-hashes --no-header -q -o requirements.lock

cases-diff: ## show how tests/cases differs from the shared case files, where those are present
	@if [ -d "$(SHARED_CASES)" ]; then \
	  for file in "$(SHARED_CASES)"/*.jsonl; do diff -u --label "$$file" --label "tests/cases/$${file##*/}" "$$file" "tests/cases/$${file##*/}" || differs=1; done; \
	  [ -z "$${differs:-}" ] && echo "no difference"; true; \
	else echo "no shared case files at $(SHARED_CASES)"; fi
