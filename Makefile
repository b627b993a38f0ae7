.DEFAULT_GOAL := help
.PHONY: help setup demo test slow bench rivals lint format clean

VENV := .venv
RUN := $(VENV)/bin/python -m
# Newer than pyproject.toml as long as the environment holds what pyproject.toml asks for.
STAMP := $(VENV)/.installed-dev
STAMP_SLOW := $(VENV)/.installed-slow

# The first that runs and is new enough: a version manager's shim may exist without running.
PYTHON ?= $(shell for python in python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

PYTEST := $(RUN) pytest --doctest-modules tests src/allocopt
WORKERS ?= 2

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

setup: $(STAMP)  ## create .venv with allocopt and the development tools in it

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo "allocopt needs Python 3.11 or newer, and neither python3.11" \
		"nor python3 is. Name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(RUN) pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)
	$(RUN) pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(STAMP)

$(STAMP_SLOW): $(STAMP)
	$(RUN) pip install --quiet --disable-pip-version-check --editable '.[slow]'
	@touch $(STAMP_SLOW)

demo: $(STAMP)  ## plan the bundled telecom_city scenario, write a run directory, stress the plan
	run=runs/demo-$$(date +%Y%m%d-%H%M%S) && \
	$(VENV)/bin/allocopt solve telecom_city --model joint --gap 5e-3 --out $$run && \
	$(VENV)/bin/allocopt stress $$run --precision p=0.02

test: lint  ## everything a change must pass, but for the slow tests
	$(PYTEST) -m "not slow" -n $(WORKERS) --dist loadgroup

slow: $(STAMP_SLOW)  ## the tests that take more than a minute each
	$(PYTEST) -m slow

bench: $(STAMP)  ## measure, and print the times
	$(VENV)/bin/python benchmarks/scaling.py
	$(VENV)/bin/python benchmarks/algorithms.py
	$(VENV)/bin/python benchmarks/allocation.py
	$(VENV)/bin/python benchmarks/sampling.py
	$(VENV)/bin/python benchmarks/comparing.py

rivals:  ## measure other allocators beside this one, in an environment of their own
	@test -d $(VENV)-rivals || $(PYTHON) -m venv $(VENV)-rivals
	$(VENV)-rivals/bin/python -m pip install --quiet --disable-pip-version-check \
		--editable . --requirement benchmarks/requirements.txt
	$(VENV)-rivals/bin/python benchmarks/rivals.py
	$(VENV)-rivals/bin/python benchmarks/rivals.py --grouped

lint: $(STAMP)  ## style, spelling and types
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(VENV)/bin/codespell
	$(RUN) mypy

format: $(STAMP)  ## rewrite the code in the project's style
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

clean:  ## remove everything that make has made, runs excepted
	rm -rf $(VENV) $(VENV)-rivals build dist src/allocopt.egg-info
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find src models scenarios tests -name __pycache__ -type d -prune -exec rm -rf {} +
